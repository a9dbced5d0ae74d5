"""How people speak of one part of a picture. Every seventh phrasing of a list is kept for the evaluation."""

from __future__ import annotations

ONLY = [
    "only the {noun}", "just the {noun}", "the {noun} alone", "only the {noun} please", "i only want the {noun}", "keep only the {noun}", "nothing but the {noun}", "the {noun} by itself", "just the {noun}, nothing else",
    "leave only the {noun}", "the {noun} on its own", "can we have just the {noun}?", "only keep the {noun}", "it should be only the {noun}", "the {noun} is enough", "the {noun} would be enough", "the {noun} and nothing else",
    "i meant just the {noun}", "show me only the {noun}", "no, just the {noun}", "let the {noun} be alone", "only the {noun} should stay", "everything but the {noun} can go",
]  # fmt: skip
LESS = [
    "less {term}", "fewer {term}", "not so much {term}", "not so many {term}", "too much {term}", "too many {term}", "way too many {term}", "way less {term}", "there is too much {term}", "there are too many {term}", "i want less {term}",
    "less {term} please", "could there be less {term}?", "can we have fewer {term}", "so many {term}, i don't need them", "a bit less {term}", "much less {term}", "reduce the {term}", "cut down on the {term}", "the {term} are too much",
    "i don't like all the {term}", "all those {term} are annoying", "what's with all the {term}", "why all the {term}, i don't want them", "the {term} distract me", "that is a lot of {term}, too much", "the {term} spoil it",
]  # fmt: skip
LEAVE_PLACE = [
    "get rid of the {place}", "remove the {place}", "without the {place}", "no {place}", "take the {place} away", "i don't want the {place}", "lose the {place}", "no {place} please", "not in a {place}", "drop the {place}",
    "the {place} should go", "delete the {place}", "leave out the {place}", "i don't like the {place}", "anywhere but a {place}", "the {place} is wrong", "forget the {place}", "skip the {place}", "erase the {place}", "no more {place}",
    "just not a {place}", "take it out of the {place}", "the {place} doesn't fit", "please no {place}",
]  # fmt: skip
NOT_THERE = [
    "i don't like {old}, try {new}", "not {old}, {new}", "{new} instead of {old}", "replace {old} with {new}", "change {old} to {new}", "swap {old} for {new}", "make {old} {new}", "turn {old} into {new}", "{old} should be {new}",
    "{new} rather than {old}", "{old} is boring, use {new}", "take {new} instead of {old}", "i'd prefer {new} to {old}", "{old} doesn't work, how about {new}?", "get rid of {old} and use {new}", "let {old} become {new}",
    "what if {old} was {new}?", "{new}, not {old}", "no, not {old}, i said {new}", "could {old} be {new}?", "{old} out, {new} in", "exchange {old} for {new}", "i'd rather have {new} than {old}", "instead of {old} {new} please",
    "leave {old}, go to {new}", "move it from {old} to {new}",
]  # fmt: skip
PLACE_OF_THING = [
    "put the {noun} {place}", "the {noun} should be {place}", "move the {noun} {place}", "i want the {noun} {place}", "place the {noun} {place}", "have the {noun} {place}", "let the {noun} be {place}", "can the {noun} be {place}?",
    "could you put the {noun} {place}?", "the {noun} {place}", "show the {noun} {place}", "set the {noun} {place}", "i'd like to see the {noun} {place}", "the {noun} belongs {place}", "what about the {noun} {place}?", "let's see the {noun} {place}",
    "now the {noun} {place}", "same {noun} but {place}", "how would the {noun} look {place}?", "imagine the {noun} {place}", "the same {noun} {place}", "take the {noun} and put it {place}", "what if the {noun} was {place}?",
    "i'd rather have the {noun} {place}",
]  # fmt: skip
ZOOM = [
    "zoom in on the {noun}", "closer to the {noun}", "get closer to the {noun}", "go nearer to the {noun}", "i want to see the {noun} from close up", "show the {noun} from close", "a close-up of the {noun}", "zoom in", "zoom in please",
    "move closer to the {noun}", "let me see the {noun} up close", "the {noun} up close", "can we get nearer to the {noun}?", "the {noun} should fill the picture", "make the {noun} fill the frame", "i can hardly see the {noun}, go closer",
    "the {noun} is too far away", "bring the {noun} closer", "the {noun} is too small in the picture", "come closer", "step closer", "zoom to the {noun}", "focus on the {noun} up close", "tighter on the {noun}",
]  # fmt: skip
EXCHANGE = [
    "{new} instead of the {old}", "replace the {old} with {new}", "swap the {old} for {new}", "the {old} should be {new}", "turn the {old} into {new}", "change the {old} to {new}", "not {old}, {new}", "make the {old} {new}",
    "exchange the {old} for {new}", "i'd rather have {new} than the {old}", "instead of the {old} put {new}", "{new} rather than the {old}", "could the {old} be {new}?", "what about {new} instead of the {old}?", "i said {new}, not {old}",
    "where the {old} are, i want {new}", "i meant {new} instead of {old}", "let the {old} be {new}", "have {new} where the {old} are",
]  # fmt: skip
REMOVE_AND_ADD = [
    "remove the {old} and put {new} there", "no {old} but {new}", "take the {old} away and add {new}", "lose the {old}, add {new}", "drop the {old} and give it {new}", "the {old} out, {new} in", "get rid of the {old} and add {new}",
    "delete the {old}, put {new} in", "no {old}, and add {new}", "without the {old} but with {new}", "add {new} but remove the {old}", "{new} and no {old}", "no more {old}, add {new}", "take out the {old}, put in {new}", "no {old} please, {new} though",
    "leave out the {old} and add {new} instead", "with {new} and without {old}", "please remove the {old}, then add {new}", "less of the {old}, no {old} at all, and {new} please", "clear away the {old} and add {new}",
]  # fmt: skip
BIGGER = [
    "{more} {extra} please", "make the {extra} {more}", "{more} {extra}", "the {extra} should be {more}", "i want {more} {extra}", "could the {extra} be {more}?", "give it {more} {extra}", "the {extra} could be {more}", "it needs {more} {extra}",
    "let the {extra} be {more}", "the {extra} must be {more}", "can we have {more} {extra}?", "with {more} {extra}", "{more} {extra}!", "i'd like {more} {extra}", "make those {extra} {more}", "the {extra} {more} please", "now {more} {extra}",
    "same but {more} {extra}", "what about {more} {extra}?", "there should be {more} {extra}", "turn them into {more} {extra}",
]  # fmt: skip
LIKE_PAINTED = [
    "as if painted by {a}", "like painted by {a}", "like {a} drew it", "as if {a} had drawn it", "like something made by {a}", "like {a}'s drawing", "as {a} would paint it", "as painted for {a}", "as though {a} drew it",
    "like in {a} book", "like from {a} film", "like on {a} poster", "like an old {noun} poster", "as in {a} magazine", "like from {a} comic",
]  # fmt: skip
