"""Writing a file so that a reader sees the old content or the new, whatever happens between.

A temporary file beside the target is written, synced and renamed over it, and the folder is
synced. A link in the target's place is replaced, never followed. Every call goes to ``os`` by
name, so that each point at which the disk can fail can be reached from outside.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from shiplabel.baton import waiting
from shiplabel.errors import StorageError
from shiplabel.language import marked, phrase, worded

NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""What keeps a link in a file's place from being followed."""

BINARY = getattr(os, "O_BINARY", 0)
"""What keeps Windows from changing line ends in what is read and written."""

_PLAIN_READ = (
    os.O_RDONLY | BINARY | NO_LINK | getattr(os, "O_NONBLOCK", 0)
)  # a pipe in a file's place holds nobody up
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP}
_SAID = marked({
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the permission is missing",
    errno.EIO: "the disk reports an error",
    errno.ENOTDIR: "a file is in the place of a folder",
})  # fmt: skip


def reason(error: OSError) -> str:
    """Return in words why the disk refused."""
    return worded(_SAID.get(error.errno or 0, error.strerror or type(error).__name__))


def refused(path: Path | str, error: OSError) -> StorageError:
    """Return the error to raise when the disk refuses a file."""
    return StorageError(
        phrase(
            "{path} could not be written: {reason}. What was saved before stands.",
            path=path,
            reason=reason(error),
        ),
        hint=phrase("shiplabel doctor looks at the data folder"),
    )


def unread(path: Path | str, why: str) -> str:
    """Return the sentence for a file or a folder that could not be read."""
    return phrase("{path} could not be read: {why}.", path=path, why=why)


def make_folder(path: Path | str) -> None:
    """Make a folder and those above it durably, for the owner alone; raise StorageError."""
    if os.path.isdir(path):  # noqa: PTH112  # each save
        return
    path = Path(path)
    try:
        make_folder(path.parent) if not path.parent.exists() else None
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)  # noqa: PTH102  # a point where the disk can fail
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
        with contextlib.suppress(PermissionError):  # a folder above that may not be read cannot be synced
            sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error


def write_durably(path: Path | str, content: bytes) -> os.stat_result:
    """Replace a file's content durably, mode 0600; raise StorageError with the old content standing.

    Return what the system tells of the file that was written.
    """
    with waiting():  # a rename may wait for the disk as a sync does
        return _replace(path, content)


def _replace(path: Path | str, content: bytes) -> os.stat_result:
    folder, name = os.path.split(path)
    aside = os.path.join(folder, f".{name[:200]}.{secrets.token_hex(4)}.tmp")  # noqa: PTH118  # each save
    try:
        told = _write_aside(aside, content)
        os.replace(aside, path)  # noqa: PTH105  # a point where the disk can fail
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(aside)  # noqa: PTH108  # a point where the disk can fail
        raise refused(path, error) from error
    _confirm(path, folder or os.curdir)
    return told


def _write_aside(aside: str, content: bytes) -> os.stat_result:
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY | NO_LINK, 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(file, left) :]
        sync_file(file)
        return os.fstat(file)
    finally:
        os.close(file)


def _confirm(path: Path | str, *folders: Path | str) -> None:
    """Make the new name durable; raise StorageError that does not promise the old content."""
    try:
        for folder in folders:
            sync_folder(folder)
    except OSError as error:
        raise StorageError(
            phrase(
                "{path} was written, but the disk does not confirm that it lasts: {reason}.",
                path=path,
                reason=reason(error),
            ),
            code="unconfirmed",
            hint=phrase("shiplabel doctor looks at the data folder"),
        ) from error


def sync_folder(folder: Path | str) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "nt":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        sync_file(file)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(file)


def sync_file(file: int) -> None:
    """Make what was written to an open file durable; raise OSError."""
    with waiting():
        os.fsync(file)


def move_durably(source: Path | str, target: Path | str) -> None:
    """Move a file by one rename and make both folders durable; raise StorageError."""
    there, here = (os.path.dirname(path) or os.curdir for path in (target, source))  # noqa: PTH120  # each label
    make_folder(there)
    try:
        os.replace(source, target)  # noqa: PTH105  # a point where the disk can fail
    except OSError as error:
        raise refused(target, error) from error
    _confirm(target, there, here)


def read_plain(path: Path | str, most: int | None = None) -> bytes:
    """Return a file's content, or its first ``most`` bytes; a link is not followed (OSError, ELOOP)."""
    file = os.open(path, _PLAIN_READ)
    try:
        if most is not None:
            return os.read(file, most)
        with os.fdopen(file, "rb", closefd=False) as whole:
            return whole.read()
    finally:
        os.close(file)


class AtomicStorage(Storage):
    """TinyDB's storage in one JSON file, replaced whole; what was read or written last is remembered.

    ``written`` is what the system told of the file as this program left it.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._seen: dict[str, dict[str, Any]] | None = None
        self._is_absent = False
        self.written: os.stat_result | None = None

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return the tables, None where there is no file; raise StorageError when it is damaged."""
        if self._seen is None and not self._is_absent:
            try:
                found = json.loads(read_plain(self._path))
            except FileNotFoundError:
                self._is_absent = True
                return None
            except OSError as error:
                raise self._unreadable(error) from error
            except (ValueError, RecursionError) as error:
                raise self._damaged() from error
            if not isinstance(found, dict) or not all(isinstance(table, dict) for table in found.values()):
                raise self._damaged()
            self._seen = found
        return self._seen

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the file."""
        self._seen, self._is_absent = None, False
        make_folder(os.path.dirname(self._path) or os.curdir)  # noqa: PTH120  # each save
        self.written = write_durably(self._path, _encoded(data))
        self._seen = data

    def _unreadable(self, error: OSError) -> StorageError:
        code = "link" if error.errno == errno.ELOOP else "unreadable"
        why = phrase("it is a link, and links are not followed") if code == "link" else reason(error)
        return StorageError(unread(self._path, why), code=code)

    def _damaged(self) -> StorageError:
        return StorageError(phrase("{path} is damaged and cannot be read.", path=self._path), code="damaged")


def _encoded(tables: dict[str, dict[str, Any]]) -> bytes:
    import msgspec  # noqa: PLC0415  # readers of heads need no encoder

    try:
        return msgspec.json.encode(tables)
    except UnicodeEncodeError:  # half a surrogate pair, which only the slow way can keep
        text = json.dumps(tables, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")
