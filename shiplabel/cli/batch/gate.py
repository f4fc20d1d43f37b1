"""The service as a batch's workers see it: so many requests in flight, each counted.

There are more workers than requests in flight, so that no request waits for a disk. A purchase passes
the gate before its intent is written. What is written down is sent at once, but for one in ten, which may
wait for a place in flight. A purchase's place is free once its answer begins to come; rates, which may take
several requests, keep theirs to the end.

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


PLACES_A_WAITER = 10
"""For so many places in flight one more purchase is let through the gate, to be sent once one is free."""


class _Places(threading.local):
    """Places that threads share; each sees whether it ``has`` one."""

    has = False

    def __init__(self, free: threading.Semaphore) -> None:
        self._free = free

    def take(self) -> bool:
        """Take a place; where none is free, wait for one without the baton, and return True."""
        if self.has:
            return False
        waited = not self._free.acquire(blocking=False)
        if waited:
            with waiting():
                self._free.acquire()
        self.has = True
        return waited

    def leave(self) -> None:
        """Give the place back, where it has one."""
        if self.has:
            self.has = False
            self._free.release()


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
        self._through = _Places(threading.BoundedSemaphore(most + most // PLACES_A_WAITER))
        self._in_flight = _Places(threading.BoundedSemaphore(most))
        self._baton = Baton()
        self.asked = 0

    def row(self) -> AbstractContextManager[None]:
        """Work on a row, or hand rows out and take them in, with the baton."""
        return self._baton.held(MADE_READY)

    def paper(self) -> AbstractContextManager[None]:
        """Work on a paper, with the baton."""
        return self._baton.held(FETCHED)

    def await_turn(self) -> None:
        """Pass the gate and wait for the account's budget; a pause is waited out before the gate."""
        while not self._through.has:
            try:
                self._take_turn()
            except RateLimited as error:
                if not self._sit_out(error.retry_after_s or 0.0):
                    raise

    def _take_turn(self) -> None:
        turn_to(SENT)
        self._through.take()
        try:
            self._pause(0.0)
            self._api.await_turn(most_pause_s=0.0, pause=self._pause)
        except BaseException:
            self._leave()
            raise

    def leave_turn(self) -> None:
        """Give the turn back and let another through: the disk refused the intent, nothing is sent."""
        try:
            self._api.leave_turn()
        finally:
            self._leave()

    def __getattr__(self, name: str) -> Any:
        """Return the service's own call, counted; quotes and purchases take a place in flight."""
        call = getattr(self._api, name)
        self.asked += name not in UNCOUNTED
        return partial(self._fly, name, call) if name in IN_FLIGHT else call

    def _fly(self, name: str, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        try:
            self._enter(name)
            with hearing(self._leave) if name in SENT_ONCE else nullcontext():
                return call(*args, **more)
        finally:
            self._leave()

    def _enter(self, name: str) -> None:
        """Have a place in flight and a turn; one that waited for its place takes its turn anew.

        Where a pause was asked for meanwhile, a purchase raises RateLimited: that takes its intent back.
        """
        self.await_turn()
        if not self._in_flight.take():
            return
        self._api.leave_turn()
        try:
            self._api.await_turn(most_pause_s=0.0)
        except RateLimited:
            self._leave()
            if name in SENT_ONCE:
                raise
            self._enter(name)

    def _leave(self) -> None:
        if self._through.has:
            self._in_flight.leave()
            self._through.leave()
            turn_to(NOTED)
