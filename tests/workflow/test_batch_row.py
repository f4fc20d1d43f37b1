"""One row of a batch: what it comes to, what is charged, and what is on disk afterwards."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.label import Label
from shiplabel.domain.money import Money
from shiplabel.domain.rate import Carrier, CarrierFailure, Quote
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import NoAnswer, Refused, ShiplabelError, StorageError, Unauthorized
from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.batch import BOUGHT_ROW, FAILED, SKIPPED, UNKNOWN
from shiplabel.workflow.batch_found import Done, Plan
from shiplabel.workflow.batch_row import HELD_S, _told, _Walk, buy_row, fetch_row, look_up_row, quote_row
from shiplabel.workflow.lookup import not_bought
from shiplabel.workflow.problems import Problem
from shiplabel.workflow.rows import RowDraft
from shiplabel.workflow.session import Wishes
from shiplabel.workflow.states import PurchaseState
from shiplabel.workflow.trouble import AlreadyLabelled
from tests.workflow.model import ANSWERS, RATE, World, bought, bought_in_silence, silence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shiplabel.domain.shipment import Shipment
    from shiplabel.workflow.session import Session

USPS = Carrier(carrier_id="se-100", carrier_code="usps", name="USPS", services=("usps_ground",))
PLAN = Plan(batch_id="B2345", environment="test", rule=parse_rule("cheapest"), carriers=(USPS,))
FIXED = replace(PLAN, rule=parse_rule("service:usps_ground"), service=USPS)
DRAFT = RowDraft(row=2, rows=(2,), order_id="1", answers=ANSWERS, wishes=Wishes(), shipment_key="sl-1")


def usd(amount: str) -> Money:
    return Money(Decimal(amount))


class GoesBlind(SessionFiles):
    """Sessions on a disk that can be read until it breaks."""

    broken = False

    def with_key(self, shipment_key: str) -> list[Session]:
        if self.broken:
            raise StorageError("the disk reports an error")
        return super().with_key(shipment_key)


@dataclass
class Asked(World):
    """A service that answers the questions for rates by the book, but for what was prepared for them."""

    quotes: list[Quote | ShiplabelError] = field(default_factory=list)
    update_errors: list[ShiplabelError] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)

    def quote(self, carrier_ids: Any, *, shipment_id: str | None = None, shipment: Any = None) -> Quote:
        self.asked.append(shipment_id)
        answer = self.quotes.pop(0) if self.quotes else Quote(rates=(RATE,))
        if isinstance(answer, ShiplabelError):
            raise answer
        return replace(answer, shipment_id=shipment_id or self.create_shipment(shipment))

    def update_shipment(self, shipment_id: str, shipment: Shipment) -> None:
        if self.update_errors:
            raise self.update_errors.pop(0)
        super().update_shipment(shipment_id, shipment)


def only(world: World) -> Session:
    """Return the only session on disk."""
    (session,) = world.disk.values()
    return session


def doubted(answer: Any = silence, plan: Plan = PLAN) -> tuple[Asked, Done]:
    """Return a world in which the row was sent and its answer lost, and what that row came to."""
    world = Asked(answer=answer, lag_looks=99)
    done = buy_row(replace(world.parts, settle_s=0.0), plan, DRAFT)
    assert (done.word, only(world).purchase.state) == (UNKNOWN, PurchaseState.UNKNOWN)
    world.answer, world.lag_looks = bought, 0
    return world, done


def test_row_whose_purchase_is_lost_while_the_disk_breaks_is_unknown(tmp_path: Path) -> None:
    store = GoesBlind(tmp_path)

    def lost(world: World, label: Label) -> Label:
        world.charge(label)
        world.lag_looks = 9
        store.broken = True
        raise NoAnswer("the connection was lost")

    world = World(answer=lost)
    done = buy_row(replace(world.parts, store=store, settle_s=0.0), PLAN, DRAFT)
    assert (done.word, done.outcome.status, len(world.charged)) == (UNKNOWN, UNKNOWN, 1)


def test_row_quoted_waits_with_its_price_on_disk_and_nothing_is_sent() -> None:
    world = Asked(answer=bought)
    done = quote_row(world.parts, PLAN, DRAFT)
    assert (done.word, done.outcome.status, done.outcome.price) == ("", "waiting", RATE.total)
    session = only(world)
    assert (session.step, session.rate, session.batch, session.row) == ("rate", RATE, "B2345", 2)
    assert (session.shipment_id, world.charged) == ("se-70", [])


def test_row_quoted_a_moment_ago_is_bought_without_another_question() -> None:
    world = Asked(answer=bought)
    quote_row(world.parts, PLAN, DRAFT)
    done = buy_row(world.parts, PLAN, DRAFT, RATE.total)
    assert (done.word, len(world.charged), world.asked) == (BOUGHT_ROW, 1, [None])
    assert only(world).purchase.state is PurchaseState.PURCHASED


@pytest.mark.parametrize("agreed", [usd("7.57"), Money(Decimal(9), "cad")])
def test_row_dearer_than_agreed_comes_back_unbought_with_its_new_price(agreed: Money) -> None:
    world = Asked(answer=bought)
    done = buy_row(world.parts, PLAN, DRAFT, agreed)
    assert (done.word, done.outcome.status, done.outcome.price) == ("", "waiting", RATE.total)
    assert (world.charged, only(world).step) == ([], "rate")
    assert only(world).purchase.state is PurchaseState.PLANNED


def test_row_of_changed_answers_is_quoted_anew_on_its_shipment() -> None:
    world = Asked(answer=bought)
    quote_row(world.parts, PLAN, DRAFT)
    moved = replace(DRAFT, answers={**ANSWERS, "to_address1": "1 Other St"})
    assert buy_row(world.parts, PLAN, moved).word == BOUGHT_ROW
    assert (world.asked, only(world).answers) == ([None, "se-70"], moved.answers)


@pytest.mark.parametrize(("keeps", "kept"), [(True, "1 Mended St"), (False, ANSWERS["to_address1"])])
def test_row_mended_by_hand_keeps_its_answers_only_where_the_plan_says_so(
    keeps: bool, kept: str | None
) -> None:
    world = Asked(answer=bought)
    quote_row(world.parts, PLAN, DRAFT)
    mended = replace(only(world), answers={**ANSWERS, "to_address1": "1 Mended St"})
    world.save(mended)
    done = buy_row(world.parts, replace(PLAN, keeps_answers=keeps), DRAFT)
    assert (done.word, only(world).answers["to_address1"]) == (BOUGHT_ROW, kept)


def test_row_that_the_checks_refused_fails_with_all_that_is_wrong() -> None:
    world = Asked(answer=bought)
    wrong = (
        Problem(2, "ZIP", "No ZIP.", "Type one."),
        Problem(2, "Name", "Odd.", level="warning"),
        Problem(2, "City", "No city."),
    )
    done = buy_row(world.parts, PLAN, replace(DRAFT, problems=wrong))
    assert (done.word, done.outcome.code, done.outcome.step) == (FAILED, "input", "ZIP")
    assert done.outcome.error == "ZIP: No ZIP. Type one. City: No city."
    assert (world.disk, world.charged) == ({}, [])


@pytest.mark.parametrize(
    ("answer", "code", "step"),
    [
        (Refused("bad", code="bad_city", field_name="ship_to.city_locality"), "bad_city", "to_city"),
        (Unauthorized("no key"), "unauthorized", "confirm"),
        (NoAnswer("slow", code="timeout"), "timeout", "confirm"),
        (
            Quote(rates=(), failures=(CarrierFailure(carrier_id="", carrier_code="usps", message="no"),)),
            "no_rates",
            "confirm",
        ),
        (Quote(rates=(replace(RATE, package_type="flat_rate_box"),)), "no_rate", "rate"),
    ],
)  # fmt: skip
def test_row_without_a_rate_fails_at_the_step_that_mends_it(
    answer: Quote | ShiplabelError, code: str, step: str
) -> None:
    world = Asked(answer=bought, quotes=[answer])
    done = buy_row(world.parts, PLAN, DRAFT)
    assert (done.word, done.outcome.code, done.outcome.step) == (FAILED, code, step)
    session = only(world)
    assert session.error is not None
    assert (session.step, session.error.code, session.purchase.state) == (step, code, PurchaseState.PLANNED)
    assert world.charged == []


@pytest.mark.parametrize("act", [buy_row, quote_row])
def test_row_above_its_limit_fails_at_the_rates_before_any_intent(act: Any) -> None:
    world = Asked(answer=bought)
    done = act(world.parts, PLAN, replace(DRAFT, wishes=Wishes(max_cost=usd("7.57"))))
    assert (done.word, done.outcome.code, world.charged) == (FAILED, "max_cost", [])
    session = only(world)
    assert (session.step, session.quotes, session.purchase.intent) == ("rate", (RATE,), None)


def test_row_whose_key_is_taken_is_bought_on_the_shipment_behind_it() -> None:
    taken = Refused("taken", code="identifier_conflict")
    world = Asked(answer=bought, quotes=[taken], taken_keys={"sl-1": "se-old"})
    done = buy_row(world.parts, PLAN, DRAFT)
    assert (done.word, world.asked) == (BOUGHT_ROW, [None, "se-old"])
    assert (only(world).shipment_id, only(world).met_before, len(world.charged)) == ("se-old", True, 1)


def test_row_whose_shipment_is_labelled_takes_that_label_and_buys_none() -> None:
    world = Asked(answer=bought, quotes=[Quote(rates=(RATE,), labelled=True)])
    there = Label(label_id="se-there", status="completed", shipment_id="se-70", cost=RATE.total)
    world.charged = [there]
    done = buy_row(world.parts, PLAN, DRAFT)
    assert (done.word, done.outcome.status, done.outcome.cost) == (SKIPPED, SKIPPED, None)
    assert (done.outcome.label_id, world.charged) == ("se-there", [there])
    assert "se-there" in done.outcome.error
    assert only(world).purchase.label_id == "se-there"


def test_row_of_a_fixed_service_is_bought_without_a_quote() -> None:
    world = Asked(answer=bought)
    done = buy_row(world.parts, FIXED, DRAFT)
    intent = only(world).purchase.intent
    assert intent is not None
    assert (done.word, world.asked, len(world.charged)) == (BOUGHT_ROW, [], 1)
    assert (intent.by, intent.carrier_id, intent.service_code) == ("inline", "se-100", "usps_ground")
    assert intent.quoted is None


def old_quote(world: Asked) -> None:
    """Quote the row, then let an hour pass and its address change."""
    quote_row(world.parts, FIXED, DRAFT)
    world.seconds += 3600


MOVED = replace(DRAFT, answers={**ANSWERS, "to_address1": "1 Other St"})


def test_row_of_a_fixed_service_with_a_shipment_is_bought_on_it() -> None:
    world = Asked(answer=bought)
    old_quote(world)
    assert buy_row(world.parts, FIXED, MOVED).word == BOUGHT_ROW
    intent = only(world).purchase.intent
    assert intent is not None
    assert (intent.by, intent.shipment_id, world.asked) == ("shipment", "se-70", [None])


def test_row_of_a_fixed_service_whose_shipment_cannot_be_written_is_not_sent() -> None:
    world = Asked(answer=bought, update_errors=[NoAnswer("slow", code="timeout")])
    old_quote(world)
    done = buy_row(world.parts, FIXED, MOVED)
    assert (done.word, done.outcome.code, world.charged) == (FAILED, "timeout", [])
    assert (only(world).step, only(world).purchase.intent) == ("confirm", None)


@pytest.mark.parametrize("act", [buy_row, quote_row, look_up_row])
@pytest.mark.parametrize(
    ("answer", "word", "charged"), [(bought_in_silence, BOUGHT_ROW, 1), (silence, UNKNOWN, 0)]
)
def test_row_in_doubt_is_looked_up_and_never_sent_again(
    act: Any, answer: Any, word: str, charged: int
) -> None:
    world, _ = doubted(answer)
    done = act(world.parts, PLAN, DRAFT)
    assert (done.word, done.outcome.status, len(world.charged)) == (word, word, charged)
    state = PurchaseState.PURCHASED if charged else PurchaseState.UNKNOWN
    assert only(world).purchase.state is state


def test_row_never_sent_is_left_as_it_is_by_a_look_up() -> None:
    world = Asked(answer=bought)
    done = look_up_row(world.parts, PLAN, DRAFT)
    assert (done.word, done.outcome.status, done.outcome.shipment_key) == ("", "waiting", "sl-1")
    quote_row(world.parts, PLAN, DRAFT)
    before = only(world)
    done = look_up_row(world.parts, PLAN, DRAFT)
    assert (done.word, done.outcome.price, only(world)) == ("", RATE.total, before)


@pytest.mark.parametrize(("answer", "asked"), [(bought_in_silence, 1), (silence, 2)])
def test_row_said_not_bought_is_looked_up_once_more_before_it_is_sent(answer: Any, asked: int) -> None:
    world, _ = doubted(answer)
    not_bought(world.parts, only(world), "clerk")
    done = buy_row(world.parts, PLAN, DRAFT)
    assert (done.word, len(world.charged), len(world.asked)) == (BOUGHT_ROW, 1, asked)
    assert only(world).purchase.label_id == world.charged[0].label_id


@pytest.mark.parametrize(
    ("batch", "until_s", "word", "waited_s"),
    [
        ("B2345", 1.0, FAILED, 0.0),
        ("B9999", 1.0, BOUGHT_ROW, 1.0),
        ("B9999", HELD_S + 60, FAILED, HELD_S),
    ],
)
def test_row_in_another_hand_is_waited_for_only_where_a_batch_has_it(
    batch: str, until_s: float, word: str, waited_s: float
) -> None:
    world = Asked(answer=bought)
    quote_row(world.parts, replace(PLAN, batch_id=batch), DRAFT)
    world.held_until_s = until_s
    done = buy_row(world.parts, PLAN, DRAFT)
    assert (done.word, len(world.charged)) == (word, int(word == BOUGHT_ROW))
    assert waited_s <= world.seconds < waited_s + 0.5
    assert (done.outcome.code == "held") is (word == FAILED)


def test_row_bought_by_another_meanwhile_is_skipped_and_its_session_put_away() -> None:
    class Raced(Asked):
        @contextmanager
        def holding_key(self, shipment_key: str) -> Iterator[bool]:
            label = Label(label_id="se-first", status="completed", shipment_id="se-1")
            mine = only(self)
            theirs = replace(mine.purchase, state=PurchaseState.PURCHASED, label=label, label_id="se-first")
            self.records["OTHER"] = replace(mine, session_id="OTHER", purchase=theirs)
            yield True

    world = Raced(answer=bought)
    quote_row(world.parts, PLAN, DRAFT)
    done = buy_row(world.parts, PLAN, DRAFT)
    assert (done.word, done.outcome.label_id, world.charged) == (SKIPPED, "se-first", [])
    assert (world.disk, list(world.records)) == ({}, ["OTHER"])


def test_row_bought_is_finished_once_its_paper_is_fetched() -> None:
    world = Asked(answer=bought)
    done = buy_row(world.parts, PLAN, DRAFT)
    fetched = fetch_row(world.parts, done.outcome)
    assert (fetched.file, fetched.status, fetched.step) == ("/labels/se-90.pdf", BOUGHT_ROW, "done")
    assert (world.disk, list(world.records)) == ({}, [done.outcome.session_id])
    assert fetch_row(world.parts, fetched) == fetched
    world.records.clear()
    assert fetch_row(world.parts, done.outcome) == done.outcome


def test_row_told_of_anothers_label_before_it_has_a_session_puts_none_away() -> None:
    world = Asked(answer=bought)
    buy_row(world.parts, PLAN, DRAFT)
    theirs = only(world)

    def told() -> Done:
        raise AlreadyLabelled(theirs)

    done = _told(_Walk(world.parts, PLAN, DRAFT), told)
    assert (done.word, only(world)) == (SKIPPED, theirs)
