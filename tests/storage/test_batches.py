"""Batches on disk: their source, their journal, and what other terminals and a bad disk do to them."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.money import Money
from shiplabel.errors import HeldError, InputError, StorageError
from shiplabel.storage.batches import BatchFiles, digest_of_file
from shiplabel.workflow.batch import SCHEMA, Batch, RowOutcome
from tests.workflow.model import NOON

if TYPE_CHECKING:
    from pathlib import Path

FAILED = RowOutcome(rows=(2, 3), status="failed", error="no")
BOUGHT = RowOutcome(rows=(2, 3), status="bought", cost=Money(Decimal("7.58")))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n")
    return path


@pytest.fixture
def files(tmp_path: Path) -> BatchFiles:
    return BatchFiles(tmp_path / "env")


@pytest.fixture
def batch(files: BatchFiles, source: Path) -> Batch:
    digest = digest_of_file(source)
    new = Batch(batch_id="", file="orders.csv", digest=digest, created_at=NOON, updated_at=NOON)
    return files.create(new, source)


def test_source_changed_while_it_was_read_is_refused_and_the_copy_stays(
    files: BatchFiles, batch: Batch, source: Path
) -> None:
    source.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="Nothing was bought") as raised:
        files.keep_source(batch, source)
    assert raised.value.code == "file_changed"
    assert files.source_of(batch).read_text() == "a,b\n"


def test_copy_of_a_source_is_kept_as_it_is_and_made_anew_where_it_is_gone_or_changed(
    files: BatchFiles, batch: Batch, source: Path
) -> None:
    copy = files.source_of(batch)
    made = copy.stat().st_ino
    assert files.keep_source(batch, source) == copy
    assert copy.stat().st_ino == made
    copy.write_text("torn")
    assert files.keep_source(batch, source).read_text() == "a,b\n"
    files.source_of(batch).unlink()
    with pytest.raises(StorageError, match=r"The copy of orders.csv is gone"):
        files.source_of(batch)
    copy = files.keep_source(batch, source)
    assert (copy.read_text(), copy.stat().st_mode & 0o777) == ("a,b\n", 0o600)


def test_source_that_cannot_be_copied_is_said_to_be_a_disk_that_refuses(
    files: BatchFiles, batch: Batch, source: Path
) -> None:
    copy = files.source_of(batch)
    copy.unlink()
    copy.parent.rmdir()
    copy.parent.write_text("a file in the folder's place")
    with pytest.raises(StorageError, match="source"):
        files.keep_source(batch, source)


def test_source_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone.csv cannot be read") as raised:
        digest_of_file(tmp_path / "gone.csv")
    assert raised.value.code == "no_file"


def test_batch_that_another_terminal_runs_is_refused_until_it_ends(
    files: BatchFiles, batch: Batch, tmp_path: Path
) -> None:
    elsewhere = BatchFiles(tmp_path / "env")
    with files.hold(batch):
        with pytest.raises(HeldError, match=f"Batch {batch.batch_id} runs in another terminal") as raised:
            elsewhere.hold(batch).__enter__()
        assert str(os.getpid()) in raised.value.message
        assert raised.value.hint == f"shiplabel batch status {batch.batch_id}"
    with elsewhere.hold(batch):
        assert files.find(batch.batch_id) == batch


def test_batch_of_a_newer_program_and_one_of_another_shape_are_left_out(
    files: BatchFiles, batch: Batch, source: Path
) -> None:
    newer, odd = files.create(batch, source), files.create(batch, source)
    files.save(replace(newer, schema=SCHEMA + 1))
    (files.root / odd.batch_id / "batch.json").write_text('{"batch": {"1": []}}')
    assert files.all() == [batch]
    for left_out in (newer, odd):
        with pytest.raises(InputError, match="There is no batch"):
            files.find(left_out.batch_id)
        assert (files.root / left_out.batch_id / "batch.json").exists()


def test_batch_that_cannot_be_read_is_not_taken_for_none(files: BatchFiles, batch: Batch) -> None:
    path = files.root / batch.batch_id / "batch.json"
    path.rename(path.with_name("moved"))
    path.symlink_to(path.with_name("moved"))
    with pytest.raises(StorageError, match=r"batch.json"):
        files.find(batch.batch_id)


def test_batches_that_cannot_be_listed_are_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "batches").write_text("a file in the folder's place")
    with pytest.raises(StorageError, match="batches could not be read"):
        BatchFiles(tmp_path).all()


def test_journal_on_a_full_disk_remembers_what_it_could_not_write(files: BatchFiles, batch: Batch) -> None:
    with files.journal(batch) as journal:
        journal.note(FAILED)
        kept = journal._to
        journal._to = os.open("/dev/full", os.O_WRONLY)
        with pytest.raises(StorageError, match=r"rows.journal"):
            journal.note(BOUGHT)
        os.close(journal._to)
        journal._to = kept
        assert (journal.of(2), journal.of(3), list(journal.all())) == (BOUGHT, BOUGHT, [BOUGHT])
    with files.journal(batch) as journal:
        assert journal.of(2) == FAILED
        journal.note(BOUGHT)
        assert journal.of(2) == BOUGHT


def test_journal_read_beside_a_run_leaves_its_torn_line_alone(files: BatchFiles, batch: Batch) -> None:
    with files.journal(batch) as journal:
        journal.note(FAILED)
    path = files.root / batch.batch_id / "rows.journal"
    path.write_bytes(torn := path.read_bytes() + b'{"rows":[9],"sta')
    with files.journal(batch, writes=False) as journal:
        assert list(journal.all()) == [FAILED]
    assert path.read_bytes() == torn


def test_journal_that_does_not_exist_yet_is_read_as_empty_and_not_made(
    files: BatchFiles, batch: Batch
) -> None:
    with files.journal(batch, writes=False) as journal:
        assert list(journal.all()) == []
    assert not (files.root / batch.batch_id / "rows.journal").exists()


@pytest.mark.parametrize("writes", [True, False])
def test_journal_that_is_a_link_is_not_followed(
    files: BatchFiles, batch: Batch, tmp_path: Path, writes: bool
) -> None:
    (tmp_path / "else").write_text("theirs\n")
    (files.root / batch.batch_id / "rows.journal").symlink_to(tmp_path / "else")
    with pytest.raises(StorageError, match=r"rows.journal"):
        files.journal(batch, writes=writes)
    assert (tmp_path / "else").read_text() == "theirs\n"
