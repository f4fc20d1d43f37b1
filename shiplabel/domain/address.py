"""Addresses: from the answers of one side to a value and back, and as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.domain.foreign import HOME
from shiplabel.domain.shipment import Address

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["address_of", "answers_of", "lines", "one_line"]

_FIELDS = {
    "name": "name",
    "company": "company_name",
    "address1": "address_line1",
    "address2": "address_line2",
    "city": "city_locality",
    "state": "state_province",
    "zip": "postal_code",
    "country": "country_code",
    "phone": "phone",
}
"""The last word of each step, and the field of Address that it fills."""


def address_of(answers: Mapping[str, str | None], side: str) -> Address:
    """Return the address that the answers of a side (``from`` or ``to``) describe."""
    fields = {field: answers.get(f"{side}_{word}") or "" for word, field in _FIELDS.items()}
    return Address(**{**fields, "country_code": fields["country_code"] or HOME})


def answers_of(address: Address, side: str) -> dict[str, str | None]:
    """Return the answers of a side that describe the address; None where a part is empty."""
    return {f"{side}_{word}": getattr(address, field) or None for word, field in _FIELDS.items()}


def lines(address: Address) -> list[str]:
    """Return the lines of the address as they stand on a label; the country only where it is abroad."""
    place = " ".join(filter(None, (address.state_province, address.postal_code)))
    abroad = "" if address.country_code == HOME else address.country_code
    return [
        line
        for line in (
            address.name,
            address.company_name,
            address.address_line1,
            address.address_line2,
            ", ".join(filter(None, (address.city_locality, place))),
            abroad,
        )
        if line
    ]


def one_line(address: Address) -> str:
    """Return the address in one line."""
    return ", ".join(lines(address))
