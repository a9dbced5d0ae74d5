"""What each command of the command line does: a JSON object and the text for people, of the same facts."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sfumato import __version__
from sfumato.attachment import read_attachment
from sfumato.compile import CompiledPrompt
from sfumato.conversation import Conversation, Message, Version
from sfumato.engine import CancelToken, DecisionReady, Event, Failed, Painting, Pixels, VersionReady
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.image_file import load_pixels, pixels_to_rgb, read_recipe, read_rgb, show_metadata, write_png
from sfumato.lora import Lora, parse_choice
from sfumato.other_metadata import PictureMetadata
from sfumato.paths import find_paths
from sfumato.plan import make_plan
from sfumato.planned import Plan
from sfumato.prompt import FIELDS, ImagePrompt, changes, prompt_changes, unique_terms
from sfumato.recipe import Recipe, RenderSettings, Route, sha256_rgb
from sfumato.recipe_file import SUFFIX, is_recipe_file, write_recipe_file
from sfumato.replay import replay
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import SeedRule, exactly, parse_seed
from sfumato.standing_wishes import StandingWish
from sfumato.turn import run_turn
from sfumato_desktop.collection import open_collection
from sfumato_desktop.studio import Studio, open_studio
from sfumato_models.hash_book import HashBook
from sfumato_models.installed import file_hashes
from sfumato_models.lora_shelf import LoraShelf

Found = tuple[dict[str, Any], str]
MAX_AFTER_BYTES = 4 * 2**20


def run_draw(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """Paint, and write the pictures as files."""
    _check_output(wishes.output)
    attached = read_attachment(wishes.start) if wishes.start else None
    own = attached.metadata.recipe if attached and attached.offers_prompt else None
    start = Version(1, None, own) if own else None  # one of ours: its prompt is what the words change
    overrides = Overrides(
        seed=_seed_rule(wishes.seed),
        count=_in_range(wishes.count, 1, 100, "--count"),
        size=wishes.size,
        steps=_in_range(wishes.steps, 1, 200, "--steps"),
        guidance_scale=_in_range(wishes.guidance, 0, 30, "--guidance"),
        strength=_in_range(wishes.strength, 0.01, 1, "--strength"),
        route=Route.IMAGE_TO_IMAGE if attached else None,
        negative=unique_terms(wishes.negative.split(",")),
        rewrite=not wishes.no_rewrite,
        loras=_loras(wishes.lora) if wishes.lora else None,
    )
    versions = (start,) if start else ()
    request = TurnRequest(
        wishes.text,
        Conversation(0, "", (), versions, 1 if start else None),
        overrides=overrides,
        attached=None if start else attached,
    )
    with _studio(wishes.model, wishes.writer) as studio:
        keeper = FileKeeper(wishes.output, attached.pixels if attached else None)
        failures: list[SfumatoError] = []
        notes: dict[str, None] = {}

        def emit(event: Event) -> None:
            if isinstance(event, Failed):
                failures.append(event.error)
            elif isinstance(event, DecisionReady | VersionReady):
                notes.update(dict.fromkeys(event.notes))

        if overrides.rewrite:
            threading.Thread(target=_load_quietly, args=(studio, cancel), daemon=True).start()
        run_turn(request, studio.engines, keeper, emit, cancel)
    if failures:
        raise failures[0]
    if cancel.is_cancelled:
        raise TurnCancelled
    if not keeper.saved:
        answer = next((message.text for message in reversed(keeper.messages) if message.role == "sfumato"), "")
        return {"answer": answer, "images": []}, answer
    images = [_drawn(file, painting) for file, painting in keeper.saved]
    text = "\n".join(f"{image['file']}  seed {image['seed']}" for image in images)
    return (images[0] if len(images) == 1 else {"images": images}), "\n".join((text, *notes))


def _loras(choices: list[str]) -> tuple[Lora, ...]:
    """Files that are named are taken in; a bare name is one that is here already."""
    shelf = LoraShelf(find_paths().loras)
    found = []
    for choice in choices:
        name, strength = parse_choice(choice)
        found.append(shelf.add(Path(name), strength) if Path(name).exists() else shelf.named(name, strength))
    return tuple(found)


def run_rewrite(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """The writer's decision and the prompt it leads to."""
    conversation = _after(wishes.after) if wishes.after else Conversation(0, "")
    with _studio("", wishes.writer) as studio:
        plan = make_plan(TurnRequest(wishes.text, conversation), studio.engines, cancel)
    before = plan.parent.prompt if plan.parent else ImagePrompt()
    changed = [change.field for change in changes(before, plan.prompt)] if plan.decision.paints else []
    decision = plan.decision.model_dump(mode="json", exclude={"patch"}) | {
        "patch": plan.decision.prompt_patch().to_json()
    }
    if plan.decision.paints:
        decision["seed"] = plan.rule.number if plan.rule.number is not None else plan.rule.kind
    versions, current = _next_versions(conversation, plan)
    data = (
        decision
        | {
            "prompt": plan.prompt.to_json(),
            "changed": changed,
            "kept": [name for name in FIELDS if name not in changed],
            "notes": list(plan.notes),
            "versions": [
                {"n": v.number, "prompt": v.prompt.to_json(), "seed": v.recipe.seed, "parent": v.parent}
                for v in versions
            ],
            "current": current,
        }
        | ({"wishes": [wish.to_json() for wish in plan.wishes]} if plan.wishes else {})
    )
    lines = [f"{plan.decision.action}: {plan.decision.reply}".strip()]
    lines += [
        f"  {change.field}: {change.before or '-'} -> {change.after or '-'}"
        for change in prompt_changes(before, plan.prompt)
    ]
    lines += [f"  {text}" for text in (plan.how.reason, plan.how.seed_words) if text] if plan.how else []
    return data, "\n".join((*lines, *plan.notes))


def run_replay(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """Paint a picture again and compare."""
    _check_output(wishes.output)
    recipe = read_recipe(wishes.image)
    original = None if is_recipe_file(wishes.image) else read_rgb(wishes.image)[2]
    model_id = recipe.settings.model_id
    is_here = any(model.spec.id == model_id for model in open_collection(find_paths()).installed)
    with _studio(model_id if is_here else "", "") as studio:
        model = next((model for model in studio.installed if model.spec.id == model_id), None)
        book, shelf = HashBook(find_paths().hash_book), LoraShelf(find_paths().loras)
        files = file_hashes(model, book) | shelf.hashes(recipe.loras) if model else None
        painter = studio.engines.painter
        result = replay(
            recipe,
            original,
            files,
            painter,
            lambda _: None,
            cancel,
            _parent_beside(wishes.image, recipe),
            pixels_to_rgb,
        )
    data = result.to_json()
    if wishes.output and result.painting:
        _write_new(wishes.output, result.painting)
        data["file"] = str(wishes.output)
    difference = (
        f"mean difference {result.difference:.2f} of 255" if result.verdict == "near" and result.difference else ""
    )
    return data, "\n".join(filter(None, (result.verdict, difference, *result.reasons)))


def run_show(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """The recipe inside a picture."""
    found = show_metadata(wishes.image)
    return found.to_json(), "\n".join(
        _metadata_lines(found) or (f"{wishes.image.name} says nothing about how it was made.",)
    )


def run_recipe(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """The recipe inside a picture, as a file of its own."""
    recipe = read_recipe(wishes.image)
    file = wishes.output or Path(f"{wishes.image.stem}{SUFFIX}")
    _check_output(file)
    write_recipe_file(file, recipe, __version__)
    return {"file": str(file), "recipe": recipe.to_json()}, str(file)


class FileKeeper:
    """Keeps a turn's pictures as files; the words are not kept (a `Keeper` of `turn.py`)."""

    def __init__(self, output: Path | None, start: Pixels | None = None) -> None:
        self._output = output
        self._start = start
        self.saved: list[tuple[Path, Painting]] = []
        self.messages: list[Message] = []

    def say(self, message: Message) -> None:
        """Remember a message for this run."""
        self.messages.append(message)

    def save(self, parent: int | None, painting: Painting) -> Version:
        """Write the picture to a new file; what was attached is a file already."""
        if painting.recipe.route is Route.ATTACHED:
            return Version(1, parent, painting.recipe)
        file = self._file(painting.recipe.seed)
        _write_new(file, painting)
        self.saved.append((file, painting))
        return Version(len(self.saved) + (self._start is not None), parent, painting.recipe, str(file))

    def go_to(self, number: int) -> None:
        """There is nothing to go to."""

    def wish(self, wishes: tuple[StandingWish, ...]) -> None:
        """A single drawing is all there is to this conversation."""

    def pixels(self, version: Version) -> Pixels:
        """The picture the drawing starts from."""
        if self._start is None:
            raise SfumatoError("There is no picture to go back to here.", "Name one with --from.")
        return self._start

    def _file(self, seed: int) -> Path:
        if self._output is None:
            names = (Path(f"sfumato-{seed}{suffix}.png") for suffix in ("", *(f"-{copy}" for copy in range(2, 1000))))
            return next(name for name in names if not name.exists())
        number = len(self.saved)
        return self._output if not number else self._output.with_stem(f"{self._output.stem}-{number + 1}")


@contextmanager
def _studio(painter_id: str, writer_id: str) -> Iterator[Studio]:
    studio = open_studio(find_paths(), painter_id, writer_id)
    try:
        yield studio
        if studio.painter_process.notice:
            print(f"sfumato: {studio.painter_process.notice}", file=sys.stderr)
    finally:
        studio.close()


def _load_quietly(studio: Studio, cancel: CancelToken) -> None:
    """Load the painter while the writer thinks; trouble shows when it is asked to paint."""
    try:
        studio.painter_process.call("load", cancel=cancel)
    except (SfumatoError, TurnCancelled):
        return


def _drawn(file: Path, painting: Painting) -> dict[str, Any]:
    recipe = painting.recipe
    compiled = recipe.compiled.to_json()
    compiled["notes"] += painting.notes
    return {
        "file": str(file),
        "seed": recipe.seed,
        "prompt": recipe.prompt.to_json(),
        "negative": recipe.compiled.negative,
        "compiled": compiled,
        "settings": recipe.settings.to_json(),
        "sha256_rgb": recipe.sha256_rgb,
        "timings_s": painting.timings_s,
    }


def _check_output(file: Path | None) -> None:
    """Refuse a file that could not be written before anything is painted for it."""
    if file is None:
        return
    if file.exists():
        raise SfumatoError(f"{file} is there already.", "Name another file with -o.")
    if not file.parent.is_dir():
        raise SfumatoError(f"There is no folder {file.parent}.", "Make it, or name another file with -o.")


def _write_new(file: Path, painting: Painting) -> None:
    try:
        write_png(file, painting.pixels, painting.recipe, __version__)
    except FileExistsError as error:
        raise SfumatoError(f"{file} is there already.", "Name another file with -o.", repr(error)) from error


def _seed_rule(text: str | None) -> SeedRule | None:
    return None if text is None else exactly(parse_seed(text))


def _in_range(value: Any, low: float, high: float, name: str) -> Any:
    if value is not None and not low <= value <= high:
        raise SfumatoError(f"{name} {value} is out of range.", f"It goes from {low:g} to {high:g}.")
    return value


def _metadata_lines(found: PictureMetadata) -> tuple[str, ...]:
    """What a picture says about itself, one thing a line; nothing where it says nothing."""
    size = f"{found.size[0]}x{found.size[1]}" if found.size else ""
    told: dict[str, object] = {
        "made with": found.software,
        "prompt": found.prompt,
        "negative prompt": found.negative_prompt,
        "seed": found.seed,
        "steps": found.steps,
        "guidance": found.guidance_scale,
        "sampler": found.sampler,
        "size": size,
        "model": found.model,
        "loras": found.lora_words,
        **found.settings,
    }
    lines = tuple(f"{name}: {value}" for name, value in told.items() if value not in ("", None))
    return (*lines, *(f"note: {note}" for note in found.notes))


def _after(file: Path) -> Conversation:
    if file.suffix.lower() != ".json":
        return Conversation(0, "", (), (Version(1, None, read_recipe(file)),), 1)
    try:
        with file.open("rb") as stream:
            data = json.loads(stream.read(MAX_AFTER_BYTES))
        versions = tuple(_version_from_json(row) for row in data["versions"])
        wishes = tuple(StandingWish.from_json(wish) for wish in data.get("wishes", ()))
    except OSError as error:
        raise SfumatoError(f"{file} cannot be read.", "Name a picture or a JSON file.", repr(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SfumatoError(f"{file} is not the output of “sfumato rewrite --json”.", "", repr(error)) from error
    current = data.get("current") or (versions[-1].number if versions else None)
    return Conversation(0, "", (), versions, current, wishes)


def _version_from_json(row: dict[str, Any]) -> Version:
    settings = RenderSettings(0, 0, 0, 0.0, "", "")
    recipe = Recipe(ImagePrompt.from_json(row["prompt"]), CompiledPrompt("", ""), settings, int(row["seed"]))
    return Version(int(row["n"]), row["parent"], recipe)


def _next_versions(conversation: Conversation, plan: Plan) -> tuple[tuple[Version, ...], int | None]:
    """The versions after a turn, as if it had been painted, and which one is current."""
    if plan.decision.action == "go_back" and plan.parent:
        return conversation.versions, plan.parent.number
    number = max((version.number for version in conversation.versions), default=0)
    parent = plan.parent.number if plan.parent else None
    new = tuple(Version(number + step, parent, recipe) for step, recipe in enumerate(plan.recipes, start=1))
    versions = conversation.versions + new
    return versions, new[-1].number if new else conversation.current


def _parent_beside(image: Path, recipe: Recipe) -> Pixels | None:
    """The picture a recipe starts from, if it lies in the same folder; found by its hash."""
    if not recipe.parent_sha256:
        return None
    for file in sorted(image.parent.iterdir()):
        if file.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
            continue
        try:
            for pixels in (load_pixels(file), read_attachment(file).pixels):  # as it is, and as it is when attached
                if sha256_rgb(pixels_to_rgb(pixels)) == recipe.parent_sha256:
                    return pixels
        except SfumatoError:
            continue
    return None
