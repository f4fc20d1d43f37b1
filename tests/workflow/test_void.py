from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.label import VoidAnswer
from shiplabel.errors import ApiError, Exit, NoAnswer, OutcomeUnknown, Refused
from shiplabel.workflow.purchase import purchase
from shiplabel.workflow.session import status_of
from shiplabel.workflow.states import PurchaseState
from shiplabel.workflow.void import REASONS, VoidRefused, void, void_unrecorded
from tests.workflow.model import World, bought, ready

if TYPE_CHECKING:
    from shiplabel.domain.label import Label
    from shiplabel.workflow.session import Session


@dataclass
class Counter(World):
    """A service whose answers to a void are prepared; ``asked`` holds the state on disk at each call."""

    answers: list[VoidAnswer | ApiError] = field(default_factory=list)
    voids_first: bool = False
    blind: bool = False
    asked: list[PurchaseState] = field(default_factory=list)

    def void(self, label_id: str) -> VoidAnswer:
        self.asked += [record.purchase.state for record in self.records.values()]
        prepared = self.answers.pop(0) if self.answers else None
        if self.voids_first or prepared is None:
            super().void(label_id)
        if isinstance(prepared, ApiError):
            raise prepared
        return prepared or VoidAnswer(approved=True)

    def label(self, label_id: str) -> Label | None:
        if self.blind:
            raise NoAnswer("the look-up was lost")
        return super().label(label_id)


def sold(world: World) -> Session:
    """Return the record of a label just bought."""
    world.answer = bought
    return purchase(world.parts, ready(world))


def in_state(world: World, record: Session, state: PurchaseState) -> Session:
    return world.save_record(replace(record, purchase=replace(record.purchase, state=state)))


def kept(world: World) -> Session:
    (record,) = world.records.values()
    return record


def test_void_approved_is_voided_and_its_wish_was_on_disk_before_the_call() -> None:
    world = Counter()
    record = void(world.parts, sold(world))
    assert status_of(record) == "voided"
    assert kept(world) == record
    assert world.asked == [PurchaseState.VOIDING]


def test_void_of_a_voided_label_asks_nothing() -> None:
    world = Counter()
    record = in_state(world, sold(world), PurchaseState.VOIDED)
    assert void(world.parts, record) == record
    assert world.asked == []


@pytest.mark.parametrize("code", [*REASONS, ""])
def test_void_refused_is_bought_again_with_the_reason_kept(code: str) -> None:
    world = Counter(answers=[VoidAnswer(approved=False, reason_code=code, message="No.")])
    with pytest.raises(VoidRefused, match="still valid") as caught:
        void(world.parts, sold(world))
    assert caught.value.exit_code is Exit.FAILED
    assert status_of(kept(world)) == "bought"
    error = kept(world).error
    assert error is not None
    assert error.code == (code or "unspecified")


def test_void_refused_by_status_is_bought_again() -> None:
    world = Counter(answers=[Refused("no", code="invalid_status", status=400)])
    with pytest.raises(Refused):
        void(world.parts, sold(world))
    assert status_of(kept(world)) == "bought"


def test_void_that_the_service_did_before_is_voided() -> None:
    world = Counter(answers=[VoidAnswer(approved=False, reason_code="label_already_voided")])
    assert status_of(void(world.parts, sold(world))) == "voided"


def test_void_whose_answer_is_lost_is_looked_up() -> None:
    world = Counter(answers=[NoAnswer("lost")], voids_first=True)
    assert status_of(void(world.parts, sold(world))) == "voided"


@pytest.mark.parametrize("blind", [False, True])
def test_void_without_a_certain_answer_stays_voiding_until_a_later_one(*, blind: bool) -> None:
    world = Counter(answers=[NoAnswer("lost")], blind=blind)
    with pytest.raises(OutcomeUnknown, match="not known"):
        void(world.parts, sold(world))
    assert status_of(kept(world)) == "voiding"
    world.blind = False
    assert status_of(void(world.parts, kept(world))) == "voided"


def test_void_found_under_way_and_done_is_not_sent_again() -> None:
    world = Counter()
    record = in_state(world, sold(world), PurchaseState.VOIDING)
    world.charged = [replace(label, voided=True) for label in world.charged]
    assert status_of(void(world.parts, record)) == "voided"
    assert world.asked == []


def test_void_of_a_label_without_a_record_tells_each_end() -> None:
    world = Counter()
    label_id = sold(world).purchase.label_id or ""
    world.answers = [NoAnswer("lost"), VoidAnswer(approved=False, reason_code="contact_carrier")]
    with pytest.raises(OutcomeUnknown):
        void_unrecorded(world.parts, label_id)
    with pytest.raises(VoidRefused, match="in person"):
        void_unrecorded(world.parts, label_id)
    world.answers, world.voids_first = [NoAnswer("lost")], True
    void_unrecorded(world.parts, label_id)
    void_unrecorded(world.parts, label_id)
    assert world.charged[0].voided
