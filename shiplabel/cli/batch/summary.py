"""What a run came to: the document for scripts, the lines for people, what to type next, the exit code."""

from __future__ import annotations

import shlex
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiplabel.cli.batch.objects import run_object
from shiplabel.errors import Exit, Unauthorized
from shiplabel.language import phrase, phrase_n
from shiplabel.workflow.batch import Counts, Sum, exit_code, status_of_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.cli.batch.ending import Results
    from shiplabel.cli.batch.running import Run
    from shiplabel.domain.money import Money
    from shiplabel.storage.batches import Journal
    from shiplabel.workflow.batch import Batch

BOUGHT_WORDS = ("bought", "voiding", "voided")
_OPTIONS = {"max_cost": "--max-cost", "max_total": "--max-total"}


class Summary:
    """Tells of a run; a dry one bought nothing and left no files."""

    def __init__(self, running: Run, results: Results, *, dry_run: bool) -> None:
        self._running, self._results, self._dry_run = running, results, dry_run

    @property
    def counts(self) -> Counts:
        """The counts of this run."""
        return self._running.ledger.tally.counts

    def code(self) -> Exit:
        """Return the exit code of a run that was not stopped."""
        code = exit_code(self.counts, self._running.ledger.tally.codes, dry_run=self._dry_run)
        if self._running.ledger.refused and code is Exit.DONE:
            return Exit.PARTLY if self.counts.bought else Exit.FAILED
        refused = isinstance(self._running.halted, Unauthorized)
        return Exit.SETTINGS if refused and code is not Exit.UNKNOWN else code

    def document(self, batch: Batch) -> dict[str, Any]:
        """Return the document for scripts; ``waiting`` are rows that were not reached."""
        results = None if self._dry_run else self._results.path
        merged = () if self._dry_run else batch.merged
        run = run_object(batch.batch_id, self.counts, self._total, results, merged)
        return run | {"waiting": self.counts.waiting}

    @property
    def _total(self) -> Money:
        if self._dry_run:
            return self._running.prices.total.money
        return self._running.ledger.tally.paid.money

    def lines(self, batch: Batch) -> Iterator[str]:
        """Yield the lines for people."""
        counts = self.counts
        words = (
            (counts.bought, phrase("bought")),
            (counts.failed, phrase("failed")),
            (counts.unknown, phrase("unknown")),
            (counts.skipped, phrase("skipped")),
            (counts.waiting, phrase("waiting")),
        )
        told = ", ".join(f"{count:,} {word}" for count, word in words if count)
        yield phrase_n(
            "Batch {batch_id}: {count} row, {told}.",
            "Batch {batch_id}: {count} rows, {told}.",
            counts.rows,
            batch_id=batch.batch_id,
            told=told,
        )
        if self._dry_run:
            prices = self._running.prices
            yield phrase("Expected  {total}; nothing was bought.", total=str(prices.total))
            return
        if counts.bought:
            yield phrase("Paid      {total}", total=str(self._running.ledger.tally.paid))
            for (carrier, service), (labels, paid) in self._running.ledger.tally.services.items():
                yield f"          {labels:,} x {carrier} {service}, {paid}"
        yield phrase("Results   {path}", path=near(self._results.path))
        if self._results.failed:
            yield phrase("Failed    {path}", path=near(self._results.failed_path))
        for path in batch.merged:
            yield phrase("Merged    {path}", path=near(Path(path)))

    def advice(self, batch: Batch, *, stopped: bool) -> Iterator[str]:
        """Yield what is to be known and typed next."""
        counts, resume = self.counts, f"shiplabel batch resume {batch.batch_id}"
        halted, refused = self._running.halted, self._running.ledger.refused
        if refused:
            yield phrase(
                "The disk did not take all of it: {why} Every purchase is kept in its row's session. "
                "Mend the disk first.",
                why=refused.message,
            )
        elif halted:
            yield phrase("Rows were left untried: {why}", why=halted.message)
            yield from [phrase("Next: {command}", command=halted.hint)] if halted.hint else []
        if counts.unknown:
            yield phrase_n(
                "It is not known whether {count} label was bought; it is not sent again.",
                "It is not known whether {count} labels were bought; none is sent again.",
                counts.unknown,
            )
            yield phrase("Next: {command} looks again", command=resume)
        elif stopped or (self._dry_run and counts.waiting) or halted or refused:
            yield phrase("Next: {command}", command=resume)
        elif counts.failed and not self._dry_run:
            yield from self._about_failed(batch)

    def _about_failed(self, batch: Batch) -> Iterator[str]:
        """Yield how the failed rows get their labels: mended, or under a higher limit."""
        codes = self._running.ledger.tally.codes
        options = _limits(batch, batch.options.max_total)
        met = [code for code in options if codes[code]]
        if sum(codes[code] for code in met) == self.counts.failed:
            told = " ".join(f"{_OPTIONS[code]} {options[code]}" for code in met)
            yield phrase("The failed rows are beyond {limits}; nothing in them needs mending.", limits=told)
            options |= dict.fromkeys(met, "AMOUNT")
            yield phrase(
                "Next, with a higher limit: {command}",
                command=_command(batch, near(Path(batch.file)), options),
            )
            return
        failed = near(self._results.failed_path)
        yield phrase("Next: mend the rows in {path},", path=failed)
        limits = _limits(batch, self._running.ledger.purse.left)
        yield phrase("then: {command}", command=_command(batch, failed, limits))


def _limits(batch: Batch, total: Money | None) -> dict[str, str]:
    """Return the money limits that were set, as typed; ``total`` is what all rows may cost."""
    limits = {"max_cost": batch.options.wishes.max_cost, "max_total": total}
    return {code: _typed(limit) for code, limit in limits.items() if limit}


def _typed(money: Money) -> str:
    """Return an amount as one would type it after an option; what was overspent leaves nothing."""
    money = replace(money, amount=max(money.amount, Decimal("0.00")))
    return money.text if money.currency == "usd" else f"{money.text}{money.currency}"


def _command(batch: Batch, path: str, limits: dict[str, str]) -> str:
    """Return the command that runs a file as the batch was told to, under these limits."""
    rule = batch.options.wishes.rule
    words = ["shiplabel batch run", shlex.quote(path), f"--rate {rule}" if rule else "…"]
    words += [shlex.quote(word) for word in batch.options.typed]
    return " ".join(words + [f"{_OPTIONS[code]} {amount}" for code, amount in limits.items()])


def near(path: Path) -> str:
    """Return a path as one would type it here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def settled(batch: Batch, journal: Journal, merged: tuple[str, ...] = ()) -> Batch:
    """Return a batch with its counts over all runs, as its journal tells them."""
    words: dict[str, int] = {}
    paid = Sum()
    for outcome in journal.all():
        words[outcome.status] = words.get(outcome.status, 0) + 1
        if outcome.status in BOUGHT_WORDS:
            paid.add(outcome.cost)
    counts = Counts(
        rows=batch.counts.rows,
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
