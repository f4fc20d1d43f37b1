"""^C in a batch: once stops taking rows, twice leaves now; what is under way is on disk already."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from shiplabel.workflow.ports import Clock


WAKE_S = 0.5


class LeftWaiting(Exception):  # a value on its way back, not an error to tell
    """A row that waited for its turn was given back: no further one is to be taken."""


class Interrupt:
    """Counts ^C while it is entered; ``told`` says a sentence for the first one."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        self._before: Any = None
        self._times = 0

    @property
    def stopping(self) -> bool:
        """Whether no further row is to be taken."""
        return self._times > 0

    @property
    def leaving(self) -> bool:
        """Whether nothing is waited for any more."""
        return self._times > 1

    def __enter__(self) -> Self:
        """Take ^C over."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._meet)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give ^C back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _meet(self, *_: object) -> None:
        self._times += 1
        if self._times > 1:
            raise KeyboardInterrupt
        threading.Thread(target=self._told, daemon=True).start()  # the main thread may be writing just now


class HeedingClock:
    """A clock whose pauses end soon after ^C: what was waited for is then tried or left."""

    def __init__(self, clock: Clock, interrupt: Interrupt) -> None:
        self._clock, self._interrupt = clock, interrupt
        self.now, self.elapsed_s = clock.now, clock.elapsed_s

    def pause(self, seconds: float) -> None:
        """Wait, in parts."""
        end = self._clock.elapsed_s() + seconds
        while (left_s := end - self._clock.elapsed_s()) > 0:
            self._clock.pause(min(left_s, WAKE_S))
            if self._interrupt.stopping:
                return
