"""``--verbose``: each request on stderr, by method, path, status and time; never a key or an address."""

from __future__ import annotations

import logging

from shiplabel.cli import console


class _Told(logging.Handler):
    """Says each line of the log as the program says everything else."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        console.tell(record.getMessage())


def listen() -> None:
    """Let the requests of this run be told."""
    log = logging.getLogger("shiplabel.http")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(_Told())
