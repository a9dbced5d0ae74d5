from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sfumato.conversation import Version
from sfumato.version_tree import Place, lay_out
from tests.fakes import recipe


def versions(*parents: int | None) -> list[Version]:
    return [Version(number, parent, recipe(number)) for number, parent in enumerate(parents, start=1)]


def test_a_conversation_without_branches_stands_in_one_line() -> None:
    assert {place.lane for place in lay_out(versions(None, 1, 2, None, 4)).values()} == {0}


def test_a_branch_opens_a_lane_of_its_own() -> None:
    places = lay_out(versions(None, 1, 1, 3, 2))
    assert places == {1: Place(0, 0), 2: Place(1, 0), 3: Place(2, 1), 4: Place(3, 1), 5: Place(4, 0)}


@st.composite
def any_tree(draw: st.DrawFn) -> list[Version]:
    count = draw(st.integers(1, 25))
    return versions(*(draw(st.none() | st.integers(1, n - 1)) if n > 1 else None for n in range(1, count + 1)))


@given(any_tree())
def test_no_line_from_a_parent_to_its_child_crosses_another_picture(tree: list[Version]) -> None:
    places = lay_out(tree)
    assert len(set(places.values())) == len(tree)
    for version in tree:
        if version.parent is None:
            continue
        begin, end = places[version.parent], places[version.number]
        between = [p for p in places.values() if p.lane == end.lane and begin.column < p.column < end.column]
        assert begin.column < end.column
        assert not between
