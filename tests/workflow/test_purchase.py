from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.money import Money
from shiplabel.errors import (
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
    StorageError,
    Unauthorized,
)
from shiplabel.workflow.lookup import not_bought
from shiplabel.workflow.purchase import purchase, recover
from shiplabel.workflow.session import status_of
from shiplabel.workflow.states import PURCHASE, PurchaseEvent, PurchaseState
from shiplabel.workflow.trouble import AlreadyLabelled, RolledBack, SeveralLabels
from tests.workflow.model import Crash, World, bought, bought_in_silence, ready, silence

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.domain.label import Label

    Answer = Callable[[World, Label], Label]


def refuse(error: Exception) -> Answer:
    def answer(_world: World, _label: Label) -> Label:
        raise error

    return answer


def finish(world: World) -> None:
    """Do what a clerk would do after a kill or a doubt: resume, up to three times."""
    for _ in range(3):
        for session in list(world.disk.values()):
            try:
                settled = recover(world.parts, session)
                if settled.session_id in world.disk and settled.step == "purchase":
                    purchase(world.parts, settled)
            except (OutcomeUnknown, RolledBack):
                continue


def test_purchase_accepted_leaves_one_charge_and_one_record() -> None:
    world = World(answer=bought)
    record = purchase(world.parts, ready(world))
    assert len(world.charged) == 1
    assert world.disk == {}
    assert world.records[record.session_id].documents.state == "saved"
    assert status_of(record) == "bought"


def test_purchase_intent_is_on_disk_before_the_call() -> None:
    seen: list[PurchaseState] = []

    def look(world: World, label: Label) -> Label:
        seen.extend(session.purchase.state for session in world.disk.values())
        return world.charge(label)

    world = World(answer=look)
    purchase(world.parts, ready(world))
    assert seen == [PurchaseState.PURCHASING]


def test_purchase_whose_intent_cannot_be_saved_is_not_sent() -> None:
    world = World(answer=bought)
    session = ready(world)

    def full(_session: object) -> None:
        raise StorageError("the disk is full")

    parts = replace(world.parts, store=_Refusing(world, full))  # type: ignore[arg-type]  # a disk that fails
    with pytest.raises(StorageError):
        purchase(parts, session)
    assert world.charged == []


class _Refusing:
    """A store whose saves fail."""

    def __init__(self, world: World, save: Callable[[object], None]) -> None:
        self.save = save
        self.with_key = world.with_key
        self.holding_key = world.holding_key


@pytest.mark.parametrize("lag_looks", [0, 2, 7])
def test_purchase_bought_in_silence_is_found_and_adopted(lag_looks: int) -> None:
    world = World(answer=bought_in_silence, lag_looks=lag_looks)
    record = purchase(world.parts, ready(world))
    assert record.purchase.label_id == world.charged[0].label_id
    assert len(world.charged) == 1


def test_purchase_without_any_answer_stays_unknown_and_is_not_sent_again() -> None:
    world = World(answer=silence)
    session = ready(world)
    with pytest.raises(OutcomeUnknown, match="not known"):
        purchase(world.parts, session)
    kept = world.disk[session.session_id]
    assert (status_of(kept), kept.step) == ("unknown", "purchase")
    assert kept.error is not None
    world.answer = bought
    finish(world)
    assert world.charged == []


def test_not_bought_said_by_a_person_leads_back_and_looks_once_more() -> None:
    world = World(answer=silence)
    session = ready(world)
    with pytest.raises(OutcomeUnknown):
        purchase(world.parts, session)
    planned = not_bought(world.parts, world.disk[session.session_id], by="ada")
    assert (planned.step, planned.purchase.state) == ("rate", PurchaseState.PLANNED)
    assert planned.history[-1].by == "ada"
    other = World(answer=bought)
    purchase(other.parts, ready(other))
    world.charged += other.charged
    record = purchase(world.parts, replace(planned, step="purchase", rate=session.rate))
    assert len(world.charged) == 1
    assert record.purchase.label_id == world.charged[0].label_id


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (Refused("no money", code="insufficient_funds", status=400), "rate"),
        (Refused("bad ZIP", code="invalid_address", field_name="ship_to.postal_code", status=400), "to_zip"),
        (Unauthorized("no", status=401), "rate"),
        (NotSent("no connection"), "rate"),
    ],
)
def test_purchase_refused_rolls_back_and_charges_nothing(error: Refused, step: str) -> None:
    world = World(answer=refuse(error))
    session = ready(world)
    with pytest.raises(RolledBack) as raised:
        purchase(world.parts, session)
    kept = world.disk[session.session_id]
    assert kept == raised.value.session
    assert (kept.step, status_of(kept)) == (step, "open")
    assert kept.error is not None
    assert (kept.error.code, kept.error.reverted_from, kept.error.reverted_to) == (
        error.code,
        "purchase",
        step,
    )
    assert world.charged == []


def test_purchase_too_many_requests_is_waited_out_with_a_new_intent() -> None:
    answers = iter([refuse(RateLimited("slow down", retry_after_s=7, status=429)), bought])
    world = World(answer=lambda world, label: next(answers)(world, label))  # noqa: PLW0108  # one each call
    record = purchase(world.parts, ready(world))
    assert world.seconds == 7
    assert [event.event for event in record.history].count("intend") == 2
    assert len(world.charged) == 1


def test_purchase_too_many_requests_ends_after_five_waits() -> None:
    world = World(answer=refuse(RateLimited("slow down", status=429)))
    with pytest.raises(RolledBack):
        purchase(world.parts, ready(world))
    assert world.seconds == 2 + 4 + 8 + 16 + 32


@pytest.mark.parametrize(("asked_s", "waited_s"), [(3600.0, 0), (60.0, 60)])
def test_purchase_too_many_requests_is_not_waited_out_for_longer_than_the_limit(
    asked_s: float, waited_s: int
) -> None:
    world = World(answer=refuse(RateLimited("slow down", retry_after_s=asked_s, status=429)))
    with pytest.raises(RolledBack) as raised:
        purchase(world.parts, ready(world))
    assert (world.seconds, raised.value.session.step) == (waited_s, "rate")


def test_purchase_above_max_cost_is_not_sent() -> None:
    world = World(answer=bought)
    with pytest.raises(RolledBack, match="above the limit"):
        purchase(world.parts, ready(world, max_cost=Money(Decimal(5))))
    assert world.charged == []


def test_purchase_of_a_key_that_has_a_label_is_refused() -> None:
    world = World(answer=bought)
    purchase(world.parts, ready(world))
    with pytest.raises(AlreadyLabelled):
        purchase(world.parts, ready(world))
    assert len(world.charged) == 1


def test_purchase_two_labels_found_tells_both_and_adopts_none() -> None:
    def twice(world: World, label: Label) -> Label:
        world.charge(label)
        world.charge(replace(label, label_id="se-second"))
        raise NoAnswer("lost")

    world = World(answer=twice)
    with pytest.raises(SeveralLabels, match="se-second"):
        purchase(world.parts, ready(world))
    world.void("se-second")
    finish(world)
    assert [record.purchase.label_id for record in world.records.values()] == ["se-90"]


def test_purchase_label_that_ends_in_error_stays_unknown_with_its_id() -> None:
    world = World(answer=lambda world, label: world.charge(replace(label, status="error")))
    session = ready(world)
    with pytest.raises(RolledBack) as raised:
        purchase(world.parts, session)
    assert raised.value.exit_code == 5
    kept = world.disk[session.session_id]
    assert (status_of(kept), kept.purchase.label_id) == ("unknown", "se-90")


@pytest.mark.parametrize("labelled", [True, False])
def test_purchase_whose_key_is_taken_adopts_its_label_or_buys_on_its_shipment(labelled: bool) -> None:
    def taken(world: World, label: Label) -> Label:
        if label.shipment_id == "se-old":
            return world.charge(label)
        raise Refused("taken", code="identifier_conflict", status=400)

    world = World(answer=taken, taken_keys={"sw-key": "se-old"})
    unquoted = replace(ready(world), rate=None, quotes=(), shipment_id=None)
    if labelled:
        other = World(answer=bought)
        purchase(other.parts, ready(other))
        world.charged += other.charged
    record = purchase(world.parts, unquoted)
    assert [label.label_id for label in world.charged] == [record.purchase.label_id]


def test_settling_with_another_accounts_key_is_refused() -> None:
    world = World(answer=silence)
    with pytest.raises(OutcomeUnknown):
        purchase(world.parts, ready(world))
    world.carrier_ids = ("se-555",)
    with pytest.raises(Unauthorized, match="another account"):
        recover(world.parts, next(iter(world.disk.values())))


@pytest.mark.parametrize("answer", [bought, bought_in_silence, silence], ids=lambda answer: answer.__name__)
@pytest.mark.parametrize("lag_looks", [0, 5])
def test_purchase_killed_at_any_touch_and_resumed_charges_at_most_once(
    answer: Answer, lag_looks: int
) -> None:
    assert kill_everywhere(answer, lag_looks) <= 1


def kill_everywhere(answer: Answer, lag_looks: int) -> int:
    """Kill at the first, second, … touch of the world, resume, and return the most charges seen."""
    most = 0
    for crash_at in range(3, 200):
        world = World(answer=answer, lag_looks=lag_looks)
        session = ready(world)
        world.crash_at = crash_at
        with suppress(Crash, OutcomeUnknown):
            purchase(world.parts, session)
        over = world.touches < crash_at
        world.crash_at = 0
        finish(world)
        most = max(most, len(world.charged))
        recorded = {record.purchase.label_id for record in world.records.values()}
        doubtful = any(status_of(session) == "unknown" for session in world.disk.values())
        assert doubtful or {label.label_id for label in world.charged} == recorded
        if over:
            return most
    raise AssertionError("the purchase never ended")


def test_an_edge_from_unknown_to_purchasing_would_buy_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PURCHASE, (PurchaseState.UNKNOWN, PurchaseEvent.INTEND), PurchaseState.PURCHASING)
    world = World(answer=bought_in_silence, lag_looks=1000)
    session = ready(world)
    with pytest.raises(OutcomeUnknown):
        purchase(world.parts, session)
    with pytest.raises(OutcomeUnknown):
        purchase(world.parts, world.disk[session.session_id])
    assert len(world.charged) == 2


@pytest.mark.parametrize("settle_s", [0.0, 5.0])
def test_settling_tells_what_it_looks_up_only_when_it_waits(settle_s: float) -> None:
    world = World(answer=silence)
    with pytest.raises(OutcomeUnknown):
        purchase(replace(world.parts, settle_s=0.0), ready(world))
    world.said.clear()
    with pytest.raises(OutcomeUnknown):
        recover(replace(world.parts, settle_s=settle_s), next(iter(world.disk.values())))
    assert any("Looking for its label" in said for said in world.said) == bool(settle_s)
