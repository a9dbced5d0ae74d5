"""Whether the picture model obeys its words: pictures of combinations that it was not trained on, named by the grader.

Every share stands beside the grader's own on drawn scenes of the same prompts. Pictures are painted with the shipped
pipeline at its default steps and guidance, several at once (which changes bits, not quality).
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from sfumato_training.captions import full_caption
from sfumato_training.grader import Grader, held_out_scenes, load_grader
from sfumato_training.judge import load_judge, share_ranked_first
from sfumato_training.parts import part_of
from sfumato_training.pictures import combinations_of
from sfumato_training.scenes import draw_scene, squares_of_two
from sfumato_training.world import COLOURLESS, EXTRAS, LIGHTINGS, NUMBERS, TRAINED_ON, WORLD, Scene, random_second

STEPS, GUIDANCE = 20, 3.0
MEASURED = ("subject", "colour", "setting", "style", "lighting", "camera")
SEED = 2027
_BATCH = 12

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Share:
    """How often something is right in `count` painted pictures, and in drawn ones of the same scenes."""

    name: str
    painted: float
    drawn: float
    count: int

    @property
    def of_the_graders_own(self) -> float:
        """Painted, as a share of what the grader gets right on drawn scenes."""
        return self.painted / self.drawn if self.drawn else 0.0


def load_pipeline(folder: Path) -> StableDiffusionPipeline:
    """The model as anyone would load it."""
    pipeline = StableDiffusionPipeline.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, safety_checker=None, torch_dtype=torch.float32
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def paint(
    pipeline: StableDiffusionPipeline, prompts: Sequence[str], negatives: Sequence[str], first_seed: int = SEED
) -> list[Picture]:
    """A picture (256 x 256 x 3 bytes) for every prompt, from the seeds `first_seed`, `first_seed` + 1, ..."""
    pictures: list[Picture] = []
    for begin in range(0, len(prompts), _BATCH):
        part = slice(begin, begin + _BATCH)
        seeds = range(first_seed + begin, first_seed + begin + len(prompts[part]))
        painted = pipeline(
            prompt=list(prompts[part]),
            negative_prompt=list(negatives[part]),
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds],
            output_type="np",
        ).images
        pictures += list((painted * 255).round().astype(np.uint8))
        print(f"\rpainted {len(pictures)} of {len(prompts)}", end="", flush=True)
    print()
    return pictures


def print_shares(folder: Path, grader_file: Path, count: int) -> None:
    """A table of everything measured here: painted, drawn, and the one as a share of the other."""
    grader, pipeline = load_grader(grader_file), load_pipeline(folder)
    trained_on = combinations_of(*TRAINED_ON)
    measured = (
        measure_obedience(pipeline, grader, trained_on, count),
        measure_several(pipeline, grader, trained_on, count // 5),
        measure_extras(pipeline, grader, trained_on, count // 4),
    )
    print(f"{'':24} painted   drawn   share")
    for share in (share for shares in measured for share in shares):
        print(
            f"{share.name:24} {share.painted:7.1%} {share.drawn:7.1%} {share.of_the_graders_own:7.1%}   of {share.count}"
        )
    ranked = share_ranked_first(load_judge(folder), trained_on, 96)
    print(f"the CLIP pair picks the right one of 96 captions: {ranked:.1%}")
    print(
        f"sharpness with “blurry” ruled out over asked for: {measure_sharpness(pipeline, trained_on, count // 20):.2f}"
    )


def measure_obedience(
    pipeline: StableDiffusionPipeline, grader: Grader, trained_on: Set[Scene], count: int
) -> Iterator[Share]:
    """Each part of the scene, where it is visible; then the subject after one lighting word was changed."""
    scenes = held_out_scenes(count, trained_on)
    painted = paint(pipeline, [full_caption(scene) for scene in scenes], [""] * count)
    seen, _ = grader.name(painted)
    drawn, _ = grader.name([_drawn(scene) for scene in scenes])
    for part in MEASURED:
        rows = [row for row, scene in enumerate(scenes) if _is_visible(part, scene)]
        yield Share(part, _right(part, scenes, seen, rows), _right(part, scenes, drawn, rows), len(rows))
    some = range(min(count // 5, count))
    other = [_relit(scenes[row], row, trained_on) for row in some]
    relit, _ = grader.name(paint(pipeline, [full_caption(scene) for scene in other], [""] * len(other)))
    redrawn, _ = grader.name([_drawn(scene) for scene in other])
    right, own = _right("subject", other, relit, some), _right("subject", other, redrawn, some)
    yield Share("subject_after_relighting", right, own, len(other))


def measure_several(
    pipeline: StableDiffusionPipeline, grader: Grader, trained_on: Set[Scene], count: int
) -> Iterator[Share]:
    """Two things: both there, their colours not swapped. Then two or three of a thing: as many as were asked for.

    Of two things the grader looks at each by itself, where the scene puts it: in a whole picture it finds no second one.
    """
    rng = random.Random(f"several-{SEED}")
    plain = [replace(scene, camera="") for scene in held_out_scenes(4 * count, set(), SEED + 2)]
    coloured = [scene for scene in plain if scene.style not in COLOURLESS]
    pairs = [replace(scene, second=random_second(scene.subject, scene.colour, rng)) for scene in coloured]
    pairs = [scene for scene in pairs if scene not in trained_on][:count]
    painted = paint(pipeline, [full_caption(scene) for scene in pairs], [""] * len(pairs))
    there, own_there = (_both_there(grader, pairs, some) for some in (painted, [_drawn(scene) for scene in pairs]))
    yield Share("two_things", there, own_there, len(pairs))
    numbers = list(NUMBERS)
    groups = [replace(scene, number=numbers[row % len(numbers)]) for row, scene in enumerate(plain)]
    groups = [scene for scene in groups if scene not in trained_on][:count]
    seen, _ = grader.name(paint(pipeline, [full_caption(scene) for scene in groups], [""] * len(groups)))
    own, _ = grader.name([_drawn(scene) for scene in groups])
    rows = range(len(groups))
    yield Share("number", _right("number", groups, seen, rows), _right("number", groups, own, rows), len(groups))


def measure_extras(
    pipeline: StableDiffusionPipeline, grader: Grader, trained_on: Set[Scene], count: int
) -> Iterator[Share]:
    """How often an extra is there when asked for, when ruled out, and when nothing was said of it."""
    plain = held_out_scenes(count, trained_on, seed=SEED)
    names = [list(EXTRAS)[row % len(EXTRAS)] for row in range(count)]
    columns = [list(EXTRAS).index(name) for name in names]
    bare = [full_caption(scene) for scene in plain]
    asked = [_with_extra(scene, name) for scene, name in zip(plain, names, strict=True)]
    for name, prompts, negatives, extras in (
        ("extra_asked", asked, [""] * count, True),
        ("extra_unmentioned", bare, [""] * count, False),
        ("extra_ruled_out", bare, [EXTRAS[extra][0] for extra in names], False),
    ):
        _, found = grader.name(paint(pipeline, prompts, negatives))
        drawn = [
            _drawn(replace(scene, extras=(extra,) if extras else ())) for scene, extra in zip(plain, names, strict=True)
        ]
        _, own = grader.name(drawn)
        yield Share(name, _share(found, columns), _share(own, columns), count)


def measure_synonyms(
    pipeline: StableDiffusionPipeline, grader: Grader, trained_on: Set[Scene], count: int
) -> Iterator[Share]:
    """Every word that is not the usual one for what it means: `count` pictures told it, each named by the grader.

    A share for each word, called “kind: word”.
    """
    scenes = itertools.cycle(held_out_scenes(40 * count, trained_on, SEED + 4))
    asked: list[tuple[str, str, str, Scene]] = []
    for kind, words in {kind: WORLD[kind] for kind in MEASURED}.items():
        for name, texts in words.items():
            for text in texts[1:]:
                meant = (replace(scene, **{kind: name}) for scene in scenes)  # type: ignore[arg-type]
                new = (scene for scene in meant if scene not in trained_on and _is_visible(kind, scene))
                asked += [(kind, text, words[name][0], scene) for scene in itertools.islice(new, count)]
    prompts = [full_caption(scene).replace(usual, text, 1) for _, text, usual, scene in asked]
    seen, _ = grader.name(paint(pipeline, prompts, [""] * len(prompts)))
    drawn, _ = grader.name([_drawn(scene) for *_, scene in asked])
    told = [one[3] for one in asked]
    for kind, text in dict.fromkeys((kind, text) for kind, text, *_ in asked):
        rows = [row for row, one in enumerate(asked) if one[:2] == (kind, text)]
        yield Share(f"{kind}: {text}", _right(kind, told, seen, rows), _right(kind, told, drawn, rows), len(rows))


def measure_sharpness(pipeline: StableDiffusionPipeline, trained_on: Set[Scene], count: int) -> float:
    """The sharpness with "blurry" as a negative over that with "blurry" as a word, as a ratio of means."""
    prompts = [full_caption(scene) for scene in held_out_scenes(count, trained_on, seed=SEED + 1)]
    against = paint(pipeline, prompts, ["blurry"] * count)
    asked = paint(pipeline, [f"{prompt}, blurry" for prompt in prompts], [""] * count)
    return float(np.mean([sharpness(picture) for picture in against]) / np.mean([sharpness(p) for p in asked]))


def sharpness(picture: Picture) -> float:
    """The mean absolute difference of neighbouring pixels' brightness, 0 to 255: high where edges are crisp."""
    grey = picture.astype(np.float32).mean(axis=2)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


def _is_visible(part: str, scene: Scene) -> bool:
    return part != "colour" or scene.style not in COLOURLESS


def are_both_there(grader: Grader, scene: Scene, picture: Picture) -> bool:
    """True if the things of a scene of two are both named right and do not have each other's colours."""
    squares = squares_of_two(scene, picture.shape[1], picture.shape[0])
    cuts = [np.ascontiguousarray(picture[top:bottom, left:end]) for left, top, end, bottom in squares]
    (first, second), _ = grader.name(cuts)
    there = (first["subject"], second["subject"]) == (scene.subject, part_of(scene, "second"))
    swapped = (first["colour"], second["colour"]) == (part_of(scene, "second_colour"), scene.colour)
    return there and not swapped


def _both_there(grader: Grader, scenes: Sequence[Scene], pictures: Sequence[Picture]) -> float:
    """The share of scenes of two that `are_both_there`."""
    return sum(map(are_both_there, [grader] * len(scenes), scenes, pictures)) / len(scenes)


def _right(part: str, scenes: Sequence[Scene], named: Sequence[dict[str, str]], rows: Sequence[int]) -> float:
    return sum(named[row][part] == part_of(scenes[row], part) for row in rows) / len(rows)


def _share(found: torch.Tensor, columns: Sequence[int]) -> float:
    return float(found[range(len(columns)), list(columns)].float().mean())


def _relit(scene: Scene, row: int, trained_on: Set[Scene]) -> Scene:
    others = [replace(scene, lighting=name) for name in LIGHTINGS if name != scene.lighting]
    unseen = [other for other in others if other not in trained_on]
    return unseen[row % len(unseen)]


def _with_extra(scene: Scene, extra: str) -> str:
    first, rest = full_caption(scene).split(", ", 1)
    return f"{first} with {EXTRAS[extra][0]}, {rest}"


def _drawn(scene: Scene) -> Picture:
    return draw_scene(scene, random.Random(f"{SEED}-{scene}"))
