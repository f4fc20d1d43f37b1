from __future__ import annotations

import pytest

from shiplabel.errors import NoAnswer
from shiplabel.shipstation import wire
from shiplabel.shipstation.pages import MOST_PAGES, PAGE_SIZE, Pages

NEXT = wire.Links(next=wire.Link(href="https://api.example.test/v2/labels?page=2"))
LAST = wire.Links(next=wire.Link())


def page(*ids: str, pages: int | None = None, links: wire.Links | None = None) -> wire.LabelPage:
    return wire.LabelPage(labels=[wire.Label(label_id=one) for one in ids], pages=pages, links=links)


@pytest.mark.parametrize(
    "told",
    [
        page("a", pages=2),
        page("a", links=NEXT),
        page("a", pages=1, links=NEXT),
        page("a", pages=2, links=LAST),
        page(*(f"se-{number}" for number in range(PAGE_SIZE))),
    ],
)
def test_pages_go_on_where_anything_says_so(told: wire.LabelPage) -> None:
    pages = Pages()
    assert pages.go_on(told)
    assert pages.number == 2


@pytest.mark.parametrize(
    "told",
    [page("a", pages=1), page("a", links=LAST), page("a", links=wire.Links()), page("a"), page()],
)
def test_pages_end_where_nothing_follows(told: wire.LabelPage) -> None:
    assert not Pages().go_on(told)


def test_pages_that_repeat_themselves_are_no_answer() -> None:
    pages = Pages()
    pages.go_on(page("a", links=NEXT))
    with pytest.raises(NoAnswer):
        pages.go_on(page("a", links=NEXT))


def test_pages_that_go_on_without_labels_are_no_answer() -> None:
    with pytest.raises(NoAnswer):
        Pages().go_on(page(pages=9))


def test_pages_without_an_end_are_no_answer() -> None:
    pages = Pages()
    while pages.number < MOST_PAGES:
        assert pages.go_on(page(f"se-{pages.number}", links=NEXT))
    with pytest.raises(NoAnswer):
        pages.go_on(page("se-0", links=NEXT))
