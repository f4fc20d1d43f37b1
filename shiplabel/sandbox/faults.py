"""The faults that the stand-in can be told to show, and the text that arms them.

A text is a comma separated list of ``NAME[@ENDPOINT][:key=value...]``: ``buy-then-hang@purchase:times=1``,
``server-500@rates:p=0.3:seed=7``. Without ``times`` or ``p`` a fault shows at every call of its endpoint.
This module knows names and grammar only; how a fault bites is said where the answer is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

ENDPOINTS = ("carriers", "shipments", "rates", "purchase", "labels", "void", "track", "download", "any")
_EVERYWHERE = ("times", "p", "seed")
_WAYS = {
    "hang": "keeps the connection open without an answer (seconds, default 120 or until the client goes)",
    "drop-before-head": "drops the connection before the first byte",
    "drop-in-head": "drops the connection in the middle of the head",
    "drop-mid-body": "drops the connection in the middle of the body",
    "500": "answers 500 with an empty body",
    "502": "answers 502 with an HTML page",
    "503": "answers 503 with an error body",
    "504": "answers 504 with an HTML page",
    "truncated": "answers 200 with JSON that is cut in the middle",
    "non-json": "answers 200 with text that is not JSON",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a named fault does, on which endpoint unless told otherwise, and the keys it understands."""

    description: str
    endpoint: str = "any"
    keys: tuple[str, ...] = ()


def _ways() -> dict[str, Kind]:
    told = {}
    for way, words in _WAYS.items():
        keys = ("seconds",) if way == "hang" else ()
        plain = f"server-{way}" if way.isdigit() else way
        told[plain] = Kind(f"Does nothing, {words}.", "any", keys)
        told[f"buy-then-{way}"] = Kind(f"Buys, then {words}.", "purchase", keys)
        told[f"void-then-{way}"] = Kind(f"Voids, then {words}.", "void", keys)
    return told


_INSTEAD: dict[str, Kind] = _ways() | {
    "buy-after-hangup": Kind("Buys only after the client hung up (seconds later).", "purchase", ("seconds",)),
    "void-hang": Kind("Does not void, keeps the connection open without an answer.", "void", ("seconds",)),
    "insufficient-funds": Kind("Refuses with 400 insufficient_funds.", "purchase"),
    "invalid-address": Kind("Refuses with 400 invalid_address naming a field.", "purchase", ("field",)),
    "identifier-conflict": Kind("Refuses with 400 identifier_conflict.", "rates"),
    "unknown-code": Kind("Refuses with 400 and an error code of no list.", "purchase"),
    "status-401": Kind("Refuses with 401 unauthorized."),
    "status-402": Kind("Refuses with 402.", "purchase"),
    "status-403": Kind("Refuses with 403 forbidden."),
    "status-404": Kind("Refuses with 404 and an empty body."),
    "status-409": Kind("Refuses with 409 (nothing done).", "purchase"),
    "status-422": Kind("Refuses with 422.", "purchase"),
    "status-429": Kind("Refuses with 429 and Retry-After in seconds.", "any", ("seconds",)),
    "status-429-date": Kind("Refuses with 429 and Retry-After as an HTTP date.", "any", ("seconds",)),
    "status-429-bare": Kind("Refuses with 429 without Retry-After."),
    "buy-then-409": Kind("Buys, then answers 409.", "purchase"),
    "download-404": Kind("The paper is not found.", "download"),
    "download-410": Kind("The paper has expired.", "download"),
    "download-truncated": Kind("The paper ends before its Content-Length.", "download"),
    "download-wrong-type": Kind("The paper is an HTML page with status 200.", "download"),
    "download-too-large": Kind("The paper is followed by zeros (megabytes).", "download", ("megabytes",)),
    "download-drip": Kind("The paper comes in drops, over some seconds.", "download", ("seconds",)),
    "redirect": Kind("Answers with a redirect (to, status).", "purchase", ("to", "status")),
}
_BESIDES: dict[str, Kind] = {
    "list-lag": Kind("Hides labels younger than some seconds from the look-ups.", "labels", ("seconds",)),
    "list-ignores-external-id": Kind("The label list ignores its external_shipment_id filter.", "labels"),
    "two-labels": Kind("A purchase makes two labels and two charges, and answers with one.", "purchase"),
    "label-processing": Kind("The label is processing for some seconds.", "purchase", ("seconds",)),
    "label-error": Kind("The label ends in status error (after seconds).", "purchase", ("seconds",)),
    "price-differs": Kind("The label costs more than its rate (by dollars).", "purchase", ("by",)),
    "rate-expired": Kind("Refuses a purchase from a rate: 404, the rate is gone.", "purchase"),
    "partial-rates": Kind("One carrier fails, the others quote.", "rates", ("carrier",)),
    "carrier-fails": Kind("A carrier fails to quote.", "rates", ("carrier",)),
    "all-carriers-fail": Kind("All carriers fail: HTTP 200, status error, no rates.", "rates"),
    "rates-rise": Kind("Every rate costs more than it did (by dollars).", "rates", ("by",)),
    "rates-working": Kind("Rates are not complete for some seconds.", "rates", ("seconds",)),
    "carrier-delay": Kind("A carrier quotes some seconds later.", "rates", ("carrier", "seconds")),
    "carriers-207": Kind("The carrier list is partial, with errors.", "carriers"),
    "other-account": Kind("The carrier list is that of another account.", "carriers"),
    "void-refused": Kind("Refuses to void in a 200 (reason).", "void", ("reason",)),
    "label-url": Kind("Label links lead elsewhere (to).", "purchase", ("to",)),
    "slow": Kind("Waits some seconds, then goes on.", "any", ("seconds",)),
    "nulls": Kind("Answers with null in every field that is no id.", "any"),
    "unknown-fields": Kind("Answers with fields and words of no list.", "any"),
    "string-amounts": Kind("Answers with amounts as strings.", "any"),
    "hostile-text": Kind("Answers with names that hold escapes, paths and formulas.", "any"),
    "rate-limit": Kind("Switch: limit calls a window of seconds; 0 = off.", "any", ("limit", "window")),
    "external-id": Kind("Switch: a used external id is refused, updates, makes another.", "any", ("mode",)),
}
_KINDS = _INSTEAD | _BESIDES
FAULTS: Mapping[str, str] = {name: kind.description for name, kind in sorted(_KINDS.items())}


class FaultTextError(ValueError):
    """A fault text that cannot be read; says which part and what would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One armed fault: where it shows, how often, and its own values."""

    text: str
    name: str
    endpoint: str
    params: Mapping[str, str]

    @property
    def times(self) -> int | None:
        """Return for how many calls it shows, or None for all."""
        return int(self.params["times"]) if "times" in self.params else None

    @property
    def replaces(self) -> bool:
        """Tell whether it takes the place of the true answer; a call shows one such fault at most."""
        return self.name in _INSTEAD

    def param(self, key: str, default: str) -> str:
        """Return a value, or the default."""
        return self.params.get(key, default)

    def seconds(self, default: float) -> float:
        """Return the seconds it was given, or the default."""
        return float(self.params.get("seconds", default))

    def shows(self, draw: int) -> bool:
        """Tell whether it shows at its n-th chance: always, or by probability and seed."""
        if "p" not in self.params:
            return True
        chance = Random(f"{self.param('seed', '0')}:{draw}").random()  # noqa: S311 - a reproducible draw
        return chance < float(self.params["p"])


def parse(text: str) -> list[Switch]:
    """Read a fault text; raise FaultTextError for names, endpoints, keys or numbers it does not know."""
    return [_parse_one(one.strip()) for one in text.split(",") if one.strip()]


def _parse_one(text: str) -> Switch:
    head, *parts = text.split(":")
    name, at, endpoint = head.partition("@")
    name = name.strip().replace("_", "-")
    kind = _KINDS.get(name)
    if kind is None:
        raise FaultTextError(f"{text}: no fault is named {name!r}; known are {', '.join(FAULTS)}")
    where = endpoint.strip() if at else kind.endpoint
    if where not in ENDPOINTS:
        raise FaultTextError(f"{text}: no endpoint is named {where!r}; known are {', '.join(ENDPOINTS)}")
    params = _params(text, parts, (*kind.keys, *_EVERYWHERE))
    return Switch(text=text, name=name, endpoint=where, params=params)


def _params(text: str, parts: list[str], keys: tuple[str, ...]) -> dict[str, str]:
    params: dict[str, str] = {}
    last = ""
    for part in parts:
        key, is_, value = part.partition("=")
        if is_ and key.strip() in keys:
            last = key.strip()
            params[last] = value.strip()
        elif last == "to":
            params[last] += f":{part}"
        else:
            raise FaultTextError(f"{text}: {part!r} is not one of {', '.join(f'{one}=' for one in keys)}")
    for key in ("times", "p", "seconds", "megabytes", "limit", "window", "by", "status"):
        _check_number(text, key, params.get(key))
    return params


def _check_number(text: str, key: str, value: str | None) -> None:
    whole = key in ("times", "limit", "megabytes", "status")
    try:
        if value is not None:
            int(value) if whole else float(value)
    except ValueError:
        raise FaultTextError(f"{text}: {key}={value} is not a number") from None
