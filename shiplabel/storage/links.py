"""Links in the data folder: none is followed. A link in a file's place is replaced by what writes there.

A link in a folder's place would lead every file behind it elsewhere, so the program refuses to work with
it. The data folder itself may be a link: that is its owner's choice.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from shiplabel.errors import SettingsError
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = frozenset({"labels", "locks", "expired", "discarded", "damaged"})
_SPLIT = frozenset({"sessions", "records", "batches"})


def refuse_links(data_dir: Path) -> None:
    """Raise SettingsError where a link stands in the place of a folder, or of the stand-in's ledger.

    Folders full of files are not looked through: no file in them is opened through a link.
    """
    for entry in _looked_at(str(data_dir)):
        if entry.is_symlink() and (entry.is_dir() or entry.name.startswith("ledger.sqlite")):
            raise SettingsError(
                phrase(
                    "{path} is a link; links in the data folder are not followed, and nothing was done.",
                    path=entry.path,
                ),
                hint=phrase("put a folder in its place, or choose another one with --data-dir"),
            )


def _looked_at(data_dir: str) -> Iterator[os.DirEntry[str]]:
    for place in _entries(data_dir):
        yield place
        if place.name in _FULL or not place.is_dir(follow_symlinks=False):
            continue
        for folder in _entries(place.path):
            yield folder
            if folder.name in _SPLIT and folder.is_dir(follow_symlinks=False):
                yield from _entries(folder.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:  # whoever needs the folder tells what is wrong with it
        return []
