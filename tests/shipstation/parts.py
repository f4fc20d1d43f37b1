"""What the tests of the client share: a clock that does not sleep, a shipment, the stand-in in-process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx

from shiplabel.domain.money import Money
from shiplabel.domain.shipment import Address, Dimensions, Parcel, Shipment, Weight
from shiplabel.sandbox.server import create_app
from shiplabel.shipstation.client import Client
from shiplabel.workflow.session import Intent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shiplabel.shipstation.pacing import Pacing

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = "a key that must not be seen"


@dataclass
class Steady:
    """A clock that only goes on when somebody pauses; ``pauses`` are all of them."""

    seconds: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    def elapsed_s(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


def shipment(key: str = "sl-1042", **changes: object) -> Shipment:
    wish = {
        "shipment_key": key,
        "ship_from": Address("John Doe", "4009 Marathon Blvd", "Austin", "TX", "78756", phone="512-555-0100"),
        "ship_to": Address("José O'Brien", "525 S Winchester Blvd", "San Jose", "CA", "95128"),
        "parcel": Parcel(
            Weight(Decimal("2.5"), "pound"), Dimensions(Decimal(10), Decimal("8.25"), Decimal(4))
        ),
        "insured_value": Money(Decimal("100.10")),
        "reference": "1042",
    }
    return Shipment(**{**wish, **changes})  # type: ignore[arg-type]  # a test's own wishes


def intent(by: str = "rate", **changes: object) -> Intent:
    wish = {"by": by, "at": NOW, "shipment_key": "sl-1042", "rate_id": "se-1", "shipment_id": "se-2"}
    return Intent(**{**wish, **changes})  # type: ignore[arg-type]  # a test's own wishes


def sandboxed(folder: Path, faults: str | None = None, clock: Steady | None = None) -> Client:
    """Return a client of the stand-in in-process."""
    app = create_app(folder / "ledger.sqlite", faults=faults)
    transport = httpx.WSGITransport(app=app)
    return Client("http://127.0.0.1", KEY, transport=transport, clock=clock or Steady())


@dataclass
class Script:
    """A service that gives prepared answers in order, the last for ever; ``seen`` are the requests."""

    answers: list[httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]]
    seen: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    @property
    def calls(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.seen]


def scripted(
    script: Script,
    clock: Steady | None = None,
    pacing: Pacing | None = None,
    base_url: str = "https://api.example.test",
) -> Client:
    """Return a client of a script."""
    return Client(
        base_url, KEY, transport=httpx.MockTransport(script), pacing=pacing, clock=clock or Steady()
    )


def broken(size: int, error: Exception) -> Iterator[bytes]:
    """Yield some bytes, then break."""
    yield b"x" * size
    raise error
