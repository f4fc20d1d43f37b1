"""A lock that is a file: the system's own, freed when its process ends.

Several are taken for each label of a batch, so one costs four calls of the system: open, lock, unlock, close.
The file stays where it is; removing one that another process waits for would race. Who holds it may write a
note into it, behind the byte that some systems lock against readers too.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from filelock import lock_descriptor, unlock_descriptor

if TYPE_CHECKING:
    from shiplabel.kept_file import KeptFile

_PLAINLY: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_OPENED: Final = os.O_RDWR | os.O_CREAT | _PLAINLY
_LOCKED_BYTES: Final = 1
_LONGEST_NOTE: Final = 1000
POLL_S: Final = 0.02


class LockFile:
    """One lock; whoever took it may let any thread of the process give it back.

    Its file may be ``kept`` open between uses.
    """

    def __init__(self, path: str, poll_s: float = POLL_S, kept: KeptFile | None = None) -> None:
        self._path, self._poll_s, self._kept = path, poll_s, kept
        self._file, self._noted = -1, False

    def acquire(self, wait_s: float) -> bool:
        """Take it; return whether it was free within so many seconds. Raises OSError."""
        end = time.monotonic() + wait_s
        file = self._kept.opened() if self._kept else os.open(self._path, _OPENED, 0o600)
        try:
            while not lock_descriptor(file, blocking=False):
                if time.monotonic() >= end:
                    return False
                time.sleep(self._poll_s)
            self._file, file = file, -1
        finally:
            self._close(file)
        return True

    def write_note(self, text: str) -> None:
        """Say in the file who holds it, where the disk lets us: a note is a courtesy."""
        note = text.encode()[:_LONGEST_NOTE]
        self._noted = True
        with suppress(OSError):
            os.ftruncate(self._file, 0)  # a killed holder's note, before the disk may refuse ours
            os.lseek(self._file, _LOCKED_BYTES, os.SEEK_SET)
            os.write(self._file, note)

    def release(self) -> None:
        """Give it back, where it is held; some systems free a lock late whose file is only closed."""
        file, self._file = self._file, -1
        if file < 0:
            return
        try:
            if self._noted:
                with suppress(OSError):
                    os.ftruncate(file, 0)
            unlock_descriptor(file)
        finally:
            self._close(file)

    def _close(self, file: int) -> None:
        if file >= 0 and self._kept is None:
            os.close(file)


def note_in(path: str) -> str:
    """Return what the holder of a lock file wrote into it, empty where it cannot be read."""
    with suppress(OSError):
        file = os.open(path, os.O_RDONLY | _PLAINLY)
        try:
            os.lseek(file, _LOCKED_BYTES, os.SEEK_SET)
            return os.read(file, _LONGEST_NOTE).decode(errors="replace")
        finally:
            os.close(file)
    return ""
