"""Which connection a purchase goes on, over real sockets: always a new one, of its own."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from shiplabel.cli.clock import SystemClock
from shiplabel.shipstation.exchange import Call, Line
from shiplabel.shipstation.outcome import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE = b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}"
PURCHASE = Call("POST", "/v2/labels", body=b"{}")


class Service:
    """Gives the same answer to every request and keeps connections; ``seen`` counts the requests of each."""

    def __init__(self, answer: bytes) -> None:
        self.seen: list[int] = []
        self.closed = threading.Event()
        self._answer = answer
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
        self.closed.set()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def line_to(answer: bytes = WHOLE) -> Iterator[tuple[Line, Service]]:
    with (
        closing(Service(answer)) as service,
        closing(Line(service.url, "key", None, SystemClock())) as line,
    ):
        yield line, service


def buy(line: Line) -> Answer | Exception:
    return line.ask(PURCHASE, 5.0, fresh=True)


def test_each_purchase_goes_on_a_connection_of_its_own_that_is_closed_after_it() -> None:
    with line_to() as (line, service):
        for _ in range(3):
            assert isinstance(buy(line), Answer)
        assert service.closed.wait(5)
    assert service.seen == [1, 1, 1]


def test_surplus_answer_to_a_purchase_is_never_that_to_the_next() -> None:
    with line_to(WHOLE + WHOLE) as (line, service):
        for _ in range(3):
            assert isinstance(buy(line), Answer)
    assert service.seen == [1, 1, 1]


def test_safe_calls_share_a_connection_and_leave_purchases_theirs() -> None:
    with line_to() as (line, service):
        for _ in range(2):
            line.ask(Call("GET", "/v2/carriers"), 5.0)
            buy(line)
    assert sorted(service.seen) == [1, 1, 2]
