"""What a transformer that stands alone paints with: text encoder, tokenizer, autoencoder and settings of its family.

They are those of a model folder that is here; where there is none, files of their own that are here (`part_files.py`) with the
app's own configurations; where not all of them are, those of a catalogue model, which are fetched without its transformer's
weights. Whether they fit is told by the transformer's header, before anything is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec
from sfumato_models.bundled_parts import BUNDLES, fitting_parts, lacking
from sfumato_models.family_facts import is_called_base, undistilled
from sfumato_models.file_headers import FileHeader, read_header
from sfumato_models.installed import InstalledModel
from sfumato_models.transformer_files import (
    TransformerKind,
    agrees_with,
    fits_parts,
    require_kind,
    told_by_header,
    told_title,
    transformer_kind,
)

TRANSFORMER = "transformer"
_SUFFIX = "-parts"


def is_transformer(spec: ModelSpec) -> bool:
    """True for the entry of a transformer that stands alone. Raises SfumatoError if its file cannot be read."""
    path = Path(spec.path)
    return path.is_file() and spec.picture is not None and transformer_kind(path, read_header(path)) is not None


def parts_entry(spec: ModelSpec) -> ModelSpec | None:
    """The entry for all of a model but its transformer's weights; None where it is not known what they serve."""
    source = spec.source
    if source is None or source.other_parts is None or spec.is_parts:
        return None
    return spec.model_copy(
        update={
            "id": f"{spec.id}{_SUFFIX}",
            "title": f"Parts of {spec.title}",
            "purpose": "Text encoder, tokenizer and autoencoder, for a transformer that you have as a file.",
            "memory_gib": {},
            "source": source.model_copy(
                update={"size_bytes": source.other_parts.size_bytes, "leaves_out": TRANSFORMER}
            ),
        }
    )


def with_parts(
    spec: ModelSpec,
    known: Iterable[ModelSpec],
    here: Iterable[InstalledModel],
    added: Iterable[Path] = (),
    searched: Iterable[Path] = (),
) -> ModelSpec:
    """The entry of a transformer that stands alone, with the model, or the files, that have its other parts.

    A model that is `here` (a folder) comes before files (`fitting_parts`), and those, where all are there, before parts that can be fetched; of
    several models the one most alike in name is taken. Steps and guidance are those of the `known` model most alike in name
    that takes its guidance as this one does.

    Raises:
        SfumatoError: if there is none that fits, saying what to add first.
    """
    file, known = Path(spec.path), tuple(known)
    header = read_header(file)
    kind = require_kind(file, header)
    told = told_by_header(kind, header)
    parts, found = _of_here(file, kind, header, here), {}
    if parts is None:
        found = fitting_parts(kind.pipeline, told, added, searched)
        lacks = lacking(kind.pipeline, told, found)
        parts = _to_fetch(file, kind, header, known) if lacks else None
        if lacks and parts is None:
            raise SfumatoError(
                f"{file.name} is the transformer of {kind.title}, and lacks {' and '.join(lacks)}.",
                "Add these files first, or the model that it was made from, as a folder or as owner/name; only its other parts are used.",
            )
    alike = [
        other
        for other in (*filter(None, [parts]), *known)
        if _is_of(other, kind) and not other.parts_from and _is_run_alike(other, kind, header, told)
    ]
    model = max(alike, key=lambda other: _likeness(file.stem, other), default=None)
    like = f"“{_whole_title(model)}”" if model else "its family"
    facts = model.picture if model else spec.picture
    if facts and is_called_base(file.stem, kind.pipeline):
        facts, like = undistilled(facts), "models that are not distilled, as its name says"
    return spec.model_copy(
        update={
            "parts_from": parts.id if parts else "",
            "part_files": {name: str(place) for name, place in found.items()},
            "purpose": f"{told_title(kind, header)}, your own file, with {_whose(parts, found)}; steps and guidance are those of {like}.",
            "picture": facts,
        }
    )


def standing(spec: ModelSpec, here: Iterable[InstalledModel], configs: Path) -> InstalledModel | None:
    """A transformer that stands alone, ready to paint; None if it waits for other parts. `configs` are the app's own."""
    file = Path(spec.path)
    if spec.parts_from:
        base = _base_of(spec, here)
        return InstalledModel(spec, file, configs, base.path) if base else None
    bundle = BUNDLES.get(spec.picture.pipeline) if spec.picture else None
    if bundle is None or bundle.needs.keys() != spec.part_files.keys():
        return None
    parts = {name: Path(place) for name, place in spec.part_files.items()}
    return InstalledModel(spec, file, configs, configs / bundle.config, parts)


def with_files(spec: ModelSpec, added: Iterable[Path], searched: Iterable[Path] = ()) -> ModelSpec:
    """An entry that waits for parts, or whose part files have gone, with those that fit (`fitting_parts`); what it has stays.

    Raises:
        SfumatoError: if its own file cannot be read.
    """
    file = Path(spec.path)
    header = read_header(file)
    kind = require_kind(file, header)
    there = (Path(place) for place in spec.part_files.values() if Path(place).exists())
    told = told_by_header(kind, header)
    found = fitting_parts(kind.pipeline, told, (*there, *added), searched)
    update: dict[str, object] = {"part_files": {name: str(place) for name, place in found.items()}}
    if not lacking(kind.pipeline, told, found):
        purpose = re.sub(r", with .*?; steps", f", with {_whose(None, found)}; steps", spec.purpose, count=1)
        update |= {"parts_from": "", "purpose": purpose}
    return spec.model_copy(update=update)


def lacks_of(spec: ModelSpec) -> tuple[str, ...]:
    """What a transformer that waits lacks, in words; nothing where its own file cannot be read."""
    file = Path(spec.path)
    try:
        header = read_header(file)
        kind = require_kind(file, header)
    except SfumatoError:
        return ()
    there = {name: Path(place) for name, place in spec.part_files.items() if Path(place).exists()}
    return lacking(kind.pipeline, told_by_header(kind, header), there)


def _base_of(spec: ModelSpec, here: Iterable[InstalledModel]) -> InstalledModel | None:
    """The model that a transformer's other parts are taken from: the one that its entry names, else any that fits."""
    here = tuple(here)
    for model in here:
        if model.spec.id == spec.parts_from:
            return model
    try:
        file = Path(spec.path)
        header = read_header(file)
        parts = _of_here(file, require_kind(file, header), header, here)
    except SfumatoError:  # said when it is loaded or verified
        return None
    return next((model for model in here if parts and model.spec.id == parts.id), None)


def parts_to_fetch(spec: ModelSpec, known: Iterable[ModelSpec]) -> ModelSpec | None:
    """The entry of the parts that a transformer waits for; None if the catalogue has none that fit."""
    file, known = Path(spec.path), tuple(known)
    for model in known:
        if (parts := parts_entry(model)) and spec.parts_from in (model.id, parts.id):
            return parts
    try:
        header = read_header(file)
        return _to_fetch(file, require_kind(file, header), header, known)
    except SfumatoError:
        return None


def _of_here(file: Path, kind: TransformerKind, header: FileHeader, here: Iterable[InstalledModel]) -> ModelSpec | None:
    fitting = [
        model
        for model in here
        if _is_of(model.spec, kind) and model.path.is_dir() and fits_parts(kind, header, model.path)
    ]
    best = max(
        fitting,
        key=lambda other: (agrees_with(kind, header, other.path), *_likeness(file.stem, other.spec)),
        default=None,
    )
    return best.spec if best else None


def _to_fetch(file: Path, kind: TransformerKind, header: FileHeader, known: Iterable[ModelSpec]) -> ModelSpec | None:
    told = told_by_header(kind, header)
    fitting = [
        spec for spec in known
        if _is_of(spec, kind) and spec.source and spec.source.other_parts and _agree(spec.source.other_parts.fits, told)
    ]  # fmt: skip
    best = max(fitting, key=lambda other: _likeness(file.stem, other), default=None)
    return parts_entry(best) if best else None


def _is_run_alike(spec: ModelSpec, kind: TransformerKind, header: FileHeader, told: Mapping[str, int | bool]) -> bool:
    """True where a model's steps and guidance can be a transformer's: FLUX.1 dev is not run as schnell is."""
    if spec.source and spec.source.other_parts:
        fits = spec.source.other_parts.fits
        return _agree({name: fits[name] for name in kind.switches if name in fits}, told)
    if not Path(spec.path).is_absolute():
        return True
    return Path(spec.path).is_dir() and agrees_with(kind, header, Path(spec.path))


def _agree(fits: Mapping[str, int | bool], told: Mapping[str, int | bool]) -> bool:
    return all(told.get(name) == value for name, value in fits.items())


def _is_of(spec: ModelSpec, kind: TransformerKind) -> bool:
    return spec.picture is not None and spec.picture.pipeline == kind.pipeline


def _whose(parts: ModelSpec | None, found: Mapping[str, Path]) -> str:
    if parts:
        return f"the other parts of “{_whole_title(parts)}”"
    names = [file.name for file in found.values()]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _whole_title(spec: ModelSpec) -> str:
    return spec.title.removeprefix("Parts of ") if spec.is_parts else spec.title


def _likeness(name: str, spec: ModelSpec) -> tuple[bool, int, int]:
    """How many words of an entry's name are in a file's, and how few are not; all without any in common are alike.

    Before that counts that one called “base” is not distilled.
    """
    words, theirs = _words(name), _words(spec.id.removeprefix("own-").removesuffix(_SUFFIX))
    shared = len(words & theirs)
    return not ("base" in words and "turbo" in theirs), shared, -len(theirs - words) if shared else 0


def _words(name: str) -> set[str]:
    """Those of a name; “Z-Image”, however it is written, is one."""
    return set(re.split(r"[^a-z0-9]+", re.sub(r"z[-_ ]?image", "-zimage-", name.lower()))) - {""}
