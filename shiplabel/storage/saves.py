"""Writing one session's file: through TinyDB, whole, and never over what another program wrote later.

A lock keeps two programs from one session; this is the second guard. A revision on disk that is
later than the one in hand, and that this program did not write, is not overwritten.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tinydb import TinyDB
from tinydb.table import Document

from shiplabel.errors import StorageError
from shiplabel.language import phrase
from shiplabel.storage.atomic import AtomicStorage
from shiplabel.storage.heads import DamagedHead, mark_of

if TYPE_CHECKING:
    from shiplabel.storage.heads import Heads, Mark
    from shiplabel.workflow.session import Session


class Saves:
    """The files this program has written, and the revision it last tried to write to each."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads
        self._open: dict[str, TinyDB] = {}
        self._tried: dict[str, int] = {}
        self._paths: dict[str, list[str]] = {}

    def write(self, path: str, session: Session) -> Session:
        """Replace a session's file durably; return the session with its new revision.

        Raise StorageError ``stale`` where another program wrote a later revision.
        """
        from shiplabel.storage.codec import to_document  # noqa: PLC0415  # a listing needs no codec

        self._refuse_stale(path, session)
        session = replace(session, revision=session.revision + 1)
        self._tried[path] = session.revision
        database = self._open.get(path)
        if database is None:
            database = self._open[path] = TinyDB(path, storage=AtomicStorage)
            self._paths.setdefault(session.session_id, []).append(path)
        document = to_document(session)
        table = database.table("session")
        if table.contains(doc_id=1):
            table.update(document, doc_ids=[1])
        else:
            table.insert(Document(document, doc_id=1))
        return session

    def forget(self, path: str) -> None:
        """Forget a file that was moved away."""
        self._open.pop(path, None)
        self._tried.pop(path, None)
        self._heads.forget(path)

    def let_go(self, session_id: str) -> None:
        """Forget a session whose lock is let go: others may write it from now on."""
        for path in self._paths.pop(session_id.upper(), ()):
            self.forget(path)

    def _written(self, path: str) -> Mark | None:
        """Return the mark of a file as this program left it, None where it wrote none."""
        database = self._open.get(path)
        storage = None if database is None else database.storage  # an empty one counts as false
        return mark_of(storage.written) if isinstance(storage, AtomicStorage) and storage.written else None

    def _refuse_stale(self, path: str, session: Session) -> None:
        try:
            if self._written(path) == mark_of(os.lstat(path)):
                return
            head = self._heads.of(path)
        except (DamagedHead, OSError):
            return
        kept = head.document.get("revision", 0) if head else 0
        if isinstance(kept, int) and kept > session.revision and kept != self._tried.get(path):
            raise StorageError(
                phrase(
                    "Session {session_id} was changed by another program meanwhile; nothing was overwritten.",
                    session_id=session.session_id,
                ),
                code="stale",
                hint=f"shiplabel resume {session.session_id}",
            )
