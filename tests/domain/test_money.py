from __future__ import annotations

from decimal import Decimal

import pytest

from shiplabel.domain.label import Label
from shiplabel.domain.money import Money


def test_money_sums_and_compares_in_one_currency() -> None:
    five, two = Money(Decimal(5)), Money(Decimal(2))
    assert five + two == Money(Decimal(7))
    assert five - two == Money(Decimal(3))
    assert two < five
    assert two <= two  # noqa: PLR0124 - the boundary is the point


def test_money_two_currencies_never_mix() -> None:
    usd, cad = Money(Decimal(5)), Money(Decimal(5), "cad")
    for act in (lambda: usd + cad, lambda: usd - cad, lambda: usd < cad, lambda: usd <= cad):
        with pytest.raises(ValueError, match=r"do not add up"):
            act()


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("7.5", "usd", "$7.50"),
        ("7.5801", "usd", "$7.5801"),
        ("7.5800", "usd", "$7.58"),
        ("7", "cad", "7.00 cad"),
    ],
)
def test_money_is_shown_with_at_least_two_decimals(amount: str, currency: str, shown: str) -> None:
    assert str(Money(Decimal(amount), currency)) == shown


@pytest.mark.parametrize(
    ("status", "voided", "active"),
    [
        ("completed", False, True),
        ("completed", True, False),
        ("voided", False, False),
        ("error", False, False),
    ],
)
def test_label_is_active_unless_voided_or_failed(status: str, voided: bool, active: bool) -> None:
    assert Label(label_id="se-1", status=status, shipment_id="se-2", voided=voided).is_active is active
