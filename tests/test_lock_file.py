"""Lock files: one holder at a time, whatever thread gives back, no link followed, the owner's alone."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from shiplabel.kept_file import KeptFile
from shiplabel.lock_file import LockFile, note_in


def test_lock_that_is_held_is_not_had_until_it_is_given_back(tmp_path: Path) -> None:
    one, two = LockFile(f"{tmp_path}/a.lock"), LockFile(f"{tmp_path}/a.lock")
    assert one.acquire(0)
    assert not two.acquire(0)
    giver = threading.Thread(target=one.release)
    giver.start()
    giver.join()
    assert two.acquire(0)


def test_lock_that_is_given_back_meanwhile_is_had_by_who_waits(tmp_path: Path) -> None:
    one, two = LockFile(f"{tmp_path}/a.lock"), LockFile(f"{tmp_path}/a.lock", 0.001)
    assert one.acquire(0)
    had: list[bool] = []
    waiting = threading.Thread(target=lambda: had.append(two.acquire(30)))
    waiting.start()
    one.release()
    waiting.join()
    assert had == [True]


def test_lock_is_the_same_as_the_one_of_the_library(tmp_path: Path) -> None:
    lock = LockFile(f"{tmp_path}/a.lock")
    with FileLock(tmp_path / "a.lock"):
        assert not lock.acquire(0)
    assert lock.acquire(0)


def _open_files() -> set[str]:
    return {file.name for file in Path("/proc/self/fd").iterdir()}


def test_lock_leaves_no_file_open_whether_it_is_had_or_not(tmp_path: Path) -> None:
    held = LockFile(f"{tmp_path}/a.lock")
    held.acquire(0)
    before = _open_files()
    assert not LockFile(f"{tmp_path}/a.lock").acquire(0)
    other = LockFile(f"{tmp_path}/b.lock")
    assert other.acquire(0)
    other.release()
    assert _open_files() == before


def test_lock_on_a_file_that_is_kept_open_keeps_others_out_and_lets_them_in(tmp_path: Path) -> None:
    kept = KeptFile(f"{tmp_path}/a.lock", 60.0)
    lock, other = LockFile(f"{tmp_path}/a.lock", kept=kept), LockFile(f"{tmp_path}/a.lock")
    for _ in range(2):
        assert lock.acquire(0)
        assert not other.acquire(0)
        lock.release()
        assert other.acquire(0)
        assert not lock.acquire(0)
        other.release()
    assert os.fstat(kept.opened()).st_size == 0


def test_lock_given_back_is_free_while_its_file_is_open_elsewhere_and_may_be_given_back_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = LockFile(f"{tmp_path}/a.lock")
    held.acquire(0)
    closed: list[int] = []
    with monkeypatch.context() as closing:
        closing.setattr(os, "close", closed.append)
        held.release()
        held.release()
    assert LockFile(f"{tmp_path}/a.lock").acquire(0)
    (file,) = closed
    os.close(file)


def test_lock_follows_no_link_and_is_the_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "link.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="link"):
        LockFile(f"{tmp_path}/link.lock").acquire(0)
    old = os.umask(0)
    try:
        assert LockFile(f"{tmp_path}/a.lock").acquire(0)
    finally:
        os.umask(old)
    assert (tmp_path / "a.lock").stat().st_mode & 0o777 == 0o600


def test_note_tells_who_holds_a_lock_and_goes_with_it(tmp_path: Path) -> None:
    path = f"{tmp_path}/a.lock"
    assert note_in(path) == ""
    lock = LockFile(path)
    lock.acquire(0)
    lock.write_note("процесс 7")
    assert note_in(path) == "процесс 7"
    lock.release()
    assert note_in(path) == ""


def test_note_replaces_the_longer_one_of_a_holder_that_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_bytes(b"\0process 1234567 since long ago")
    lock = LockFile(str(path))
    lock.acquire(0)
    lock.write_note("process 8")
    assert note_in(str(path)) == "process 8"


def test_note_that_the_disk_refuses_leaves_the_lock_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{tmp_path}/a.lock"
    lock = LockFile(path)
    lock.acquire(0)
    with monkeypatch.context() as full:
        full.setattr(os, "write", _refuse)
        lock.write_note("process 9")
    assert not LockFile(path).acquire(0)
    lock.release()
    assert LockFile(path).acquire(0)


def _refuse(*_: object) -> int:
    raise OSError(errno.ENOSPC, "full")
