"""Sfumato's core: prompts, seeds, recipes, conversations, turns. No Qt, no engine library."""

__version__ = "0.1.0"
