"""What may still go wrong around a purchase: the disk, the look-ups, a label that is still being made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.money import Money
from shiplabel.errors import (
    ApiError,
    Exit,
    NoAnswer,
    OutcomeUnknown,
    Refused,
    ShiplabelError,
    StorageError,
    Unauthorized,
)
from shiplabel.workflow.lookup import PROCESSING_S, settle, wake
from shiplabel.workflow.paper import fetch_paper, refetch_paper
from shiplabel.workflow.purchase import guard_price, purchase, recover
from shiplabel.workflow.session import Purchase, status_of
from shiplabel.workflow.states import PurchaseState
from shiplabel.workflow.trouble import RolledBack
from tests.workflow.model import World, bought, bought_in_silence, ready, silence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.domain.label import Label, LabelFile
    from shiplabel.domain.rate import Carrier
    from shiplabel.workflow.session import Session


@dataclass
class Troubled(World):
    """A world in which each call may fail: prepared errors are raised one by one, then all is well."""

    look_errors: list[ShiplabelError] = field(default_factory=list)
    label_errors: list[ShiplabelError] = field(default_factory=list)
    carrier_errors: list[ShiplabelError] = field(default_factory=list)
    paper_errors: list[ShiplabelError] = field(default_factory=list)
    full_from: PurchaseState | None = None
    made_after_s: float = 0.0

    def save(self, session: Session) -> Session:
        if self.full_from is session.purchase.state:
            raise StorageError("the disk is full")
        return super().save(session)

    def carriers(self) -> list[Carrier]:
        _raise_next(self.carrier_errors)
        return super().carriers()

    def labels(self, **filters: Any) -> Iterator[Label]:
        _raise_next(self.look_errors)
        return super().labels(**filters)

    def label(self, label_id: str) -> Label | None:
        _raise_next(self.label_errors)
        found = super().label(label_id)
        made = found is not None and found.status == "processing" and self.seconds >= self.made_after_s
        return replace(found, status="completed") if found and made else found

    def keep(self, session: Session, label: Label) -> LabelFile:
        _raise_next(self.paper_errors)
        return super().keep(session, label)


def _raise_next(errors: list[ShiplabelError]) -> None:
    if errors:
        raise errors.pop(0)


def processing(world: World, label: Label) -> Label:
    return world.charge(replace(label, status="processing"))


def in_doubt(world: World) -> Session:
    """Return a session on disk whose purchase nobody knows the end of."""
    session = ready(world)
    with pytest.raises(OutcomeUnknown):
        purchase(world.parts, session)
    return world.disk[session.session_id]


def test_label_still_being_made_is_asked_for_until_it_is_there() -> None:
    world = Troubled(answer=processing, made_after_s=10, label_errors=[NoAnswer("lost for a moment")])
    record = purchase(world.parts, ready(world))
    assert (status_of(record), len(world.charged)) == ("bought", 1)
    assert any("being made" in sentence for sentence in world.said)


def test_label_being_made_for_longer_than_a_minute_is_done_with_its_paper_pending() -> None:
    errors: list[ShiplabelError] = [ApiError("no paper yet")]
    world = Troubled(answer=processing, made_after_s=1e9, paper_errors=errors)
    record = purchase(world.parts, ready(world))
    assert PROCESSING_S <= world.seconds < PROCESSING_S + 5
    assert (status_of(record), record.step, record.documents.state) == ("bought", "done", "pending")


def test_paper_of_a_label_that_was_being_made_is_fetched_from_where_it_is_now() -> None:
    errors: list[ShiplabelError] = [ApiError("no paper yet")]
    world = Troubled(answer=processing, made_after_s=1e9, paper_errors=errors)
    record = purchase(world.parts, ready(world))
    world.made_after_s = 0.0
    fetched = refetch_paper(world.parts, record)
    assert fetched.purchase.label is not None
    assert (fetched.purchase.label.status, fetched.documents.state) == ("completed", "saved")


def test_paper_is_asked_for_where_it_was_when_the_service_cannot_be_asked() -> None:
    world = Troubled(answer=bought)
    record = purchase(world.parts, ready(world))
    world.label_errors.append(NoAnswer("lost"))
    fetched = refetch_paper(world.parts, record)
    assert fetched.purchase.label == record.purchase.label
    assert any("could not be asked" in sentence for sentence in world.said)
    fresh = ready(world)
    assert refetch_paper(world.parts, fresh) == fresh


def test_paper_that_cannot_be_had_is_told_and_leaves_the_label_bought() -> None:
    errors: list[ShiplabelError] = [ApiError("404", code="gone")]
    world = Troubled(answer=bought, paper_errors=errors)
    record = purchase(world.parts, ready(world))
    assert (record.step, record.documents.state) == ("done", "pending")
    assert record.error is not None
    assert (record.error.code, record.error.reverted_to) == ("gone", "done")
    fetched = fetch_paper(world.parts, record)
    assert (fetched.documents.state, fetched.error) == ("saved", None)
    assert len(world.charged) == 1


def test_paper_of_a_session_without_a_label_is_nothing_to_fetch() -> None:
    world = World()
    session = ready(world)
    assert fetch_paper(world.parts, session) == session


def test_outcome_that_cannot_be_noted_is_told_as_unknown_and_found_later() -> None:
    world = Troubled(answer=bought_in_silence, full_from=PurchaseState.UNKNOWN)
    session = ready(world)
    with pytest.raises(OutcomeUnknown, match="could not be written down"):
        purchase(world.parts, session)
    assert world.disk[session.session_id].purchase.state is PurchaseState.PURCHASING
    world.full_from = None
    assert status_of(recover(world.parts, world.disk[session.session_id])) == "bought"
    assert len(world.charged) == 1


def test_bought_label_that_cannot_be_written_down_is_named_and_found_later() -> None:
    world = Troubled(answer=bought, full_from=PurchaseState.PURCHASED)
    session = ready(world)
    with pytest.raises(OutcomeUnknown, match="se-90 was bought") as caught:
        purchase(world.parts, session)
    assert caught.value.exit_code is Exit.UNKNOWN
    world.full_from = None
    assert recover(world.parts, world.disk[session.session_id]).purchase.label_id == "se-90"
    assert len(world.charged) == 1


def test_purchase_left_in_the_middle_is_unknown_on_disk() -> None:
    def left(world: World, label: Label) -> Label:
        world.charge(label)
        raise KeyboardInterrupt

    world = World(answer=left)
    session = ready(world)
    with pytest.raises(OutcomeUnknown, match="interrupted"):
        purchase(world.parts, session)
    assert status_of(world.disk[session.session_id]) == "unknown"


def test_second_session_for_a_key_in_doubt_sends_nothing() -> None:
    world = World(answer=silence)
    first = in_doubt(world)
    world.answer = bought
    with pytest.raises(OutcomeUnknown, match="no certain answer") as caught:
        purchase(world.parts, ready(world))
    assert first.session_id in caught.value.hint
    assert world.charged == []


def test_look_up_that_fails_hides_nothing_that_another_finds() -> None:
    world = Troubled(answer=bought_in_silence, look_errors=[NoAnswer("the list did not come")])
    waited = world.seconds
    assert status_of(purchase(world.parts, ready(world))) == "bought"
    assert world.seconds == waited


def test_look_ups_that_all_fail_are_told_and_made_again() -> None:
    lost: list[ShiplabelError] = [NoAnswer("the list did not come") for _ in range(3)]
    world = Troubled(answer=bought_in_silence, look_errors=lost)
    assert status_of(purchase(world.parts, ready(world))) == "bought"
    assert any("the list did not come" in sentence for sentence in world.said)


@pytest.mark.parametrize("where", ["look_errors", "carrier_errors"])
def test_look_up_with_a_refused_key_ends_at_once_and_stays_in_doubt(where: str) -> None:
    world = Troubled(answer=silence)
    session = in_doubt(world)
    waited = world.seconds
    getattr(world, where).append(Unauthorized("no", status=401))
    with pytest.raises(Unauthorized):
        settle(world.parts, session)
    assert world.seconds == waited
    assert status_of(world.disk[session.session_id]) == "unknown"


def test_account_that_cannot_be_checked_is_told_and_looked_up_all_the_same() -> None:
    world = Troubled(answer=bought_in_silence, carrier_errors=[NoAnswer("no carriers")])
    assert status_of(purchase(world.parts, ready(world))) == "bought"
    assert any("could not be checked" in sentence for sentence in world.said)


def test_purchase_without_a_known_carrier_is_settled_without_a_check_of_the_account() -> None:
    world = Troubled(answer=bought_in_silence, carrier_errors=[Unauthorized("never asked")])
    session = replace(ready(world), rate=None, quotes=())
    assert status_of(purchase(world.parts, session)) == "bought"


def test_purchase_found_in_error_while_looking_up_is_told_with_its_label() -> None:
    def failed(world: World, label: Label) -> Label:
        world.charge(replace(label, status="error"))
        raise NoAnswer("lost")

    world = World(answer=failed)
    session = ready(world)
    with pytest.raises(RolledBack) as caught:
        purchase(world.parts, session)
    assert caught.value.exit_code is Exit.UNKNOWN
    kept = world.disk[session.session_id]
    assert (status_of(kept), kept.purchase.label_id) == ("unknown", "se-90")
    with pytest.raises(RolledBack):
        settle(world.parts, kept)


def test_look_before_a_purchase_that_fails_sends_nothing() -> None:
    world = Troubled(answer=bought, look_errors=[NoAnswer("the list did not come")])
    session = replace(ready(world), met_before=True, shipment_id=None)
    with pytest.raises(RolledBack):
        purchase(world.parts, session)
    assert world.charged == []
    assert world.disk[session.session_id].step == "rate"


def test_look_before_a_purchase_that_fails_beside_a_label_in_error_sends_nothing() -> None:
    world = Troubled(answer=bought, look_errors=[NoAnswer("the list did not come")])
    other = World(answer=bought)
    purchase(other.parts, ready(other))
    world.charged = [replace(other.charged[0], status="error")]
    session = replace(ready(world), met_before=True)
    with pytest.raises(RolledBack, match="did not come"):
        purchase(world.parts, session)
    assert len(world.charged) == 1


def test_look_before_a_purchase_finds_two_labels_and_buys_none() -> None:
    world = World(answer=bought)
    other = World(answer=bought)
    purchase(other.parts, ready(other))
    first = other.charged[0]
    world.charged = [first, replace(first, label_id="se-second")]
    record = purchase(world.parts, replace(ready(world), met_before=True))
    assert record.purchase.label_id == "se-90"
    assert len(world.charged) == 2
    assert any("labels void se-second" in sentence for sentence in world.said)


def test_purchase_whose_key_is_taken_and_not_found_is_rolled_back() -> None:
    def taken(_world: World, _label: Label) -> Label:
        raise Refused("taken", code="identifier_conflict", status=400)

    world = World(answer=taken)
    session = replace(ready(world), rate=None, quotes=(), shipment_id=None)
    with pytest.raises(RolledBack, match="cannot find its shipment"):
        purchase(world.parts, session)
    assert status_of(world.disk[session.session_id]) == "open"


def test_purchase_on_a_rate_that_is_gone_drops_the_rates() -> None:
    def gone(_world: World, _label: Label) -> Label:
        raise Refused("no such rate", code="invalid_identifier", status=404)

    world = World(answer=gone)
    session = ready(world)
    with pytest.raises(RolledBack):
        purchase(world.parts, session)
    kept = world.disk[session.session_id]
    assert (kept.step, kept.quotes, kept.rate) == ("rate", (), None)


def test_purchase_under_way_on_disk_is_unknown_and_any_other_is_left_alone() -> None:
    world = World()
    session = ready(world)
    assert wake(world.parts, session) == session
    assert recover(world.parts, session) == session
    under_way = replace(session, purchase=Purchase(state=PurchaseState.PURCHASING))
    woken = wake(world.parts, under_way)
    assert (status_of(woken), woken.step) == ("unknown", "purchase")


@pytest.mark.parametrize(
    ("price", "limit"),
    [(None, Money(Decimal(5))), (Money(Decimal(9)), None), (Money(Decimal(5)), Money(Decimal(5)))],
)
def test_price_within_the_limit_or_without_one_passes(price: Money | None, limit: Money | None) -> None:
    guard_price(price, limit)


def test_price_in_another_currency_than_the_limit_is_not_paid() -> None:
    with pytest.raises(ApiError, match="above the limit"):
        guard_price(Money(Decimal(1), "cad"), Money(Decimal(5)))
