"""What a carrier asks for a parcel and how long it takes: pure rules, nothing kept.

A price is a base plus a step for each pound, both moved by the zone; size counts through dimensional weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shiplabel.sandbox.carriers import Carrier, Service

_CENT = Decimal("0.01")
_FOUR = Decimal("0.0001")
_OUNCES = {
    "pound": Decimal(16),
    "ounce": Decimal(1),
    "gram": Decimal("0.035274"),
    "kilogram": Decimal("35.274"),
}
_INCHES = {"inch": Decimal(1), "centimeter": Decimal("0.393701")}
_SATURDAY = 5
_CUBIC_FOOT = 1728


_d = Decimal
_CONFIRMATION = {
    "none": _d("0.0000"),
    "delivery": _d("0.0000"),
    "signature": _d("3.4500"),
    "adult_signature": _d("8.2500"),
    "direct_signature": _d("5.9500"),
    "delivery_mailed": _d("1.9000"),
    "verbal_confirmation": _d("4.0000"),
    "delivery_code": _d("1.2500"),
    "age_verification_16_plus": _d("7.1000"),
}
CONFIRMATIONS = frozenset(_CONFIRMATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a carrier looks at: ounces, cubic inches (0 when not told), zone, wishes that cost extra."""

    ounces: Decimal
    cubic_inches: Decimal
    zone: int
    international: bool
    insured: Decimal = Decimal(0)
    confirmation: str = "none"
    residential: bool = False

    @property
    def pounds(self) -> Decimal:
        """Return the weight in pounds."""
        return self.ounces / 16


@dataclass(frozen=True, slots=True)
class Price:
    """The four amounts of a rate, in US dollars; the bill is their sum."""

    shipping: Decimal
    insurance: Decimal
    confirmation: Decimal
    other: Decimal

    @property
    def total(self) -> Decimal:
        """Return what the label costs."""
        return self.shipping + self.insurance + self.confirmation + self.other


def ounces(value: Decimal, unit: str) -> Decimal:
    """Return a weight in ounces; raise KeyError for a unit that the service does not know."""
    return value * _OUNCES[unit]


def cubic_inches(length: Decimal, width: Decimal, height: Decimal, unit: str) -> Decimal:
    """Return a volume in cubic inches; raise KeyError for an unknown unit."""
    return length * width * height * _INCHES[unit] ** 3


def price(carrier: Carrier, service: Service, package: str | None, load: Load) -> Price:
    """Return what a carrier asks for one parcel in one of its services and packages."""
    if package is not None and service.flat and package in service.flat:
        shipping = service.flat[package]
    else:
        pounds = _billed_pounds(carrier, load)
        far = 1 + Decimal(load.zone - 1) * Decimal("0.085")
        shipping = (service.base + service.pound * pounds) * far
    other = shipping * carrier.fuel + (Decimal("2.15") if carrier.fuel and load.residential else 0)
    return Price(
        cents(shipping),
        insurance(load.insured),
        _CONFIRMATION[load.confirmation],
        cents(other),
    )


def insurance(insured: Decimal) -> Decimal:
    """Return the premium: for each begun hundred dollars."""
    hundreds = (insured / 100).quantize(Decimal(1), ROUND_UP)
    return cents(hundreds * Decimal("1.05"))


def cents(amount: Decimal) -> Decimal:
    """Round to whole cents, written with four decimals as the service does."""
    return amount.quantize(_CENT).quantize(_FOUR)


def transit_days(service: Service, zone: int) -> int | None:
    """Return working days on the way, or None where the carrier promises none."""
    if service.days is None:
        return None
    near, far = service.days
    return near + (far - near) * (zone - 1) // 7


def working_day(start: date, days: int) -> date:
    """Return the day that is so many working days after a start."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day


def _billed_pounds(carrier: Carrier, load: Load) -> Decimal:
    if load.pounds < 1 and load.cubic_inches <= _CUBIC_FOOT:
        return (load.ounces / 4).quantize(Decimal(1), ROUND_UP) / 4
    pounds = load.pounds.quantize(Decimal(1), ROUND_UP)
    if carrier.code == "stamps_com" and load.cubic_inches <= _CUBIC_FOOT:
        return pounds
    return max(pounds, (load.cubic_inches / carrier.divisor).quantize(Decimal(1), ROUND_UP))
