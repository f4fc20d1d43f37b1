"""The service as a batch's workers see it: so many requests in flight, each counted.

There are more workers than requests in flight, so that no request waits for a disk. A purchase passes
the gate before its intent is written: what is written down is sent at once.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from shiplabel.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable

IN_FLIGHT = {"quote", "buy"}
UNCOUNTED = {"carriers", "fetch"}


class Gate:
    """Lets ``most`` purchases and quotes be in flight; ``asked`` counts the calls.

    ``sit_out`` waits for the end of a pause that the service asked all for, of so many seconds; it
    returns False where that is too long.
    """

    def __init__(self, api: Any, most: int, sit_out: Callable[[float], bool] = lambda _s: False) -> None:
        self._api = api
        self._sit_out = sit_out
        self._free = threading.BoundedSemaphore(most)
        self._mine = threading.local()
        self.asked = 0

    def await_turn(self) -> None:
        """Wait for a place in flight and for the account's budget; a pause is waited out without a place."""
        while not getattr(self._mine, "place", False):
            try:
                self._take_turn()
            except RateLimited as error:
                if not self._sit_out(error.retry_after_s or 0.0):
                    raise

    def _take_turn(self) -> None:
        self._free.acquire()
        self._mine.place = True
        try:
            self._api.await_turn(most_pause_s=0.0)
        except BaseException:
            self._leave_place()
            raise

    def leave_turn(self) -> None:
        """Give the place in flight and the turn back: the disk refused the intent, nothing is sent."""
        try:
            self._api.leave_turn()
        finally:
            self._leave_place()

    def _leave_place(self) -> None:
        if getattr(self._mine, "place", False):
            self._mine.place = False
            self._free.release()

    def __getattr__(self, name: str) -> Any:
        """Return the service's own call, counted; quotes and purchases take a place in flight."""
        call = getattr(self._api, name)
        self.asked += name not in UNCOUNTED
        return partial(self._in_flight, call) if name in IN_FLIGHT else call

    def _in_flight(self, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self.await_turn()
        try:
            return call(*args, **more)
        finally:
            self._leave_place()
