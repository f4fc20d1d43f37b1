"""Touches of the outside, counted and logged in order, and a SIGKILL at a chosen one.

Laid around the system's calls of a process before the command line runs in it: every file opened for
writing, every write (in its middle too where it is longer than a page of memory: less no kill can tear),
sync of a file or of a folder, rename, link, unlink, folder made, mode, lock and unlock, every connection,
every request (before, half of its bytes sent, after) and its answer (before, half of it read, after, let
go), every statement that writes to a database. Reading files and talking to the terminal change nothing
outside and do not count.

A touch is named by what it does and where, with ids left out, and by its turn among those of that name:
two carriers asked side by side come in any order, and still each touch is reached in every run.
``CRASH_AT`` is ``NAME#TURN``; ``CRASH_LOG`` the file that the touches are listed in.
"""

from __future__ import annotations

import builtins
import fcntl
import functools
import io
import os
import re
import signal
import socket
import sqlite3
import stat
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

_BY_PATH = ("rename", "replace", "link", "unlink", "mkdir", "chmod")
PAGE = 4096
_WRITES = os.O_WRONLY | os.O_RDWR
_IDS = re.compile(r"\bse-[0-9a-z-]+|\bsl-[^/?& ]+|/[0-9]+/[^/ ]+/[^/ ]+$")
_write, _open, _send, _recv = os.write, os.open, socket.socket.send, socket.socket.recv
_file_write = io.FileIO.write
_turn = threading.Lock()
_met: Counter[str] = Counter()
_asked: WeakKeyDictionary[socket.socket, str] = WeakKeyDictionary()
_waiting: WeakKeyDictionary[socket.socket, bool] = WeakKeyDictionary()


class _Book:
    """Where touches are listed, and the one to die at."""

    def __init__(self) -> None:
        self.at = os.environ.get("CRASH_AT", "")
        self.home = f"{os.environ['HOME']}/"
        self.log = _open(os.environ["CRASH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def touch(self, name: str) -> None:
        """Count a touch; die at the chosen one."""
        with _turn:
            _met[name] += 1
            point = f"{name}#{_met[name]}"
            _write(self.log, f"{point}\n".encode())
            if point == self.at:
                os.kill(os.getpid(), signal.SIGKILL)

    def place(self, path: Any) -> str:
        """Return where a file is, below the home, without what differs from run to run."""
        text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else _path_of(int(path))
        *folders, name = f"{text}/".removeprefix(self.home).strip("/").split("/")
        ending = name.rpartition(".")[2] if "." in name else ""
        parts = [*folders, f"*.{ending}" if ending else name]
        return "/".join(re.sub(r"^([0-9a-f]{2}|[2-9A-Z]{5})$", "*", part) for part in parts)


def _path_of(file: int) -> str:
    with suppress(OSError):
        return str(Path(f"/proc/self/fd/{file}").readlink())
    return "?"


def lay() -> None:
    """Lay the touches around the system's calls of this process."""
    book = _Book()
    for name in _BY_PATH:
        setattr(os, name, _around(book, name, getattr(os, name)))
    os.open = _opening(book, os.open)
    os.fsync = _syncing(book, os.fsync)
    os.ftruncate = _around(book, "ftruncate", os.ftruncate)
    os.write = _writing(book)
    fcntl.flock = _locking(book, fcntl.flock)
    _lay_files(book)
    _lay_sockets(book)
    _lay_databases(book)


def _around(book: _Book, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that is a touch before and after; named by the last path that it is given."""

    @functools.wraps(call)
    def touched(path: Any, *given: Any, **named: Any) -> Any:
        told = f"{name} {book.place(given[0] if name in {'rename', 'replace', 'link'} else path)}"
        book.touch(f"before {told}")
        result = call(path, *given, **named)
        book.touch(f"after {told}")
        return result

    return touched


def _opening(book: _Book, call: Callable[..., int]) -> Callable[..., int]:
    touched = _around(book, "open", call)

    def opened(path: Any, flags: int, *given: Any, **named: Any) -> int:
        return (touched if flags & _WRITES else call)(path, flags, *given, **named)

    return opened


def _syncing(book: _Book, call: Callable[..., None]) -> Callable[..., None]:
    def synced(file: int) -> None:
        folder = stat.S_ISDIR(os.fstat(file).st_mode)
        told = f"fsync {'folder ' if folder else ''}{book.place(file)}"
        book.touch(f"before {told}")
        call(file)
        book.touch(f"after {told}")

    return synced


def _locking(book: _Book, call: Callable[..., None]) -> Callable[..., None]:
    def locked(file: int, how: int) -> None:
        told = f"{'unlock' if how & fcntl.LOCK_UN else 'lock'} {book.place(file)}"
        book.touch(f"before {told}")
        call(file, how)
        book.touch(f"after {told}")

    return locked


def _in_two(book: _Book, told: str, data: Any, put: Callable[[Any], int], least: int = 2) -> int:
    """Put bytes somewhere in two halves, with a touch before, between and after; return how many went.

    Fewer than ``least`` go at once: what the system writes whole, no kill can tear.
    """
    data = memoryview(data).cast("B")
    half = len(data) // 2 if len(data) >= least else 0
    book.touch(f"before {told}")
    went = put(data[:half]) if half else 0
    if half and went == half:
        book.touch(f"halfway {told}")
    if went == half:
        went += put(data[half:])
    book.touch(f"after {told}")
    return went


def _writing(book: _Book) -> Callable[[int, Any], int]:
    def written(file: int, data: Any) -> int:
        if file <= 2 or not stat.S_ISREG(os.fstat(file).st_mode):
            return _write(file, data)
        return _in_two(book, f"write {book.place(file)}", data, lambda part: _write(file, part), PAGE + 1)

    return written


def _lay_files(book: _Book) -> None:
    """Let files that Python writes by itself be touched as those are that ``os`` writes."""

    class Touched(io.FileIO):
        def write(self, data: Any) -> int:
            told = f"write {book.place(self.fileno())}"
            return _in_two(book, told, data, lambda part: _file_write(self, part) or 0, PAGE + 1)

    def opened(file: Any, mode: str = "r", buffering: int = -1, *given: Any, **named: Any) -> Any:
        if not set(mode) & set("wax+") or file in {0, 1, 2}:
            return plain(file, mode, buffering, *given, **named)
        raw = Touched(file, mode.replace("t", ""), named.pop("closefd", True))
        kept = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return kept if "b" in mode else io.TextIOWrapper(kept, *given, **named)

    plain = io.open
    for place, name in ((io, "open"), (builtins, "open"), (os, "fdopen")):
        setattr(place, name, opened)


def _lay_sockets(book: _Book) -> None:
    connect = socket.socket.connect

    def connected(self: socket.socket, address: Any) -> None:
        book.touch("before connect")
        connect(self, address)
        book.touch("after connect")

    def sent(self: socket.socket, data: Any, flags: int = 0) -> int:
        if self.family is not socket.AF_INET:
            return _send(self, data, flags)
        told = f"send {_request(self, bytes(data[:300]))}"
        _waiting[self] = True
        return _in_two(book, told, data, lambda part: _send(self, part, flags))

    def received(self: socket.socket, size: int, flags: int = 0) -> bytes:
        if not _waiting.pop(self, False):
            return _recv(self, size, flags)
        told = f"answer to {_asked[self]}"
        book.touch(f"before {told}")
        there = len(_recv(self, size, socket.MSG_PEEK))
        half = _recv(self, there // 2) if there > 1 else b""
        book.touch(f"halfway {told}")
        whole = half + _recv(self, there - len(half))
        book.touch(f"after {told}")
        return whole

    def let_go(self: httpx.Response) -> None:
        close(self)
        book.touch(f"let go {self.request.method} {_bare(self.request.url.path)}")

    close = httpx.Response.close
    setattr(httpx.Response, "close", let_go)  # noqa: B010  # on purpose
    for name, call in {"connect": connected, "send": sent, "recv": received}.items():
        setattr(socket.socket, name, call)


def _lay_databases(book: _Book) -> None:
    """Let statements that write to a database be touched; what the library does on the disk is its own."""

    class Touched(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            verb = sql.strip().partition(" ")[0].lower()
            if verb in {"", "select", "pragma"}:
                return super().execute(sql, *given)
            book.touch(f"before sql {verb}")
            cursor = super().execute(sql, *given)
            book.touch(f"after sql {verb}")
            return cursor

    sqlite3.connect = functools.partial(sqlite3.connect, factory=Touched)  # type: ignore[assignment]  # on purpose


def _request(line: socket.socket, begins: bytes) -> str:
    """Return which request these bytes belong to: its method and path without ids, head or body."""
    if match := re.match(rb"(GET|POST|PUT|DELETE) ([^ ]+) HTTP", begins):
        _asked[line] = f"{match[1].decode()} {_bare(match[2].decode())}"
        return f"{_asked[line]} head"
    return f"{_asked.get(line, '?')} body"


def _bare(path: str) -> str:
    """Return a path without its ids and its query."""
    return _IDS.sub("*", path.partition("?")[0])
