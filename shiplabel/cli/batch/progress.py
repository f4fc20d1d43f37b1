"""How far a batch is: a line that redraws itself at a terminal, a line now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections import deque
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.cli.flags import said
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.workflow.batch import Tally

REDRAW_S = 0.2
LINE_EVERY_S = 15.0
RECENT_S = 60.0
COUNTED_S = 90
RECENT_MARKS = 2
BAR = 8
CLEAR = "\r\x1b[2K"


class Progress:
    """Shows rows done, bought, failed, money spent, requests a minute and the time left.

    ``what`` names what is done to the rows where it is not buying; ``asked`` tells the requests so far.
    """

    def __init__(self, what: str, rows: int, asked: Callable[[], int]) -> None:
        self._what, self._rows, self._asked = what, rows, asked
        self._live = sys.stderr.isatty() and not said().plain
        self._began = self._shown_at = time.monotonic()
        self._recent = deque([(self._began, asked())])
        self._drawn = False

    def show(self, done: int, tally: Tally) -> None:
        """Show the state, not more often than one can read."""
        now = time.monotonic()
        if now - self._shown_at < (REDRAW_S if self._live else LINE_EVERY_S):
            return
        self._shown_at = now
        text = self._text(done, tally, now)
        if not self._live:
            console.tell(text)
            return
        room = shutil.get_terminal_size().columns - 1
        full = BAR * done // max(self._rows, 1)
        bar = "█" * full + "░" * (BAR - full)
        sys.stderr.write(f"{CLEAR}{f'{bar} {text}'[:room]}")
        sys.stderr.flush()
        self._drawn = True

    def say(self, text: str) -> None:
        """Say a sentence above the line."""
        self.clear()
        console.tell(text)

    def clear(self) -> None:
        """Take the line off the screen."""
        if self._drawn:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()
            self._drawn = False

    def _text(self, done: int, tally: Tally, now: float) -> str:
        counts = tally.counts
        parts = [f"{self._what} {done:,}/{self._rows:,}".strip()]
        if counts.bought:
            parts.append(phrase("{count:,} bought", count=counts.bought))
        if counts.failed:
            parts.append(phrase("{count:,} failed", count=counts.failed))
        if counts.unknown:
            parts.append(phrase("{count:,} unknown", count=counts.unknown))
        parts += [str(tally.paid)] if counts.bought else []
        parts.append(phrase("{count:,}/min", count=self._a_minute(now)))
        if 0 < done < self._rows:
            left = (now - self._began) / done * (self._rows - done)
            parts.append(phrase("{time} left", time=_clock(left)))
        return " · ".join(parts)

    def _a_minute(self, now: float) -> int:
        """Return the requests a minute over the last minute, or since the beginning."""
        self._recent.append((now, self._asked()))
        while self._recent[0][0] < now - RECENT_S and len(self._recent) > RECENT_MARKS:
            self._recent.popleft()
        (then, before), (_, count) = self._recent[0], self._recent[-1]
        return round((count - before) * 60 / max(now - then, 0.1))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration_words(seconds: float) -> str:
    """Return a time as one says it: about 40 s, about 3 minutes."""
    if seconds < COUNTED_S:
        return phrase("about {seconds} s", seconds=max(1, round(seconds)))
    if seconds < COUNTED_S * 60:
        return phrase("about {minutes} minutes", minutes=round(seconds / 60))
    return phrase("about {hours:.1f} hours", hours=seconds / 3600)
