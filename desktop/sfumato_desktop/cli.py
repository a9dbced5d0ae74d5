"""The command line: the same core without a window. Imports Qt only to open the window, engines never.

Exit code 0, or 1 with one line on standard error that says what to do.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sfumato import __version__
from sfumato.errors import EngineDied, SfumatoError, TurnCancelled, attempt
from sfumato_desktop.first_start import check_program, check_screen


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sfumato`. Returns the exit code."""
    multiprocessing.freeze_support()
    logging.getLogger().addHandler(logging.NullHandler())  # what matters is said in one line
    wishes = _parser().parse_args(arguments)
    try:
        if wishes.command in (None, "open"):
            check_screen()
            from sfumato_desktop.app import run_window  # Qt is loaded here and nowhere else

            picture: Path | None = wishes.image if wishes.command else None
            return run_window(picture.absolute() if picture else None)
        from sfumato.engine import CancelToken
        from sfumato_desktop import commands, doctor, engine_commands, model_commands, version_command

        cancel = CancelToken()
        signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
        modules = {
            "models": model_commands,
            "engines": engine_commands,
            "version": version_command,
            "doctor": doctor,
        }
        found = getattr(modules.get(wishes.command, commands), f"run_{wishes.command}")(wishes, cancel)
    except SfumatoError as error:
        broken = attempt(check_program) if isinstance(error, EngineDied) else None  # perhaps its files are not whole
        print(f"sfumato: {' '.join(str(broken or error).split())}", file=sys.stderr)
        return 1
    except TurnCancelled:
        print("sfumato: stopped.", file=sys.stderr)
        return 1
    _show(found, wishes.json)
    return 0


def _show(found: tuple[dict[str, Any], str], as_json: bool) -> None:
    data, text = found
    try:
        print(json.dumps(data, ensure_ascii=False) if as_json else text, flush=True)
    except BrokenPipeError:  # whoever reads has had enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sfumato",
        description="Describe a picture; it is painted on this machine. Without a command, the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"Sfumato {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    opened = commands.add_parser(
        "open", help="open the window with a picture or a recipe", description="Open the window."
    )
    opened.add_argument(
        "image", type=Path, nargs="?", metavar="FILE", help="a picture whose recipe can be used, or a shared recipe"
    )
    draw = _command(commands, "draw", "paint a picture from words")
    draw.add_argument("text", help="what the picture should show")
    draw.add_argument("--seed", help="the seed, a whole number; without it a new one is drawn")
    draw.add_argument("--size", type=_size, metavar="WxH", help="width and height in pixels")
    draw.add_argument("--steps", type=int, help="steps of the diffusion")
    draw.add_argument("--guidance", type=float, metavar="SCALE", help="how strongly the words pull")
    draw.add_argument("--count", type=int, help="paint several, with seeds one apart")
    draw.add_argument("--negative", default="", metavar="TEXT", help="what must not appear, separated by commas")
    draw.add_argument("--model", default="", metavar="ID", help="the picture model")
    draw.add_argument("--writer", default="", metavar="ID", help="the language model")
    draw.add_argument("--no-rewrite", action="store_true", help="use the words as they are")
    draw.add_argument("--from", dest="start", type=Path, metavar="IMAGE", help="start from this picture")
    draw.add_argument("--strength", type=float, help="how far from that picture, 0 to 1")
    draw.add_argument(
        "--lora", action="append", default=[], metavar="FILE[:STRENGTH]", help="add a LoRA; can be given several times"
    )
    draw.add_argument("-o", "--output", type=Path, metavar="FILE", help="the PNG file to write")
    rewrite = _command(commands, "rewrite", "show what the writer makes of words; paints nothing")
    rewrite.add_argument("text", help="what is said")
    rewrite.add_argument(
        "--after", type=Path, metavar="IMAGE|JSON", help="a picture, or the output of an earlier rewrite"
    )
    rewrite.add_argument("--writer", default="", metavar="ID", help="the language model")
    replay = _command(commands, "replay", "paint a picture again from the recipe inside it, or from a shared recipe")
    replay.add_argument("image", type=Path, metavar="FILE")
    replay.add_argument("-o", "--output", type=Path, metavar="FILE", help="the PNG file to write")
    show = _command(commands, "show", "show the recipe inside a picture, or a shared one")
    show.add_argument("image", type=Path, metavar="FILE")
    recipe = _command(commands, "recipe", "save the recipe inside a picture as a file of its own, to share")
    recipe.add_argument("image", type=Path)
    recipe.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file to write (NAME.sfumato)")
    models = _command(commands, "models", "the models on this machine and those that can be had")
    models.add_argument(
        "action", nargs="?", default="list", choices=["list", "download", "add", "look", "verify", "remove"],
        help="download takes an id or owner/name, and also repairs; add takes a model you have, a TOML file or owner/name; look finds models",
    )  # fmt: skip
    models.add_argument(
        "model",
        nargs="?",
        default="",
        metavar="MODEL",
        help="its id, or owner/name on the hub; for add also a file or folder; for look a folder",
    )
    models.add_argument("--accept-licence", action="store_true", help="agree to the licence of what is downloaded")
    models.add_argument(
        "--copy", action="store_true", help="for add: use a copy, not the file or folder where it stands"
    )
    models.add_argument("--all", action="store_true", help="list what this machine is too small for, too")
    engines = _command(commands, "engines", "engine libraries for a graphics card: what is used, get, add, remove")
    engines.add_argument(
        "action", nargs="?", default="list", choices=["list", "download", "add", "remove", "compile", "plain"],
        help="compile tries whether the chosen painter is faster with compiled blocks and then uses them; plain goes back",
    )  # fmt: skip
    engines.add_argument(
        "pack", nargs="?", metavar="PACK", help="for add: a folder or archive of wheels; for download: a pack's id"
    )
    version = _command(commands, "version", "show the version, and look for a newer one")
    version.add_argument("--check", action="store_true", help="ask the project's site, once; nothing is installed")
    _command(commands, "doctor", "show what this machine has and what is missing")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, told: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=told, description=told)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}” is not a size such as 256x256")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
