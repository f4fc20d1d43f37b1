"""ZPL straight to a label printer's socket (port 9100), in chunks, against one deadline.

The printer answers nothing: that it took all bytes and a clean close is all that can be known.
"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from shiplabel.language import marked, phrase
from shiplabel.printing.outcome import PRINT_S, PrinterError, PrintJob

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.domain.label import LabelFormat
    from shiplabel.printing.targets import RawTarget

CHUNK = 4096
CONNECT_S = 5.0
LARGEST = 20 * 1024 * 1024
LATE = marked(
    "The printer {target} did not take the label in time. "
    "Part of a label may have come out; the label itself stays bought."
)
BROKEN = marked(
    "The printer {target} broke off: {why}. Part of a label may have come out; the label itself stays bought."
)


def send(path: Path, paper: LabelFormat, target: RawTarget, *, limit_s: float = PRINT_S) -> PrintJob:
    """Send a ZPL file; raise PrinterError when it is no ZPL or the printer does not take all of it."""
    if paper != "zpl":
        raise PrinterError(
            phrase(
                "A raw printer takes ZPL only, and {name} is {format}.", name=path.name, format=paper.upper()
            ),
            code="not_zpl",
            hint=phrase("print it on a CUPS queue (--printer QUEUE), or make labels with --format zpl"),
        )
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise PrinterError(phrase("{name} is larger than a label can be.", name=path.name), code="too_large")
    end = time.monotonic() + limit_s
    try:
        with socket.create_connection((target.host, target.port), timeout=min(CONNECT_S, limit_s)) as line:
            _feed(line, content, end)
            _await_close(line, end)
    except TimeoutError as error:
        raise _failed(target, LATE) from error
    except OSError as error:
        raise _failed(target, BROKEN, error.strerror or str(error)) from error
    return PrintJob(printer=str(target), job_id="", size=len(content))


def _feed(line: socket.socket, content: bytes, end: float) -> None:
    """Send all bytes before ``end``, a chunk at a time."""
    for start in range(0, len(content), CHUNK):
        chunk = memoryview(content)[start : start + CHUNK]
        while chunk:
            line.settimeout(_left(end))
            chunk = chunk[line.send(chunk) :]


def _await_close(line: socket.socket, end: float) -> None:
    """Say that no more comes and see the printer out: a reset here means that bytes were lost.

    Many printers keep the line open on purpose, so their silence is no failure.
    """
    line.shutdown(socket.SHUT_WR)
    line.settimeout(min(_left(end), 0.5))
    try:
        while line.recv(CHUNK):
            line.settimeout(min(_left(end), 0.5))
    except TimeoutError:
        return


def _left(end: float) -> float:
    left_s = end - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _failed(target: RawTarget, what: str, why: str = "") -> PrinterError:
    return PrinterError(
        phrase(what, target=target, why=why),
        hint=phrase("check paper and cable, then print it again with: shiplabel labels print LABEL_ID"),
    )
