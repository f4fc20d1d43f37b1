"""Sessions and label records on disk, one TinyDB file each.

    sessions/SHARD/ID~KEY.json      open ones; SHARD is two digits of the key's hash
    records/SHARD/KEY~ID.json       finished ones
    expired/ discarded/ damaged/    what was put away
    locks/                          who holds what

The names carry id and shipment key, so that there is no index to go stale: what carries a key
is found in two small folders, whatever else there is, and to finish is one rename. A listing
reads only the head at the beginning of each file. Lock files stay where they are: the system
frees a lock when its process ends, and removing the file would race. An id's lock file is made
with the id, so no id is ever given twice.

A file that is damaged is set aside and told of in ``complaints``; one that a newer program wrote
is left alone. Nothing whose purchase is in doubt or bought is ever put away.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiplabel.errors import InputError, StorageError
from shiplabel.language import phrase
from shiplabel.storage.atomic import AtomicStorage, make_folder, move_durably, reason, sync_folder, unread
from shiplabel.storage.away import delete, refuse_loss
from shiplabel.storage.heads import DamagedHead, Head, Heads
from shiplabel.storage.ids import any_id
from shiplabel.storage.locks import Locks
from shiplabel.storage.saves import Saves
from shiplabel.storage.shards import (
    key_of_record,
    key_of_session,
    names_in,
    paths_with_key,
    shard_of,
    sharded,
)
from shiplabel.workflow.session import SCHEMA, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from shiplabel.workflow.session import Session

ID_LENGTH = 5
EXPIRE_MOST = 500
KEY_WAIT_S = 600
LOOKS_AGAIN = 20


class SessionFiles:
    """The sessions and label records below one environment's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._below = str(root)
        self.complaints: list[str] = []
        self._heads = Heads()
        self._saves = Saves(self._heads)
        self._locks = Locks(root / "locks")
        self._started: datetime | None = None

    def create(self, session: Session) -> Session:
        """Write a new session under a fresh id; return it with that id."""
        return self.save(self.name(session))

    def name(self, session: Session) -> Session:
        """Return a new session under a fresh id that is nobody else's; its first save makes its file."""
        while not self._locks.claim(fresh := any_id(ID_LENGTH)):
            continue
        met = session.met_before or self._was_damaged(session.shipment_key)
        return replace(session, session_id=fresh, met_before=met)

    def save(self, session: Session) -> Session:
        """Replace an open session on disk durably; return it with its new revision."""
        return self._saves.write(self._place(session), session)

    def save_record(self, session: Session) -> Session:
        """Replace a finished session among the label records durably."""
        return self._saves.write(self._record_place(session), session)

    def finish(self, session: Session) -> Session:
        """Save a session whose label is bought and move it to the label records by one rename."""
        saved = self.save(session)
        move_durably(self._place(saved), self._record_place(saved))
        self._saves.forget(self._place(saved))
        return saved

    def load(self, session_id: str) -> Session:
        """Return an open session; raise InputError when there is none or it is expired, else StorageError."""
        found = self._named("sessions", session_id)
        if found is not None and not self._expires_now(found):
            session = self._read(found)
            if session is None:
                raise StorageError(self.complaints.pop(), code="damaged", hint="shiplabel sessions list")
            return session
        if found is not None or self._named("expired", session_id):
            raise InputError(
                phrase("Session {session_id} has expired.", session_id=session_id),
                code="expired",
                hint=f"shiplabel new --like {session_id}",
            )
        raise InputError(
            phrase("There is no session {session_id}.", session_id=session_id),
            field="session",
            hint="shiplabel sessions list",
        )

    def find(self, session_id: str) -> Session:
        """Return a session, open or finished, as it is on disk."""
        return self.finished(session_id) or self.load(session_id)

    def finished(self, session_id: str) -> Session | None:
        """Return a label record by its session's id, or None."""
        ending = f"~{session_id.upper()}.json"
        found = next((path for path in self._sharded("records") if path.endswith(ending)), None)
        return self._read(Path(found)) if found else None

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
        """Return all that is kept of a session as JSON values, also of one that was put away."""
        from shiplabel.storage.codec import to_document  # noqa: PLC0415  # a listing needs no codec

        status, session = self.shown(session_id)
        return {"status": status, **to_document(session)["body"]}

    def shown(self, session_id: str) -> tuple[str, Session]:
        """Return the status of a session, ``expired`` and ``discarded`` ones too, and what is kept of it."""
        away = () if self._named("sessions", session_id) else ("expired", "discarded")
        for status in away:
            path = self._named(status, session_id)
            if path and (kept := self._read(path)):
                return status, kept
        found = self.find(session_id)
        return status_of(found), found

    def heads(self) -> list[Head]:
        """Return the heads of the open sessions, the newest first; one whose time is over is left out."""
        now = self._started
        alive = [head for head in self._all_heads() if now is None or not self._is_over(head, now)]
        return sorted(alive, key=lambda head: head.updated_at, reverse=True)

    def _all_heads(self) -> list[Head]:
        return [head for path in self._sharded("sessions") if (head := self._head(path))]

    def record_heads(self) -> Iterator[Head]:
        """Yield the heads of the label records, in no order."""
        yield from (head for path in self._sharded("records") if (head := self._head(path)))

    def with_key(self, shipment_key: str) -> list[Session]:
        """Return every session and record of this key, the oldest first; again where one moves meanwhile."""
        for left in reversed(range(LOOKS_AGAIN)):
            try:
                found = [it for path in paths_with_key(self.root, shipment_key) if (it := self._read(path))]
            except StorageError as error:
                if error.code != "moved" or not left:
                    raise
            else:
                break
        each = {session.session_id: session for session in found}  # a record counts, not what it was before
        return sorted(each.values(), key=lambda session: session.created_at)

    def discard(self, session: Session) -> None:
        """Put a session away that its clerk gave up; raise when its purchase is in doubt or made."""
        found = self._named("sessions", session.session_id)
        kept = (self._read(found) if found else None) or session
        refuse_loss(kept)
        place = self._place(kept)
        path = found or Path(place)
        move_durably(path, self._folder("discarded") / path.name)
        self._saves.forget(place)

    def drop(self, session_id: str) -> None:
        """Put a session away, where it is still open; raise as ``discard`` does."""
        if found := self._named("sessions", session_id):
            session = self._read(found)
            if session is not None:
                self.discard(session)

    def expire_old(self, now: datetime) -> list[Head]:
        """Put sessions away whose time is over, a bounded number a run; return their heads."""
        self._started = now
        over = [head for head in self._all_heads() if self._is_over(head, now)]
        over.sort(key=lambda head: head.updated_at)
        expired = [head for head in over[:EXPIRE_MOST] if self._expired(head, now)]
        if expired:
            with contextlib.suppress(OSError):  # what a crash brings back expires again
                for folder in {self._folder("expired"), *(head.path.parent for head in expired)}:
                    sync_folder(folder)
        return expired

    def _expired(self, head: Head, now: datetime) -> bool:
        """Put a session away unless somebody holds it or saved it meanwhile; a full disk hinders nobody."""
        target = self._folder("expired")
        try:
            make_folder(target)
            with self._locks.free(head.session_id) as free:
                fresh = self._head(head.place) if free else None
                if fresh is None or not fresh.is_over(now):
                    return False
                os.replace(head.path, target / head.path.name)  # noqa: PTH105  # a point where the disk can fail
                return True
        except (OSError, StorageError) as error:
            why = reason(error) if isinstance(error, OSError) else error.message
            self.complaints.append(
                phrase(
                    "Session {session_id} has expired and could not be put away: {why}",
                    session_id=head.session_id,
                    why=why,
                )
            )
            return False

    def purge(self) -> int:
        """Delete expired and discarded sessions; return how many."""
        paths = [*self._files("expired"), *self._files("discarded")]
        for path in paths:
            delete(path)
        return len(paths)

    def keys(self) -> Iterator[str]:
        """Yield the shipment key of every open session and record, in no order."""
        yield from map(key_of_session, self._sharded("sessions"))
        yield from map(key_of_record, self._sharded("records"))

    @contextlib.contextmanager
    def hold(self, session_id: str) -> Iterator[None]:
        """Be the only one to write a session; raise HeldError, naming the holder, when another is."""
        with self._locks.session(session_id):
            try:
                yield
            finally:
                self._saves.let_go(session_id)

    def was_met(self, shipment_key: str) -> bool:
        """Tell whether anybody here ever went to buy for a key, whatever became of the session."""
        return self._locks.was_met(shipment_key)

    def holding_key(self, shipment_key: str) -> AbstractContextManager[bool]:
        """Let one process at a time look up and buy for a key; yield whether any ever did before."""
        return self._locks.key(shipment_key, KEY_WAIT_S)

    def _read(self, path: Path) -> Session | None:
        from shiplabel.storage.codec import from_document  # noqa: PLC0415  # a listing needs no codec

        try:
            document = (AtomicStorage(path).read() or {})["session"]["1"]
            found = from_document(document)
            return _unfiled(found) if path.parent.parent.name == "sessions" else found
        except StorageError as error:
            if error.code not in {"damaged", "link"}:
                raise
        except (KeyError, TypeError):
            if not path.exists():
                raise StorageError(
                    phrase("{name} was moved meanwhile.", name=path.name),
                    code="moved",
                    hint=phrase("try again"),
                ) from None
        self._set_aside(path)
        return None

    def _head(self, path: str) -> Head | None:
        try:
            return self._heads.of(path)
        except DamagedHead:
            self._set_aside(Path(path))
        except OSError as error:
            self.complaints.append(unread(path, reason(error)))
        return None

    def _expires_now(self, path: Path) -> bool:
        """Tell whether a session's time was over when this run began."""
        head = self._head(str(path)) if self._started else None
        return bool(head and self._started and self._is_over(head, self._started))

    def _is_over(self, head: Head, now: datetime) -> bool:
        return head.is_over(now) and not head.is_newer(SCHEMA)

    def _set_aside(self, path: Path) -> None:
        """Move a damaged file out of the way and remember to say so."""
        target = self._folder("damaged") / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{path.name}"
        try:
            move_durably(path, target)
        except StorageError as error:
            self.complaints.append(phrase("{name} is damaged. {why}", name=path.name, why=error.message))
            return
        self.complaints.append(
            phrase(
                "{name} is damaged; it was set aside as {target}. Whether it had bought a label "
                "can be seen at the service only.",
                name=path.name,
                target=target,
            )
        )

    def _was_damaged(self, shipment_key: str) -> bool:
        """Tell whether a file of this key was set aside: then nobody here knows what it bought."""
        if not os.path.lexists(f"{self._below}/damaged"):  # each new session looks
            return False
        parts = (f"~{shipment_key}.json", f"-{shipment_key}~")
        return any(part in path.name for path in self._files("damaged") for part in parts)

    def _folder(self, name: str) -> Path:
        return self.root / name

    def _place(self, session: Session) -> str:
        key = session.shipment_key
        return f"{self._below}/sessions/{shard_of(key)}/{session.session_id}~{key}.json"

    def _record_place(self, session: Session) -> str:
        key = session.shipment_key
        return f"{self._below}/records/{shard_of(key)}/{key}~{session.session_id}.json"

    def _files(self, folder: str) -> list[Path]:
        return [self._folder(folder) / name for name in names_in(self._folder(folder))]

    def _sharded(self, folder: str) -> Iterator[str]:
        return sharded(self._folder(folder))

    def _named(self, folder: str, session_id: str) -> Path | None:
        beginning = f"{session_id.upper()}~"
        if folder != "sessions":
            return next((path for path in self._files(folder) if path.name.startswith(beginning)), None)
        paths = (path for path in self._sharded(folder) if path.rpartition("/")[2].startswith(beginning))
        return next((Path(path) for path in paths), None)


def _unfiled(session: Session) -> Session:
    """Return a session as it stands where it is still an open one: not done, whatever its last run wrote."""
    return replace(session, step="purchase") if session.step == "done" else session
