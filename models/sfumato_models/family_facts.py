"""What is taken from the catalogue for a model of a person's own: the facts of a model of its family that is run as it is.

Models that take their guidance as an input are run otherwise than the others of their family (FLUX.1 dev, schnell), so they
stand apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sfumato.model_catalog import Catalogue, PictureFacts
from sfumato_models.transformer_files import GUIDANCE

_GUIDED = ", guided"
# how the makers run the models that the distilled ones of a family were made from; none of these is in the catalogue
_UNDISTILLED = {"Flux2KleinPipeline": {"steps": 50, "guidance_scale": 4.0, "honours_negatives": True}}
_BASE = re.compile(r"(?<![a-z])base(?![a-z])", re.IGNORECASE)


def family_facts(catalogue: Catalogue) -> dict[str, PictureFacts]:
    """For every pipeline class the facts of the first model in the catalogue that has it and can be downloaded; for `facts_of`."""
    found: dict[str, PictureFacts] = {}
    for spec in catalogue.models:
        if spec.picture and spec.source:
            parts = spec.source.other_parts
            is_guided = parts is not None and parts.fits.get(GUIDANCE) is True
            found.setdefault(spec.picture.pipeline + (_GUIDED if is_guided else ""), spec.picture)
    return found


def facts_of(
    families: Mapping[str, PictureFacts], pipeline: str, is_guided: Callable[[], bool] = lambda: False
) -> PictureFacts | None:
    """The facts for a pipeline class; None if the catalogue has none. `is_guided` is asked only where it makes a difference."""
    guided = families.get(pipeline + _GUIDED)
    return guided if guided and is_guided() else families.get(pipeline)


def undistilled(facts: PictureFacts) -> PictureFacts:
    """The facts of the model that a distilled one was made from; the same where the family has no such pair."""
    return facts.model_copy(update=_UNDISTILLED.get(facts.pipeline, {}))


def is_called_base(name: str, pipeline: str) -> bool:
    """True where the name of a transformer's file says that it is not distilled, which no tensor tells."""
    return pipeline in _UNDISTILLED and _BASE.search(name) is not None
