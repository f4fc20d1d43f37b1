"""Ids that a clerk reads aloud and types: without 0, 1, I, L, O and U, which look like others."""

from __future__ import annotations

import secrets
from typing import Final

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def any_id(length: int) -> str:
    """Return a random id of so many letters and digits, with one draw: each session of a batch needs one."""
    number, places = secrets.randbelow(len(_LETTERS) ** length), []
    for _ in range(length):
        number, place = divmod(number, len(_LETTERS))
        places.append(_LETTERS[place])
    return "".join(places)
