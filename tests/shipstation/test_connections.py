"""Which connection a purchase goes on, over real sockets: never one that the service may be closing."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from shiplabel.cli.clock import SystemClock
from shiplabel.shipstation import exchange
from shiplabel.shipstation.exchange import Call, Line
from shiplabel.shipstation.outcome import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

SILENT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
WHOLE = b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}"
TORN = b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 9\r\n\r\n{}"
PURCHASE = Call("POST", "/v2/labels", body=b"{}")


class Service:
    """Gives the same answer to every request; ``seen`` counts those of each connection."""

    def __init__(self, answer: bytes, closes: bool) -> None:
        self.seen: list[int] = []
        self._answer, self._closes = answer, closes
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.seen.append(0)
            threading.Thread(target=self._speak, args=(connection, len(self.seen) - 1), daemon=True).start()

    def _speak(self, connection: socket.socket, number: int) -> None:
        with connection:
            came = b""
            while more := connection.recv(65536):
                came += more
                if not came.endswith(b"{}" if came.startswith(b"POST") else b"\r\n\r\n"):
                    continue
                came = b""
                self.seen[number] += 1
                connection.sendall(self._answer)
                if self._closes:
                    return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def line_to(answer: bytes = WHOLE, *, closes: bool = False) -> Iterator[tuple[Line, Service]]:
    with (
        closing(Service(answer, closes)) as service,
        closing(Line(service.url, "key", None, SystemClock())) as line,
    ):
        yield line, service


def buy(line: Line) -> Answer | Exception:
    return line.ask(PURCHASE, 5.0, fresh=True)


def test_purchases_one_soon_after_another_go_on_one_connection() -> None:
    with line_to() as (line, service):
        for _ in range(5):
            assert isinstance(buy(line), Answer)
    assert service.seen == [5]


def test_purchase_goes_on_no_connection_that_was_idle_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "FRESH_S", 0.05)
    with line_to() as (line, service):
        buy(line)
        time.sleep(0.1)
        assert isinstance(buy(line), Answer)
    assert service.seen == [1, 1]


def test_purchase_goes_on_no_connection_that_the_service_does_not_say_it_keeps() -> None:
    with line_to(SILENT) as (line, service):
        for _ in range(3):
            assert isinstance(buy(line), Answer)
    assert service.seen == [1, 1, 1]


def test_purchase_goes_on_no_connection_of_the_safe_calls() -> None:
    with line_to() as (line, service):
        line.ask(Call("GET", "/v2/carriers"), 5.0)
        buy(line)
        line.ask(Call("GET", "/v2/carriers"), 5.0)
    assert service.seen == [2, 1]


def test_purchase_after_the_service_closed_goes_on_a_new_connection() -> None:
    with line_to(closes=True) as (line, service):
        for _ in range(3):
            assert isinstance(buy(line), Answer)
            time.sleep(0.05)
    assert service.seen == [1, 1, 1]


def test_purchase_after_a_torn_answer_goes_on_a_new_connection() -> None:
    with line_to(TORN, closes=True) as (line, service):
        for _ in range(2):
            assert isinstance(buy(line), Exception)
    assert service.seen == [1, 1]


def test_purchase_whose_time_is_over_leaves_no_connection_to_the_next() -> None:
    with line_to(TORN) as (line, service):
        for _ in range(2):
            assert isinstance(line.ask(PURCHASE, 0.1, fresh=True), Exception)
    assert service.seen == [1, 1]
