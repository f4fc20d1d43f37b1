"""Folders of shards: where a session's file lies by its key, and how they are gone through as texts.

A shard is two digits of the key's hash, so that no folder holds more than a small part of the files.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shiplabel.errors import StorageError
from shiplabel.storage.atomic import make_folder, reason, refused, sync_folder, unread

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 2


def shard_of(shipment_key: str) -> str:
    """Return the shard of a key."""
    return hashlib.sha1(shipment_key.encode(), usedforsecurity=False).hexdigest()[:LENGTH]


def make_shards(root: Path, shards: set[str]) -> None:
    """Make the folders of some shards durably, with one sync for all; raise StorageError.

    It is synced where all are there too: who made some may have been killed before.
    """
    for folder in (root / "sessions", root / "records"):
        make_folder(folder)
        try:
            for shard in sorted(shards.difference(_entries(folder))):
                with suppress(FileExistsError):  # another program makes it too
                    os.mkdir(folder / shard, 0o700)  # noqa: PTH102  # a point where the disk can fail
            sync_folder(folder)
        except OSError as error:
            raise refused(folder, error) from error


def sharded(root: Path) -> Iterator[str]:
    """Yield the paths of all session files below a folder of shards; texts, for there may be many."""
    for shard in sorted(name for name in _entries(root) if len(name) == LENGTH):
        yield from (f"{root}/{shard}/{name}" for name in names_in(root / shard))


def paths_with_key(root: Path, shipment_key: str) -> list[Path]:
    """Return the files of a key's open sessions, then those of its records: the way that they move."""
    shard = shard_of(shipment_key)
    ending, beginning = f"~{shipment_key}.json", f"{shipment_key}~"
    opened, filed = f"{root}/sessions/{shard}", f"{root}/records/{shard}"
    paths = [Path(opened, name) for name in names_in(opened) if name.endswith(ending)]
    return paths + [Path(filed, name) for name in names_in(filed) if name.startswith(beginning)]


def names_in(folder: Path | str) -> list[str]:
    """Return the names of a folder's session files; temporary ones begin with a dot."""
    return [name for name in _entries(folder) if name.endswith(".json") and name[0] != "."]


def key_of_session(path: str) -> str:
    """Return the key in an open session's path: ``…/ID~KEY.json``."""
    return path.rpartition("~")[2].removesuffix(".json")


def key_of_record(path: str) -> str:
    """Return the key in a record's path: ``…/KEY~ID.json``."""
    return path.rpartition("/")[2].rpartition("~")[0]


def _entries(folder: Path | str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names only
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(unread(folder, reason(error))) from error
