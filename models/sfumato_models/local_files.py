"""Model files that people have already: what each is, read from headers and small files alone, and where to look.

They are used in place. Imports no engine library.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sfumato.dialogue import Wrapping
from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec, PictureFacts, WriterFacts, scaled
from sfumato_models.bundled_parts import part_words
from sfumato_models.checkpoints import checkpoint_kind
from sfumato_models.families import FAMILIES, Family
from sfumato_models.family_facts import facts_of
from sfumato_models.file_headers import MODELS, PICKLES, FileHeader, broken, read_header, refuse_pickle
from sfumato_models.gguf_pieces import piece_names, pieces, whole_name
from sfumato_models.installed import parts_without_weights, refuse_code
from sfumato_models.lora_shelf import check_lora
from sfumato_models.own_entries import facts_from
from sfumato_models.transformer_files import (
    GUIDANCE,
    TransformerKind,
    is_guided,
    told_by_header,
    told_title,
    transformer_kind,
)

# How the app talks with a language model, by the architecture its file names.
WRAPPINGS: dict[str, Wrapping] = {
    "qwen2": "chatml", "qwen3": "chatml", "qwen35": "chatml", "gemma2": "gemma", "gemma3": "gemma", "gemma4": "gemma",
}  # fmt: skip
CONTEXT_TOKENS = 4096
DEPTH = 6
_SKIPPED = frozenset({".git", ".venv", "node_modules", "__pycache__", ".cache"})
_INDEX = "model_index.json"


@dataclass(frozen=True, slots=True)
class Found:
    """A model, a LoRA or a part of a model that stands at `path`; `trouble` says why it cannot be used, if it cannot.

    `what` says which part one is, and what it is for.
    """

    path: Path
    kind: Literal["painter", "writer", "lora", "part", "unusable"]
    title: str
    trouble: str = ""
    what: str = ""


def describe(path: Path, families: Mapping[str, PictureFacts]) -> ModelSpec:
    """A catalogue entry for a diffusers folder, a checkpoint or a GGUF language model, used where it stands.

    `families` are facts of the first model in the catalogue of every pipeline; what a file does not tell is taken from there.

    Raises:
        SfumatoError: saying what it is and what to get instead, if it cannot be used.
    """
    place = path.expanduser().absolute()
    if not place.exists():
        raise SfumatoError(f"{path} is not there.", "Name a model's file or folder.")
    if place.is_dir():
        return _folder(place, families)
    refuse_pickle(place)
    place = pieces(place)[0]
    header = read_header(place, quick=True)
    if part := transformer_kind(place, header):
        return _transformer(place, part, header, families)
    if header.kind == "gguf":
        return _writer(place, str(header.metadata.get("general.architecture", "")))
    kind = checkpoint_kind(place, header)
    facts = scaled(_facts(kind.pipeline, families, FAMILIES[kind.pipeline]), kind.side)
    purpose = f"{kind.title}, your own file; steps and guidance are those of its family."
    return ModelSpec(
        id=_model_id(place.stem), title=place.stem, purpose=purpose, licence="see where it came from", path=str(place),
        picture=facts,
    )  # fmt: skip


def look(
    folders: Iterable[Path], families: Mapping[str, PictureFacts], leave_out: Iterable[Path] = ()
) -> Iterator[Found]:
    """Everything under these folders that is a model or a LoRA, by headers alone. A folder that is not there is left out,

    as is what stands in one of `leave_out` (the app's own files), and a pipeline's configurations without any weights.
    """
    own = tuple(folder.resolve() for folder in leave_out)
    for folder in folders:
        for path in _candidates(folder.expanduser(), DEPTH):
            if any(path.resolve().is_relative_to(place) for place in own) or _is_configuration(path):
                continue
            if (found := _identified(path, families)) is not None:
                yield found


def usual_folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where other tools keep models: the hub's cache on this disk, and what programs are known to use."""
    home = Path.home()
    cache = environ.get("HF_HUB_CACHE") or Path(environ.get("HF_HOME", home / ".cache" / "huggingface")) / "hub"
    return (
        Path(cache),
        home / "ComfyUI" / "models",
        home / "stable-diffusion-webui" / "models",
        home / "invokeai" / "models",
        home / ".lmstudio" / "models",
        home / "Downloads",
    )


def model_files(folders: Iterable[Path]) -> Iterator[Path]:
    """Every model file under these folders, by its name alone; those of diffusers folders are left out."""
    for folder in folders:
        yield from (
            path for path in _candidates(folder.expanduser(), DEPTH) if path.suffix.lower() in MODELS and path.is_file()
        )


def is_lora(path: Path) -> bool:
    """True for a LoRA file."""
    try:
        check_lora(path)
    except SfumatoError:
        return False
    return True


def _candidates(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    if any(entry.name == _INDEX for entry in entries):
        yield folder
        return
    names = {entry.name for entry in entries}
    for entry in entries:
        if entry.name != next(name for name in piece_names(entry.name) if name in names):
            continue  # a further piece of a model that is split
        suffix = os.path.splitext(entry.name)[1].lower()
        if suffix in MODELS or suffix in PICKLES - {".bin"}:
            yield Path(entry.path)
        elif depth and entry.name not in _SKIPPED and entry.is_dir(follow_symlinks=False):
            yield from _candidates(Path(entry.path), depth - 1)


def _identified(path: Path, families: Mapping[str, PictureFacts]) -> Found | None:
    try:
        spec = describe(path, families)
    except SfumatoError as error:
        if path.suffix.lower() == ".safetensors" and is_lora(path):
            return Found(path, "lora", path.stem)
        return _part(path) or Found(path, "unusable", path.name, str(error))
    return Found(path, spec.kind, spec.title)


def _part(path: Path) -> Found | None:
    """A file that is a part of a model, also one that cannot be used; None if it is none."""
    if not path.is_file() or path.suffix.lower() not in MODELS:
        return None
    try:
        what = part_words(path)
    except SfumatoError as error:
        return Found(path, "unusable", path.name, str(error))
    return Found(path, "part", path.stem, what=what) if what else None


def _folder(folder: Path, families: Mapping[str, PictureFacts]) -> ModelSpec:
    index_file = folder / _INDEX
    try:
        index = json.loads(index_file.read_text(encoding="utf-8"))
        name = str(index["_class_name"])
    except FileNotFoundError as error:
        raise SfumatoError(
            f"{folder.name} is no model folder: it has no {_INDEX}.", "Name a diffusers folder, or one model file."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise broken(index_file, "is missing or damaged", repr(error)) from error
    refuse_code(folder.name, index)
    if name not in FAMILIES:
        known = ", ".join(family.title for family in FAMILIES.values())
        raise SfumatoError(f"{folder.name} is a {name}, which cannot be painted with yet.", f"These can: {known}.")
    facts = _facts(name, families, FAMILIES[name], lambda: is_guided(folder))
    _check_weights(folder)
    facts = facts_from(facts, index, lambda name: _read_json(folder / name))
    title = _title(folder)
    return ModelSpec(
        id=_model_id(title), title=title, licence="see where it came from", path=str(folder), picture=facts,
        purpose=f"{FAMILIES[name].title}, your own folder; steps and guidance are those of its family.",
    )  # fmt: skip


def _read_json(file: Path) -> Mapping[str, Any]:
    """What is in a small file; nothing if it is missing or damaged, which is said when the model is loaded."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _transformer(
    file: Path, kind: TransformerKind, header: FileHeader, families: Mapping[str, PictureFacts]
) -> ModelSpec:
    """Its other parts are looked for when it is added (`other_parts.py`)."""
    return ModelSpec(
        id=_model_id(file.stem), title=file.stem, licence="see where it came from", path=str(file),
        purpose=f"{told_title(kind, header)}, your own file; the other parts are taken from a model of that family.",
        picture=_facts(
            kind.pipeline, families, FAMILIES[kind.pipeline], lambda: bool(told_by_header(kind, header).get(GUIDANCE))
        ),
    )  # fmt: skip


def _check_weights(folder: Path) -> None:
    missing = parts_without_weights(folder)
    if not missing:
        return
    if pickle := next((file for file in sorted(folder.glob("*/*")) if file.suffix.lower() in PICKLES), None):
        refuse_pickle(pickle)
    what = "it has configurations, but no weights" if _is_configuration(folder) else f"{missing[0]} has no weights"
    raise SfumatoError(
        f"{folder.name} is not a whole model: {what}.",
        "Get the .safetensors files that belong into it, or name another folder.",
    )


def _is_configuration(folder: Path) -> bool:
    """True for a pipeline folder without any weights, not even pickled ones."""
    return folder.is_dir() and not any(
        file.suffix.lower() == ".safetensors" or file.suffix.lower() in PICKLES for file in folder.glob("*/*")
    )


def _title(folder: Path) -> str:
    """The folder's name; in a hub's cache, where that is a commit, the repository's."""
    for part in reversed(folder.parts):
        if part.startswith("models--"):
            return part.removeprefix("models--").replace("--", "/").rpartition("/")[2]
    return folder.name


def _facts(
    pipeline: str, families: Mapping[str, PictureFacts], family: Family, is_guided: Callable[[], bool] = lambda: False
) -> PictureFacts:
    facts = facts_of(families, pipeline, is_guided)
    if facts is None:
        raise SfumatoError(
            f"The catalogue has no model of the family {family.title} to take usual settings from.",
            "Describe it in a TOML file and add that.",
        )
    routes = tuple(str(route) for route in family.routes)
    return facts.model_copy(update={"routes": routes, "default_negative": ()})


def _writer(file: Path, architecture: str) -> ModelSpec:
    if architecture not in WRAPPINGS:
        raise SfumatoError(
            f"{file.name} is a GGUF file of the architecture “{architecture[:40]}”, which is not known here.",
            f"As writers these are: {', '.join(WRAPPINGS)}.",
        )
    return ModelSpec(
        id=_model_id(whole_name(file.name)), title=whole_name(file.name), purpose="Your own language model.",
        path=str(file),
        licence="see where it came from",
        writer=WriterFacts(wrapping=WRAPPINGS[architecture], context_tokens=CONTEXT_TOKENS),
    )  # fmt: skip


def _model_id(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_")[:80]
    return f"own-{plain or 'model'}".lower()
