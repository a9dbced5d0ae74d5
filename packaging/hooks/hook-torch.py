"""torch without its headers, tests and tools. Its compiler is imported by transformers and names its own parts by text."""

from pathlib import Path

from PyInstaller.utils.hooks import (
    PY_DYLIB_PATTERNS,
    collect_dynamic_libs,
    collect_submodules,
    get_module_file_attribute,
)

SKIPPED = (
    "torch.testing._internal",
    "torch._export.db",
    "torch.onnx._internal",
    "torch._vendor.quack",
    "torch.utils.benchmark",
    "torch.utils.tensorboard",
    "torch.ao.pruning",
    "torch.nn.quantized",
    "torch.nn.intrinsic",
    "torch.nn.qat",
    "torch.quantization",
    "torch.distributed",  # what of it is imported is found without this list
)
module_collection_mode = "pyz+py"
hiddenimports = collect_submodules("torch", filter=lambda name: not name.startswith(SKIPPED))
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
manager = Path(get_module_file_attribute("torch")).parent / "bin" / "torch_shm_manager"
if manager.exists():  # not on Windows
    binaries.append((str(manager), "torch/bin"))
excludedimports = [
    "torch.utils.tensorboard",
    "tensorboard",
    "triton",
    "torchvision",
    "matplotlib",
    "pandas",
    "expecttest",
]
# A link to a library in another folder would make torch look there for its others.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
