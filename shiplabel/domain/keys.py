"""Shipment keys: our own name for a shipment at the service, the same for the same order everywhere.

A key is at most 50 characters of ``[A-Za-z0-9._-]``, good as a file name, and no two orders share
one, not even where upper and lower case are the same. That holds by its form:

    sl-ORDER        a plain order id: lower case, digits, dots and dashes
    sl-START_HASH   any other one; a plain id has no underscore, so the two never meet
    …-N             the nth shipment of it, N from 2 to 999; a plain id never ends that way
    sr-HASH         a row without an order id, by its content and its occurrence
    sw-RANDOM       a shipment from the wizard
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from typing import TYPE_CHECKING

from shiplabel.domain import limits
from shiplabel.domain.text import clean, quoted
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORDER, _ROW, _WIZARD = "sl-", "sr-", "sw-"
_MOST_AGAIN = 999
_AGAIN_CHARACTERS = len(f"-{_MOST_AGAIN}")
_HASH_CHARACTERS = 16
_RANDOM_BYTES = 16
_PLAIN_CHARACTERS = limits.KEY_CHARACTERS - len(_ORDER) - _AGAIN_CHARACTERS
_START_CHARACTERS = _PLAIN_CHARACTERS - len("_") - _HASH_CHARACTERS
_PLAIN = re.compile(r"[a-z0-9.-]*[a-z0-9-]")
_LIKE_AGAIN = re.compile(r".*-[1-9][0-9]{0,2}")


def check_order_id(text: str) -> str:
    """Return the order id without needless white space; raise InputError where it cannot be one."""
    order_id = clean(text, field="order_id", label=marked("The order id"))
    if not order_id:
        raise InputError(phrase("The order id is empty."), field="order_id")
    if len(order_id) > limits.ORDER_ID_CHARACTERS:
        raise InputError(
            phrase(
                "The order id has {count:,} characters, at most {most} fit: {order_id}.",
                count=len(order_id),
                most=limits.ORDER_ID_CHARACTERS,
                order_id=quoted(order_id),
            ),
            field="order_id",
        )
    return order_id


def shipment_key_of_order(order_id: str, nth: int = 1) -> str:
    """Return the key of an order's nth shipment; raise InputError for what is no order id."""
    order = check_order_id(order_id)
    is_plain = (
        len(order) <= _PLAIN_CHARACTERS and _PLAIN.fullmatch(order) and not _LIKE_AGAIN.fullmatch(order)
    )
    return next_key(f"{_ORDER}{order if is_plain else _marked(order)}", nth)


def shipment_key_of_row(cells: Mapping[str, str | None], occurrence: int = 1) -> str:
    """Return the key of a row without an order id: the same for the same filled cells, in any order."""
    filled = sorted((name, text.strip()) for name, text in cells.items() if text and text.strip())
    return f"{_ROW}{_hash(json.dumps([filled, occurrence]))}"


def random_key() -> str:
    """Return a key that no other shipment has."""
    return f"{_WIZARD}{_base32(secrets.token_bytes(_RANDOM_BYTES))}"


def next_key(key: str, nth: int) -> str:
    """Return the key of the nth shipment of the same order or row; raise InputError beyond 999."""
    if not 1 <= nth <= _MOST_AGAIN:
        raise InputError(
            phrase(
                "{key} cannot be shipped for the {nth:,}th time; {most} is the most.",
                key=quoted(key),
                nth=nth,
                most=_MOST_AGAIN,
            )
        )
    return key if nth == 1 else f"{key}-{nth}"


def _marked(order: str) -> str:
    start = re.sub(r"[^A-Za-z0-9.-]+", "-", order)[:_START_CHARACTERS]
    return f"{start}_{_hash(order)[:_HASH_CHARACTERS]}"


def _hash(text: str) -> str:
    return _base32(hashlib.sha256(text.encode("utf-8")).digest()[:_RANDOM_BYTES])


def _base32(some: bytes) -> str:
    return base64.b32encode(some).decode("ascii").rstrip("=").lower()
