"""Batches on disk: one folder each, with a small TinyDB file, a copy of the source, and a journal.

    batches/ID/batch.json       what the batch remembers
    batches/ID/source/NAME      the sheet as it was
    batches/ID/rows.journal     a line for each thing that became of a row, the last one counts

The journal is a convenience: a torn or lost line costs a look at the row's session or record, which
are the truth. It is appended to and never rewritten; of its content only places are held in memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Self

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from shiplabel.errors import HeldError, InputError, StorageError
from shiplabel.language import phrase
from shiplabel.storage.atomic import (
    BINARY,
    NO_LINK,
    AtomicStorage,
    make_folder,
    reason,
    refused,
    sync_folder,
    unread,
)
from shiplabel.storage.away import delete
from shiplabel.storage.ids import any_id
from shiplabel.storage.locks import Locks
from shiplabel.workflow.batch import SCHEMA, Batch, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

FIRST_LETTER = "B"
LETTERS = 4
_COPIED_BYTES = 1 << 20


class BatchFiles:
    """The batches below one environment's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root / "batches"
        self._locks = Locks(root / "locks")

    def making(self) -> AbstractContextManager[None]:
        """Be the only one to look whether a file has a batch, and to make it; raise HeldError."""
        return self._locks.making_batch()

    def create(self, batch: Batch, source: Path) -> Batch:
        """Make a batch's folder with a copy of its source; return it with its id; raise StorageError."""
        make_folder(self.root)
        made = replace(batch, batch_id=self._new_folder())
        self._copy(source, self.root / made.batch_id / "source")
        self.save(made)
        return made

    def _new_folder(self) -> str:
        """Make a folder that no batch has yet; return its name, the batch's id."""
        while True:
            batch_id = FIRST_LETTER + any_id(LETTERS)
            try:
                (self.root / batch_id).mkdir(mode=0o700)
                sync_folder(self.root)
            except FileExistsError:
                continue
            except OSError as error:
                raise refused(self.root, error) from error
            return batch_id

    def keep_source(self, batch: Batch, source: Path) -> Path:
        """Return the batch's copy of its source, made anew where it is gone or changed.

        Raise InputError where the source is not what the batch is of: it was changed while it was read.
        """
        if digest_of_file(source) != batch.digest:
            raise InputError(
                phrase("{name} was changed while it was read. Nothing was bought.", name=source.name),
                code="file_changed",
                hint="shiplabel batch run FILE",
            )
        with contextlib.suppress(StorageError, InputError):
            copy = self.source_of(batch)
            if digest_of_file(copy) == batch.digest:
                return copy
        folder = self.root / batch.batch_id / "source"
        for old in folder.glob("*"):
            delete(old)
        self._copy(source, folder)
        return self.source_of(batch)

    def _copy(self, source: Path, folder: Path) -> None:
        make_folder(folder)
        target = folder / source.name
        try:
            shutil.copyfile(source, target)
            target.chmod(0o600)
            with target.open("rb") as file:
                os.fsync(file.fileno())
            sync_folder(folder)
        except OSError as error:
            raise refused(target, error) from error

    def save(self, batch: Batch) -> None:
        """Replace what the batch remembers, durably."""
        database = TinyDB(self.root / batch.batch_id / "batch.json", storage=AtomicStorage)
        table = database.table("batch")
        document = msgspec.to_builtins(batch)
        if table.contains(doc_id=1):
            table.update(document, doc_ids=[1])
        else:
            table.insert(Document(document, doc_id=1))

    def all(self) -> list[Batch]:
        """Return the batches, the newest first; one that is damaged or of a newer program is left out."""
        found = [batch for name in self._names() if (batch := self._read(name))]
        return sorted(found, key=lambda batch: (batch.created_at, batch.batch_id), reverse=True)

    def find(self, batch_id: str = "") -> Batch:
        """Return a batch, the newest without an id; raise InputError when there is none."""
        wanted = batch_id.upper()
        if not wanted:
            newest = next(iter(self.all()), None)
            if newest is None:
                raise InputError(
                    phrase("There is no batch yet."), field="batch", hint="shiplabel batch run FILE"
                )
            return newest
        batch = self._read(wanted) if wanted in self._names() else None
        if batch is None:
            raise InputError(
                phrase("There is no batch {batch_id}.", batch_id=batch_id),
                field="batch",
                hint="shiplabel batch list",
            )
        return batch

    def of_content(self, digest: str) -> Batch | None:
        """Return the newest batch of a source with this content."""
        return next((batch for batch in self.all() if batch.digest == digest), None)

    def source_of(self, batch: Batch) -> Path:
        """Return where the copy of a batch's source is; raise StorageError when it is gone."""
        folder = self.root / batch.batch_id / "source"
        with contextlib.suppress(OSError):
            for path in folder.iterdir():
                return path
        raise StorageError(
            phrase("The copy of {file} is gone from {folder}.", file=batch.file, folder=folder),
            hint="shiplabel batch run FILE",
        )

    def journal(self, batch: Batch, *, writes: bool = True) -> Journal:
        """Return the batch's journal, opened; who does not hold the batch opens it to read only."""
        return Journal(self.root / batch.batch_id / "rows.journal", writes=writes)

    @contextlib.contextmanager
    def hold(self, batch: Batch) -> Iterator[None]:
        """Be the only one to run a batch; raise HeldError, naming the holder, when another does."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(self._locks.session(batch.batch_id))
            except HeldError as held:
                holder = held.message.partition("(")[2].rpartition(")")[0]
                raise HeldError(
                    phrase(
                        "Batch {batch_id} runs in another terminal ({holder}). Nothing was started here.",
                        batch_id=batch.batch_id,
                        holder=holder,
                    ),
                    hint=f"shiplabel batch status {batch.batch_id}",
                ) from None
            yield

    def _names(self) -> list[str]:
        try:
            return [name for name in os.listdir(self.root) if name[:1] == FIRST_LETTER]  # noqa: PTH208  # names only
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(
                phrase("{path} could not be read: {why}.", path=self.root, why=reason(error))
            ) from error

    def _read(self, batch_id: str) -> Batch | None:
        try:
            found = AtomicStorage(self.root / batch_id / "batch.json").read()
            document = found["batch"]["1"] if found else {}
            return None if document["schema"] > SCHEMA else msgspec.convert(document, Batch)
        except (KeyError, TypeError, msgspec.ValidationError):
            return None
        except StorageError as error:
            if error.code == "damaged":
                return None
            raise


def digest_of_file(path: Path) -> str:
    """Return a word for a file's content; raise InputError when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_COPIED_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise InputError(
            phrase("{path} cannot be read: {why}.", path=path, why=reason(error)), code="no_file"
        ) from error
    return digest.hexdigest()


class Journal:
    """What became of each row, a JSON line each time; the last line of a row counts.

    Opened to be read only, it may belong to a run that goes on: a last line that is torn is left alone.
    What the disk refuses is remembered until the journal is closed.
    """

    def __init__(self, path: Path, *, writes: bool = True) -> None:
        self._path = path
        self._places = array("q")
        self._refused: dict[int, RowOutcome] = {}
        self._decoder = msgspec.json.Decoder(RowOutcome)
        self._torn = False
        with contextlib.ExitStack() as opened:
            self._to = self._opened_to_write(opened) if writes else -1
            self._file = opened.enter_context(self._opened_to_read())
            self._load()
            self._open = opened.pop_all()

    def _opened_to_write(self, opened: contextlib.ExitStack) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_LINK | BINARY
        try:
            file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise refused(self._path, error) from error
        opened.callback(os.close, file)
        return file

    def _opened_to_read(self) -> BinaryIO:
        try:
            return os.fdopen(os.open(self._path, os.O_RDONLY | NO_LINK | BINARY), "rb")
        except FileNotFoundError:
            return io.BytesIO()
        except OSError as error:
            raise StorageError(unread(self._path, reason(error))) from error

    def __enter__(self) -> Self:
        """Return the journal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._open.close()

    def note(self, outcome: RowOutcome) -> None:
        """Append what became of a row; raise StorageError."""
        line = msgspec.json.encode(outcome) + b"\n"
        try:
            place = os.lseek(self._to, 0, os.SEEK_END) + self._torn
            left = memoryview(b"\n" + line if self._torn else line)
            while left:
                left = left[os.write(self._to, left) :]
                self._torn = bool(left)
        except OSError as error:
            self._refused |= dict.fromkeys(outcome.rows, outcome)
            raise refused(self._path, error) from error
        for row in outcome.rows:
            self._refused.pop(row, None)
        self._remember(outcome, place)

    def of(self, row: int) -> RowOutcome | None:
        """Return the last that became of a row, None where nothing is known."""
        if row in self._refused:
            return self._refused[row]
        place = self._places[row] if row < len(self._places) else -1
        if place < 0:
            return None
        self._file.seek(place)
        return self._decoder.decode(self._file.readline())

    def all(self) -> Iterator[RowOutcome]:
        """Yield the last that became of each row, in file order; an order of several lines once."""
        last = max(len(self._places), max(self._refused, default=0) + 1)
        for row in range(last):
            outcome = self.of(row)
            if outcome and outcome.rows[0] == row:
                yield outcome

    def _load(self) -> None:
        """Find the place of each row's last line; one that is torn is left out."""
        place, line = 0, b""
        for line in self._file:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                self._remember(self._decoder.decode(line), place)
            place += len(line)
        self._torn = not line.endswith(b"\n") and bool(line)

    def _remember(self, outcome: RowOutcome, place: int) -> None:
        for row in outcome.rows:
            if row >= len(self._places):
                self._places.extend([-1] * (row + 1 - len(self._places)))
            self._places[row] = place
