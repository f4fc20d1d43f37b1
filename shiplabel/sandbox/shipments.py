"""Shipments: made, changed, looked up; and what happens to an external id that is taken."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from shiplabel.sandbox.answers import ApiError, Document, answer, refusal, unknown_id
from shiplabel.sandbox.ledger import Ledger, stamp
from shiplabel.sandbox.validation import check_shipment, number
from shiplabel.sandbox.world import ounces

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from shiplabel.sandbox.call import Call

_ID_LENGTH = 50
_NULLS = (
    "carrier_id",
    "service_code",
    "shipping_rule_id",
    "external_order_id",
    "order_source_code",
    "shipment_number",
    "hold_until_date",
    "ship_by_date",
    "warehouse_id",
    "customs",
    "return_to",
)
_FIXED = (
    "shipment_id",
    "external_shipment_id",
    "created_at",
    "modified_at",
    "shipment_status",
    "total_weight",
)
_ADDRESS = (
    "name",
    "phone",
    "email",
    "company_name",
    "address_line1",
    "address_line2",
    "address_line3",
    "city_locality",
    "state_province",
    "postal_code",
    "country_code",
)
_WAREHOUSE: Document = {
    "name": "Sandbox Warehouse",
    "phone": "512-555-0100",
    "company_name": "Sandbox Supply",
    "address_line1": "4009 Marathon Blvd",
    "city_locality": "Austin",
    "state_province": "TX",
    "postal_code": "78756",
    "country_code": "US",
}


def create(call: Call) -> Response:
    """POST /v2/shipments: a 200 also where some were refused; their errors stand inside."""
    wanted = call.body().get("shipments")
    if not isinstance(wanted, list) or not wanted:
        message = "shipments: is required"
        raise refusal(400, "field_value_required", message, kind="validation", field_name="shipments")
    made = [_create_one(call, one) for one in wanted]
    failed = any(one["errors"] for one in made)
    return answer({"has_errors": failed, "shipments": made})


def _create_one(call: Call, wanted: Document) -> Document:
    found = check_shipment(wanted, "")
    echo = wanted if isinstance(wanted, dict) else {}
    if not found:
        try:
            return settle(call, wanted) | {"errors": [], "address_validation": None}
        except ApiError as error:
            found = list(error.errors)
            unmade = {"created_at": stamp(call.now), "shipment_status": "pending"}
            echo = _written(wanted, call.now) | unmade
            echo["external_shipment_id"] = wanted["external_shipment_id"]
    told = [f"{one.code}: {one.message}" for one in found]
    return echo | {"shipment_id": None, "errors": told, "address_validation": None}


def update(call: Call) -> Response:
    """PUT /v2/shipments/{id}: write the wish anew; the external id stays as it was made."""
    wanted = call.body()
    kept = _known(call)
    refuse_unfit(wanted, "")
    given = wanted.get("external_shipment_id")
    if given not in (None, kept["external_shipment_id"]):
        raise refusal(
            400,
            "field_conflict",
            "external_shipment_id: cannot be changed",
            kind="validation",
            field_name="external_shipment_id",
            field_value=str(given),
        )
    fresh = rewritten(kept, wanted, call.now)
    call.ledger.save_shipment(fresh)
    return answer(fresh)


def get(call: Call) -> Response:
    """GET /v2/shipments/{id}."""
    return answer(_known(call))


def get_by_external(call: Call) -> Response:
    """GET /v2/shipments/external_shipment_id/{id}."""
    external = call.values["external_shipment_id"]
    found = call.ledger.shipment_by_external(external)
    if found is None:
        raise unknown_id("external_shipment_id", external)
    return answer(found)


def refuse_unfit(wanted: object, prefix: str) -> None:
    """Raise a 400 that names every field the service would not take."""
    if found := check_shipment(wanted, prefix):
        raise ApiError(400, tuple(found))


def settle(call: Call, wanted: Document) -> Document:
    """Make a shipment, or do with a taken external id what the switch says: refuse, update, another."""
    ledger = call.ledger
    external = wanted.get("external_shipment_id")
    with ledger.transaction():
        taken = ledger.shipment_by_external(external[:_ID_LENGTH]) if external else None
        switch = call.switch("external-id")
        mode = switch.param("mode", "refuse") if switch else "refuse"
        if taken is None or mode == "another":
            number_ = ledger.number("shipment")
            fresh = _new(number_, wanted, call.now)
            ledger.add_shipment(number_, fresh)
            return fresh
        if mode == "update":
            fresh = rewritten(taken, wanted, call.now)
            ledger.save_shipment(fresh)
            return fresh
    raise refusal(
        400,
        "identifier_conflict",
        f"external_shipment_id '{external}' is already used by another shipment.",
        field_name="external_shipment_id",
        field_value=external,
    )


def find(ledger: Ledger, shipment_id: str) -> Document:
    """Return a shipment or raise the 404."""
    found = ledger.shipment(shipment_id)
    if found is None:
        raise unknown_id("shipment_id", shipment_id)
    return found


def rewritten(kept: Document, wanted: Document, now: datetime) -> Document:
    """Return a shipment with a new wish under its old identity."""
    identity = {name: kept[name] for name in ("shipment_id", "external_shipment_id", "created_at")}
    status = {"shipment_status": kept["shipment_status"]}
    return _written(wanted, now) | identity | status


def _known(call: Call) -> Document:
    return find(call.ledger, call.values["shipment_id"])


def _new(number_: int, wanted: Document, now: datetime) -> Document:
    shipment_id = f"se-{number_}"
    external = (wanted.get("external_shipment_id") or shipment_id)[:_ID_LENGTH]
    identity = {"shipment_id": shipment_id, "external_shipment_id": external, "created_at": stamp(now)}
    return _written(wanted, now) | identity | {"shipment_status": "pending"}


def _written(wanted: Document, now: datetime) -> Document:
    kept = {name: value for name, value in wanted.items() if name not in _FIXED}
    from_ = _address(wanted.get("ship_from") or _WAREHOUSE)
    filled: Document = dict.fromkeys(_NULLS) | {
        "confirmation": "none",
        "insurance_provider": "none",
        "advanced_options": {},
        "tags": [],
        "items": [],
        "is_return": False,
        "ship_date": f"{now:%Y-%m-%d}T00:00:00Z",
    }
    filled |= {name: value for name, value in kept.items() if value is not None}
    filled |= {
        "ship_to": _address(wanted["ship_to"]),
        "ship_from": from_,
        "return_to": _address(wanted.get("return_to") or from_),
        "packages": [_package(one) for one in wanted["packages"]],
        "modified_at": stamp(now),
    }
    filled["total_weight"] = {"value": total_ounces(filled["packages"]), "unit": "ounce"}
    return filled


def total_ounces(packages: list[Document]) -> Decimal:
    """Return what all packages weigh together."""
    weights = [one["weight"] for one in packages]
    total = sum(ounces(number(one["value"]) or Decimal(0), one["unit"]) for one in weights)
    return Decimal(total).quantize(Decimal("0.01"))


def _address(given: Document) -> Document:
    whole: Document = {name: given.get(name) for name in _ADDRESS}
    residential = given.get("address_residential_indicator") or "unknown"
    return whole | {"address_residential_indicator": residential}


def _package(given: Document) -> Document:
    return {
        "package_code": given.get("package_code") or "package",
        "weight": given["weight"],
        "dimensions": given.get("dimensions"),
        "insured_value": given.get("insured_value") or {"currency": "usd", "amount": Decimal("0.00")},
        "label_messages": {f"reference{one}": None for one in (1, 2, 3)}
        | (given.get("label_messages") or {}),
        "external_package_id": given.get("external_package_id"),
        "content_description": given.get("content_description"),
        "products": given.get("products") or [],
    }
