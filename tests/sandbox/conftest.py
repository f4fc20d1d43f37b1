"""A sandbox in-process and one over real sockets, each on its own ledger."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shiplabel.sandbox.serve import Server
from shiplabel.sandbox.server import Sandbox, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CARRIERS = ["se-100001", "se-100002", "se-100003"]


@dataclass
class Clock:
    """A clock that stands still until told."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 15, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


class Shop:
    """A client that speaks the words of the trade, and the ledger it is charged in."""

    def __init__(self, app: Sandbox, http: httpx.Client) -> None:
        self.app = app
        self.http = http

    def arm(self, text: str) -> None:
        assert self.http.post("/sandbox/faults", json={"faults": text}).status_code == 200

    def charged(self) -> list[str]:
        return [one.label_id for one in self.app.ledger.charges()]

    def quote(self, **changes: Any) -> dict[str, Any]:
        answer = self.ask_rates(**changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ask_rates(self, carriers: list[str] | None = None, **changes: Any) -> httpx.Response:
        options = {"carrier_ids": carriers or CARRIERS}
        return self.http.post("/v2/rates", json={"shipment": wish(**changes), "rate_options": options})

    def rate(self, service: str = "ups_ground", **changes: Any) -> dict[str, Any]:
        rates = self.quote(**changes)["rate_response"]["rates"]
        found: dict[str, Any] = next(one for one in rates if one["service_code"] == service)
        return found

    def buy(self, rate_id: str | None = None, **wishes: Any) -> httpx.Response:
        return self.http.post(f"/v2/labels/rates/{rate_id or self.rate()['rate_id']}", json=wishes)

    def bought(self, **wishes: Any) -> dict[str, Any]:
        answer = self.buy(**wishes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def wish(**changes: Any) -> dict[str, Any]:
    """Return a shipment that the service takes; ``to_`` and ``from_`` change single address fields."""
    shipment: dict[str, Any] = {
        "ship_from": {
            "name": "José O'Brien",
            "address_line1": "4009 Marathon Blvd",
            "city_locality": "Austin",
            "state_province": "TX",
            "postal_code": "78756",
            "country_code": "US",
        },
        "ship_to": {
            "name": "Amanda Miller",
            "address_line1": "525 S Winchester Blvd",
            "city_locality": "San Jose",
            "state_province": "CA",
            "postal_code": "95128",
            "country_code": "US",
        },
        "packages": [
            {
                "weight": {"value": 2.5, "unit": "pound"},
                "dimensions": {"length": 10, "width": 8, "height": 4, "unit": "inch"},
            }
        ],
    }
    for name, value in changes.items():
        if name.startswith(("to_", "from_")):
            side, _, part = name.partition("_")
            shipment[f"ship_{side}"][part] = value
        else:
            shipment[name] = value
    return shipment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    app = create_app(tmp_path / "ledger.db", now=clock)
    headers = {"API-Key": "any"}
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="https://sandbox.invalid", headers=headers) as http:
        yield Shop(app, http)
    app.ledger.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Shop]:
    app = create_app(tmp_path / "served.db")
    server = Server(app, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with httpx.Client(base_url=server.url, headers={"API-Key": "any"}, timeout=5) as http:
        yield Shop(app, http)
    server.shutdown()
    thread.join()
    server.server_close()
    app.ledger.close()


def until(true: Callable[[], bool]) -> bool:
    """Wait, at most three seconds, until something becomes true; tell whether it did."""
    pause = threading.Event()
    return any(true() or pause.wait(0.02) for _ in range(150))
