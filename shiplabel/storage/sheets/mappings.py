"""Which columns a clerk said for a header, remembered so that the same header is asked about once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shiplabel.storage.atomic import make_folder, write_durably

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 200


class Mappings:
    """The remembered mappings, in one small file; a damaged one is as good as none.

    ``key`` is ``header_key`` of the header, a mapping says a field for each column's name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def remembered(self, key: str) -> dict[str, str]:
        """Return what was said for this header, empty when nothing was."""
        said = self._all().get(key, {})
        return dict(said)

    def remember(self, key: str, said: dict[str, str]) -> None:
        """Keep what was said for this header, the newest last; raise StorageError."""
        kept = {**{other: its for other, its in self._all().items() if other != key}, key: said}
        newest = dict(list(kept.items())[-_MOST:])
        make_folder(self._path.parent)
        write_durably(self._path, json.dumps(newest, ensure_ascii=False, indent=1).encode())

    def _all(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {
            key: said
            for key, said in found.items()
            if isinstance(said, dict) and all(isinstance(field, str) for field in said.values())
        }
