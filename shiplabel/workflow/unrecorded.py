"""A look at the account for labels on our keys that nothing here tells of: one too many, or lost.

A purchase that is answered plainly is not looked up again, so a second label that the service made
beside it shows only here. Labels on keys that are not ours are nobody's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.workflow.by_key import labels_since
from shiplabel.workflow.states import UNSETTLED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from shiplabel.domain.label import Label
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session


def unrecorded(parts: Parts, since: datetime) -> Iterator[tuple[Label, Session | None]]:
    """Yield each usable label since then on a key of ours that has no record, and a session of that key.

    It is None where the key's session was put away. Keys with a purchase in doubt are left to their own
    look-ups. Raises what the list of labels raises.
    """
    for label in labels_since(parts.api, since):
        if not label.is_active or not label.external_shipment_id:
            continue
        ours = parts.store.with_key(label.external_shipment_id)
        recorded = {session.purchase.label_id for session in ours}
        in_doubt = any(session.purchase.state in UNSETTLED for session in ours)
        is_ours = ours or parts.store.was_met(label.external_shipment_id)
        if is_ours and not in_doubt and label.label_id not in recorded:
            yield label, ours[-1] if ours else None
