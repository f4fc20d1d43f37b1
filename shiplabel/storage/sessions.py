"""Sessions and label records on disk, one TinyDB file each.

    sessions/ID~KEY.json            open ones
    records/SHARD/KEY~ID.json       finished ones; SHARD is two digits of the key's hash
    expired/ discarded/ damaged/    what was put away
    locks/                          who holds what

The names carry id and shipment key, so that there is no index to go stale: an open session is
found by its name, a key's records in one small folder, and to finish is one rename. A listing
reads only the head at the beginning of each file. Lock files stay where they are: the system
frees a lock when its process ends, and removing the file would race.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from tinydb import TinyDB
from tinydb.table import Document

from shiplabel.errors import HeldError, InputError, StorageError
from shiplabel.storage.atomic import AtomicStorage, make_folder, move_durably, write_durably

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.workflow.session import Session

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 5
HEAD_BYTES = 2048
EXPIRE_MOST = 500
KEY_WAIT_S = 600
_OPENING = '{"session":{"1":{"head":'


@dataclass(frozen=True, slots=True)
class Head:
    """What a listing shows of a session; ``document`` is all of it as JSON values."""

    path: Path
    document: dict[str, Any]

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


class SessionFiles:
    """The sessions and label records below one environment's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.complaints: list[str] = []
        self._open: dict[Path, TinyDB] = {}

    def create(self, session: Session) -> Session:
        """Write a new session under a fresh id; return it with that id."""
        make_folder(self._folder("sessions"))
        taken = {name[:ID_LENGTH] for name in os.listdir(self._folder("sessions"))}  # noqa: PTH208  # names only
        while (fresh := "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))) in taken:
            continue
        return self.save(replace(session, session_id=fresh))

    def save(self, session: Session) -> Session:
        """Replace an open session on disk durably; return it with its new revision."""
        return self._write(self._place(session), session)

    def save_record(self, session: Session) -> Session:
        """Replace a finished session among the label records durably."""
        return self._write(self._record_place(session), session)

    def finish(self, session: Session) -> Session:
        """Save a session whose label is bought and move it to the label records by one rename."""
        saved = self.save(session)
        move_durably(self._place(saved), self._record_place(saved))
        self._open.pop(self._place(saved), None)
        return saved

    def load(self, session_id: str) -> Session:
        """Return an open session; raise InputError when there is none, or it is expired or damaged."""
        found = self._named("sessions", session_id)
        if found is not None:
            session = self._read(found)
            if session is not None:
                return session
        if self._named("expired", session_id):
            raise InputError(
                f"Session {session_id} has expired.",
                code="expired",
                hint=f"shiplabel new --like {session_id}",
            )
        raise InputError(
            f"There is no session {session_id}.", field="session", hint="shiplabel sessions list"
        )

    def find(self, session_id: str) -> Session:
        """Return a session, open or finished, as it is on disk."""
        return self.finished(session_id) or self.load(session_id)

    def finished(self, session_id: str) -> Session | None:
        """Return a label record by its session's id, or None."""
        ending = f"~{session_id.upper()}.json"
        for path in self._records():
            if path.name.endswith(ending):
                return self._read(path)
        return None

    def search(self, name: str) -> Session | None:
        """Return a session by its id, wherever it was put, or a record by its label's id."""
        for folder in ("sessions", "expired", "discarded"):
            if found := self._named(folder, name):
                return self._read(found)
        return self.finished(name) or self.labelled(name)

    def labelled(self, label_id: str) -> Session | None:
        """Return the record of a label, or None."""
        for head in self.record_heads():
            if head.document["label_id"] == label_id:
                return self._read(head.path)
        return None

    def document(self, session_id: str) -> dict[str, Any]:
        """Return all that is kept of a session as JSON values."""
        from shiplabel.storage.codec import to_document  # noqa: PLC0415  # a listing needs no codec

        found = to_document(self.find(session_id))
        return {"status": found["head"]["status"], **found["body"]}

    def heads(self) -> list[Head]:
        """Return the heads of the open sessions, the newest first."""
        found = [self._head(path) for path in self._files("sessions")]
        return sorted(
            (head for head in found if head), key=lambda head: str(head.document["updated_at"]), reverse=True
        )

    def record_heads(self) -> Iterator[Head]:
        """Yield the heads of the label records, in no order."""
        yield from (head for path in self._records() if (head := self._head(path)))

    def with_key(self, shipment_key: str) -> list[Session]:
        """Return every session and record that carries this key, the oldest first."""
        ending, beginning = f"~{shipment_key}.json", f"{shipment_key}~"
        paths = [path for path in self._files("sessions") if path.name.endswith(ending)]
        shard = self._folder("records") / _shard(shipment_key)
        paths += [path for path in _listed(shard) if path.name.startswith(beginning)]
        found = [session for path in paths if (session := self._read(path))]
        return sorted(found, key=lambda session: session.created_at)

    def discard(self, session: Session) -> None:
        """Put a session away that its clerk gave up."""
        self._put_away(self._place(session), "discarded")

    def drop(self, session_id: str) -> None:
        """Put a session away, where it is still open."""
        if found := self._named("sessions", session_id):
            self._put_away(found, "discarded")

    def expire_old(self, now: datetime) -> list[Head]:
        """Put sessions away whose time is over, a bounded number a run; return their heads."""
        expired: list[Head] = []
        for head in self.heads()[::-1]:
            over = datetime.fromisoformat(head.document["expires_at"]) <= now
            if over and head.document["status"] == "open" and len(expired) < EXPIRE_MOST:
                if self._is_held(head.session_id):
                    continue
                self._put_away(head.path, "expired")
                expired.append(head)
        return expired

    def purge(self) -> int:
        """Delete expired and discarded sessions; return how many."""
        paths = [*self._files("expired"), *self._files("discarded")]
        for path in paths:
            path.unlink(missing_ok=True)
        return len(paths)

    @contextmanager
    def hold(self, session_id: str) -> Iterator[None]:
        """Be the only one to write a session; raise HeldError, naming the holder, when another is."""
        lock, note = self._lock(session_id.upper())
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise HeldError(
                f"Session {session_id} is open in another terminal ({_holder(note)}).",
                hint="go on there, or close it first",
            ) from None
        try:
            write_durably(
                note, f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC".encode()
            )
            yield
        finally:
            lock.release()

    @contextmanager
    def holding_key(self, shipment_key: str) -> Iterator[None]:
        """Let one process at a time look up and buy for a key."""
        lock, _ = self._lock(f"key-{shipment_key}")
        try:
            lock.acquire(timeout=KEY_WAIT_S)
        except Timeout:
            raise HeldError(f"Another process is buying for {shipment_key}.") from None
        try:
            yield
        finally:
            lock.release()

    def _lock(self, name: str) -> tuple[FileLock, Path]:
        folder = self._folder("locks")
        make_folder(folder)
        return FileLock(folder / f"{name}.lock", mode=0o600), folder / f"{name}.holder"

    def _is_held(self, session_id: str) -> bool:
        lock, _ = self._lock(session_id)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def _write(self, path: Path, session: Session) -> Session:
        from shiplabel.storage.codec import to_document  # noqa: PLC0415  # a listing needs no codec

        session = replace(session, revision=session.revision + 1)
        database = self._open.get(path)
        if database is None:
            database = self._open[path] = TinyDB(path, storage=AtomicStorage)
        document = to_document(session)
        table = database.table("session")
        if table.contains(doc_id=1):
            table.update(document, doc_ids=[1])
        else:
            table.insert(Document(document, doc_id=1))
        return session

    def _read(self, path: Path) -> Session | None:
        from shiplabel.storage.codec import from_document  # noqa: PLC0415  # a listing needs no codec

        try:
            document = (AtomicStorage(path).read() or {})["session"]["1"]
            return from_document(document)
        except StorageError as error:
            if error.code != "damaged":
                raise
        except (KeyError, TypeError):
            pass
        self._set_aside(path)
        return None

    def _head(self, path: Path) -> Head | None:
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                text = file.read(HEAD_BYTES)
            document, _ = json.JSONDecoder().raw_decode(text, len(_OPENING))
            return Head(path, document)
        except FileNotFoundError:
            return None
        except (ValueError, OSError, KeyError):
            self._set_aside(path)
            return None

    def _set_aside(self, path: Path) -> None:
        """Move a damaged file out of the way and remember to say so."""
        target = self._folder("damaged") / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{path.name}"
        move_durably(path, target)
        self.complaints.append(f"{path.name} is damaged; it was set aside as {target}.")

    def _put_away(self, path: Path, folder: str) -> None:
        move_durably(path, self._folder(folder) / path.name)
        self._open.pop(path, None)

    def _folder(self, name: str) -> Path:
        return self.root / name

    def _place(self, session: Session) -> Path:
        return self._folder("sessions") / f"{session.session_id}~{session.shipment_key}.json"

    def _record_place(self, session: Session) -> Path:
        shard = self._folder("records") / _shard(session.shipment_key)
        return shard / f"{session.shipment_key}~{session.session_id}.json"

    def _files(self, folder: str) -> list[Path]:
        return _listed(self._folder(folder))

    def _records(self) -> Iterator[Path]:
        root = self._folder("records")
        shards = sorted(os.listdir(root)) if root.is_dir() else []  # noqa: PTH208  # names only
        for shard in shards:
            yield from _listed(root / shard)

    def _named(self, folder: str, session_id: str) -> Path | None:
        beginning = f"{session_id.upper()}~"
        return next((path for path in self._files(folder) if path.name.startswith(beginning)), None)


def _listed(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [folder / name for name in os.listdir(folder) if name.endswith(".json") and name[0] != "."]  # noqa: PTH208


def _shard(shipment_key: str) -> str:
    return hashlib.sha1(shipment_key.encode(), usedforsecurity=False).hexdigest()[:2]


def _holder(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8")
    except OSError:
        return "holder unknown"
