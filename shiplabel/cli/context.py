"""Wires the concrete parts: the only place that sees the service, the disk and the terminal at once.

Parts are made when they are first asked for, so a listing loads no HTTP.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shiplabel.cli import console
from shiplabel.cli.clock import SystemClock
from shiplabel.cli.flags import said
from shiplabel.cli.keys import stored_key
from shiplabel.config import Settings, load_settings
from shiplabel.errors import SettingsError
from shiplabel.language import phrase
from shiplabel.storage.links import refuse_links
from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.ports import Parts

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from shiplabel.workflow.session import Session

SANDBOX_URL = "http://127.0.0.1"
SANDBOX_KEY = "sandbox"


def start_faults() -> str:
    """Return the faults that the stand-in starts with; raise SettingsError where they cannot be read."""
    from shiplabel.sandbox.faults import FaultTextError, parse  # noqa: PLC0415  # not for a listing

    text = os.environ.get("SHIPLABEL_SANDBOX_FAULTS", "")
    try:
        parse(text)
    except FaultTextError as error:
        raise SettingsError(f"SHIPLABEL_SANDBOX_FAULTS: {error}", hint="shiplabel sandbox faults") from error
    return text


class Context(AbstractContextManager["Context"]):
    """The settings, the disk and the service of one run of a command."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.say = console.tell
        self.clock = SystemClock(settings.now)

    @classmethod
    def open(cls) -> Context:
        """Read the settings, expire what is old, and say which environment this is."""
        context = cls(load_settings(said(), os.environ, stored_key))
        refuse_links(context.settings.data_dir)
        context.announce()
        return context

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections, where any were opened."""
        if "client" in self.__dict__:
            self.client.close()

    @property
    def can_ask(self) -> bool:
        """Whether a person can be asked."""
        return console.has_terminal()

    @cached_property
    def sessions(self) -> SessionFiles:
        """The sessions and label records of this environment."""
        return SessionFiles(self.settings.records_dir)

    @cached_property
    def client(self) -> Any:
        """The service: over HTTP with a key, else the built-in stand-in."""
        from shiplabel.shipstation.client import Client  # noqa: PLC0415  # HTTP is loaded when it is needed

        if said().verbose:
            from shiplabel.cli.verbose import listen  # noqa: PLC0415  # hardly ever asked for

            listen()
        if self.settings.environment == "sandbox":
            return Client(SANDBOX_URL, SANDBOX_KEY, transport=self._stand_in(), clock=self.clock)
        key = self.settings.key or SANDBOX_KEY
        return Client(self.settings.base_url, key, pacing=self.pacing, clock=self.clock)

    def _stand_in(self) -> Any:
        import sqlite3  # noqa: PLC0415  # only the stand-in keeps a ledger

        import httpx  # noqa: PLC0415  # HTTP is loaded when it is needed

        from shiplabel.sandbox.server import create_app  # noqa: PLC0415  # the stand-in too

        ledger = self.settings.data_dir / "sandbox" / "ledger.sqlite"
        try:
            ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return httpx.WSGITransport(app=create_app(ledger, faults=start_faults()))
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                phrase("The stand-in's ledger {path} cannot be used: {why}.", path=ledger, why=error),
                hint=phrase("shiplabel sandbox reset, or another folder with --data-dir"),
            ) from error

    @cached_property
    def pacing(self) -> Any:
        """The account's budget of requests."""
        from shiplabel.shipstation.pacing import Pacing  # noqa: PLC0415  # not for a listing

        limit, window_s = self.settings.rate_limit
        folder = self.settings.data_dir / "pacing"
        return Pacing(folder, limit, window_s, self.account, self.clock, self._say)

    def _say(self, text: str) -> None:
        self.say(text)

    @property
    def account(self) -> str:
        """A word that is the same for the same key and tells nothing of it."""
        key = self.settings.key.reveal() if self.settings.key else SANDBOX_KEY
        return hashlib.sha256(f"shiplabel:{key}".encode()).hexdigest()[:16]

    @cached_property
    def api(self) -> Any:
        """The service with its carriers' list kept for an hour."""
        from shiplabel.cli.known_carriers import KnownCarriers  # noqa: PLC0415  # not for a listing

        return KnownCarriers(lambda: self.client, self.settings, self.account, self.clock)

    @cached_property
    def parts(self) -> Parts:
        """What the workflow needs."""
        from shiplabel.storage.documents import LabelPapers  # noqa: PLC0415  # not for a listing

        return Parts(
            api=self.api,
            store=self.sessions,
            papers=LabelPapers(self.settings.data_dir / "labels", self._fetch),
            clock=self.clock,
            life=self.settings.session_ttl,
            settle_s=self.settings.settle_s,
            say=console.tell,
        )

    def _fetch(self, url: str, target: Path) -> None:
        self.client.fetch(url, target)

    def announce(self) -> None:
        """Expire what is old and tell of it, of damaged files, and of the sandbox."""
        if self.settings.environment == "sandbox":
            profile = self.settings.profile
            console.tell(
                phrase(
                    "Sandbox: profile {profile} has no key, nothing costs money. "
                    "shiplabel login --profile {profile} keeps one.",
                    profile=profile,
                )
                if profile
                else phrase("Sandbox: no key is set, nothing costs money. shiplabel login keeps a key.")
            )
        for head in self.sessions.expire_old(self.clock.now()):
            if head.waits:
                continue  # its batch quotes it anew
            console.tell(
                phrase(
                    "Session {session_id} has expired. Next: shiplabel new --like {session_id}",
                    session_id=head.session_id,
                )
            )
        for complaint in self.sessions.complaints:
            console.tell(complaint)

    def wish_defaults(self) -> dict[str, Any]:
        """Return what the settings say a new label is like."""
        settings = self.settings
        return {
            "format": settings.format,
            "layout": settings.layout,
            "rule": settings.rule,
            "confirmation": settings.confirmation or "none",
            "abroad": settings.international == "on",
        }

    def with_paper(self, record: Session) -> Session:
        """Return a record, its paper fetched now when it was not yet."""
        from shiplabel.workflow.paper import refetch_paper  # noqa: PLC0415  # not for a listing

        if record.documents.state != "pending":
            return record
        return self.sessions.save_record(refetch_paper(self.parts, record))
