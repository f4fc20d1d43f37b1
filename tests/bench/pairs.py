"""Commands timed in turn, so that what else the machine does weighs on each alike."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from statistics import median
from subprocess import DEVNULL
from subprocess import run as run_program
from typing import TYPE_CHECKING

from shiplabel.language import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

OTHERS = {"PYTHONDONTWRITEBYTECODE", *SOURCES}
CACHES = {name: value for name, value in os.environ.items() if name not in OTHERS} | {"LANG": "C.UTF-8"}
"""The surroundings of a measured program: English, its compiled modules kept as installed ones' are."""


def seconds(command: Sequence[str], environment: Mapping[str, str] = CACHES) -> float:
    """Run a program to its end and return how long it took; its exit code may say what it likes."""
    begun = time.perf_counter()
    run_program(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=False, env=environment)
    return time.perf_counter() - begun


def in_turn(acts: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """Return the median of what each act returned, all of them done in turn, once unmeasured."""
    took: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(runs + 1):
        for name, act in acts.items():
            found = act()
            if turn:
                took[name].append(found)
    return {name: median(found) for name, found in took.items()}


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Yield what tells the seconds since it began."""
    begun = time.perf_counter()
    yield lambda: time.perf_counter() - begun
