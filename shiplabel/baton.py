"""One baton for many threads: who has it works, who waits for the world hands it on.

The workers of a batch share one interpreter. When all work at once, each is late, and much of the machine's
time goes into handing the interpreter around. So one works at a time, and hands the baton on while a socket,
a disk or a pause holds it up.

Each kind of work can bear to wait for so many seconds. The baton goes to whose time is over first, so what is
urgent goes before what is not, and what is not gets its turn in the end.

The baton is a courtesy: nobody waits for it longer than ``PATIENCE_S``. So nothing stands still, whatever one
who has it waits for. A thread that works under no baton knows nothing of all this.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

PATIENCE_S: Final = 2.0


@dataclass(order=True, slots=True)
class _Waiter:
    """A thread that waits: whose time is over first, then who came first; ``called`` opens at its turn."""

    due: float
    number: int
    called: threading.Lock = field(default_factory=threading.Lock, compare=False)


class _Mine(threading.local):
    """What a thread has: its baton, how long its work can wait, whether it holds it, how often it waits.

    ``heard`` is what it does once an answer begins to come.
    """

    baton: Baton | None = None
    bears_s = 0.0
    holds = False
    waits = 0
    heard: Callable[[], None] | None = None


_MINE: Final = _Mine()


class Baton:
    """A baton; ``held`` works with it, the functions below speak for whoever does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_free = True
        self._waiters: list[_Waiter] = []
        self._numbers = itertools.count()

    @contextmanager
    def held(self, bears_s: float) -> Iterator[None]:
        """Do work that can bear to wait for so many seconds, once the baton comes."""
        _MINE.baton, _MINE.bears_s = self, bears_s
        try:
            self.take()
            yield
        finally:
            self.hand_on()
            _MINE.baton = None

    def take(self) -> None:
        """Take the baton, once it is free, or go without."""
        with self._lock:
            if self._is_free:
                self._is_free, _MINE.holds = False, True
                return
            me = _Waiter(_due(), next(self._numbers))
            me.called.acquire()
            heapq.heappush(self._waiters, me)
        was_called = False
        try:
            was_called = me.called.acquire(timeout=PATIENCE_S)
        finally:  # ^C may end it
            _MINE.holds = was_called or not self._give_up(me)

    def _give_up(self, me: _Waiter) -> bool:
        """Go without; return False for one who was called just now."""
        with self._lock:
            if me not in self._waiters:
                return False
            self._waiters.remove(me)
            heapq.heapify(self._waiters)
            return True

    def give_way(self) -> None:
        """Let those go first whose time is over no later."""
        with self._lock:
            is_behind = bool(self._waiters) and self._waiters[0].due <= _due()
        if is_behind:
            self.hand_on()
            self.take()

    def hand_on(self) -> None:
        """Call the first in line; one who works without it hands nothing on."""
        if not _MINE.holds:
            return
        _MINE.holds = False
        with self._lock:
            if self._waiters:
                heapq.heappop(self._waiters).called.release()
            else:
                self._is_free = True


class _Waiting:
    """Entered many times for each label, so it is no more than this; within another it does nothing."""

    def __enter__(self) -> None:
        if baton := _MINE.baton:
            _MINE.waits += 1
            if _MINE.waits == 1:
                baton.hand_on()

    def __exit__(self, *_: object) -> None:
        if baton := _MINE.baton:
            _MINE.waits -= 1
            if not _MINE.waits:
                baton.take()


_WAITING: Final = _Waiting()


def waiting() -> AbstractContextManager[None]:
    """Let others have the baton while this thread waits for the world."""
    return _WAITING


def turn_to(bears_s: float) -> None:
    """Go on with work that can bear to wait for so long; where that is longer, others come first."""
    before, _MINE.bears_s = _MINE.bears_s, bears_s
    if _MINE.baton and _MINE.holds and bears_s > before:
        _MINE.baton.give_way()


@contextmanager
def hearing(heard: Callable[[], None]) -> Iterator[None]:
    """Call ``heard`` once an answer begins to come in this block, before the baton is had to read it."""
    _MINE.heard = heard
    try:
        yield
    finally:
        _MINE.heard = None


def tell_heard() -> None:
    """Tell that an answer to this thread begins to come."""
    if _MINE.heard is not None:
        _MINE.heard()


def _due() -> float:
    """Return when this thread's work has waited long enough."""
    return time.monotonic() + _MINE.bears_s
