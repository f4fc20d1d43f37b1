from __future__ import annotations

import pytest

from shiplabel.cli.flags import Flags, hoist, remember, said


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ([], []),
        (["sessions", "list", "--sandbox"], ["--sandbox", "sessions", "list"]),
        (["new", "--data-dir", "D", "--yes"], ["--data-dir", "D", "new", "--yes"]),
        (["new", "--data-dir=D", "--plain"], ["--data-dir=D", "--plain", "new"]),
        (["--plain", "new", "--verbose"], ["--plain", "--verbose", "new"]),
        (["new", "--lang"], ["--lang", "new"]),
        (["addresses", "save", "--", "--plain"], ["addresses", "save", "--", "--plain"]),
        (["config", "get", "--data-dirs"], ["config", "get", "--data-dirs"]),
    ],
)
def test_global_options_are_moved_before_the_command(typed: list[str], understood: list[str]) -> None:
    assert hoist(typed) == understood


def test_flags_remembered_are_what_was_said() -> None:
    before = said()
    try:
        remember(data_dir="D", plain=True)
        assert said() == Flags(data_dir="D", plain=True)
    finally:
        remember(**{name: getattr(before, name) for name in Flags.__dataclass_fields__})
