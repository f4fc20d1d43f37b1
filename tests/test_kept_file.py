"""Files that stay open between uses: not for long, the owner's alone, closed in the end."""

from __future__ import annotations

import gc
import os
import stat
import time
from typing import TYPE_CHECKING

import pytest

from shiplabel.kept_file import KeptFile

if TYPE_CHECKING:
    from pathlib import Path


def test_file_stays_open_for_its_time_and_is_then_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    kept = KeptFile(str(tmp_path / "a"), 1.0)
    os.write(kept.opened(), b"before")
    (tmp_path / "a").unlink()
    now_s = 100.9
    os.write(kept.opened(), b" and after")
    assert not (tmp_path / "a").exists()
    now_s = 101.0
    os.write(kept.opened(), b"anew")
    assert (tmp_path / "a").read_bytes() == b"anew"


def test_file_that_is_closed_is_opened_anew(tmp_path: Path) -> None:
    kept = KeptFile(str(tmp_path / "a"), 60.0)
    file = kept.opened()
    assert kept.opened() == file
    kept.close()
    kept.close()
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(file)
    assert os.read(kept.opened(), 1) == b""


def test_file_is_closed_with_the_end_of_who_keeps_it(tmp_path: Path) -> None:
    kept = KeptFile(str(tmp_path / "a"), 60.0)
    file = kept.opened()
    del kept
    gc.collect()
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(file)


def test_file_that_the_disk_refuses_is_tried_anew(tmp_path: Path) -> None:
    kept = KeptFile(str(tmp_path / "none" / "a"), 60.0)
    with pytest.raises(FileNotFoundError):
        kept.opened()
    (tmp_path / "none").mkdir()
    assert os.write(kept.opened(), b"a") == 1


def test_file_is_the_owners_alone_and_a_link_is_not_followed(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        KeptFile(str(tmp_path / "a"), 1.0).opened()
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(OSError, match="symbolic links"):
        KeptFile(str(tmp_path / "link"), 1.0).opened()
