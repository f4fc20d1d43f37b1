"""Which rows belong to one order, learned in a first look at all rows that keeps only numbers.

Lines of one order id and one address are one label. A line without any address is more of its
order. Two addresses under one order id are nobody's guess: all its rows are bad.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from shiplabel.workflow.layouts import PARCEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shiplabel.workflow.columns import Mapping

_ADDRESS = ("to_name", "to_address1", "to_zip", "to_address2", "to_city", "to_state", "to_country")
_TELLING = 3
_SPACED = re.compile(r" ?\|[ 0]*")
_POINTS = str.maketrans("", "", ".,#'’`\"")  # noqa: RUF001 - typed apostrophes


@dataclass(slots=True)
class OrderLines:
    """An order of several rows: ``main`` is the row whose cells count, the first that has an address."""

    rows: array[int]
    main: int
    address: int = 0
    parcel: int = 0
    two_addresses: bool = False
    two_parcels: bool = False

    def add(self, row: int, address: int, parcel: int) -> None:
        """Take in one more row of the order; an address or parcel of 0 is an empty one."""
        self.rows.append(row)
        if address and not self.address:
            self.main = row
        self.two_addresses = self.two_addresses or bool(address and self.address and address != self.address)
        self.two_parcels = self.two_parcels or bool(parcel and self.parcel and parcel != self.parcel)
        self.address = self.address or address
        self.parcel = self.parcel or parcel


Orders = dict[int, OrderLines]
"""The orders of several rows, by the number that stands for their id."""


def order_text(cells: Sequence[str], mapping: Mapping) -> str:
    """Return a row's order id as it stands, its white space made single; empty where there is none."""
    source = mapping.sources.get("order_id")
    return " ".join(source.text(cells).split()) if source else ""


def order_number(order_id: str) -> int:
    """Return the number that stands for an order id while the program runs."""
    return hash(order_id)


def survey(rows: Iterable[tuple[int, list[str]]], mapping: Mapping) -> Orders:
    """Look at all rows once; return the orders that have several. Memory: some bytes a row."""
    numbers, orders, addresses, parcels = array("L"), array("q"), array("q"), array("q")
    for number, cells in rows:
        order_id = order_text(cells, mapping)
        if order_id:
            numbers.append(number)
            orders.append(order_number(order_id))
            addresses.append(_address(cells, mapping))
            parcels.append(_parcel(cells, mapping))
    several = _several(orders)
    found: Orders = {}
    for number, order, address, parcel in zip(numbers, orders, addresses, parcels, strict=True):
        if order in several:
            found.setdefault(order, OrderLines(array("L"), number)).add(number, address, parcel)
    return found


def _several(orders: array[int]) -> set[int]:
    """Return the numbers that stand more than once."""
    ordered = array("q", sorted(orders))
    return {one for one, other in pairwise(ordered) if one == other}


def _address(cells: Sequence[str], mapping: Mapping) -> int:
    """Return a number for the recipient, the same however it is spaced, dotted and cased; 0 for none."""
    texts = [source.text(cells) if (source := mapping.sources.get(field)) else "" for field in _ADDRESS]
    if not any(texts[:_TELLING]):
        return 0
    plain = " ".join("|".join(texts).casefold().translate(_POINTS).split())
    return hash(_SPACED.sub("|", plain)) or 1


def _parcel(cells: Sequence[str], mapping: Mapping) -> int:
    texts = tuple(mapping.sources[field].text(cells) for field in PARCEL if field in mapping.sources)
    return (hash(texts) or 1) if any(texts) else 0
