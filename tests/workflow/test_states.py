from __future__ import annotations

from itertools import product

import pytest

from shiplabel.workflow.states import (
    PURCHASE,
    ROLL_BACK,
    IllegalTransition,
    MoneyMoved,
    PurchaseEvent,
    PurchaseState,
    Trouble,
    advance,
    return_step,
)
from shiplabel.workflow.steps import STEPS

PAIRS = list(product(PurchaseState, PurchaseEvent))


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_advance_of_every_pair_follows_the_table_or_raises(pair: tuple[PurchaseState, PurchaseEvent]) -> None:
    if pair in PURCHASE:
        assert advance(*pair) is PURCHASE[pair]
    else:
        with pytest.raises(IllegalTransition):
            advance(*pair)


def test_unknown_purchase_has_no_edge_to_purchasing() -> None:
    following = {PURCHASE[pair] for pair in PURCHASE if pair[0] is PurchaseState.UNKNOWN}
    assert following == {PurchaseState.PURCHASED, PurchaseState.PLANNED}


def test_purchasing_is_entered_by_an_intent_only() -> None:
    entering = {pair for pair, state in PURCHASE.items() if state is PurchaseState.PURCHASING}
    assert entering == {(PurchaseState.PLANNED, PurchaseEvent.INTEND)}


def test_roll_back_table_names_every_trouble_and_real_steps() -> None:
    assert set(ROLL_BACK) == set(Trouble)
    assert all(row.step is None or row.step in STEPS for row in ROLL_BACK.values())


@pytest.mark.parametrize(
    ("trouble", "at", "refused", "to"),
    [
        (Trouble.FIELD_REFUSED, "confirm", "to_zip", "to_zip"),
        (Trouble.FIELD_REFUSED, "purchase", None, "confirm"),
        (Trouble.QUOTE_FAILED, "rate", None, "confirm"),
        (Trouble.KEY_REFUSED, "confirm", None, "confirm"),
        (Trouble.KEY_REFUSED, "purchase", None, "rate"),
        (Trouble.PURCHASE_REFUSED, "purchase", None, "rate"),
        (Trouble.NO_ANSWER, "purchase", None, "purchase"),
        (Trouble.LABEL_ERROR, "purchase", None, "purchase"),
        (Trouble.FILE_MISSING, "done", None, "done"),
    ],
)
def test_return_step_of_each_trouble_is_the_step_that_mends(
    trouble: Trouble, at: str, refused: str | None, to: str
) -> None:
    assert return_step(trouble, at=at, refused_step=refused) == to


def test_roll_back_keeps_a_purchase_in_doubt_at_the_purchase() -> None:
    doubtful = {row.step for row in ROLL_BACK.values() if row.money is MoneyMoved.MAYBE}
    assert doubtful == {"purchase"}
