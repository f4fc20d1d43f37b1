"""The labels of a batch in one paper, in the order of its file; parts where it would be too long."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Any

from shiplabel.errors import StorageError
from shiplabel.language import phrase
from shiplabel.storage.atomic import refused, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

_COPIED_BYTES = 1 << 20


def part_path(target: Path, part: int) -> Path:
    """Return a part's path: ``all.pdf``, then ``all-2.pdf``, ``all-3.pdf``."""
    return target if part == 1 else target.with_name(f"{target.stem}-{part}{target.suffix}")


def merge_pdfs(paths: Iterable[Path], target: Path, part_pages: int = 500) -> list[Path]:
    """Write the papers one after the other, none cut in two; return the parts; raise StorageError."""
    from pypdf import PdfWriter  # noqa: PLC0415 - heavy, and only needed to merge

    parts: list[Path] = []
    writer = PdfWriter()
    for path in paths:
        pages = _pages(path)
        if writer.pages and len(writer.pages) + len(pages) > part_pages:
            parts.append(_put(part_path(target, len(parts) + 1), writer.write))
            writer = PdfWriter()
        for page in pages:
            writer.add_page(page)
    if writer.pages:
        parts.append(_put(part_path(target, len(parts) + 1), writer.write))
    _remove_parts(target, len(parts) + 1)
    return parts


def merge_zpl(paths: Iterable[Path], target: Path) -> list[Path]:
    """Write the ZPL papers one after the other into one stream; return it, or nothing; raise StorageError."""
    listed = list(paths)

    def write(file: BinaryIO) -> None:
        for path in listed:
            file.writelines(_chunks(path))
            file.write(b"\n")

    return [_put(target, write)] if listed else []


def _pages(path: Path) -> list[Any]:
    from pypdf import PdfReader  # noqa: PLC0415 - the same
    from pypdf.errors import PyPdfError  # noqa: PLC0415 - the same

    try:
        return list(PdfReader(path).pages)
    except (OSError, PyPdfError) as error:
        raise StorageError(
            phrase(
                "{path} cannot be merged: {error}. Its label is bought and stands in the results.",
                path=path,
                error=error,
            ),
            hint=phrase("shiplabel labels print fetches a missing paper again"),
        ) from error


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_COPIED_BYTES):
                yield chunk
    except OSError as error:
        raise StorageError(
            phrase("{path} cannot be merged: {why}.", path=path, why=error.strerror)
        ) from error


def _put(path: Path, write: Callable[[BinaryIO], object]) -> Path:
    """Write a file aside, sync it and give it its name."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with aside.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()
    return path


def _remove_parts(target: Path, first: int) -> None:
    """Take away further parts that an earlier, longer merging left."""
    part = first
    while part > 1 and part_path(target, part).exists():
        with contextlib.suppress(OSError):
            part_path(target, part).unlink()
        part += 1
