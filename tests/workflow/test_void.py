from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.label import VoidAnswer
from shiplabel.errors import (
    ApiError,
    Exit,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    Refused,
    StorageError,
    Unauthorized,
)
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
    with pytest.raises(
        VoidRefused, match=re.escape(f"({code}: No.)" if code else "(No.)") + r"\. It is still"
    ) as caught:
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


@pytest.mark.parametrize("error", [Unauthorized("no", status=401), NotSent("no connection")])
def test_void_that_certainly_did_not_happen_is_bought_again(error: ApiError) -> None:
    world = Counter(answers=[error])
    with pytest.raises(type(error)):
        void(world.parts, sold(world))
    assert status_of(kept(world)) == "bought"


@pytest.mark.parametrize("error", [Unauthorized("no", status=401), NotSent("no connection")])
def test_void_in_doubt_before_stays_in_doubt_when_it_cannot_be_asked(error: ApiError) -> None:
    world = Counter(answers=[error], blind=True)
    record = in_state(world, sold(world), PurchaseState.VOIDING)
    with pytest.raises(type(error)):
        void(world.parts, record)
    assert status_of(kept(world)) == "voiding"


def test_void_refused_by_status_of_a_label_that_is_voided_is_voided() -> None:
    world = Counter(answers=[Refused("conflict", status=409)], voids_first=True)
    assert status_of(void(world.parts, sold(world))) == "voided"
    other = Counter()
    label_id = sold(other).purchase.label_id or ""
    other.answers, other.voids_first = [Refused("conflict", status=409)], True
    void_unrecorded(other.parts, label_id)
    assert other.charged[0].voided


@pytest.mark.parametrize("error", [Unauthorized("no", status=401), Refused("no", status=400)])
def test_void_refused_without_a_record_is_raised(error: ApiError) -> None:
    world = Counter()
    label_id = sold(world).purchase.label_id or ""
    world.answers = [error]
    with pytest.raises(type(error)):
        void_unrecorded(world.parts, label_id)


@dataclass
class FullDisk(Counter):
    """A disk that refuses records in one state."""

    full_at: PurchaseState | None = None

    def save_record(self, session: Session) -> Session:
        if session.purchase.state is self.full_at:
            raise StorageError("the disk is full")
        return super().save_record(session)


def test_void_whose_wish_cannot_be_saved_is_not_sent() -> None:
    world = FullDisk(full_at=PurchaseState.VOIDING)
    with pytest.raises(StorageError):
        void(world.parts, sold(world))
    assert world.asked == []
    assert status_of(kept(world)) == "bought"


def test_void_approved_that_cannot_be_saved_is_told_and_looked_up_later() -> None:
    world = FullDisk(full_at=PurchaseState.VOIDED)
    with pytest.raises(OutcomeUnknown, match="is voided at the service"):
        void(world.parts, sold(world))
    world.full_at = None
    assert status_of(void(world.parts, kept(world))) == "voided"
    assert len(world.asked) == 1


def test_void_refused_that_cannot_be_saved_still_tells_the_reason() -> None:
    world = FullDisk(answers=[VoidAnswer(approved=False, reason_code="contact_carrier")])
    record = sold(world)
    world.full_at = PurchaseState.PURCHASED
    with pytest.raises(VoidRefused, match="in person"):
        void(world.parts, record)
    assert status_of(kept(world)) == "voiding"
    assert any("could not be written down" in sentence for sentence in world.said)
