"""Adds LoRA files to a loaded pipeline and takes them off again. Lives in an engine process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sfumato.errors import SfumatoError
from sfumato.lora import Lora

_TROUBLE = (ValueError, RuntimeError, KeyError, TypeError, AttributeError, IndexError, OSError)


def apply_loras(pipe: Any, loras: tuple[tuple[Lora, Path], ...], family: str) -> None:
    """Leave the pipeline with exactly these LoRAs, whatever it had before.

    Raises:
        SfumatoError: if one does not fit the model; then it has none.
    """
    if not hasattr(pipe, "load_lora_weights"):
        if loras:
            raise SfumatoError(f"Models of the family {family} take no LoRA yet.", "Paint without it.")
        return
    pipe.unload_lora_weights()
    names = [f"lora{number}" for number in range(len(loras))]
    for (lora, file), name in zip(loras, names, strict=True):
        try:
            pipe.load_lora_weights(
                str(file.parent), weight_name=file.name, adapter_name=name, local_files_only=True, use_safetensors=True
            )
            has_part = any(name in adapters for adapters in pipe.get_list_adapters().values())
        except _TROUBLE as error:
            pipe.unload_lora_weights()
            raise _misfit(lora, family, repr(error)) from error
        if not has_part:  # diffusers only warns of this
            pipe.unload_lora_weights()
            raise _misfit(lora, family, "no key fits")
    if loras:
        pipe.set_adapters(names, [lora.strength for lora, _ in loras])


def _misfit(lora: Lora, family: str, detail: str) -> SfumatoError:
    return SfumatoError(
        f"The LoRA {lora.name} was made for another kind of model than {family}.",
        "Choose a model of its own family, or paint without it.",
        detail,
    )
