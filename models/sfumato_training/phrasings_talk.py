"""What people say before a wish, and between two of them; every seventh phrasing of a list is kept for the evaluation."""

from __future__ import annotations

CORRECTIONS = [
    "no, ", "no wait, ", "actually, ", "oops, ", "sorry, i meant ", "i mean ", "wait, ", "hm no, ", "not quite: ", "rather ", "well, ", "oh, and ", "on second thought, ", "argh, ",
    "no no, ", "hmm, ", "nah, ", "no i meant ", "i meant ", "i changed my mind: ", "hm, rather ", "scratch that, ", "that's not it, ", "wrong, ", "uh, ", "better: ", "sorry, ", "wait no, ", "mm, ",
    "no sorry, ", "sorry no, ", "oh no, ", "oh wait, ", "ehm, ", "err, ", "erm no, ", "hang on, ", "hold on, ", "one moment, ", "wait a second, ", "stop, ", "hmm wait, ", "hmm actually, ", "hm, actually, ", "but actually, ",
    "actually no, ", "or actually, ", "ok actually, ", "correction: ", "i take that back, ", "let me rephrase: ", "let me correct myself, ", "what i meant was: ", "what i mean is: ", "i meant to say ", "i should have said: ",
    "i forgot: ", "ah, i forgot: ", "my mistake, ", "my bad, ", "oopsie, ", "whoops, ", "that's wrong, ", "that's not right, ", "that's not what i meant, ", "not what i asked for, ", "not like this, ", "you misunderstood, ",
    "you got me wrong, ", "don't get me wrong, ", "not really, ", "nope, ", "nooo, ", "nah nah, ", "ugh, ", "meh, ", "thinking about it, ", "come to think of it, ", "now that i see it, ", "looking at it again, ",
    "on reflection, ", "second thoughts: ", "i've changed my mind, ", "changed my mind, ", "hmm, i'm not sure, ", "i'm not convinced, ", "not there yet, ", "getting there, but ", "close, but ", "nearly, ", "nearly there, ",
    "ok but ", "yes but ", "nice but ", "pretty, but ", "good start, but ", "it's good, but ", "i like it but ", "fine but ",
]  # fmt: skip
POLITE = [
    "please ", "ok, ", "hmm, ", "now ", "great, ", "nice, ", "lovely, now ", "thanks! ", "cool, ", "good, but ", "could you please ", "would you mind: ", "i was wondering, ", "if possible, ", "hey, ", "ok so ",
    "alright, ", "perfect, now ", "hi, ", "so, ", "can you ",
    "thank you. ", "thank you! now ", "that is so pretty! but ", "that's nice, ", "perfect! ", "splendid. ", "wow! ", "very good. ", "hello, ", "good evening. ", "good morning! ", "great job, ", "lovely. ", "awesome, ", "beautiful! ", "yes! ",
    "yay, ", "ooh, ", "not bad. ", "almost. ", "so pretty! ", "ok then ", "ok ", "and ", "then ", "well, ", "listen, ", "dear computer, ", "would you be so good, ", "if you don't mind, ", "when you can, ", "let's see, ", "ah, ", "haha ok ",
    "nice one, ", "sweet. ", "cute! ", "hm ok, ", "right, ", "and now ", "also ", "good. ", "fine, ", "i love it. ",
    "please, ", "pretty please, ", "pls ", "plz ", "ok great, ", "ok good, ", "okay cool, ", "okay, ", "k, ", "great! ", "great start. ", "good stuff. ", "excellent. ", "excellent, now ", "brilliant, ", "brilliant! ",
    "fantastic! ", "fab, ", "superb. ", "marvellous. ", "wonderful! ", "wonderful, thank you. ", "gorgeous! ", "stunning. ", "charming. ", "very nice. ", "very nice! now ", "very pretty. ", "oh nice. ", "oh wow, ",
    "oh how lovely! ", "oh cool! ", "omg cute! ", "omg, ", "wow ok, ", "haha, ", "haha nice, ", "hehe, ", "lol, ", "lol ok, ", "hi there, ", "hello! ", "hello again, ", "good afternoon. ", "good day, ", "greetings. ",
    "dear painter, ", "dear sir, ", "my dear, ", "mate, ", "buddy, ", "hey you, ", "hey computer, ", "yo, ", "yep, ", "yes, ", "yes please, ", "yeah, ", "yeah ok, ", "sure, ", "sure, now ", "i see. ", "i see, ok. ", "aha, ",
    "mhm, ", "hmm ok, ", "hm, ", "umm, ", "err, ", "let me think, ", "let me see, ", "let me think... ", "one thing: ", "one more thing, ", "a small thing: ", "a little request: ", "small request, ", "quick one, ",
    "i like that. ", "i like it! ", "i love this! ", "love it. ", "loving it! ", "that's great. ", "that's lovely. ", "that's it! now ", "that works. ", "that's better. ", "much better! ", "better. ", "not bad at all. ",
    "well done. ", "well done you! ", "good job! ", "nice work, ", "nicely done. ", "clever. ", "thx. ", "ty! ", "cheers, ", "ta, ", "many thanks, ", "thank you very much. ", "thanks a bunch, ", "thanks for that. ",
    "much obliged. ", "sorry to bother you, ", "sorry for asking again, ", "if i may, ", "if you would, ", "if you please, ", "if you could, ", "if it's not too much trouble, ", "if it isn't too hard, ", "would you kindly: ",
    "would you be a dear, ", "could you: ", "can you please: ", "be so kind: ", "do me a favour: ", "do me a favor, ", "i'd like to ask, ", "when you're ready: ", "whenever you like, ", "so now, ", "alright then, ",
    "right then, ", "righto, ", "fine then, ",
]  # fmt: skip
# Before the first of several changes.
REFINE_OPENINGS = [
    "same but ", "now ", "make it ", "", "the same ", "please show it ", "change it: ", "try it ", "same thing, ", "", "can you make it ", "i want it ", "could we have it ", "let's try it ", "two changes: ", "ok, ", "show it ",
    "keep it but ", "i'd like it ", "what about ", "just ", "same picture ", "same picture but ", "same thing but ", "the same but ", "same one, ", "this one but ", "this but ", "can you do it ", "can it be ", "could it be ",
    "could you make it ", "could you show it ", "please make it ", "please do it ", "please change it: ", "would you make it ", "let's have it ", "let's make it ", "let's see it ", "let me see it ", "i'd rather have it ",
    "i would like it ", "i'd love to see it ", "i wish it was ", "i want the same ", "i want to see it ", "i think it should be ", "it should be ", "it needs to be ", "paint it ", "redo it ", "repaint it ", "have it ",
    "and now ", "again, but ", "once more, ", "as before but ", "a few changes: ", "some changes: ", "a couple of things: ", "couple of tweaks: ", "my changes: ", "changes please: ", "to change: ", "tweak it: ", "adjust it: ",
    "try this: ", "everything the same, only ", "only ", "what if it was ", "how about ", "how would it look ", "nearly, but ",
]  # fmt: skip
# Around several changes that are said without a joint: "make it a fish under water", "a poster at night instead".
IN_ONE_BREATH = [
    "make it {0}", "{0} instead", "change it to {0}", "turn it into {0}", "i want {0} instead", "let it be {0}", "could it be {0}?", "can we have {0} instead?", "how about {0} instead?", "same but {0}", "rather {0}", "i meant {0}",
    "make that {0}", "what if it was {0}?", "no, {0}", "i'd rather see {0}", "have {0} instead", "can it be {0}?", "could you make it {0}?", "can you make it {0}?", "please make it {0}", "i'd rather have {0}", "change it into {0}",
    "it should be {0}", "it should have been {0}", "same thing but {0}", "same picture but {0}", "the same but {0}", "could we have {0} instead?", "i'd prefer {0}", "i said {0}", "would you make it {0}?", "let's make it {0}", "let's have {0} instead",
    "{0} would be better", "{0} this time", "what about {0} instead?", "not this, {0}", "actually make it {0}", "i wanted {0}", "try it as {0}", "redo it as {0}", "make this {0}", "i was thinking of {0} instead", "nah, {0} instead",
]  # fmt: skip
# Before the first of several changes in a list.
LIST_OPENINGS = [
    "", "two changes: ", "some changes please: ", "changes:\n", "please change:\n", "a few things: ", "a few things:\n", "to do: ", "my wishes: ", "here is what i want changed: ", "ok, changes: ", "please: ", "can you do this: ", "feedback: ",
    "notes: ", "comments:\n", "edits: ", "tweaks: ", "next round: ", "could you change these: ",
    "changes: ", "a few changes: ", "a few changes please: ", "a few edits: ", "a couple of changes: ", "a couple of things: ", "three things: ", "two things: ", "two wishes: ", "two requests: ",
    "some edits: ", "some tweaks: ", "some notes: ", "my notes: ", "my changes: ", "my feedback: ", "corrections: ", "small changes: ", "next changes: ", "new wishes: ", "what i'd change: ",
    "what should change: ", "what i want: ", "this should change: ", "these should change: ", "please do: ", "please do this: ", "please do the following: ", "could you do the following: ",
    "can you change this: ", "can you do these: ", "do this: ", "do the following: ", "ok do this: ", "fix this: ", "fix these: ", "i want these changes: ", "i'd like some changes: ", "i have some wishes: ",
    "i have two wishes: ", "i have a few notes: ", "for the next one: ", "for the next version: ", "list of changes: ", "todo: ",
]  # fmt: skip
# Between two changes.
JOINTS = [
    " and ", ", ", " and also ", ", and ", " plus ", ", then ", " but ", " & ", ", also ", ". ", " and please ", ". then ", ". also ", ". and ", ". oh and ", ". and also ", ". plus ", ". and then ", ". now also ", ". next, ",
    ", oh and ", ", oh, and ", ", and then ", ", as well as ", ", plus ", ", but ", ", but also ", ", & ", ", and please ", ", and maybe ", ", and if possible ", ", and while you're at it ", ", then also ", ", and this time ",
    ", besides ", ", additionally ", ", only ", " and then ", " and maybe ", " as well as ", " but also ", " + ", " / ", " - ", "; ", "; also ", "; and ", "... and ", "... oh and ", "... ", "! and ", "! also ", ", yes and ",
    ", uh, ", ", hmm, and ", " | ", "\n", "\n- ", "\n* ", "\nand ", "\nalso ",
]  # fmt: skip
