"""The papers of bought labels: fetched aside, checked to be what they say, put in place by rename.

A file is named for its order and tracking number and never written over another label's.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from shiplabel.domain.label import Label, LabelFile
from shiplabel.errors import StorageError
from shiplabel.language import phrase
from shiplabel.storage.atomic import BINARY, make_folder, refused, sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.workflow.session import Session

LONGEST_PART = 80
_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_BEGINS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "zpl": b"^XA"}
_ENDS = {"pdf": b"%%EOF", "png": b"IEND", "zpl": b"^XZ"}
_EDGE_BYTES = 2048
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}


class LabelPapers:
    """The folder of label files; ``fetch`` downloads an address to a file that does not exist yet."""

    def __init__(self, folder: Path, fetch: Callable[[str, Path], None]) -> None:
        self._folder = folder
        self._fetch = fetch

    def keep(self, session: Session, label: Label) -> LabelFile:
        """Fetch the paper of a label and put it in its place; raise ApiError or StorageError."""
        wishes = session.wishes
        url = address_of_paper(label, wishes.format)
        folder = Path(wishes.out).expanduser().absolute() if wishes.out else self._folder
        make_folder(folder)
        aside = folder / f".{secrets.token_hex(6)}.part"
        try:
            self._fetch(url, aside)
            check_paper(aside, wishes.format)
            path = _place(aside, folder, file_stem(session, label), wishes.format)
        except OSError as error:
            raise refused(folder, error) from error
        finally:
            with contextlib.suppress(OSError):
                os.unlink(aside)  # noqa: PTH108  # a point where the disk can fail
        return LabelFile(str(path), wishes.format, wishes.layout)


def address_of_paper(label: Label, wanted: str) -> str:
    """Return where a label's paper of a format is; raise StorageError when the service names none."""
    url = label.downloads.get(wanted)
    if not url and label.label_format == wanted:
        url = label.downloads.get("href")
    if not url:
        raise StorageError(
            phrase(
                "The service names no {wanted} file for label {label_id}.",
                wanted=wanted,
                label_id=label.label_id,
            ),
            code="no_file",
        )
    return url


def file_stem(session: Session, label: Label) -> str:
    """Return a file's name without its ending: ORDER-TRACKING, safe on every system."""
    first = session.wishes.order_id or session.session_id
    last = label.tracking_number or label.label_id
    return "-".join(_ODD.sub("_", part)[:LONGEST_PART] for part in (first, last))


def check_paper(path: Path, wanted: str) -> None:
    """Raise StorageError when a file is not a whole file of its format."""
    with path.open("rb") as file:
        begins = file.read(_EDGE_BYTES)
        file.seek(max(0, path.stat().st_size - _EDGE_BYTES))
        ends = file.read()
    whole = begins.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGINS[wanted]) and _ENDS[wanted] in ends
    if not whole:
        raise StorageError(phrase("What came is not a whole {wanted} file.", wanted=wanted), code="bad_file")


def _place(aside: Path, folder: Path, stem: str, ending: str) -> Path:
    """Give the checked file its name durably, another one where the name is another label's."""
    file = os.open(aside, os.O_RDWR | BINARY)  # some systems sync only what may be written
    try:
        sync_file(file)
    finally:
        os.close(file)
    os.chmod(aside, 0o600)  # noqa: PTH101  # a point where the disk can fail
    nth = 1
    while True:
        path = folder / (f"{stem}.{ending}" if nth == 1 else f"{stem}-{nth}.{ending}")
        if _put(aside, path):
            sync_folder(folder)
            return path
        if not path.is_symlink() and path.is_file() and filecmp.cmp(aside, path, shallow=False):
            return path
        nth += 1


def _put(aside: Path, path: Path) -> bool:
    """Give a file its name unless the name is taken; return whether it was free."""
    try:
        os.link(aside, path)  # fails where the name is taken, unlike a rename
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _reserve(aside, path)
    return True


def _reserve(aside: Path, path: Path) -> bool:
    """Do the same on a disk that knows no links: take the name with an empty file, then rename over it."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    os.replace(aside, path)  # noqa: PTH105  # a point where the disk can fail
    return True
