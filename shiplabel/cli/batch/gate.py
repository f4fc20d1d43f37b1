"""The service as a batch's workers see it: so many requests in flight, each counted.

There are more workers than requests in flight, so that no request waits for a disk. A purchase passes
the gate before its intent is written: what is written down is sent at once. While one is about to be
sent, whatever else there is to do gives way for a moment, and few rows at a time are made ready: the
workers share one interpreter, and what all do at once is done late for all.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from shiplabel.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IN_FLIGHT = {"quote", "buy"}
UNCOUNTED = {"carriers", "fetch"}
MADE_READY = 2
GIVEN_WAY_S = 0.1


class _Mine(threading.local):
    """What a thread has: a place in flight, a purchase about to be sent, a row being made ready."""

    place = about = starting = False


class Gate:
    """Lets ``most`` purchases and quotes be in flight; ``asked`` counts the calls.

    ``sit_out`` waits for the end of a pause that the service asked all for, of so many seconds; it
    returns False where that is too long. ``pause`` waits so many seconds for the budget and raises when no
    further turn is to be taken.
    """

    def __init__(
        self,
        api: Any,
        most: int,
        sit_out: Callable[[float], bool] = lambda _s: False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._sit_out, self._pause = sit_out, pause
        self.most = most
        self._free = threading.BoundedSemaphore(most)
        self._starts = threading.BoundedSemaphore(MADE_READY)
        self._calm = threading.Condition()
        self._about = 0
        self._mine = _Mine()
        self.asked = 0

    @contextmanager
    def start(self) -> Iterator[None]:
        """Make a row ready until it turns to the service or ends; one of few, unless these take long."""
        self.give_way()
        self._mine.starting = self._starts.acquire(timeout=GIVEN_WAY_S)
        try:
            yield
        finally:
            self._started()

    def give_way(self) -> None:
        """Wait a moment while purchases are about to be sent."""
        with self._calm:
            self._calm.wait_for(lambda: not self._about, GIVEN_WAY_S)

    def await_turn(self) -> None:
        """Wait for a place in flight and for the account's budget; a pause is waited out without a place."""
        self._started()
        while not self._mine.place:
            try:
                self._take_turn()
            except RateLimited as error:
                if not self._sit_out(error.retry_after_s or 0.0):
                    raise

    def _take_turn(self) -> None:
        self._free.acquire()
        self._mine.place = True
        try:
            self._pause(0.0)
            self._api.await_turn(most_pause_s=0.0, pause=self._pause)
        except BaseException:
            self._leave_place()
            raise
        self._mine.about = True
        self._count(1)

    def leave_turn(self) -> None:
        """Give the place in flight and the turn back: the disk refused the intent, nothing is sent."""
        self._sent()
        try:
            self._api.leave_turn()
        finally:
            self._leave_place()

    def __getattr__(self, name: str) -> Any:
        """Return the service's own call, counted; quotes and purchases take a place in flight."""
        self._started()
        call = getattr(self._api, name)
        self.asked += name not in UNCOUNTED
        return partial(self._in_flight, call) if name in IN_FLIGHT else call

    def _in_flight(self, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self.await_turn()
        self._sent()
        try:
            return call(*args, **more)
        finally:
            self._leave_place()
            self.give_way()

    def _started(self) -> None:
        if self._mine.starting:
            self._mine.starting = False
            self._starts.release()

    def _leave_place(self) -> None:
        if self._mine.place:
            self._mine.place = False
            self._free.release()

    def _sent(self) -> None:
        if self._mine.about:
            self._mine.about = False
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._calm:
            self._about += more
            if not self._about:
                self._calm.notify_all()
