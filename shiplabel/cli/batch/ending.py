"""What a batch leaves behind: results, failed rows, one merged paper, prints. None of it can buy."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.errors import ShiplabelError
from shiplabel.language import phrase
from shiplabel.storage.sheets.merging import merge_pdfs, merge_zpl
from shiplabel.storage.sheets.writing import Outcome, failed_path, results_path, write_failed, write_results
from shiplabel.workflow.batch import BOUGHT_ROW, FAILED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shiplabel.cli.context import Context
    from shiplabel.storage.batches import Journal
    from shiplabel.storage.sheets.sheet import Sheet
    from shiplabel.workflow.batch import Batch, RowOutcome
    from shiplabel.workflow.session import Session

LEAST_S = 10.0
SHARE = 20
PART_PAGES = 500


def results_of(batch: Batch) -> Path:
    """Return where a batch's results go."""
    return Path(batch.options.results) if batch.options.results else results_path(Path(batch.file))


class Results:
    """The results file and the failed rows of a batch, written anew whole at sensible moments."""

    def __init__(self, batch: Batch, sheet: Sheet, journal: Journal) -> None:
        source = Path(batch.file)
        self.path = results_of(batch)
        self.failed_path = failed_path(self.path, source)
        self.failed = 0
        self._sheet, self._journal = sheet, journal
        self._next_at = 0.0

    def write(self) -> None:
        """Write both files now; raise StorageError."""
        began = time.monotonic()
        write_results(self.path, self._sheet, self._result)
        self.failed = write_failed(self.failed_path, self._sheet, self._error)
        took_s = time.monotonic() - began
        self._next_at = time.monotonic() + max(LEAST_S, SHARE * took_s)

    def write_sometimes(self) -> None:
        """Write both files when enough time has passed; what fails now is told at the end."""
        if time.monotonic() >= self._next_at:
            try:
                self.write()
            except ShiplabelError:
                self._next_at = time.monotonic() + LEAST_S

    def _result(self, row: int) -> Outcome | None:
        outcome = self._journal.of(row)
        if outcome is None or outcome.status == "waiting":
            return None
        counts = outcome.cost is not None and row == outcome.rows[0]
        return Outcome(
            status=outcome.status,
            error=outcome.error,
            step=outcome.step,
            label_id=outcome.label_id,
            tracking_number=outcome.tracking_number,
            carrier_code=outcome.carrier_code,
            service_code=outcome.service_code,
            cost=outcome.cost.text if outcome.cost and counts else "",
            currency=outcome.cost.currency if outcome.cost and counts else "",
            label_file=outcome.file,
            session_id=outcome.session_id,
        )

    def _error(self, row: int) -> str | None:
        outcome = self._journal.of(row)
        return outcome.error or outcome.code if outcome and outcome.status == FAILED else None


def merge(batch: Batch, journal: Journal) -> tuple[str, ...]:
    """Merge the papers of the batch's labels in file order; return the parts. What fails is told."""
    if not batch.options.merge:
        return ()
    target = Path(batch.options.merge)
    try:
        if batch.options.wishes.format == "zpl":
            return tuple(map(str, merge_zpl(_papers(journal), target)))
        return tuple(map(str, merge_pdfs(_papers(journal), target, PART_PAGES)))
    except ShiplabelError as error:
        console.tell_error(error)
        return ()


def _papers(journal: Journal) -> Iterator[Path]:
    """Yield the papers that are there, in file order; a label whose paper is not is told."""
    for outcome in journal.all():
        if outcome.status != BOUGHT_ROW:
            continue
        path = Path(outcome.file)
        if outcome.file and path.is_file():
            yield path
        else:
            console.tell(
                phrase(
                    "Label {label_id} is not in the merged file: its paper is not here yet.",
                    label_id=outcome.label_id,
                )
            )


def print_new(context: Context, journal: Journal, is_new: Callable[[int], bool], printer: str) -> None:
    """Print the labels that this run bought, in file order; what fails is told and buys nothing."""
    from shiplabel.cli.printing_command import print_bought  # noqa: PLC0415  # most batches are not printed

    for outcome in journal.all():
        record = _record(context, outcome) if is_new_of(outcome, is_new) else None
        if record is not None:
            print_bought(context, record, printer)


def is_new_of(outcome: RowOutcome, is_new: Callable[[int], bool]) -> bool:
    """Tell whether this run bought the label of any of an outcome's rows."""
    return any(map(is_new, outcome.rows))


def _record(context: Context, outcome: RowOutcome) -> Session | None:
    sessions = context.sessions.with_key(outcome.shipment_key)
    return next((one for one in sessions if one.session_id == outcome.session_id), None)
