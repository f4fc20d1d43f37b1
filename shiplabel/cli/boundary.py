"""The one place where errors end: a sentence on stderr, a document with --json, an exit code.

A fault of the program itself writes a report file without secrets and names it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.cli.flags import said
from shiplabel.errors import Exit, InputError, Interrupted, ShiplabelError
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable


def guarded(arguments: list[str], run: Callable[[], object]) -> int:
    """Run a command and return the exit code of what came of it."""
    return console.handed_on(_ended(arguments, run))


def _ended(arguments: list[str], run: Callable[[], object]) -> int:
    wants_json = "--json" in arguments
    try:
        return _code(run())
    except ShiplabelError as error:
        return _told(error, wants_json=wants_json)
    except KeyboardInterrupt:
        return _told(Interrupted(phrase("Interrupted; what was saved is kept.")), wants_json=wants_json)
    except Exception as error:  # noqa: BLE001  # the boundary: nothing may pass it as a traceback
        if hasattr(error, "exit_code") and hasattr(error, "format_message"):
            return _usage(error, wants_json=wants_json)
        return _bug(error, wants_json=wants_json)


def _code(result: object) -> int:
    return result if isinstance(result, int) else Exit.DONE


def _told(error: ShiplabelError, *, wants_json: bool) -> int:
    console.tell_error(error)
    if wants_json and not console.printed():
        console.print_json({"error": error_object(error)})
    return error.exit_code


def error_object(error: ShiplabelError) -> dict[str, object]:
    """Return an error as scripts read it, where no session tells of it."""
    return {
        "step": _step(getattr(error, "field", "")),
        "code": error.code,
        "message": error.message,
        "request_id": getattr(error, "request_id", None),
        "at": datetime.now(UTC).isoformat(),
        "reverted_from": None,
        "reverted_to": None,
    }


def _step(field: str) -> str | None:
    """Return the step that an answer or option belongs to, or None: an option may belong to no step."""
    from shiplabel.workflow.steps import STEPS  # noqa: PLC0415  # most runs end well

    word = field.lstrip("-").replace("-", "_")
    step = {"weight": "parcel_weight", "size": "parcel_length"}.get(word, word)
    return step if step in STEPS else None


def _usage(error: Exception, *, wants_json: bool) -> int:
    """Tell of options that Typer could not read; a group without a command shows its help."""
    from shiplabel.cli import usage  # noqa: PLC0415  # most runs end well

    if type(error).__name__ == usage.NO_ARGUMENTS and not wants_json:
        error.show()  # type: ignore[attr-defined]  # asked for by the caller
        return Exit.INPUT
    problem = InputError(usage.told_of(error), code="usage", hint=usage.help_for(error))
    return _told(problem, wants_json=wants_json) if problem.message else Exit.DONE


def _bug(error: Exception, *, wants_json: bool) -> int:
    where = _write_report(error)
    problem = ShiplabelError(
        phrase(
            "This is a fault of shiplabel itself ({fault}). A report is in {where}.",
            fault=type(error).__name__,
            where=where,
        ),
        code="bug",
        hint=phrase("shiplabel sessions list shows what is saved; reconcile looks up purchases in doubt"),
    )
    problem.exit_code = Exit.BUG
    return _told(problem, wants_json=wants_json)


def _write_report(error: Exception) -> str:
    """Write the traceback, without values of variables and without any key, and return its path.

    Where the data folder takes no file the report goes to the system's temporary folder.
    """
    from platformdirs import user_data_path  # noqa: PLC0415  # most runs end well

    from shiplabel.config import without_keys  # noqa: PLC0415  # the same

    text = without_keys("".join(traceback.format_exception(error)))
    key = os.environ.get("SHIPSTATION_API_KEY", "")
    text = text.replace(key, "***") if key else text
    name = f"report-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    named = said().data_dir or os.environ.get("SHIPLABEL_DATA_DIR")
    for folder in (Path(named) if named else user_data_path("shiplabel"), Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as report:
                report.write(text)
            return str(folder / name)
    return phrase("no file: neither the data folder nor the temporary one could be written to")
