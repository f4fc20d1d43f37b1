"""Rates and carriers as the service tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shiplabel.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier account; ``balance`` counts only where labels are prepaid from it."""

    carrier_id: str
    carrier_code: str
    name: str
    nickname: str = ""
    prepaid: bool = False
    balance: Decimal | None = None
    disabled: bool = False
    services: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a carrier asks for a service; ``total`` is all of it, ``parts`` what is in it by name."""

    rate_id: str
    carrier_id: str
    carrier_code: str
    service_code: str
    total: Money
    carrier_name: str = ""
    service_name: str = ""
    package_type: str | None = None
    parts: dict[str, Money]
    delivery_days: int | None = None
    delivery_at: datetime | None = None
    delivery_words: str = ""
    zone: int | None = None
    guaranteed: bool = False
    trackable: bool = True
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierFailure:
    """A carrier that did not quote, and what was said of it; ids are empty when the service hid them."""

    carrier_id: str
    carrier_code: str
    message: str
    code: str = ""
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One answer to one question for rates; ``labelled`` tells that its shipment has a label already."""

    rates: tuple[Rate, ...]
    failures: tuple[CarrierFailure, ...] = ()
    shipment_id: str | None = None
    working: bool = False
    labelled: bool = False
