"""A model of the service and of the disk: it counts charges and can end the program at any moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shiplabel.domain.label import Label, LabelFile, VoidAnswer
from shiplabel.domain.money import Money
from shiplabel.domain.rate import Carrier, Quote, Rate
from shiplabel.domain.shipment import KnownShipment
from shiplabel.errors import HeldError, NoAnswer
from shiplabel.workflow.ports import Parts
from shiplabel.workflow.session import Session, Wishes, begin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.domain.shipment import Shipment
    from shiplabel.workflow.session import Intent

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ANSWERS: dict[str, str | None] = {
    "from_name": "Harbor Goods", "from_company": None, "from_address1": "4009 Marathon Blvd",
    "from_address2": None, "from_city": "Austin", "from_state": "TX", "from_zip": "78756", "from_phone": None,
    "to_name": "Ada Lovelace", "to_company": None, "to_address1": "525 S Winchester Blvd",
    "to_address2": None, "to_city": "San Jose", "to_state": "CA", "to_zip": "95128", "to_phone": None,
    "parcel_weight": "35 oz", "parcel_length": "10 in", "parcel_width": "8 in", "parcel_height": "4 in",
}  # fmt: skip
RATE = Rate(
    rate_id="se-1", carrier_id="se-100", carrier_code="usps", service_code="usps_ground",
    total=Money(Decimal("7.58")), parts={}, package_type="package",
)  # fmt: skip


class Crash(BaseException):
    """The program ends here, as after SIGKILL."""


@dataclass
class World:
    """The service, the disk and the clock in one; ``crash_at`` ends the program at that touch."""

    answer: Callable[[World, Label], Label] = lambda _world, label: label
    lag_looks: int = 0
    crash_at: int = 0
    touches: int = 0
    seconds: float = 0.0
    charged: list[Label] = field(default_factory=list)
    disk: dict[str, Session] = field(default_factory=dict)
    records: dict[str, Session] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    held_until_s: float = 0.0
    carrier_ids: tuple[str, ...] = ("se-100",)
    taken_keys: dict[str, str] = field(default_factory=dict)

    def touch(self) -> None:
        self.touches += 1
        if self.touches == self.crash_at:
            raise Crash

    @property
    def parts(self) -> Parts:
        return Parts(self, self, self, self, timedelta(hours=24), 30.0, self.said.append)  # type: ignore[arg-type]

    # the clock
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def elapsed_s(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds

    # the disk
    def name(self, session: Session) -> Session:
        return replace(session, session_id=f"S{len(self.disk) + len(self.records):04}")

    def create(self, session: Session) -> Session:
        return self.save(self.name(session))

    @contextmanager
    def hold(self, session_id: str) -> Iterator[None]:
        if self.seconds < self.held_until_s:
            raise HeldError("another terminal holds the session")
        yield

    def drop(self, session_id: str) -> None:
        self.disk.pop(session_id, None)

    def save(self, session: Session) -> Session:
        self.touch()
        self.disk[session.session_id] = replace(session, revision=session.revision + 1)
        self.touch()
        return self.disk[session.session_id]

    def save_record(self, session: Session) -> Session:
        self.touch()
        self.records[session.session_id] = session
        return session

    def finish(self, session: Session) -> Session:
        self.touch()
        self.disk.pop(session.session_id)
        self.records[session.session_id] = session
        self.touch()
        return session

    def with_key(self, shipment_key: str) -> list[Session]:
        everything = [*self.disk.values(), *self.records.values()]
        return [session for session in everything if session.shipment_key == shipment_key]

    def was_met(self, shipment_key: str) -> bool:
        return bool(self.with_key(shipment_key))

    @contextmanager
    def holding_key(self, shipment_key: str) -> Iterator[bool]:
        yield False

    # the papers
    def keep(self, session: Session, label: Label) -> LabelFile:
        self.touch()
        return LabelFile(f"/labels/{label.label_id}.pdf", "pdf", "4x6")

    # the service
    @contextmanager
    def once(self) -> Iterator[None]:
        yield

    def carriers(self) -> list[Carrier]:
        return [Carrier(carrier_id=each, carrier_code="usps", name="USPS") for each in self.carrier_ids]

    def create_shipment(self, shipment: Shipment) -> str:
        self.touch()
        return self.taken_keys.setdefault(shipment.shipment_key, f"se-7{len(self.taken_keys)}")

    def update_shipment(self, shipment_id: str, shipment: Shipment) -> None:
        self.touch()

    def find_shipment(self, shipment_key: str) -> str | None:
        return self.taken_keys.get(shipment_key)

    def shipment(self, shipment_id: str) -> KnownShipment | None:
        keys = (key for key, found in self.taken_keys.items() if found == shipment_id)
        return next((KnownShipment(shipment_id, key) for key in keys), None)

    def quote(self, carrier_ids: Any, *, shipment_id: str | None = None, shipment: Any = None) -> Quote:
        self.touch()
        return Quote(rates=(RATE,), shipment_id=shipment_id)

    def await_turn(self, most_pause_s: float = 0.0, pause: Any = None) -> None:
        self.touch()

    def leave_turn(self) -> None:
        self.touch()

    def buy(self, intent: Intent, shipment: Shipment) -> Label:
        self.touch()
        label = Label(
            label_id=f"se-9{len(self.charged)}",
            status="completed",
            shipment_id=intent.shipment_id or "se-70",
            external_shipment_id=shipment.shipment_key,
            carrier_id=intent.carrier_id,
            cost=Money(Decimal("7.58")),
        )
        return self.answer(self, label)

    def charge(self, label: Label) -> Label:
        self.charged.append(label)
        self.touch()
        return label

    def label(self, label_id: str) -> Label | None:
        return next((label for label in self.charged if label.label_id == label_id), None)

    def labels(self, **filters: Any) -> Iterator[Label]:
        self.touch()
        self.lag_looks -= 1
        if self.lag_looks >= 0:
            return
        yield Label(label_id="se-other", status="completed", shipment_id="se-other")
        yield from self.charged

    def void(self, label_id: str) -> VoidAnswer:
        self.touch()
        self.charged = [
            replace(label, voided=True) if label.label_id == label_id else label for label in self.charged
        ]
        return VoidAnswer(approved=True)


def bought(world: World, label: Label) -> Label:
    """Charge and answer."""
    return world.charge(label)


def bought_in_silence(world: World, label: Label) -> Label:
    """Charge and lose the answer."""
    world.charge(label)
    raise NoAnswer("the connection was lost")


def silence(_world: World, _label: Label) -> Label:
    """Charge nothing and answer nothing."""
    raise NoAnswer("the connection was lost")


def ready(world: World, **wishes: Any) -> Session:
    """Return a saved session at the purchase, its rate chosen."""
    session = begin(
        now=world.now(), life=timedelta(hours=24), environment="test", shipment_key="sw-key",
        answers=ANSWERS, wishes=Wishes(**wishes), step="purchase",
    )  # fmt: skip
    chosen = replace(session, rate=RATE, quotes=(RATE,), quoted_at=world.now(), shipment_id="se-70")
    return world.create(chosen)
