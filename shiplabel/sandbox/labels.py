"""Bought labels: looked up, listed, voided, tracked."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from shiplabel.sandbox.answers import ApiError, Document, answer, invalid_field, unknown_id
from shiplabel.sandbox.ledger import LabelRow, stamp

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from shiplabel.sandbox.call import Call

_COLUMNS = ("carrier_id", "service_code", "tracking_number", "rate_id", "shipment_id", "warehouse_id")
_STATUSES = ("processing", "completed", "error", "voided")
_STATUS = (
    "CASE WHEN voided_at IS NOT NULL THEN 'voided' WHEN ready_at <= ? THEN ends ELSE 'processing' END = ?"
)
_SORTS = ("created_at", "modified_at", "voided_at")
_PAGE_SIZE = 25
_MAX_PAGE_SIZE = 200
_VOID_DAYS = 28
_INLINE = {"pdf": "application/pdf", "png": "image/png", "zpl": "application/zpl"}


def label_document(call: Call, label: LabelRow, download_type: str = "url") -> Document:
    """Return a label as the service shows it now."""
    status = label.status(call.now)
    ready = status in ("completed", "voided")
    downloads = _downloads(call, label, download_type) if ready else None
    packages = [one | {"label_download": downloads} for one in label.body["packages"]]
    shown = {
        "label_id": label.label_id,
        "status": status,
        "shipment_id": label.shipment_id,
        "external_shipment_id": label.external_shipment_id,
        "created_at": label.created_at,
        "tracking_number": label.tracking_number,
        "carrier_id": label.carrier_id,
        "service_code": label.service_code,
        "voided": label.voided_at is not None,
        "voided_at": label.voided_at,
        "void_type": "manual" if label.voided_at else None,
        "tracking_status": "in_transit" if ready else "unknown",
        "label_download": downloads,
        "form_download": None,
        "qr_code_download": None,
        "paperless_download": None,
        "insurance_claim": None,
    }
    return label.body | shown | {"packages": packages}


def get(call: Call) -> Response:
    """GET /v2/labels/{id}: an unknown one is a 404 with an empty body."""
    label = call.ledger.label(call.values["label_id"])
    if label is None:
        raise ApiError(404)
    return answer(label_document(call, label, call.asked("label_download_type") or "url"))


def get_by_external(call: Call) -> Response:
    """GET /v2/labels/external_shipment_id/{id}: only the earliest one."""
    external = call.values["external_shipment_id"]
    label = call.ledger.label_by_external(external, stamp(_visible_until(call)))
    if label is None:
        raise ApiError(404)
    return answer(label_document(call, label))


def list_all(call: Call) -> Response:
    """GET /v2/labels: one page, newest first unless asked otherwise."""
    page = _whole(call, "page", 1)
    size = min(_whole(call, "page_size", _PAGE_SIZE), _MAX_PAGE_SIZE)
    where, values = _filter(call)
    order = _order(call)
    total = call.ledger.count_labels(where, values)
    pages = max(1, -(-total // size))
    shown = call.ledger.labels(where, [*values, size, (page - 1) * size], f"{order} LIMIT ? OFFSET ?")
    document = {
        "labels": [label_document(call, one) for one in shown],
        "total": total,
        "page": page,
        "pages": pages,
        "links": _links(call, page, pages),
    }
    return answer(document)


def void(call: Call) -> Response:
    """PUT /v2/labels/{id}/void: a refusal is a 200 with ``approved`` false."""
    label_id = call.values["label_id"]
    with call.ledger.transaction():
        label = call.ledger.label(label_id)
        if label is None:
            raise unknown_id("label_id", label_id)
        if switch := call.switch("void-refused"):
            return _no_void(
                switch.param("reason", "contact_carrier"), "The carrier refused to void the label."
            )
        if label.voided_at:
            return _no_void("label_already_voided", "This label has already been voided.")
        if label.created_at < stamp(call.now - timedelta(days=_VOID_DAYS)):
            return _no_void("label_not_found_within_void_period", "The void period has ended.")
        call.ledger.void_label(label, call.now)
    told = "Request for refund submitted. This label has been voided."
    return answer({"approved": True, "message": told, "voided_label_ids": [label.number]})


def track(call: Call) -> Response:
    """GET /v2/labels/{id}/track: a label a day old is on its way."""
    label = call.ledger.label(call.values["label_id"])
    if label is None:
        raise unknown_id("label_id", call.values["label_id"])
    moved = label.created_at < stamp(call.now - timedelta(days=1))
    code, words = ("IT", "In Transit") if moved else ("AC", "Accepted")
    event = "Shipping label created, the carrier awaits the parcel"
    return answer(
        {
            "tracking_number": label.tracking_number,
            "tracking_url": label.body["tracking_url"],
            "status_code": code,
            "carrier_code": label.body["carrier_code"],
            "carrier_detail_code": None,
            "status_description": words,
            "carrier_status_code": "INDUCTION",
            "carrier_status_description": event,
            "ship_date": label.body["ship_date"],
            "estimated_delivery_date": None,
            "actual_delivery_date": None,
            "exception_description": None,
            "events": [_event(label, event)],
        }
    )


def _event(label: LabelRow, description: str) -> Document:
    return {
        "occurred_at": label.created_at,
        "carrier_occurred_at": label.created_at,
        "description": description,
        "city_locality": None,
        "state_province": None,
        "postal_code": None,
        "country_code": None,
        "company_name": None,
        "signer": None,
        "event_code": "3000",
        "carrier_detail_code": None,
        "status_code": "AC",
        "carrier_status_code": "3000",
    }


def _no_void(reason: str, message: str) -> Response:
    return answer({"approved": False, "message": message, "reason_code": reason, "voided_label_ids": []})


def _downloads(call: Call, label: LabelRow, download_type: str) -> Document:
    wanted = label.body["label_format"]
    formats = ("pdf", "png", "zpl") if wanted == "pdf" else (wanted,)
    if download_type == "inline":
        links = {one: _inline(label, one) for one in formats}
    else:
        path = f"{call.base}/v2/downloads/10/{label.token}/label-{label.number}"
        links = {one: f"{path}.{one}" for one in formats}
    if wanted == "zpl":
        return {"href": links["zpl"]}
    if len(label.body["packages"]) > 1 and wanted == "pdf":
        links.pop("png")
    return links | {"href": links[wanted]}


def _inline(label: LabelRow, form: str) -> str:
    from shiplabel.sandbox.papers import draw  # noqa: PLC0415 - drawing is loaded when a paper is wanted

    drawn = draw(label.paper, form, label.body["label_layout"])
    return f"data:{_INLINE[form]};base64,{base64.b64encode(drawn).decode('ascii')}"


def _filter(call: Call) -> tuple[str, list[Any]]:
    parts, values = ["created_at <= ?"], [stamp(_visible_until(call))]
    columns = _COLUMNS if call.switch("list-ignores-external-id") else (*_COLUMNS, "external_shipment_id")
    for name in columns:
        if value := call.asked(name):
            parts.append(f"{name} = ?")
            values.append(value)
    for name, sign in (("created_at_start", ">="), ("created_at_end", "<=")):
        if value := call.asked(name):
            parts.append(f"created_at {sign} ?")
            values.append(stamp(_moment(name, value)))
    if status := call.asked("label_status"):
        _one_of("label_status", status, _STATUSES)
        parts.append(_STATUS)
        values += [stamp(call.now), status]
    if call.asked("batch_id") or call.request.args.getlist("refund_status"):
        parts.append("0")
    return " AND ".join(parts), values


def _visible_until(call: Call) -> datetime:
    """Return the moment up to which labels are seen: the list may lag behind purchases."""
    switch = call.switch("list-lag")
    return call.now - timedelta(seconds=switch.seconds(5.0) if switch else 0)


def _order(call: Call) -> str:
    by = call.asked("sort_by") or "created_at"
    way = (call.asked("sort_dir") or "desc").lower()
    _one_of("sort_by", by, _SORTS)
    _one_of("sort_dir", way, ("asc", "desc"))
    return f"{by} {way}, number {way}"


def _links(call: Call, page: int, pages: int) -> Document:
    def link(number: int) -> Document:
        kept = [(name, value) for name, value in call.request.args.items(multi=True) if name != "page"]
        return {"href": f"{call.base}/v2/labels?{urlencode([*kept, ('page', number)])}"}

    return {
        "first": link(1),
        "last": link(pages),
        "prev": link(page - 1) if page > 1 else {},
        "next": link(page + 1) if page < pages else {},
    }


def _whole(call: Call, name: str, default: int) -> int:
    value = call.asked(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise invalid_field(name, value, f"{name}: must be a whole number from 1 on")
    return int(value)


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise invalid_field(name, value, f"{name}: is not one of {', '.join(choices)}")


def _moment(name: str, value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        raise invalid_field(name, value, f"{name}: is not a date and time", "invalid_date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
