"""What to ask for instead of ruling something out, as data: for models that read no negative prompt.

Naming a thing that must not appear tends to bring it in, so a positive word is better wherever there is one. Keys are
words as `words.words` gives them: lower case, singular.
"""

from __future__ import annotations

_BY_POSITIVE = {
    "sharp focus": "blurry, blur, blurred, out of focus, soft focus, unsharp",
    "high quality": "low quality, worst quality, bad quality, poor quality, normal quality",
    "highly detailed": "lowres, low resolution, low detail, pixelated, low res",
    "clean, smooth image": "noise, noisy, grain, grainy, jpeg artifact, artifact, compression artifact, artefact",
    "deserted": "person, human, crowd, figure, pedestrian, passer-by",
    "textless": "text, word, letter, caption, writing, lettering, subtitle, typography",
    "unmarked": "watermark, signature, stamp",
    "unbranded": "logo, brand, trademark",
    "borderless": "frame, border, picture frame",
    "clear sky": "cloud, cloudy, overcast, cloudy sky",
    "clear air": "fog, mist, haze, foggy, misty, hazy, smoke",
    "dry weather": "rain, rainy",
    "calm air": "wind, windy, storm",
    "even, soft light": "shadow, harsh shadow, hard shadow, harsh light, hard light",
    "bright": "dark, darkness, too dark, underexposed, gloomy",
    "balanced exposure": "overexposed, too bright, blown out",
    "muted colours": "oversaturated, garish, saturated, too colourful",
    "full colour": "black and white, monochrome, greyscale, sepia",
    "black and white": "colour",
    "daylight": "night, night-time",
    "plain background": "background, busy background, cluttered background",
    "uncluttered": "clutter, cluttered, messy, mess",
    "correct anatomy": "bad anatomy, deformed, disfigured, malformed, mutated, mutation, extra limb",
    "well-formed hands": "bad hand, extra finger, mutated hand, malformed hand, missing finger",
    "fully in frame": "cropped, cut off, out of frame",
    "beautiful": "ugly",
    "empty streets": "car, traffic, vehicle",
    "treeless": "tree",
    "realistic": "cartoon, unrealistic",
    "matte": "reflection, glare, shiny, glossy",
}

OPPOSITES: dict[str, str] = {
    ruled_out: positive for positive, terms in _BY_POSITIVE.items() for ruled_out in terms.split(", ")
}
