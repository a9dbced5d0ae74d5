"""llama.cpp's CPU code, chosen for this machine: packages carry several builds of it as libraries of their own.

A build for one machine (what pip makes from the source) has its CPU code linked in, and nothing is to be chosen.
"""

from __future__ import annotations

import functools
from pathlib import Path

import llama_cpp
from llama_cpp._ggml import libggml

from sfumato.errors import SfumatoError

LIBRARY_FOLDER = Path(llama_cpp.__file__).parent / "lib"


@functools.cache
def load_backends(folder: Path = LIBRARY_FOLDER) -> None:
    """Load the best of the CPU libraries in `folder`; the bindings never do (llama-cpp-python#2069). Once a process.

    Raises:
        SfumatoError: if there are such libraries and none of them runs on this processor.
    """
    if not any(folder.glob("*ggml-cpu-*")):
        return
    libggml.ggml_backend_load_all_from_path(str(folder).encode())
    if libggml.ggml_backend_reg_count() == 0:
        raise SfumatoError(
            "The writer does not run on this processor.",
            "Install Sfumato again; if that does not help, the package is not made for this machine.",
            f"no library of {folder} could be loaded",
        )
