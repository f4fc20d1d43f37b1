"""The system's time, or the time that a test of expiry sets."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from shiplabel.baton import waiting


@dataclass(frozen=True, slots=True)
class SystemClock:
    """Time as the system tells it; ``fixed`` replaces what is written down, never what is waited."""

    fixed: datetime | None = None

    def now(self) -> datetime:
        """Return the aware UTC time to write down."""
        return self.fixed or datetime.now(UTC)

    def elapsed_s(self) -> float:
        """Return seconds on a clock that never goes back."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        """Wait."""
        with waiting():
            time.sleep(max(0.0, seconds))
