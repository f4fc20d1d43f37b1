"""Sessions to JSON and back, with a version and a table of migrations."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from shiplabel.errors import StorageError
from shiplabel.language import phrase
from shiplabel.workflow.session import SCHEMA, Session, status_of
from shiplabel.workflow.states import PurchaseState

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.domain.money import Money

with suppress(msgspec.ValidationError):
    msgspec.convert(
        {}, Session
    )  # builds the reader: two threads that build it at once bring the program down

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def to_document(session: Session) -> dict[str, Any]:
    """Return a session as JSON values, a head for listings first."""
    return {"head": head_of(session), "body": msgspec.to_builtins(session)}


def from_document(document: dict[str, Any]) -> Session:
    """Return the session of a document, migrated forward; raise StorageError when it is not one."""
    try:
        body = document["body"]
        version = body["schema"]
        if version > SCHEMA:
            raise StorageError(
                phrase(
                    "Session {session_id} was written by a newer shiplabel.",
                    session_id=body.get("session_id"),
                ),
                hint=phrase("update shiplabel; the file is left as it is"),
            )
        while version < SCHEMA:
            body = MIGRATIONS[version](body)
            version = body["schema"]
        return msgspec.convert(body, Session)
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise StorageError(phrase("A session file is damaged."), code="damaged") from error


def head_of(session: Session) -> dict[str, Any]:
    """Return the few values that a listing shows, as JSON values."""
    label = session.purchase.label
    return {
        "schema": session.schema,
        "revision": session.revision,
        "session_id": session.session_id,
        "status": status_of(session),
        "step": session.step,
        "created_at": session.created_at.isoformat(),
        "updated_at": session.updated_at.isoformat(),
        "expires_at": session.expires_at.isoformat(),
        "shipment_key": session.shipment_key,
        "environment": session.environment,
        "batch": session.batch,
        "row": session.row,
        "order_id": session.wishes.order_id[:60],
        "to_name": (session.answers.get("to_name") or "")[:60],
        "label_id": session.purchase.label_id,
        "tracking_number": label.tracking_number if label else None,
        "cost": _text(label.cost) if label else None,
        "waits": _waits(session),
    }


def _waits(session: Session) -> bool:
    """Tell whether it is a row that its batch has quoted and not bought: nobody's open session."""
    planned = session.purchase.state is PurchaseState.PLANNED
    return bool(session.batch) and session.step == "rate" and planned and session.error is None


def _text(money: Money | None) -> dict[str, str] | None:
    return {"amount": str(Decimal(money.amount)), "currency": money.currency} if money else None
