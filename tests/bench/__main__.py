"""Run areas of benchmarks and print one line a figure."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator

from tests.bench.conversation import measure_conversation
from tests.bench.figure import Figure
from tests.bench.guide import measure_guide
from tests.bench.loop import measure_loop
from tests.bench.models import measure_models
from tests.bench.starter import measure_starter

# Each area is told whether to list what went wrong in detail.
AREAS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "loop": lambda verbose: measure_loop(),
    "models": lambda verbose: measure_models(),
    "starter": lambda verbose: measure_starter(),
    "conversation": measure_conversation,
    "guide": measure_guide,
}


def main() -> int:
    """Print what was measured; 0 also when a goal is missed: a slow machine fails nothing."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("areas", nargs="*", help=f"of {', '.join(AREAS)}; all if none is named")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="list what went wrong, on standard error")
    wishes = parser.parse_args()
    unknown = set(wishes.areas) - set(AREAS)
    if unknown:
        parser.error(f"no such area: {', '.join(sorted(unknown))}")
    found = {}
    for area in wishes.areas or AREAS:
        for figure in AREAS[area](wishes.verbose):
            found[f"{area}.{figure.name}"] = figure.to_json()
            if not wishes.json:
                print(f"{area}.{figure}", flush=True)
    if wishes.json:
        print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
