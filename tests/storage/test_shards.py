"""The folders of a batch's rows: made before, durably, whoever else makes them."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from shiplabel.errors import StorageError
from shiplabel.storage import shards
from shiplabel.storage.sessions import SessionFiles
from shiplabel.storage.shards import make_shards, shard_of, sharded
from tests.storage.test_sessions import fresh

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the folders that are synced from now on, each with what is in it."""
    seen: list[str] = []

    def sync(folder: Path) -> None:
        seen.append(f"{folder.name}: {' '.join(sorted(one.name for one in folder.iterdir()))}")

    monkeypatch.setattr(shards, "sync_folder", sync)
    return seen


def test_shards_are_made_with_one_sync_for_each_of_the_two_folders(tmp_path: Path, synced: list[str]) -> None:
    make_shards(tmp_path, {"aa", "0b"})
    assert synced == ["sessions: 0b aa", "records: 0b aa"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*/*")} == {0o700}


def test_shards_that_are_there_are_synced_too(tmp_path: Path, synced: list[str]) -> None:
    for folder in ("sessions", "records"):
        (tmp_path / folder / "aa").mkdir(parents=True)
    make_shards(tmp_path, {"aa"})
    assert synced == ["sessions: aa", "records: aa"]


def test_shards_that_another_program_makes_meanwhile_are_taken_as_they_are(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shards(tmp_path, {"aa"})
    monkeypatch.setattr(shards, "_entries", lambda _: [])
    make_shards(tmp_path, {"aa", "bb"})
    assert synced[2:] == ["sessions: aa bb", "records: aa bb"]


def test_shards_that_the_disk_refuses_are_an_error_of_storage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    make_shards(tmp_path, set())
    monkeypatch.setattr(os, "mkdir", full)
    with pytest.raises(StorageError, match="disk is full"):
        make_shards(tmp_path, {"aa"})


def test_session_lies_in_the_shard_that_was_made_for_its_key(tmp_path: Path) -> None:
    make_shards(tmp_path, {shard_of("sl-1")})
    SessionFiles(tmp_path).create(fresh("sl-1"))
    assert len(list(sharded(tmp_path / "sessions"))) == 1
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == [shard_of("sl-1")]
