"""Labels that do not tell their key: found through the shipment that does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.label import Label
from shiplabel.domain.shipment import KnownShipment
from shiplabel.errors import Refused, Unauthorized
from shiplabel.workflow.by_key import labels_since
from shiplabel.workflow.lookup import ours, settle
from shiplabel.workflow.purchase import purchase
from shiplabel.workflow.states import PurchaseState
from shiplabel.workflow.trouble import RolledBack
from tests.workflow.model import NOON, World, bought_in_silence, ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from shiplabel.workflow.session import Session


class Silent(World):
    """A service whose labels tell no key, and whose key stands on several shipments."""

    def __init__(self, keys: dict[str, str], *shipments: str, filtered: bool = True) -> None:
        super().__init__(bought_in_silence)
        self.keys, self.filtered, self.asked = keys, filtered, 0
        self.charged = [
            Label(label_id=f"l-{shipment}", status="completed", shipment_id=shipment)
            for shipment in shipments
        ]

    def shipment(self, shipment_id: str) -> KnownShipment | None:
        self.asked += 1
        return KnownShipment(shipment_id, self.keys.get(shipment_id))

    def find_shipment(self, shipment_key: str) -> str | None:
        return next((found for found, key in self.keys.items() if key == shipment_key), None)

    def labels(self, **filters: Any) -> Iterator[Label]:
        for label in self.charged:
            if not self.filtered or filters == {"external_shipment_id": self.keys.get(label.shipment_id)}:
                yield label


def looking(world: World) -> Session:
    return replace(ready(world), shipment_key="sl-1")


def test_label_without_a_key_is_ours_when_its_shipment_carries_our_key() -> None:
    world = Silent({"se-1": "sl-1", "se-2": "sl-2"}, "se-1", "se-2")
    assert [label.label_id for label in ours(world.parts.api, looking(world))] == ["l-se-1"]


@pytest.mark.parametrize("first", ["se-2", "se-3"])
def test_labels_of_a_list_without_a_filter_cost_one_look_and_are_matched_by_shipment(first: str) -> None:
    world = Silent({"se-1": "sl-1", "se-2": "sl-2"}, first, "se-1", *["se-9"] * 50, filtered=False)
    assert [label.label_id for label in ours(world.parts.api, looking(world))] == ["l-se-1"]
    assert world.asked == 1


def test_purchase_in_doubt_whose_shipment_is_not_known_is_found_without_a_key_on_its_label() -> None:
    world = Silent({"se-1": "sl-1"}, "se-1")
    session = looking(world)
    doubt = replace(
        session, shipment_id=None, purchase=replace(session.purchase, state=PurchaseState.UNKNOWN)
    )
    assert settle(world.parts, doubt).purchase.label_id == "l-se-1"


class Lagging(Silent):
    """A service that tells of its shipment's label before it lists it."""

    def shipment(self, shipment_id: str) -> KnownShipment:
        return KnownShipment(shipment_id, "sl-1", labelled=True)


def met_before(world: World) -> Session:
    return world.save(replace(looking(world), met_before=True, shipment_id="se-1"))


def test_purchase_on_a_shipment_whose_label_is_told_and_not_listed_is_not_sent() -> None:
    world = Lagging({})
    with pytest.raises(RolledBack) as raised:
        purchase(world.parts, met_before(world))
    assert (raised.value.code, raised.value.exit_code, raised.value.session.step) == (
        "label_not_listed",
        1,
        "rate",
    )
    assert world.charged == []


def test_purchase_on_a_shipment_whose_label_was_voided_goes_on() -> None:
    world = Lagging({})
    world.answer = lambda world, label: world.charge(label)
    world.charged = [Label(label_id="l-1", status="voided", shipment_id="se-1", voided=True)]
    world.keys, world.filtered = {"se-1": "sl-1"}, False
    record = purchase(world.parts, met_before(world))
    assert [label.label_id for label in world.charged] == ["l-1", record.purchase.label_id]


SINCE = NOON - timedelta(days=14)


class Account(Silent):
    """An account's labels of the last days, all silent; its list of shipments may be missing."""

    def __init__(self, keys: dict[str, str], *shipments: str, no: Refused | None = None) -> None:
        super().__init__(keys, *shipments, filtered=False)
        self.no = no

    def shipments(self, created_since: datetime) -> Iterator[KnownShipment]:
        assert created_since < SINCE
        if self.no:
            raise self.no
        yield KnownShipment("se-5", "sl-5")
        yield from (KnownShipment(found, key) for found, key in self.keys.items())


@pytest.mark.parametrize("no", [None, Refused("no such list", status=404)])
def test_labels_of_the_last_days_have_the_keys_of_their_shipments(no: Refused | None) -> None:
    world = Account({"se-1": "sl-1", "se-2": "sl-2"}, "se-1", "se-2", "se-3", no=no)
    told = Label(label_id="l-0", status="completed", shipment_id="se-0", external_shipment_id="sl-0")
    world.charged.append(told)
    keys = [label.external_shipment_id for label in labels_since(world.parts.api, SINCE)]
    assert keys == ["sl-0", "sl-1", "sl-2", None]
    assert world.asked == (3 if no else 0)


def test_labels_of_the_last_days_of_a_refused_key_are_refused() -> None:
    with pytest.raises(Unauthorized):
        list(labels_since(Account({}, "se-1", no=Unauthorized("no", status=401)).parts.api, SINCE))
