"""diffusers loads its parts by name: the pipelines of our families, and whatever a model's own files may name.

Its sources stand beside the byte code, since TorchScript and the lazy importer read them.
"""

from PyInstaller.utils.hooks import collect_submodules

module_collection_mode = "pyz+py"
hiddenimports = collect_submodules("diffusers.schedulers", filter=lambda name: "flax" not in name)
hiddenimports += collect_submodules("diffusers.models.autoencoders")
hiddenimports += collect_submodules("diffusers.models.unets", filter=lambda name: "flax" not in name)
excludedimports = ["flax", "jax", "onnxruntime", "tensorflow"]
