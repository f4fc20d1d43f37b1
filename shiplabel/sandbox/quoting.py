"""Rates: which services fit a shipment, what each costs, and carriers that fail to answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from shiplabel.sandbox import shipments
from shiplabel.sandbox.answers import Complaint, Document, answer, invalid_field, unknown_id
from shiplabel.sandbox.call import Call, money
from shiplabel.sandbox.carriers import CARRIERS, Carrier, Service
from shiplabel.sandbox.ledger import QuoteRow, stamp
from shiplabel.sandbox.places import zone
from shiplabel.sandbox.validation import number
from shiplabel.sandbox.world import (
    Load,
    Price,
    cents,
    cubic_inches,
    ounces,
    price,
    transit_days,
    working_day,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from werkzeug.wrappers import Response

_ABROAD = 8
_TOLD_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a quote was asked for; empty tuples mean all."""

    carriers: tuple[Carrier, ...]
    package_types: tuple[str, ...]
    service_codes: tuple[str, ...]

    def wants(self, service: Service, package: str | None) -> bool:
        """Tell whether a service in a package was asked for; one without a package type always fits."""
        named = not self.service_codes or service.code in self.service_codes
        return named and (not self.package_types or package is None or package in self.package_types)


def quote(call: Call) -> Response:
    """POST /v2/rates: makes or takes a shipment and quotes it; carriers that fail stand in ``errors``."""
    wanted = call.body()
    options = _options(wanted)
    given = wanted.get("shipment_id")
    if (given is None) == (wanted.get("shipment") is None):
        raise invalid_field("shipment", None, "Give either shipment or shipment_id.")
    if given is None:
        shipments.refuse_unfit(wanted["shipment"], "shipment.")
    _wait_for_carriers(call, options)
    with call.ledger.transaction():
        if given is None:
            shipment = shipments.settle(call, wanted["shipment"])
        else:
            shipment = shipments.find(call.ledger, str(given))
        told = _answer_rates(call, shipment, options)
    return answer(shipment | {"rate_response": told})


def rate(call: Call) -> Response:
    """GET /v2/rates/{id}."""
    rate_id = call.values["rate_id"]
    found = call.ledger.rate(rate_id)
    if found is None:
        raise unknown_id("rate_id", rate_id)
    return answer(found[1])


def of_shipment(call: Call) -> Response:
    """GET /v2/shipments/{id}/rates: the newest quote of a shipment, complete once its carriers are."""
    shipment = shipments.find(call.ledger, call.values["shipment_id"])
    since = call.asked("created_at_start") or ""
    found = call.ledger.last_quote(shipment["shipment_id"], since)
    if found is None:
        return answer(_information(call, shipment["shipment_id"], "se-0", "completed"))
    return answer(found.body if found.ready_at <= stamp(call.now) else working(found.body))


def working(body: Document) -> Document:
    """Return a quote as it looks while only its first carrier has answered."""
    first = body["rates"][0]["carrier_id"] if body["rates"] else None
    early = [one for one in body["rates"] if one["carrier_id"] == first]
    return body | {"rates": early, "errors": [], "status": "working"}


def load_of(shipment: Document) -> Load:
    """Return what a carrier looks at in a shipment."""
    to, from_ = shipment["ship_to"], shipment["ship_from"]
    abroad = to["country_code"] != from_["country_code"]
    states = (from_["state_province"].upper(), to["state_province"].upper())
    domestic = not abroad and to["country_code"] == "US"
    packages = shipment["packages"]
    insured = shipment.get("insurance_provider") not in (None, "none")
    return Load(
        ounces=sum((_ounces(one) for one in packages), Decimal(0)),
        cubic_inches=sum((_cubic_inches(one) for one in packages), Decimal(0)),
        zone=zone(from_["postal_code"], to["postal_code"], *states) if domestic else _ABROAD,
        international=abroad,
        insured=sum((_insured(one) for one in packages), Decimal(0)) if insured else Decimal(0),
        confirmation=shipment["confirmation"],
        residential=to["address_residential_indicator"] == "yes",
    )


def _options(wanted: Document) -> Options:
    given = wanted.get("rate_options")
    ids = given.get("carrier_ids") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(ids, list) or not ids:
        raise invalid_field("rate_options.carrier_ids", None, "is required", "field_value_required")
    for index, one in enumerate(ids):
        if not isinstance(one, str) or one not in CARRIERS:
            raise invalid_field(f"rate_options.carrier_ids[{index}]", one, "is unknown", "invalid_identifier")
    for name in ("package_types", "service_codes"):
        if not isinstance(given.get(name) or [], list):
            raise invalid_field(f"rate_options.{name}", given[name], "must be a list")
    return Options(
        carriers=tuple(CARRIERS[one] for one in dict.fromkeys(ids)),
        package_types=tuple(given.get("package_types") or ()),
        service_codes=tuple(given.get("service_codes") or ()),
    )


def _wait_for_carriers(call: Call, options: Options) -> None:
    """Sleep as long as the slowest of the asked carriers takes: the service asks them side by side."""
    asked = {name for one in options.carriers for name in (one.carrier_id, one.code)}
    delays = [
        one.seconds(1.0) for one in call.all("carrier-delay") if one.params.get("carrier") in (None, *asked)
    ]
    time.sleep(max(delays, default=0))


def _answer_rates(call: Call, shipment: Document, options: Options) -> Document:
    load = load_of(shipment)
    failing = _failing(call, options)
    rates: list[Document] = []
    invalid: list[Document] = []
    errors: list[Document] = []
    for carrier in options.carriers:
        offers = [] if carrier in failing else _offers(call, carrier, options, load, shipment)
        if not offers:
            errors.append(_carrier_error(carrier, failing=carrier in failing))
        rates += [one for one in offers if one["validation_status"] != "invalid"]
        invalid += [one for one in offers if one["validation_status"] == "invalid"]
    status = "error" if not rates else "partial" if errors else "completed"
    told = _information(call, shipment["shipment_id"], f"se-{call.ledger.number('quote')}", status)
    told |= {"rates": rates, "invalid_rates": invalid, "errors": errors}
    later = call.switch("rates-working")
    ready = call.now + timedelta(seconds=later.seconds(3.0) if later else 0)
    row = QuoteRow(
        quote_id=told["rate_request_id"],
        shipment_id=shipment["shipment_id"],
        created_at=stamp(call.now),
        ready_at=stamp(ready),
        body=told,
    )
    call.ledger.add_quote(row, rates + invalid)
    return working(told) if later else told


def _information(call: Call, shipment_id: str, quote_id: str, status: str) -> Document:
    return {
        "rates": [],
        "invalid_rates": [],
        "rate_request_id": quote_id,
        "shipment_id": shipment_id,
        "created_at": stamp(call.now),
        "status": status,
        "errors": [],
    }


def _failing(call: Call, options: Options) -> tuple[Carrier, ...]:
    if call.switch("all-carriers-fail"):
        return options.carriers
    failing: list[Carrier] = []
    for switch in call.all("partial-rates") + call.all("carrier-fails"):
        named = switch.params.get("carrier", options.carriers[-1].carrier_id)
        failing += [one for one in options.carriers if named in (one.carrier_id, one.code)]
    return tuple(failing)


def _carrier_error(carrier: Carrier, *, failing: bool) -> Document:
    reason = "The carrier did not answer in time." if failing else "There are no valid services available."
    return Complaint(
        source="carrier",
        code="unspecified",
        message=f"A shipping carrier error occurred: {reason}",
        carrier_id=carrier.carrier_id,
        carrier_code=carrier.code,
        carrier_name=carrier.name,
    ).document()


def _offers(
    call: Call, carrier: Carrier, options: Options, load: Load, shipment: Document
) -> Sequence[Document]:
    return [
        _rate(call, carrier, service, package, load, shipment)
        for service, package in _fitting(carrier, options, load)
    ]


def _fitting(carrier: Carrier, options: Options, load: Load) -> Iterator[tuple[Service, str | None]]:
    for service in carrier.services:
        if service.international == load.international and load.pounds <= service.max_pounds:
            for package in service.packages:
                if options.wants(service, package):
                    yield service, package


def _rate(
    call: Call, carrier: Carrier, service: Service, package: str | None, load: Load, shipment: Document
) -> Document:
    cost = _risen(call, price(carrier, service, package, load))
    refused = load.confirmation in carrier.refuses_confirmation
    return {
        "rate_id": f"se-{call.ledger.number('rate')}",
        "rate_type": "shipment",
        "carrier_id": carrier.carrier_id,
        "carrier_code": carrier.code,
        "carrier_nickname": carrier.nickname,
        "carrier_friendly_name": carrier.name,
        "service_type": service.name,
        "service_code": service.code,
        "package_type": package,
        **amounts(cost),
        "requested_comparison_amount": None,
        "zone": load.zone if carrier.shows_zone and not load.international else None,
        "guaranteed_service": service.guaranteed,
        "negotiated_rate": carrier.fuel > 0,
        "trackable": service.trackable,
        "ship_date": shipment["ship_date"],
        **_delivery(service, load.zone, shipment["ship_date"]),
        "validation_status": "invalid" if refused else "has_warnings" if service.warning else "valid",
        "warning_messages": [service.warning] if service.warning else [],
        "error_messages": [f"Confirmation {load.confirmation} is not supported."] if refused else [],
    }


def _risen(call: Call, cost: Price) -> Price:
    switch = call.switch("rates-rise")
    if switch is None:
        return cost
    shipping = cents(cost.shipping + Decimal(switch.param("by", "1.25")))
    return Price(shipping, cost.insurance, cost.confirmation, cost.other)


def amounts(cost: Price) -> Document:
    """Return the four amounts of a rate under the service's names."""
    return {
        "shipping_amount": money(cost.shipping),
        "insurance_amount": money(cost.insurance),
        "confirmation_amount": money(cost.confirmation),
        "other_amount": money(cost.other),
    }


def _delivery(service: Service, zone_: int, ship_date: str) -> Document:
    days = transit_days(service, zone_)
    if days is None:
        return {
            "delivery_days": None,
            "estimated_delivery_date": None,
            "carrier_delivery_days": service.words and service.words.format(day=_told_day(ship_date)),
        }
    day = working_day(date.fromisoformat(ship_date[:10]), days)
    arrival = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    return {
        "delivery_days": days,
        "estimated_delivery_date": f"{arrival:%Y-%m-%dT%H:%M:%SZ}",
        "carrier_delivery_days": service.words or str(days),
    }


def _told_day(ship_date: str) -> str:
    """Return the day that a carrier tells in words only, as some do: ``Friday 11/27``."""
    day = working_day(date.fromisoformat(ship_date[:10]), _TOLD_DAYS)
    return f"{day:%A} {day.month}/{day.day}"


def _ounces(package: Document) -> Decimal:
    return ounces(number(package["weight"]["value"]) or Decimal(0), package["weight"]["unit"])


def _cubic_inches(package: Document) -> Decimal:
    sides = package["dimensions"]
    if sides is None:
        return Decimal(0)
    length, width, height = (number(sides[name]) or Decimal(0) for name in ("length", "width", "height"))
    return cubic_inches(length, width, height, sides["unit"])


def _insured(package: Document) -> Decimal:
    return number(package["insured_value"].get("amount")) or Decimal(0)
