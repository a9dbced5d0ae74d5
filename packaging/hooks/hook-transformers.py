"""transformers loads its models by name; a bundle holds the text encoders and tokenizers that our families use."""

from PyInstaller.utils.hooks import collect_submodules

FAMILIES = ("auto", "clip", "t5", "qwen2", "qwen2_5_vl", "qwen3", "mistral3", "gemma2", "llama", "siglip")

module_collection_mode = "pyz+py"
hiddenimports = [name for family in FAMILIES for name in collect_submodules(f"transformers.models.{family}")]
excludedimports = ["tensorflow", "flax", "jax", "torchvision", "torchaudio"]
