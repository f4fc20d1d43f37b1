"""One run of a batch from looking over to the summary: what is said, asked and done in which order."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from shiplabel.baton import waiting
from shiplabel.cli import ask, console
from shiplabel.cli.batch import rehearsing
from shiplabel.cli.batch.asked import WORKERS
from shiplabel.cli.batch.ending import Results, merge, print_new
from shiplabel.cli.batch.gate import Gate
from shiplabel.cli.batch.interrupt import HeedingClock, Interrupt, LeftWaiting
from shiplabel.cli.batch.looking import Look
from shiplabel.cli.batch.progress import CLEAR, Progress
from shiplabel.cli.batch.running import MOST_PAUSE_S, Run
from shiplabel.cli.batch.summary import Summary, settled
from shiplabel.cli.boundary import error_object
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import Exit, InputError, ShiplabelError
from shiplabel.language import phrase, phrase_n
from shiplabel.storage.shards import make_shards
from shiplabel.workflow.batch import WAITING, Purse, outcome_of
from shiplabel.workflow.batch_found import Plan, under_its_key, weightiest
from shiplabel.workflow.batch_keys import KeySet, labels_by_key
from shiplabel.workflow.batch_ledger import Ledger
from shiplabel.workflow.by_key import labels_since
from shiplabel.workflow.problems import grouped
from shiplabel.workflow.quote import carriers_for
from shiplabel.workflow.session import status_of

if TYPE_CHECKING:
    from shiplabel.cli.batch.asked import Wanted
    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.cli.context import Context
    from shiplabel.domain.label import Label
    from shiplabel.storage.batches import BatchFiles, Journal
    from shiplabel.workflow.batch import Batch
    from shiplabel.workflow.session import Session

A_DAY = timedelta(days=1)


def conduct(
    context: Context,
    files: BatchFiles,
    batch: Batch,
    orders: OrderFile,
    wanted: Wanted,
    *,
    keeps_answers: bool = False,
) -> int:
    """Run a batch with its options as they are now; return the exit code."""
    now = context.clock.now()
    batch = replace(batch, options=wanted.options, runs=batch.runs + 1, updated_at=now)
    plan = Plan(
        batch_id=batch.batch_id,
        environment=context.settings.environment,
        rule=parse_rule(wanted.options.wishes.rule),
        again=wanted.options.wishes.again,
        keeps_answers=keeps_answers,
        knows=KeySet(context.sessions.keys()).__contains__,
    )
    with ExitStack() as stack:
        stack.enter_context(files.hold(batch))
        journal = stack.enter_context(files.journal(batch))
        interrupt = stack.enter_context(Interrupt(_stop_told))
        return _Conductor(context, files, batch, orders, wanted, plan, journal, interrupt).conduct()


def _stop_told() -> None:
    sys.stderr.write(CLEAR if sys.stderr.isatty() else "")
    console.tell(phrase("Stopping; rows under way are finished. ^C again leaves at once."))


class _Conductor:
    """Holds what one run needs together."""

    def __init__(
        self,
        context: Context,
        files: BatchFiles,
        batch: Batch,
        orders: OrderFile,
        wanted: Wanted,
        plan: Plan,
        journal: Journal,
        interrupt: Interrupt,
    ) -> None:
        self.context, self.files, self.batch = context, files, batch
        self.orders, self.wanted, self.options = orders, wanted, wanted.options
        self.journal, self.interrupt = journal, interrupt
        self.gate = Gate(context.api, wanted.options.workers or WORKERS, self._sit_out, self._pause)
        self.is_watched = context.can_ask and not wanted.as_json
        self.progress: Progress | None = None
        clock = HeedingClock(context.clock, interrupt)
        parts = replace(context.parts, api=self.gate, clock=clock, settle_s=0.0, say=self._say)
        self.ledger = Ledger(journal, Purse(wanted.options.max_total))
        self.look = Look(parts.store, orders, plan, self.ledger)
        self.running = Run(parts, orders, plan, self.ledger, interrupt, self.gate)
        self.running.on_change = self._changed
        self.running.sits_out = self.is_watched
        context.say = self._say
        self.results = Results(batch, orders.sheet, journal)
        self.summary = Summary(self.running, self.results, dry_run=wanted.dry_run)

    def conduct(self) -> int:
        """Go through it; with ``--json`` the document is printed whatever happens."""
        try:
            return self._through()
        except KeyboardInterrupt:
            self.running.leave()
            return self._end(stopped=True)
        except Exception as error:
            self._clear()
            if self.wanted.as_json and isinstance(error, ShiplabelError):
                console.print_json(self.summary.document(self.batch) | {"error": error_object(error)})
            raise

    def _through(self) -> int:
        self._remember()
        groups = grouped(self.look.over())
        counts = self.ledger.tally.counts
        self.batch = replace(self.batch, counts=replace(self.batch.counts, rows=counts.rows), status="open")
        self.files.save(self.batch)
        rehearsing.show_file(self.orders, self.look.samples, counts.rows)
        rehearsing.show_problems(groups, counts.failed, counts.rows)
        rehearsing.show_labelled(self.look.labelled)
        if not self.wanted.dry_run:
            self.results.write()
        if self.ledger.refused:
            raise self.ledger.refused
        if self.look.todo:
            self._prepare()
            if not self._phases():
                return self._end(stopped=True)
        return self._end(stopped=self.interrupt.stopping)

    def _remember(self) -> None:
        """Let each row keep the key of an earlier run, of one too that was killed before it noted the row."""
        store = self.context.sessions
        for head in store.heads():
            if head.batch == self.batch.batch_id and head.document["status"] != "open":
                self._note(weightiest(store.with_key(head.shipment_key)))
        self.orders.as_before = lambda draft: under_its_key(store, draft, self.journal.of(draft.row))

    def _note(self, session: Session | None) -> None:
        if session is None or session.row is None or session.batch != self.batch.batch_id:
            return
        before = self.journal.of(session.row)
        if before is None or before.status == WAITING:
            self.journal.note(outcome_of((session.row,), session, status_of(session)))

    def _prepare(self) -> None:
        """Ask for the carriers, and which orders were labelled elsewhere; refuse what lacks a yes.

        The folders of all rows are made before, so that no purchase waits for one.
        """
        if self.look.to_buy and not (self.wanted.yes or self.wanted.dry_run or self.is_watched):
            raise InputError(
                phrase("Without a terminal these options are missing: {options}.", options="--yes")
            )
        make_shards(self.context.sessions.root, self.look.shards)
        plan = self.running.plan
        carriers = tuple(carriers_for(self.gate.carriers(), plan.rule.text))
        elsewhere = self._labels_since(self.context.settings.look_back)
        service = carriers[0] if self._is_unquoted else None
        self.running.plan = replace(plan, carriers=carriers, service=service, elsewhere=elsewhere)
        if not plan.again:
            rehearsing.show_elsewhere([elsewhere[key] for key in elsewhere if not plan.knows(key)])

    def _labels_since(self, look_back: timedelta) -> dict[str, Label]:
        """Return the account's labels of the last time that carry a key of ours."""
        since = self.context.clock.now() - look_back
        labels = labels_since(self.running.parts.api, since) if look_back else ()
        return labels_by_key(labels, self.look.todo, rehearsing.tell_twice)

    def _look_again(self) -> None:
        """Look which orders were labelled elsewhere while rates were fetched and a clerk thought."""
        plan = self.running.plan
        since = self._labels_since(min(self.context.settings.look_back, A_DAY))
        self.running.plan = replace(plan, elsewhere={**plan.elsewhere, **since})

    @property
    def _is_unquoted(self) -> bool:
        """Whether rows are bought by their service alone: nobody needs a price before."""
        priced = self.options.wishes.max_cost or self.options.max_total or self.wanted.dry_run
        return bool(self.running.plan.rule.service_code) and self.wanted.yes and not priced

    def _phases(self) -> bool:
        """Quote, ask and buy; False when the clerk does not agree."""
        running, wanted = self.running, self.wanted
        rows = len(self.look.todo)
        if wanted.dry_run or not wanted.yes or self.options.max_total:
            self.progress = Progress(phrase("Quoted"), rows, self._asked)
            running.quote(dry_run=wanted.dry_run)
            self._clear()
            if running.prices.labels:
                limit = self.context.settings.rate_limit
                rehearsing.show_prices(running.prices, limit=limit)
            if wanted.dry_run or self.interrupt.stopping:
                return True
            may_go_on = running.prices.labels and not running.halted
            if may_go_on and not wanted.yes and not self._agreed():
                return False
            self._look_again()
        self.progress = Progress("", rows, self._asked)
        running.purchase(agreed=not wanted.yes)
        running.settle(self.context.settings.settle_s)
        return True

    def _agreed(self) -> bool:
        prices, left_out = self.running.prices, self.ledger.tally.counts.failed
        if left_out:
            console.tell(phrase_n("{count} row is left out.", "{count} rows are left out.", left_out))
        total = str(prices.total)
        return ask.yes(
            phrase_n(
                "Buy {count} label for {total}?",
                "Buy {count} labels for {total}?",
                prices.labels,
                total=total,
            )
        )

    def _sit_out(self, pause_s: float) -> bool:
        """Wait for a pause's end, or leave at ^C; return False for a long one that nobody watches."""
        if pause_s > MOST_PAUSE_S and not self.is_watched:
            return False
        self._pause(pause_s)
        return True

    def _pause(self, seconds: float) -> None:
        """Wait, or leave at ^C."""
        self.running.parts.clock.pause(seconds)
        if self.interrupt.stopping:
            raise LeftWaiting

    def _asked(self) -> int:
        return self.gate.asked

    def _say(self, text: str) -> None:
        with waiting():  # a terminal may hold up who writes to it
            if self.progress:
                self.progress.say(text)
            else:
                console.tell(text)

    def _changed(self) -> None:
        if not self.progress:
            return
        self.progress.show(self.running.done_in_phase, self.ledger.tally)
        if not self.wanted.dry_run:
            self.results.write_sometimes()

    def _clear(self) -> None:
        if self.progress:
            self.progress.clear()
        self.progress = None

    def _end(self, *, stopped: bool) -> int:
        """Leave papers, results and the summary; return the exit code."""
        if not self.interrupt.leaving:
            self.running.finish_papers(() if self.wanted.dry_run else self.look.unfinished)
        self._clear()
        self.running.dismiss()
        merged = () if self.wanted.dry_run else self._leave_files(stopped=stopped)
        self.batch = settled(self.batch, self.journal, merged)
        self.ledger.attempt(partial(self.files.save, self.batch))
        return self._told(replace(self.batch, merged=merged), stopped=stopped)

    @property
    def _is_left(self) -> bool:
        """Whether a run that was stopped left rows, papers or files for another one."""
        options = self.options
        files = options.merge or options.printer is not None
        return bool(self.interrupt.leaving or self.summary.counts.waiting or files)

    def _leave_files(self, *, stopped: bool) -> tuple[str, ...]:
        """Write the results, merge and print; return the merged parts. What the disk refuses ends nothing."""
        self.ledger.attempt(self.results.write)
        if stopped:
            return ()
        merged = merge(self.batch, self.journal)
        if self.options.printer is not None:
            is_new, printer = self.running.is_new, self.options.printer
            self.ledger.attempt(partial(print_new, self.context, self.journal, is_new, printer))
        return merged

    def _told(self, batch: Batch, *, stopped: bool) -> int:
        console.money_moved()
        if self.wanted.as_json:
            refused = self.ledger.refused
            error = {"error": error_object(refused)} if refused else {}
            console.print_json(self.summary.document(batch) | error)
        else:
            for line in self.summary.lines(batch):
                console.result(line)
        for sentence in self.summary.advice(batch, stopped=stopped and self._is_left):
            console.tell(sentence)
        return Exit.INTERRUPTED if stopped else self.summary.code()
