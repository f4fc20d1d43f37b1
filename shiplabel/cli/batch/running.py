"""Running a batch: rows go out to workers in file order, and what comes back is written down at once.

The main thread alone decides and writes the books; the workers walk single rows. Each phase goes
through the sheet anew, so that no row is kept in memory.
"""

from __future__ import annotations

import queue
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from shiplabel.baton import waiting
from shiplabel.cli.batch.crew import Crew
from shiplabel.cli.batch.interrupt import WAKE_S, LeftWaiting
from shiplabel.errors import HeldError, NotSent, RateLimited, ShiplabelError, StorageError, Unauthorized
from shiplabel.language import phrase, phrase_n
from shiplabel.workflow.batch import (
    BOUGHT_ROW,
    SKIPPED,
    UNKNOWN,
    RowOutcome,
    is_in_doubt,
    outcome_of,
    was_found,
)
from shiplabel.workflow.batch_ends import beyond, dearer, not_tried
from shiplabel.workflow.batch_found import Done, find
from shiplabel.workflow.batch_marks import DOUBT, NEW, QUOTED, TODO
from shiplabel.workflow.batch_prices import Prices
from shiplabel.workflow.batch_row import buy_row, fetch_row, look_up_row, quote_row
from shiplabel.workflow.rows import RowDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shiplabel.cli.batch.gate import Gate
    from shiplabel.cli.batch.interrupt import Interrupt
    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.workflow.batch_found import Plan
    from shiplabel.workflow.batch_ledger import Ledger
    from shiplabel.workflow.ports import Parts

FEWEST_PAPERS, MOST_CONNECTIONS = 4, 32
AHEAD = 4
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0
FEWEST_UNSENT = 8
MOST_PAUSE_S = 90.0
"""The longest pause that is waited out where nobody watches; a longer one ends the run."""


@dataclass(frozen=True, slots=True)
class _Walked:
    """A row's step as it comes back; ``done`` is None for one that was not begun or met a fault of ours."""

    draft: RowDraft
    done: Done | None
    fault: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Papered:
    """A bought row with its paper, as far as it could be had."""

    outcome: RowOutcome
    fault: BaseException | None = None


Came = _Walked | _Papered


class Run:
    """The phases of one run of a batch; ``gate`` is the service as its workers see it."""

    def __init__(
        self,
        parts: Parts,
        orders: OrderFile,
        plan: Plan,
        ledger: Ledger,
        interrupt: Interrupt,
        gate: Gate,
    ) -> None:
        self.parts, self.orders, self.plan, self.gate = parts, orders, plan, gate
        self.ledger, self.interrupt = ledger, interrupt
        self.prices = Prices()
        self.halted: ShiplabelError | None = None
        self.fault: BaseException | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.sits_out = False
        self.done_in_phase = 0
        self._agreed = False
        self._counted_as: dict[str, str] = {}
        self._unsent = 0
        self._flying: dict[int, RowDraft] = {}
        self._threads = threads_for(gate.most)
        self._out: queue.SimpleQueue[Came] = queue.SimpleQueue()
        self._crew: Crew[Came] = Crew(self._threads, self._out)
        self._papers: Crew[Came] = Crew(
            max(FEWEST_PAPERS, min(gate.most, MOST_CONNECTIONS - gate.most)), self._out
        )

    def quote(self, *, dry_run: bool = False) -> None:
        """Quote all rows that are to do; each has a session from then on, which its purchase goes on with.

        A label that a dry run finds for a row in doubt is none that it bought: the row is skipped.
        """
        self._counted_as = {BOUGHT_ROW: SKIPPED} if dry_run else {}
        self._phase({TODO}, lambda draft: partial(quote_row, self.parts, self.plan, draft))
        self.plan = replace(self.plan, knows=lambda _key: True)

    def purchase(self, *, agreed: bool) -> None:
        """Buy the rows to do and the rows quoted; with ``agreed`` none above the price that was shown."""
        self._agreed = agreed
        self._phase({TODO, QUOTED}, self._buying, self._fits)

    def settle(self, settle_s: float) -> None:
        """Look the rows in doubt up again and again until all are found or the time is over."""
        clock = self.parts.clock
        end, pause_s = clock.elapsed_s() + settle_s, FIRST_PAUSE_S
        while DOUBT in self.ledger.marks and not self.interrupt.stopping and not self.halted:
            left_s = end - clock.elapsed_s()
            if left_s <= 0:
                return
            self.parts.say(
                phrase_n(
                    "{count} purchase has no certain answer; looking again for {left_s} s.",
                    "{count} purchases have no certain answer; looking again for {left_s} s.",
                    self.ledger.tally.counts.unknown,
                    left_s=ceil(left_s),
                )
            )
            clock.pause(min(pause_s, left_s))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            self._phase({DOUBT}, lambda draft: partial(look_up_row, self.parts, self.plan, draft))

    def finish_papers(self, left: Iterable[RowOutcome]) -> None:
        """Fetch the papers that earlier runs left, and wait for those under way."""
        for outcome in left:
            self._papers.submit(partial(self._paper, outcome))
        while self._papers.pending:
            self._take()
        self.on_change()

    def leave(self) -> None:
        """Note what is under way as it stands on disk: the program ends now."""
        plan = replace(self.plan, knows=lambda _key: True)
        for draft in list(self._flying.values()):
            session = find(self.parts.store, plan, draft).session
            if session is not None and is_in_doubt(session):
                said = phrase("The program was stopped while this purchase was under way.")
                outcome = replace(outcome_of(draft.rows, session, UNKNOWN), code="interrupted", error=said)
                self._settle(draft, Done(outcome=outcome, word=UNKNOWN))

    def dismiss(self) -> None:
        """Let the workers end."""
        self._crew.dismiss()
        self._papers.dismiss()

    def is_new(self, row: int) -> bool:
        """Tell whether this run bought a row."""
        return self.ledger.marks[row] == NEW

    def _phase(
        self,
        states: set[int],
        make: Callable[[RowDraft], Callable[[], Done]],
        fits: Callable[[RowDraft], bool] = lambda _draft: True,
    ) -> None:
        """Send the rows of some marks to the workers, in file order, and take in all that comes back."""
        self.done_in_phase = 0
        with self.gate.row():
            self._go_through(states, make, fits)
        self.on_change()
        if self.fault:
            raise self.fault

    def _go_through(
        self,
        states: set[int],
        make: Callable[[RowDraft], Callable[[], Done]],
        fits: Callable[[RowDraft], bool],
    ) -> None:
        for draft in self.orders.drafts():
            if self.ledger.marks[draft.row] not in states:
                continue
            if self.interrupt.stopping:
                break
            if self.halted:
                self._leave_untried(draft)
                continue
            while self._crew.pending >= self._threads + AHEAD:
                self._take()
            if fits(draft):
                self._submit(draft, make(draft))
        while self._crew.pending:
            self._take()

    def _submit(self, draft: RowDraft, act: Callable[[], Done]) -> None:
        self._flying[draft.row] = draft
        self._crew.submit(partial(self._walk, draft, act))

    def _walk(self, draft: RowDraft, act: Callable[[], Done]) -> Came:
        """Take a row's step, in a worker; none is begun after ^C, but one whose intent is on disk is sent."""
        try:
            with self.gate.row():
                may_begin = not (self.interrupt.stopping or self.halted)
                return _Walked(draft, act() if may_begin else None)
        except LeftWaiting:
            return _Walked(draft, None)
        except BaseException as fault:  # noqa: BLE001  # a bug: handed to the main thread, which ends the run
            return _Walked(draft, None, fault)

    def _buying(self, draft: RowDraft) -> Callable[[], Done]:
        held = self._agreed or self.ledger.purse.left is not None
        price = self.ledger.price(draft.row) if held else None
        return partial(buy_row, self.parts, self.plan, draft, price)

    def _fits(self, draft: RowDraft) -> bool:
        """Hold a row's price; wait for money that may come back before a row is beyond the limit."""
        purse = self.ledger.purse
        if purse.left is None:
            return True
        price = self.ledger.price(draft.row)
        while not purse.hold(draft.row, price):
            if not self._crew.pending or not purse.may_fit_later(price):
                self._settle(draft, beyond(draft, price, purse.left))
                return False
            self._take()
        return True

    def _take(self) -> None:
        """Wait for one result and take it in."""
        with waiting():
            came = self._next()
        if isinstance(came, _Papered):
            self._papers.finished()
            self.ledger.write(came.outcome)
        else:
            self._crew.finished()
            self._flying.pop(came.draft.row, None)
            self._walked(came.draft, came.done)
        if came.fault and not self.fault:
            self.fault = came.fault
            self.halted = self.halted or ShiplabelError(phrase("a fault of shiplabel itself"), code="bug")
        self.halted = self.halted or self.ledger.refused

    def _next(self) -> Came:
        """Return the next result that comes, showing now and then how things stand."""
        while True:
            self.on_change()
            with suppress(queue.Empty):
                return self._out.get(timeout=WAKE_S)

    def _walked(self, draft: RowDraft, done: Done | None) -> None:
        if done is None:
            self.ledger.purse.give_back(draft.row)
            if self.halted:
                self._leave_untried(draft)
            return
        self._judge(done.error)
        if done.word:
            self._settle(draft, replace(done, word=self._counted_as.get(done.word, done.word)))
        elif self.ledger.marks[draft.row] == QUOTED:
            self._repriced(draft, done)
        else:
            self.done_in_phase += 1
            self.ledger.quoted(draft, done)
            if done.session is not None:
                self.prices.add(done.session, self.plan.rule, done.failures)

    def _leave_untried(self, draft: RowDraft) -> None:
        if self.halted and self.ledger.marks[draft.row] != DOUBT:
            self._settle(draft, not_tried(draft, self.halted))

    def _repriced(self, draft: RowDraft, done: Done) -> None:
        """Decide about a row whose price is no longer the one that was shown or held."""
        old, new = self.ledger.price(draft.row), done.outcome.price
        self.ledger.quoted(draft, done)
        self.ledger.purse.give_back(draft.row)
        if self._agreed:
            self._settle(draft, dearer(draft, done, old))
        elif self._fits(draft):
            self._submit(draft, partial(buy_row, self.parts, self.plan, draft, new))

    def _settle(self, draft: RowDraft, done: Done) -> None:
        """Write down what a row came to; a bought one's paper is fetched."""
        if self.ledger.settle(draft, done):
            self.done_in_phase += 1
            if done.word == BOUGHT_ROW or (done.session and was_found(done.session)):
                self._papers.submit(partial(self._paper, done.outcome))

    def _paper(self, outcome: RowOutcome) -> Came:
        """Fetch a paper, in a worker; what fails is told and the label stays bought."""
        try:
            with self.gate.paper():
                return _Papered(fetch_row(self.parts, outcome))
        except ShiplabelError as error:
            said = phrase(
                "Label {label_id} is bought; its file waits: {why}", label_id=outcome.label_id, why=error
            )
            self.parts.say(said)
            return _Papered(outcome)
        except BaseException as fault:  # noqa: BLE001  # a bug: handed to the main thread, which ends the run
            return _Papered(outcome, fault)

    def _judge(self, error: ShiplabelError | None) -> None:
        """Stop taking rows when an error would meet every other row too."""
        is_disk = isinstance(error, StorageError) and not isinstance(error, HeldError)
        self._unsent = self._unsent + 1 if isinstance(error, NotSent) else 0
        unsent = self._unsent >= max(FEWEST_UNSENT, self._threads)
        if isinstance(error, Unauthorized) or is_disk or unsent or self._is_paused(error):
            self.halted = self.halted or error

    def _is_paused(self, error: ShiplabelError | None) -> bool:
        """Tell whether the service asked for a longer pause than a run waits where nobody watches."""
        pause_s = error.retry_after_s if isinstance(error, RateLimited) else None
        return not self.sits_out and (pause_s or 0.0) > MOST_PAUSE_S


def threads_for(workers: int) -> int:
    """Return how many threads keep so many requests in flight: some make rows ready, some write down."""
    return 5 * workers // 2
