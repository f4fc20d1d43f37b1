"""What the heart asks of the world outside: the service, the disk, the clock.

The concrete parts satisfy these by shape; only ``cli/context`` wires them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from shiplabel.workflow.session import touch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from shiplabel.domain.label import Label, LabelFile, Tracking, VoidAnswer
    from shiplabel.domain.rate import Carrier, Quote, Rate
    from shiplabel.domain.shipment import KnownShipment, Shipment
    from shiplabel.workflow.session import Intent, Session


class Clock(Protocol):
    """Time: ``now`` is what is written down, ``elapsed_s`` and ``pause`` measure waiting."""

    def now(self) -> datetime:
        """Return the aware UTC time to write down."""

    def elapsed_s(self) -> float:
        """Return seconds on a clock that never goes back."""

    def pause(self, seconds: float) -> None:
        """Wait."""


class ShippingApi(Protocol):
    """The service. Calls raise NotSent, Refused or NoAnswer; only safe calls are retried below it."""

    def once(self) -> AbstractContextManager[None]:
        """Repeat nothing in this block: whoever looks again and again waits by himself."""

    def carriers(self) -> Sequence[Carrier]:
        """List the account's carriers, usable or not."""

    def create_shipment(self, shipment: Shipment) -> str:
        """Make a shipment and return its id; Refused with ``conflict`` true when its key is taken."""

    def update_shipment(self, shipment_id: str, shipment: Shipment) -> None:
        """Write the wish anew into a shipment that exists."""

    def find_shipment(self, shipment_key: str) -> str | None:
        """Return the id of the shipment that carries our key, or None."""

    def shipment(self, shipment_id: str) -> KnownShipment | None:
        """Return what the service tells of a shipment, or None."""

    def quote(
        self,
        carrier_ids: Sequence[str],
        *,
        shipment_id: str | None = None,
        shipment: Shipment | None = None,
    ) -> Quote:
        """Ask carriers for rates, for a shipment that exists or for one that this call makes."""

    def rate(self, rate_id: str) -> Rate | None:
        """Return one rate, or None when the service does not know it."""

    def await_turn(self) -> None:
        """Wait until this thread's next call may be sent at once: so no purchase written down waits.

        Raise RateLimited when the service asked for a longer pause than a purchase may wait.
        """

    def leave_turn(self) -> None:
        """Give a turn back that was waited for, where its call is not made after all."""

    def buy(self, intent: Intent, shipment: Shipment) -> Label:
        """Send one purchase, once: never repeated here, redirects never followed."""

    def label(self, label_id: str) -> Label | None:
        """Return one label, or None."""

    def labels(
        self,
        *,
        rate_id: str | None = None,
        shipment_id: str | None = None,
        external_shipment_id: str | None = None,
        created_since: datetime | None = None,
    ) -> Iterator[Label]:
        """Yield the account's labels, newest first, all pages; filters may be ignored by the service."""

    def shipments(self, created_since: datetime) -> Iterator[KnownShipment]:
        """Yield the account's shipments made since then, newest first, all pages."""

    def void(self, label_id: str) -> VoidAnswer:
        """Ask to void a label; a refusal is an answer, not an error."""

    def track(self, label_id: str) -> Tracking:
        """Return where a label's parcel is."""

    def fetch(self, url: str, target: Path) -> None:
        """Download a label's paper to a file that does not exist yet; size, time and hosts are limited."""


class SessionStore(Protocol):
    """The sessions and label records of one environment."""

    def name(self, session: Session) -> Session:
        """Return a new session under a fresh id that is nobody else's; its first save makes its file."""

    def create(self, session: Session) -> Session:
        """Write a new session under a fresh id; return it with that id."""

    def save(self, session: Session) -> Session:
        """Replace the session on disk durably; return it with its new revision."""

    def finish(self, session: Session) -> Session:
        """Save a session whose label is bought and move it to the label records by one rename."""

    def save_record(self, session: Session) -> Session:
        """Replace a finished session among the label records durably."""

    def with_key(self, shipment_key: str) -> list[Session]:
        """Return every session and record that carries this key, the oldest first."""

    def hold(self, session_id: str) -> AbstractContextManager[None]:
        """Be the only one to write a session; raise HeldError when another is."""

    def was_met(self, shipment_key: str) -> bool:
        """Tell whether anybody here ever went to buy for a key, whatever became of the session."""

    def holding_key(self, shipment_key: str) -> AbstractContextManager[bool]:
        """Let one process at a time look up and buy for a key; yield whether any ever did before."""

    def drop(self, session_id: str) -> None:
        """Put a session away that has bought nothing, where it is still open."""


class LabelFiles(Protocol):
    """The papers of bought labels."""

    def keep(self, session: Session, label: Label) -> LabelFile:
        """Fetch the paper, check that it is what it says, and put it at its place by rename."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every act of the workflow needs: the outside world and the times to keep.

    ``life`` is how long an idle session lives, ``settle_s`` how long an unknown purchase is
    looked for, ``say`` where progress is told, a sentence at a time.
    """

    api: ShippingApi
    store: SessionStore
    papers: LabelFiles
    clock: Clock
    life: timedelta
    settle_s: float
    say: Callable[[str], None]

    def save(self, session: Session) -> Session:
        """Write the session down now; its expiry slides."""
        return self.store.save(touch(session, self.clock.now(), self.life))
