"""What the app brings itself for a transformer that stands alone: its family's configurations and vocabularies, as data.

With those, text encoders and autoencoders can be files of their own too (`part_files.py`), and nothing is fetched. Says which
parts a family needs, which of the files at hand fit, and what is lacking. Imports no engine library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato_models.checkpoints import CLIP_WORDS
from sfumato_models.file_headers import read_header
from sfumato_models.part_files import (
    CLIP,
    FLUX1_VAE,
    FLUX2_VAE,
    QWEN3,
    QWEN_SIGHT,
    QWEN_VAE,
    T5,
    PartKind,
    kind_and_width,
    known_part,
)
from sfumato_models.transformer_files import KINDS

QWEN_WORDS = "qwen_tokenizer"  # folders among the app's own
T5_WORDS = "t5_tokenizer"
PACKED = "tokenizer.json.gz"
Told = Mapping[str, int | bool]  # a transformer's settings as its header tells them
Parts = dict[str, Path]  # by their names in the pipeline


@dataclass(frozen=True, slots=True)
class Needed:
    """A part that a family needs: a transformer's `setting` is `times` its width.

    `widths` are those that the family is known to have, where the kind is made in more of them or no setting tells.
    """

    kind: PartKind
    setting: str = ""
    times: int = 1
    widths: tuple[int, ...] = ()

    def width(self, told: Told) -> int | None:
        """The width that a transformer needs; None where its header does not tell."""
        return int(told[self.setting]) // self.times if self.setting in told else None

    def fits(self, kind: PartKind, width: int, told: Told) -> bool:
        """True for a file of that kind and width."""
        needed = self.width(told)
        widths = self.widths if needed is None else (needed,)
        return kind.title == self.kind.title and (not widths or width in widths)

    def called(self, told: Told) -> str:
        """What people call it, and the name that such a file usually has."""
        width = self.width(told) or next(iter(self.kind.known))
        usual = self.kind.usual_name(width)
        return f"{self.kind.called(width)} ({usual})" if usual else self.kind.called(width)


@dataclass(frozen=True, slots=True)
class Bundle:
    """`config` is the folder of a family's configurations among the app's own, `vocabularies` are theirs by a tokenizer's name.

    `guided` is what the noise schedule has for a model that is run with guidance, where the family has both kinds.
    """

    config: str
    needs: Mapping[str, Needed]
    vocabularies: Mapping[str, str]
    guided: Mapping[str, float] = field(default_factory=dict)


_QWEN_NEEDS = {
    "text_encoder": Needed(QWEN_SIGHT, "joint_attention_dim"),
    "vae": Needed(QWEN_VAE, "in_channels", 4),  # latents go in as patches of 2x2
}
BUNDLES = {
    "ZImagePipeline": Bundle(
        "z-image",
        {"text_encoder": Needed(QWEN3, "cap_feat_dim", widths=(2560,)), "vae": Needed(FLUX1_VAE, widths=(16,))},
        {"tokenizer": QWEN_WORDS},
        guided={"shift": 6.0},  # Turbo's is 3
    ),
    "FluxPipeline": Bundle(
        "flux1",
        {
            "text_encoder": Needed(CLIP, "pooled_projection_dim"),
            "text_encoder_2": Needed(T5, "joint_attention_dim"),
            "vae": Needed(FLUX1_VAE, "in_channels", 4),
        },
        {"tokenizer": CLIP_WORDS, "tokenizer_2": T5_WORDS},
    ),
    "Flux2KleinPipeline": Bundle(
        "flux2-klein",
        # it reads three of the encoder's layers
        {"text_encoder": Needed(QWEN3, "joint_attention_dim", 3), "vae": Needed(FLUX2_VAE, "in_channels", 4)},
        {"tokenizer": QWEN_WORDS},
    ),
    "QwenImagePipeline": Bundle("qwen-image", _QWEN_NEEDS, {"tokenizer": QWEN_WORDS}),
    "QwenImageEditPlusPipeline": Bundle("qwen-image-edit", _QWEN_NEEDS, {"tokenizer": QWEN_WORDS}),
}


def fitting_parts(pipeline: str, told: Told, added: Iterable[Path], searched: Iterable[Path] = ()) -> Parts:
    """The first of the files that fits a transformer, for each part; no more of them are read than it takes.

    Those that a person `added` come before the `searched` ones, which have to be called something that fits, too.
    """
    needs, found = BUNDLES[pipeline].needs, Parts()
    for file, is_added in chain(((file, True) for file in added), ((file, False) for file in searched)):
        if found.keys() == needs.keys():
            break
        if part := known_part(file, is_added):
            found |= {name: file for name, needed in needs.items() if name not in found and needed.fits(*part, told)}
    return {name: found[name] for name in needs if name in found}


def lacking(pipeline: str, told: Told, parts: Mapping[str, Path]) -> tuple[str, ...]:
    """What is needed beside these parts, in words for a person."""
    needs = BUNDLES[pipeline].needs
    return tuple(needed.called(told) for name, needed in needs.items() if name not in parts)


def served_by(part: PartKind, width: int) -> tuple[str, ...]:
    """The families, by their titles, that are known to need a part of that width."""
    return tuple(
        kind.title
        for kind in KINDS
        for needed in BUNDLES[kind.pipeline].needs.values()
        if needed.kind.title == part.title and width in (needed.widths or part.known)
    )


def part_words(file: Path) -> str:
    """What a part file is and for which families' transformers, in words; empty if it is none.

    Raises:
        SfumatoError: if it cannot be read, or is one that cannot be used, saying what to get instead.
    """
    header = read_header(file)
    if (part := kind_and_width(file, header)) is None:
        return ""
    kind, width = part
    called, titles = kind.called(width), served_by(kind, width)
    if all(title in called for title in titles):
        return called
    return f"{called}, for {', '.join(titles[:-1])} and {titles[-1]}" if titles[1:] else f"{called}, for {titles[0]}"


def check_parts_there(title: str, files: Iterable[Path]) -> None:
    """Raises SfumatoError, naming the file, if one is not where it was. `title` is that of the model that paints with it."""
    for file in files:
        if not file.exists():
            raise SfumatoError(
                f"“{title}” paints with {file.name}, which is gone: {file} is not there.",
                "Put it back, or add the file from where it is now.",
            )


def check_parts(title: str, pipeline: str, told: Told, parts: Mapping[str, Path]) -> None:
    """Raises SfumatoError, naming the file, if a part is missing, cut short, or not the one that the transformer needs."""
    check_parts_there(title, parts.values())
    for name, file in parts.items():
        needed = BUNDLES[pipeline].needs[name]
        part = kind_and_width(file, read_header(file))
        if part is None or not needed.fits(*part, told):
            what = part[0].called(part[1]) if part else "something else"
            raise SfumatoError(
                f"“{title}” needs {needed.called(told)}, and {file.name} is {what}.", "Add the right file."
            )
