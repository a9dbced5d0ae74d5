"""The model cards that ship beside the starter models."""

from __future__ import annotations

from sfumato_training.world import CAMERAS, COLOURS, EXTRAS, LIGHTINGS, SETTINGS, STYLES, SUBJECTS
from sfumato_training.writer_model import Size

NOT_YET = "not measured yet"


def painter_card(samples: int, minutes: float, device: str, scores: str = NOT_YET, time: str = NOT_YET) -> str:
    """The card of the picture model; `scores` and `time` are what `python -m tests.bench starter` printed of it."""
    return f"""# Sfumato starter painter

A text-to-image diffusion model of a very small world, so that the app paints on its first start with nothing downloaded.

- **Format**: Stable Diffusion (CLIP text encoder, UNet, AutoencoderKL), fp16 safetensors; 256x256 pictures on 16x16x32 latents,
  also 224x288 and 288x224. v-prediction, DPM++ 2M, 20 steps, guidance 3.
- **Data**: scenes drawn by this project's own code (`models/sfumato_training/scenes.py`) with captions made by
  `captions.py`. No photographs, no pictures of other people's, nothing from the internet.
- **What it knows**: {len(SUBJECTS)} things, {len(COLOURS)} colours, {len(SETTINGS)} places, {len(STYLES)} styles, {len(LIGHTINGS)} lightings, {len(CAMERAS)} cameras; one, two or
  three of a thing, two things beside, above or in front of each other; {", ".join(EXTRAS)}; and six ways in which a picture can be
  bad (blurry, noisy, washed out, watermark, distorted, badly cropped), to be ruled out. `known_words.json` lists every word.
  Other words are ignored or guessed, and the app says so.
- **Training of the denoiser**: {samples:,} samples in {minutes:.0f} minutes on {device}; its text encoder was begun by contrast.
- **A CLIP pair**: `image_encoder` and `text_projection.safetensors`, trained by contrast against the pipeline's own text encoder.
- **Measured** on prompts it never saw: {scores}
- **Time**: {time}
- **What it cannot do**: anything outside that world, so no stars, moon, sun or rain as things that are added or ruled out (night has its moon and stars,
  a storm its rain), no lettering and no view by the name of “centred”; more than three things, two extras that meet in one place, faces.
- **Licence**: Apache-2.0. Made with `python -m sfumato_training make-all`.
"""


def writer_card(size: Size, parameters: int, training: str, scores: str = NOT_YET, time: str = NOT_YET) -> str:
    """The card of the writer; `training` says what it was trained on and for how long."""
    return f"""# Sfumato starter writer

A language model of {parameters / 1e6:.1f} million parameters that turns everyday English into the app's `Decision`: what to draw, what to
change, which seed. It is no chatbot.

- **Format**: GGUF, Llama architecture ({size.layers} layers of width {size.width}), {size.vocabulary} byte-level tokens, 8-bit weights.
- **Data**: made-up conversations (`models/sfumato_training/exercise_*.py`): phrasings written for this project, common
  English words, and invented words so that it learns to copy what it does not know.
- **Training**: {training}.
- **Measured** on phrasings and words it never saw in training: {scores}
- **Time**: {time}
- **What it cannot do**: other languages, long descriptions, anything that is not about making a picture.
- **Licence**: Apache-2.0. Made with `python -m sfumato_training make-all`.
"""
