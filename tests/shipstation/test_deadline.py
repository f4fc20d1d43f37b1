"""The whole of a request keeps to its time, over real sockets that answer in drops."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import httpcore
import httpx
import pytest
import trustme

from shiplabel.baton import hearing
from shiplabel.shipstation.deadline import limit_time, within, wrote_at

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"


@contextmanager
def dripping(first: bytes) -> Iterator[str]:
    """Serve one client: these bytes at once, then one more every 20 ms until it goes."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(first)
                while not over.wait(0.02):
                    connection.sendall(b"X")
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        over.set()
        thread.join(timeout=5)
        listener.close()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        limit_time(client)
        yield client


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX: ", HEAD], ids=["silence", "head", "body"])
def test_answer_in_drops_ends_with_the_time(http: httpx.Client, first: bytes) -> None:
    began = time.monotonic()
    with dripping(first) as url, pytest.raises(httpx.ReadTimeout), within(0.3):
        http.get(url)
    assert 0.25 < time.monotonic() - began < 2


def test_request_whose_time_is_over_is_not_sent(http: httpx.Client) -> None:
    with dripping(b"") as url, within(-1), pytest.raises(httpx.ConnectTimeout):
        http.get(url)
    assert wrote_at() is None


def test_request_tells_when_it_left(http: httpx.Client) -> None:
    with dripping(b"HTTP/1.1 204 No Content\r\n\r\n") as url:
        began = time.monotonic()
        with within(5):
            http.get(url)
    assert began < (wrote_at() or 0) < began + 2


def test_request_without_a_time_keeps_to_its_own_timeouts(http: httpx.Client) -> None:
    with dripping(HEAD) as url, pytest.raises(httpx.ReadTimeout):
        http.get(url, timeout=httpx.Timeout(5, read=0.005))


def test_client_through_a_proxy_keeps_to_the_time() -> None:
    with dripping(HEAD) as proxy, httpx.Client(trust_env=False, proxy=proxy) as client:
        limit_time(client)
        with pytest.raises(httpx.ReadTimeout), within(0.3):
            client.get("http://service.invalid/")


@contextmanager
def tunnel(authority: trustme.CA, order: list[str]) -> Iterator[str]:
    """Be a proxy that grants one tunnel, and the service behind it; note what comes in which order."""
    listener = socket.create_server(("127.0.0.1", 0))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("service.invalid").configure_cert(tls)

    def serve() -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        order.append("granted")
        connection.sendall(b"HTTP/1.1 200 Granted\r\n\r\n")
        with tls.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(65536)
            order.append("asked")
            encrypted.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            encrypted.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        thread.join(timeout=5)
        listener.close()


def test_answer_through_a_proxy_is_not_heard_for_the_proxy_speaks_too() -> None:
    authority, order, tls = trustme.CA(), list[str](), ssl.create_default_context()
    authority.configure_trust(tls)
    with (
        tunnel(authority, order) as proxy,
        httpx.Client(trust_env=False, proxy=proxy, verify=tls) as client,
        within(5),
        hearing(lambda: order.append("heard")),
    ):
        limit_time(client)
        assert client.get("https://service.invalid/").status_code == 204
    assert order == ["granted", "asked"]


def test_client_on_a_transport_without_sockets_is_left_alone() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200))
    with httpx.Client(transport=transport) as client:
        limit_time(client)
        assert client.get("http://service.invalid/").status_code == 200


def test_handshake_in_drops_ends_with_the_time() -> None:
    with dripping(b"\x16\x03\x03") as url, httpx.Client(trust_env=False, timeout=30) as client:
        limit_time(client)
        with pytest.raises(httpx.TransportError) as caught, within(0.3):
            client.get(url.replace("http:", "https:"))
    assert isinstance(caught.value, httpx.ConnectTimeout | httpx.ConnectError)


class Halves(BaseHTTPRequestHandler):
    """Answers with the head in one write and the body in another, on a kept connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="this system cannot be told to")
def test_answers_in_two_writes_are_not_held_up(http: httpx.Client) -> None:
    with HTTPServer(("127.0.0.1", 0), Halves) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        began = time.monotonic()
        for _ in range(40):
            with within(5):
                http.get(f"http://127.0.0.1:{server.server_port}/")
        took_s = time.monotonic() - began
        http.close()
        server.shutdown()
    assert took_s < 1


def test_library_still_offers_the_way_in() -> None:
    with httpx.Client() as client:
        limit_time(client)
        transport = client._transport
        assert isinstance(transport, httpx.HTTPTransport)
        pool = transport._pool
        assert isinstance(pool, httpcore.ConnectionPool)
        stream = pool.create_connection(httpcore.Origin(b"http", b"127.0.0.1", 9))
        assert stream._network_backend is pool._network_backend  # type: ignore[attr-defined]  # what is proven
