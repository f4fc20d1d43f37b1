"""A time for the whole of a request: connecting, sending, and every byte of the answer together.

The HTTP library limits each read by itself, so an answer that comes in drops may last for ever. Here
every operation on a socket gets at most what is left of the time that its thread has set. Only the
system's look-up of the host's name is beyond its reach; it happens before anything is sent.

What has come is acknowledged at once where the system can: a server that writes the head of its answer
and then the body waits 40 ms for that on every kept connection.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final

import httpcore
import httpx

from shiplabel.baton import tell_heard, waiting
from shiplabel.language import phrase

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator


class _Time(threading.local):
    """What this thread has set: the end of its request's time, and when it last wrote to a socket."""

    until: float | None = None
    wrote_at: float | None = None


_TIME: Final = _Time()
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""The hosts that are this machine: a connection to one is there at once, and nobody waits for it."""

_AT_ONCE: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let all that this thread does on the clients' sockets take so many seconds together."""
    _TIME.until, _TIME.wrote_at = time.monotonic() + seconds, None
    try:
        yield
    finally:
        _TIME.until = None


def wrote_at() -> float | None:
    """Return when this thread's last request left, on the machine's steady clock; None when none did."""
    return _TIME.wrote_at


def limit_time(client: httpx.Client) -> None:
    """Make a client's sockets keep to the time that ``within`` sets, those through a proxy too."""
    direct = client._transport  # noqa: SLF001  # no public way in
    for transport in (direct, *client._mounts.values()):  # noqa: SLF001  # the same
        if isinstance(transport, httpx.HTTPTransport):
            backend = _Backend(is_direct=transport is direct)
            transport._pool._network_backend = backend  # noqa: SLF001  # the library offers it one level below


def _left_s(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """Return the seconds that an operation may take; raise ``late`` when there are none."""
    if _TIME.until is None:
        return timeout
    left_s = _TIME.until - time.monotonic()
    if left_s <= 0:
        raise late(phrase("the time for this request is over"))
    return left_s if timeout is None else min(timeout, left_s)


class _Backend(httpcore.NetworkBackend):
    """Opens sockets that keep to the time; ``is_direct`` tells whether they lead past all proxies."""

    def __init__(self, *, is_direct: bool) -> None:
        self._inner = httpcore.SyncBackend()
        self._is_direct = is_direct

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host."""
        left_s = _left_s(timeout, httpcore.ConnectTimeout)
        with nullcontext() if host in LOOPBACK else waiting():
            inner = self._inner.connect_tcp(host, port, left_s, local_address, socket_options)
        return _Stream(inner, is_direct=self._is_direct)


class _Stream(httpcore.NetworkStream):
    """A socket that keeps to the time; on a direct one nobody but the service speaks."""

    def __init__(self, inner: httpcore.NetworkStream, *, is_direct: bool) -> None:
        self._inner = inner
        self._is_direct = is_direct

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        if _AT_ONCE is not None:
            with suppress(OSError):  # the system forgets it after each read
                self._inner.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _AT_ONCE, 1)
        with waiting():
            got = self._inner.read(max_bytes, _left_s(timeout, httpcore.ReadTimeout))
            if self._is_direct:
                tell_heard()
            return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._inner.write(buffer, _left_s(timeout, httpcore.WriteTimeout))
        _TIME.wrote_at = time.monotonic()

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on encrypted."""
        left_s = _left_s(timeout, httpcore.ConnectTimeout)
        with waiting():
            inner = self._inner.start_tls(ssl_context, server_hostname, left_s)
        return _Stream(inner, is_direct=self._is_direct)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the socket."""
        return self._inner.get_extra_info(info)
