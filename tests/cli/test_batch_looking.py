"""What a batch makes of its rows before anything is sent: here the money of earlier runs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from shiplabel.cli.batch.looking import Look
from shiplabel.domain.money import Money
from shiplabel.domain.rules import parse_rule
from shiplabel.storage.batches import Journal
from shiplabel.workflow.batch import Purse
from shiplabel.workflow.batch_found import Plan
from shiplabel.workflow.batch_ledger import Ledger
from shiplabel.workflow.purchase import purchase
from shiplabel.workflow.rows import RowDraft
from shiplabel.workflow.session import Wishes
from tests.workflow.model import ANSWERS, World, bought, ready

if TYPE_CHECKING:
    from pathlib import Path


def test_label_whose_cost_was_never_told_counts_as_quoted_against_the_limit(tmp_path: Path) -> None:
    world = World(answer=lambda world, label: bought(world, replace(label, cost=None)))
    purchase(world.parts, replace(ready(world), batch="B2222", row=2))
    draft = RowDraft(
        row=2, rows=(2,), order_id="", answers=ANSWERS, wishes=Wishes(), shipment_key="sw-key", problems=()
    )
    orders: Any = SimpleNamespace(drafts=lambda: iter([draft]))
    plan = Plan(batch_id="B2222", environment="test", rule=parse_rule("cheapest"))
    purse = Purse(Money(Decimal("10.00")))
    with Journal(tmp_path / "rows.journal") as journal:
        list(Look(world, orders, plan, Ledger(journal, purse)).over())
    assert purse.left == Money(Decimal("2.42"))
