from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from shiplabel.domain.amounts import Pace, parse_duration, parse_money, parse_rate_limit
from shiplabel.domain.money import Money
from shiplabel.errors import InputError


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("100usd", "100", "usd"), ("12.50", "12.50", "usd"), ("$12.50", "12.50", "usd"),
        ("12,50", "12.50", "usd"),
        ("US$ 5", "5", "usd"), ("5 CAD", "5", "cad"), ("€7", "7", "eur"), ("7.5801", "7.5801", "usd"),
        ("0", "0", "usd"),
        ("$1,234.50", "1234.50", "usd"), ("7.580", "7.580", "usd"), ("C$3", "3", "cad"),
        ("GBP 3", "3", "gbp"),
        ("10,000,000.00", None, ""), ("1,000", None, ""), ("-5", None, ""), ("nan", None, ""),
        ("1e9", None, ""),
        ("", None, ""), ("$5usd", None, ""), ("5.", None, ""), ("1.2.3", None, ""), ("100001", None, ""),
        ("5\x1b", None, ""), ("12.50 dollars", None, ""), ("1" * 10_000, None, ""),
    ],
)  # fmt: skip
def test_parse_money_as_people_write_it(text: str, amount: str | None, currency: str) -> None:
    if amount is None:
        with pytest.raises(InputError) as caught:
            parse_money(text, "insure")
        assert caught.value.field == "insure"
    else:
        assert parse_money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(("text", "pace"), [("200/60", Pace(200, 60)), (" 20 / 6s ", Pace(20, 6))])
def test_parse_rate_limit_requests_over_seconds(text: str, pace: Pace) -> None:
    assert parse_rate_limit(text) == pace


@pytest.mark.parametrize("text", ["", "200", "0/60", "200/0", "-1/5", "a/b", "1.5/2"])
def test_parse_rate_limit_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="200/60"):
        parse_rate_limit(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("24h", 86400), ("15m", 900), ("120s", 120), ("2 D", 172_800), ("0s", 0)]
)
def test_parse_duration_number_and_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "1w", "9999999d"])
def test_parse_duration_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="24h"):
        parse_duration(text)
