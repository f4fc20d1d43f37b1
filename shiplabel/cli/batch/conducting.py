"""One run of a batch from looking over to the summary: what is said, asked and done in which order."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shiplabel.cli import ask, console
from shiplabel.cli.batch import rehearsing
from shiplabel.cli.batch.ending import Results, merge, print_new
from shiplabel.cli.batch.interrupt import Interrupt
from shiplabel.cli.batch.objects import run_object
from shiplabel.cli.batch.progress import Progress
from shiplabel.cli.batch.running import Run
from shiplabel.cli.boundary import error_object
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import Exit, InputError, ShiplabelError, Unauthorized
from shiplabel.workflow.batch import Counts, Purse, Sum, exit_code, status_of_batch
from shiplabel.workflow.batch_found import Plan
from shiplabel.workflow.batch_keys import KeySet, labels_by_key
from shiplabel.workflow.problems import grouped
from shiplabel.workflow.quote import carriers_for

if TYPE_CHECKING:
    from shiplabel.cli.batch.asked import Wanted
    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.cli.context import Context
    from shiplabel.domain.money import Money
    from shiplabel.storage.batches import BatchFiles, Journal
    from shiplabel.workflow.batch import Batch
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.problems import ProblemGroup


class Counted:
    """The service, its requests counted for the display."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        """Return the service's own call and count it."""
        self.asked += name not in {"fetch", "carriers"}
        return getattr(self._api, name)


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
    with ExitStack() as stack:
        stack.enter_context(files.hold(batch))
        journal = stack.enter_context(files.journal(batch))
        interrupt = stack.enter_context(Interrupt(_stop_told))
        conductor = _Conductor(context, files, batch, orders, wanted, journal, interrupt, keeps_answers)
        return conductor.run()


def _stop_told() -> None:
    sys.stderr.write("\r\x1b[2K" if sys.stderr.isatty() else "")
    console.tell("Stopping: no further row is begun; those under way are finished. ^C again leaves at once.")


class _Conductor:
    """Holds what one run needs together."""

    def __init__(
        self,
        context: Context,
        files: BatchFiles,
        batch: Batch,
        orders: OrderFile,
        wanted: Wanted,
        journal: Journal,
        interrupt: Interrupt,
        keeps_answers: bool,  # handed on by name above
    ) -> None:
        self.context, self.files, self.orders, self.wanted = context, files, orders, wanted
        self.batch = replace(
            batch, options=wanted.options, runs=batch.runs + 1, updated_at=context.clock.now()
        )
        self.journal, self.interrupt = journal, interrupt
        self.options = wanted.options
        self.rule = parse_rule(self.options.wishes.rule)
        self.api = Counted(context.api)
        self.progress: Progress | None = None
        self.results = Results(self.batch, orders.sheet, journal)
        self.running = Run(
            self._parts(context.parts),
            orders,
            Plan(
                batch_id=batch.batch_id,
                environment=context.settings.environment,
                rule=self.rule,
                again=self.options.wishes.again,
                keeps_answers=keeps_answers,
                knows=KeySet(context.sessions.keys()).__contains__,
            ),
            journal,
            Purse(self.options.max_total),
            interrupt,
            self.options.workers,
        )
        self.running.on_change = self._changed
        self.merged: tuple[str, ...] = ()

    def _parts(self, parts: Parts) -> Parts:
        return replace(parts, api=self.api, settle_s=0.0, say=self._say)

    def _say(self, text: str) -> None:
        if self.progress:
            self.progress.say(text)
        else:
            console.tell(text)

    def run(self) -> int:
        """Go through it; with ``--json`` the document is printed whatever happens."""
        try:
            code = self._run()
        except KeyboardInterrupt:
            self.running.leave()
            code = self._end(Exit.INTERRUPTED)
        except ShiplabelError as error:
            if self.wanted.as_json:
                console.print_json(self._object() | {"error": error_object(error)})
            raise
        return code

    def _run(self) -> int:
        groups = grouped(self.running.look_over())
        rows = self.running.tally.rows
        self.batch = replace(self.batch, counts=replace(self.batch.counts, rows=rows), status="open")
        self.files.save(self.batch)
        self._show(groups)
        if not self.wanted.dry_run:
            self.results.write()
        if self.running.to_do:
            self._prepare()
            agreed = self._phases()
            if not agreed:
                return self._end(Exit.INTERRUPTED)
        return self._end(None)

    def _show(self, groups: list[ProblemGroup]) -> None:
        counts = self.running.tally.counts
        rehearsing.show_file(self.orders, self.running.samples, counts.rows)
        rehearsing.show_problems(groups, counts.failed)
        rehearsing.show_labelled(self.running.labelled, "here")

    def _prepare(self) -> None:
        """Ask for the carriers, and which orders were labelled elsewhere."""
        if not self.wanted.yes and not self.wanted.dry_run and not self._may_ask and self.running.to_buy:
            raise InputError("Without a terminal these options are missing: --yes.", field="yes")
        carriers = tuple(carriers_for(self.api.carriers(), self.rule.text))
        since = self.context.clock.now() - self.context.settings.look_back
        labels = self.api.labels(created_since=since) if self.context.settings.look_back else iter(())
        elsewhere = labels_by_key(labels, self.running.todo)
        service = carriers[0] if self._is_unquoted else None
        plan = replace(self.running.plan, carriers=carriers, service=service, elsewhere=elsewhere)
        self.running.plan = plan
        if elsewhere and not plan.again:
            ours = [key for key in elsewhere if not plan.knows(key)]
            rehearsing.show_elsewhere([elsewhere[key] for key in ours])

    @property
    def _may_ask(self) -> bool:
        return self.context.can_ask and not self.wanted.as_json

    @property
    def _is_unquoted(self) -> bool:
        """Whether rows are bought by their service alone: nobody needs a price before."""
        priced = self.options.wishes.max_cost or self.options.max_total or self.wanted.dry_run
        return bool(self.rule.service_code) and self.wanted.yes and not priced

    def _phases(self) -> bool:
        """Quote, ask and buy; False when the clerk does not agree."""
        running = self.running
        if self.wanted.dry_run or not self.wanted.yes or self.options.max_total:
            self._begin("Quoted", running.to_do)
            running.quote()
            self._clear()
            if self.interrupt.stopping:
                return True
            if running.prices.labels:
                limit = self.context.settings.rate_limit
                rehearsing.show_prices(running.prices, requests=running.prices.labels, limit=limit)
            if self.wanted.dry_run:
                return True
            if running.prices.labels and not self.wanted.yes and not self._agreed():
                return False
        self._begin("Bought", running.to_do)
        running.purchase(agreed=not self.wanted.yes)
        running.settle(self.context.settings.settle_s)
        self._clear()
        return True

    def _agreed(self) -> bool:
        prices, left_out = self.running.prices, self.running.tally.counts.failed
        without = f" {left_out:,} bad rows are left out." if left_out else ""
        return ask.yes(f"{without} Buy {prices.labels:,} labels for {prices.total}?".strip())

    def _begin(self, what: str, rows: int) -> None:
        calls, window_s = self.context.settings.rate_limit
        self.progress = Progress(what, rows, limit_a_minute=calls * 60 / window_s)

    def _changed(self) -> None:
        if not self.progress:
            return
        tally = self.running.tally
        self.progress.requests = self.api.asked
        self.progress.show(self.running.done_in_phase, tally.counts, tally.paid)
        if not self.wanted.dry_run:
            self.results.write_sometimes()

    def _clear(self) -> None:
        if self.progress:
            self.progress.clear()
        self.progress = None

    def _end(self, forced: Exit | None) -> int:
        """Leave papers, results and the summary; return the exit code."""
        self._clear()
        stopped = self.interrupt.stopping or forced is Exit.INTERRUPTED
        if self.interrupt.times < 2:  # noqa: PLR2004  # the second ^C waits for nothing
            self.running.finish_papers()
        self.running.dismiss()
        if not self.wanted.dry_run:
            self.results.write()
            self.merged = merge(self.batch, self.journal) if not stopped else ()
            if self.options.printer is not None and not stopped:
                print_new(self.context, self.journal, self.running.is_new, self.options.printer)
        self.batch = settled(self.batch, self.journal, self.merged, self.running.tally.rows)
        self.files.save(self.batch)
        code = Exit.INTERRUPTED if stopped else self._code()
        self._summary(stopped=stopped)
        return code

    def _code(self) -> Exit:
        tally = self.running.tally
        code = exit_code(tally.counts, tally.codes, dry_run=self.wanted.dry_run)
        refused = isinstance(self.running.halted, Unauthorized)
        return Exit.SETTINGS if refused and code is not Exit.UNKNOWN else code

    def _total(self) -> Money:
        if self.wanted.dry_run:
            return self.running.prices.total.money
        return self.running.tally.paid.money

    def _object(self) -> dict[str, Any]:
        results = None if self.wanted.dry_run else self.results.path
        return run_object(
            self.batch.batch_id, self.running.tally.counts, self._total(), results, self.merged
        ) | {"waiting": self.running.tally.counts.waiting}

    def _summary(self, *, stopped: bool) -> None:
        counts, batch_id = self.running.tally.counts, self.batch.batch_id
        if self.wanted.as_json:
            console.print_json(self._object())
        else:
            for line in self._lines(counts):
                console.result(line)
        if self.running.halted:
            console.tell(f"Rows were left untried: {self.running.halted.message}")
            if self.running.halted.hint:
                console.tell(f"Next: {self.running.halted.hint}")
        if counts.unknown:
            console.tell(
                f"It is not known whether {counts.unknown:,} labels were bought; none is sent again. "
                f"Next: shiplabel batch resume {batch_id} looks again."
            )
        if stopped or (counts.waiting and self.wanted.dry_run):
            left = f"{counts.waiting:,} rows are left. " if counts.waiting else ""
            console.tell(f"{left}Next: shiplabel batch resume {batch_id}")
        elif self.results.failed and not self.wanted.dry_run:
            console.tell(f"Mend the failed rows in {self.results.failed_path},")
            console.tell(f"then: shiplabel batch run {self.results.failed_path}")

    def _lines(self, counts: Counts) -> list[str]:
        words = [(counts.bought, "bought"), (counts.failed, "failed"), (counts.unknown, "unknown")]
        words += [(counts.skipped, "skipped")]
        told = ", ".join(f"{count:,} {word}" for count, word in words if count) or "nothing to do"
        lines = [f"Batch {self.batch.batch_id}: {counts.rows:,} rows, {told}."]
        if self.wanted.dry_run:
            prices = self.running.prices
            lines.append(f"Expected  {prices.total} for {prices.labels:,} labels; nothing was bought.")
            return lines
        if counts.bought:
            lines.append(f"Paid      {self.running.tally.paid}")
        lines.append(f"Results   {self.results.path}")
        if self.results.failed:
            lines.append(f"Failed    {self.results.failed_path}")
        lines += [f"Merged    {path}" for path in self.merged]
        return lines


def settled(batch: Batch, journal: Journal, merged: tuple[str, ...], rows: int) -> Batch:
    """Return a batch with its counts over all runs, as its journal tells them."""
    words: dict[str, int] = {}
    paid = Sum()
    for outcome in journal.all():
        words[outcome.status] = words.get(outcome.status, 0) + 1
        if outcome.status in BOUGHT_WORDS:
            paid.add(outcome.cost)
    counts = Counts(
        rows=rows,
        bought=sum(words.get(word, 0) for word in BOUGHT_WORDS),
        failed=words.get("failed", 0),
        unknown=words.get("unknown", 0),
        skipped=words.get("skipped", 0),
    )
    return replace(
        batch,
        counts=counts,
        total_cost=paid.money,
        merged=merged or batch.merged,
        status=status_of_batch(counts, words.get("voided", 0)),
    )


BOUGHT_WORDS = ("bought", "voiding", "voided")
