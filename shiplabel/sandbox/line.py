"""The connection under a request: kept hanging, cut, or left to the client to end.

Over sockets the server puts its socket into ``environ``; in-process there is none, and a broken connection
is a ConnectionResetError or TimeoutError raised through the client.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Request

SOCKET = "sandbox.socket"
_HANG_S = 120.0
_STEP_S = 0.25
_RESET = struct.pack("ii", 1, 0)


class Line:
    """One client's connection."""

    def __init__(self, request: Request) -> None:
        self._socket: socket.socket | None = request.environ.get(SOCKET)

    @property
    def real(self) -> bool:
        """Tell whether there is a socket under the request."""
        return self._socket is not None

    def silence(self, seconds: float | None) -> TimeoutError:
        """Say nothing until the time is over or the client is gone; return what to raise."""
        if self._socket is None:
            time.sleep(seconds or 0)
        else:
            self.await_hangup(_HANG_S if seconds is None else seconds)
        return TimeoutError("the stand-in kept silent")

    def await_hangup(self, seconds: float = _HANG_S) -> None:
        """Wait until the client is gone, at most so long."""
        until = time.monotonic() + seconds
        while not self._gone() and (left := until - time.monotonic()) > 0:
            time.sleep(min(_STEP_S / 10, left))

    def dropped(self, raw: bytes = b"") -> ConnectionResetError:
        """Send these bytes or set up a reset; return what to raise."""
        if self._socket is not None:
            if raw:
                self._socket.sendall(raw)
            else:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        return ConnectionResetError("the stand-in dropped the connection")

    def torn(self, response: Response) -> Response:
        """Send the head and half of the body that it announces, then drop the connection."""
        body = response.get_data()
        half = body[: len(body) // 2]
        if self._socket is None:
            return Response(
                _half(half), response.status, {**response.headers, "Content-Length": str(len(body))}
            )
        head = f"HTTP/1.1 {response.status}\r\nContent-Type: {response.content_type}\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        raise self.dropped(head.encode("latin-1") + half)

    def _gone(self) -> bool:
        if self._socket is None:
            return True
        try:
            readable = select.select([self._socket], [], [], _STEP_S)[0]
            return bool(readable) and not self._socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return True


def _half(half: bytes) -> Iterator[bytes]:
    yield half
    raise ConnectionResetError("the stand-in dropped the connection")
