"""The account's budget of requests, shared by every process on this machine that uses the same key.

A small file holds when requests were let go and when those that wait will be: each takes its turn at
once and sleeps until then, the first to come the first to go. Between any request and the one ``limit``
after it lies the whole window and a margin, so that a service which counts a fixed or a sliding window
sees no more than the limit. A turn counts from when the request really left, if it left late.

Times are of the machine's steady clock; the file names the machine's start they count from: by its name, or
by its minute where the system has no name for it. A file that cannot be read counts as a budget just spent.
Where the disk refuses, this process keeps to the budget alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import struct
import threading
import time
import zlib
from array import array
from bisect import bisect_right, insort
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shiplabel.kept_file import KeptFile
from shiplabel.language import phrase
from shiplabel.lock_file import LockFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shiplabel.shipstation.patience import Patience
    from shiplabel.workflow.ports import Clock

    Pause = Callable[[float], None]

MARGIN_SHARE: Final = 0.015
LEAST_MARGIN_S: Final = 0.05
LONGEST_PAUSE_S: Final = 600.0
LEAST_TOLD_S: Final = 1.0
_FAR_S: Final = 3600.0
_POLL_S: Final = 0.001
_PATIENCE_S: Final = 5.0
_KEPT_S: Final = 1.0
_HANDED_ON: Final = 32
_HEAD: Final = struct.Struct("<4sI16sdI")
_MINUTE: Final = struct.Struct("<qq")
_MAGIC: Final = b"SLP1"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")

_LOG: Final = logging.getLogger("shiplabel.pacing")


@dataclass(slots=True)
class Book:
    """The turns taken, the oldest first, and until when none may begin; ``calls`` counts the pauses."""

    turns: list[float] = field(default_factory=list)
    pause_until: float = 0.0
    calls: int = 0


class Pacing:
    """At most ``limit`` requests in any ``window_s`` seconds, over all processes of an account."""

    def __init__(  # what it counts, for whom, and where
        self,
        folder: Path,
        limit: int,
        window_s: float,
        account: str,
        clock: Clock,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        name = hashlib.sha256(account.encode()).hexdigest()[:16]
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / f"{name}.pace"
        lock = f"{folder}/{name}.lock"
        self._file = KeptFile(str(self.path), _KEPT_S)
        self._file_lock = LockFile(lock, _POLL_S, KeptFile(lock, _KEPT_S))
        self._thread_lock = threading.Lock()
        self._queue: list[object] = []
        self._kept: Book | None = None
        self._passed = 0
        self._limit = limit
        self._margin_s = max(LEAST_MARGIN_S, window_s * MARGIN_SHARE)
        self._window_s = window_s + self._margin_s
        self._clock = clock
        self._boot = _boot()
        self._alone, self._left = Book(), b""
        self._say, self._told = say, 0

    def wait(self, patience: Patience | None = None, pause: Pause | None = None) -> float:
        """Wait until a request may be sent and count it; return the moment it is counted at.

        ``pause`` waits in the clock's place; a turn whose wait it ends by raising is given back. Raise
        RateLimited when the service asked for a pause that is longer than the call may wait.
        """
        pause = pause or self._clock.pause
        while True:
            turn, calls = self._take(patience)
            try:
                while (left_s := turn - self._clock.elapsed_s()) > 0:
                    pause(left_s)
                    if calls != self._calls():
                        break
                else:
                    return turn
            except BaseException:
                self._move(turn, None)
                raise

    def left_at(self, turn: float, moment: float | None) -> None:
        """Tell when the request of a turn really left: one that left late is counted from then."""
        if moment is not None and turn + self._margin_s / 3 < moment <= self._clock.elapsed_s():
            self._move(turn, moment)

    def give_back(self, turn: float) -> None:
        """Count a turn no more: no request took it."""
        self._move(turn, None)

    def pause_all(self, seconds: float) -> None:
        """Let nobody send for so long: the service said that it had too many requests."""
        with self._telling() as told, self._opened() as book:
            now = self._clock.elapsed_s()
            until = now + min(max(seconds, 0.0), LONGEST_PAUSE_S)
            news = until > book.pause_until + LEAST_TOLD_S
            book.pause_until = max(book.pause_until, until)
            book.calls += 1
            told.extend(self._news(book.calls, until - now if news else 0))
            del book.turns[bisect_right(book.turns, now) :]

    def _news(self, calls: int, pause_s: float) -> list[str]:
        """Return what is to be said, once of each pause: how long it is."""
        is_new, self._told = calls != self._told and pause_s >= LEAST_TOLD_S, calls
        said = phrase("Too many requests: the service asks for a pause of {seconds:.0f} s.", seconds=pause_s)
        return [said] if is_new else []

    @contextmanager
    def _telling(self) -> Iterator[list[str]]:
        """Yield what is said once others have the book again: a terminal may hold up who writes to it."""
        told: list[str] = []
        try:
            yield told
        finally:
            for text in told:
                self._say(text)

    def _take(self, patience: Patience | None) -> tuple[float, int]:
        """Take the next free turn; return it with the number of pauses called so far."""
        with self._telling() as told, self._opened() as book:
            now = self._clock.elapsed_s()
            pause_s = book.pause_until - now
            if pause_s > 0:
                told.extend(self._news(book.calls, pause_s))
                if patience is not None:
                    patience.sit_out(pause_s)
            turn = max(now, book.pause_until)
            if len(book.turns) >= self._limit:
                turn = max(turn, book.turns[-self._limit] + self._window_s)
            insort(book.turns, turn)
            return turn, book.calls

    def _move(self, turn: float, moment: float | None) -> None:
        """Count a turn from another moment, or not at all."""
        with self._opened() as book:
            with suppress(ValueError):
                book.turns.remove(turn)
            if moment is not None:
                insort(book.turns, moment)

    def _calls(self) -> int:
        with self._opened() as book:
            return book.calls

    @contextmanager
    def _opened(self) -> Iterator[Book]:
        """Yield the book to read and to change; no other thread or process has it meanwhile.

        Threads that stand in line hand the open book on: the file is read by the first and written by the
        last of so many, before another process gets it.
        """
        with self._in_line():
            try:
                self._kept = self._kept or self._taken_up()
                self._alone = self._kept or self._recent(self._alone)
                yield self._alone
            finally:
                self._hand_on()

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """Wait until no other thread has the book; who leaves the line early leaves no book open."""
        place = object()
        try:
            self._queue.append(place)
            with self._thread_lock:
                self._queue.remove(place)
                yield
        finally:
            if place in self._queue:
                self._queue.remove(place)
                with self._thread_lock:
                    self._hand_on()

    def _taken_up(self) -> Book | None:
        """Return the book as the file has it now, None where the disk refuses."""
        with suppress(OSError):
            if self._file_lock.acquire(_PATIENCE_S):
                return self._recent(self._read())
        _LOG.debug("the budget is kept by this process alone")
        return None

    def _hand_on(self) -> None:
        """Leave the book to who stands in line, else, and after so many, write it and let others have it."""
        self._passed += 1
        if self._kept and self._queue and self._passed < _HANDED_ON:
            return
        try:
            if self._kept:
                self._write(self._kept)
        finally:
            self._kept, self._passed = None, 0
            self._file_lock.release()

    def _recent(self, book: Book) -> Book:
        """Drop the turns that no longer count."""
        del book.turns[: bisect_right(book.turns, self._clock.elapsed_s() - self._window_s)]
        return book

    def _read(self) -> Book:
        try:
            content = self._content()
        except OSError:
            return self._alone
        if not content:
            return Book()
        if content == self._left:
            return self._alone
        try:
            return self._decoded(content)
        except (struct.error, ValueError):
            return Book(turns=[self._clock.elapsed_s()] * self._limit)

    def _content(self) -> bytes:
        file = self._file.opened()
        os.lseek(file, 0, os.SEEK_SET)
        return os.read(file, os.fstat(file).st_size)

    def _decoded(self, content: bytes) -> Book:
        """Return the book; raise ValueError or struct.error for what is torn."""
        magic, checksum, boot, pause_until, calls = _HEAD.unpack_from(content)
        if magic != _MAGIC or checksum != zlib.crc32(content[8:]):
            raise ValueError("torn")
        turns = array("d", content[_HEAD.size :])
        now = self._clock.elapsed_s()
        is_far = pause_until > now + LONGEST_PAUSE_S or max(turns, default=0) > now + _FAR_S
        if is_far or not self._is_since(boot):
            return Book(calls=calls)
        return Book(turns.tolist(), pause_until, calls)

    def _is_since(self, boot: bytes) -> bool:
        """Tell whether a file counts from this start; by the minute, one more or less is the same."""
        if self._boot:
            return boot == self._boot
        name, minute = _MINUTE.unpack(boot)
        return not name and abs(minute - self._start_minute()) <= 1

    def _start_minute(self) -> int:
        return round((time.time() - self._clock.elapsed_s()) / 60)

    def _write(self, book: Book) -> None:
        """Replace the file's content in place: it is a courtesy, and a torn one is told by its checksum."""
        boot = self._boot or _MINUTE.pack(0, self._start_minute())
        head = _HEAD.pack(_MAGIC, 0, boot, book.pause_until, book.calls & 0xFFFFFFFF)
        body = head[8:] + array("d", book.turns).tobytes()
        content = _MAGIC + struct.pack("<I", zlib.crc32(body)) + body
        try:
            file = self._file.opened()
            os.lseek(file, 0, os.SEEK_SET)
            os.write(file, content)
            os.ftruncate(file, len(content))
            self._left = content
        except OSError as error:
            _LOG.debug("the budget could not be written: %s", error.strerror)


def _boot() -> bytes:
    """Return 16 bytes that differ from one start of the machine to the next; none where no system tells."""
    try:
        return hashlib.md5(_BOOT.read_bytes(), usedforsecurity=False).digest()
    except OSError:
        return b""
