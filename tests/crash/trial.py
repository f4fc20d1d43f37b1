"""Trials and what they come to: the form that all parts of the proof share.

A part is a module of this package with a function ``trials(*, quick: bool) -> Iterator[Trial]``. The
report runs the trials of ``proof`` and of every module whose name begins with ``faulty_``, side by side in
a few processes, each with a desk of its own. ``quick`` asks for a part that, all parts
together, ends within three minutes. A trial's ``run`` is sent to another process: it is a function of a
module, or a ``functools.partial`` of one. What it raises is told as wrong.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pkgutil
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import tests.crash
from tests.crash.desk import Desk, open_desk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one trial came to, once the clerk had done all that a clerk would do.

    ``charges`` are all of the service's, ``duplicates`` those beyond what was asked for, ``lost`` those
    that neither a label record nor a session in doubt tells of, ``wrong`` what else is not as promised,
    ``killed`` how many runs were killed.
    """

    charges: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong: tuple[str, ...] = ()
    killed: int = 0

    @property
    def is_well(self) -> bool:
        """Whether all is as promised."""
        return not (self.duplicates or self.lost or self.wrong)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One trial: the row of the report that it counts in, its name, and how it is run."""

    row: str
    name: str
    run: Callable[[Desk], Outcome]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A trial that was run; its times are of the machine's steady clock."""

    trial: Trial
    outcome: Outcome
    began_s: float = 0.0
    ended_s: float = 0.0


AHEAD = 40
_desks: list[Desk] = []


def _open_desk(folder: str) -> None:
    """Open this process's desk; it ends with the process."""
    own = Path(folder, str(os.getpid()))
    own.mkdir()
    _desks.append(open_desk(own))


def run(trial: Trial, desk: Desk | None = None) -> Told:
    """Run a trial at a desk, this process's own unless another is given."""
    start = time.monotonic()
    try:
        outcome = trial.run(desk or _desks[0])
    except Exception:  # noqa: BLE001  # whatever it is, the report tells it
        outcome = Outcome(wrong=(traceback.format_exc(),))
    return Told(trial=trial, outcome=outcome, began_s=start, ended_s=time.monotonic())


def run_all(trials: Iterable[Trial], workers: int | None = None) -> Iterator[Told]:
    """Run trials side by side, each process with its own desk; yield them in their order."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ProcessPoolExecutor(
            workers or (os.cpu_count() or 1) + 1,  # one more: the disk lets each wait
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_open_desk,
            initargs=(folder,),
        ) as pool,
    ):
        waiting: deque[Future[Told]] = deque()
        for trial in trials:
            waiting.append(pool.submit(run, trial))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        yield from (one.result() for one in waiting)


def parts() -> list[str]:
    """Return the names of the modules that have trials."""
    found = pkgutil.iter_modules(tests.crash.__path__, "tests.crash.")
    return ["tests.crash.proof", *(one.name for one in found if one.name.startswith("tests.crash.faulty_"))]


def all_trials(*, quick: bool) -> Iterator[Trial]:
    """Yield the trials of every part; one that cannot even list its own is told as wrong."""
    for name in parts():
        part = importlib.import_module(name)
        if hasattr(part, "trials"):
            try:
                yield from part.trials(quick=quick)
            except Exception:  # noqa: BLE001  # whatever it is, the report tells it
                yield Trial(row=name, name="listing", run=partial(fell_over, traceback.format_exc()))


def fell_over(why: str, _desk: Desk) -> Outcome:
    """Tell why there is nothing to try."""
    return Outcome(wrong=(why,))
