"""How the tree of versions is laid out: one column per step from the beginning, one lane per branch, as few as will do.

The child from which most steps go on stays in its parent's lane, so that a long conversation is one line and tries that
were given up hang below it. A lane is used again as soon as what stands in it has ended. Trees stand beside each
other, and below each other where that would be out of sight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sfumato.conversation import Version

COLUMNS_IN_SIGHT, LANES_IN_SIGHT = 18, 4  # of the strip with its small thumbnails
Children = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version stands: `column` counts steps from the left, `lane` counts branches from the top, both from 0."""

    column: int
    lane: int


def lay_out(versions: Sequence[Version]) -> dict[int, Place]:
    """A place for every version, by number. `versions` are in the order of their numbers.

    A line from a parent goes right out of it, down between its column and the next, and into the child: no such line
    crosses another one or a version.
    """
    known = {version.number for version in versions}
    children: dict[int, list[int]] = defaultdict(list)
    roots: list[int] = []
    for version in versions:
        (children[version.parent] if version.parent in known else roots).append(version.number)
    steps: dict[int, int] = {}  # from a version to the last one that came of it
    for version in reversed(versions):  # children have higher numbers than their parents
        steps[version.number] = 1 + max((steps[child] for child in children.get(version.number, ())), default=0)
        children[version.number].sort(key=lambda child: (-steps[child], child))
    places: dict[int, Place] = {}
    last: dict[int, int] = defaultdict(lambda: -1)  # by lane: the last column that a tree before this one takes
    for root in roots:
        tree = _tree(root, children)
        taken = [*tree.values(), *_bends(tree, children)]
        begins, top = _beside(taken, last, 0)
        if begins + max(place.column for place in taken) >= COLUMNS_IN_SIGHT:
            lowest = max(place.lane for place in taken)
            begins, top = min(_beside(taken, last, top) for top in range(max(1, LANES_IN_SIGHT - lowest)))
        for place in taken:
            last[place.lane + top] = max(last[place.lane + top], begins + place.column)
        places |= {number: Place(begins + place.column, top + place.lane) for number, place in tree.items()}
    return places


def _beside(taken: Sequence[Place], last: Mapping[int, int], top: int) -> tuple[int, int]:
    """The first column where a tree has room right of what stands there, from the lane `top` on; and that lane."""
    return max(last[place.lane + top] + 1 - place.column for place in taken), top


def _tree(root: int, children: Children) -> dict[int, Place]:
    """One tree by itself. A first child goes on in its parent's lane, so a whole line of them needs one that is free."""
    places: dict[int, Place] = {}
    lowest: dict[int, int] = defaultdict(lambda: -1)  # by column: the lowest lane that is taken
    branches = [(root, 0, 0)]  # the first version of a branch, its column, and the lane it must not stand above
    while branches:
        number, column, least = branches.pop()
        line = [number]
        while children[line[-1]]:
            line.append(children[line[-1]][0])
        lane = max(least, *(lowest[column + step] + 1 for step in range(len(line))))
        for step, name in enumerate(line):
            places[name] = Place(column + step, lane)
            lowest[column + step] = lane
        for step, name in enumerate(line):  # what branches off last in the line comes first, so it stands next to it
            branches += [(other, column + step + 1, lane + 1) for other in reversed(children[name][1:])]
    return places


def _bends(tree: Mapping[int, Place], children: Children) -> Iterable[Place]:
    """Where lines between columns pass by: no other tree may stand there."""
    for number, place in tree.items():
        lowest = max((tree[child].lane for child in children[number]), default=place.lane)
        yield from (Place(place.column, lane) for lane in range(place.lane + 1, lowest + 1))
