"""The account's budget of requests, shared by every process on this machine that uses the same key.

A small file holds when the last requests were let go and until when all must wait. It is only a
courtesy to the service: a state that cannot be read counts as empty.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.workflow.ports import Clock

MARGIN_S: Final = 0.25
MARGIN_SHARE: Final = 0.01
LONGEST_PAUSE_S: Final = 600.0
_POLL_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Log:
    """When requests were let go, the oldest first, and until when none may; on the machine's steady clock."""

    sent: tuple[float, ...] = ()
    pause_until: float = 0.0


class Pacing:
    """At most ``limit`` requests in any ``window_s`` seconds, over all processes of an account."""

    def __init__(self, folder: Path, limit: int, window_s: float, account: str, clock: Clock) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / f"{account}.json"
        self._lock = FileLock(folder / f"{account}.lock", mode=0o600)
        self._limit = limit
        self._window_s = window_s + max(MARGIN_S, window_s * MARGIN_SHARE)
        self._clock = clock

    def wait(self) -> None:
        """Wait until a request may be sent, and count it."""
        while (left_s := self._take()) > 0:
            self._clock.pause(left_s)

    def pause_all(self, seconds: float) -> None:
        """Let nobody send for so long: the service said that it had too many requests."""
        with self._lock.acquire(poll_interval=_POLL_S):
            now = self._clock.elapsed_s()
            log = self._read(now)
            until = now + min(max(seconds, 0.0), LONGEST_PAUSE_S)
            self._write(Log(log.sent, max(log.pause_until, until)))

    def _take(self) -> float:
        """Count a request and return 0, or return the seconds after which to ask again."""
        with self._lock.acquire(poll_interval=_POLL_S):
            now = self._clock.elapsed_s()
            log = self._read(now)
            if log.pause_until > now:
                return log.pause_until - now
            if len(log.sent) >= self._limit:
                return log.sent[-self._limit] + self._window_s - now
            self._write(Log((*log.sent, now), log.pause_until))
        return 0.0

    def _read(self, now: float) -> Log:
        """Return the log without what no longer counts: too old, or from before the machine's last start."""
        try:
            kept: Any = json.loads(self._path.read_bytes())
            sent, until = [float(moment) for moment in kept["sent"]], float(kept["pause_until"])
        except (OSError, ValueError, KeyError, TypeError):
            return Log()
        recent = sorted(moment for moment in sent if now - self._window_s < moment <= now)
        sane = math.isfinite(until) and until <= now + LONGEST_PAUSE_S
        return Log(tuple(recent), until if sane else 0.0)

    def _write(self, log: Log) -> None:
        fresh = self._path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps({"sent": log.sent, "pause_until": log.pause_until}), encoding="ascii")
        fresh.replace(self._path)
