"""What there is of a row already: its key, its session here, its label in the account."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.label import Label
from shiplabel.domain.money import Money
from shiplabel.domain.rules import parse_rule
from shiplabel.workflow.batch import FAILED, SKIPPED, RowOutcome
from shiplabel.workflow.batch_found import (
    Found,
    Plan,
    find,
    goes_on,
    settled_before,
    under_its_key,
    weightiest,
)
from shiplabel.workflow.problems import Problem
from shiplabel.workflow.rows import RowDraft
from shiplabel.workflow.session import NOT_BOUGHT, Event, Purchase, Session, Wishes
from shiplabel.workflow.states import PurchaseState
from tests.workflow.model import ANSWERS, NOON, World, ready

if TYPE_CHECKING:
    from shiplabel.workflow.ports import SessionStore

PLAN = Plan(batch_id="B2345", environment="test", rule=parse_rule("cheapest"))
DRAFT = RowDraft(row=2, rows=(2,), order_id="1042", answers=ANSWERS, wishes=Wishes(), shipment_key="sl-1042")
BAD = replace(DRAFT, problems=(Problem(2, "ZIP", "No ZIP."),))
LABEL = Label(
    label_id="se-9", status="completed", shipment_id="se-7", tracking_number="94", carrier_code="usps",
    service_code="usps_ground", cost=Money(Decimal("7.58")), created_at=NOON,
)  # fmt: skip
PLANNED, UNKNOWN, PURCHASED = PurchaseState.PLANNED, PurchaseState.UNKNOWN, PurchaseState.PURCHASED


def session_of(world: World, key: str, state: PurchaseState, batch: str | None = "B2345") -> Session:
    """Keep a session of a key and a state; return it."""
    label = LABEL if state is PURCHASED else None
    purchase = Purchase(state=state, label=label, label_id=label.label_id if label else None)
    return world.save(replace(ready(world), shipment_key=key, purchase=purchase, batch=batch))


def store_of(world: World) -> SessionStore:
    return world


@pytest.mark.parametrize(
    ("left", "again", "key"),
    [
        ({}, False, "sl-1042"),
        ({}, True, "sl-1042"),
        ({"sl-1042": (PLANNED, "B2345")}, True, "sl-1042"),
        ({"sl-1042": (PURCHASED, "B9999")}, False, "sl-1042"),
        ({"sl-1042": (PURCHASED, "B9999")}, True, "sl-1042-2"),
        ({"sl-1042": (PURCHASED, "B9999"), "sl-1042-2": (PURCHASED, None)}, True, "sl-1042-3"),
        ({"sl-1042": (PURCHASED, "B9999"), "sl-1042-2": (PURCHASED, "B2345")}, False, "sl-1042-2"),
        ({"sl-1042": (PURCHASED, "B9999"), "sl-1042-2": (UNKNOWN, "B2345")}, False, "sl-1042-2"),
        ({"sl-1042": (PURCHASED, "B9999"), "sl-1042-2": (PLANNED, "B2345")}, False, "sl-1042"),
        ({"sl-1042": (UNKNOWN, "B9999")}, False, "sl-1042"),
    ],
)
def test_key_of_a_row_is_the_first_that_nobody_else_used_or_what_its_batch_bought(
    left: dict[str, tuple[PurchaseState, str | None]], again: bool, key: str
) -> None:
    world = World()
    kept = {name: session_of(world, name, *what) for name, what in left.items()}
    found = find(store_of(world), replace(PLAN, again=again), DRAFT)
    assert (found.key, found.session, found.label) == (key, kept.get(key), None)


@pytest.mark.parametrize(("again", "key", "label"), [(False, "sl-1042", LABEL), (True, "sl-1042-2", None)])
def test_key_that_has_a_label_in_the_account_counts_as_used(
    again: bool, key: str, label: Label | None
) -> None:
    plan = replace(PLAN, again=again, elsewhere={"sl-1042": LABEL})
    assert find(store_of(World()), plan, DRAFT) == Found(key, None, label)


def test_key_that_this_machine_never_met_is_not_read_from_the_disk() -> None:
    world = World()
    session_of(world, "sl-1042", PURCHASED)
    plan = replace(PLAN, knows=lambda _key: False)
    assert find(store_of(world), plan, DRAFT) == Found("sl-1042")


def test_session_that_counts_for_a_key_has_a_label_else_is_in_doubt_else_is_the_newest_of_a_row() -> None:
    world = World()
    states = (PLANNED, PLANNED, UNKNOWN, PURCHASED)
    old, new, doubt, bought = (session_of(world, "sl-1", state) for state in states)
    by_hand = session_of(world, "sl-1", PLANNED, batch=None)
    everything = [old, new, doubt, bought, by_hand]
    for counts in (bought, doubt, new, old):
        assert weightiest(everything) is counts
        everything.remove(counts)
    assert weightiest(everything) is None


@pytest.mark.parametrize(
    ("former", "status", "state", "key"),
    [
        (None, "", None, "sl-1042"),
        ("", "failed", None, "sl-1042"),
        ("sl-1042-2", "bought", PURCHASED, "sl-1042"),
        ("sw-old", "failed", None, "sl-1042"),
        ("sw-old", "failed", PLANNED, "sl-1042"),
        ("sw-old", "bought", PURCHASED, "sw-old"),
        ("sw-old", "unknown", UNKNOWN, "sw-old"),
        ("sw-old", "skipped", None, "sw-old"),
    ],
)
def test_row_understood_otherwise_keeps_the_key_under_which_something_was_left(
    former: str | None, status: str, state: PurchaseState | None, key: str
) -> None:
    world = World()
    if former and state:
        session_of(world, former, state)
    before = None if former is None else RowOutcome(rows=(2,), status=status, shipment_key=former)
    assert under_its_key(store_of(world), DRAFT, before).shipment_key == key


@pytest.mark.parametrize(
    ("state", "batch", "goes"),
    [
        (None, None, False),
        (PLANNED, "B2345", False),
        (PURCHASED, "B9999", False),
        (PURCHASED, "B2345", True),
        (UNKNOWN, "B2345", True),
    ],
)
def test_bad_row_goes_on_only_where_its_batch_has_bought_or_tried_it(
    state: PurchaseState | None, batch: str | None, goes: bool
) -> None:
    session = session_of(World(), "sl-1042", state, batch) if state else None
    assert goes_on(PLAN, BAD, session) is goes
    assert goes_on(PLAN, DRAFT, session)


@pytest.mark.parametrize(
    ("batch", "failed_before", "status", "is_said", "cost"),
    [
        ("B2345", False, "bought", False, LABEL.cost),
        ("B2345", True, SKIPPED, False, LABEL.cost),
        ("B9999", False, SKIPPED, True, None),
    ],
)
def test_row_with_a_label_is_skipped_and_only_anothers_is_said(
    batch: str, failed_before: bool, status: str, is_said: bool, cost: Any
) -> None:
    found = Found("sl-1042", session_of(World(), "sl-1042", PURCHASED, batch))
    done = settled_before(PLAN, DRAFT, found, failed_before=failed_before)
    assert done is not None
    assert (done.word, done.outcome.status, done.outcome.label_id) == (SKIPPED, status, "se-9")
    assert (done.outcome.cost, bool(done.outcome.error)) == (cost, is_said)


@pytest.mark.parametrize(
    ("label", "word", "code", "said"),
    [
        (LABEL, SKIPPED, "", "1042 was labelled on 2026-03-04 from another computer or data folder: se-9."),
        (replace(LABEL, created_at=None), SKIPPED, "", "1042 was labelled on an earlier day"),
        (replace(LABEL, status="error"), FAILED, "label_error", "It may have been charged"),
    ],
)
def test_row_labelled_elsewhere_is_told_of_and_never_bought(
    label: Label, word: str, code: str, said: str
) -> None:
    done = settled_before(PLAN, DRAFT, Found("sl-1042", None, label), failed_before=False)
    assert done is not None
    assert (done.word, done.outcome.status, done.outcome.code) == (word, word, code)
    assert (done.outcome.label_id, done.outcome.cost) == ("se-9", None)
    assert said in done.outcome.error


def test_row_in_doubt_or_said_not_bought_goes_on_beside_a_label_elsewhere() -> None:
    world = World()
    in_doubt = session_of(world, "sl-1042", UNKNOWN)
    said = replace(session_of(world, "sl-1042", PLANNED), history=(Event(NOON, NOT_BOUGHT, "clerk"),))
    for session in (in_doubt, said):
        found = Found("sl-1042", session, LABEL)
        assert settled_before(PLAN, DRAFT, found, failed_before=False) is None
    assert settled_before(PLAN, DRAFT, Found("sl-1042"), failed_before=False) is None
