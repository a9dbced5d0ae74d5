"""How the starter models are made: a small drawn world, its captions, and the training of the models. Not shipped."""
