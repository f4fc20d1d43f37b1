"""``batch check``: all rows through all checks, offline; nothing is kept and nothing is sent."""

from __future__ import annotations

import shlex
from array import array
from dataclasses import asdict
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.cli.batch import rehearsing
from shiplabel.cli.batch.objects import run_object
from shiplabel.cli.batch.opening import open_orders, refuse_empty
from shiplabel.errors import Exit
from shiplabel.language import phrase, phrase_n
from shiplabel.workflow.batch import Counts, is_bought
from shiplabel.workflow.batch_keys import KeySet
from shiplabel.workflow.problems import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.cli.context import Context
    from shiplabel.workflow.batch import Options
    from shiplabel.workflow.problems import Problem
    from shiplabel.workflow.rows import RowDraft


class _Look:
    """One look over all rows: counts, three samples, the rows that are labelled."""

    def __init__(self, context: Context, orders: OrderFile) -> None:
        self._store, self._orders = context.sessions, orders
        self._known = KeySet(context.sessions.keys())
        self.rows = self.bad = self.todo = self.to_mend = 0
        self.samples: list[RowDraft] = []
        self.labelled = array("L")
        self.problems: list[Problem] = []

    def over(self, *, keep: bool) -> Iterator[Problem]:
        """Yield all problems; with ``keep`` they are kept as well."""
        for draft in self._orders.drafts():
            self.rows += 1
            self.bad += not draft.is_good
            if draft.is_good and len(self.samples) < rehearsing.SHOWN:
                self.samples.append(draft)
            labelled = draft.shipment_key in self._known and any(
                map(is_bought, self._store.with_key(draft.shipment_key))
            )
            if labelled:
                self.labelled.append(draft.row)
            self.todo += draft.is_good and not labelled
            self.to_mend += not draft.is_good and not labelled
            if keep:
                self.problems += draft.problems
            yield from draft.problems


def check_file(context: Context, path: Path, options: Options, *, as_json: bool) -> int:
    """Check a sheet and tell all that is wrong; return 0 or 2."""
    orders = open_orders(context, path, options, may_ask=context.can_ask and not as_json)
    refuse_empty(orders, path)
    look = _Look(context, orders)
    groups = grouped(look.over(keep=as_json))
    rehearsing.show_file(orders, look.samples, look.rows)
    rehearsing.show_problems(groups, look.bad, look.rows)
    rehearsing.show_labelled(look.labelled)
    if as_json:
        counts = Counts(rows=look.rows, failed=look.bad, skipped=len(look.labelled))
        document = run_object(None, counts, None, None)
        console.print_json(document | {"problems": [asdict(problem) for problem in look.problems]})
    else:
        _tell_end(path, look)
    return Exit.INPUT if look.bad else Exit.DONE


def _tell_end(path: Path, look: _Look) -> None:
    """Say how many rows are good, and what to do about the others."""
    good = look.rows - look.bad
    console.result(
        phrase_n(
            "{name}: {count:,} row, {good:,} good, {bad:,} bad.",
            "{name}: {count:,} rows, {good:,} good, {bad:,} bad.",
            look.rows,
            name=path.name,
            good=good,
            bad=look.bad,
        )
    )
    run = f"shiplabel batch run {shlex.quote(str(path))} --rate cheapest"
    if look.to_mend:
        rehearsing.tell(phrase("Next: mend these rows in the sheet, save it, and check it again."))
    elif not look.todo:
        rehearsing.tell(
            phrase("Nothing is left to buy: every row has its label. Next: shiplabel labels list")
        )
    if look.to_mend and look.todo:
        failed = f"{path.stem}.failed.csv"
        rehearsing.tell(
            phrase(
                "Or: {command} buys the good ones; the bad ones come back in {failed}.",
                command=run,
                failed=failed,
            )
        )
    elif look.todo:
        rehearsing.tell(phrase("Next: {command}", command=run))
