"""How people say what they want, by kind of request; every seventh phrasing of a list is kept for the evaluation."""

from __future__ import annotations

DRAW_OPENINGS = [
    "", "", "", "", "paint ", "draw ", "", "show me ", "draw me ", "paint me ", "", "i want ", "create ", "make a picture of ",
    "a picture of ", "an image of ", "can you paint ", "could you draw ", "please paint ", "i would like ", "let's see ",
    "how about ", "give me ", "generate ", "a painting of ", "i'd like to see ", "imagine ", "let us paint ",
    "please show me ", "now paint ", "next, draw ", "a new picture: ", "new: ", "something else: ", "start over with ",
]  # fmt: skip
STYLE_TAILS = [
    "{style}", "as {a_style}", "{style}", "in {style} style", "{style} style", "as {a_style}", "{style}", "in the style of {a_style}",
    "painted as {a_style}", "done as {a_style}",
]  # fmt: skip
NEGATIVE_TAILS = [
    "no {term}", "without {term}", "without any {term}", "but no {term}", "no {term} please", "and no {term}", "not a sign of {term}",
    "leave out {term}", "no {term} in it", "with no {term}", "free of {term}",
]  # fmt: skip
SHAPE_TAILS = [
    "{shape} format",
    "in {shape}",
    "{shape}",
    "{shape} orientation",
    "as a {shape} picture",
    "{shape} shape",
]
SEED_TAILS = ["seed {seed}", "with seed {seed}", "use seed {seed}", "using seed {seed}", "seed: {seed}", "seed={seed}"]
FIELD_PHRASES: dict[str, list[str]] = {
    "lighting": [
        "same but {phrase}", "make it {text}", "now {phrase}", "the same {phrase}", "{phrase} instead", "{phrase}",
        "change the lighting to {text}", "same {phrase}", "but {phrase}", "what about {text}?", "how about {phrase}?",
        "can you make it {text}", "lighting: {text}", "set the lighting to {text}", "same picture {phrase}", "again, but {phrase}",
        "the same thing but {phrase}", "i want it {phrase}", "let it be {text}", "turn it into {text}", "with {text}",
        "show it {phrase}", "could it be {phrase}?", "same scene, {text}", "same scene {phrase}", "try it {phrase}",
        "make the light {text}", "the light should be {text}", "put it {phrase}", "keep everything but make it {text}",
        "only change the light: {text}", "change the time of day to {text}", "change the weather to {text}", "{text} please",
        "i would prefer {text}", "make this {phrase}", "like this, but {phrase}", "keep it all, just {phrase}", "as it looks {phrase}",
        "now the same {phrase}", "do it {phrase}", "switch to {text}", "same one {phrase}",
    ],
    "style": [
        "make it {a_text}", "as {a_text}", "turn it into {a_text}", "now as {a_text}", "same but as {a_text}", "in {text} style",
        "change the style to {text}", "the same as {a_text}", "style: {text}", "paint it as {a_text}", "do it as {a_text}",
        "can i have it as {a_text}?", "same picture, {text}", "i want it as {a_text}", "make this {a_text}", "try {text}",
        "could you make it {a_text}", "same thing as {a_text}", "how about {a_text}?", "redo it as {a_text}", "convert it to {text}",
        "same in {text}", "same scene as {a_text}", "{text} style please", "now {text}", "render it as {a_text}", "let it look like {a_text}",
        "make it look like {a_text}", "keep everything, but as {a_text}", "what would it look like as {a_text}?", "switch to {text}",
        "same but {text}", "in the manner of {a_text}", "this, but as {a_text}", "use {text}", "set the style to {text}",
    ],
    "setting": [
        "same but {text}", "now {text}", "put it {text}", "place it {text}", "the same {text}", "but {text}", "{text} instead",
        "move it so that it is {text}", "change the setting to {text}", "change the place: {text}", "setting: {text}", "i want it {text}",
        "could it be {text}?", "how about {text}?", "what about {text}?", "same thing {text}", "let it be {text}", "show it {text}",
        "set it {text}", "make it {text}", "the same one but {text}", "same picture {text}", "can you put it {text}", "again, {text}",
        "try it {text}", "have it {text}", "do the same {text}", "another place: {text}", "{text}", "it should be {text}", "it should stand {text}",
        "change the background, {text}", "let us see it {text}", "imagine it {text}", "same subject {text}", "keep it but {text}",
    ],
    "camera": [
        "as a {text}", "{text}", "{text} please", "make it a {text}", "now {text}", "same but {text}", "camera: {text}", "change the camera to {text}",
        "the same, {text}", "show it as {text}", "set the camera to {text}", "change the perspective to {text}", "i want a {text}",
        "use {text}", "same scene, {text}", "view: {text}", "seen as {text}", "try {text}", "how about {text}?", "switch to {text}",
    ],
    "colour": [
        "in {text}", "use {text}", "now in {text}", "same but in {text}", "make it {text}", "with {text}", "change the palette to {text}",
        "change the colours to {text}", "palette: {text}", "colour: {text}", "i want {text}", "the same in {text}", "give it {text}",
        "paint it in {text}", "the whole picture in {text}", "let it have {text}", "overall {text}", "set the colours to {text}",
    ],
}  # fmt: skip
# A step in some direction: the field and its new text (added to the light that is there), or a term to rule out.
NUDGES: list[tuple[tuple[str, ...], str, str]] = [
    (("darker", "a bit darker", "make it darker", "too bright", "it is too bright", "less light", "dim the light", "could it be darker?"), "lighting", "dim light"),
    (("brighter", "a bit brighter", "make it brighter", "too dark", "it is too dark", "more light", "lighten it up", "can you brighten it?"), "lighting", "bright light"),
    (("moodier", "make it moody", "more mood", "more atmosphere", "more atmospheric", "give it more mood", "a moodier light"), "lighting", "moody light"),
    (("more dramatic", "make it more dramatic", "add drama", "more drama", "a more dramatic light", "it should be more dramatic"), "lighting", "dramatic light"),
    (("softer", "make it softer", "softer light", "a softer light please", "too harsh", "it is too harsh"), "lighting", "soft light"),
    (("warmer", "make it warmer", "warmer colours", "too cold", "a bit warmer", "it feels cold, make it warmer"), "colour", "warm colours"),
    (("colder", "cooler", "make it cooler", "cooler colours", "too warm", "a bit colder"), "colour", "cool colours"),
    (("more colourful", "more colour", "make it more colourful", "brighter colours", "stronger colours", "it looks pale, more colour", "more vivid"), "colour", "vivid colours"),
    (("less colourful", "less colour", "more muted", "tone down the colours", "too colourful", "calmer colours", "mute the colours"), "colour", "muted colours"),
    (("black and white", "in black and white", "make it black and white", "no colour at all", "without colours", "monochrome please"), "colour", "black and white"),
    (("from above", "seen from above", "look down on it", "show it from above", "a view from the top", "top view"), "camera", "from above"),
    (("from below", "look up at it", "show it from below", "a view from the ground"), "camera", "low angle"),
    (("closer", "come closer", "zoom in", "get closer", "nearer", "bigger in the picture", "i want to see it closer", "a bit closer please"), "camera", "close-up"),
    (("further away", "zoom out", "step back", "farther away", "from further away", "show more of the scene", "more distance"), "camera", "wide angle"),
    (("from the side", "show it from the side", "a side view", "side view please"), "camera", "from the side"),
    (("from behind", "show it from behind", "from the back", "a view from behind"), "camera", "from behind"),
    (("less busy", "simpler", "make it simpler", "too busy", "less clutter", "it is too busy", "calmer", "tidy it up", "less stuff", "too much going on"), "negative", "clutter"),
]  # fmt: skip
KEEP_SEED = [
    "same seed", "keep the seed", "keep this seed", "the same seed again", "with the same seed", "use the same seed", "same seed please", "don't change the seed", "keep the composition",
    "the same composition", "keep the layout", "stay with this seed",
]  # fmt: skip
KEEPING = [
    "keep the seed but ", "same seed but ", "keep the composition but ", "same composition, ", "same seed, ", "keep everything else, ", "without changing anything else, ", "keep the rest, but ", "leave the rest as it is, ",
    "only this: ", "everything else stays, ",
]  # fmt: skip
SIZES = [
    "make it {w}x{h}", "{w}x{h}", "{w} x {h} pixels", "size {w}x{h}", "in {w} by {h}", "{w} by {h} pixels please", "change the size to {w}x{h}", "i want it {w}x{h}", "set the size to {w} x {h}", "paint it in {w}x{h}",
    "at {w}x{h}",
]  # fmt: skip
CORRECTIONS = [
    "no, ", "no wait, ", "actually, ", "oops, ", "sorry, i meant ", "i mean ", "wait, ", "hm no, ", "not quite: ", "rather ", "well, ", "oh, and ", "on second thought, ", "argh, ",
]  # fmt: skip
POLITE = [
    "please ", "ok, ", "hmm, ", "now ", "great, ", "nice, ", "lovely, now ", "thanks! ", "cool, ", "good, but ", "could you please ", "would you mind: ", "i was wondering, ", "if possible, ", "hey, ", "ok so ",
    "alright, ", "perfect, now ", "hi, ", "so, ", "can you ",
]  # fmt: skip
RECOLOUR_FROM = [
    "swap {old} for {colour}", "{colour} instead of {old}", "change {old} to {colour}", "not {old} but {colour}", "turn the {old} into {colour}", "replace {old} by {colour}", "{colour}, not {old}", "from {old} to {colour}",
    "make the {old} {colour}", "replace the {old} with {colour}",
]  # fmt: skip
RECOLOUR = [
    "make it {colour}", "make the {noun} {colour}", "{colour} instead", "in {colour}", "a {colour} one", "paint it {colour}", "the {noun} should be {colour}",
    "change the {noun} to {colour}", "can the {noun} be {colour}?", "turn the {noun} {colour}", "same but {colour}", "i want it {colour}",
    "now {colour}", "make the {noun} {colour} instead", "could it be {colour}?", "the {noun} in {colour}", "paint the {noun} {colour}",
    "let the {noun} be {colour}", "same in {colour}", "a {colour} {noun} instead", "change its colour to {colour}", "colour it {colour}",
    "give me a {colour} one", "how about {colour}?", "what about a {colour} {noun}?", "i'd like the {noun} {colour}",
]  # fmt: skip
SWAP = [
    "make it {new}", "{new} instead", "replace the {old} with {new}", "{new} instead of the {old}", "change the {old} to {new}", "turn it into {new}",
    "same but {new} this time", "swap the {old} for {new}", "the same with {new} instead", "now {new} there", "change it to {new}", "turn the {old} into {new}",
    "i want {new} instead", "put {new} there instead", "not the {old} but {new}", "replace it with {new}", "make the {old} {new}",
    "same picture, but {new}", "have {new} instead of the {old}", "exchange the {old} for {new}",
]  # fmt: skip
ADD = [
    "add {extra}", "with {extra}", "and {extra}", "also {extra}", "put {extra} in", "add {extra} to it", "i want {extra} too", "there should be {extra}",
    "include {extra}", "can you add {extra}?", "let there be {extra}", "same with {extra}", "give it {extra}", "also add {extra}", "now add {extra}",
    "could you put in {extra}?", "it needs {extra}", "show {extra} as well", "plus {extra}", "same but with {extra}",
]  # fmt: skip
RULE_OUT = [
    "no {term}", "without {term}", "remove the {term}", "remove {term}", "no {term} please", "take away the {term}", "i don't want {term}", "leave out the {term}",
    "get rid of the {term}", "drop the {term}", "there should be no {term}", "without any {term}", "lose the {term}", "no more {term}", "same but no {term}",
    "same without {term}", "avoid {term}", "don't show {term}", "hide the {term}", "but no {term}", "delete the {term}", "i see {term}, remove them",
    "never show {term}", "skip the {term}", "exclude {term}", "free of {term}", "make it without {term}", "please no {term}",
]  # fmt: skip
ALLOW = [
    "allow {term} again", "{term} are fine", "{term} may be there again", "{term} are ok", "you can show {term} again", "bring back {term}", "i do want {term} after all",
    "{term} are allowed", "let {term} appear again", "stop ruling out {term}", "{term} again please", "don't forbid {term}",
]  # fmt: skip
QUALITY = [
    ("more detail", "high detail"), ("sharper", "sharp focus"), ("make it sharper", "sharp focus"), ("with more details", "high detail"), ("more detailed", "high detail"),
    ("it is too blurry", "sharp focus"), ("better quality", "high quality"), ("make it crisp", "sharp focus"), ("add more detail", "high detail"),
    ("higher quality please", "high quality"), ("it should be sharper", "sharp focus"), ("i want more details", "high detail"), ("less blurry", "sharp focus"),
]  # fmt: skip
CLEAR = [
    "remove the {field}", "no particular {field}", "forget the {field}", "clear the {field}", "drop the {field}", "without the {field}", "reset the {field}", "leave the {field} open",
    "delete the {field}", "the {field} does not matter", "any {field} is fine",
]  # fmt: skip
ORDER = [
    "put the {field} first", "{field} first", "the {field} should come first", "the {field} is most important", "say the {field} first", "start with the {field}", "move the {field} to the front",
    "give the {field} more weight", "begin with the {field}", "the {field} matters most", "let the {field} lead",
]  # fmt: skip
REROLL = [
    "another one", "again", "try again", "one more", "another", "another version", "a new seed", "reroll", "roll again", "once more", "do it again", "different one",
    "same again", "another try", "give me another", "new seed please", "a different seed", "i don't like it, try again", "show me another one", "one more time",
    "paint it again", "same prompt, new seed", "another take", "repeat", "a fresh one", "next", "new version", "vary it", "surprise me again", "can i see another?",
    "redo", "different seed", "let me see another one", "a variation", "the same again, differently", "shuffle", "next one please", "make another", "do another one",
    "try a new seed", "not quite, again",
]  # fmt: skip
REROLL_MANY = [
    "{count} of them", "{count} more", "show me {count}", "give me {count} versions", "{count} variations", "make {count}", "{count} more please", "i want {count} of these",
    "paint {count} versions", "{count} others", "another {count}", "{count} different ones", "{count} new ones", "let me choose from {count}", "try {count} seeds", "{count} times",
]  # fmt: skip
SEED = [
    "use seed {seed}", "seed {seed}", "with seed {seed}", "set the seed to {seed}", "same with seed {seed}", "try seed {seed}", "seed: {seed}", "change the seed to {seed}",
    "now with seed {seed}", "the same but with seed {seed}", "take seed {seed}", "use {seed} as the seed", "seed = {seed}", "i want seed {seed}", "paint it with seed {seed}", "go with seed {seed}",
    "again with seed {seed}", "let the seed be {seed}",
]  # fmt: skip
UNDO = [
    "undo", "undo that", "go back", "back", "one step back", "the previous one", "take that back", "revert", "go back one", "that was better before", "undo the last change", "return to the one before",
    "back to the last one", "no, the one before", "the last one was better", "restore the previous one",
]  # fmt: skip
GO_BACK = [
    "go back to the {ordinal} one", "back to the {ordinal}", "the {ordinal} one", "go back to picture {number}", "back to number {number}", "return to version {number}", "i liked the {ordinal} one better",
    "use the {ordinal} one again", "go to version {number}", "go back to {number}", "let's return to the {ordinal} picture", "show me the {ordinal} one again", "back to version {word}",
    "the {ordinal} picture was better", "go back to number {word}", "take the {ordinal} one", "i want the {ordinal} one back", "continue with the {ordinal} one", "restore picture {number}",
    "let's go on from the {ordinal} one", "switch to the {ordinal} one", "return to the {ordinal}", "picture {number} again", "go back to the {ordinal} version", "reopen number {number}",
]  # fmt: skip
GO_BACK_NOUN = [
    "go back to the one with the {noun}", "the one with the {noun}", "back to the {noun}", "return to the {noun}", "i liked the {noun} better", "show me the {noun} again", "take the one with the {noun}",
    "go back to the {noun}", "back to the picture of the {noun}", "the {noun} was better", "use the {noun} one", "let's return to the one with the {noun}",
]  # fmt: skip
BRANCH = [
    "the {ordinal} one but", "take the {ordinal} one", "version {number} but", "like the {ordinal} one but", "picture {number}", "the {ordinal} picture, but", "number {number}, but", "go back to the {ordinal} one but",
    "use number {number} but", "the {ordinal} again, only",
]  # fmt: skip
SHAPE = [
    "make it {shape}", "in {shape} format", "as {shape}", "{shape} format", "{shape} please", "change it to {shape}", "the same in {shape}", "{shape} orientation", "same but {shape} format", "a {shape} picture",
    "could it be {shape}?", "switch to {shape} format",
]  # fmt: skip
PAINT_OVER = [
    "paint over it", "paint over this picture", "use this picture as a start", "start from this picture", "keep the composition and paint over it", "rework this picture", "use image to image", "repaint over the picture",
    "paint on top of it", "build on this picture", "take this image as the base", "go over it again",
]  # fmt: skip
QUESTIONS: dict[str, list[str]] = {
    "seeds": [
        "what is a seed?", "what does the seed do?", "why keep the seed?", "what are seeds?", "explain seeds", "what is the seed for?", "how do seeds work?", "why is there a number?", "what does a new seed change?",
        "is the seed random?", "what happens if i change the seed?", "what's a seed", "tell me about seeds", "do i need the seed?", "which seed is best?", "what does keep seed mean?",
    ],
    "noise-and-steps": [
        "what do more steps do?", "what are steps?", "how does the picture come out of noise?", "why does it start with noise?", "what is diffusion?", "how does this work?", "how do you paint?", "what is denoising?", "why is the first preview grey?",
        "how many steps should i use?", "explain diffusion", "what happens in each step?", "what is a scheduler?", "what does steps mean?", "how is the picture made?",
    ],
    "words-and-pictures": [
        "how do words become a picture?", "how do you understand words?", "what is a text encoder?", "why does it ignore a word?", "which words do you know?", "why did it not paint what i said?", "how does the model know what a cat is?",
        "what is an embedding?", "what words can i use?", "why is it wrong?", "does the order of words matter?", "how does text guide the picture?",
    ],
    "parts-of-a-prompt": [
        "what is a prompt?", "how do i write a good prompt?", "what are the fields?", "what does lighting mean?", "what belongs to the setting?", "what parts does a prompt have?", "how should i describe a picture?", "what is a quality word?",
        "give me tips for prompts", "what can i write?", "what does camera mean?", "how do i get better pictures?", "explain the prompt",
    ],
    "negatives": [
        "what is a negative prompt?", "how do negatives work?", "what does negative mean?", "how do i leave something out?", "why are there still people?", "what are negative terms?", "explain negative prompts", "what goes into the negative prompt?",
        "does no people work?", "why is a negative ignored?", "how can i rule something out?",
    ],
    "small-changes": [
        "why did the colours change so much?", "why does everything change?", "why did the picture change so much?", "how do i change only one thing?", "why is it not the same picture?", "how do i keep the composition?", "why does one word change everything?",
        "what is image to image?", "what does strength do?", "how can i change just a part?", "why did the background change?", "what is kept when i refine?",
    ],
    "guidance": [
        "what is guidance?", "what does guidance scale do?", "what is the guidance scale?", "what is cfg?", "how strong should guidance be?", "explain guidance", "what does classifier-free guidance mean?", "why are the colours too strong?",
        "should i raise the guidance?", "what happens with more guidance?", "is guidance the same as strength?",
    ],
    "models": [
        "which model is this?", "what is a model?", "can i use another model?", "what is the starter model?", "how big is the model?", "what can the model paint?", "how do i get a better model?", "why is the picture so small?", "what model do you use?",
        "where do the models come from?", "what are your limits?", "how were you trained?",
    ],
    "privacy": [
        "is this private?", "does it use the internet?", "who can see my pictures?", "where are my pictures stored?", "is my data sent anywhere?", "does this work offline?", "do you send anything?", "are my pictures safe?", "is there telemetry?",
        "where do you keep my words?", "does anyone read this?", "do i need an account?",
    ],
}  # fmt: skip
