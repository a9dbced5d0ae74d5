"""What a hub says about a repository, and which of its files a model needs. Data from outside: validated, never run."""

from __future__ import annotations

import fnmatch
import json
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sfumato.errors import SfumatoError
from sfumato.model_catalog import REPOSITORY_PATTERN, ModelSpec, Source
from sfumato_models.download_stop import StopToken
from sfumato_models.folder_weights import chosen, is_index
from sfumato_models.gguf_pieces import piece_names, whole_name
from sfumato_models.hub import Hub
from sfumato_models.installed import refuse_code
from sfumato_models.model_folder import ModelFile, check_path

# a .jinja is how a text encoder of pictures marks its text; transformers fills it in within a sandbox
_DATA = frozenset({".json", ".txt", ".model", ".jinja", ".safetensors"})
_PICKLES = frozenset({".ckpt", ".bin", ".pt", ".pth", ".pkl", ".pickle"})


class _Lfs(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class _Sibling(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    rfilename: str = Field(max_length=500)
    size: int | None = Field(default=None, ge=0)
    blobId: str | None = Field(default=None, pattern="^[0-9a-f]{40}$")  # noqa: N815  # the hub's name
    lfs: _Lfs | None = None


class _Gguf(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    architecture: str = ""
    context_length: int = 0
    chat_template: str = ""


class Repository(BaseModel):
    """A repository as the hub's API describes it (`/api/models/ID/revision/REVISION?blobs=true`)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(pattern=REPOSITORY_PATTERN)
    sha: str = Field(pattern="^[0-9a-f]{40}$")
    gated: bool | str = False
    siblings: tuple[_Sibling, ...] = ()
    tags: tuple[str, ...] = ()
    gguf: _Gguf | None = None

    @property
    def licence(self) -> str:
        """The licence its card names, or "unknown"."""
        return next((tag.removeprefix("license:") for tag in self.tags if tag.startswith("license:")), "unknown")

    def names(self) -> list[str]:
        """The paths of all its files."""
        return [sibling.rfilename for sibling in self.siblings]

    def file(self, name: str, local: str) -> ModelFile:
        """One file with its size and hash, to be stored as `local`.

        Raises:
            SfumatoError: if its name leads out of the folder, or the hub tells neither size nor hash.
        """
        check_path(name)
        check_path(local)
        sibling = next(sibling for sibling in self.siblings if sibling.rfilename == name)
        size = sibling.lfs.size if sibling.lfs else sibling.size
        if size is None or not (sibling.lfs or sibling.blobId):
            raise SfumatoError(f"The hub does not say how big {name} is.", "Try again later or choose another model.")
        return ModelFile(
            path=local, size_bytes=size, sha256=sibling.lfs.sha256 if sibling.lfs else "",
            git_sha1="" if sibling.lfs else sibling.blobId or "", repository=self.id, commit=self.sha, remote_path=name,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """Which files make up a model. `repository` is its name as the hub knows it now."""

    repository: str
    commit: str
    licence: str
    files: tuple[ModelFile, ...]


def ask_repository(hub: Hub, name: str, stop: StopToken, revision: str = "main") -> Repository:
    """What the hub says about a repository. Raises as `Hub.get`, and SfumatoError if the answer is not one."""
    path = f"/api/models/{urllib.parse.quote(name)}/revision/{urllib.parse.quote(revision, safe='')}?blobs=true"
    answer = hub.read(path, f"facts of {name}", stop)
    try:
        return Repository.model_validate_json(answer)
    except ValidationError as error:
        raise SfumatoError(
            "The hub's answer cannot be understood.", "Check the address of the hub or of its mirror.", str(error)
        ) from error


def plan_model(hub: Hub, spec: ModelSpec, stop: StopToken) -> ModelPlan:
    """Which files to fetch for a model. Raises as `ask_repository`, and SfumatoError if the repository has none for us."""
    if spec.source is None:
        raise SfumatoError(f"“{spec.title}” comes with Sfumato.", "There is nothing to download.")
    main = ask_repository(hub, spec.source.repository, stop)
    if spec.writer:
        return ModelPlan(main.id, main.sha, main.licence, writer_files(main, spec.source.file))
    index = read_pipeline_index(hub, main, stop)
    return ModelPlan(main.id, main.sha, main.licence, plan_files(hub, main, index, spec.source, stop))


def plan_files(
    hub: Hub, main: Repository, index: Mapping[str, Any], source: Source, stop: StopToken
) -> tuple[ModelFile, ...]:
    """The files of a pipeline; the components in `source.parts` come from other repositories. Raises as `plan_model`."""
    files = [main.file("model_index.json", "model_index.json")]
    for component in sorted(components(index)):
        if component == source.leaves_out:
            files.append(_configuration(main, component))
            continue
        other = source.parts.get(component)
        repository, prefix = (ask_repository(hub, other, stop), "") if other else (main, f"{component}/")
        if other and source.file and component == "transformer":  # a quantised one beside the settings of the usual one
            gguf = writer_files(repository, source.file)
            files += [piece.model_copy(update={"path": f"{component}/{piece.path}"}) for piece in gguf]
            files.append(_configuration(main, component))
            continue
        names = component_files(repository.names(), prefix, source.variant)
        if not names:
            raise _without_files(repository, component)
        files += [repository.file(name, f"{component}/{name.removeprefix(prefix)}") for name in names]
    return tuple(files)


def _configuration(repository: Repository, component: str) -> ModelFile:
    """The settings of a part without its weights. Raises SfumatoError if the repository has none."""
    name = f"{component}/config.json"
    if name not in repository.names():
        raise _without_files(repository, component)
    return repository.file(name, name)


def components(index: Mapping[str, Any]) -> list[str]:
    """The parts of a pipeline that its `model_index.json` names."""
    return [
        name for name, value in index.items() if isinstance(value, list) and len(value) == 2 and value[0] is not None
    ]


def read_pipeline_index(hub: Hub, repository: Repository, stop: StopToken) -> dict[str, Any]:
    """The whole of `model_index.json`.

    Raises:
        SfumatoError: if there is none, it cannot be read, or it asks for code of its own.
    """
    if "model_index.json" not in repository.names():
        if not any(PurePosixPath(name).suffix in (".safetensors", ".gguf") for name in repository.names()):
            raise _without_files(repository, "painting or writing")
        raise SfumatoError(
            f"{repository.id} is not a picture model in the diffusers layout.",
            "Choose a repository with a model_index.json, or a GGUF language model.",
        )
    index = read_remote_json(hub, repository, "model_index.json", stop)
    refuse_code(repository.id, index)
    for name in index:
        if isinstance(index[name], list):
            check_path(name)
    return index


def read_remote_json(hub: Hub, repository: Repository, name: str, stop: StopToken) -> dict[str, Any]:
    """A small JSON file of the repository. Raises as `Hub.get`, and SfumatoError if it is no JSON object."""
    data = hub.read(remote_path(repository.id, repository.sha, name), f"facts of {repository.id}", stop)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SfumatoError(f"{name} of {repository.id} is damaged.", "Choose another model.", repr(error)) from error
    if not isinstance(found, dict):
        raise SfumatoError(f"{name} of {repository.id} is damaged.", "Choose another model.")
    return found


def remote_path(repository: str, commit: str, name: str) -> str:
    """The path of a file below the hub's address; without a commit, of a plain file of a site."""
    if not commit:
        return f"/{urllib.parse.quote(name)}"
    return f"/{urllib.parse.quote(repository)}/resolve/{commit}/{urllib.parse.quote(name)}"


def component_files(names: Iterable[str], prefix: str, variant: str = "") -> list[str]:
    """The files of one component (in the folder `prefix`) that are data we load: never code, never a pickle.

    Of its weights, those of the `variant` where there are any, else of no variant, and nothing twice. Empty for weights that are
    pickles only.
    """
    inside = [name for name in names if name.startswith(prefix) and "/" not in name.removeprefix(prefix)]
    weights = chosen(inside, variant)
    if not weights and any(PurePosixPath(name).suffix in _PICKLES for name in inside):
        return []
    small = [name for name in inside if PurePosixPath(name).suffix in _DATA - {".safetensors"} and not is_index(name)]
    return sorted([*small, *weights])


def writer_files(repository: Repository, pattern: str) -> tuple[ModelFile, ...]:
    """The GGUF file that a writer needs, or all of its pieces, the first one first. `pattern` is of the name without a piece's number.

    Raises:
        SfumatoError: if there is none, or a piece is missing.
    """
    names = set(repository.names())
    found = sorted(name for name in names if name.endswith(".gguf") and "mmproj" not in name.casefold())
    fitting = [name for name in found if fnmatch.fnmatch(_whole_gguf(name), pattern or "*Q4_K_M.gguf")]
    if not found:
        raise _without_files(repository, "writing")
    pieces = piece_names((fitting or found)[0])
    if missing := [name for name in pieces if name not in names]:
        raise SfumatoError(
            f"{repository.id} has its model in pieces, and {missing[0]} is missing.", "Choose another model."
        )
    return tuple(repository.file(name, PurePosixPath(name).name) for name in pieces)


def _whole_gguf(name: str) -> str:
    return f"{whole_name(PurePosixPath(name).name)}.gguf"


def _without_files(repository: Repository, what: str) -> SfumatoError:
    has_pickle = any(PurePosixPath(name).suffix in _PICKLES for name in repository.names())
    if has_pickle:
        return SfumatoError(
            f"{repository.id} has its weights only as pickle files, which can run code when they are opened.",
            "Choose a model with safetensors or GGUF files.",
        )
    return SfumatoError(f"{repository.id} has no usable files for {what}.", "Choose another model.")
