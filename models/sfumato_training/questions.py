"""What people ask, by the page of the guide that answers; every seventh wording is kept for the evaluation."""

from __future__ import annotations

# Frames for the terms below: "what is {term}".
QUESTION_FRAMES = [
    "what is {term}?", "what's {term}", "what does {term} mean?", "explain {term}", "explain {term} to me", "what does {term} do?", "how does {term} work?", "tell me about {term}", "can you explain {term}?",
    "what do you mean by {term}?", "i don't understand {term}", "what is {term} good for?", "why is there {term}?", "what {term} means, i not understand", "what about {term}?", "hm, what is {term}?", "and what is {term}?",
    "could you tell me what {term} is?", "whats {term}", "what exactly is {term}?", "how do i use {term}?", "do i need {term}?", "i have a question about {term}", "where can i read about {term}?", "what is {term} for?", "{term}?",
    "what would happen with another {term}?", "what does it do, {term}?", "help me with {term}", "why do i need {term}?", "please explain what {term} is", "what is {term}, i not understand", "what role does {term} play?", "is {term} important?",
]  # fmt: skip
TERMS: dict[str, list[str]] = {
    "seeds": ["seed", "a seed", "the seed", "the seed number", "a random seed", "the number next to seed", "seed lock", "this seed", "the dice button", "the same seed"],
    "noise-and-steps": ["diffusion", "noise", "the noise", "denoising", "a step", "the number of steps", "the scheduler", "a sampler", "the grey preview", "the preview", "the sampling", "steps"],
    "words-and-pictures": ["a text encoder", "the text encoder", "an embedding", "a token", "the vocabulary", "clip", "the word list", "the tokenizer", "the token limit", "a known word"],
    "parts-of-a-prompt": ["a prompt", "the prompt", "the setting", "the camera field", "a quality word", "the subject", "the lighting field", "the style field", "the order of the fields", "a field", "the colour field"],
    "negatives": ["a negative prompt", "the negative prompt", "a negative", "negatives", "the negative field", "ruling out", "leaving things out", "a negative term", "the leave out list"],
    "small-changes": ["strength", "image to image", "img2img", "the strength", "the composition", "inpainting", "painting over", "a refinement", "what is kept"],
    "guidance": ["guidance", "cfg", "the guidance scale", "guidance scale", "classifier-free guidance", "the cfg value", "higher guidance", "the cfg scale", "a high guidance"],
    "models": ["a model", "the starter model", "this model", "a checkpoint", "the picture model", "a bigger model", "the model size", "a model folder", "the starter painter", "another model"],
    "privacy": ["privacy", "telemetry", "my data", "the internet connection", "an account", "offline use", "data protection", "the cloud", "tracking", "my privacy"],
}  # fmt: skip
CHAT_BEFORE = [
    "", "", "", "", "", "", "hello, i'm new here. ", "hi! ", "quick question: ", "just wondering, ", "one question, ", "hey ", "sorry, ", "ok but ", "and ", "so ", "btw, ", "tell me, ", "excuse me, ", "hm, ", "i'm curious, ", "wait, ",
    "before we go on, ", "thanks! ", "nice picture. ", "great. ", "i have never done this. ", "stupid question maybe, but ", "oh, ", "one more thing: ",
]  # fmt: skip
QUESTIONS: dict[str, list[str]] = {
    "seeds": [
        "what does the seed do?", "why keep the seed?", "what are seeds?", "what is the seed for?", "how do seeds work?", "why is there a number?", "what does a new seed change?", "which seed was that?", "what seed did you use?",
        "is the seed random?", "what happens if i change the seed?", "do i need the seed?", "which seed is best?", "what does keep seed mean?", "can i choose the seed myself?", "why does the same seed give the same picture?",
        "how do i get the same picture again?", "can i get exactly this picture back later?", "what is the number under the picture?", "are some seeds better than others?", "how many seeds are there?", "what does the lock do?", "does the seed change every time?",
        "which number did you use for this?", "why do i get another picture every time?", "how can i repeat a picture?",
    ],
    "noise-and-steps": [
        "what do more steps do?", "what are steps?", "how does the picture come out of noise?", "why does it start with noise?", "how does this work?", "how do you paint?", "why is the first preview grey?", "how does this thing make pictures?",
        "how many steps should i use?", "what happens in each step?", "what does steps mean?", "how is the picture made?", "why does it look like fog at the start?", "why does it start as grey mush?", "how do you make these images?", "where does the picture come from?",
        "what is going on while it paints?", "is it better with more steps?", "why does it take so many steps?", "why is it blurry at first?", "how long does a picture take?", "what are those dots at the beginning?", "how does an image generator work?",
        "do you copy pictures from somewhere?", "what happens inside while i wait?", "would 50 steps look better?", "can i use fewer steps?", "what does the app do when it is painting?",
    ],
    "words-and-pictures": [
        "how do words become a picture?", "how do you understand words?", "why does it ignore a word?", "which words do you know?", "why did it not paint what i said?", "how does the model know what a cat is?", "what words do you know?",
        "what words can i use?", "why is it wrong?", "does the order of words matter?", "how does text guide the picture?", "do you understand other languages?", "why don't you know this word?", "can i write in german?", "which animals can you paint?",
        "is there a list of words?", "why did you leave out my word?", "how do you know what i mean?", "why is there no dragon in it?", "what does it mean that a word is not known?", "do you really understand what i write?", "how are words turned into images?",
        "how long can my text be?", "was my text cut off?", "why can't you paint a unicorn?", "do you read every word?", "what vocabulary do you have?",
    ],
    "parts-of-a-prompt": [
        "how do i write a good prompt?", "what are the fields?", "what does lighting mean?", "what belongs to the setting?", "what parts does a prompt have?", "how should i describe a picture?", "how do i describe what i want?", "what should i write?",
        "give me tips for prompts", "what can i write?", "what does camera mean?", "how do i get better pictures?", "what is the difference between style and lighting?", "what goes first in a prompt?", "any advice for better descriptions?", "what should a prompt contain?",
        "which field comes first?", "why are there so many fields?", "what is the difference between setting and subject?", "where do i put the colour?", "help me write a prompt", "how do i make it look better?", "what makes a good description?", "how long should a prompt be?",
        "what are quality words for?", "can you give me an example of a prompt?", "what do i have to say?",
    ],
    "negatives": [
        "how do negatives work?", "what does negative mean?", "how do i leave something out?", "why are there still people?", "what are negative terms?", "what goes into the negative prompt?", "how does leaving something out work?", "why does no text not work?",
        "does no people work?", "why is a negative ignored?", "how can i rule something out?", "how do i remove things for good?", "how do i tell you what i don't want?", "why do clouds appear although i said no clouds?", "can i forbid something?",
        "what happens with the words after no?", "how do i get rid of watermarks in general?", "is there a way to exclude things?", "why did the tree stay although i removed it?", "what does it mean to rule out a word?", "how many things can i leave out?", "how do you leave things out?",
        "why is there a list of things to avoid?", "do negative words really help?", "is it better to say what i want or what i don't want?",
    ],
    "small-changes": [
        "why did the colours change so much?", "why does everything change?", "why did the picture change so much?", "how do i change only one thing?", "why is it not the same picture?", "how do i keep the composition?", "why does one word change everything?",
        "what does strength do?", "how can i change just a part?", "why did the background change?", "what is kept when i refine?", "why does the house look different now?", "i only changed the light, why is everything different?", "what does strength mean?",
        "why did my cat move?", "can i edit just a small area?", "how can i keep the face the same?", "why is the whole picture new?", "how do i fix only the sky?", "can you change it a little less?", "why did it look so different after such a small change?",
        "how do i make smaller changes?", "why doesn't it stay the same?", "what happens when you paint over a picture?", "can i keep the layout when i change a word?", "why did adding a bird change the tree?",
    ],
    "guidance": [
        "what does guidance scale do?", "how strong should guidance be?", "what does classifier-free guidance mean?", "why are the colours too strong?", "what would a higher cfg do?", "how closely does it follow my words?", "what is a good guidance value?",
        "should i raise the guidance?", "what happens with more guidance?", "is guidance the same as strength?", "what does cfg 7 mean?", "why is it so oversaturated?", "how do i make it follow the words more closely?", "is a lower guidance better?", "what's cfg at here?",
        "how high is the guidance here?", "why does high guidance look burnt?", "can it stick to my prompt more strictly?", "what value should the guidance have?", "what happens at guidance 1?", "does guidance make it slower?", "what does a low cfg do?",
    ],
    "models": [
        "which model is this?", "can i use another model?", "how big is the model?", "what can the model paint?", "how do i get a better model?", "why is the picture so small?", "what model do you use?", "why are the images so tiny?",
        "where do the models come from?", "what are your limits?", "how were you trained?", "can i get bigger pictures?", "which models can i install?", "is there a better model?", "what are you?", "who made you?", "what can you do?", "why is the quality so low?",
        "how do i add a model?", "do i have to download something?", "can i use my own model?", "how much memory do i need?", "do i need a graphics card?", "why is the resolution so low?", "does this cost anything?", "how can i get larger images?", "what licence do the models have?",
        "why can it only paint a few things?", "can you paint photos?", "is this stable diffusion?", "how do i switch the model?",
    ],
    "privacy": [
        "is this private?", "does it use the internet?", "who can see my pictures?", "where are my pictures stored?", "is my data sent anywhere?", "does this work offline?", "do you send anything?", "are my pictures safe?", "is there telemetry?",
        "where do you keep my words?", "does anyone read this?", "do i need an account?", "does anything leave my computer?", "is this uploaded somewhere?", "are you online?", "can someone else see what i type?", "do you save my pictures in the cloud?", "do i have to log in?",
        "is anything shared with a company?", "who owns the pictures?", "do i need to be connected?", "do you keep a log of what i say?", "can i delete everything?", "is my text sent to a server?", "does the app phone home?", "where on my disk are the images?", "do you track me?",
        "does any of this go over the network?", "can i use this without wifi?",
    ],
}  # fmt: skip
