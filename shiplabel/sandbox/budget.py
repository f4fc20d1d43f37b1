"""The account's budget of requests: a fixed window that opens with its first request; off unless switched."""

from __future__ import annotations

import hashlib
import math
import time
from typing import TYPE_CHECKING

from shiplabel.sandbox.answers import refusal

if TYPE_CHECKING:
    from shiplabel.sandbox.faults import Switch
    from shiplabel.sandbox.store import Store

_WINDOW_S = 60.0
_LIMIT = 200
_TEST_LIMIT = 20


def check_budget(store: Store, switch: Switch | None, key: str) -> None:
    """Count a request against its key; raise the 429 with Retry-After in whole seconds when none is left."""
    if switch is None:
        return
    limit = int(switch.param("limit", str(_TEST_LIMIT if key.startswith("TEST_") else _LIMIT)))
    window = float(switch.param("window", str(_WINDOW_S)))
    left = _use(store, key, limit, window) if limit else None
    if left is not None:
        message = "You have exceeded the rate limit."
        error = refusal(429, "rate_limit_exceeded", message, kind="system")
        error.headers["Retry-After"] = str(max(1, math.ceil(left)))
        raise error


def _use(store: Store, key: str, limit: int, window: float) -> float | None:
    """Take one request; return None, or the seconds until the window ends."""
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    moment = time.time()
    with store.transaction():
        row = store.row("SELECT * FROM budgets WHERE key = ?", name)
        if row is None or moment >= row["opened_at"] + window:
            store.do("INSERT OR REPLACE INTO budgets VALUES (?, ?, 1)", name, moment)
            return None
        if row["used"] >= limit:
            return float(row["opened_at"]) + window - moment
        store.do("UPDATE budgets SET used = used + 1 WHERE key = ?", name)
    return None
