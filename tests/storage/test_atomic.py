from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.errors import StorageError
from shiplabel.storage.atomic import AtomicStorage, make_folder, move_durably, sync_folder, write_durably

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from pathlib import Path
from shiplabel.storage.atomic import AtomicStorage
storage = AtomicStorage(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    number += 1
    storage.write({"session": {"1": {"number": number, "filling": "x" * 20000, "again": number}}})
    print(number, flush=True)
"""


@pytest.fixture
def open_umask() -> Any:
    before = os.umask(0)
    yield
    os.umask(before)


def test_file_killed_during_saves_is_always_whole(tmp_path: Path) -> None:
    path = tmp_path / "sessions" / "file.json"
    number = 0
    for kill_after in range(1, 16):
        command = [sys.executable, "-c", WRITER, str(path), str(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [int(process.stdout.readline()) for _ in range(kill_after)]
            process.send_signal(signal.SIGKILL)
        found = json.loads(path.read_bytes())["session"]["1"]
        assert found["number"] == found["again"] >= told[-1]
        number = found["number"]


@pytest.mark.usefixtures("open_umask")
def test_modes_under_an_open_umask_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.json"
    AtomicStorage(path).write({"t": {}})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}


def test_write_over_a_link_replaces_the_link(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("theirs")
    path = tmp_path / "file.json"
    path.symlink_to(other)
    write_durably(path, b"ours")
    assert (other.read_text(), path.read_bytes(), path.is_symlink()) == ("theirs", b"ours", False)


def test_read_of_a_link_is_refused_and_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    path = tmp_path / "file.json"
    path.symlink_to(tmp_path / "other.json")
    with pytest.raises(StorageError, match="it is a link") as caught:
        AtomicStorage(path).read()
    assert caught.value.code == "link"
    assert path.is_symlink()


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_write_refused_by_the_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "file.json"
    storage = AtomicStorage(path)
    storage.write({"t": {"1": {"is": "old"}}})

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StorageError, match=r"the disk is full. What was saved before stands."):
            storage.write({"t": {"1": {"is": "new"}}})
    assert not list(tmp_path.glob(".*.tmp"))
    assert storage.read() == AtomicStorage(path).read() == {"t": {"1": {"is": "old"}}}


def test_write_cut_short_by_the_system_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, bytes(content[:7])))
    write_durably(tmp_path / "file", b"0123456789" * 10)
    assert (tmp_path / "file").read_bytes() == b"0123456789" * 10


def test_write_of_an_unconfirmed_name_does_not_promise_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, folder = os.fsync, tmp_path.stat().st_ino

    def folder_fails(file: int) -> None:
        if os.fstat(file).st_ino == folder:
            raise OSError(errno.EIO, "Input/output error")
        fsync(file)

    monkeypatch.setattr(os, "fsync", folder_fails)
    storage, tables = AtomicStorage(tmp_path / "file"), {"session": {"1": {"number": 1}}}
    assert storage.read() is None
    with pytest.raises(StorageError, match="does not confirm") as caught:
        storage.write(tables)
    assert caught.value.code == "unconfirmed"
    assert storage.read() == tables  # it is there, and nobody promised that it is not


def test_folder_sync_where_the_system_has_none_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", unsupported)
    sync_folder(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b'{"t": {"1"', b"\x00\xff\xfe\x01", b"[1, 2]", b"null", b'{"t": 3}', b"[" * 100_000]
)
def test_read_of_a_damaged_file_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(StorageError, match="is damaged") as caught:
        AtomicStorage(path).read()
    assert caught.value.code == "damaged"


def test_read_of_a_folder_or_a_pipe_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError) as caught:
        AtomicStorage(tmp_path / "folder").read()
    assert caught.value.code == "unreadable"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match="is damaged"):
        AtomicStorage(tmp_path / "pipe").read()


def test_read_without_a_file_is_none(tmp_path: Path) -> None:
    assert AtomicStorage(tmp_path / "file.json").read() is None


def test_file_that_was_not_there_is_read_once_it_is_written(tmp_path: Path) -> None:
    storage = AtomicStorage(tmp_path / "deep" / "file")
    assert storage.read() is None
    assert storage.read() is None
    storage.write({"session": {"1": {"number": 1}}})
    assert storage.read() == {"session": {"1": {"number": 1}}}
    assert AtomicStorage(str(tmp_path / "deep" / "file")).read() == storage.read()


@pytest.mark.parametrize("text", ["José", "🎁", "\u202eאב", "half a pair \udc80", "[bold]"])
def test_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.json"
    AtomicStorage(path).write({"t": {"1": {"text": text}}})
    assert AtomicStorage(path).read() == {"t": {"1": {"text": text}}}


def test_folder_where_a_file_is_says_so(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageError, match="a file is in the place of a folder"):
        make_folder(tmp_path / "taken" / "inside")


def test_move_refused_by_the_disk_leaves_the_source(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("here")
    (tmp_path / "target").mkdir()
    with pytest.raises(StorageError, match="could not be written"):
        move_durably(source, tmp_path / "target")
    assert source.read_text() == "here"
