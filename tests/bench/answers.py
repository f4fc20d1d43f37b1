"""What the compared server answers: the fewest fields that each program reads, always a success.

Paths that begin with /v2/shipments mean two services; the body tells which.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = tuple[int, bytes, str]
"""Status, content and its type."""

JSON = "application/json"
_CARRIERS = (("se-1", "ups", "ups_ground"), ("se-2", "stamps_com", "usps_ground_advantage"))
_keys: dict[str, str] = {}
"""The external id of each shipment, by shipment_id."""


def answer_to(method: str, path: str, body: bytes, number: int) -> tuple[str, Answer]:
    """Return a request's kind and its answer; ``number`` makes its ids."""
    way, _, _ = path.partition("?")
    if "/downloads/" in way:
        return "papers", (200, PAPER, "application/pdf")
    told: Any = json.loads(body) if body else {}
    told = told if isinstance(told, dict) else {}
    parts = way.strip("/").split("/")
    if parts[:1] == ["transactions"]:
        return "purchases", _json(201, _transaction(number))
    if parts[:2] == ["v2", "shipments"] and "shipment" in told:
        return "purchases", _json(201, _postage(told, number))
    thing = "/".join(parts[1:2])
    kind = _KINDS.get((method, thing), "others")
    return kind, _ASKED.get(thing, _nothing)(method, parts, told, number)


_KINDS = {("POST", "labels"): "purchases", ("POST", "rates"): "quotes"}


def _json(status: int, document: object) -> Answer:
    return status, json.dumps(document).encode(), JSON


def _error(code: str) -> dict[str, Any]:
    error = {"error_source": "ShipStation", "error_type": "validation", "error_code": code, "message": code}
    return {"request_id": "00000000-0000-4000-8000-000000000000", "errors": [error]}


def _labels(method: str, parts: list[str], told: dict[str, Any], number: int) -> Answer:
    if method == "POST":
        shipment = told.get("shipment") or {}
        made = f"se-{number}"
        if parts[2:3] == ["shipment"]:
            made = parts[3]
        elif parts[2:3] == ["rates"]:
            made = parts[3].rpartition("-")[0]
        key = shipment.get("external_shipment_id") or _keys.get(made)
        service = shipment.get("service_code") or "ups_ground"
        return _json(200, _label(number, made, key, service))
    if parts[2:]:
        return _json(404, _error("invalid_identifier"))
    return _json(200, {"labels": [], "total": 0, "page": 1, "pages": 0, "links": {"prev": {}, "next": {}}})


def _label(number: int, shipment_id: str, key: str | None, service: str) -> dict[str, Any]:
    link = f"/v2/downloads/1/secret/label-{number}"
    return {
        "label_id": f"se-9{number}",
        "status": "completed",
        "shipment_id": shipment_id,
        "external_shipment_id": key,
        "ship_date": "2026-11-25T00:00:00Z",
        "created_at": "2026-11-25T08:00:00.123Z",
        "shipment_cost": {"currency": "usd", "amount": 7.58},
        "insurance_cost": {"currency": "usd", "amount": 0.0},
        "tracking_number": f"1Z{number:012}",
        "carrier_id": "se-1",
        "carrier_code": "ups",
        "service_code": service,
        "package_code": "package",
        "voided": False,
        "label_format": "pdf",
        "label_layout": "4x6",
        "trackable": True,
        "tracking_status": "in_transit",
        "label_download": {form: f"{HERE}{link}.{form}" for form in ("pdf", "png", "zpl")}
        | {"href": f"{HERE}{link}.pdf"},
    }


HERE = ""
"""The server's own address, for links; set when it listens."""


def _shipments(method: str, parts: list[str], told: dict[str, Any], number: int) -> Answer:
    if method == "GET":
        return _json(404, _error("invalid_identifier"))
    if method == "PUT":
        return _json(200, {"shipment_id": parts[2]})
    made = [_shipment(one, f"se-{number}{at}") for at, one in enumerate(told.get("shipments") or [])]
    return _json(200, {"has_errors": False, "shipments": made})


def _shipment(told: dict[str, Any], shipment_id: str) -> dict[str, Any]:
    key = told.get("external_shipment_id") or ""
    _keys[shipment_id] = key
    return {"shipment_id": shipment_id, "external_shipment_id": key, "errors": []}


def _rated(_method: str, _parts: list[str], told: dict[str, Any], number: int) -> Answer:
    shipment_id = told.get("shipment_id") or f"se-{number}"
    if told.get("shipment"):
        _shipment(told["shipment"], shipment_id)
    asked = (told.get("rate_options") or {}).get("carrier_ids") or [one[0] for one in _CARRIERS]
    rates = [_rate(shipment_id, at, *one) for at, one in enumerate(_CARRIERS) if one[0] in asked]
    found = {"rates": rates, "invalid_rates": [], "status": "completed", "errors": []}
    named = {"shipment_id": shipment_id, "external_shipment_id": _keys.get(shipment_id)}
    return _json(200, {**named, "rate_response": {**found, "shipment_id": shipment_id}})


def _rate(shipment_id: str, at: int, carrier_id: str, code: str, service: str) -> dict[str, Any]:
    nothing = {"currency": "usd", "amount": 0.0}
    return {
        "rate_id": f"{shipment_id}-{at}",
        "rate_type": "shipment",
        "carrier_id": carrier_id,
        "carrier_code": code,
        "carrier_friendly_name": code,
        "service_type": service,
        "service_code": service,
        "package_type": "package",
        "shipping_amount": {"currency": "usd", "amount": 7.58 + at},
        "insurance_amount": nothing,
        "confirmation_amount": nothing,
        "other_amount": nothing,
        "delivery_days": 3,
        "validation_status": "valid",
        "warning_messages": [],
        "error_messages": [],
    }


def _carrier(carrier_id: str, code: str, service: str) -> dict[str, Any]:
    named = {"carrier_id": carrier_id, "carrier_code": code, "nickname": code, "friendly_name": code}
    services = [{"service_code": service, "name": service, "domestic": True}]
    return {**named, "requires_funded_amount": False, "balance": 0.0, "services": services,
            "packages": [{"package_code": "package", "name": "Package"}], "send_rates": True}  # fmt: skip


def _transaction(number: int) -> dict[str, Any]:
    return {
        "object_id": f"{number:032x}",
        "status": "SUCCESS",
        "tracking_number": f"1Z{number:012}",
        "label_url": f"{HERE}/v2/downloads/1/secret/label-{number}.pdf",
        "messages": [],
        "rate": {"object_id": "1", "amount": "7.58", "currency": "USD", "provider": "USPS"},
        "created_by": {"first_name": "Ada", "last_name": "Lovelace", "username": "ada"},
    }


def _postage(told: dict[str, Any], number: int) -> dict[str, Any]:
    rate = {"id": f"rate_{number}", "object": "Rate", "service": "GroundAdvantage", "carrier": "USPS",
            "rate": "7.58", "currency": "USD"}  # fmt: skip
    label = {"id": f"pl_{number}", "object": "PostageLabel",
             "label_url": f"{HERE}/v2/downloads/1/secret/label-{number}.pdf"}  # fmt: skip
    return {
        "id": f"shp_{number}",
        "object": "Shipment",
        "reference": (told.get("shipment") or {}).get("reference"),
        "rates": [rate],
        "selected_rate": rate,
        "postage_label": label,
        "tracking_code": f"9400{number:018}",
    }


def _paper() -> bytes:
    """Return a whole PDF of one empty page, 4 by 6 inches."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 288 432] >>",
    ]
    paper, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(paper))
        paper += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(paper)
    paper += b"xref\n0 4\n0000000000 65535 f \n" + table
    return paper + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


PAPER = _paper()


def _carriers(_method: str, _parts: list[str], _told: dict[str, Any], _number: int) -> Answer:
    return _json(200, {"carriers": [_carrier(*one) for one in _CARRIERS], "errors": []})


def _nothing(_method: str, _parts: list[str], _told: dict[str, Any], _number: int) -> Answer:
    return _json(404, _error("not_found"))


_ASKED: dict[str, Callable[[str, list[str], dict[str, Any], int], Answer]] = {
    "labels": _labels,
    "rates": _rated,
    "shipments": _shipments,
    "carriers": _carriers,
}
