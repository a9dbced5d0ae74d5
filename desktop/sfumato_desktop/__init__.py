"""The window and the command line: they show state, emit intent and decide nothing."""
