"""The books of one run: the journal, the counts, the money, and how far each row is, kept in step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from shiplabel.errors import StorageError
from shiplabel.workflow.batch import BOUGHT_ROW, UNKNOWN, RowOutcome, Tally
from shiplabel.workflow.batch_marks import DONE, DOUBT, NEW, QUOTED, Marks

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.domain.money import Money
    from shiplabel.workflow.batch import Purse
    from shiplabel.workflow.batch_found import Done
    from shiplabel.workflow.rows import RowDraft

_AFTER = {UNKNOWN: DOUBT, BOUGHT_ROW: NEW}


class Journal(Protocol):
    """Where it is written down what became of each row."""

    def note(self, outcome: RowOutcome) -> None:
        """Write down what became of a row; raise StorageError, and remember it all the same."""

    def of(self, row: int) -> RowOutcome | None:
        """Return the last that became of a row, None where nothing is known."""


class Ledger:
    """One thread writes it; what was written is on disk when it returns.

    What the disk refuses first is kept in ``refused``: the counts go on, and who runs the batch ends it.
    """

    def __init__(self, journal: Journal, purse: Purse) -> None:
        self.journal, self.purse = journal, purse
        self.refused: StorageError | None = None
        self.tally = Tally()
        self.marks = Marks()

    def settle(self, draft: RowDraft, done: Done) -> bool:
        """Write down what a row came to, count it, keep or let go its money; tell whether that was news."""
        row, outcome = draft.row, done.outcome
        was_doubt = self.marks[row] == DOUBT
        if was_doubt and done.word == UNKNOWN:
            return False
        self.note(outcome, row)
        self.tally.count(done.word, outcome, again=UNKNOWN if was_doubt else "")
        self.marks[row] = _AFTER.get(done.word, DONE)
        if done.word == BOUGHT_ROW:
            self.purse.keep(row, outcome.cost)
        elif done.word == UNKNOWN:
            self.purse.doubt(row)
        else:
            self.purse.give_back(row)
        return True

    def quoted(self, draft: RowDraft, done: Done) -> None:
        """Write down that a row has its price and waits."""
        self.note(done.outcome, draft.row)
        self.marks[draft.row] = QUOTED

    def note(self, outcome: RowOutcome, row: int) -> None:
        """Write an outcome down unless it is the last that was written of its row."""
        if outcome != self.journal.of(row):
            self.write(outcome)

    def write(self, outcome: RowOutcome) -> None:
        """Write an outcome down."""
        self.attempt(partial(self.journal.note, outcome))

    def attempt(self, write: Callable[[], object]) -> None:
        """Write something down; the first refusal of the disk is kept."""
        try:
            write()
        except StorageError as error:
            self.refused = self.refused or error

    def price(self, row: int) -> Money | None:
        """Return what a row was quoted at in this run."""
        noted = self.journal.of(row) if self.marks[row] == QUOTED else None
        return noted.price if noted else None
