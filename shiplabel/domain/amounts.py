"""Amounts that stand in options and settings: money, a pace of requests, a length of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shiplabel.domain import limits
from shiplabel.domain.money import Money
from shiplabel.domain.text import clean, quoted
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase

_SIGNS = {"$": "usd", "us$": "usd", "€": "eur", "£": "gbp", "c$": "cad", "ca$": "cad"}
_CURRENCY = r"[A-Za-z]{3}|(?:us|ca?)?\$|€|£"
_MONEY = re.compile(
    rf"(?P<before>{_CURRENCY})?\s*(?P<amount>[0-9][0-9.,]*)\s*(?P<after>{_CURRENCY})?", re.IGNORECASE
)
_AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,4})?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,2}|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_THOUSAND = re.compile(r"[0-9]{1,3}[,.][0-9]{3}")
_PACE = re.compile(r"(?P<requests>[0-9]{1,6})\s*/\s*(?P<seconds>[0-9]{1,6})\s*s?")
_DURATION = re.compile(r"(?P<count>[0-9]{1,6})\s*(?P<unit>[smhd])", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How many requests may be sent in so many seconds."""

    requests: int
    per_s: int


def parse_money(text: str, field: str = "") -> Money:
    """Return the money that was typed: ``100usd``, ``$12.50``, ``12,50``; bare amounts are dollars."""
    typed = clean(text, field=field, label=marked("The amount"))
    found = _MONEY.fullmatch(typed)
    amount = _amount(found["amount"], text, field) if found else None
    if not found or amount is None or (found["before"] and found["after"]):
        raise InputError(
            phrase("{text} is not an amount. Type it like 12.50 or 100usd.", text=quoted(text)), field=field
        )
    if amount > limits.AMOUNT_USD:
        raise InputError(
            phrase("{text} is more than {most:,}.", text=quoted(text), most=limits.AMOUNT_USD),
            field=field,
        )
    sign = (found["before"] or found["after"] or "usd").lower()
    return Money(amount, _SIGNS.get(sign, sign))


def parse_rate_limit(text: str, field: str = "") -> Pace:
    """Return the pace that was typed: ``200/60`` is 200 requests in 60 seconds."""
    found = _PACE.fullmatch(text.strip())
    if not found or not int(found["requests"]) or not int(found["seconds"]):
        raise InputError(
            phrase("{text} is not a rate limit. Type requests/seconds, like 200/60.", text=quoted(text)),
            field=field,
        )
    return Pace(int(found["requests"]), int(found["seconds"]))


def parse_duration(text: str, field: str = "") -> timedelta:
    """Return the length of time that was typed: ``24h``, ``15m``, ``120s``, ``2d``."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise InputError(
            phrase("{text} is not a length of time. Type it like 24h, 15m or 120s.", text=quoted(text)),
            field=field,
        )
    return timedelta(**{_UNITS[found["unit"].lower()]: int(found["count"])})


def _amount(digits: str, text: str, field: str) -> Decimal | None:
    if _GROUPED.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    if _THOUSAND.fullmatch(digits) and "," in digits:
        raise InputError(
            phrase("{text} may mean thousands or a fraction. Type it without the comma.", text=quoted(text)),
            field=field,
        )
    return Decimal(digits.replace(",", ".")) if _AMOUNT.fullmatch(digits) else None
