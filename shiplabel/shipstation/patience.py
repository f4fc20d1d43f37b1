"""Repeating safe calls: how long, how often, and after which failures.

Only calls that may be made twice without harm come here; a purchase never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from shiplabel.errors import ApiError, NoAnswer, NotSent, RateLimited
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.workflow.ports import Clock

T = TypeVar("T")

QUICK_S: Final = 20.0
QUOTE_S: Final = 60.0
WAITS_S: Final = 60.0
FIRST_PAUSE_S: Final = 0.5
FIRST_WAIT_S: Final = 2.0
LEAST_WAIT_S: Final = 0.5
LEAST_S: Final = 1.0
_SETTLED: Final = frozenset(range(300, 400))
"""Statuses that another try would not change."""


class Patience:
    """The time left for one call; failures and waits for the budget are counted apart.

    ``limit_s`` bounds the attempts, and a failure later than 20 s after the start is not followed by
    another; ``waits_s`` bounds the waits after a 429; without it the limit bounds all together.
    """

    def __init__(self, clock: Clock, limit_s: float, waits_s: float | None = WAITS_S) -> None:
        self._clock = clock
        self._until = clock.elapsed_s() + limit_s
        self._quick_until = clock.elapsed_s() + QUICK_S
        self._waits_left_s = waits_s
        self._pause_s = FIRST_PAUSE_S
        self._wait_s = FIRST_WAIT_S

    def run(self, attempt: Callable[[float], T]) -> T:
        """Return what an attempt returns; it is told the seconds that it may take."""
        while True:
            try:
                return attempt(max(self.left_s, LEAST_S))
            except RateLimited as error:
                self._wait_out(error)
            except (NotSent, NoAnswer) as error:
                self._pause_after(error)

    @property
    def left_s(self) -> float:
        """The seconds left."""
        return self._until - self._clock.elapsed_s()

    def sit_out(self, pause_s: float) -> None:
        """Allow for a pause that all calls keep; raise RateLimited when this one may not wait as long."""
        left_s = self.left_s if self._waits_left_s is None else self._waits_left_s
        if pause_s > left_s:
            raise RateLimited(
                phrase(
                    "Too many requests: {seconds:.0f} s are left of the pause that the service asked for.",
                    seconds=pause_s,
                ),
                retry_after_s=pause_s,
            )
        if self._waits_left_s is None:
            self.forgive(-pause_s)  # the time for the budget is given back later; this part of it is not
        else:
            self._waits_left_s -= pause_s

    def forgive(self, seconds: float) -> None:
        """Give back time that was spent waiting for the account's budget of requests."""
        self._until += seconds
        self._quick_until += seconds

    def _wait_out(self, error: RateLimited) -> None:
        asked = error.retry_after_s
        wait_s = self._wait_s if asked is None else max(asked, LEAST_WAIT_S)
        self._wait_s *= 2
        left_s = self.left_s if self._waits_left_s is None else self._waits_left_s
        if wait_s > left_s:
            raise error
        if self._waits_left_s is not None:
            self._waits_left_s -= wait_s
            self.forgive(wait_s)
        self._clock.pause(wait_s)

    def _pause_after(self, error: ApiError) -> None:
        quick_left_s = self._quick_until - self._clock.elapsed_s()
        if error.status in _SETTLED or self._pause_s >= min(quick_left_s, self.left_s):
            raise error
        self._clock.pause(self._pause_s)
        self._pause_s *= 2
