"""Looking all rows over before anything is sent: bad ones, labelled ones, those in doubt, those to do."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from shiplabel.cli.batch.rehearsing import SHOWN
from shiplabel.storage.shards import shard_of
from shiplabel.workflow.batch import FAILED, SKIPPED, UNKNOWN, is_in_doubt, outcome_of
from shiplabel.workflow.batch_ends import bad
from shiplabel.workflow.batch_found import find, goes_on, settled_before
from shiplabel.workflow.batch_keys import KeySet
from shiplabel.workflow.batch_marks import TODO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.workflow.batch import RowOutcome
    from shiplabel.workflow.batch_found import Done, Found, Plan
    from shiplabel.workflow.batch_ledger import Ledger
    from shiplabel.workflow.ports import SessionStore
    from shiplabel.workflow.problems import Problem
    from shiplabel.workflow.rows import RowDraft


class Look:
    """One look over a sheet; ``todo`` holds the keys of the rows that are to be bought or looked up.

    ``shards`` are the folders that their sessions come to lie in.
    """

    def __init__(self, store: SessionStore, orders: OrderFile, plan: Plan, ledger: Ledger) -> None:
        self._store, self._orders, self._plan, self._ledger = store, orders, plan, ledger
        self.todo = KeySet()
        self.shards: set[str] = set()
        self.doubts = 0
        self.samples: list[RowDraft] = []
        self.labelled = array("L")
        self.unfinished: list[RowOutcome] = []

    @property
    def to_buy(self) -> int:
        """How many of the rows to do are not in doubt: these cost money."""
        return len(self.todo) - self.doubts

    def over(self) -> Iterator[Problem]:
        """Sort all rows and yield their problems."""
        for draft in self._orders.drafts():
            self._ledger.tally.rows += 1
            if self._sort(draft):
                yield from draft.problems

    def _sort(self, draft: RowDraft) -> bool:
        """Sort a row; tell whether what is wrong with it matters."""
        found = find(self._store, self._plan, draft)
        if not goes_on(self._plan, draft, found.session):
            self._ledger.settle(draft, bad(draft))
            return True
        if draft.is_good and len(self.samples) < SHOWN:
            self.samples.append(draft)
        before = self._ledger.journal.of(draft.row)
        mended = before is not None and before.status in {FAILED, SKIPPED}
        labelled = settled_before(self._plan, draft, found, failed_before=mended)
        if labelled:
            self._skip(draft, labelled)
        else:
            self._ledger.marks[draft.row] = TODO
            self.todo.add(found.key)
            self.shards.add(shard_of(found.key))
            self._doubt(draft, found)
        return draft.is_good

    def _skip(self, draft: RowDraft, labelled: Done) -> None:
        session = labelled.session
        if session and session.batch == self._plan.batch_id:
            self._ledger.purse.spend(labelled.outcome.cost or labelled.outcome.price)
        if session and session.step != "done":
            self.unfinished.append(labelled.outcome)
        self.labelled.append(draft.row)
        self._ledger.settle(draft, labelled)

    def _doubt(self, draft: RowDraft, found: Found) -> None:
        session = found.session
        if session is None or not is_in_doubt(session):
            return
        self.doubts += 1
        if session.batch == self._plan.batch_id:
            self._ledger.purse.hold_anyway(draft.row, outcome_of(draft.rows, session, UNKNOWN).price)
