"""A lock that is a file: the system's own, freed when its process ends.

Several are taken for each label of a batch, so one costs four calls of the system: open, lock, unlock, close.
The file stays where it is; removing one that another process waits for would race.
"""

from __future__ import annotations

import os
import time

from filelock import lock_descriptor, unlock_descriptor

_OPENED = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
POLL_S = 0.02


class LockFile:
    """One lock; whoever took it may let any thread of the process give it back."""

    def __init__(self, path: str, poll_s: float = POLL_S) -> None:
        self._path, self._poll_s = path, poll_s
        self._file = -1

    def acquire(self, wait_s: float) -> bool:
        """Take it; return whether it was free within so many seconds. Raises OSError."""
        end = time.monotonic() + wait_s
        file = os.open(self._path, _OPENED, 0o600)
        try:
            while not lock_descriptor(file, blocking=False):
                if time.monotonic() >= end:
                    return False
                time.sleep(self._poll_s)
            self._file, file = file, -1
        finally:
            if file >= 0:
                os.close(file)
        return True

    def release(self) -> None:
        """Give it back, where it is held; some systems free a lock late whose file is only closed."""
        file, self._file = self._file, -1
        if file < 0:
            return
        try:
            unlock_descriptor(file)
        finally:
            os.close(file)
