"""Labels of the account on keys of ours that nothing here tells of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.label import Label
from shiplabel.workflow.session import Purchase
from shiplabel.workflow.states import PurchaseState
from shiplabel.workflow.unrecorded import unrecorded
from tests.workflow.model import NOON, World, ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from shiplabel.domain.shipment import KnownShipment

LABEL = Label(label_id="se-2nd", status="completed", shipment_id="se-70", external_shipment_id="sw-key")


class Met(World):
    """A machine that went to buy for a key whose session it has put away."""

    def was_met(self, shipment_key: str) -> bool:
        return shipment_key == "sw-gone" or super().was_met(shipment_key)

    def shipments(self, created_since: datetime) -> Iterator[KnownShipment]:
        return iter(())


@pytest.mark.parametrize(
    ("label", "state", "kept_id", "is_told"),
    [
        (LABEL, PurchaseState.PURCHASED, "se-1st", True),
        (LABEL, PurchaseState.PURCHASED, "se-2nd", False),
        (LABEL, PurchaseState.PLANNED, None, True),
        (LABEL, PurchaseState.UNKNOWN, None, False),
        (LABEL, PurchaseState.PURCHASING, None, False),
        (replace(LABEL, voided=True), PurchaseState.PURCHASED, "se-1st", False),
        (replace(LABEL, status="error"), PurchaseState.PURCHASED, "se-1st", False),
        (replace(LABEL, external_shipment_id="theirs"), PurchaseState.PURCHASED, "se-1st", False),
        (replace(LABEL, external_shipment_id=None), PurchaseState.PURCHASED, "se-1st", False),
    ],
)
def test_label_on_a_key_of_ours_without_a_record_is_told_of(
    label: Label, state: PurchaseState, kept_id: str | None, is_told: bool
) -> None:
    world = Met()
    world.charged = [label]
    session = world.save(replace(ready(world), purchase=Purchase(state=state, label_id=kept_id)))
    told = list(unrecorded(world.parts, NOON))
    assert told == ([(label, session)] if is_told else [])
    assert world.disk == {session.session_id: session}


def test_label_of_a_session_put_away_is_told_of_without_one() -> None:
    world = Met()
    world.charged = [replace(LABEL, external_shipment_id="sw-gone")]
    assert list(unrecorded(world.parts, NOON)) == [(world.charged[0], None)]


def test_shipments_are_not_asked_for_where_every_label_tells_its_key() -> None:
    class Telling(World):
        def labels(self, **filters: Any) -> Iterator[Label]:
            yield from self.charged

    world = Telling(charged=[LABEL])
    session = ready(world)
    assert list(unrecorded(world.parts, NOON)) == [(LABEL, session)]
