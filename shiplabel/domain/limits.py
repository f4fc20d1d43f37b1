"""Every limit of an answer, each with its unit in the name; nothing else knows a number of these."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

CHARACTERS: Final[dict[str, int]] = {
    "name": 50,
    "company": 50,
    "address1": 100,
    "address2": 100,
    "city": 50,
    "state": 50,
    "zip": 20,
    "country": 50,
    "phone": 50,
    "weight": 50,
    "length": 50,
    "width": 50,
    "height": 50,
}
"""The most characters of each answer, by the last word of its step."""

ORDER_ID_CHARACTERS: Final = 300
KEY_CHARACTERS: Final = 50
WEIGHT_LB: Final = Decimal(150)
SIDE_IN: Final = Decimal(108)
LENGTH_AND_GIRTH_IN: Final = Decimal(165)
SHOWN_CHARACTERS: Final = 40
PASTED_CHARACTERS: Final = 500
AMOUNT_USD: Final = Decimal(100_000)
