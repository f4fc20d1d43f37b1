"""The labels that hang on one of our keys, also where labels do not tell their keys.

A label need not say whose key it carries; its shipment does. A key used twice may stand on two
shipments, so that a label of another shipment of the service can be ours all the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shiplabel.errors import Refused, Unauthorized
from shiplabel.language import phrase
from shiplabel.workflow.trouble import told_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from shiplabel.domain.label import Label
    from shiplabel.workflow.ports import Parts, ShippingApi
    from shiplabel.workflow.session import Session

OLDER = timedelta(days=7)
"""How much older than its label a shipment of ours may be."""


def labels_by_key(api: ShippingApi, session: Session) -> Iterator[Label]:
    """Yield what the service lists for a session's key; a silent label of ours is given that key.

    The first shipment of another key shows that the list is not filtered: from there on only the
    shipment that the service names for the key counts, and no other one is asked for.
    """
    key, known, filtered = session.shipment_key, {session.shipment_id}, True
    for label in api.labels(external_shipment_id=key):
        if label.external_shipment_id or not label.shipment_id:
            yield label
            continue
        if filtered and label.shipment_id not in known:
            filtered = _key_of(api, label.shipment_id) == key
            known.add(label.shipment_id if filtered else api.find_shipment(key))
        yield replace(label, external_shipment_id=key) if label.shipment_id in known else label


def labels_since(api: ShippingApi, since: datetime) -> Iterator[Label]:
    """Yield the account's labels since then with their keys, those last whose shipments had to tell them."""
    silent: list[Label] = []
    for label in api.labels(created_since=since):
        if label.external_shipment_id or not label.shipment_id:
            yield label
        else:
            silent.append(label)
    if silent:
        keys = _keys_of(api, {label.shipment_id for label in silent}, since - OLDER)
        yield from (replace(one, external_shipment_id=keys.get(one.shipment_id)) for one in silent)


def refuse_unlisted(api: ShippingApi, session: Session) -> None:
    """Raise Refused when the service says that the shipment has a label, and lists none, voided or not.

    A list may lag behind; what it does not show yet was bought by somebody else all the same.
    """
    told = api.shipment(session.shipment_id) if session.shipment_id else None
    if told is None or not told.labelled:
        return
    listed = api.labels(shipment_id=told.shipment_id)
    if any(label.shipment_id == told.shipment_id for label in listed):
        return
    raise Refused(
        phrase(
            "The service says that shipment {shipment_id} ({shipment_key}) has a label and does not list it "
            "yet. Nothing was bought.",
            shipment_id=told.shipment_id,
            shipment_key=session.shipment_key,
        ),
        code="label_not_listed",
        hint=phrase(
            "wait a minute, then shiplabel resume {session_id}; --again ships an order once more",
            session_id=session.session_id,
        ),
    )


def tell_extra(parts: Parts, session: Session, extra: Iterable[Label]) -> None:
    """Say which labels on our key are too many beside the one that is kept."""
    for label in extra:
        parts.say(
            phrase(
                "{shipment_key} has another label, which may have been charged too: {label}. "
                "Next: shiplabel labels void {label_id}",
                shipment_key=session.shipment_key,
                label=told_of(label),
                label_id=label.label_id,
            )
        )


def _keys_of(api: ShippingApi, made: set[str], since: datetime) -> dict[str, str | None]:
    """Return the keys of shipments: from their list, where there is one, else from each."""
    try:
        told = (one for one in api.shipments(since) if one.shipment_id in made)
        return {one.shipment_id: one.shipment_key for one in told}
    except Unauthorized:
        raise
    except Refused:
        return {shipment_id: _key_of(api, shipment_id) for shipment_id in made}


def _key_of(api: ShippingApi, shipment_id: str) -> str | None:
    told = api.shipment(shipment_id)
    return told.shipment_key if told else None
