"""The stand-in over real sockets, on the loopback address only; a thread a request, without a request log."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from shiplabel.sandbox.line import SOCKET
from shiplabel.sandbox.server import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from wsgiref.types import WSGIApplication, WSGIEnvironment

_HOST = "127.0.0.1"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Handler(WSGIRequestHandler):
    """Hands its socket to the application, so that a fault can cut it."""

    def make_environ(self) -> WSGIEnvironment:
        return super().make_environ() | {SOCKET: self.connection}

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:  # noqa: ARG002
        """Let the connection end: no next request is awaited on it."""
        self.close_connection = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        """Say nothing."""


class Server(ThreadedWSGIServer):
    """A server that forgets its threads when it ends: one may hang on purpose."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, app: WSGIApplication, port: int) -> None:
        """Listen on a port of the loopback address, a free one for 0; raise OSError where it is taken."""
        with socket.create_server((_HOST, port), backlog=self.request_queue_size) as listening:
            super().__init__(_HOST, port, app, _Handler, fd=listening.fileno())

    @property
    def url(self) -> str:
        """Return the address that clients use."""
        return f"http://{_HOST}:{self.port}"


def serve(
    ledger: Path | str, port: int, *, on_ready: Callable[[str], None], faults: str | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; tell the URL once it listens.

    Raises OSError for a port that is taken and FaultTextError for a fault text that cannot be read.
    """
    app = create_app(ledger, faults=faults)
    server = Server(app, port)
    try:
        with _stopped_by_signals(server):
            on_ready(server.url)
            server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
        app.ledger.close()


@contextlib.contextmanager
def _stopped_by_signals(server: Server) -> Iterator[None]:
    """Let signals end the server, where the caller's thread may take them; put the old handlers back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        threading.Thread(target=server.shutdown).start()

    old = {one: signal.signal(one, stop) for one in _SIGNALS}
    try:
        yield
    finally:
        for one, handler in old.items():
            signal.signal(one, handler)
