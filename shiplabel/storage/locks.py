"""Who holds what: one lock file a session or key, freed by the system when its process ends.

Lock files stay where they are; removing one that another process waits for would race. So a key's
lock file tells for good that somebody here went to buy for it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shiplabel.baton import waiting
from shiplabel.errors import HeldError, InputError
from shiplabel.language import phrase
from shiplabel.lock_file import LockFile, note_in
from shiplabel.storage.atomic import make_folder, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONGEST_NAME = 120
MAKING_WAIT_S = 60.0


class Locks:
    """The locks of one folder, each under a name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = False

    def claim(self, session_id: str) -> bool:
        """Make a session's lock file; tell whether nobody had made it before. Raises StorageError."""
        self._make()
        path = self._path(session_id)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        except OSError as error:
            raise refused(self._folder, error) from error
        return True

    @contextmanager
    def session(self, session_id: str) -> Iterator[None]:
        """Be the only one to write a session; raise HeldError, naming the holder, when another is."""
        name = self._name(session_id.upper(), session_id)
        with self._locked(name, 0, lambda: self._held(session_id, name)) as lock:
            lock.write_note(
                phrase("process {pid} since {at:%Y-%m-%d %H:%M} UTC", pid=os.getpid(), at=datetime.now(UTC))
            )
            yield

    @contextmanager
    def key(self, shipment_key: str, wait_s: float) -> Iterator[bool]:
        """Be the only one to look up and buy for a key; raise HeldError after ``wait_s`` seconds.

        Yield whether the key was held before, by anybody here at any time.
        """
        met = self.was_met(shipment_key)
        name = self._name(f"key-{shipment_key}", shipment_key)
        with self._locked(
            name,
            wait_s,
            lambda: HeldError(
                phrase("Another process is buying for {shipment_key}.", shipment_key=shipment_key)
            ),
        ):
            yield met

    def was_met(self, shipment_key: str) -> bool:
        """Tell whether a key was held before, by anybody here at any time."""
        return os.path.lexists(self._path(f"key-{shipment_key}"))

    @contextmanager
    def making_batch(self) -> Iterator[None]:
        """Be the only one to look for a batch and make it where there is none; raise HeldError."""
        with self._locked(
            "making-batch",
            MAKING_WAIT_S,
            lambda: HeldError(
                phrase("Another terminal has been making a batch for long. Nothing was started here."),
                hint="shiplabel batch list",
            ),
        ):
            yield

    @contextmanager
    def free(self, session_id: str) -> Iterator[bool]:
        """Yield whether nobody holds a session; while it is free, nobody else can take it."""
        lock = self._lock(session_id)
        if not lock.acquire(0):
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    @contextmanager
    def _locked(self, name: str, wait_s: float, refusal: Callable[[], HeldError]) -> Iterator[LockFile]:
        lock = self._lock(name)
        try:
            free = lock.acquire(0) or (wait_s > 0 and _had_later(lock, wait_s))
        except OSError as problem:
            raise refused(self._folder, problem) from problem
        if not free:
            raise refusal()
        try:
            yield lock
        finally:
            lock.release()

    def _lock(self, name: str) -> LockFile:
        self._make()
        return LockFile(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}.lock"

    def _make(self) -> None:
        """Make the folder, looked for once: it holds several locks for each label."""
        if not self._made:
            make_folder(self._folder)
            self._made = True

    def _name(self, name: str, typed: str) -> str:
        """Return a lock's name; raise InputError for one that would leave the folder."""
        if not name or len(name) > LONGEST_NAME or set(name) & set('/\\\0:*?"<>|') or name[0] == ".":
            raise InputError(
                phrase("There is no session {typed}.", typed=typed),
                field="session",
                hint="shiplabel sessions list",
            )
        return name

    def _held(self, session_id: str, name: str) -> HeldError:
        return HeldError(
            phrase(
                "Session {session_id} is open in another terminal ({holder}).",
                session_id=session_id,
                holder=note_in(self._path(name)) or phrase("holder unknown"),
            ),
            hint=phrase("go on there, or close it first"),
        )


def _had_later(lock: LockFile, wait_s: float) -> bool:
    with waiting():
        return lock.acquire(wait_s)
