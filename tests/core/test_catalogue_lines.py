"""A person's catalogue file that is wrong: the line is named."""

from __future__ import annotations

import pytest

from sfumato.model_catalog import toml_line

TEXT = """# mine
[[models]]
id = "a"
memory_gib = { float32 = 4 }
[models.source]
size_bytes = 1
[[models]]
id = "b"
[models.picture]
"steps" = "many"
width = 1
[models.source]
size_bytes = "many"
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("models", 0, "id"), 3),
        (("models", 0, "memory_gib", "float32"), 4),
        (("models", 0, "source", "size_bytes"), 6),
        (("models", 0, "licence"), 2),  # missing: where the entry begins
        (("models", 0, "source", "repository"), 5),
        (("models", 1, "picture", "steps"), 10),
        (("models", 1, "picture", "portrait", 0), 9),
        (("models", 1, "source", "size_bytes"), 13),
        (("models", 1), 7),
        ((), 2),
    ],
)
def test_the_line_of_a_value_or_of_what_it_is_missing_in(place: tuple[int | str, ...], line: int) -> None:
    assert toml_line(TEXT, place) == line
