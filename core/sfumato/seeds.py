"""Which seed the next picture is painted from. The rule is a value, so that it can be shown and flipped."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sfumato.errors import SfumatoError

DRAWN_BITS = 32
MAX_SEED = 2**64 - 1


@dataclass(frozen=True, slots=True)
class SeedRule:
    """`keep` the parent's seed (or, with a number, that which is locked), draw a `new` one, or use `exactly` the number given."""

    kind: Literal["keep", "new", "exactly"]
    number: int | None = None

    def __str__(self) -> str:
        return str(self.number) if self.kind == "exactly" else self.kind


KEEP = SeedRule("keep")
NEW = SeedRule("new")


def locked(number: int) -> SeedRule:
    """A seed that a person keeps for whatever is said, until they let it go."""
    return SeedRule("keep", number)


def exactly(number: int) -> SeedRule:
    """A seed that was named.

    Raises:
        SfumatoError: if it is not between 0 and 2**64 - 1.
    """
    if not 0 <= number <= MAX_SEED:
        raise SfumatoError(
            f"The seed {number} is out of range.", f"Use a whole number between 0 and {MAX_SEED} (2^64 - 1)."
        )
    return SeedRule("exactly", number)


def parse_seed(text: str) -> int:
    """A seed as a person types it.

    Raises:
        SfumatoError: if it is not a whole number in range.
    """
    try:
        number = int(text.strip())
    except ValueError as error:
        raise SfumatoError(f"“{text.strip()[:40]}” is not a seed.", "A seed is a whole number, such as 42.") from error
    exactly(number)
    return number


def draw_seed() -> int:
    """A new 32-bit seed."""
    return secrets.randbits(DRAWN_BITS)


def resolve(
    rule: SeedRule, parent_seed: int | None, count: int = 1, draw: Callable[[], int] = draw_seed
) -> tuple[int, ...]:
    """The seeds s, s+1, ... of `count` pictures. Keeping without a parent draws a new seed."""
    if rule.number is not None:
        first = rule.number
    else:
        first = parent_seed if rule.kind == "keep" and parent_seed is not None else draw()
    return tuple((first + step) % (MAX_SEED + 1) for step in range(count))


def seed_words(rule: SeedRule, seeds: tuple[int, ...], kept: int | None) -> str:
    """The rule that was applied, as a person reads it. `kept` is the seed that could be kept, if there is one."""
    if not seeds:
        return ""
    if len(seeds) > 1:
        shown = ", ".join(map(str, seeds)) if len(seeds) <= 4 else f"{seeds[0]} to {seeds[-1]}"
        return f"seeds {shown}" + (f"; {kept} kept for the first" if seeds[0] == kept else "")
    if seeds[0] == kept or (rule.kind == "keep" and rule.number is not None):
        return f"seed {seeds[0]} kept"
    return f"seed {seeds[0]}, as named" if rule.kind == "exactly" else f"new seed {seeds[0]}"


def other_rule(seeds: tuple[int, ...], kept: int | None) -> SeedRule | None:
    """What one click does instead: a new seed where one was kept, the kept one where it was not; None without a choice."""
    if kept is None:
        return None
    return NEW if seeds[:1] == (kept,) else exactly(kept)
