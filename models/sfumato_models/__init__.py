"""The engines and their processes; the only code that touches torch, diffusers, transformers or llama.cpp."""
