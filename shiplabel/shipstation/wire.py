"""The service's JSON as typed shapes: tolerant of unknown fields, of nulls, of amounts as strings.

Only identifying fields are required. What these shapes mean stands in ``reading``.
"""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003  # the decoder reads annotations when it runs
from typing import Any

import msgspec


class Amount(msgspec.Struct):
    """An amount of money."""

    amount: Decimal | None = None
    currency: str | None = None


class Service(msgspec.Struct):
    """A carrier's product."""

    service_code: str | None = None


class Package(msgspec.Struct):
    """A carrier's package type."""

    package_code: str | None = None


class Fault(msgspec.Struct):
    """An error inside an answer that is otherwise a success."""

    message: str | None = None
    error_code: str | None = None
    carrier_id: str | None = None
    carrier_code: str | None = None


class Carrier(msgspec.Struct):
    """A carrier account."""

    carrier_id: str
    carrier_code: str | None = None
    friendly_name: str | None = None
    nickname: str | None = None
    requires_funded_amount: bool | None = None
    balance: Decimal | None = None
    disabled_by_billing_plan: bool | None = None
    connection_status: str | None = None
    services: list[Service] | None = None
    packages: list[Package] | None = None


class Carriers(msgspec.Struct):
    """GET /v2/carriers; ``errors`` name carriers that could not be asked."""

    carriers: list[Carrier]
    errors: list[Fault] | None = None
    request_id: str | None = None


class Rate(msgspec.Struct):
    """A rate; its total is the sum of its amounts."""

    rate_id: str | None = None
    carrier_id: str | None = None
    carrier_code: str | None = None
    carrier_friendly_name: str | None = None
    service_code: str | None = None
    service_type: str | None = None
    package_type: str | None = None
    shipping_amount: Amount | None = None
    insurance_amount: Amount | None = None
    confirmation_amount: Amount | None = None
    other_amount: Amount | None = None
    tax_amount: Amount | None = None
    zone: int | None = None
    delivery_days: int | None = None
    estimated_delivery_date: str | None = None
    carrier_delivery_days: str | None = None
    guaranteed_service: bool | None = None
    trackable: bool | None = None
    validation_status: str | None = None
    warning_messages: list[str | None] | None = None
    error_messages: list[str | None] | None = None


class RateResponse(msgspec.Struct):
    """The rates of one question; ``status`` is ``working`` until all carriers have answered."""

    rates: list[Rate] | None = None
    invalid_rates: list[Rate] | None = None
    errors: list[Fault] | None = None
    rate_request_id: str | None = None
    shipment_id: str | None = None
    created_at: str | None = None
    status: str | None = None


class RatesOrRate(RateResponse):
    """An item of GET /v2/shipments/{id}/rates where that is a list: a set of rates, or a bare rate."""

    rate_id: str | None = None
    carrier_id: str | None = None
    carrier_code: str | None = None
    carrier_friendly_name: str | None = None
    service_code: str | None = None
    service_type: str | None = None
    package_type: str | None = None
    shipping_amount: Amount | None = None
    insurance_amount: Amount | None = None
    confirmation_amount: Amount | None = None
    other_amount: Amount | None = None
    tax_amount: Amount | None = None
    zone: int | None = None
    delivery_days: int | None = None
    estimated_delivery_date: str | None = None
    carrier_delivery_days: str | None = None
    guaranteed_service: bool | None = None
    trackable: bool | None = None
    validation_status: str | None = None
    warning_messages: list[str | None] | None = None
    error_messages: list[str | None] | None = None

    def as_rate(self) -> Rate:
        """Return the bare rate."""
        return Rate(**{name: getattr(self, name) for name in Rate.__struct_fields__})


class Rated(msgspec.Struct):
    """POST /v2/rates: a whole shipment with its rates."""

    rate_response: RateResponse
    shipment_id: str | None = None
    shipment_status: str | None = None
    request_id: str | None = None


class Made(msgspec.Struct):
    """A shipment as POST /v2/shipments echoes it: without an id where it was refused."""

    shipment_id: str | None = None
    confirmation: str | None = None
    insurance_provider: str | None = None
    errors: list[Any] | None = None


class MadeShipments(msgspec.Struct):
    """POST /v2/shipments: refusals stand inside a success."""

    shipments: list[Made]
    has_errors: bool | None = None
    request_id: str | None = None


class Shipment(msgspec.Struct):
    """GET and PUT /v2/shipments: what is needed of one."""

    shipment_id: str
    external_shipment_id: str | None = None
    shipment_status: str | None = None
    errors: list[Any] | None = None


class Person(msgspec.Struct):
    """Whom a label is for."""

    name: str | None = None
    company_name: str | None = None


class Label(msgspec.Struct):
    """A label; its id is the least that makes an answer one."""

    label_id: str
    shipment_id: str | None = None
    status: str | None = None
    external_shipment_id: str | None = None
    carrier_id: str | None = None
    carrier_code: str | None = None
    service_code: str | None = None
    tracking_number: str | None = None
    shipment_cost: Amount | None = None
    insurance_cost: Amount | None = None
    created_at: str | None = None
    voided: bool | None = None
    ship_to: Person | None = None
    label_format: str | None = None
    tracking_status: str | None = None
    trackable: bool | None = None
    label_download: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        """Refuse an empty id: it names nothing."""
        if not self.label_id:
            raise ValueError("a label has an id")


class Link(msgspec.Struct):
    """A link to a page; empty where there is no such page."""

    href: str | None = None


class Links(msgspec.Struct):
    """The links of a page."""

    next: Link | None = None


class LabelPage(msgspec.Struct):
    """GET /v2/labels: one page."""

    labels: list[Label]
    page: int | None = None
    pages: int | None = None
    links: Links | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of what stands on the page."""
        return tuple(label.label_id for label in self.labels)


class ShipmentPage(msgspec.Struct):
    """GET /v2/shipments: one page."""

    shipments: list[Shipment]
    page: int | None = None
    pages: int | None = None
    links: Links | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of what stands on the page."""
        return tuple(shipment.shipment_id for shipment in self.shipments)


class Void(msgspec.Struct):
    """PUT /v2/labels/{id}/void."""

    approved: bool
    message: str | None = None
    reason_code: str | None = None


class Track(msgspec.Struct):
    """GET /v2/labels/{id}/track."""

    tracking_number: str | None = None
    status_code: str | None = None
    status_description: str | None = None
    estimated_delivery_date: str | None = None
    actual_delivery_date: str | None = None
