"""The list of carriers, kept on disk for an hour; a damaged or old file counts as none."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from shiplabel.domain.rate import Carrier  # noqa: TC001  # msgspec reads the field's type at run time
from shiplabel.errors import StorageError
from shiplabel.storage.atomic import make_folder, write_durably

if TYPE_CHECKING:
    from pathlib import Path

FRESH_FOR = timedelta(hours=1)


class Times(Protocol):
    """A clock to read."""

    def now(self) -> datetime:
        """Return the aware UTC time."""


class Kept(msgspec.Struct):
    """The file's content."""

    at: datetime
    carriers: tuple[Carrier, ...]


_DECODER = msgspec.json.Decoder(Kept)  # made here: two threads that make it at once bring the program down


class CarrierCache:
    """The carriers of accounts, one file each below a folder."""

    def __init__(self, folder: Path, clock: Times) -> None:
        self._folder = folder
        self._clock = clock

    def get(self, account: str) -> tuple[Carrier, ...] | None:
        """Return an account's carriers when they are at most an hour old, else None."""
        try:
            kept = _DECODER.decode(self._path(account).read_bytes())
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        if kept.at.tzinfo is None:
            return None
        age = self._clock.now() - kept.at
        return kept.carriers if timedelta(0) <= age <= FRESH_FOR else None

    def put(self, account: str, carriers: tuple[Carrier, ...]) -> None:
        """Keep an account's carriers; where the disk refuses, they are asked for again next time."""
        with contextlib.suppress(StorageError):
            make_folder(self._folder)
            write_durably(self._path(account), msgspec.json.encode(Kept(self._clock.now(), carriers)))

    def forget(self, account: str) -> None:
        """Have an account's carriers asked for again; a file that cannot be removed grows old by itself."""
        with contextlib.suppress(OSError):
            self._path(account).unlink(missing_ok=True)

    def _path(self, account: str) -> Path:
        return self._folder / f"{account}.json"
