"""How the tree of versions is laid out: one column per version in the order of painting, one lane per branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sfumato.conversation import Version


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version stands: `column` counts versions, `lane` counts branches from the top, both from 0."""

    column: int
    lane: int


def lay_out(versions: Sequence[Version]) -> dict[int, Place]:
    """A place for every version, by number. `versions` are in the order of their numbers.

    The first child goes on in its parent's lane as long as that is free; every other child opens a branch in the first
    lane below that is free from its parent's column on, so that the line from a parent to its child crosses no other
    version. A new beginning takes the topmost lane.
    """
    places: dict[int, Place] = {}
    last_column: list[int] = []  # by lane: the last column that is taken
    for column, version in enumerate(versions):
        parent = places.get(version.parent) if version.parent is not None else None
        begins = parent.column if parent else column
        if parent and last_column[parent.lane] == parent.column:
            lane = parent.lane
        else:
            above = parent.lane + 1 if parent else 0
            free = (lane for lane, last in enumerate(last_column) if lane >= above and last < begins)
            lane = next(free, len(last_column))
        if lane == len(last_column):
            last_column.append(column)
        last_column[lane] = column
        places[version.number] = Place(column, lane)
    return places
