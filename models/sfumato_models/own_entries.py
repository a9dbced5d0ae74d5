"""Models that a person adds to the catalogue: a repository whose facts are read from the hub, or a TOML file.

What the repository does not tell (steps, guidance) is taken from a model of the same family in the catalogue and marked
as unsure. Every entry is kept as a TOML file that can be edited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sfumato.dialogue import Wrapping
from sfumato.errors import SfumatoError
from sfumato.model_catalog import (
    REPOSITORY_PATTERN,
    ModelSpec,
    OtherParts,
    PictureFacts,
    Source,
    WriterFacts,
    read_entries,
    scaled,
)
from sfumato.paths import file_trouble, replace_file
from sfumato_models.download_stop import StopToken
from sfumato_models.families import FAMILIES
from sfumato_models.family_facts import facts_of, undistilled
from sfumato_models.file_headers import PICKLES
from sfumato_models.folder_weights import HALF, is_half
from sfumato_models.gguf_pieces import whole_name
from sfumato_models.hub import Hub
from sfumato_models.model_folder import ModelFile
from sfumato_models.repository import (
    Repository,
    ask_repository,
    plan_files,
    read_pipeline_index,
    read_remote_json,
    writer_files,
)
from sfumato_models.transformer_files import GUIDANCE, KINDS

_LCM = "LCMScheduler"
_CONTEXT_TOKENS = 4096
_FILES = PICKLES | {".safetensors", ".gguf", ".toml"}


def is_repository(text: str) -> bool:
    """True for `owner/name`; a path to a file that is not there is none, so that nobody is asked for it."""
    return re.match(REPOSITORY_PATTERN, text) is not None and Path(text).suffix.casefold() not in _FILES


def model_id(repository: str) -> str:
    """The id of an own entry: `owner--name`, with dots that stand alone."""
    return re.sub(r"\.{2,}", ".", repository.replace("/", "--")).strip(".-")


def facts_from(
    family: PictureFacts, index: Mapping[str, Any], read: Callable[[str], Mapping[str, Any]]
) -> PictureFacts:
    """A family's facts with what a pipeline's own files tell: its sizes, the length of texts, its scheduler.

    `read` gives what is in a JSON file of the pipeline, by its name; nothing where there is none.
    """
    latent, blocks = read("unet/config.json").get("sample_size"), read("vae/config.json").get("block_out_channels")
    found = family
    if isinstance(latent, int) and isinstance(blocks, list) and 4 <= latent <= 512 and 1 <= len(blocks) <= 8:
        step = 2 ** (len(blocks) - 1)
        found = scaled(family, latent * step, step)
    if index.get("is_distilled") is False:
        found = undistilled(found)
    facts: dict[str, Any] = {}
    if found.long_prompts == "chunked":
        limit = read("tokenizer/tokenizer_config.json").get("model_max_length")
        if isinstance(limit, int) and 8 <= limit <= 4096:
            facts["token_limit"] = limit
    scheduler = index.get("scheduler")
    if isinstance(scheduler, list) and len(scheduler) == 2 and isinstance(scheduler[1], str):
        facts["scheduler"] = scheduler[1]
        if scheduler[1] == _LCM and family.scheduler != _LCM:
            facts |= {"steps": 4, "guidance_scale": 1.0, "honours_negatives": False}
    return found.model_copy(update=facts)


def spec_from_repository(hub: Hub, name: str, families: Mapping[str, PictureFacts], stop: StopToken) -> ModelSpec:
    """An entry for a repository, from what the hub says of it and from its own small files.

    Raises:
        SfumatoError: as `ask_repository`; or if it is no model that Sfumato can load.
    """
    repository = ask_repository(hub, name, stop)
    if "model_index.json" in repository.names():
        return _painter(hub, repository, families, stop)
    if any(file.endswith(".gguf") for file in repository.names()):
        return _writer(repository)
    # says what is missing, and names pickles
    read_pipeline_index(hub, repository, stop)
    raise AssertionError("unreachable")


def add_file(file: Path, folder: Path, taken: Iterable[str]) -> tuple[ModelSpec, ...]:
    """Check a person's TOML file and keep a copy of its entries. `taken` are the ids of the other entries.

    Raises:
        SfumatoError: if it cannot be read, has a wrong value, or an id that is taken.
    """
    specs = read_entries(file)
    for spec in specs:
        if spec.source is None:
            raise SfumatoError(
                f"The entry “{spec.id}” does not say where its files come from.", "Give it [models.source]."
            )
        if spec.id in set(taken):
            raise SfumatoError(f"There is a model “{spec.id}” already.", "Give the entry another id.")
    for spec in specs:
        keep_entry(spec, folder)
    return specs


def keep_entry(spec: ModelSpec, folder: Path) -> Path:
    """Write an entry as a TOML file of its own. Raises SfumatoError if it cannot be written."""
    file = folder / f"{spec.id}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(file, entry_toml(spec).encode())
    except OSError as error:
        raise file_trouble(file, error) from error
    return file


def has_entry(entry_id: str, folder: Path) -> bool:
    """True while there is an own entry of that id."""
    return (folder / f"{entry_id}.toml").exists()


def forget_entry(entry_id: str, folder: Path) -> bool:
    """Take an own entry out of the catalogue; False if there is none of that id."""
    if not has_entry(entry_id, folder):
        return False
    (folder / f"{entry_id}.toml").unlink()
    return True


def entry_toml(spec: ModelSpec) -> str:
    """An entry as TOML. Values of JSON are written as TOML knows them too."""
    data = spec.model_dump(mode="json", exclude_defaults=True)
    tables = {
        name: data.pop(name) for name in ("part_files", "memory_gib", "source", "picture", "writer") if name in data
    }
    lines = ["[[models]]", *_toml_lines(data)]
    for name, table in tables.items():
        lines += ["", f"[models.{name}]", *_toml_lines(table)]
    return "\n".join(lines) + "\n"


def _toml_lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_toml_value(value)}" for name, value in table.items() if value is not None]


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def _painter(hub: Hub, repository: Repository, families: Mapping[str, PictureFacts], stop: StopToken) -> ModelSpec:
    index = read_pipeline_index(hub, repository, stop)
    pipeline = str(index["_class_name"])
    family = facts_of(families, pipeline, lambda: _is_guided(hub, repository, stop))
    if family is None:
        known = ", ".join(sorted({facts.pipeline.removesuffix("Pipeline") for facts in families.values()}))
        raise SfumatoError(
            f"Models of the kind {pipeline.removesuffix('Pipeline')[:60]} cannot be painted with yet.",
            f"Known kinds: {known}.",
        )

    def read(name: str) -> Mapping[str, Any]:
        return read_remote_json(hub, repository, name, stop) if name in repository.names() else {}

    facts = facts_from(family, index, read)
    variant = HALF if "float16" in family.dtypes and any(map(is_half, repository.names())) else ""
    source = Source(repository=repository.id, size_bytes=1, variant=variant)
    files = plan_files(hub, repository, index, source, stop)
    size = sum(file.size_bytes for file in files)
    return ModelSpec(
        id=model_id(repository.id), title=repository.id.split("/")[1],
        purpose=f"{FAMILIES[pipeline].title}, added by you.", licence=repository.licence,
        memory_gib={"float32": round(size / 2**30 * 1.3 + 0.5, 1)},
        source=source.model_copy(
            update={
                "size_bytes": max(1, size), "is_gated": bool(repository.gated),
                "unsure": ("memory_gib", "steps", "guidance_scale", "honours_negatives"),
                "other_parts": _other_parts(hub, repository, pipeline, files, stop),
            }
        ),
        picture=facts,
    )  # fmt: skip


def _is_guided(hub: Hub, repository: Repository, stop: StopToken) -> bool:
    name = "transformer/config.json"
    return name in repository.names() and read_remote_json(hub, repository, name, stop).get(GUIDANCE) is True


def _other_parts(
    hub: Hub, repository: Repository, pipeline: str, files: Iterable[ModelFile], stop: StopToken
) -> OtherParts | None:
    """What there is beside the transformer's weights; None where that is no use to a file of them."""
    kind = next((kind for kind in KINDS if kind.pipeline == pipeline), None)
    if kind is None or "transformer/config.json" not in repository.names():
        return None
    config = read_remote_json(hub, repository, "transformer/config.json", stop)
    deciding = (*kind.widths, *kind.switches)
    fits = {name: config[name] for name in deciding if isinstance(config.get(name), int)}
    beside = sum(file.size_bytes for file in files if not file.path.startswith("transformer/"))
    return OtherParts(size_bytes=max(1, beside), fits=fits)


def _writer(repository: Repository) -> ModelSpec:
    files = writer_files(repository, "")
    size = sum(file.size_bytes for file in files)
    return ModelSpec(
        id=model_id(repository.id), title=repository.id.split("/")[1], purpose="A language model that you added.",
        licence=repository.licence, memory_gib={"quantised": round(size / 2**30 * 1.2 + 0.5, 1)},
        source=Source(
            repository=repository.id, file=f"{whole_name(files[0].path)}.gguf", size_bytes=max(1, size), is_gated=bool(repository.gated),
            unsure=("memory_gib", "wrapping"),
        ),
        writer=WriterFacts(wrapping=_wrapping(repository), context_tokens=_CONTEXT_TOKENS, composes=True),
    )  # fmt: skip


def _wrapping(repository: Repository) -> Wrapping:
    """How turns are marked, by the marks in the template. It is only looked at, never run."""
    told = repository.gguf.chat_template if repository.gguf else ""
    marks: dict[str, Wrapping] = {"<|im_start|>": "chatml", "<start_of_turn>": "gemma", "<|start_header_id|>": "llama3"}
    for mark, wrapping in marks.items():
        if mark in told:
            return wrapping
    raise SfumatoError(
        f"How {repository.id} marks the turns of a conversation is not known.",
        "Write an entry in a TOML file, with `wrapping`, and add that.",
    )
