"""Run the real command line and end it with SIGKILL at one chosen touch of the outside.

Every write, sync, rename, link, unlink, folder made, file opened for writing and HTTP request is
a touch, counted before and after. ``CRASH_AT`` names the touch to die at; ``CRASH_LOG`` a file
that the touches are listed in.
"""

from __future__ import annotations

import functools
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from shiplabel.cli.app import main

if TYPE_CHECKING:
    from collections.abc import Callable

_CALLS = ("write", "fsync", "rename", "link", "unlink", "mkdir", "open")
_write, _open = os.write, os.open
_at = int(os.environ.get("CRASH_AT", "0"))
_log = _open(os.environ["CRASH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_turn = threading.Lock()
_count = 0


def touch(name: str) -> None:
    """Count a touch; die at the chosen one."""
    global _count  # noqa: PLW0603  # one count for the whole process
    with _turn:
        _count += 1
        _write(_log, f"{_count} {name}\n".encode())
        if _count == _at:
            os.kill(os.getpid(), signal.SIGKILL)


def around(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that is a touch before and after."""

    @functools.wraps(call)
    def touched(*given: Any, **named: Any) -> Any:
        if not _counts(name, given):
            return call(*given, **named)
        touch(f"before {name}")
        result = call(*given, **named)
        touch(f"after {name}")
        return result

    return touched


def _counts(name: str, given: tuple[Any, ...]) -> bool:
    """Tell whether a call changes something outside: not the terminal, not a file opened to be read."""
    if name == "write":
        return bool(given[0] > 2)
    return name != "open" or bool(given[1] & (os.O_WRONLY | os.O_RDWR))


def run() -> None:
    """Lay the touches around the system's calls and run the command line."""
    import httpx  # noqa: PLC0415  # patched before the client is made

    for name in _CALLS:
        setattr(os, name, around(name, getattr(os, name)))
    sending = httpx.HTTPTransport.handle_request
    httpx.HTTPTransport.handle_request = around("request", sending)  # type: ignore[method-assign]  # on purpose
    main()


if __name__ == "__main__":
    run()
