"""Building the compiled blocks of a painter, in a process of its own, and comparing them with the usual ones."""

from __future__ import annotations

from dataclasses import replace

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato_models.compiled_engines import Built, find_compiler
from sfumato_models.supervisor import EngineProcess
from sfumato_models.worker import EngineSpec


def build_compiled(spec: EngineSpec, cancel: CancelToken) -> Built:
    """Build the blocks of a painter in a process of its own, and compare.

    Raises:
        SfumatoError: if there is no compiler, or the model cannot be compiled.
        TurnCancelled: after a stop.
    """
    if find_compiler() is None:
        raise SfumatoError(
            "Compiled blocks need a C++ compiler, and there is none here.",
            "Install one (on Debian or Ubuntu: apt install g++); pictures are painted all the same without.",
        )
    process = EngineProcess(replace(spec, compiled=False))
    try:
        built: Built = process.call("build", cancel=cancel)
    finally:
        process.close()
    return built
