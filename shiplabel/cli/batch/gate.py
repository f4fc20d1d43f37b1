"""The service as a batch's workers see it: so many requests in flight, each counted.

There are more workers than requests in flight, so that no request waits for a disk. A purchase passes
the gate before its intent is written: what is written down is sent at once. Its place is free once its answer
begins to come; rates, which may take several requests, keep theirs to the end.

The workers, and who gives them their rows, pass one baton: first to who sends, then to who makes a row
ready, who reads an answer and writes it down, who has a paper to fetch. So a place in flight is seldom empty
for want of a row.
"""

from __future__ import annotations

import threading
import time
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from shiplabel.baton import Baton, hearing, turn_to, waiting
from shiplabel.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

IN_FLIGHT = {"quote", "buy"}
SENT_ONCE = {"buy"}
UNCOUNTED = {"carriers", "fetch"}
SENT, MADE_READY, NOTED, FETCHED = 0.0, 0.2, 0.5, 1.0
"""For how many seconds each part of the work can wait for its turn."""


class _Mine(threading.local):
    """Whether a thread has a place in flight."""

    place = False


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
        self._baton = Baton()
        self._mine = _Mine()
        self.asked = 0

    def row(self) -> AbstractContextManager[None]:
        """Work on a row, or hand rows out and take them in, with the baton."""
        return self._baton.held(MADE_READY)

    def paper(self) -> AbstractContextManager[None]:
        """Work on a paper, with the baton."""
        return self._baton.held(FETCHED)

    def await_turn(self) -> None:
        """Wait for a place in flight and for the account's budget; a pause is waited out without a place."""
        while not self._mine.place:
            try:
                self._take_turn()
            except RateLimited as error:
                if not self._sit_out(error.retry_after_s or 0.0):
                    raise

    def _take_turn(self) -> None:
        turn_to(SENT)
        with waiting():
            self._free.acquire()
        self._mine.place = True
        try:
            self._pause(0.0)
            self._api.await_turn(most_pause_s=0.0, pause=self._pause)
        except BaseException:
            self._leave_place()
            raise

    def leave_turn(self) -> None:
        """Give the place in flight and the turn back: the disk refused the intent, nothing is sent."""
        try:
            self._api.leave_turn()
        finally:
            self._leave_place()

    def __getattr__(self, name: str) -> Any:
        """Return the service's own call, counted; quotes and purchases take a place in flight."""
        call = getattr(self._api, name)
        self.asked += name not in UNCOUNTED
        return partial(self._in_flight, name, call) if name in IN_FLIGHT else call

    def _in_flight(self, name: str, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self.await_turn()
        try:
            with hearing(self._leave_place) if name in SENT_ONCE else nullcontext():
                return call(*args, **more)
        finally:
            self._leave_place()

    def _leave_place(self) -> None:
        if self._mine.place:
            self._mine.place = False
            self._free.release()
            turn_to(NOTED)
