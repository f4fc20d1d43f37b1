from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from shiplabel.cli import tables
from shiplabel.domain.money import Money
from shiplabel.domain.rate import CarrierFailure, Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUND = Rate(
    rate_id="se-1",
    carrier_id="se-c",
    carrier_code="stamps_com",
    carrier_name="USPS",
    service_code="usps_ground_advantage",
    service_name="USPS Ground Advantage",
    total=Money(Decimal("8.08")),
    package_type="package",
    parts={
        "shipping": Money(Decimal("7.58")),
        "insurance": Money(Decimal("0.50")),
        "other": Money(Decimal(0)),
    },
    delivery_days=3,
    delivery_at=datetime(2026, 11, 27, tzinfo=UTC),
)
BOX = replace(GROUND, rate_id="se-2", total=Money(Decimal("6.00")), package_type="flat_rate_box")
ODD = replace(GROUND, rate_id="se-3", service_name="[red]Odd\x1b[2J", warnings=("above the balance of 5.00",))


def drawn(rates: Sequence[Rate], width: int) -> str:
    console = Console(width=width, force_terminal=False)
    with console.capture() as captured:
        console.print(tables.rates_table(rates, tables.marks_of(rates), width=width))
    return captured.get()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_table_fits_the_terminal_and_shows_price_and_day(width: int) -> None:
    text = drawn([GROUND, BOX, ODD], width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    assert "$8.08" in text
    assert "Fri Nov 27" in text


@pytest.mark.parametrize("width", [80, 120])
def test_table_shows_words_of_the_service_literally(width: int) -> None:
    text = drawn([ODD], width)
    assert "[red]Odd" in text
    assert "\x1b" not in text


def test_cheapest_mark_leaves_out_another_package_type() -> None:
    assert tables.marks_of([GROUND, BOX]).cheapest == "se-1"
    assert tables.marks_of([BOX]) == tables.Marks(others=frozenset({"se-2"}))


def test_plain_rows_are_one_line_a_rate_and_never_cut() -> None:
    long = replace(GROUND, service_name="USPS " + "x" * 300, warnings=("line one\nline two",))
    rows = tables.plain_rows([long, BOX], tables.marks_of([long, BOX]))
    assert len(rows) == 3
    assert "x" * 300 in rows[1]
    assert "cheapest" in rows[1]
    assert "shipping 7.58, insurance 0.50" in rows[1]


@pytest.mark.parametrize(
    ("name", "carrier", "full"),
    [
        ("USPS Ground Advantage", "USPS", "USPS Ground Advantage"),
        ("UPS® Ground", "UPS", "UPS® Ground"),
        ("Ground", "FedEx", "FedEx Ground"),
        ("Uplift", "UP", "UP Uplift"),
    ],
)
def test_full_name_says_the_carrier_once(name: str, carrier: str, full: str) -> None:
    rate = replace(GROUND, service_name=name, carrier_name=carrier)
    assert tables.full_name(rate) == full


def test_arrival_without_a_day_uses_the_carriers_words_or_says_so() -> None:
    bare = replace(GROUND, delivery_days=None, delivery_at=None)
    assert tables.arrival(bare) == "not said"
    assert tables.arrival(replace(bare, delivery_words="2 - 8")) == "2 - 8 days"


def test_arrival_tells_the_day_of_the_carriers_words_and_never_a_time_alone() -> None:
    told = replace(GROUND, delivery_days=None, delivery_at=None, delivery_words="Thursday 9/2 by 11:00 PM")
    assert tables.arrival(told) == "Thursday 9/2 by 11:00 PM"
    assert tables.arrival(told, short=True) == "Thursday 9/2"
    hour = replace(told, delivery_words="by 11:00 PM")
    assert tables.arrival(hour) == "day not said, by 11:00 PM"
    assert tables.arrival(hour, short=True) == "day not said"
    dated = replace(hour, delivery_days=3)
    assert tables.arrival(dated) == "3 days"


def test_footnotes_name_the_row_of_each_warning() -> None:
    assert tables.footnotes([GROUND, ODD], 4) == ["! 5: above the balance of 5.00"]


def test_failures_are_named_by_carrier_and_made_safe() -> None:
    failure = CarrierFailure(carrier_id="se-9", carrier_code="dhl", message="no\x1b[2J")
    assert tables.failure_lines([failure]) == ["dhl: no\\x1b[2J"]


def test_print_rates_without_a_terminal_prints_lines(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_rates([GROUND], plain=False)
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 2
    assert out[1].startswith("1  USPS")


def test_full_name_of_a_brand_in_another_account_leaves_the_account_out() -> None:
    assert tables.full_name(replace(GROUND, carrier_name="Stamps.com")) == "USPS Ground Advantage"
