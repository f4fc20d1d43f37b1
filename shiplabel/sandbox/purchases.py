"""Buying labels: from a rate, from a shipment, or both at once. Nothing here protects from buying twice."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from shiplabel.sandbox import shipments
from shiplabel.sandbox.answers import Document, answer, invalid_field, refusal, unknown_id
from shiplabel.sandbox.call import Call, money
from shiplabel.sandbox.carriers import CARRIERS, Carrier, Service
from shiplabel.sandbox.labels import label_document
from shiplabel.sandbox.ledger import LabelRow, stamp
from shiplabel.sandbox.quoting import load_of
from shiplabel.sandbox.tracking import tracking_number
from shiplabel.sandbox.validation import number
from shiplabel.sandbox.world import Price, cents, price

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

_CHOICES = {
    "label_format": ("pdf", "png", "zpl"),
    "label_layout": ("4x6", "letter"),
    "label_download_type": ("url", "inline"),
    "display_scheme": ("label", "paperless", "label_and_paperless"),
    "validate_address": ("no_validation", "validate_only", "validate_and_clean"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What is bought: a service for a shipment, in a package, at a price."""

    shipment: Document
    carrier: Carrier
    service: Service
    package: str
    cost: Price
    rate_id: str | None = None


def from_rate(call: Call) -> Response:
    """POST /v2/labels/rates/{rate_id}: the rate fixes carrier, service, package and price."""
    wishes = _wishes(call.body())
    rate_id = call.values["rate_id"]
    found = call.ledger.rate(rate_id)
    if found is None:
        raise unknown_id("rate_id", rate_id)
    if call.switch("rate-expired"):
        raise refusal(
            404, "invalid_identifier", "The rate has expired.", field_name="rate_id", field_value=rate_id
        )
    shipment_id, rate = found
    if rate["validation_status"] == "invalid":
        message = " ".join(rate["error_messages"])
        raise refusal(400, "confirmation_not_supported", message, source="carrier")
    carrier = CARRIERS[rate["carrier_id"]]
    parts = ("shipping_amount", "insurance_amount", "confirmation_amount", "other_amount")
    deal = Deal(
        shipment=shipments.find(call.ledger, shipment_id),
        carrier=carrier,
        service=_service(carrier, rate["service_code"]),
        package=rate["package_type"] or "package",
        cost=Price(*(rate[name]["amount"] for name in parts)),
        rate_id=rate_id,
    )
    return _buy(call, deal, wishes)


def from_shipment(call: Call) -> Response:
    """POST /v2/labels/shipment/{id}: the shipment itself must name its service."""
    wishes = _wishes(call.body())
    shipment = shipments.find(call.ledger, call.values["shipment_id"])
    return _buy(call, _deal(shipment, ""), wishes)


def from_scratch(call: Call) -> Response:
    """POST /v2/labels: makes the shipment and buys its label in one call."""
    body = call.body()
    wishes = _wishes(body)
    wanted = body.get("shipment")
    shipments.refuse_unfit(wanted, "shipment.")
    with call.ledger.transaction():
        shipment = shipments.settle(call, body["shipment"])
        return _buy(call, _deal(shipment, "shipment."), wishes)


def _wishes(body: Document) -> Document:
    wishes: Document = {}
    for name, choices in _CHOICES.items():
        wishes[name] = body.get(name) or choices[0]
        if wishes[name] not in choices:
            raise invalid_field(name, wishes[name], f"{name}: is not one of {', '.join(choices)}")
    if wishes["label_layout"] == "letter" and wishes["label_format"] != "pdf":
        raise invalid_field("label_layout", "letter", "label_layout: letter goes with pdf only")
    return wishes


def _deal(shipment: Document, prefix: str) -> Deal:
    code = shipment.get("service_code")
    if not code:
        message = f"{prefix}service_code: is required"
        raise invalid_field(f"{prefix}service_code", None, message, "field_value_required")
    carriers = [CARRIERS.get(shipment["carrier_id"])] if shipment["carrier_id"] else list(CARRIERS.values())
    for carrier in filter(None, carriers):
        for service in carrier.services:
            if service.code == code:
                package = shipment["packages"][0]["package_code"]
                cost = price(carrier, service, package, load_of(shipment))
                return Deal(shipment=shipment, carrier=carrier, service=service, package=package, cost=cost)
    raise invalid_field(f"{prefix}service_code", code, "No connected carrier has this service.")


def _service(carrier: Carrier, code: str) -> Service:
    return next(one for one in carrier.services if one.code == code)


def _buy(call: Call, deal: Deal, wishes: Document) -> Response:
    _refuse_unsendable(deal)
    with call.ledger.transaction():
        label = _buy_one(call, deal, wishes)
        if call.switch("two-labels"):
            _buy_one(call, deal, wishes)
        call.ledger.save_shipment(_labelled(call, deal))
    return answer(label_document(call, label, wishes["label_download_type"]))


def _refuse_unsendable(deal: Deal) -> None:
    load = load_of(deal.shipment)
    name = deal.carrier.name
    if load.confirmation in deal.carrier.refuses_confirmation:
        message = f"{name} does not offer the confirmation {load.confirmation}."
        raise refusal(400, "confirmation_not_supported", message, source="carrier")
    if deal.service.international != load.international or load.pounds > deal.service.max_pounds:
        message = f"A shipping carrier error occurred: {deal.service.name} does not take this shipment."
        raise refusal(400, "unspecified", message, source="carrier")
    if load.international and not (deal.shipment.get("customs") or {}).get("customs_items"):
        message = "Customs items are required for international shipments."
        raise refusal(400, "customs_items_required", message, field_name="shipment.customs.customs_items")


def _labelled(call: Call, deal: Deal) -> Document:
    bought = {
        "shipment_status": "label_purchased",
        "carrier_id": deal.carrier.carrier_id,
        "service_code": deal.service.code,
        "modified_at": stamp(call.now),
    }
    return shipments.find(call.ledger, deal.shipment["shipment_id"]) | bought


def _buy_one(call: Call, deal: Deal, wishes: Document) -> LabelRow:
    cost = _final_cost(call, deal.cost)
    balance = call.ledger.balance(deal.carrier.carrier_id)
    if deal.carrier.prepaid and balance < cost.total:
        raise refusal(
            400,
            "insufficient_funds",
            f"The balance of {deal.carrier.name} is {balance:.2f}; this label costs {cost.total:.2f}.",
            source="carrier",
        )
    label = _new_label(call, deal, wishes, cost)
    call.ledger.add_label(label, cost.total)
    return label


def _final_cost(call: Call, cost: Price) -> Price:
    switch = call.switch("price-differs")
    if switch is None:
        return cost
    by = Decimal(switch.param("by", "1.25"))
    shipping = cents(max(cost.shipping + by, Decimal(0)))
    return Price(shipping, cost.insurance, cost.confirmation, cost.other)


def _new_label(call: Call, deal: Deal, wishes: Document, cost: Price) -> LabelRow:
    shipment = deal.shipment
    number_ = call.ledger.number("label")
    tracking = tracking_number(deal.carrier.code, deal.service.code, number_)
    later, failing = call.switch("label-processing"), call.switch("label-error")
    wait = later.seconds(5.0) if later else failing.seconds(0.0) if failing else 0.0
    return LabelRow(
        label_id=f"se-{number_}",
        number=number_,
        token=secrets.token_urlsafe(16),
        shipment_id=shipment["shipment_id"],
        external_shipment_id=shipment["external_shipment_id"],
        rate_id=deal.rate_id,
        carrier_id=deal.carrier.carrier_id,
        service_code=deal.service.code,
        tracking_number=tracking,
        warehouse_id=shipment["warehouse_id"],
        created_at=stamp(call.now),
        modified_at=stamp(call.now),
        voided_at=None,
        ready_at=stamp(call.now + timedelta(seconds=wait)),
        ends="error" if failing else "completed",
        body=_label_body(call, deal, wishes, cost, tracking),
        paper=_paper(deal, wishes, tracking),
    )


def _label_body(call: Call, deal: Deal, wishes: Document, cost: Price, tracking: str) -> Document:
    shipment = deal.shipment
    return {
        "external_order_id": shipment["external_order_id"],
        "ship_date": shipment["ship_date"],
        "shipment_cost": money(cost.shipping + cost.confirmation + cost.other),
        "insurance_cost": money(cost.insurance),
        "requested_comparison_amount": None,
        "rate_details": [],
        "is_return_label": False,
        "rma_number": None,
        "is_international": deal.service.international,
        "batch_id": "",
        "carrier_code": deal.carrier.code,
        "package_code": deal.package,
        "charge_event": "carrier_default",
        "refund_details": None,
        "label_format": wishes["label_format"],
        "label_layout": wishes["label_layout"],
        "display_scheme": wishes["display_scheme"],
        "trackable": deal.service.trackable,
        "label_image_id": None,
        "confirmation": shipment["confirmation"],
        "tracking_url": f"https://tracking.invalid/{tracking}",
        "ship_to": _cleaned(shipment["ship_to"], wishes),
        "packages": [
            _label_package(call, one, index, deal.package, tracking)
            for index, one in enumerate(shipment["packages"], 1)
        ],
        "alternative_identifiers": [],
    }


def _cleaned(address: Document, wishes: Document) -> Document:
    """Return the address as the label shows it: capitals where the service was told to clean it."""
    if wishes["validate_address"] != "validate_and_clean":
        return address
    kept = ("email", "address_residential_indicator")
    return {
        name: value.upper() if isinstance(value, str) and name not in kept else value
        for name, value in address.items()
    }


def _label_package(call: Call, package: Document, sequence: int, code: str, tracking: str) -> Document:
    zero = Decimal("0.00")
    sides = dict.fromkeys(("length", "width", "height"), zero)
    return {
        "package_id": call.ledger.number("package"),
        "package_code": code,
        "weight": package["weight"],
        "dimensions": package["dimensions"] or {"unit": "inch", **sides},
        "insured_value": package["insured_value"] or money(zero),
        "tracking_number": tracking,
        "qr_code_download": None,
        "label_messages": package["label_messages"],
        "external_package_id": package["external_package_id"],
        "content_description": package["content_description"],
        "sequence": sequence,
        "alternative_identifiers": [],
    }


def _paper(deal: Deal, wishes: Document, tracking: str) -> Document:
    """Return what the label's papers show, fixed at the moment of purchase."""
    shipment = deal.shipment
    first = shipment["packages"][0]
    load = load_of(shipment)
    return {
        "carrier_code": deal.carrier.code,
        "service_name": deal.service.name,
        "tracking_number": tracking,
        "zone": load.zone,
        "confirmation": shipment["confirmation"],
        "ship_to": _cleaned(shipment["ship_to"], wishes),
        "ship_from": shipment["ship_from"],
        "ship_date": shipment["ship_date"][:10],
        "ounces": shipments.total_ounces(shipment["packages"]),
        "sides": [number(first["dimensions"][name]) for name in ("length", "width", "height")]
        if first["dimensions"]
        else [],
        "side_unit": first["dimensions"]["unit"] if first["dimensions"] else "",
        "references": [text for text in first["label_messages"].values() if text],
        "external_shipment_id": shipment["external_shipment_id"],
    }
