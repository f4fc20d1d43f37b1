from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from shiplabel.cli.wizard.review import span, summary_grid, summary_lines
from shiplabel.errors import InputError
from shiplabel.workflow.session import Session, begin


def session(**answers: str | None) -> Session:
    begun = begin(
        now=datetime(2026, 11, 24, tzinfo=UTC),
        life=timedelta(hours=24),
        environment="sandbox",
        shipment_key="k",
    )
    return replace(begun, answers=dict(answers))


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("f", "from_name", "from_phone"),
        ("T", "to_name", "to_phone"),
        ("parcel", "parcel_weight", "parcel_height"),
        ("15", "to_zip", "to_zip"),
        ("to_zip", "to_zip", "to_zip"),
        ("Ship to · ZIP code", "to_zip", "to_zip"),
        (" weight ", "parcel_weight", "parcel_weight"),
    ],
)
def test_edit_named_in_any_way_means_its_steps(typed: str, first: str, last: str) -> None:
    assert span(typed) == (first, last)


@pytest.mark.parametrize("typed", ["0", "21", "99999999999999", "colour", "²", "."])
def test_edit_of_no_field_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="no field"):
        span(typed)


def test_edit_of_a_field_on_both_sides_asks_which() -> None:
    with pytest.raises(InputError, match=r"5 \(Ship from\) or 13 \(Ship to\)"):
        span("city")


def test_summary_shows_markup_and_escapes_literally() -> None:
    shown = session(from_name="[bold]Ann\x1b[31m")
    assert "[bold]Ann\\x1b[31m" in summary_lines(shown)[0]
    console = Console(width=100, force_terminal=False)
    with console.capture() as captured:
        console.print(summary_grid(shown))
    assert "[bold]Ann\\x1b[31m" in captured.get()


def test_summary_lines_hold_every_field_on_one_line() -> None:
    lines = summary_lines(session(to_city="x" * 200))
    assert len(lines) == 20
    assert lines[12].endswith("x" * 200)
