"""Where words go: results on stdout, everything else on stderr; never an escape from outside."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

from shiplabel.cli.outlet import outlet
from shiplabel.domain.text import printable
from shiplabel.errors import Exit
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shiplabel.domain.rate import CarrierFailure
    from shiplabel.errors import ShiplabelError

_results: list[str] = []
_moved: list[bool] = []
_CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def tell(text: str) -> None:
    """Say a sentence to the person, on stderr."""
    sys.stderr.write("".join(f"{printable(line)}\n" for line in text.splitlines()))
    sys.stderr.flush()


def tell_error(error: ShiplabelError) -> None:
    """Say what happened and what to type next, on stderr."""
    tell(error.message)
    if error.nothing_bought:
        tell(phrase("Nothing was bought."))
    if error.hint:
        tell(phrase("Next: {hint}", hint=error.hint))


def tell_failures(failures: Iterable[CarrierFailure]) -> None:
    """Say which carriers gave no rate, and why."""
    for failure in failures:
        tell(f"{failure.carrier_code or failure.carrier_id or 'A carrier'}: {failure.message}")


def result(text: str = "") -> None:
    """Print a line of a result on stdout."""
    sys.stdout.write(f"{printable(text)}\n")


def results(lines: Iterable[str]) -> None:
    """Print the lines of a result at once: a long list in one go."""
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))


def print_json(document: object) -> None:
    """Print the one JSON document of this run on stdout."""
    _results.append("json")
    sys.stdout.write(unobeyed(json.dumps(document, ensure_ascii=False, indent=2, default=str)) + "\n")
    sys.stdout.flush()


def unobeyed(text: str) -> str:
    """Return JSON whose text no terminal obeys: what is left of control characters, escaped."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def printed() -> bool:
    """Tell whether a JSON document was printed already."""
    return bool(_results)


def has_terminal() -> bool:
    """Tell whether a person can be asked: stdin and stdout are both a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def let_all_out() -> None:
    """Let every character out, and let no reader that is gone or disk that is full end a command."""
    sys.stdout, sys.stderr = outlet(sys.stdout), outlet(sys.stderr)


def money_moved() -> None:
    """Take note that this run's exit code tells of money: no failure to print it may change it."""
    _moved.append(True)


def handed_on(code: int) -> int:
    """Return the exit code as it stands once all results are written out, or cannot be."""
    flush()
    trouble = getattr(sys.stdout, "trouble", None)
    if trouble is None or isinstance(trouble, BrokenPipeError):  # a reader that has read enough is no failure
        return code
    tell(phrase("The result could not be written: {why}.", why=trouble.strerror))
    if _moved:
        tell(phrase("Next: {hint}", hint="shiplabel labels list"))
        return code
    return code or Exit.FAILED


def flush() -> None:
    """Hand what was printed on to whoever reads it."""
    sys.stdout.flush()
