"""``batch void``: all labels of a batch that were never scanned, one after the other, with one yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.cli import ask, console
from shiplabel.cli.batch.ending import Results, results_of
from shiplabel.cli.batch.objects import batch_object
from shiplabel.cli.batch.summary import settled
from shiplabel.domain.void_window import is_unused
from shiplabel.errors import Exit, OutcomeUnknown, ShiplabelError
from shiplabel.language import phrase, phrase_n
from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.workflow.batch import Sum, outcome_of
from shiplabel.workflow.session import status_of
from shiplabel.workflow.void import void

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.cli.context import Context
    from shiplabel.storage.batches import BatchFiles, Journal
    from shiplabel.workflow.batch import Batch, RowOutcome
    from shiplabel.workflow.session import Session


def void_batch(context: Context, files: BatchFiles, batch: Batch, *, yes: bool, as_json: bool) -> int:
    """Void a batch's unused labels; return 0, 1 when one was refused, 5 when one is in doubt."""
    with files.hold(batch), files.journal(batch) as journal:
        unused = list(_unused(context, journal, batch))
        paid = Sum()
        for _, record in unused:
            paid.add(record.purchase.label.cost if record.purchase.label else None)
        code: int = Exit.DONE
        if unused:
            question = phrase_n(
                "Void {count:,} unused label of batch {batch_id}, paid {paid}? It cannot be undone.",
                "Void {count:,} unused labels of batch {batch_id}, paid {paid}? It cannot be undone.",
                len(unused),
                batch_id=batch.batch_id,
                paid=paid,
            )
            ask.leave_to(question, given=yes, what=phrase("Voiding"))
            console.money_moved()
            code = _void_all(context, journal, unused)
            Results(batch, open_sheet(files.source_of(batch)), journal).write()
        batch = settled(batch, journal)
        files.save(batch)
        voided = sum(outcome.status == "voided" for outcome in journal.all())
    _told(batch, voided, len(unused), as_json=as_json)
    return code


def _told(batch: Batch, voided: int, tried: int, *, as_json: bool) -> None:
    if as_json:
        console.print_json(batch_object(batch, results_of(batch)) | {"voided": voided})
    elif tried:
        console.result(
            phrase(
                "Batch {batch_id}: {voided:,} of {tried:,} unused labels are voided.",
                batch_id=batch.batch_id,
                voided=voided,
                tried=tried,
            )
        )
    else:
        console.result(phrase("Batch {batch_id} has no unused label.", batch_id=batch.batch_id))


def _unused(context: Context, journal: Journal, batch: Batch) -> Iterator[tuple[RowOutcome, Session]]:
    for outcome in journal.all():
        if outcome.status not in {"bought", "voiding"}:
            continue
        for record in context.sessions.with_key(outcome.shipment_key):
            label = record.purchase.label
            status = "bought" if status_of(record) == "voiding" else status_of(record)
            if record.batch == batch.batch_id and label and is_unused(status, label.tracking_status):
                yield outcome, record


def _void_all(context: Context, journal: Journal, unused: list[tuple[RowOutcome, Session]]) -> int:
    code: int = Exit.DONE
    for outcome, record in unused:
        try:
            with context.sessions.hold(record.session_id):
                record = void(context.parts, record)  # noqa: PLW2901  # the record as it is now
        except OutcomeUnknown as error:
            console.tell_error(error)
            code = Exit.UNKNOWN
        except ShiplabelError as error:
            console.tell(f"{record.purchase.label_id}: {error.message}")
            code = code or Exit.FAILED
        else:
            journal.note(outcome_of(outcome.rows, record, status_of(record)))
    return code
