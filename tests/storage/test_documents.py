from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shiplabel.errors import NoAnswer, StorageError
from shiplabel.storage.documents import LabelPapers, check_paper, file_stem
from tests.storage.records import bought

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.domain.label import Label, LabelFile, LabelFormat
    from shiplabel.workflow.session import Session

PDF = b"%PDF-1.4\n" + b"x" * 5000 + b"\n%%EOF\n"
PAPERS: dict[LabelFormat, bytes] = {
    "pdf": PDF,
    "png": b"\x89PNG\r\n\x1a\n" + b"x" * 3000 + b"IEND\xaeB`\x82",
    "zpl": b"^XA^FO50,50^FDHello^FS^XZ\n",
}


def serving(content: bytes) -> Callable[[str, Path], None]:
    """Return a download that always brings ``content``."""

    def fetch(url: str, target: Path) -> None:
        assert url == "https://api.example/label"
        assert not target.exists()
        target.write_bytes(content)

    return fetch


def session_and_label(order: str = "1042", tracking: str = "1Z1", **wishes: str) -> tuple[Session, Label]:
    session = bought(1)
    label = session.purchase.label
    assert label is not None
    downloads = dict.fromkeys(PAPERS, "https://api.example/label")
    label = replace(
        label, tracking_number=tracking, downloads={str(key): url for key, url in downloads.items()}
    )
    session = replace(session, wishes=replace(session.wishes, order_id=order, **wishes))  # type: ignore[arg-type]  # texts all
    return session, label


def keep(folder: Path, content: bytes = PDF, **about: str) -> LabelFile:
    return LabelPapers(folder, serving(content)).keep(*session_and_label(**about))


@pytest.mark.parametrize("wanted", PAPERS)
def test_paper_of_each_format_is_kept_under_order_and_tracking(tmp_path: Path, wanted: LabelFormat) -> None:
    kept = keep(tmp_path / "labels", PAPERS[wanted], format=wanted)
    assert kept.path == str(tmp_path / "labels" / f"1042-1Z1.{wanted}")
    assert Path(kept.path).read_bytes() == PAPERS[wanted]
    assert os.listdir(tmp_path / "labels") == [f"1042-1Z1.{wanted}"]  # noqa: PTH208  # names alone


def test_paper_goes_to_the_folder_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert keep(tmp_path / "labels", out="mine").path == str(tmp_path / "mine" / "1042-1Z1.pdf")
    assert keep(tmp_path / "labels", out="~/mine").path == str(Path.home() / "mine" / "1042-1Z1.pdf")


@pytest.mark.parametrize("content", [b"", b"<html>no</html>", PDF[:-20], b"x" + PDF, PAPERS["png"]])
def test_paper_that_is_not_what_it_says_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(StorageError, match="not a whole pdf file"):
        keep(tmp_path, content)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_paper_of_another_label_is_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    other = PDF.replace(b"x", b"y")
    first, second = keep(folder), keep(folder, other)
    assert Path(first.path).read_bytes() == PDF
    assert Path(second.path).read_bytes() == other
    assert Path(second.path).name == "1042-1Z1-2.pdf"


def test_paper_fetched_twice_is_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    assert keep(folder) == keep(folder)
    assert len(list(folder.iterdir())) == 1


def test_link_at_a_papers_place_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    folder.mkdir()
    theirs = tmp_path / "theirs.pdf"
    theirs.write_bytes(PDF)
    (folder / "1042-1Z1.pdf").symlink_to(theirs)
    assert Path(keep(folder).path).name == "1042-1Z1-2.pdf"


@pytest.mark.parametrize(
    "order", ["../../etc/passwd", "/etc/passwd", "a\0b", "x" * 300, "🎁 №7", "..", "CON", "a\nb", "x\u202ey"]
)
def test_odd_order_id_stays_inside_the_folder(tmp_path: Path, order: str) -> None:
    folder = tmp_path / "labels"
    kept = Path(keep(folder, order=order, tracking="1Z/../1").path)
    assert kept.parent == folder
    assert set(kept.stem) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert len(kept.name) < 200


def test_stem_without_an_order_begins_with_the_session() -> None:
    session, label = session_and_label(order="")
    assert file_stem(session, label) == f"{session.session_id}-1Z1"


def test_failed_download_leaves_nothing(tmp_path: Path) -> None:
    def torn(_: str, target: Path) -> None:
        target.write_bytes(PDF[:100])
        raise NoAnswer("torn")

    with pytest.raises(NoAnswer):
        LabelPapers(tmp_path / "labels", torn).keep(*session_and_label())
    assert not list((tmp_path / "labels").iterdir())


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_paper_on_a_full_disk_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(StorageError, match="the disk is full"):
        keep(tmp_path / "labels")
    assert not list((tmp_path / "labels").iterdir())


def test_disk_without_links_keeps_the_paper_by_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    folder = tmp_path / "labels"
    first, second = keep(folder), keep(folder, PDF.replace(b"x", b"y"))
    assert Path(first.path).read_bytes() == PDF
    assert Path(second.path).name == "1042-1Z1-2.pdf"


def test_label_without_an_address_of_its_paper_says_so(tmp_path: Path) -> None:
    session, label = session_and_label()
    with pytest.raises(StorageError, match="names no pdf file") as caught:
        LabelPapers(tmp_path, serving(PDF)).keep(session, replace(label, downloads={}))
    assert caught.value.code == "no_file"


def test_paper_is_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        kept = Path(keep(tmp_path / "labels").path)
    finally:
        os.umask(before)
    assert (stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(kept.parent.stat().st_mode)) == (0o600, 0o700)


def test_paper_with_a_mark_before_its_beginning_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "label.zpl"
    path.write_bytes(b"\xef\xbb\xbf\r\n" + PAPERS["zpl"])
    check_paper(path, "zpl")
