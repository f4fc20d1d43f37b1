from __future__ import annotations

from decimal import Decimal

import pytest

from shiplabel.cli.wizard import view as views
from shiplabel.cli.wizard.view import View
from shiplabel.domain.money import Money
from shiplabel.domain.rate import Rate
from shiplabel.errors import InputError


def rate(rate_id: str, carrier: str, amount: str, days: int | None = None) -> Rate:
    total = Money(Decimal(amount))
    return Rate(
        rate_id=rate_id,
        carrier_id=f"se-{carrier}",
        carrier_code=carrier.lower(),
        carrier_name=carrier,
        service_code=f"{carrier.lower()}_x",
        service_name=f"{carrier} Express",
        total=total,
        package_type="package",
        parts={"shipping": total},
        delivery_days=days,
    )


RATES = (rate("1", "UPS", "12.00", 2), rate("2", "USPS", "7.58", 3), rate("3", "FedEx", "9.00"))


def ids(view: View) -> list[str]:
    return [each.rate_id for each in views.shown(RATES, view)]


def test_rates_untouched_stand_by_total() -> None:
    assert ids(View()) == ["2", "3", "1"]


def test_rates_resorted_go_by_days_then_carrier_then_total_again() -> None:
    by_days = View().resorted()
    assert ids(by_days) == ["1", "2", "3"]
    assert ids(by_days.resorted()) == ["3", "1", "2"]
    assert by_days.resorted().resorted().order == "total"


@pytest.mark.parametrize(
    ("letter", "typed", "left"),
    [
        ("c", "ups", ["1"]),
        ("c", "fed", ["3"]),
        ("d", "2", ["1"]),
        ("d", "3 days", ["2", "1"]),
        ("p", "$9", ["2", "3"]),
        ("p", "7,60", ["2"]),
    ],
)
def test_filter_typed_leaves_what_passes(letter: str, typed: str, left: list[str]) -> None:
    assert ids(views.narrowed(View(), letter, typed, RATES)) == left


@pytest.mark.parametrize("letter", ["c", "d", "p"])
def test_filter_empty_lifts_it(letter: str) -> None:
    narrow = View(carrier="UPS", days=2, price=Money(Decimal(20)))
    widened = views.narrowed(narrow, letter, " ", RATES)
    assert getattr(widened, {"c": "carrier", "d": "days", "p": "price"}[letter]) in {"", None}


@pytest.mark.parametrize(
    ("letter", "typed"), [("c", "dhl"), ("d", "soon"), ("d", "9" * 50), ("p", "nan"), ("p", "-1"), ("d", "0")]
)
def test_filter_unusable_or_leaving_nothing_is_refused(letter: str, typed: str) -> None:
    with pytest.raises(InputError):
        views.narrowed(View(), letter, typed, RATES)


def test_view_words_tell_order_and_filters() -> None:
    assert View().words() == ""
    assert View(order="days", carrier="UPS", days=1).words() == "by days, carrier UPS, within 1 day"
