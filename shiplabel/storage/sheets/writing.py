"""The files that a batch leaves beside its source: the results and the rows that failed.

Both are CSV in UTF-8 with a byte order mark and CRLF, as Excel opens them rightly. Original
cells stay as they were, but for those that a spreadsheet would run: these get a leading
apostrophe, which the reader takes off again. The sheet streams from the source into a file
aside that is synced and renamed, so that at any moment the old file or the new one is whole.
Each writing goes through all rows: call it at intervals and at the end, not for each row.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
import secrets
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from shiplabel.storage.atomic import refused, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from shiplabel.storage.sheets.sheet import Sheet

ERROR = "error"
_RUN_SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a row, in the order of the columns that the results add; empty where unknown."""

    status: str
    error: str = ""
    step: str = ""
    label_id: str = ""
    tracking_number: str = ""
    carrier_code: str = ""
    service_code: str = ""
    cost: str = ""
    currency: str = ""
    label_file: str = ""
    session_id: str = ""


RESULT_COLUMNS = tuple(field.name for field in fields(Outcome))
_WAITING = Outcome(status="waiting")


def results_path(source: Path) -> Path:
    """Return where a source's results go unless said otherwise: ``orders.results.csv`` beside it."""
    return source.with_name(f"{source.stem}.results.csv")


def failed_path(results: Path, source: Path) -> Path:
    """Return where the failed rows go: ``orders.failed.csv`` beside the results."""
    return results.with_name(f"{source.stem}.failed.csv")


def write_results(path: Path, sheet: Sheet, outcome_of: Callable[[int], Outcome | None]) -> None:
    """Replace the results file: each row and its outcome, ``waiting`` for None; raise StorageError."""
    header = [*sheet.original_header, *RESULT_COLUMNS]

    def rows() -> Iterator[list[str]]:
        for number, cells in sheet.originals():
            outcome = outcome_of(number) or _WAITING
            yield [*cells, *(getattr(outcome, name) for name in RESULT_COLUMNS)]

    _write_sheet(path, header, rows())


def write_failed(path: Path, sheet: Sheet, error_of: Callable[[int], str | None]) -> int:
    """Replace the file of failed rows, ready to be mended and fed back; return how many they are.

    With none left the file goes. The error that an earlier failed file had in its last column is replaced.
    """
    width = len(sheet.original_header)
    kept = width - 1 if sheet.header[-1:] == [ERROR] else width
    failed = 0

    def rows() -> Iterator[list[str]]:
        nonlocal failed
        for number, cells in sheet.originals():
            error = error_of(number)
            if error:
                failed += 1
                yield [*cells[:kept], *([""] * (kept - len(cells))), error, *filter(None, cells[width:])]

    _write_sheet(path, [*sheet.original_header[:kept], ERROR], rows())
    if not failed:
        _remove(path)
    return failed


def unrunnable(cell: str) -> str:
    """Return a cell that a spreadsheet shows and never runs: an apostrophe goes before what it would run."""
    text = cell.lstrip(" \xa0")
    if text[:1] in _RUN_SIGNS and text and not _NUMBER.fullmatch(text):
        return f"'{cell}"
    return cell


def _write_sheet(path: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([unrunnable(name) for name in header])
        for cells in rows:
            writer.writerow([unrunnable(cell) for cell in cells])


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a text file aside that takes the path's place, whole and synced, when all went well."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o666)
        with open(file, "w", encoding="utf-8-sig", errors="surrogatepass", newline="") as text:  # noqa: PTH123 - by its number
            yield text
            text.flush()
            os.fsync(text.fileno())
        os.replace(aside, path)  # noqa: PTH105 - a point where the disk can fail
        sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error
