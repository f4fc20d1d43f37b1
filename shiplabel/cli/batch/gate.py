"""The service as a batch's workers see it: so many requests in flight, each counted.

There are more workers than requests in flight, so that no request waits for a disk. A purchase passes
the gate before its intent is written: what is written down is sent at once.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.domain.label import Label


class Gate:
    """Lets ``most`` purchases and quotes be in flight; ``asked`` counts the calls."""

    def __init__(self, api: Any, most: int) -> None:
        self._api = api
        self._free = threading.BoundedSemaphore(most)
        self._mine = threading.local()
        self.asked = 0

    def await_turn(self) -> None:
        """Wait for a place in flight, then for the account's budget."""
        if not getattr(self._mine, "place", False):
            self._free.acquire()
            self._mine.place = True
        self._api.await_turn()

    def buy(self, *args: Any, **more: Any) -> Label:
        """Send a purchase; its place is free when it was answered."""
        with self._flight():
            label: Label = self._api.buy(*args, **more)
            return label

    def quote(self, *args: Any, **more: Any) -> Any:
        """Ask for rates within the places in flight."""
        self.await_turn()
        with self._flight():
            return self._api.quote(*args, **more)

    def __getattr__(self, name: str) -> Any:
        """Return the service's own call and count it."""
        self.asked += name not in {"fetch", "carriers"}
        return getattr(self._api, name)

    @contextmanager
    def _flight(self) -> Iterator[None]:
        self.asked += 1
        try:
            yield
        finally:
            if getattr(self._mine, "place", False):
                self._mine.place = False
                self._free.release()
