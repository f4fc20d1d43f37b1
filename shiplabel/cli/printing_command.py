"""Printing a bought label: its file is fetched when it is missing, and the printed time is kept.

Nothing here buys or leads to a purchase: what fails is told as a matter of paper.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.errors import ShiplabelError, StorageError
from shiplabel.language import phrase
from shiplabel.printing import PrinterError, print_label
from shiplabel.printing.targets import parse_target

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.domain.label import LabelFile
    from shiplabel.printing import PrintJob
    from shiplabel.printing.targets import Target
    from shiplabel.workflow.session import Session


def target_of(context: Context, printer: str) -> Target:
    """Return the printer of the option, else of the settings, else the system's default queue."""
    return parse_target(printer or context.settings.printer)


def with_paper(context: Context, record: Session) -> tuple[Session, LabelFile]:
    """Return the record with a label file that is there, fetched anew where it is missing."""
    from shiplabel.workflow.paper import refetch_paper  # noqa: PLC0415  # most prints need no fetching

    kept = _present(record)
    if kept:
        return record, kept
    fetched = refetch_paper(context.parts, record)
    fetched = context.sessions.save_record(fetched)
    kept = _present(fetched)
    if kept is None:
        raise PrinterError(
            phrase(
                "The file of label {label_id} could not be fetched; the label stays bought.",
                label_id=record.purchase.label_id,
            ),
            code=fetched.error.code if fetched.error else "file_missing",
            hint=phrase(
                "try again later: shiplabel labels print {label_id}", label_id=record.purchase.label_id
            ),
        )
    return fetched, kept


def _present(record: Session) -> LabelFile | None:
    return next((file for file in record.documents.files if Path(file.path).is_file()), None)


def print_record(context: Context, record: Session, printer: str = "") -> tuple[Session, PrintJob]:
    """Print a label and keep when; return the record as saved. Raise PrinterError or InputError."""
    target = target_of(context, printer)
    record, file = with_paper(context, record)
    try:
        job = print_label(Path(file.path), file.format, target, file.layout, media=context.settings.media)
    except PrinterError as error:
        error.hint = error.hint.replace("LABEL_ID", _typed_again(record, error, printer))
        raise
    printed = replace(
        record.documents, printed_at=context.clock.now(), printer=job.printer, print_job=job.job_id
    )
    try:
        return context.sessions.save_record(replace(record, documents=printed)), job
    except StorageError as error:
        console.tell(phrase("It is printed, but that could not be noted: {why}", why=error.message))
        return replace(record, documents=printed), job


def _typed_again(record: Session, error: PrinterError, printer: str) -> str:
    """Return what ``labels print`` takes next time: the label, and the printer that was named this time."""
    label_id = record.purchase.label_id or "LABEL_ID"
    return f"{label_id} --printer {printer}" if printer and "--printer" not in error.hint else label_id


def print_bought(context: Context, record: Session, printer: str = "") -> Session:
    """Print a label that was just bought; what fails is a warning, since the label is bought."""
    try:
        printed, job = print_record(context, record, printer)
    except ShiplabelError as error:
        label_id = record.purchase.label_id
        console.tell(
            phrase("Label {label_id} is bought but not printed: {why}", label_id=label_id, why=error.message)
        )
        console.tell(phrase("Next: {hint}", hint=error.hint or f"shiplabel labels print {label_id}"))
        return record
    console.tell(told(job))
    return printed


def told(job: PrintJob) -> str:
    """Return what became of a print job in a sentence."""
    return phrase(
        "Sent to {printer}, job {job_id}." if job.job_id else "Sent to {printer}.",
        printer=job.printer,
        job_id=job.job_id,
    )
