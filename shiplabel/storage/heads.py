"""The head at the beginning of each session file: the few values that a listing shows.

A head is read alone, without the rest of its file, and checked, so that whatever stands in a
folder can be listed or set aside. A file that has not changed is not read twice.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from shiplabel.storage.atomic import read_plain

HEAD_BYTES = 2048
_OPENING = '{"session":{"1":{"head":'
_DECODER = json.JSONDecoder()
_TEXTS_OF = itemgetter("session_id", "status", "step", "updated_at", "expires_at", "shipment_key")
_NO_FILE = {errno.ELOOP, errno.EISDIR, errno.ENXIO}


Mark = tuple[int, int, int]
"""What tells a file from what stood in its place before."""


class DamagedHead(Exception):
    """What stands in a session file's place is none."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a listing shows of a session; ``document`` is all of it as JSON values."""

    place: str
    document: dict[str, Any]
    expires_at: datetime

    @property
    def path(self) -> Path:
        """Its file."""
        return Path(self.place)

    @property
    def session_id(self) -> str:
        """The five characters."""
        return str(self.document["session_id"])

    @property
    def status(self) -> str:
        """One word: open or unknown; a bought label whose paper is awaited goes on, so it is open."""
        word = str(self.document["status"])
        return "open" if word == "bought" else word

    @property
    def shipment_key(self) -> str:
        """The key at the service."""
        return str(self.document["shipment_key"])

    @property
    def batch(self) -> str | None:
        """The batch that it is a row of."""
        return self.document.get("batch")

    @property
    def waits(self) -> bool:
        """Whether it is a row that was quoted and not bought: its batch goes on with it, nobody else need."""
        return self.document.get("waits") is True

    @property
    def updated_at(self) -> str:
        """When it was last saved, ISO 8601 in UTC."""
        return str(self.document["updated_at"])

    def is_over(self, now: datetime) -> bool:
        """Tell whether time has ended this session; never where money is in doubt or spent."""
        return self.expires_at <= now and self.document["status"] == "open"

    def is_newer(self, schema: int) -> bool:
        """Tell whether a newer program wrote it."""
        written = self.document.get("schema", schema)
        return not isinstance(written, int) or written > schema


class Heads:
    """Reads heads, each file once until it changes."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[Mark, Head]] = {}

    def of(self, path: str) -> Head | None:
        """Return a file's head, None where there is no file.

        Raises DamagedHead for what is no session file, OSError when the disk does not let it be read.
        """
        try:
            mark = mark_of(os.lstat(path))  # a listing looks at each of 10,000 files
            known = self._read.get(path)
            if known and known[0] == mark:
                return known[1]
            head = Head(path, *_document(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in _NO_FILE:
                raise DamagedHead from error
            raise
        if not _name(path).startswith((f"{head.session_id}~", f"{head.shipment_key}~")):
            raise DamagedHead
        self._read[path] = (mark, head)
        return head

    def forget(self, path: str) -> None:
        """Forget a file: many are written in a long run, and few are read again."""
        self._read.pop(path, None)


def mark_of(found: os.stat_result) -> Mark:
    """Return a file's mark."""
    return found.st_ino, found.st_mtime_ns, found.st_size


def _name(path: str) -> str:
    return path.rpartition(os.sep)[2].rpartition("/")[2]


def _document(path: str) -> tuple[dict[str, Any], datetime]:
    """Return the head and its end, read from the beginning of the file, from all of it if that is short."""
    for most in (HEAD_BYTES, None):
        content = read_plain(path, most)
        try:
            text = content.decode("utf-8", "replace")
            document, _ = _DECODER.raw_decode(text, len(_OPENING))
        except (ValueError, RecursionError):
            if len(content) == most:
                continue
            raise DamagedHead from None
        if not text.startswith(_OPENING):
            break
        return document, _end(document)
    raise DamagedHead


def _end(document: Any) -> datetime:
    """Return when a head's session ends; raise DamagedHead for what is no head."""
    try:
        if {*map(type, _TEXTS_OF(document))} == {str}:
            end = datetime.fromisoformat(document["expires_at"])
            if end.tzinfo is not None:
                return end
    except (KeyError, TypeError, ValueError):
        pass
    raise DamagedHead
