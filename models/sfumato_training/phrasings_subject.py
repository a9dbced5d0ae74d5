"""How people change the thing itself: its colour, its number, another in its place, something it gets or does; every seventh phrasing of a list is kept for the evaluation."""

from __future__ import annotations

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
THEM_FRAMES = [
    "make them {colour}", "they should be {colour}", "{colour} ones please", "all {colour}", "paint them {colour}", "now {colour} ones", "let them be {colour}", "colour them {colour}", "can they be {colour}?",
    "i want them {colour}", "{colour} ones instead", "make all of them {colour}", "turn them {colour}", "the {noun} should be {colour}", "make the {noun} {colour}", "{colour} {noun} please",
]  # fmt: skip
NUMBER_FRAMES = [
    "{new} {nouns}", "{new} {nouns} instead", "make it {new} {nouns}", "{new} {nouns} instead of {old}", "there should be {new} {nouns}", "i want {new} {nouns}", "{new} {nouns} please",
    "{new} instead of {old}", "not {old} but {new}", "now {new} {nouns}", "{new} {nouns}, not {old}", "change it to {new} {nouns}", "can we have {new} {nouns}?", "let there be {new} {nouns}",
    "make the {nouns} {new}", "paint {new} {nouns} there", "i said {new} {nouns}", "rather {new} {nouns}", "show {new} {nouns}", "same but with {new} {nouns}", "{new} of the {nouns} instead of {old}",
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
SWAP_MANY = [
    "make the {old} {new}", "{new} instead of {old}", "{new} instead of the {old}", "replace the {old} with {new}", "swap the {old} for {new}", "turn the {old} into {new}", "not {old} but {new}", "make them {new}",
    "change them to {new}", "i want {new} instead", "they should be {new}", "{new} please, not {old}", "no {old}, {new}", "change the {old} to {new}", "i meant {new}",
]  # fmt: skip
ADD = [
    "add {extra}", "with {extra}", "and {extra}", "also {extra}", "put {extra} in", "add {extra} to it", "i want {extra} too", "there should be {extra}",
    "include {extra}", "can you add {extra}?", "let there be {extra}", "same with {extra}", "give it {extra}", "also add {extra}", "now add {extra}",
    "could you put in {extra}?", "it needs {extra}", "show {extra} as well", "plus {extra}", "same but with {extra}",
    "add {extra} please", "and {extra} too", "{extra} too", "{extra} as well", "could we add {extra}", "maybe {extra}?", "with {extra} too", "i'd like {extra} as well", "and give it {extra}", "put {extra} next to it", "there could be {extra}",
    "it should have {extra}", "what about {extra}?", "now with {extra}", "i miss {extra}", "paint {extra} too", "draw {extra} as well", "perfect! {extra} too", "can it have {extra}?", "let it have {extra}", "i want it with {extra}", "throw in {extra}",
    "some more: {extra}", "don't forget {extra}", "also with {extra}",
]  # fmt: skip
GIVE_FRAMES = [
    "give the {noun} {extra}", "the {noun} should have {extra}", "give it {extra}", "put {extra} on the {noun}", "the {noun} needs {extra}", "let the {noun} have {extra}", "add {extra} to the {noun}",
    "can the {noun} have {extra}?", "could you give the {noun} {extra}?", "i want the {noun} with {extra}", "the {noun} gets {extra}",
]  # fmt: skip
DOING_FRAMES = [
    "the {noun} should be {doing}", "make the {noun} look like it is {doing}", "{doing} please", "it should be {doing}", "i want it {doing}", "show it {doing}", "let it be {doing}", "the {noun} is {doing}", "paint it {doing}",
    "can the {noun} be {doing}?", "make it {doing}", "now {doing}", "{doing}", "the {noun} {doing}", "could it be {doing}?", "same {noun} but {doing}", "have the {noun} {doing}", "what about the {noun} {doing}?",
]  # fmt: skip
