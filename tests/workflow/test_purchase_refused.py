"""What refuses around a purchase, the pace or the disk, and what is on disk and charged afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.errors import OutcomeUnknown, RateLimited, Refused, StorageError
from shiplabel.workflow.purchase import PATIENCE, purchase, recover
from shiplabel.workflow.session import Purchase, status_of
from shiplabel.workflow.states import PurchaseState
from shiplabel.workflow.trouble import AlreadyLabelled, RolledBack
from tests.workflow.model import World, bought, ready

if TYPE_CHECKING:
    from shiplabel.domain.label import Label
    from shiplabel.workflow.session import Session


@dataclass
class Refusing(World):
    """A world that has prepared noes: of the pace, of the disk's saves by state and step, of its records."""

    turn_errors: list[RateLimited] = field(default_factory=list)
    refused_saves: set[tuple[PurchaseState, str]] = field(default_factory=set)
    files_records: bool = True

    def await_turn(self, most_pause_s: float = 0.0, pause: Any = None) -> None:
        if self.turn_errors:
            raise self.turn_errors.pop(0)
        super().await_turn(most_pause_s)

    def save(self, session: Session) -> Session:
        if (session.purchase.state, session.step) in self.refused_saves:
            raise StorageError("the disk is full")
        return super().save(session)

    def finish(self, session: Session) -> Session:
        if not self.files_records:
            raise StorageError("the disk is full")
        return super().finish(session)


def refusing(error: Refused) -> Refusing:
    """Return a world that refuses every purchase."""

    def no(_world: World, _label: Label) -> Label:
        raise error

    return Refusing(answer=no)


def test_purchase_whose_turn_does_not_come_is_waited_for_and_bought_once() -> None:
    world = Refusing(answer=bought, turn_errors=[RateLimited("busy", retry_after_s=3.0)])
    record = purchase(world.parts, ready(world))
    assert (status_of(record), len(world.charged), world.seconds) == ("bought", 1, 3.0)


def test_purchase_whose_turn_never_comes_goes_back_to_the_rates_without_an_intent() -> None:
    patience = PATIENCE + 1
    world = Refusing(answer=bought, turn_errors=[RateLimited("busy", retry_after_s=1.0)] * (patience + 1))
    session = ready(world)
    with pytest.raises(RolledBack, match="busy"):
        purchase(world.parts, session)
    kept = world.disk[session.session_id]
    assert (kept.step, kept.purchase.state, kept.purchase.intent) == ("rate", PurchaseState.PLANNED, None)
    assert (world.charged, len(world.turn_errors)) == ([], 1)


def test_purchase_refused_while_the_disk_is_full_says_that_nothing_was_bought() -> None:
    world = refusing(Refused("The carrier said no.", code="refused"))
    session = ready(world)
    world.refused_saves = {(PurchaseState.REFUSED, "purchase")}
    with pytest.raises(StorageError, match="Nothing was bought: The carrier said no") as raised:
        purchase(world.parts, session)
    assert session.session_id in raised.value.hint
    assert world.disk[session.session_id].purchase.state is PurchaseState.PURCHASING
    assert world.charged == []


def test_roll_back_that_the_disk_refuses_says_that_nothing_was_bought() -> None:
    world = refusing(Refused("The carrier said no.", code="refused"))
    session = ready(world)
    world.refused_saves = {(PurchaseState.REFUSED, "rate")}
    with pytest.raises(StorageError, match=r"could not be written down.*Nothing was bought") as raised:
        purchase(world.parts, session)
    assert not raised.value.may_have_charged
    assert world.disk[session.session_id].purchase.state is PurchaseState.REFUSED


def test_label_bought_and_not_filed_stays_bought_and_the_next_run_files_it() -> None:
    world = Refusing(answer=bought, files_records=False)
    session = ready(world)
    with pytest.raises(OutcomeUnknown, match="se-90 is bought") as raised:
        purchase(world.parts, session)
    kept = world.disk[session.session_id]
    assert (raised.value.code, kept.purchase.state) == ("not_filed", PurchaseState.PURCHASED)
    world.files_records = True
    record = recover(world.parts, kept)
    assert (record.step, len(world.charged), world.disk) == ("done", 1, {})


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (PurchaseState.PLANNED, None),
        (PurchaseState.REFUSED, None),
        (PurchaseState.PURCHASING, OutcomeUnknown),
        (PurchaseState.UNKNOWN, OutcomeUnknown),
        (PurchaseState.PURCHASED, AlreadyLabelled),
        (PurchaseState.VOIDED, AlreadyLabelled),
    ],
)
def test_purchase_beside_another_session_of_its_key_is_sent_only_where_that_one_sent_nothing(
    state: PurchaseState, error: type[Exception] | None
) -> None:
    world = World(answer=bought)
    other = world.save(replace(ready(world), purchase=Purchase(state=state)))
    session = ready(world)
    if error is None:
        purchase(world.parts, session)
    else:
        with pytest.raises(error):
            purchase(world.parts, session)
    assert len(world.charged) == int(error is None)
    assert world.disk[other.session_id] == other
