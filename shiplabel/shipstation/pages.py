"""The pages of a list: when to ask for the next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shiplabel.shipstation import wire

PAGE_SIZE: Final = 50


def has_next(told: wire.LabelPage, number: int) -> bool:
    """Tell whether a page follows page ``number``.

    The number of pages decides, then the links; where neither is told, a full page has a next one.
    """
    if not told.labels:
        return False
    if told.pages is not None:
        return number < told.pages
    if told.links is not None:
        return bool(told.links.next and told.links.next.href)
    return len(told.labels) >= PAGE_SIZE
