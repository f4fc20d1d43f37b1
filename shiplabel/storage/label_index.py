"""An index of the label records, so that a year's labels are listed in less than a second.

The records are the truth and the index is a cache: it may be deleted at any time, a damaged one
is made anew, and no writer of records knows of it. A record changes by a rename alone, so a
folder whose time of change is the one last seen holds nothing new, and a file is told by its
inode, times and size. Times of the last seconds prove nothing and are looked at again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiplabel.errors import ShiplabelError
from shiplabel.language import phrase
from shiplabel.storage.atomic import AtomicStorage, make_folder
from shiplabel.storage.label_rows import COLUMNS, IndexedLabel, LabelQuery, conditions, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shiplabel.workflow.session import Session

FORM = 2
FRESH_NS = 2_000_000_000
LOCK_S = 20.0
_TOLD_EVERY = 5000
_SCHEMA = f"""
create table folder (path text primary key, mark text not null) without rowid;
create table record (path text primary key, folder, mark, bought_at) without rowid;
create table label ({COLUMNS}, ship_to, searched, primary key (bought_at, path)) without rowid;
create table document (bought_at, path, text, primary key (bought_at, path)) without rowid;
create index record_folder on record (folder);
create index label_label_id on label (label_id);
pragma user_version = {FORM};
"""


class LabelIndex:
    """The index of one environment's records.

    ``describe`` makes a record's JSON text, ``form`` names how: another form makes the index
    anew. ``say`` is told of long work and of records that cannot be read.
    """

    def __init__(
        self,
        path: Path,
        records: Path,
        *,
        describe: Callable[[Session], str],
        form: str = "",
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take the places of index and records; neither need exist."""
        self._path, self._records = path, records
        self._describe, self._form, self._say = describe, form, say

    def find(self, query: LabelQuery) -> list[IndexedLabel]:
        """Return the labels that match, newest first, as the records are now."""
        where, values = conditions(query)
        rows = self._select(f"select {COLUMNS} from label {where}", values)  # noqa: S608  # our own words
        return [IndexedLabel._make(row) for row in rows]

    def documents(self, query: LabelQuery) -> list[str]:
        """Return the JSON objects of the labels that match, newest first."""
        where, values = conditions(query)
        tables = "document join label using (bought_at, path)" if where.startswith("where") else "document"
        return [text for (text,) in self._select(f"select text from {tables} {where}", values)]  # noqa: S608

    def described(self, query: LabelQuery) -> list[tuple[IndexedLabel, str]]:
        """Return the labels that match, newest first, each with its JSON object."""
        where, values = conditions(query)
        sql = f"select {COLUMNS}, text from document join label using (bought_at, path) {where}"  # noqa: S608
        return [(IndexedLabel._make(row[:-1]), row[-1]) for row in self._select(sql, values)]

    def recent_recipients(self, limit: int = 20, most: int = 500) -> list[dict[str, str]]:
        """Return the last different recipients as ``to_`` answers; at most ``most`` new records are read."""
        rows = self._select("select ship_to from label order by bought_at desc limit 400", [], most=most)
        different = dict.fromkeys(ship_to for (ship_to,) in rows)
        return [json.loads(ship_to) for ship_to in list(different)[:limit]]

    def _select(self, sql: str, values: list[Any], most: int | None = None) -> list[tuple[Any, ...]]:
        """Bring the index up to date and ask it; a damaged or unusable one is made anew."""
        for place in (str(self._path), str(self._path), ":memory:"):
            try:
                with contextlib.closing(self._open(place)) as index:
                    _Update(self, index).run(most)
                    return index.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    self._say(
                        phrase("Another program is making the list of labels; reading the records instead.")
                    )
                    break
            except sqlite3.DatabaseError:
                self._remove()
        with contextlib.closing(self._open(":memory:")) as index:
            _Update(self, index).run(most)
            return index.execute(sql, values).fetchall()

    def _open(self, place: str) -> sqlite3.Connection:
        if place != ":memory:":
            self._touch()
        index = sqlite3.connect(place, timeout=LOCK_S, isolation_level=None)
        index.create_function("casefold", 1, str.casefold, deterministic=True)
        try:
            _prepare(index, self._form)
        except BaseException:
            index.close()
            raise
        return index

    def _touch(self) -> None:
        """Make the file before SQLite does, for its owner's eyes alone; never through a link."""
        make_folder(self._path.parent)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            os.close(os.open(self._path, flags, 0o600))
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from error

    def _remove(self) -> None:
        for ending in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _prepare(index: sqlite3.Connection, form: str) -> None:
    """Make the tables where they are missing or of another form."""
    index.execute("pragma synchronous = normal")
    index.execute("begin immediate")
    version = index.execute("pragma user_version").fetchone()[0]
    known = index.execute("select count(*) from sqlite_master where name = 'form'").fetchone()[0]
    kept = index.execute("select word from form").fetchone() if known else None
    if version != FORM or kept is None or kept[0] != form:
        for (name,) in index.execute("select name from sqlite_master where type = 'table'").fetchall():
            index.execute(f'drop table "{name}"')
        for statement in _SCHEMA.split(";"):
            index.execute(statement)
        index.execute("create table form (word text)")
        index.execute("insert into form values (?)", [form])
    index.execute("commit")


class _Update:
    """One run that brings an open index up to date with the records."""

    def __init__(self, owner: LabelIndex, index: sqlite3.Connection) -> None:
        self._owner, self._index = owner, index
        self._left: int | None = None
        self._count = 0

    def run(self, most: int | None) -> None:
        """Read what changed, at most ``most`` records; what is left over is read the next time."""
        self._left = most
        root = self._owner._records  # noqa: SLF001  # the index's own other half
        kept = dict(self._index.execute("select path, mark from folder").fetchall())
        found = dict(_folders(root))
        changed = [path for path, mark in found.items() if not mark or kept.get(path) != mark]
        gone = kept.keys() - found.keys()
        if not changed and not gone:
            return
        self._index.execute("begin immediate")
        try:
            for path in gone:
                rows = self._index.execute("select path from record where folder = ?", [path])
                self._forget([record for (record,) in rows.fetchall()])
                self._index.execute("delete from folder where path = ?", [path])
            for path in sorted(changed, reverse=True):
                self._folder(root, path, found[path])
        except BaseException:
            self._index.execute("rollback")
            raise
        self._index.execute("commit")

    def _folder(self, root: Path, folder: str, mark: str) -> None:
        """Compare one folder's files with the index; its mark is kept only when all were read."""
        rows = self._index.execute("select path, mark from record where folder = ?", [folder])
        kept = dict(rows.fetchall())
        found = dict(_files(root, folder))
        self._forget(kept.keys() - found.keys())
        whole = True
        for path, file_mark in found.items():
            if file_mark and kept.get(path) == file_mark:
                continue
            if self._left is not None and self._left <= 0:
                whole = False
                break
            self._take(root, folder, path, file_mark)
        self._index.execute("insert or replace into folder values (?, ?)", [folder, mark if whole else ""])

    def _take(self, root: Path, folder: str, path: str, mark: str) -> None:
        """Read one record into the index; one that cannot be read is told and left out."""
        owner = self._owner
        self._count += 1
        self._left = None if self._left is None else self._left - 1
        if self._count % _TOLD_EVERY == 0:
            owner._say(phrase("Making the list of labels: {count:,} read …", count=self._count))  # noqa: SLF001  # the same
        try:
            session = read_record(root / path)
            at, row = row_of(session)
            document = owner._describe(session)  # noqa: SLF001  # the same
        except FileNotFoundError:
            return
        except (ShiplabelError, OSError, ValueError, KeyError, TypeError) as error:
            self._forget([path])
            owner._say(phrase("The label record {path} cannot be read: {error}", path=path, error=error))  # noqa: SLF001  # the same
            return
        self._forget([path])
        marks = ", ".join("?" * (len(row) + 1))
        self._index.execute("insert into record values (?, ?, ?, ?)", [path, folder, mark, at])
        self._index.execute(f"insert into label values ({marks})", [path, *row])  # noqa: S608  # question marks
        self._index.execute("insert into document values (?, ?, ?)", [at, path, document])

    def _forget(self, paths: Iterable[str]) -> None:
        """Take records out of the index."""
        for path in paths:
            found = self._index.execute("select bought_at from record where path = ?", [path]).fetchone()
            if found is None:
                continue
            for table in ("label", "document"):
                self._index.execute(
                    f"delete from {table} where bought_at = ? and path = ?",  # noqa: S608  # our own words
                    [found[0], path],
                )
            self._index.execute("delete from record where path = ?", [path])


def read_record(path: Path) -> Session:
    """Return the record in a file; raise StorageError, or FileNotFoundError when it is gone."""
    from shiplabel.storage.codec import from_document  # noqa: PLC0415  # an index that is up to date reads none

    document = AtomicStorage(path).read()
    if document is None:
        raise FileNotFoundError(path)
    return from_document(document["session"]["1"])


def _folders(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the root and each folder below it with the mark of its last change; empty when too fresh."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            state = (root / folder).stat()
            with os.scandir(root / folder) as entries:
                inner = [one.name for one in entries if one.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        waiting += [f"{folder}/{name}" if folder else name for name in inner if not name.startswith(".")]
        yield folder, _mark(state, state.st_mtime_ns)


def _files(root: Path, folder: str) -> Iterator[tuple[str, str]]:
    """Yield the records right in a folder, each with its mark."""
    with contextlib.suppress(FileNotFoundError), os.scandir(root / folder) as entries:
        for entry in entries:
            if not entry.name.endswith(".json") or entry.name.startswith("."):
                continue
            with contextlib.suppress(FileNotFoundError):
                state = entry.stat(follow_symlinks=False)
                path = f"{folder}/{entry.name}" if folder else entry.name
                yield path, _mark(state, max(state.st_mtime_ns, state.st_ctime_ns))


def _mark(state: os.stat_result, changed_ns: int) -> str:
    """Return what changes whenever a file or folder does; empty while its time is too fresh to prove it."""
    if changed_ns > time.time_ns() - FRESH_NS:
        return ""
    return f"{state.st_ino}-{state.st_mtime_ns}-{state.st_ctime_ns}-{state.st_size}"
