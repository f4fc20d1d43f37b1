"""The kills: the real program killed at every touch of the outside, then resumed as a clerk would.

Each way of working is run once undisturbed, its touches listed, and then run again and killed at the
first, the second, and so on to the last of them.
"""

from __future__ import annotations

import re
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash import hundred
from tests.crash.desk import KILLED, LAID, Desk, opened
from tests.crash.trial import Outcome, Trial, fell_over
from tests.crash.ways import WAYS, new

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LAID", "killed", "new", "touches", "trials"]

QUICK_KILLS = 8
MONEY = re.compile(r"after (send POST /v2/labels.* body|answer to (POST /v2/labels|PUT .*void).*)#1")
TRIES = 3


def touches(desk: Desk) -> list[str]:
    """Return the touches of the last run that had them laid, in order."""
    return desk.touches()


def begun(desk: Desk, row: str, at: str) -> int:
    """Make what a way of working begins with, then walk it to the kill or the end; return the exit code."""
    if desk.kept_for != row:
        desk.start_over()
        WAYS[row].prepare(desk)
        desk.keep(row)
    desk.restore()
    return WAYS[row].act(desk, at)


def killed(row: str, at: str, desk: Desk) -> Outcome:
    """Kill one way of working at one touch, let the clerk finish it, and count."""
    for _ in range(TRIES):
        code = begun(desk, row, at)
        if code != 0:  # threads side by side may pass a touch by; the next run meets it
            break
    if code not in {0, KILLED}:
        return Outcome(wrong=(f"ended with {code} instead of the kill",))
    return WAYS[row].finish(desk, killed=code == KILLED)


def spread(found: list[str]) -> list[str]:
    """Return some of the touches: every so many, and those between which money moves."""
    step = len(found) // QUICK_KILLS
    return [at for number, at in enumerate(found) if not number % step or MONEY.fullmatch(at)]


def trials(*, quick: bool) -> Iterator[Trial]:
    """Yield a kill at every touch of each way, or at a spread of them."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, opened(Path(folder)) as desk:
        for row in WAYS:
            try:
                found = listed(desk, row)
            except AssertionError as error:
                yield Trial(row=row, name="undisturbed", run=partial(fell_over, str(error)))
                continue
            for at in spread(found) if quick else found:
                yield Trial(row=row, name=at, run=partial(killed, row, at))
    if not quick:
        yield Trial(row="kill: 100 rows, ten times", name="batch run and resume", run=hundred.bought)


def listed(desk: Desk, row: str) -> list[str]:
    """Walk a way of working undisturbed and return its touches."""
    code = begun(desk, row, "")
    assert code == 0, f"undisturbed it ended with {code}"
    return desk.touches()
