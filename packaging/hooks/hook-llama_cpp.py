"""llama.cpp's libraries stand in `llama_cpp/lib`; those of the CPU variants are named by nothing that imports."""

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs("llama_cpp")
excludedimports = ["llama_cpp.server", "fastapi", "uvicorn", "huggingface_hub"]
