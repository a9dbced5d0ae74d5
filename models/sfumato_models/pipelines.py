"""The diffusers pipelines of one model: loaded once, one for each route, sharing their parts. Lives in an engine process."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.recipe import Route
from sfumato_models.bundled_parts import BUNDLES
from sfumato_models.checkpoints import load_checkpoint
from sfumato_models.families import FAMILIES, ClassPath, Family, class_at, first_route
from sfumato_models.folder_weights import is_half, part_weights, variant_of
from sfumato_models.installed import InstalledModel, part_classes
from sfumato_models.part_loading import load_part, load_tokenizer
from sfumato_models.speeds import Layout
from sfumato_models.transformer_files import load_transformer, schedule_changes
from sfumato_models.unshown_parts import load_stills_processor, load_t5_gemma_encoder

_UNSHOWN = {"T5GemmaEncoder": load_t5_gemma_encoder}
_TROUBLE = (OSError, ValueError, RuntimeError, KeyError, TypeError, ImportError, AttributeError)


def family_of(pipeline: str) -> Family:
    """The family of a pipeline class. Raises SfumatoError if it cannot be painted with."""
    if pipeline not in FAMILIES:
        raise SfumatoError(
            f"Models of the kind {pipeline} cannot be painted with yet.",
            f"These can: {', '.join(family.title for family in FAMILIES.values())}.",
        )
    return FAMILIES[pipeline]


class Pipelines:
    """The pipelines of a loaded model."""

    def __init__(self, family: Family, text_to_image: Any) -> None:
        """`text_to_image` is the loaded pipeline that the others share their parts with."""
        self._family = family
        self._first = text_to_image
        self._made: dict[ClassPath, Any] = {family.pipelines[first_route(family)]: text_to_image}

    def get(self, route: Route) -> Any:
        """The pipeline of a route. Raises SfumatoError if the family has none."""
        if route not in self._family.pipelines:
            raise SfumatoError(f"This model has no {route}.", "Choose another way to paint.")
        path = self._family.pipelines[route]
        if path not in self._made:
            self._made[path] = _sharing(class_at(path), self._first)
        return self._made[path]


def load_pipelines(
    model: InstalledModel,
    family: Family,
    dtype: torch.dtype,
    layout: Layout = "channels last",
    cancel: CancelToken | None = None,
) -> Pipelines:
    """Load a model with nothing but what stands in its files; no code from it is run and no network is asked.

    A checkpoint of one file is loaded with the app's own shapes (`model.configs`), a transformer that stands alone with
    the other parts of `model.base`, or with those that are files of their own (`model.components`).

    Raises:
        SfumatoError: naming the file or folder, if it cannot be loaded.
        TurnCancelled: between two parts, after a stop.
    """
    path, folder, configs, facts = model.path, model.folder, model.configs, model.spec.picture
    if folder is None:
        if configs is None:
            raise SfumatoError(
                f"{path.name} is a single file, and its shapes are not at hand.", "Install Sfumato again."
            )
        pipe = translated(path, lambda: load_checkpoint(path, configs, dtype))
        return Pipelines(family, prepared(pipe, family, layout))
    cls = class_at(family.pipelines[first_route(family)])
    unwanted = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
    asked = inspect.signature(cls.__init__).parameters
    options: dict[str, Any] = {name: value for name, value in unwanted.items() if "safety_checker" in asked}
    options |= _own_parts(model, folder, dtype, cancel)
    if file := model.transformer:
        options["transformer"] = translated(file, lambda: load_transformer(file, folder, dtype))
    if "processor" in asked:
        words = options.get("tokenizer")
        options["processor"] = translated(folder / "processor", lambda: load_stills_processor(folder, words))
    for name, load in _parts(folder, dtype):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if name not in options and name in asked:
            options[name] = translated(folder / name, load)
    pipe = translated(
        folder,
        lambda: cls.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, variant=variant_of(folder), dtype=dtype, **options
        ),
    )
    changes = schedule_changes(file, folder) if file else {}
    is_guided = facts is not None and facts.guidance_scale > family.guided_above
    if model.components and facts and is_guided:
        changes |= BUNDLES[facts.pipeline].guided
    if file and "is_distilled" in pipe.config:  # told of the folder's own transformer, not of this one
        pipe.register_to_config(is_distilled=not is_guided)
    if changes:
        pipe.scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config, **changes)
    return Pipelines(family, prepared(pipe, family, layout))


def _own_parts(model: InstalledModel, folder: Path, dtype: torch.dtype, cancel: CancelToken | None) -> dict[str, Any]:
    """The parts that are files of their own, and the app's vocabularies that they read with."""
    if not (model.components and model.spec.picture):
        return {}
    found: dict[str, Any] = {}
    for name, words in BUNDLES[model.spec.picture.pipeline].vocabularies.items():
        place = folder.parent / words
        found[name] = translated(place, partial(load_tokenizer, place))
    classes = part_classes(folder)
    for name, file in model.components.items():
        if cancel is not None:
            cancel.raise_if_cancelled()
        found[name] = translated(file, partial(load_part, file, *classes[name], folder / name, dtype))
    return found


def _parts(folder: Path, dtype: torch.dtype) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The parts of a model folder that have weights, each with what loads it as diffusers does."""
    variant = variant_of(folder)
    for name, (library, cls) in part_classes(folder).items():
        if library not in ("diffusers", "transformers") and cls not in _UNSHOWN:
            continue
        own = variant if any(is_half(file.name) for file in part_weights(folder / name, variant)) else None
        yield name, partial(_load_part, library, cls, folder / name, variant=own, dtype=dtype)


def _load_part(library: str, cls: str, folder: Path, **options: Any) -> Any:
    """A part as its library loads it; a class that it does not have is trouble of the folder, for `translated` to tell."""
    load = _UNSHOWN.get(cls) or getattr(importlib.import_module(library), cls).from_pretrained
    return load(folder, local_files_only=True, use_safetensors=True, **options)


def prepared(pipe: Any, family: Family, layout: Layout = "channels last") -> Any:
    """A loaded pipeline, quiet, its convolutions in the layout that is the fastest here."""
    pipe.set_progress_bar_config(disable=True)
    if family.rewrites_texts:
        pipe.text_preprocessor = _AsWritten()
    if layout == "contiguous":
        return pipe
    for part in (pipe.vae, pipe.unet if family.denoiser == "unet" else None):
        if part is not None and all(parameter.dim() < 5 for parameter in part.parameters()):
            part.to(memory_format=torch.channels_last)
    return pipe


def translated(path: Path, load: Callable[[], Any]) -> Any:
    """Call `load`; what the libraries raise becomes a sentence that names the file."""
    try:
        return load()
    except _TROUBLE as error:
        raise SfumatoError(
            f"The model in “{path.name}” cannot be loaded.", "Install this model again.", repr(error)
        ) from error


def _sharing(cls: Any, pipe: Any) -> Any:
    """A pipeline of another class with the same parts and settings."""
    asked = inspect.signature(cls.__init__).parameters
    known = {**dict(pipe.config), **pipe.components}
    made = cls(**{name: known[name] for name in asked if name in known})
    made.set_progress_bar_config(disable=True)
    made._exclude_from_cpu_offload = pipe._exclude_from_cpu_offload
    return made


class _AsWritten:
    """In place of a pipeline's own `text_preprocessor`, which leaves out words and whole scripts without saying so."""

    def clean_text(self, text: str) -> str:
        """The same text."""
        return text
