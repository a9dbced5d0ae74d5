"""Data that ships with Sfumato: the catalogue, the guide, the icons and the starter models. No code."""
