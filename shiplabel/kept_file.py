"""A file that stays open between uses, for those that a batch would open for each label."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Final

_OPENED: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class KeptFile:
    """A file of the owner's alone, opened anew after ``keep_s`` seconds: others may remove or replace it."""

    def __init__(self, path: str, keep_s: float) -> None:
        self._path, self._keep_s = path, keep_s
        self._file, self._until = -1, 0.0

    def opened(self) -> int:
        """Return its descriptor, good until the next call; make the file where needed. Raises OSError."""
        now = time.monotonic()
        if self._file < 0 or now >= self._until:
            self.close()
            self._file, self._until = os.open(self._path, _OPENED, 0o600), now + self._keep_s
        return self._file

    def close(self) -> None:
        """Close it, until it is used again."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def __del__(self) -> None:
        """Close it with its owner's end."""
        with suppress(OSError):
            self.close()
