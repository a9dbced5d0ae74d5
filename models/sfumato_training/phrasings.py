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
CHAT_BEFORE_DRAWING = [
    "so my daughter's birthday is coming up, so i was thinking, ", "i have an idea, ", "it's for a card, ", "for my son's room, ", "i had a dream about this: ", "we need something for the wall. ", "my grandma would love this: ", "hello! i'm new here. ",
    "this is for a book cover: ", "ok listen, ", "i'm writing a story. ", "my kid asked for this: ", "hi, i saw this on holiday: ", "let's be silly: ", "i can't draw so help me out, ", "today is a good day. ", "my brother bet you can't paint ",
    "i've been thinking about this all day, ", "it's for a present, i thought of ", "we had a long day at work so something calm: ", "she likes animals so ", "for the school newspaper we want ", "i'd like to print it as a poster: ", "for a friend: ",
]  # fmt: skip
CHAT_AFTER_DRAWING = [
    "that would be perfect", "would be perfect", "would be great", "would be lovely", "if that is possible", "if you can", "thanks", "thank you", "thanks a lot", "if it's not too hard", "can you do that?", "is that possible?", "you know what i mean",
    "i hope that works", "something like that", "that's all", "for me", "pls", "for my mum", "i think", "or so", "please and thank you", "what do you think?", "as i imagine it",
]  # fmt: skip
