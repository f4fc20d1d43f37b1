"""One request and its whole answer: sent once, within a time, without following where it points.

Nothing here is repeated. The key goes to the service's own address only. What is logged of a
request: its method, its path without ids, status, milliseconds, request id.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urljoin, urlsplit

import httpx

from shiplabel import __version__
from shiplabel.errors import SettingsError
from shiplabel.language import phrase
from shiplabel.shipstation.deadline import LOOPBACK, limit_time, within
from shiplabel.shipstation.outcome import Answer
from shiplabel.shipstation.straight import Inside, straight

if TYPE_CHECKING:
    from shiplabel.workflow.ports import Clock

AGENT: Final = f"shiplabel/{__version__}"
CONNECT_S: Final = 5.0
WRITE_S: Final = 10.0
_LIMITS: Final = {"connect": CONNECT_S, "write": WRITE_S, "pool": CONNECT_S}
MOST_BYTES: Final = 20 * 2**20
CONNECTIONS: Final = 32
REDIRECTS: Final = 5
MOVED: Final = frozenset({301, 302, 303, 307, 308})
FAILURES: Final = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError)
"""What a connection can end in; the standard library's come from an application called in-process."""

_LOG: Final = logging.getLogger("shiplabel.http")
for _talkative in ("httpx", "httpcore"):  # they log whole addresses and header fields: secrets
    logging.getLogger(_talkative).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Call:
    """A request: ``path`` is a template that ``ids`` fill; ``moved`` is where a redirect led."""

    method: str
    path: str
    ids: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    moved: str = ""

    @property
    def target(self) -> str:
        """The path with its ids."""
        return self.path.format(**{name: quote(value, safe="") for name, value in self.ids.items()})


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def checked_base(base_url: str) -> str:
    """Return the service's address; raise SettingsError unless it is https, or http on this machine."""
    parts = urlsplit(base_url)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(base_url))):
        return base_url.rstrip("/")
    raise SettingsError(
        phrase("The service's address must begin with https:// (http:// on this machine only)."),
        hint=phrase("set SHIPSTATION_BASE_URL, or unset it"),
    )


@lru_cache(maxsize=32)
def _parsed(url: str) -> httpx.URL:
    """Return an address taken apart; a batch sends a thousand requests to one."""
    return httpx.URL(url)


def same_place(url: str, other: str) -> bool:
    """Tell whether two addresses have the same scheme, host and port."""
    with suppress(ValueError):
        one, two = urlsplit(url), urlsplit(other)
        return (one.scheme, one.hostname, one.port) == (two.scheme, two.hostname, two.port)
    return False


def led_to(url: str, location: str) -> str:
    """Return where a redirect leads, empty where it names no address."""
    with suppress(ValueError):
        return urljoin(url, location) if location else ""
    return ""


class Line:
    """The connections to the service: one set for safe calls, and a fresh connection for each purchase."""

    def __init__(self, base_url: str, key: str, transport: httpx.BaseTransport | None, clock: Clock) -> None:
        self.base_url = checked_base(base_url)
        headers = {
            "API-Key": key,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": AGENT,
        }
        self._headers = httpx.Headers(headers)
        self._headers_of_body = httpx.Headers({**headers, "Content-Type": "application/json"})
        self._clock = clock
        tls = True if transport else httpx.create_ssl_context()
        transport = Inside(transport) if transport else None
        environment = not is_loopback(self.base_url)
        self.http = httpx.Client(
            transport=transport,
            verify=tls,
            trust_env=environment,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        )
        self._fresh = httpx.Client(
            transport=transport,
            verify=tls,
            trust_env=environment,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )
        for client in (self.http, self._fresh):
            limit_time(client)

    def close(self) -> None:
        """Close every connection."""
        self.http.close()
        self._fresh.close()

    def ask(self, call: Call, limit_s: float, *, fresh: bool = False) -> Answer | Exception:
        """Send a request once and return its whole answer, or what its connection ended in.

        ``fresh`` takes a new connection: no idle one that the service is about to close.
        """
        began = self._clock.elapsed_s()
        got: Answer | Exception
        try:
            with within(limit_s):
                got = self._roundtrip(self._fresh if fresh else self.http, call, limit_s)
        except FAILURES as error:
            got = error
        self._note(call, got, self._clock.elapsed_s() - began)
        return got

    def look(self, call: Call, limit_s: float) -> Answer | Exception:
        """Send a GET, following redirects to the service's own address."""
        for _ in range(REDIRECTS):
            got = self.ask(call, limit_s)
            if isinstance(got, Exception) or got.status not in MOVED:
                return got
            there = led_to(call.moved or self.base_url + call.target, got.headers.get("location", ""))
            if not same_place(there, self.base_url):
                return got
            call = replace(call, moved=there)
        return self.ask(call, limit_s)

    def _roundtrip(self, client: httpx.Client, call: Call, limit_s: float) -> Answer:
        until = self._clock.elapsed_s() + limit_s
        request = httpx.Request(
            call.method,
            _parsed(call.moved or self.base_url + call.target),
            params=None if call.moved else call.query or None,
            content=call.body,
            headers=self._headers if call.body is None else self._headers_of_body,
            extensions={"timeout": {**_LIMITS, "read": limit_s}},
        )
        response = straight(client, request)
        try:
            body = self._body(response, until)
        finally:
            response.close()
        return Answer(
            response.status_code, {name.lower(): value for name, value in response.headers.items()}, body
        )

    def _body(self, response: httpx.Response, until: float) -> bytes:
        """Return the whole body; raise ReadTimeout when it is not there in time."""
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise httpx.RemoteProtocolError(phrase("the answer is too long"))
            if self._clock.elapsed_s() > until:
                raise httpx.ReadTimeout(phrase("the answer took too long"))
        return bytes(body)

    def _note(self, call: Call, got: Answer | Exception, took_s: float) -> None:
        if not _LOG.isEnabledFor(logging.DEBUG):
            return
        from shiplabel.shipstation.outcome import complaint  # noqa: PLC0415  # only when somebody listens

        told = got.status if isinstance(got, Answer) else type(got).__name__
        request_id = complaint(got).request_id if isinstance(got, Answer) else None
        _LOG.debug("%s %s %s %.0f ms %s", call.method, call.path, told, took_s * 1000, request_id or "-")
