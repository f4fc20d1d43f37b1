"""A purchase over real sockets: whatever the service does, one POST and no more."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from shiplabel.cli.clock import SystemClock
from shiplabel.errors import NoAnswer, NotSent, RateLimited, Refused, Unauthorized
from shiplabel.sandbox.serve import Server
from shiplabel.sandbox.server import create_app
from shiplabel.shipstation.client import Client
from tests.shipstation.parts import KEY, Script, Steady, intent, sandboxed, scripted, shipment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
RESET = struct.pack("ii", 1, 0)


class Peer:
    """A server that reads each request whole, sends these bytes and closes; ``posts`` counts purchases."""

    def __init__(self, reply: bytes, *, reset: bool = False) -> None:
        self._reply, self._reset = reply, reset
        self.posts: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        head, _, body = self._until(connection, b"\r\n\r\n").partition(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < size:
            body += connection.recv(65536)
        self.posts.append(head)
        connection.sendall(self._reply)
        if self._reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    @staticmethod
    def _until(connection: socket.socket, mark: bytes) -> bytes:
        text = b""
        while mark not in text:
            part = connection.recv(65536)
            if not part:
                raise ConnectionResetError
            text += part
        return text


@pytest.mark.parametrize(
    ("reply", "reset"),
    [
        (b"", False),
        (b"", True),
        (b"HTTP/1.1 200 O", False),
        (HEAD + b"Content-Length: 900\r\n\r\n" + b'{"label_id": "se-1"', False),
        (HEAD + b"Content-Length: 0\r\n\r\n", False),
        (HEAD + b"Content-Length: 2\r\n\r\n{}", False),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<html></html>", False),
        (b"HTTP/1.1 307 Moved\r\nLocation: /v2/labels\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n", False),
        (b"nonsense\r\n\r\n", False),
    ],
)
def test_buy_without_a_certain_answer_posts_once(reply: bytes, reset: bool) -> None:
    peer = Peer(reply, reset=reset)
    client = Client(peer.url, KEY, clock=SystemClock())
    try:
        with pytest.raises(NoAnswer):
            client.buy(intent(), shipment())
    finally:
        client.close()
        peer.close()
    assert len(peer.posts) == 1
    assert peer.posts[0].startswith(b"POST /v2/labels/rates/se-1 HTTP/1.1")


def test_buy_where_nobody_listens_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", KEY, clock=SystemClock())
    with pytest.raises(NotSent):
        client.buy(intent(), shipment())
    client.close()


def test_buy_of_a_dripping_answer_ends_at_ninety_seconds() -> None:
    clock = Steady()

    def drip() -> Iterator[bytes]:
        for _ in range(100):
            clock.seconds += 10
            yield b" "

    script = Script([httpx.Response(200, content=drip())])
    start = clock.seconds
    with pytest.raises(NoAnswer):
        scripted(script, clock).buy(intent(), shipment())
    assert clock.seconds - start <= 110
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(429, headers={"Retry-After": "3"}), RateLimited),
        (httpx.Response(401), Unauthorized),
        (httpx.Response(400, json={"errors": [{"error_code": "insufficient_funds"}]}), Refused),
        (httpx.ConnectError("refused"), NotSent),
        (httpx.ReadTimeout("late"), NoAnswer),
        (httpx.Response(503), NoAnswer),
    ],
)
def test_buy_that_fails_is_never_repeated(answer: httpx.Response | Exception, kind: type[Exception]) -> None:
    clock, script = Steady(), Script([answer])
    with pytest.raises(kind):
        scripted(script, clock).buy(intent(), shipment())
    assert len(script.seen) == 1
    assert clock.pauses == []


def test_buy_of_a_label_with_an_odd_field_is_still_a_label() -> None:
    script = Script(
        [httpx.Response(200, json={"label_id": "se-5", "shipment_cost": "much", "status": "completed"})]
    )
    label = scripted(script).buy(intent(), shipment())
    assert (label.label_id, label.status, label.cost) == ("se-5", "completed", None)


@pytest.mark.parametrize(
    "fault",
    [
        "buy-then-hang:seconds=0",
        "buy-then-drop-before-head",
        "buy-then-drop-mid-body",
        "buy-then-truncated",
        "buy-then-non-json",
        "buy-then-500",
        "buy-then-502",
        "buy-then-503",
        "buy-then-409",
        "redirect",
    ],
)
def test_buy_from_a_stand_in_that_fails_charges_at_most_once(tmp_path: Path, fault: str) -> None:
    client = sandboxed(tmp_path)
    carriers = [carrier.carrier_id for carrier in client.carriers()]
    rate = client.quote(carriers, shipment=shipment()).rates[0]
    app = create_app(tmp_path / "ledger.sqlite", faults=fault)
    faulty = Client("http://127.0.0.1", KEY, transport=httpx.WSGITransport(app=app), clock=Steady())
    with pytest.raises(NoAnswer):
        faulty.buy(intent(rate_id=rate.rate_id), shipment())
    assert len(app.ledger.charges()) == (0 if fault == "redirect" else 1)


@pytest.mark.parametrize("by", ["rate", "shipment", "inline"])
def test_buy_over_a_socket_brings_the_label(tmp_path: Path, by: str) -> None:
    app = create_app(tmp_path / "ledger.sqlite")
    server = Server(app, 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    client = Client(f"http://127.0.0.1:{server.socket.getsockname()[1]}", KEY, clock=SystemClock())
    try:
        wish = shipment(carrier_id="se-100002", service_code="ups_ground")
        made = client.create_shipment(wish) if by != "inline" else None
        rate = client.quote(["se-100002"], shipment_id=made).rates[0] if made else None
        wanted = intent(
            by,
            rate_id=rate.rate_id if rate else None,
            shipment_id=made,
            carrier_id="se-100002",
            service_code="ups_ground",
        )
        label = client.buy(wanted, wish)
        assert label.external_shipment_id == wish.shipment_key
        assert len(app.ledger.charges()) == 1
        client.fetch(label.downloads["href"], tmp_path / "label.pdf")
        assert (tmp_path / "label.pdf").read_bytes().startswith(b"%PDF")
    finally:
        client.close()
        server.shutdown()
        server.server_close()
        app.ledger.close()
