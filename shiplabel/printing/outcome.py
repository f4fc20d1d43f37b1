"""What becomes of a print: a job that was taken, or an error that never touches the purchase."""

from __future__ import annotations

from dataclasses import dataclass

from shiplabel.errors import ShiplabelError

PRINT_S = 30.0


class PrinterError(ShiplabelError):
    """The printer did not take the paper; the label stays bought."""

    default_code = "print_failed"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A paper that a printer took; ``job_id`` is the print service's own, empty for raw printing."""

    printer: str
    job_id: str
    size: int
