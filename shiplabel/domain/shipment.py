"""What is to be sent: two addresses, one parcel, and what the clerk wishes of the carrier.

Field names follow the service, so that a field it refuses maps to a step by a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shiplabel.domain.money import Money

WeightUnit = Literal["pound", "ounce", "gram", "kilogram"]
LengthUnit = Literal["inch", "centimeter"]


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; empty strings where a part is not given."""

    name: str
    address_line1: str
    city_locality: str
    state_province: str
    postal_code: str
    country_code: str = "US"
    company_name: str = ""
    address_line2: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight in the unit it was given in; the value is above zero."""

    value: Decimal
    unit: WeightUnit


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Three sides of a parcel in one unit; each above zero."""

    length: Decimal
    width: Decimal
    height: Decimal
    unit: LengthUnit = "inch"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel: its weight, its sides, the carrier's package code."""

    weight: Weight
    dimensions: Dimensions | None
    package_code: str = "package"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """The wish to send one parcel; ``shipment_key`` is our own name for it at the service."""

    shipment_key: str
    ship_from: Address
    ship_to: Address
    parcel: Parcel
    confirmation: str = "none"
    insured_value: Money | None = None
    reference: str = ""
    carrier_id: str = ""
    service_code: str = ""


@dataclass(frozen=True, slots=True)
class KnownShipment:
    """A shipment as the service knows it: the key it carries, and whether the service says it has a label."""

    shipment_id: str
    shipment_key: str | None
    labelled: bool = False
