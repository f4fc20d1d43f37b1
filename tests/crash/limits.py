"""Short times for runs that meet silence: the program's own limits, made small in the run's own process."""

from __future__ import annotations

from shiplabel.shipstation import client, downloads, patience
from shiplabel.workflow import lookup, purchase

WAITS_S = 3.0
_SHORT: tuple[tuple[object, str, float], ...] = (
    (client, "PURCHASE_S", 1.0),
    (client, "QUICK_S", 1.0),
    (client, "QUOTE_S", 2.0),
    (patience, "QUICK_S", 1.0),
    (patience, "FIRST_PAUSE_S", 0.1),
    (patience, "FIRST_WAIT_S", 0.1),
    (patience, "LEAST_S", 0.3),
    (downloads, "LIMIT_S", 1.0),
    (downloads, "FIRST_PAUSE_S", 0.1),
    (lookup, "FIRST_PAUSE_S", 0.1),
    (lookup, "PROCESSING_S", 1.0),
    (lookup, "PROCESSING_PAUSE_S", 0.1),
    (purchase, "FIRST_PAUSE_S", 0.1),
)


def shorten() -> None:
    """Make every limit of time short; what is waited for stays the same."""
    for module, name, seconds in _SHORT:
        assert getattr(module, name) >= seconds, name
        setattr(module, name, seconds)
    patience.Patience.__init__.__defaults__ = (WAITS_S,)
