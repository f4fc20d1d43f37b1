"""A row of a batch beside a disk that stops telling what is on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shiplabel.domain.rate import Carrier
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import NoAnswer, StorageError
from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.batch import UNKNOWN
from shiplabel.workflow.batch_found import Plan
from shiplabel.workflow.batch_row import buy_row
from shiplabel.workflow.rows import RowDraft
from shiplabel.workflow.session import Wishes
from tests.workflow.model import ANSWERS, World

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.domain.label import Label
    from shiplabel.workflow.session import Session


class GoesBlind(SessionFiles):
    """Sessions on a disk that can be read until it breaks."""

    broken = False

    def with_key(self, shipment_key: str) -> list[Session]:
        if self.broken:
            raise StorageError("the disk reports an error")
        return super().with_key(shipment_key)


def test_row_whose_purchase_is_lost_while_the_disk_breaks_is_unknown(tmp_path: Path) -> None:
    store = GoesBlind(tmp_path)

    def lost(world: World, label: Label) -> Label:
        world.charge(label)
        world.lag_looks = 9
        store.broken = True
        raise NoAnswer("the connection was lost")

    world = World(answer=lost)
    parts = replace(world.parts, store=store, settle_s=0.0)
    carriers = (Carrier(carrier_id="se-100", carrier_code="usps", name="USPS"),)
    plan = Plan(batch_id="B2345", environment="test", rule=parse_rule("cheapest"), carriers=carriers)
    draft = RowDraft(row=2, rows=(2,), order_id="1", answers=ANSWERS, wishes=Wishes(), shipment_key="sl-1")
    done = buy_row(parts, plan, draft)
    assert (done.word, done.outcome.status, len(world.charged)) == (UNKNOWN, UNKNOWN, 1)
