"""A standard stream whose reader may be gone or whose disk may be full.

What cannot be written is remembered, not raised: a command that bought a label must come to its end, and
its exit code must not deny the purchase.
"""

from __future__ import annotations

import errno
import io
import os
from contextlib import suppress
from typing import TextIO


class Outlet(io.TextIOWrapper):
    """Text to a file, a pipe or a terminal; ``trouble`` is the first error that it met."""

    trouble: OSError | None = None

    def write(self, text: str, /) -> int:
        """Write a text; after a trouble it goes nowhere."""
        try:
            return super().write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            super().flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.trouble = self.trouble or error
        with suppress(OSError):  # what is still in hand leaves for nowhere
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


def outlet(stream: TextIO | None) -> TextIO:
    """Return a stream that raises nothing in a stream's place, in UTF-8 where no person reads it.

    A terminal keeps its character set; what it lacks is shown as a question mark. A closed one is none.
    """
    if stream is None:
        closed = Outlet(open(os.devnull, "wb"), encoding="utf-8", errors="replace")  # noqa: SIM115, PTH123  # as long as the program
        closed.trouble = OSError(errno.EBADF, os.strerror(errno.EBADF))
        return closed
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    chosen = stream.isatty() or bool(os.environ.get("PYTHONIOENCODING"))
    encoding, by_line, at_once = stream.encoding, stream.line_buffering, stream.write_through
    return Outlet(
        stream.detach(),
        encoding=encoding if chosen else "utf-8",
        errors="replace",
        line_buffering=by_line,
        write_through=at_once,
    )
