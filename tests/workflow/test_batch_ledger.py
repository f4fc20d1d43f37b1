"""The books of one run: what is written down, counted, and held of the money, in step."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shiplabel.domain.money import Money
from shiplabel.errors import StorageError, Unauthorized
from shiplabel.workflow.batch import BOUGHT_ROW, FAILED, SKIPPED, UNKNOWN, Purse, RowOutcome
from shiplabel.workflow.batch_ends import beyond, dearer, not_tried
from shiplabel.workflow.batch_found import Done
from shiplabel.workflow.batch_ledger import Ledger
from shiplabel.workflow.batch_marks import DONE, DOUBT, NEW, QUOTED
from shiplabel.workflow.rows import RowDraft
from shiplabel.workflow.session import Wishes

DRAFT = RowDraft(row=2, rows=(2, 3), order_id="1", answers={}, wishes=Wishes(), shipment_key="sl-1")


def usd(amount: str) -> Money:
    return Money(Decimal(amount))


class Noted:
    """A journal in memory, on a disk that may be full; what it could not write it remembers all the same."""

    def __init__(self, *refusals: StorageError) -> None:
        self.refusals = list(refusals)
        self.written: list[RowOutcome] = []
        self.last: dict[int, RowOutcome] = {}

    def note(self, outcome: RowOutcome) -> None:
        self.last[outcome.rows[0]] = outcome
        if self.refusals:
            raise self.refusals.pop(0)
        self.written.append(outcome)

    def of(self, row: int) -> RowOutcome | None:
        return self.last.get(row)


def ended(word: str, *, cost: str = "", price: str = "") -> Done:
    """Return a row that came to a word."""
    outcome = RowOutcome(
        rows=(2, 3),
        status=word or "waiting",
        session_id="S1",
        cost=usd(cost) if cost else None,
        price=usd(price) if price else None,
    )
    return Done(outcome=outcome, word=word)


def ledger_of(journal: Noted, held: str = "7.58") -> Ledger:
    """Return the books of a run of $20.00 that holds a row's price."""
    ledger = Ledger(journal, Purse(usd("20.00")))
    assert ledger.purse.hold(2, usd(held))
    return ledger


@pytest.mark.parametrize(
    ("word", "cost", "mark", "left"),
    [
        (BOUGHT_ROW, "8.00", NEW, "12.00"),
        (UNKNOWN, "", DOUBT, "12.42"),
        (FAILED, "", DONE, "20.00"),
        (SKIPPED, "", DONE, "20.00"),
    ],
)
def test_row_settled_is_written_counted_and_its_money_kept_or_let_go(
    word: str, cost: str, mark: int, left: str
) -> None:
    journal = Noted()
    ledger = ledger_of(journal)
    done = ended(word, cost=cost)
    assert ledger.settle(DRAFT, done)
    assert (journal.written, ledger.marks[2], ledger.purse.left) == ([done.outcome], mark, usd(left))
    assert getattr(ledger.tally.counts, word) == 1


def test_money_held_for_a_doubt_will_not_be_waited_for() -> None:
    ledger = ledger_of(Noted(), held="19.00")
    assert ledger.purse.may_fit_later(usd("5.00"))
    ledger.settle(DRAFT, ended(UNKNOWN))
    assert not ledger.purse.may_fit_later(usd("5.00"))


def test_row_still_in_doubt_is_no_news_and_counts_once() -> None:
    journal = Noted()
    ledger = ledger_of(journal)
    ledger.settle(DRAFT, ended(UNKNOWN))
    assert not ledger.settle(DRAFT, ended(UNKNOWN, price="9.99"))
    assert (len(journal.written), ledger.tally.counts.unknown) == (1, 1)
    assert ledger.settle(DRAFT, ended(BOUGHT_ROW, cost="8.00"))
    counts = ledger.tally.counts
    assert (counts.unknown, counts.bought, ledger.marks[2]) == (0, 1, NEW)
    assert ledger.purse.left == usd("12.00")


def test_row_that_comes_to_the_same_again_is_not_written_twice() -> None:
    journal = Noted()
    ledger = ledger_of(journal)
    ledger.settle(DRAFT, ended(FAILED))
    ledger.settle(DRAFT, ended(FAILED))
    assert len(journal.written) == 1


def test_row_quoted_tells_its_price_until_it_is_settled() -> None:
    ledger = ledger_of(Noted())
    assert ledger.price(2) is None
    ledger.quoted(DRAFT, ended("", price="7.58"))
    assert (ledger.marks[2], ledger.price(2)) == (QUOTED, usd("7.58"))
    ledger.settle(DRAFT, ended(FAILED, price="7.58"))
    assert ledger.price(2) is None


def test_price_of_a_row_that_no_journal_knows_is_none() -> None:
    ledger = ledger_of(Noted())
    ledger.marks[2] = QUOTED
    assert ledger.price(2) is None


def test_disk_that_refuses_is_kept_in_mind_and_the_counts_go_on() -> None:
    first, second = StorageError("the disk is full"), StorageError("the disk is still full")
    journal = Noted(first, second)
    ledger = ledger_of(journal)
    assert ledger.settle(DRAFT, ended(BOUGHT_ROW, cost="8.00"))
    ledger.write(ended(FAILED).outcome)
    assert (ledger.refused, journal.written) == (first, [])
    assert (ledger.tally.counts.bought, ledger.purse.left) == (1, usd("12.00"))


@pytest.mark.parametrize(
    ("done", "code", "session_id", "said"),
    [
        (not_tried(DRAFT, Unauthorized("The key was refused.")), "unauthorized", "", "Not tried: The key"),
        (beyond(DRAFT, usd("9.00"), usd("8.50")), "max_total", "", "$9.00 is more than the $8.50 left"),
        (dearer(DRAFT, ended("", price="9.00"), usd("7.58")), "price_rose", "S1", "from $7.58 to $9.00"),
    ],
)
def test_row_ended_by_the_batch_says_why_nothing_was_bought(
    done: Done, code: str, session_id: str, said: str
) -> None:
    outcome = done.outcome
    assert (done.word, outcome.status, outcome.code, outcome.step) == (FAILED, FAILED, code, "rate")
    assert (outcome.rows, outcome.shipment_key, outcome.session_id) == ((2, 3), "sl-1", session_id)
    assert said in outcome.error
