"""How people ask for another picture, a seed, an earlier version, a shape; every seventh phrasing is kept for the evaluation."""

from __future__ import annotations

KEEP_SEED = [
    "same seed", "keep the seed", "keep this seed", "the same seed again", "with the same seed", "use the same seed", "same seed please", "don't change the seed", "keep the composition",
    "the same composition", "keep the layout", "stay with this seed", "leave the seed alone", "do not touch the seed", "seed stays", "hold on to this seed", "same seed as before", "lock the seed", "i want to keep this seed",
    "the seed should stay", "stick to this seed", "keep that seed please", "once more with the same seed", "again with the same seed", "paint it again with the same seed", "same seed, same words", "please keep the seed", "retain the seed",
    "use this seed again", "don't lose the seed", "freeze the seed", "the seed stays as it is", "same number again", "same seed once more", "keep the seed for now", "leave the seed as it is", "can we keep the seed?", "could you use the same seed?",
    "let's keep this seed", "keep using this seed", "no new seed", "not a new seed, the same", "keep this composition", "leave the composition", "same arrangement", "the layout should stay",
]  # fmt: skip
SIZES = [
    "make it {w}x{h}", "{w}x{h}", "{w} x {h} pixels", "size {w}x{h}", "in {w} by {h}", "{w} by {h} pixels please", "change the size to {w}x{h}", "i want it {w}x{h}", "set the size to {w} x {h}", "paint it in {w}x{h}",
    "at {w}x{h}", "resize to {w}x{h}", "can it be {w} by {h}?", "{w} wide and {h} high", "use {w}x{h} pixels", "same but {w}x{h}", "resolution {w}x{h}", "now at {w} x {h}", "width {w}, height {h}", "{w} times {h} pixels", "please make it {w} by {h}", "i need {w}x{h}", "give me {w}x{h}", "{w}x{h} instead", "could you do {w}x{h}?", "let's have {w} by {h}", "the size should be {w}x{h}", "dimensions {w}x{h}",
    "change it to {w} by {h} pixels", "as {w}x{h}", "{w} by {h}", "{w}x{h} please", "i'd like {w} by {h}", "set it to {w}x{h}", "a {w}x{h} picture", "the picture should be {w} by {h}", "canvas {w}x{h}", "in size {w} x {h}", "do it in {w}x{h}", "paint {w} x {h}",
]  # fmt: skip
SIZE_TAILS = [
    "{w}x{h}",
    "in {w}x{h}",
    "{w} x {h}",
    "at {w} by {h}",
    "size {w}x{h}",
    "{w}x{h} pixels",
    "{w} by {h} pixels",
    "as {w}x{h}",
]
REROLL = [
    "another one", "again", "try again", "one more", "another", "another version", "a new seed", "reroll", "roll again", "once more", "do it again", "different one",
    "same again", "another try", "give me another", "new seed please", "a different seed", "i don't like it, try again", "show me another one", "one more time",
    "paint it again", "same prompt, new seed", "another take", "repeat", "a fresh one", "next", "new version", "vary it", "surprise me again", "can i see another?",
    "redo", "different seed", "let me see another one", "a variation", "the same again, differently", "shuffle", "next one please", "make another", "do another one",
    "try a new seed", "not quite, again", "again again", "again again again", "more", "same words, other picture", "same prompt again", "one more of these", "roll the dice", "give it another go", "hit me again",
    "try something different with the same words", "i want to see a different version", "that one is ugly, again", "meh, another", "nope, next", "can you do that again?", "could you try once more?", "let's see one more",
    "run it again", "generate again", "regenerate", "retry", "draw it again", "another attempt", "a second try", "same thing, another seed", "new roll", "spin again", "what else have you got?", "show me an alternative",
    "an alternative please", "other version", "change nothing, just another one", "keep the words, new picture", "same description, different picture", "i'm not happy with this one, again", "bad luck, roll again",
    "one more try with the same words", "please repeat with a fresh seed", "draw one more time", "other picture same text", "do me another", "fancy another one", "let us have another",
]  # fmt: skip
REROLL_MANY = [
    "{count} of them", "{count} more", "show me {count}", "give me {count} versions", "{count} variations", "make {count}", "{count} more please", "i want {count} of these",
    "paint {count} versions", "{count} others", "another {count}", "{count} different ones", "{count} new ones", "let me choose from {count}", "try {count} seeds", "{count} times",
    "show me {count} of those", "give me {count} more", "can i have {count} more?", "{count} more like this", "{count} variations please", "could you show me {count} versions?", "show me {count} variations",
    "make {count} more of it", "i'd like to see {count} of them", "do {count} of those", "paint {count} more", "{count} alternatives", "i need {count} to choose from", "let's see {count} more", "again, {count} times",
    "draw {count} of these", "generate {count}", "{count} rolls", "then show me {count}", "{count} takes on it", "how about {count} more?", "{count} pictures of it", "would you show me {count} variations?", "{count} more tries",
]  # fmt: skip
SEED = [
    "use seed {seed}", "seed {seed}", "with seed {seed}", "set the seed to {seed}", "same with seed {seed}", "try seed {seed}", "seed: {seed}", "change the seed to {seed}",
    "now with seed {seed}", "the same but with seed {seed}", "take seed {seed}", "use {seed} as the seed", "seed = {seed}", "i want seed {seed}", "paint it with seed {seed}", "go with seed {seed}",
    "again with seed {seed}", "let the seed be {seed}", "same prompt, seed {seed}", "same words, seed {seed}", "how does it look with seed {seed}?", "switch to seed {seed}", "seed number {seed}", "could you use seed {seed}?",
    "what does seed {seed} give?", "show me seed {seed}", "seed={seed}", "put the seed at {seed}", "please use the seed {seed}", "roll with seed {seed}", "same picture seed {seed}", "new seed: {seed}", "i'd like seed {seed}",
    "let's try seed {seed}", "next seed {seed}", "run it with seed {seed}", "seed should be {seed}", "make the seed {seed}", "redo with seed {seed}", "give me seed {seed}", "back to seed {seed}", "no, seed {seed}",
]  # fmt: skip
SEED_TAILS = [
    "seed {seed}",
    "with seed {seed}",
    "use seed {seed}",
    "using seed {seed}",
    "seed: {seed}",
    "seed={seed}",
    "and seed {seed}",
    "seed number {seed}",
    "on seed {seed}",
]
UNDO = [
    "undo", "undo that", "go back", "back", "one step back", "the previous one", "take that back", "revert", "go back one", "that was better before", "undo the last change", "return to the one before",
    "back to the last one", "no, the one before", "the last one was better", "restore the previous one", "the one before was better", "i liked the one before more", "the previous picture was better", "undo this",
    "no no, undo", "hmm no, back", "please undo", "step back", "back to what it was", "as it was before", "revert that", "it was better before", "not good, go back", "let's go back one", "the version before this", "cancel that change",
    "oops undo", "that made it worse, go back", "give me the one before", "previous version please", "go one back", "return to the previous picture", "can we go back?", "i preferred it before", "no, take it back",
    "previous", "scrap that", "forget that change", "put it back as it was", "the earlier one was nicer", "back one please",
]  # fmt: skip
GO_BACK = [
    "go back to the {ordinal} one", "back to the {ordinal}", "the {ordinal} one", "go back to picture {number}", "back to number {number}", "return to version {number}", "i liked the {ordinal} one better",
    "use the {ordinal} one again", "go to version {number}", "go back to {number}", "let's return to the {ordinal} picture", "show me the {ordinal} one again", "back to version {word}",
    "the {ordinal} picture was better", "go back to number {word}", "take the {ordinal} one", "i want the {ordinal} one back", "continue with the {ordinal} one", "restore picture {number}",
    "let's go on from the {ordinal} one", "switch to the {ordinal} one", "return to the {ordinal}", "picture {number} again", "go back to the {ordinal} version", "reopen number {number}",
    "{ordinal} one again", "{ordinal} one please", "go to number {number}", "to picture {word}", "the {ordinal} was the best", "i prefer the {ordinal} one", "number {number} was nicer", "can we go back to the {ordinal}?",
    "go back to the very {ordinal} picture", "please return to the {ordinal} picture", "back to the {ordinal} version please", "let me have the {ordinal} one again", "actually the {ordinal} one was better, go back to it",
    "bring back number {number}", "bring the {ordinal} one back", "open version {number}", "i liked number {number} more", "version {number} please", "jump to {number}", "go to the {ordinal} picture", "select the {ordinal} one",
    "the {ordinal} version again", "back to picture {word}", "hmm, the {ordinal} one after all", "keep the {ordinal} one", "we go on with number {number}", "the {ordinal} again please", "i would rather have the {ordinal} one",
]  # fmt: skip
GO_BACK_NOUN = [
    "go back to the one with the {noun}", "the one with the {noun}", "back to the {noun}", "return to the {noun}", "i liked the {noun} better", "show me the {noun} again", "take the one with the {noun}",
    "go back to the {noun}", "back to the picture of the {noun}", "the {noun} was better", "use the {noun} one", "let's return to the one with the {noun}", "i want the {noun} back", "the {noun} picture again",
    "can i see the {noun} again?", "actually the {noun} was nicer", "restore the one with the {noun}", "the {noun} one please", "bring back the {noun}", "switch back to the {noun}", "where was the {noun}? go back to it",
]  # fmt: skip
BRANCH = [
    "the {ordinal} one but", "take the {ordinal} one", "version {number} but", "like the {ordinal} one but", "picture {number}", "the {ordinal} picture, but", "number {number}, but", "go back to the {ordinal} one but",
    "use number {number} but", "the {ordinal} again, only", "take number {number} and make it", "the {ordinal} one,", "from the {ordinal} one,", "go to number {number} and make it", "i liked the {ordinal} one, but", "the {ordinal} version,",
    "same as the {ordinal} one but", "use the {ordinal} one, now", "continue from picture {number},", "with the {ordinal} one, try it", "number {number} again but", "let's take the {ordinal} picture", "version {number},", "the {ordinal} picture", "take version {number}, but", "go back to number {number} but", "number {number} please, but", "picture {number} but", "use the {ordinal} one", "that {ordinal} one, but", "the {ordinal} one again but", "please take the {ordinal} one but", "go from the {ordinal} one,", "based on number {number},", "based on the {ordinal} one,", "like number {number} but", "the {ordinal} one would be nice", "back to the {ordinal} one and", "return to number {number} and make it", "starting from the {ordinal} one,",
]  # fmt: skip
SHAPE = [
    "make it {shape}", "in {shape} format", "as {shape}", "{shape} format", "{shape} please", "change it to {shape}", "the same in {shape}", "{shape} orientation", "same but {shape} format", "a {shape} picture",
    "could it be {shape}?", "switch to {shape} format", "{shape}", "{shape} instead", "make it {shape} instead", "i want it {shape}", "turn it {shape}", "now {shape}", "can you make it {shape}", "i need a {shape} one",
    "the picture should be {shape}", "{shape} shape", "put it in {shape}", "use {shape} format", "{shape} version", "a {shape} format please", "as a {shape} picture", "make the picture {shape}", "format: {shape}", "{shape}, please", "give it a {shape} format", "i'd like it {shape}", "let's try {shape}", "change the format to {shape}", "how about {shape}?", "could we have it {shape}?", "do it in {shape}", "paint it {shape}", "{shape} would be better", "rather {shape}", "can it be {shape}?",
]  # fmt: skip
SHAPE_TAILS = [
    "{shape} format",
    "in {shape}",
    "{shape}",
    "{shape} orientation",
    "as a {shape} picture",
    "{shape} shape",
    "in {shape} format",
    "{shape} please",
    "make it {shape}",
]
SHAPES = {
    "portrait": ("portrait", "upright", "vertical", "tall", "portrait"), "landscape": ("landscape", "wide", "horizontal", "landscape", "widescreen"), "square": ("square", "square", "quadratic"),
}  # fmt: skip
PAINT_OVER = [
    "paint over it", "paint over this picture", "use this picture as a start", "start from this picture", "keep the composition and paint over it", "rework this picture", "use image to image", "repaint over the picture",
    "paint on top of it", "build on this picture", "take this image as the base", "go over it again", "paint over this one", "paint over this one, keep the composition", "paint over the last one", "image to image please",
    "use the picture itself as the start", "do it as image to image", "draw over this one", "paint it over", "start from the picture, not from noise", "go over this picture once more", "use img2img", "img2img", "overpaint this",
    "work over the picture", "use this one as the base and paint over it", "take the picture and paint over it", "paint on this picture",
    "use this image as the starting point", "begin with this picture", "take this one as a start", "paint over the current picture", "rework it from the picture itself", "work from this image", "image-to-image", "refine the pixels of this one",
    "go over it with the brush again", "start with what is there", "paint it over, don't start anew", "paint over what we have", "don't start from scratch, paint over it", "keep the picture and paint over it", "redo it on top of this picture",
    "use what is there as a base", "touch this picture up", "retouch it",
]  # fmt: skip
