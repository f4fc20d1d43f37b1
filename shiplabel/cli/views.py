"""What scripts read: sessions and labels as JSON documents, with the keys they rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shiplabel.cli.boundary import error_object
from shiplabel.domain.address import address_of, one_line
from shiplabel.language import phrase
from shiplabel.workflow.session import can_expire, status_of
from shiplabel.workflow.steps import title

if TYPE_CHECKING:
    from datetime import datetime

    from shiplabel.domain.money import Money
    from shiplabel.domain.rate import Rate
    from shiplabel.errors import ShiplabelError
    from shiplabel.workflow.session import Documents, Session, StepError

WORD_WIDTH = 10


def money(value: Money | None) -> dict[str, str] | None:
    """Return money as scripts read it: the amount as text."""
    return {"amount": value.text, "currency": value.currency} if value else None


def kept_error(error: StepError | None) -> dict[str, object] | None:
    """Return the error that a session keeps."""
    if error is None:
        return None
    return {
        "step": error.step,
        "code": error.code,
        "message": error.message,
        "request_id": error.request_id,
        "at": error.at.isoformat(),
        "reverted_from": error.reverted_from,
        "reverted_to": error.reverted_to,
    }


def label_object(session: Session, error: ShiplabelError | None = None) -> dict[str, Any]:
    """Return one label; ``error`` stands in where the session keeps none."""
    label, intent = session.purchase.label, session.purchase.intent
    rate = session.rate
    quoted = intent.quoted if intent else (rate.total if rate else None)
    said = error_object(error) if error else None
    return {
        "environment": session.environment,
        "session_id": session.session_id,
        "status": status_of(session),
        "step": session.step,
        "shipment_key": session.shipment_key,
        "shipment_id": session.shipment_id,
        "label_id": session.purchase.label_id,
        "tracking_number": label.tracking_number if label else None,
        "carrier_code": label.carrier_code if label else (rate.carrier_code if rate else None),
        "service_code": label.service_code if label else (rate.service_code if rate else None),
        "cost": money(label.cost) if label else None,
        "quoted": money(quoted),
        "files": [
            {"path": file.path, "format": file.format, "layout": file.layout}
            for file in session.documents.files
        ],
        "printed_at": session.documents.printed_at.isoformat() if session.documents.printed_at else None,
        "print_job": session.documents.print_job or None,
        "error": kept_error(session.error) or said,
    }


def rate_object(rate: Rate) -> dict[str, Any]:
    """Return one rate."""
    return {
        "rate_id": rate.rate_id,
        "carrier_id": rate.carrier_id,
        "carrier_code": rate.carrier_code,
        "carrier_name": rate.carrier_name,
        "service_code": rate.service_code,
        "service_name": rate.service_name,
        "package_type": rate.package_type,
        "total": money(rate.total),
        "parts": {name: money(part) for name, part in rate.parts.items()},
        "delivery_days": rate.delivery_days,
        "delivery_at": rate.delivery_at.isoformat() if rate.delivery_at else None,
        "zone": rate.zone,
        "guaranteed": rate.guaranteed,
        "warnings": list(rate.warnings),
    }


def price_lines(session: Session) -> list[str]:
    """Return a line that tells both prices where another was paid than was quoted, else nothing."""
    label, intent = session.purchase.label, session.purchase.intent
    if label is None or intent is None or not label.cost or intent.quoted in {None, label.cost}:
        return []
    both = phrase("{cost} (quoted {quoted})", cost=label.cost, quoted=intent.quoted)
    return [line_of(phrase("Paid"), both)]


def line_of(word: str, text: str) -> str:
    """Return a line of what is shown in lines: its word, then the text."""
    return f"{word:<{WORD_WIDTH}}{text}"


def label_lines(session: Session) -> list[str]:
    """Return a finished label as a clerk reads it."""
    label = session.purchase.label
    if label is None:
        return [
            phrase(
                "Session {session_id}: {status} at {step}",
                session_id=session.session_id,
                status=status_of(session),
                step=session.step,
            )
        ]
    lines = [line_of(phrase("Label"), f"{label.label_id} ({status_of(session)})")]
    lines += [line_of(phrase("Service"), f"{label.carrier_code} {label.service_code}")]
    lines += [line_of(phrase("Tracking"), label.tracking_number)]
    lines += price_lines(session) or ([line_of(phrase("Paid"), str(label.cost))] if label.cost else [])
    lines += [line_of(phrase("File"), file.path) for file in session.documents.files]
    if not session.documents.files:
        later = phrase("not fetched yet: shiplabel labels print {label_id}", label_id=label.label_id)
        lines.append(line_of(phrase("File"), later))
    if session.documents.printed_at:
        lines.append(line_of(phrase("Printed"), _printed(session.documents)))
    return lines


def _printed(documents: Documents) -> str:
    """Return when a label was last given to a printer, to which, and as which job."""
    at = f"{documents.printed_at:%Y-%m-%d %H:%M} UTC" if documents.printed_at else ""
    if not documents.printer:
        return at
    return phrase(
        "{at} on {printer}, job {job_id}" if documents.print_job else "{at} on {printer}",
        at=at,
        printer=documents.printer,
        job_id=documents.print_job,
    )


def session_lines(session: Session, status: str) -> list[str]:
    """Return a session as a clerk reads it: where it stands, what was answered, what went wrong."""
    quoted = session.quoted_at
    rates = (
        phrase("{count}, asked for at {at}", count=len(session.quotes), at=_minute(quoted)) if quoted else ""
    )
    known = [
        (phrase("Session"), f"{session.session_id} ({status}, {title(session.step)})"),
        (phrase("Order"), session.wishes.order_id),
        (phrase("Key"), session.shipment_key),
        (phrase("From"), _address_line(session, "from")),
        (phrase("To"), _address_line(session, "to")),
        (phrase("Parcel"), _parcel_line(session)),
        (phrase("Rates"), rates),
        (phrase("Chosen"), f"{session.rate.service_name} {session.rate.total}" if session.rate else ""),
        (phrase("Label"), session.purchase.label_id or ""),
        (phrase("Error"), _error_line(session.error) if session.error else ""),
        (phrase("Saved"), _minute(session.updated_at)),
        (phrase("Expires"), _minute(session.expires_at) if can_expire(session) else ""),
    ]
    return [line_of(name, text) for name, text in known if text]


def _address_line(session: Session, side: str) -> str:
    return one_line(address_of(session.answers, side)) if session.answers.get(f"{side}_name") else ""


def _parcel_line(session: Session) -> str:
    sides = [session.answers.get(f"parcel_{side}") or "" for side in ("length", "width", "height")]
    return ", ".join(filter(None, (session.answers.get("parcel_weight"), " x ".join(filter(None, sides)))))


def _error_line(error: StepError) -> str:
    aside = ", ".join(filter(None, (error.code, error.request_id)))
    return f"{error.message} ({aside})"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
