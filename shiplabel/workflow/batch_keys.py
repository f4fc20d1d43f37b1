"""Shipment keys of many rows in little memory, and the labels of the account that carry one of them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shiplabel.domain.label import Label


class KeySet:
    """Tells whether a key was put in: eight bytes a key, filled first, asked afterwards."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._marks = array("q", map(hash, keys))
        self._sorted = False

    def __len__(self) -> int:
        """Return how many keys were put in."""
        return len(self._marks)

    def add(self, key: str) -> None:
        """Put a key in."""
        self._marks.append(hash(key))
        self._sorted = False

    def __contains__(self, key: str) -> bool:
        """Tell whether a key was put in."""
        if not self._sorted:
            self._marks = array("q", sorted(self._marks))
            self._sorted = True
        mark = hash(key)
        at = bisect_left(self._marks, mark)
        return at < len(self._marks) and self._marks[at] == mark


def labels_by_key(
    labels: Iterable[Label], keys: KeySet, twice: Callable[[Label, Label], None]
) -> dict[str, Label]:
    """Return the labels that carry one of the keys, or a further shipment's key of the same order.

    Of several labels of a key one that can be used counts, else the newest; the service tells the
    newest first and may tell of labels that nobody asked for. ``twice`` is told of two that can be used:
    the newer, which is one too many, and the older.
    """
    found: dict[str, Label] = {}
    for label in labels:
        key = label.external_shipment_id or ""
        if key not in keys and key.rpartition("-")[0] not in keys:
            continue
        kept = found.get(key)
        if kept is None or (label.is_active and not kept.is_active):
            found[key] = label
        elif label.is_active and label.label_id != kept.label_id:
            twice(kept, label)
    return found
