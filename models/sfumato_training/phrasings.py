"""How people say what they want, by kind of request; every seventh phrasing of a list is kept for the evaluation."""

from __future__ import annotations

DRAW_OPENINGS = [
    "", "", "", "", "paint ", "draw ", "", "show me ", "draw me ", "paint me ", "", "i want ", "create ", "make a picture of ",
    "a picture of ", "an image of ", "can you paint ", "could you draw ", "please paint ", "i would like ", "let's see ",
    "how about ", "give me ", "generate ", "a painting of ", "i'd like to see ", "imagine ", "let us paint ",
    "please show me ", "now paint ", "next, draw ", "a new picture: ", "new: ", "something else: ", "start over with ",
    "make ", "please make ", "please make picture of ", "make me ", "do ", "could you do ", "could you make ", "can you make me ", "would you kindly paint ", "would you paint me ", "would you be so kind as to draw ", "i want to see ",
    "i need ", "i need a picture of ", "i'd love ", "i would love to see ", "i am looking for ", "let's try ", "ok so lets try: ", "let's start with ", "start simple: ", "start with ", "first, ", "first try: ", "can we have ", "can i get ",
    "can i have ", "how about a picture of ", "something with ", "new picture: ", "now draw ", "now make ", "now show me ", "now something else: ", "something else now: ", "and now ", "next: ", "next picture: ", "a fresh picture: ",
    "forget that, draw ", "new idea: ", "different idea: ", "let's do something else, ", "another picture, this time of ", "draw a picture of ", "paint a picture of ", "can u paint me ", "can u draw ", "gimme ", "wanna see ", "i wanna see ",
    "pls draw ", "plz paint me ", "sketch me ", "picture this: ", "think of ", "visualise ", "render ", "produce an image of ", "create an image of ", "create a picture with ", "generate a picture of ", "photo of ", "scene: ", "prompt: ",
    "my wish: ", "could i see ", "may i have ", "might i ask for ", "i was hoping for ", "do you think you could paint ", "is it possible to draw ", "would it be possible to see ", "it should show ", "the picture should show ", "there is ",
]  # fmt: skip
STYLE_TAILS = [
    "{style}", "as {a_style}", "{style}", "in {style} style", "{style} style", "as {a_style}", "{style}", "in the style of {a_style}",
    "painted as {a_style}", "done as {a_style}",
    "in a {style} style", "make it {a_style}", "like {a_style}", "{style} look", "it should look like {a_style}", "rendered as {a_style}", "drawn as {a_style}", "style {style}", "style: {style}", "in {style}", "in the {style} style",
    "please as {a_style}", "i want it as {a_style}",
]  # fmt: skip
NEGATIVE_TAILS = [
    "no {term}", "without {term}", "without any {term}", "but no {term}", "no {term} please", "and no {term}", "not a sign of {term}",
    "leave out {term}", "no {term} in it", "with no {term}", "free of {term}",
    "please no {term}", "but without {term}", "there should be no {term}", "and without any {term}", "i don't want {term}", "don't show {term}", "avoid {term}", "no {term} at all", "exclude {term}", "{term} not allowed", "not {term}",
    "and please no {term}", "minus {term}", "never {term}",
]  # fmt: skip
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
        "make it look like {text}", "{text} would be nice", "maybe {phrase}", "maybe {text}", "hmm maybe {text}", "can we have {text}?", "could we have {text}", "how would it look {phrase}?", "what would it look like {phrase}?", "same thing but {phrase} pls",
        "i think {text} would be better", "it should be {text}", "i want that is {text}", "let there be {text}", "give me {text}", "{text} now", "now {text}", "add {text}", "with {text} please", "and {phrase}", "everything {phrase}", "as if {phrase}",
        "same view {phrase}", "the same picture but {phrase}", "what if it was {text}?", "i'd like {text}", "might i ask for {text}?", "make that {text}", "change to {text}", "use {text}", "light: {text}", "weather: {text}", "time of day: {text}",
        "the weather should be {text}", "let it happen {phrase}", "set it {phrase}", "show the same {phrase}", "it is {text} now", "it's {text}", "its {text} now", "make the weather {text}", "paint it {phrase}", "i prefer {text}", "{text}!", "try {text}",
    ],
    "style": [
        "make it {a_text}", "as {a_text}", "turn it into {a_text}", "now as {a_text}", "same but as {a_text}", "in {text} style",
        "change the style to {text}", "the same as {a_text}", "style: {text}", "paint it as {a_text}", "do it as {a_text}",
        "can i have it as {a_text}?", "same picture, {text}", "i want it as {a_text}", "make this {a_text}", "try {text}",
        "could you make it {a_text}", "same thing as {a_text}", "how about {a_text}?", "redo it as {a_text}", "convert it to {text}",
        "same in {text}", "same scene as {a_text}", "{text} style please", "now {text}", "render it as {a_text}", "let it look like {a_text}",
        "make it look like {a_text}", "keep everything, but as {a_text}", "what would it look like as {a_text}?", "switch to {text}",
        "same but {text}", "in the manner of {a_text}", "this, but as {a_text}", "use {text}", "set the style to {text}",
        "{text}", "{text}", "{text} please", "maybe as {a_text}?", "and could we try it as {a_text}?", "i should prefer it as {a_text}", "i would prefer {a_text}", "not like that, more like {a_text}", "show it as {a_text}", "{a_text} please", "{a_text} instead",
        "in the style of {a_text}", "what if it was {a_text}?", "can you do {a_text}?", "could it be {a_text}?", "{text} instead", "same prompt but as {a_text}", "draw it as {a_text}", "the same, but {text}", "try it as {a_text}", "i'd like {a_text}", "give me {a_text}",
        "let's see it as {a_text}", "{text} look", "{text} version", "make {a_text} of it", "make {a_text} out of it", "go for {text}", "change it into {a_text}", "it should be {a_text}", "more like {a_text}", "{text} style", "paint this in {text} style", "do {a_text}",
    ],
    "setting": [
        "same but {text}", "now {text}", "put it {text}", "place it {text}", "the same {text}", "but {text}", "{text} instead",
        "move it so that it is {text}", "change the setting to {text}", "change the place: {text}", "setting: {text}", "i want it {text}",
        "could it be {text}?", "how about {text}?", "what about {text}?", "same thing {text}", "let it be {text}", "show it {text}",
        "set it {text}", "make it {text}", "the same one but {text}", "same picture {text}", "can you put it {text}", "again, {text}",
        "try it {text}", "have it {text}", "do the same {text}", "another place: {text}", "{text}", "it should be {text}", "it should stand {text}",
        "change the background, {text}", "let us see it {text}", "imagine it {text}", "same subject {text}", "keep it but {text}",
        "could it be {text}", "i think it belongs {text}", "it would look nicer {text}", "but she'd love it {text} i think", "now everything {text}", "move everything {text}", "move it {text}", "bring it {text}", "same but somewhere else, {text}", "not there, {text}",
        "what if it was {text}?", "set the scene {text}", "let it stand {text}", "let it happen {text}", "let's put it {text}", "i'd like it {text}", "i would rather see it {text}", "make it so that it is {text}", "background: {text}", "the background should be {text}", "place: {text}",
        "maybe {text}", "hm, maybe {text}", "how would it look {text}?", "{text} please", "and {text}", "with everything {text}", "paint it {text}", "draw it {text}", "it lives {text}", "take it {text}", "the whole thing {text}", "relocate it, {text}", "it is {text} now", "the same picture {text}",
    ],
    "camera": [
        "as a {text}", "{text}", "{text} please", "make it a {text}", "now {text}", "same but {text}", "camera: {text}", "change the camera to {text}",
        "the same, {text}", "show it as {text}", "set the camera to {text}", "change the perspective to {text}", "i want a {text}",
        "use {text}", "same scene, {text}", "view: {text}", "seen as {text}", "try {text}", "how about {text}?", "switch to {text}",
        "the same but {text}", "can i see it {text}?", "let me see it as {text}", "{text} instead", "make it {text}", "could it be a {text}", "show it {text}", "paint it {text}", "i want it {text}", "same picture, {text}", "just make it {text}", "ok then just make it {text}",
        "go for a {text}", "and {text}", "maybe {text}", "angle: {text}", "perspective: {text}", "can we have a {text}?", "what about {text}?", "a {text} please", "with a {text}", "as {text}", "do a {text}", "give me a {text}", "frame it as a {text}", "change to {text}", "let's try {text}",
    ],
    "colour": [
        "in {text}", "use {text}", "now in {text}", "same but in {text}", "make it {text}", "with {text}", "change the palette to {text}",
        "change the colours to {text}", "palette: {text}", "colour: {text}", "i want {text}", "the same in {text}", "give it {text}",
        "paint it in {text}", "the whole picture in {text}", "let it have {text}", "overall {text}", "set the colours to {text}",
        "{text}", "{text} please", "now everything in {text}", "everything in {text}", "can we have {text}?", "could it be in {text}?", "the picture in {text}", "all in {text}", "i'd like {text}", "try {text}", "maybe {text}", "how about {text}?", "what about {text}",
        "switch to {text}", "i prefer {text}", "{text} instead", "same picture in {text}", "only {text}", "go for {text}", "with {text} please", "do it in {text}", "turn everything into {text}", "limit it to {text}", "make everything {text}", "it should have {text}", "change to {text}",
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
KEEPING = [
    "keep the seed but ", "same seed but ", "keep the composition but ", "same composition, ", "same seed, ", "keep everything else, ", "without changing anything else, ", "keep the rest, but ", "leave the rest as it is, ",
    "only this: ", "everything else stays, ",
    "same picture, just ", "i like it, only ", "keep it all but ", "nothing else, only ", "leave everything else, ", "same thing, ", "the same again but ", "don't change the rest, ", "exactly the same, only ", "love it! just ",
]  # fmt: skip
CORRECTIONS = [
    "no, ", "no wait, ", "actually, ", "oops, ", "sorry, i meant ", "i mean ", "wait, ", "hm no, ", "not quite: ", "rather ", "well, ", "oh, and ", "on second thought, ", "argh, ",
    "no no, ", "hmm, ", "nah, ", "no i meant ", "i meant ", "i changed my mind: ", "hm, rather ", "scratch that, ", "that's not it, ", "wrong, ", "uh, ", "better: ", "sorry, ", "wait no, ", "mm, ",
]  # fmt: skip
POLITE = [
    "please ", "ok, ", "hmm, ", "now ", "great, ", "nice, ", "lovely, now ", "thanks! ", "cool, ", "good, but ", "could you please ", "would you mind: ", "i was wondering, ", "if possible, ", "hey, ", "ok so ",
    "alright, ", "perfect, now ", "hi, ", "so, ", "can you ",
    "thank you. ", "thank you! now ", "that is so pretty! but ", "that's nice, ", "perfect! ", "splendid. ", "wow! ", "very good. ", "hello, ", "good evening. ", "good morning! ", "great job, ", "lovely. ", "awesome, ", "beautiful! ", "yes! ",
    "yay, ", "ooh, ", "not bad. ", "almost. ", "so pretty! ", "ok then ", "ok ", "and ", "then ", "well, ", "listen, ", "dear computer, ", "would you be so good, ", "if you don't mind, ", "when you can, ", "let's see, ", "ah, ", "haha ok ",
    "nice one, ", "sweet. ", "cute! ", "hm ok, ", "right, ", "and now ", "also ", "good. ", "fine, ", "i love it. ",
]  # fmt: skip
RECOLOUR_FROM = [
    "swap {old} for {colour}", "{colour} instead of {old}", "change {old} to {colour}", "not {old} but {colour}", "turn the {old} into {colour}", "replace {old} by {colour}", "{colour}, not {old}", "from {old} to {colour}",
    "make the {old} {colour}", "replace the {old} with {colour}",
    "{colour} not {old}", "no i meant {colour} not {old}", "change the {old} into {colour}", "{old} should be {colour}", "use {colour} rather than {old}", "instead of {old} take {colour}", "exchange {old} for {colour}", "not {old}, {colour}",
    "switch {old} to {colour}", "{colour} where it is {old}", "replace {old} with {colour}", "all that is {old} should be {colour}", "i said {colour}, not {old}", "{old} becomes {colour}",
]  # fmt: skip
RECOLOUR = [
    "make it {colour}", "make the {noun} {colour}", "{colour} instead", "in {colour}", "a {colour} one", "paint it {colour}", "the {noun} should be {colour}",
    "change the {noun} to {colour}", "can the {noun} be {colour}?", "turn the {noun} {colour}", "same but {colour}", "i want it {colour}",
    "now {colour}", "make the {noun} {colour} instead", "could it be {colour}?", "the {noun} in {colour}", "paint the {noun} {colour}",
    "let the {noun} be {colour}", "same in {colour}", "a {colour} {noun} instead", "change its colour to {colour}", "colour it {colour}",
    "give me a {colour} one", "how about {colour}?", "what about a {colour} {noun}?", "i'd like the {noun} {colour}",
    "{colour}", "{colour}", "{colour} please", "{colour}!", "make that {colour}", "{noun} must be {colour}", "a {colour} {noun}", "the {noun} has to be {colour}", "can you make the {noun} {colour}?", "i want a {colour} {noun}", "let it be {colour}",
    "make this {noun} {colour}", "could the {noun} be {colour}", "try {colour}", "maybe {colour}", "rather {colour}", "colour the {noun} {colour}", "now make the {noun} {colour}", "the {noun} is {colour}", "please make it {colour}",
]  # fmt: skip
SWAP = [
    "make it {new}", "{new} instead", "replace the {old} with {new}", "{new} instead of the {old}", "change the {old} to {new}", "turn it into {new}",
    "same but {new} this time", "swap the {old} for {new}", "the same with {new} instead", "now {new} there", "change it to {new}", "turn the {old} into {new}",
    "i want {new} instead", "put {new} there instead", "not the {old} but {new}", "replace it with {new}", "make the {old} {new}",
    "same picture, but {new}", "have {new} instead of the {old}", "exchange the {old} for {new}",
    "no, {new}", "rather {new}", "use {new} instead of the {old}", "i meant {new}", "{new} rather than the {old}", "let it be {new}", "make that {new}", "the {old} should be {new}", "could the {old} be {new}?", "what if the {old} was {new}?",
    "can it be {new}", "change the {old} into {new}", "take {new} instead of the {old}", "how about {new} instead?", "{new}, not the {old}", "put {new} in place of the {old}", "instead of the {old}, {new}", "the same but {new} instead of the {old}",
    "now with {new} instead of the {old}", "please replace the {old} with {new}", "can you swap the {old} for {new}?", "not the {old}, {new}", "do {new} instead",
]  # fmt: skip
ADD = [
    "add {extra}", "with {extra}", "and {extra}", "also {extra}", "put {extra} in", "add {extra} to it", "i want {extra} too", "there should be {extra}",
    "include {extra}", "can you add {extra}?", "let there be {extra}", "same with {extra}", "give it {extra}", "also add {extra}", "now add {extra}",
    "could you put in {extra}?", "it needs {extra}", "show {extra} as well", "plus {extra}", "same but with {extra}",
    "add {extra} please", "and {extra} too", "{extra} too", "{extra} as well", "could we add {extra}", "maybe {extra}?", "with {extra} too", "i'd like {extra} as well", "and give it {extra}", "put {extra} next to it", "there could be {extra}",
    "it should have {extra}", "what about {extra}?", "now with {extra}", "i miss {extra}", "paint {extra} too", "draw {extra} as well", "perfect! {extra} too", "can it have {extra}?", "let it have {extra}", "i want it with {extra}", "throw in {extra}",
    "some more: {extra}", "don't forget {extra}", "also with {extra}",
]  # fmt: skip
RULE_OUT = [
    "no {term}", "without {term}", "remove the {term}", "remove {term}", "no {term} please", "take away the {term}", "i don't want {term}", "leave out the {term}",
    "get rid of the {term}", "drop the {term}", "there should be no {term}", "without any {term}", "lose the {term}", "no more {term}", "same but no {term}",
    "same without {term}", "avoid {term}", "don't show {term}", "hide the {term}", "but no {term}", "delete the {term}", "i see {term}, remove them",
    "never show {term}", "skip the {term}", "exclude {term}", "free of {term}", "make it without {term}", "please no {term}",
    "and no {term}", "and no {term} in the background", "no {term} in the background", "no {term} anywhere", "i see {term}, no {term} please", "kick out the {term}", "without {term} as well", "without {term} too", "wihtout {term}", "leave {term} out",
    "take {term} out", "take the {term} out", "take out the {term}", "erase the {term}", "there are {term}, i don't want them", "too many {term}, remove them", "could you remove the {term}?", "can you leave out {term}?", "don't want {term}",
    "do not show {term}", "{term} must go", "the {term} should go", "stop painting {term}", "clear away the {term}", "ditch the {term}", "lose the {term}, it looks odd", "remove the {term} again", "i hate {term}", "i said no {term}", "just no {term}",
    "from now on no {term}", "never any {term} from now on", "always without {term}", "never again {term}", "no {term} in any picture", "i never want to see {term}", "not any {term}", "no more {term} please", "keep {term} out of it", "keep it free of {term}", "make sure there are no {term}", "forget the {term}", "rule out {term}", "forbid {term}",
]  # fmt: skip
ALLOW = [
    "allow {term} again", "{term} are fine", "{term} may be there again", "{term} are ok", "you can show {term} again", "bring back {term}", "i do want {term} after all",
    "{term} are allowed", "let {term} appear again", "stop ruling out {term}", "{term} again please", "don't forbid {term}",
    "{term} are ok after all", "{term} are fine after all", "{term} is ok again", "{term} is fine", "i changed my mind, {term} are ok", "{term} can come back", "let the {term} back in", "you may paint {term} again", "i don't mind {term}", "{term} would be ok",
    "actually {term} are fine", "{term} welcome again", "remove {term} from the negatives", "take {term} off the list", "drop the ban on {term}", "with {term} again", "put {term} back in", "{term} are allowed again", "no longer avoid {term}", "ok, {term} may appear",
    "don't exclude {term} any more", "let there be {term} again", "it's ok to have {term}", "permit {term}", "unban {term}", "{term} after all", "the {term} can stay", "i like {term} now",
]  # fmt: skip
QUALITY = [
    ("more detail", "high detail"), ("sharper", "sharp focus"), ("make it sharper", "sharp focus"), ("with more details", "high detail"), ("more detailed", "high detail"),
    ("it is too blurry", "sharp focus"), ("better quality", "high quality"), ("make it crisp", "sharp focus"), ("add more detail", "high detail"),
    ("higher quality please", "high quality"), ("it should be sharper", "sharp focus"), ("i want more details", "high detail"), ("less blurry", "sharp focus"),
    ("more detailed please", "high detail"), ("sharper please", "sharp focus"), ("a bit sharper", "sharp focus"), ("make it more detailed", "high detail"), ("i want it sharper", "sharp focus"), ("can it be sharper?", "sharp focus"),
    ("could you add more detail?", "high detail"), ("better quality please", "high quality"), ("make it better quality", "high quality"), ("in high quality", "high quality"), ("finer details", "high detail"), ("with sharp focus", "sharp focus"),
    ("crisper", "sharp focus"), ("the edges should be crisp", "sharp focus"), ("it looks soft, make it sharp", "sharp focus"), ("it lacks detail", "high detail"), ("not detailed enough", "high detail"), ("not sharp enough", "sharp focus"),
    ("give it more detail", "high detail"), ("raise the quality", "high quality"), ("improve the quality", "high quality"), ("sharpen it", "sharp focus"), ("in focus please", "sharp focus"), ("put more work into the details", "high detail"),
    ("show more detail", "high detail"), ("details!", "high detail"), ("a sharper picture", "sharp focus"), ("more focus", "sharp focus"), ("the quality could be higher", "high quality"),
]  # fmt: skip
CLEAR = [
    "remove the {field}", "no particular {field}", "forget the {field}", "clear the {field}", "drop the {field}", "without the {field}", "reset the {field}", "leave the {field} open", "forget {text}", "drop {text}", "no {text} any more",
    "delete the {field}", "the {field} does not matter", "any {field} is fine", "forget about the {field}", "i don't care about the {field}", "take the {field} away", "lose the {field}", "the {field} is up to you", "no special {field}",
    "forget the {text}", "not {text} any more", "any {field} will do", "whatever {field} you like", "choose the {field} yourself", "empty the {field}", "throw out the {field}", "{field} doesn't matter", "skip the {field}", "stop with the {text}",
    "the {text} can go", "remove {text}", "the {field} can be anything", "get rid of the {field}", "leave out the {field}", "undo the {field}", "free choice of {field}", "no {field} please", "drop the {text} thing", "without {text} again",
]  # fmt: skip
ORDER = [
    "put the {field} first", "{field} first", "the {field} should come first", "the {field} is most important", "say the {field} first", "start with the {field}", "move the {field} to the front", "{field} to the front", "the {field} goes first",
    "give the {field} more weight", "begin with the {field}", "the {field} matters most", "let the {field} lead", "mention the {field} first", "the {field} before everything else", "{field} should come before the rest", "name the {field} first",
    "the {field} is what counts", "put {field} at the start", "put {field} at the beginning", "i want the {field} first", "the prompt should begin with the {field}", "bring the {field} to the top", "{field} is the most important thing",
    "first of all the {field}", "make the {field} the first thing", "order: {field} first", "can the {field} come first?", "change the order, {field} first", "emphasise the {field}", "stress the {field}", "{field} up front", "lead with the {field}",
    "more emphasis on the {field}", "the {field} weighs most", "pull the {field} forward", "i care most about the {field}", "reorder so that the {field} is first", "{field} at the top please", "let the {field} come first",
]  # fmt: skip
# What a field is called by people.
FIELD_NAMES = {
    "style": ("style", "style", "look", "art style", "technique"), "lighting": ("lighting", "light", "lighting", "weather", "time of day"), "setting": ("setting", "place", "background", "setting", "location", "surroundings"),
    "camera": ("camera", "angle", "view", "perspective", "camera", "viewpoint"), "colour": ("colour", "palette", "colours", "colour scheme", "palette"), "quality": ("quality", "quality words"), "subject": ("subject", "thing"),
}  # fmt: skip
CHAT_BEFORE_DRAWING = [
    "so my daughter's birthday is coming up, so i was thinking, ", "i have an idea, ", "it's for a card, ", "for my son's room, ", "i had a dream about this: ", "we need something for the wall. ", "my grandma would love this: ", "hello! i'm new here. ",
    "this is for a book cover: ", "ok listen, ", "i'm writing a story. ", "my kid asked for this: ", "hi, i saw this on holiday: ", "let's be silly: ", "i can't draw so help me out, ", "today is a good day. ", "my brother bet you can't paint ",
    "i've been thinking about this all day, ", "it's for a present, i thought of ", "we had a long day at work so something calm: ", "she likes animals so ", "for the school newspaper we want ", "i'd like to print it as a poster: ", "for a friend: ",
]  # fmt: skip
CHAT_AFTER_DRAWING = [
    "that would be perfect", "would be perfect", "would be great", "would be lovely", "if that is possible", "if you can", "thanks", "thank you", "thanks a lot", "if it's not too hard", "can you do that?", "is that possible?", "you know what i mean",
    "i hope that works", "something like that", "that's all", "for me", "pls", "for my mum", "i think", "or so", "please and thank you", "what do you think?", "as i imagine it",
]  # fmt: skip
TURNS_OF_MIND = [
    ", no wait, ",
    ", no, ",
    ", or no, ",
    ", or rather ",
    ", i mean ",
    ", sorry, ",
    ". or no, ",
    ", actually ",
    " no wait ",
    ". no, ",
    ", hmm no, ",
    ", oops, i meant ",
    ", scratch that, ",
    ", no, make that ",
]
# Steps as one word or two, and how they are asked for.
NUDGE_WORDS = {
    "dim light": ("darker", "dimmer", "less bright", "gloomier"), "bright light": ("brighter", "lighter", "less dark", "better lit"), "moody light": ("moodier", "more atmospheric", "more moody"),
    "dramatic light": ("more dramatic", "more theatrical", "more intense"), "soft light": ("softer", "gentler", "less harsh"), "warm colours": ("warmer", "less cold", "cosier"), "cool colours": ("cooler", "colder", "less warm"),
    "vivid colours": ("more colourful", "more vivid", "less pale", "less grey", "bolder"), "muted colours": ("less colourful", "more muted", "paler", "less saturated", "less gaudy"), "close-up": ("closer", "nearer", "more zoomed in", "closer up"),
    "wide angle": ("further away", "farther away", "more distant", "more zoomed out"), "clutter": ("less busy", "simpler", "less cluttered", "tidier", "emptier", "less crowded"),
}  # fmt: skip
NUDGE_FRAMES = [
    "{0}", "{0}", "make it {0}", "a bit {0}", "a little {0}", "much {0}", "{0} please", "could it be {0}?", "can you make it {0}?", "it should be {0}", "i want it {0}", "slightly {0}", "maybe a bit {0}", "even {0}", "let's go {0}",
    "make everything {0}", "make the picture {0}", "same but {0}", "now {0}", "it could be {0}", "a lot {0}", "a tad {0}", "can we have it {0}?", "it needs to be {0}", "i'd like it {0}", "i think it should be {0}", "try it {0}", "{0} still",
    "make this {0}", "would you make it {0}?", "the whole thing {0}", "just {0}", "way {0}", "it must be {0}", "let it be {0}", "turn it {0}", "somewhat {0}", "{0} if possible", "not quite, {0}", "make it a bit {0}", "a touch {0}",
]  # fmt: skip
