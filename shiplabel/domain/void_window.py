"""How long an unused label may still be voided, by what the carriers publish.

The service does not tell a label's last day. These windows are the carriers' published ones at
the time of writing, counted from the purchase, so they are shown as approximate and decide
nothing: the service alone approves a void.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

WINDOW_DAYS: Final[dict[str, int]] = {"usps": 28, "stamps_com": 28, "endicia": 28, "ups": 90, "fedex": 90}
"""Days by the beginning of a carrier's code; a carrier that is not here publishes none that we know."""

SCANNED: Final = frozenset({"delivered", "IT", "DE", "AT", "EX", "SP"})
"""What proves that a parcel moved: the codes of a tracking answer, or delivered.

The service calls a label ``in_transit`` from the moment it is bought, so that word proves nothing.
"""


def is_unused(status: str, tracking_status: str) -> bool:
    """Tell whether a label is paid, not voided and, as far as is known, never scanned."""
    return status == "bought" and tracking_status not in SCANNED


def days_to_void(carrier_code: str, bought_at: datetime, now: datetime) -> int | None:
    """Return the whole days left (0 on the last day, below zero afterwards), None where nobody says."""
    days = next((days for start, days in WINDOW_DAYS.items() if carrier_code.startswith(start)), None)
    return None if days is None else days - (now - bought_at).days


def is_trackable_status(tracking_status: str) -> bool:
    """Tell whether a parcel may still move: everything but delivered."""
    return tracking_status not in {"delivered", "DE", "SP"}
