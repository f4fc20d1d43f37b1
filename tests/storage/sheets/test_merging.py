from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader, PdfWriter

from shiplabel.errors import StorageError
from shiplabel.storage.sheets.merging import merge_pdfs, merge_zpl

if TYPE_CHECKING:
    from pathlib import Path


def paper(folder: Path, width: int, pages: int = 1) -> Path:
    """Make a PDF whose pages are known again by their width in points."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, 432)
    path = folder / f"{width}.pdf"
    writer.write(path)
    return path


def widths(path: Path) -> list[int]:
    return [int(page.mediabox.width) for page in PdfReader(path).pages]


def test_papers_are_merged_in_their_order(tmp_path: Path) -> None:
    papers = [paper(tmp_path, width) for width in (300, 288, 310)]
    assert merge_pdfs(papers, tmp_path / "all.pdf") == [tmp_path / "all.pdf"]
    assert widths(tmp_path / "all.pdf") == [300, 288, 310]


def test_long_merging_comes_in_parts_and_no_label_is_cut(tmp_path: Path) -> None:
    papers = [paper(tmp_path, 300), paper(tmp_path, 301, pages=2), paper(tmp_path, 302), paper(tmp_path, 303)]
    parts = merge_pdfs(papers, tmp_path / "all.pdf", part_pages=2)
    assert [part.name for part in parts] == ["all.pdf", "all-2.pdf", "all-3.pdf"]
    assert [widths(part) for part in parts] == [[300], [301, 301], [302, 303]]


def test_shorter_merging_takes_away_the_parts_of_a_longer_one(tmp_path: Path) -> None:
    papers = [paper(tmp_path, width) for width in (300, 301, 302)]
    merge_pdfs(papers, tmp_path / "all.pdf", part_pages=1)
    assert len(merge_pdfs(papers[:2], tmp_path / "all.pdf", part_pages=1)) == 2
    assert not (tmp_path / "all-3.pdf").exists()


def test_nothing_to_merge_makes_no_file(tmp_path: Path) -> None:
    assert merge_pdfs([], tmp_path / "all.pdf") == []
    assert merge_zpl([], tmp_path / "all.zpl") == []
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


@pytest.mark.parametrize("content", [None, b"", b"no pdf at all"])
def test_paper_that_cannot_be_read_is_named_and_no_part_is_left(
    tmp_path: Path, content: bytes | None
) -> None:
    broken = tmp_path / "broken.pdf"
    if content is not None:
        broken.write_bytes(content)
    with pytest.raises(StorageError, match=r"broken\.pdf cannot be merged"):
        merge_pdfs([broken], tmp_path / "all.pdf")
    assert not (tmp_path / "all.pdf").exists()


def test_zpl_papers_become_one_stream(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.zpl").write_bytes(f"^XA^FD{name}^XZ".encode())
    (merged,) = merge_zpl([tmp_path / "b.zpl", tmp_path / "a.zpl"], tmp_path / "all.zpl")
    assert merged.read_bytes() == b"^XA^FDb^XZ\n^XA^FDa^XZ\n"


def test_missing_zpl_paper_is_named_and_no_stream_is_left(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none\.zpl cannot be merged"):
        merge_zpl([tmp_path / "none.zpl"], tmp_path / "all.zpl")
    assert not [path for path in tmp_path.iterdir() if path.is_file()]
