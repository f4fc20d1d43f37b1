"""How far a batch is: a line that redraws itself at a terminal, a line now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.cli.flags import said
from shiplabel.domain.text import printable

if TYPE_CHECKING:
    from shiplabel.workflow.batch import Counts, Sum, Tally

REDRAW_S = 0.2
LINE_EVERY_S = 15.0
RECENT_S = 60.0
BAR = 12


class Progress:
    """Shows rows done, bought, failed, money spent, requests a minute and the time left."""

    def __init__(self, what: str, rows: int) -> None:
        self._what, self._rows = what, rows
        self._live = sys.stderr.isatty() and not said().plain
        self._began = self._shown_at = time.monotonic()
        self._drawn = False
        self._done = 0
        self.requests = 0

    def show(self, done: int, tally: Tally) -> None:
        """Show the state, not more often than one can read."""
        self._done = done
        now = time.monotonic()
        if now - self._shown_at < (REDRAW_S if self._live else LINE_EVERY_S):
            return
        counts, paid = tally.counts, tally.paid
        self._shown_at = now
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r\x1b[2K{self._bar()}{self._text(counts, paid, now)}"[: width + 5])
            sys.stderr.flush()
            self._drawn = True
        else:
            console.tell(self._text(counts, paid, now))

    def say(self, text: str) -> None:
        """Say a sentence above the line."""
        self.clear()
        console.tell(printable(text))

    def clear(self) -> None:
        """Take the line off the screen."""
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._drawn = False

    def _bar(self) -> str:
        full = BAR * self._done // max(self._rows, 1)
        return f"{'█' * full}{'░' * (BAR - full)} "

    def _text(self, counts: Counts, paid: Sum, now: float) -> str:
        parts = [f"{self._what} {self._done:,}/{self._rows:,}"]
        parts += [f"{counts.bought:,} bought"] if counts.bought else []
        parts += [f"{counts.failed:,} failed"] if counts.failed else []
        parts += [f"{counts.unknown:,} unknown"] if counts.unknown else []
        parts += [str(paid)] if counts.bought else []
        elapsed = max(now - self._began, 0.001)
        parts.append(f"{self.requests * 60 / elapsed:.0f}/min")
        parts += [f"{_clock(self._left_s(elapsed))} left"] if 0 < self._done < self._rows else []
        return " · ".join(parts)

    def _left_s(self, elapsed_s: float) -> float:
        return elapsed_s / self._done * (self._rows - self._done)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration_words(seconds: float) -> str:
    """Return a time as one says it: about 40 seconds, about 3 minutes."""
    if seconds < 90:  # noqa: PLR2004  # up to here one counts seconds
        return f"about {max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes"
    return f"about {seconds / 3600:.1f} hours"
