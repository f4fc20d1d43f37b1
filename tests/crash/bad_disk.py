"""A disk that refuses: at one chosen touch a system's call fails, and all later ones too where it stays so.

The touches are those of ``touches``, which says where each one stands. ``FAIL_AT`` names the touch,
``FAIL_WITH`` the system's reason (``ENOSPC``), ``FAIL_ON`` is set where the disk stays as it is. Reading,
locking and taking a name away still work on a full disk.
"""

from __future__ import annotations

import errno
import os

from tests.crash import touches

REASONS = {
    "ENOSPC": ("open", "write", "mkdir", "link", "rename", "replace", "fsync"),
    "EIO": ("open", "write", "fsync", "rename", "replace", "unlink"),
    "EROFS": ("open", "mkdir", "link", "rename", "replace", "unlink", "chmod"),
}
"""Which calls fail for a reason."""


def fails_with(touch: str, reason: str) -> bool:
    """Tell whether the call at a touch can fail for a reason."""
    when, _, rest = touch.partition(" ")
    call = rest.partition(" ")[0]
    return call in REASONS[reason] and (when == "before" or (when, call) == ("halfway", "write"))


class _BadDisk(touches._Book):
    """Lists the touches and fails where it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.fails_at, self.at = self.at, ""
        self.reason = os.environ["FAIL_WITH"]
        self.stays = bool(os.environ.get("FAIL_ON"))
        self.is_bad = False

    def touch(self, name: str) -> None:
        super().touch(name)
        here = f"{name}#{touches._met[name]}" == self.fails_at
        if here or (self.is_bad and fails_with(name, self.reason)):
            self.is_bad = self.stays
            number = getattr(errno, self.reason)
            raise OSError(number, os.strerror(number))


def lay() -> None:
    """Lay the disk around the system's calls of this process."""
    touches._Book = _BadDisk  # type: ignore[misc]  # the same touches, another end
    touches.lay()
