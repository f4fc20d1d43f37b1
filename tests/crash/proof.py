"""The kills: the real program killed at every touch of the outside, then resumed as a clerk would.

Each way of working is run once undisturbed, its touches listed, and then run again and killed at the
first, the second, and so on to the last of them.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash import clerk
from tests.crash.desk import KILLED, OPTIONS, Desk, opened
from tests.crash.trial import Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAID = ("tests.crash.touches:lay",)


def killed_run(desk: Desk, at: str, *arguments: str) -> int:
    """Run a command line with its touches laid, to be killed at one of them; return its exit code."""
    log = str(desk.folder / "touches")
    return desk.run(*arguments, before=LAID, CRASH_AT=at, CRASH_LOG=log).code


def touches(desk: Desk) -> list[str]:
    """Return the touches of the last run that had them laid, in order."""
    return (desk.folder / "touches").read_text(encoding="utf-8").splitlines()


def new(desk: Desk, at: str) -> int:
    """Buy a label by options."""
    desk.start_over()
    return killed_run(desk, at, "new", "--order-id", "1042", *OPTIONS)


def after_new(desk: Desk) -> Outcome:
    """Finish as a clerk would who knows the order."""
    clerk.bought_by(desk, partial(clerk.buy_by_options, desk))
    return clerk.outcome_of(desk)


WAYS: dict[str, tuple[Callable[[Desk, str], int], Callable[[Desk], Outcome]]] = {
    "kill: new": (new, after_new),
}


def listed(row: str) -> list[str]:
    """Run a way of working undisturbed and return its touches."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, opened(Path(folder)) as desk:
        way, _ = WAYS[row]
        assert way(desk, "") == 0
        return touches(desk)


def trial(row: str, at: str, desk: Desk) -> Outcome:
    """Kill one way of working at one touch and finish it."""
    way, finish = WAYS[row]
    code = way(desk, at)
    if code not in {0, KILLED}:
        return Outcome(wrong=(f"ended with {code} instead of the kill",))
    return finish(desk)


def trials(*, quick: bool) -> Iterator[Trial]:
    """Yield a kill at every touch of each way, or at a spread of them."""
    for row in WAYS:
        found = listed(row)
        step = max(1, len(found) // 10) if quick else 1
        for at in found[::step]:
            yield Trial(row=row, name=at, run=partial(trial, row, at))
