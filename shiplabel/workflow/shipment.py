"""From a session's answers to the shipment that the service is told."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from shiplabel.domain.address import address_of
from shiplabel.domain.parcel import dimensions_of, parse_weight
from shiplabel.domain.shipment import Parcel, Shipment

if TYPE_CHECKING:
    from shiplabel.workflow.session import Session


def shipment_of(session: Session) -> Shipment:
    """Return the shipment that the answers describe; every answer step must have been answered."""
    answers, wishes = session.answers, session.wishes
    return Shipment(
        shipment_key=session.shipment_key,
        ship_from=address_of(answers, "from"),
        ship_to=address_of(answers, "to"),
        parcel=parcel_of(session),
        confirmation=wishes.confirmation,
        insured_value=wishes.insured_value,
        reference=wishes.reference,
        carrier_id=wishes.carrier_id,
        service_code=wishes.service_code,
    )


def parcel_of(session: Session) -> Parcel:
    """Return the parcel that the answers describe."""
    answers = session.answers
    sides = [answers.get(f"parcel_{side}") or "" for side in ("length", "width", "height")]
    return Parcel(
        weight=parse_weight(answers["parcel_weight"] or ""),
        dimensions=dimensions_of(*sides) if all(sides) else None,
        package_code=session.wishes.package_code,
    )


def digest_of(shipment: Shipment) -> str:
    """Return a short word that differs whenever anything in the shipment does."""
    return hashlib.sha256(repr(shipment).encode()).hexdigest()[:16]
