"""Which LoRA files fit a picture model, by the names and widths in their headers. Imports no engine library.

It says what to offer; the painter still refuses what turns out not to fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sfumato_models.file_headers import FileHeader, read_header
from sfumato_models.folder_weights import part_weights, variant_of
from sfumato_models.installed import InstalledModel

_DOWN = re.compile(r"\.(lora_down|lora_a|lora\.down)\.")
_BEFORE = re.compile(
    r"^(base_model\.model\.|lora_unet_|lora_transformer_|unet\.|transformer\.|model\.diffusion_model\.|diffusion_model\.)"
)
_TEXT = ("lora_te", "text_encoder")
_CROSS = "attn2tok"  # the layer whose width is that of the text encoder: 768, 1024 or 2048

Widths = dict[str, int]  # a layer's name without punctuation -> how many numbers go into it


def model_widths(model: InstalledModel) -> Widths:
    """The layers of a picture model's denoiser.

    Raises:
        SfumatoError: naming the file, if one cannot be read.
    """
    if alone := model.transformer or (model.path if model.path.is_file() else None):
        files = [alone]
    else:
        part = model.path / "transformer"
        files = part_weights(part if part.is_dir() else model.path / "unet", variant_of(model.path))
    widths: Widths = {}
    for file in files:
        for name, shape in read_header(file).shapes.items():
            if len(shape) >= 2 and name.endswith(".weight"):
                widths[_plain(name.removesuffix(".weight"))] = shape[1]
    return widths


def lora_widths(header: FileHeader) -> Widths:
    """The layers of the denoiser that a LoRA adds to."""
    widths: Widths = {}
    for name, shape in header.shapes.items():
        lower = name.lower()
        mark = _DOWN.search(lower)
        if mark and len(shape) >= 2 and not lower.startswith(_TEXT):
            widths[_plain(lower[: mark.start()])] = shape[1]
    return widths


def fits(lora: Widths, model: Widths) -> bool:
    """False where a LoRA was made for another model. Names that are not the model's own are told by the text's width."""
    known = lora.keys() & model.keys()
    if known:
        return all(lora[name] == model[name] for name in known)
    theirs, ours = _text_widths(lora), _text_widths(model)
    return bool(theirs & ours) if theirs or ours else bool(lora)


def fitting(files: Iterable[Path], model: InstalledModel) -> tuple[Path, ...]:
    """Those that fit. Raises SfumatoError, naming the file, if one cannot be read."""
    candidates = [(file, lora_widths(read_header(file))) for file in files]
    widths = model_widths(model) if candidates else {}
    return tuple(file for file, lora in candidates if fits(lora, widths))


def _text_widths(widths: Widths) -> set[int]:
    return {width for name, width in widths.items() if _CROSS in name}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _BEFORE.sub("", name.lower()))
