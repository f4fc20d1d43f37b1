"""The pages of a list: when to ask for the next. Pure.

A list that claims to go on and brings nothing new is no answer: what it hides may be ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shiplabel.errors import NoAnswer
from shiplabel.language import phrase

if TYPE_CHECKING:
    from shiplabel.shipstation import wire

    Page = wire.LabelPage | wire.ShipmentPage

PAGE_SIZE: Final = 100
MOST_PAGES: Final = 2000


class Pages:
    """A walk through the pages of one list; ``number`` is the page to ask for, from 1."""

    def __init__(self) -> None:
        self.number = 1
        self._last: tuple[str, ...] = ()

    def go_on(self, told: Page) -> bool:
        """Turn to the page after this one and return True, or return False at the end.

        Raise NoAnswer where the list repeats itself, is empty in its midst, or has no end.
        """
        if not _has_next(told, self.number):
            return False
        if told.ids in {(), self._last} or self.number >= MOST_PAGES:
            raise NoAnswer(
                phrase("The service's list of labels does not come to an end."), code="endless_list"
            )
        self._last = told.ids
        self.number += 1
        return True


def _has_next(told: Page, number: int) -> bool:
    """Tell whether a page follows: by the number of pages or by the links; by a full page where both lack."""
    if told.pages is None and told.links is None:
        return len(told.ids) >= PAGE_SIZE
    linked = told.links is not None and told.links.next is not None and bool(told.links.next.href)
    return linked or (told.pages is not None and number < told.pages)
