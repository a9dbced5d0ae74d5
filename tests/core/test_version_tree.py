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


def test_a_branch_opens_a_lane_of_its_own_below_its_parent() -> None:
    places = lay_out(versions(None, 1, 1, 3, 2))
    assert places == {1: Place(0, 0), 2: Place(1, 0), 3: Place(1, 1), 4: Place(2, 1), 5: Place(2, 0)}


def test_what_goes_on_longest_stays_in_its_lane_and_what_was_given_up_hangs_below() -> None:
    places = lay_out(versions(None, 1, 1, 3, 4))
    assert [places[number].lane for number in (1, 3, 4, 5)] == [0, 0, 0, 0]
    assert places[2] == Place(1, 1)


def test_a_lane_is_used_again_where_its_branch_has_ended() -> None:
    places = lay_out(versions(None, 1, 2, 3, 4, 1, 3, 4))
    assert [places[number].lane for number in (6, 7, 8)] == [1, 1, 1]
    places = lay_out(versions(None, 1, 1, 2, 2, None))
    assert (places[3], places[5], places[6]) == (Place(1, 1), Place(2, 1), Place(3, 0))


def test_many_tries_take_as_little_room_as_they_can() -> None:
    """Seventeen pictures: a line of nine, and tries beside it now and then."""
    tree = versions(None, 1, 2, 2, 4, 4, 6, 7, 7, 9, 10, 10, 12, 6, None, 15, 15)
    places = lay_out(tree).values()
    assert max(place.column for place in places) < 11
    assert max(place.lane for place in places) < 3


@st.composite
def any_tree(draw: st.DrawFn) -> list[Version]:
    count = draw(st.integers(1, 25))
    return versions(*(draw(st.none() | st.integers(1, n - 1)) if n > 1 else None for n in range(1, count + 1)))


@given(any_tree())
def test_no_line_from_a_parent_to_its_child_crosses_another_line_or_picture(tree: list[Version]) -> None:
    places = lay_out(tree)
    assert len(set(places.values())) == len(tree)
    edges = [(places[v.parent], places[v.number]) for v in tree if v.parent is not None]
    assert all(end.column == begin.column + 1 and end.lane >= begin.lane for begin, end in edges)
    for begin, end in edges:
        for other, goal in edges:
            if other.column == begin.column and other != begin:  # lines down the same gap never meet
                assert goal.lane < begin.lane or other.lane > end.lane
