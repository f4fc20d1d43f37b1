"""One request in hand: what was asked, when, and which switches bend its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request

from shiplabel.sandbox.answers import Document, invalid_field, loads, refusal
from shiplabel.sandbox.faults import Switch
from shiplabel.sandbox.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with its path values; ``switches`` are the faults that the handler itself must act out."""

    request: Request
    ledger: Ledger
    values: Mapping[str, str]
    now: datetime
    switches: tuple[Switch, ...] = ()

    @property
    def base(self) -> str:
        """Return the scheme and host that the client used."""
        return self.request.host_url.rstrip("/")

    def switch(self, name: str) -> Switch | None:
        """Return the first fault of a name that is on for this call, or None."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[Switch]:
        """Return every fault of a name that is on for this call."""
        return [one for one in self.switches if one.name == name]

    def body(self) -> Document:
        """Return the request's JSON object; refuse an absent or unreadable one."""
        raw = self.request.get_data()
        if not raw.strip():
            raise refusal(400, "request_body_required", "Request body cannot be empty.", kind="validation")
        try:
            document = loads(raw)
        except ValueError:
            raise invalid_field("body", None, "The request body is not JSON.") from None
        if not isinstance(document, dict):
            raise invalid_field("body", None, "The request body must be a JSON object.")
        return document

    def asked(self, name: str) -> str | None:
        """Return a query value, or None where it is absent or empty."""
        return self.request.args.get(name) or None


def money(amount: Any) -> Document:
    """Return an amount in US dollars as the service writes it."""
    return {"currency": "usd", "amount": amount}
