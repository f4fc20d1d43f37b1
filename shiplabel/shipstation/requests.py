"""From the values of the domain to the bodies of requests; money and measures are exact JSON numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.domain.shipment import Address, Parcel, Shipment
    from shiplabel.shipstation import wire
    from shiplabel.workflow.session import Intent

Body = dict[str, Any]
INSURER: Final = "carrier"
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def encoded(body: Body) -> bytes:
    """Return a body as JSON."""
    return _ENCODER.encode(body)


def shipment_body(shipment: Shipment) -> Body:
    """Return a shipment as POST /v2/shipments, PUT /v2/shipments/{id} and POST /v2/labels take it."""
    insured = shipment.insured_value is not None and shipment.insured_value.amount > 0
    body: Body = {
        "validate_address": "no_validation",
        "external_shipment_id": shipment.shipment_key,
        "ship_from": _address(shipment.ship_from),
        "ship_to": _address(shipment.ship_to),
        "confirmation": shipment.confirmation,
        "insurance_provider": INSURER if insured else "none",
        "packages": [_package(shipment)],
    }
    service = {"carrier_id": shipment.carrier_id, "service_code": shipment.service_code}
    return body | {name: value for name, value in service.items() if value}


def shipments_body(shipment: Shipment) -> Body:
    """Return the body of POST /v2/shipments."""
    return {"shipments": [shipment_body(shipment)]}


def was_left_out(made: wire.Made, shipment: Shipment) -> bool:
    """Tell whether a new shipment is told to have another confirmation or insurance than was asked for."""
    asked = shipment_body(shipment)
    told = {"confirmation": made.confirmation, "insurance_provider": made.insurance_provider}
    return any(word is not None and word != asked[name] for name, word in told.items())


def quote_body(carrier_ids: Sequence[str], shipment_id: str | None, shipment: Shipment | None) -> Body:
    """Return the body of POST /v2/rates: for a shipment that exists, else for one that it makes."""
    options: Body = {"carrier_ids": list(carrier_ids)}
    if shipment_id is not None:
        return {"shipment_id": shipment_id, "rate_options": options}
    if shipment is None:
        raise ValueError("rates are asked for a shipment")
    return {"shipment": shipment_body(shipment), "rate_options": options}


def purchase_path(intent: Intent) -> tuple[str, dict[str, str]]:
    """Return the path of a purchase and what fills it."""
    if intent.by == "rate" and intent.rate_id:
        return "/v2/labels/rates/{rate_id}", {"rate_id": intent.rate_id}
    if intent.by == "shipment" and intent.shipment_id:
        return "/v2/labels/shipment/{shipment_id}", {"shipment_id": intent.shipment_id}
    if intent.by == "inline":
        return "/v2/labels", {}
    raise ValueError(f"a purchase by {intent.by} names what to buy")


def purchase_body(intent: Intent, shipment: Shipment) -> Body:
    """Return the body of a purchase; only an inline one holds the shipment."""
    body: Body = {
        "validate_address": "no_validation",
        "label_format": intent.format,
        "label_layout": intent.layout,
        "label_download_type": "url",
    }
    if intent.by != "inline":
        return body
    service = {"carrier_id": intent.carrier_id, "service_code": intent.service_code}
    chosen = {name: value for name, value in service.items() if value}
    return body | {"shipment": shipment_body(shipment) | chosen}


def _address(address: Address) -> Body:
    """Return an address: a phone must be told, and none is null; what else is empty is left out."""
    body = {
        "name": address.name,
        "company_name": address.company_name,
        "address_line1": address.address_line1,
        "address_line2": address.address_line2,
        "city_locality": address.city_locality,
        "state_province": address.state_province,
        "postal_code": address.postal_code,
        "country_code": address.country_code,
    }
    given: Body = {name: value for name, value in body.items() if value}
    return given | {"phone": address.phone or None, "address_residential_indicator": "unknown"}


def _package(shipment: Shipment) -> Body:
    parcel = shipment.parcel
    body: Body = {
        "package_code": parcel.package_code,
        "weight": {"value": parcel.weight.value, "unit": parcel.weight.unit},
    }
    body |= _sides(parcel)
    if shipment.insured_value is not None:
        value = shipment.insured_value
        body["insured_value"] = {"currency": value.currency, "amount": value.amount}
    if shipment.reference:
        body["label_messages"] = {"reference1": shipment.reference, "reference2": None, "reference3": None}
    return body


def _sides(parcel: Parcel) -> Body:
    sides = parcel.dimensions
    if sides is None:
        return {}
    return {
        "dimensions": {
            "unit": sides.unit,
            "length": sides.length,
            "width": sides.width,
            "height": sides.height,
        }
    }
