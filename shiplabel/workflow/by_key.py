"""The labels that hang on one of our keys, also where labels do not tell their keys.

A label need not say whose key it carries; its shipment does. A key used twice may stand on two
shipments, so that a label of another shipment of the service can be ours all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.domain.label import Label
    from shiplabel.workflow.ports import ShippingApi
    from shiplabel.workflow.session import Session


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
            filtered = api.key_of_shipment(label.shipment_id) == key
            known.add(label.shipment_id if filtered else api.find_shipment(key))
        yield replace(label, external_shipment_id=key) if label.shipment_id in known else label
