"""Running a batch: rows go out to workers in file order, and what comes back is written down at once.

The main thread alone decides and writes the journal; the workers walk single rows. Each phase goes
through the sheet anew, so that no row is kept in memory: of each only one byte tells how far it is.
"""

from __future__ import annotations

import queue
from array import array
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from shiplabel.cli.batch.asked import WORKERS
from shiplabel.cli.batch.crew import Crew
from shiplabel.errors import HeldError, NotSent, ShiplabelError, StorageError, Unauthorized
from shiplabel.workflow.batch import (
    BOUGHT_ROW,
    FAILED,
    SKIPPED,
    UNKNOWN,
    RowOutcome,
    Tally,
    is_in_doubt,
    outcome_of,
)
from shiplabel.workflow.batch_ends import bad, beyond, dearer, not_tried
from shiplabel.workflow.batch_found import Done, find, settled_before
from shiplabel.workflow.batch_keys import KeySet
from shiplabel.workflow.batch_marks import DONE, DOUBT, NEW, QUOTED, TODO, Marks
from shiplabel.workflow.batch_prices import Prices
from shiplabel.workflow.batch_row import buy_row, fetch_row, look_up_row, quote_row
from shiplabel.workflow.rows import RowDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shiplabel.cli.batch.interrupt import Interrupt
    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.cli.batch.progress import Progress
    from shiplabel.domain.money import Money
    from shiplabel.storage.batches import Journal
    from shiplabel.workflow.batch import Purse
    from shiplabel.workflow.batch_found import Plan
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.problems import Problem

PAPER_WORKERS = 8
AHEAD = 4
WAKE_S = 0.5
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0
SHOWN = 3
FEWEST_UNSENT = 8
_AFTER = {UNKNOWN: DOUBT, BOUGHT_ROW: NEW}


@dataclass(frozen=True, slots=True)
class _Walked:
    """A row's step as it comes back; ``done`` is None for one that was not begun."""

    draft: RowDraft
    done: Done | None


@dataclass(frozen=True, slots=True)
class _Papered:
    """A bought row with its paper, as far as it could be had."""

    outcome: RowOutcome


Came = _Walked | _Papered


class Run:
    """One run of a batch; ``plan`` may be completed between looking over and buying."""

    def __init__(  # what a run needs
        self,
        parts: Parts,
        orders: OrderFile,
        plan: Plan,
        journal: Journal,
        purse: Purse,
        interrupt: Interrupt,
        workers: int,
    ) -> None:
        self.parts, self.orders, self.plan = parts, orders, plan
        self.journal, self.purse, self.interrupt = journal, purse, interrupt
        self.workers = workers or WORKERS
        self.tally = Tally()
        self.prices = Prices()
        self.todo = KeySet()
        self.labelled = array("L")
        self.doubts = 0
        self.samples: list[RowDraft] = []
        self.halted: ShiplabelError | None = None
        self.progress: Progress | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._agreed = False
        self._unsent = 0
        self.marks = Marks()
        self._unfinished: list[RowOutcome] = []
        self._out: queue.SimpleQueue[Came | BaseException] = queue.SimpleQueue()
        self._crew: Crew[Came] = Crew(self.workers, self._out)
        self._papers: Crew[Came] = Crew(PAPER_WORKERS, self._out)
        self._flying: dict[int, RowDraft] = {}
        self.done_in_phase = 0

    # looking over

    def look_over(self) -> Iterator[Problem]:
        """Sort all rows, offline, into bad, labelled, in doubt and to do; yield the problems."""
        for draft in self.orders.drafts():
            self.tally.rows += 1
            self._sort(draft)
            yield from draft.problems

    def _sort(self, draft: RowDraft) -> None:
        before = self.journal.of(draft.row)
        if not draft.is_good:
            self._settle(draft, bad(draft))
            return
        if len(self.samples) < SHOWN:
            self.samples.append(draft)
        found = find(self.parts.store, self.plan, draft)
        failed_before = before is not None and before.status in {FAILED, SKIPPED}
        labelled = settled_before(self.plan, draft, found, failed_before=failed_before)
        if labelled:
            if labelled.session and labelled.session.batch == self.plan.batch_id:
                self.purse.spend(labelled.outcome.cost)
            if labelled.session and labelled.session.step != "done":
                self._unfinished.append(labelled.outcome)
            self.labelled.append(draft.row)
            self._settle(draft, labelled)
            return
        self.marks[draft.row] = TODO
        self.todo.add(found.key)
        if found.session is not None and is_in_doubt(found.session):
            self.doubts += 1
            if found.session.batch == self.plan.batch_id:
                self.purse.hold_anyway(draft.row, outcome_of(draft.rows, found.session, UNKNOWN).price)

    # the phases

    def quote(self) -> None:
        """Quote all rows that are to do."""
        self._phase({TODO}, lambda draft: partial(quote_row, self.parts, self.plan, draft))

    def purchase(self, *, agreed: bool) -> None:
        """Buy the rows to do and the rows quoted; with ``agreed`` none above the price that was shown."""
        self._agreed = agreed
        self._phase({TODO, QUOTED}, self._buying, self._fits)

    def settle(self, settle_s: float) -> None:
        """Look the rows in doubt up again and again until all are found or the time is over."""
        clock = self.parts.clock
        end, pause_s = clock.elapsed_s() + settle_s, FIRST_PAUSE_S
        while DOUBT in self.marks and not self.interrupt.stopping and not self.halted:
            left_s = end - clock.elapsed_s()
            if left_s <= 0:
                return
            doubts = self.tally.counts.unknown
            self.parts.say(
                f"{doubts} purchases have no certain answer yet; looking again for {left_s:.0f} s."
            )
            clock.pause(min(pause_s, left_s))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            self._phase({DOUBT}, lambda draft: partial(look_up_row, self.parts, self.plan, draft))

    def finish_papers(self) -> None:
        """Fetch the papers that earlier runs left, and wait for those under way."""
        for outcome in self._unfinished:
            self._papers.submit(partial(self._paper, outcome))
        self._unfinished = []
        while self._papers.pending:
            self._take()

    def leave(self) -> None:
        """Note what is under way as it stands on disk: the program ends now."""
        for draft in list(self._flying.values()):
            found = find(self.parts.store, replace(self.plan, knows=lambda _key: True), draft)
            if found.session is not None and is_in_doubt(found.session):
                outcome = outcome_of(draft.rows, found.session, UNKNOWN)
                said = "The program was stopped while this purchase was under way."
                outcome = replace(outcome, code="interrupted", error=said)
                self._settle(draft, Done(outcome=outcome, word=UNKNOWN))

    def dismiss(self) -> None:
        """Let the workers end."""
        self._crew.dismiss()
        self._papers.dismiss()

    def is_new(self, row: int) -> bool:
        """Tell whether this run bought a row."""
        return self.marks[row] == NEW

    @property
    def to_do(self) -> int:
        """How many rows were to do when all were looked over."""
        return len(self.todo)

    @property
    def to_buy(self) -> int:
        """How many of them are not in doubt: these cost money."""
        return len(self.todo) - self.doubts

    def _phase(
        self,
        states: set[int],
        make: Callable[[RowDraft], Callable[[], Done]],
        fits: Callable[[RowDraft], bool] = lambda _draft: True,
    ) -> None:
        """Send the rows of some states to the workers, in file order, and take in all that comes back."""
        self.done_in_phase = 0
        for draft in self.orders.drafts():
            if self.marks[draft.row] not in states:
                continue
            if self.interrupt.stopping:
                break
            if self.halted and self.marks[draft.row] != DOUBT:
                self._settle(draft, not_tried(draft, self.halted))
                continue
            while self._crew.pending >= self.workers + AHEAD:
                self._take()
            if fits(draft):
                self._submit(draft, make(draft))
        while self._crew.pending:
            self._take()

    def _submit(self, draft: RowDraft, act: Callable[[], Done]) -> None:
        self._flying[draft.row] = draft
        self._crew.submit(partial(self._walk, draft, act))

    def _walk(self, draft: RowDraft, act: Callable[[], Done]) -> Came:
        """Take a row's step, in a worker; none is begun any more after ^C."""
        if self.interrupt.stopping or self.halted:
            return _Walked(draft, None)
        return _Walked(draft, act())

    def _buying(self, draft: RowDraft) -> Callable[[], Done]:
        held = self._agreed or self.purse.left is not None
        price = self._price(draft) if held else None
        return partial(buy_row, self.parts, self.plan, draft, price)

    def _price(self, draft: RowDraft) -> Money | None:
        """Return what a row was quoted at in this run."""
        noted = self.journal.of(draft.row) if self.marks[draft.row] == QUOTED else None
        return noted.price if noted else None

    def _fits(self, draft: RowDraft) -> bool:
        """Hold a row's price; wait for money that may come back before a row is beyond the limit."""
        if self.purse.left is None:
            return True
        price = self._price(draft)
        while not self.purse.hold(draft.row, price):
            if not self._crew.pending or not self.purse.may_fit_later(price):
                self._settle(draft, beyond(draft, price, self.purse.left))
                return False
            self._take()
        return True

    # what comes back

    def _take(self) -> None:
        """Wait for one result and take it in."""
        while True:
            try:
                came = self._out.get(timeout=WAKE_S)
                break
            except queue.Empty:
                self.on_change()
        if isinstance(came, BaseException):
            raise came
        if isinstance(came, _Papered):
            self._papers.finished()
            self.journal.note(came.outcome)
        else:
            self._crew.finished()
            self._flying.pop(came.draft.row, None)
            self._walked(came.draft, came.done)
        self.on_change()

    def _walked(self, draft: RowDraft, done: Done | None) -> None:
        if done is None:
            self.purse.give_back(draft.row)
            if self.halted and self.marks[draft.row] != DOUBT:
                self._settle(draft, not_tried(draft, self.halted))
            return
        self._judge(done.error)
        if done.word:
            self._settle(draft, done)
        elif self.marks[draft.row] == QUOTED:
            self._repriced(draft, done)
        else:
            self._quoted(draft, done)

    def _quoted(self, draft: RowDraft, done: Done) -> None:
        self.done_in_phase += 1
        if done.session is not None:
            self.prices.add(done.session, self.plan.rule, done.failures)
        self.journal.note(done.outcome)
        self.marks[draft.row] = QUOTED

    def _repriced(self, draft: RowDraft, done: Done) -> None:
        """Decide about a row whose price is no longer the one that was shown or held."""
        old, new = self._price(draft), done.outcome.price
        self.journal.note(done.outcome)
        self.purse.give_back(draft.row)
        if self._agreed:
            self._settle(draft, dearer(draft, done, old))
        elif self._fits(draft):
            self._submit(draft, partial(buy_row, self.parts, self.plan, draft, new))

    def _settle(self, draft: RowDraft, done: Done) -> None:
        """Write down what a row came to, count it, and let go or keep the money held for it."""
        was_doubt = self.marks[draft.row] == DOUBT
        if was_doubt and done.word == UNKNOWN:
            return
        self.done_in_phase += 1
        outcome = done.outcome
        if outcome != self.journal.of(draft.row):
            self.journal.note(outcome)
        self.tally.count(done.word, outcome, again=UNKNOWN if was_doubt else "")
        self.marks[draft.row] = _AFTER.get(done.word, DONE)
        if done.word == BOUGHT_ROW:
            self.purse.keep(draft.row, outcome.cost)
            self._papers.submit(partial(self._paper, outcome))
        elif done.word == UNKNOWN:
            self.purse.doubt(draft.row)
        else:
            self.purse.give_back(draft.row)

    def _paper(self, outcome: RowOutcome) -> Came:
        """Fetch a paper, in a worker; what fails is told and the label stays bought."""
        try:
            return _Papered(fetch_row(self.parts, outcome))
        except ShiplabelError as error:
            self.parts.say(f"Label {outcome.label_id} is bought; its file waits: {error.message}")
            return _Papered(outcome)

    def _judge(self, error: ShiplabelError | None) -> None:
        """Stop taking rows when an error would meet every other row too."""
        is_disk = isinstance(error, StorageError) and not isinstance(error, HeldError)
        self._unsent = self._unsent + 1 if isinstance(error, NotSent) else 0
        if isinstance(error, Unauthorized) or is_disk or self._unsent >= max(FEWEST_UNSENT, self.workers):
            self.halted = self.halted or error
