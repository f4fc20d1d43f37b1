"""Label records made for tests, saved by the real storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from shiplabel.domain.label import Label
from shiplabel.domain.money import Money
from shiplabel.workflow.session import Purchase, Session, Wishes
from shiplabel.workflow.states import PurchaseState

if TYPE_CHECKING:
    from shiplabel.storage.sessions import SessionFiles

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


def bought(number: int, **answers: str | None) -> Session:
    """Return a finished session; the higher its number, the later it was bought."""
    at = START + timedelta(hours=number)
    label = Label(
        label_id=f"se-{number}",
        status="completed",
        shipment_id=f"se-s{number}",
        carrier_code="ups" if number % 2 else "stamps_com",
        service_code="ups_ground" if number % 2 else "usps_priority",
        tracking_number=f"1Z{number:08}",
        cost=Money(Decimal("7.50") + number),
        created_at=at,
    )
    return Session(
        session_id=f"{number:05}",
        step="done",
        created_at=at,
        updated_at=at,
        expires_at=at + timedelta(days=1),
        shipment_key=f"sl-{number}",
        environment="sandbox",
        answers={"to_name": "Ada Lovelace", "to_city": "Austin", **answers},
        wishes=Wishes(order_id=f"order {number}"),
        purchase=Purchase(state=PurchaseState.PURCHASED, label=label, label_id=label.label_id),
    )


def save(files: SessionFiles, session: Session) -> Session:
    """Save a session among the records as the program does, by one rename."""
    return files.finish(session)


def voided(session: Session) -> Session:
    """Return the record of the same label, voided."""
    return replace(session, purchase=replace(session.purchase, state=PurchaseState.VOIDED))
