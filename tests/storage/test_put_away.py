"""Sessions put away or deleted, and what is never lost by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shiplabel.errors import HeldError, StorageError
from shiplabel.storage import locks
from shiplabel.storage.away import delete
from shiplabel.storage.batches import BatchFiles
from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.session import Session, begin
from tests.storage.records import bought

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> SessionFiles:
    return SessionFiles(tmp_path)


def kept(files: SessionFiles) -> Session:
    """Return a session on disk."""
    now, life = datetime.now(UTC), timedelta(hours=24)
    return files.create(begin(now=now, life=life, environment="sandbox", shipment_key="sl-1"))


def test_session_dropped_is_shown_as_discarded_and_dropping_it_again_does_nothing(
    files: SessionFiles,
) -> None:
    session = kept(files)
    files.drop(session.session_id)
    assert files.heads() == []
    status, shown = files.shown(session.session_id)
    assert (status, shown.shipment_key) == ("discarded", "sl-1")
    files.drop(session.session_id)
    assert files.shown(session.session_id)[0] == "discarded"


def test_session_dropped_that_is_damaged_is_set_aside(files: SessionFiles, tmp_path: Path) -> None:
    session = kept(files)
    (path,) = (tmp_path / "sessions").rglob(f"*{session.session_id}*.json")
    path.write_text("torn")
    files.drop(session.session_id)
    assert not path.exists()
    assert len(list((tmp_path / "damaged").iterdir())) == 1


def test_keys_are_those_of_open_sessions_and_of_records(files: SessionFiles) -> None:
    kept(files)
    files.finish(bought(7))
    assert sorted(files.keys()) == ["sl-1", "sl-7"]


def test_record_is_found_by_its_label(files: SessionFiles) -> None:
    record = files.finish(bought(7))
    assert files.labelled("se-7") == record
    assert files.labelled("se-8") is None


def test_file_that_cannot_be_deleted_is_named(tmp_path: Path) -> None:
    delete(tmp_path / "gone")
    with pytest.raises(StorageError, match="could not be deleted"):
        delete(tmp_path)
    assert tmp_path.exists()


def test_batch_is_made_by_one_terminal_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "MAKING_WAIT_S", 0.0)
    with BatchFiles(tmp_path).making(), pytest.raises(HeldError, match="Nothing was started here"):
        BatchFiles(tmp_path).making().__enter__()
    with BatchFiles(tmp_path).making():
        pass


def test_session_that_cannot_be_named_says_so(tmp_path: Path) -> None:
    files = SessionFiles(tmp_path)
    kept(files)
    (tmp_path / "locks").rename(tmp_path / "moved")
    (tmp_path / "locks").write_text("a file in the folder's place")
    with pytest.raises(StorageError, match="locks"):
        kept(files)
    assert len(files.heads()) == 1
