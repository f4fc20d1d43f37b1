"""What a clerk names as a printer: ``host:port`` for raw printing, anything else is a CUPS queue."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shiplabel.errors import InputError
from shiplabel.language import phrase

RAW_PORT = 9100
_HIGHEST_PORT = 65535
_RAW = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.%]+)\]|(?P<host>[A-Za-z0-9._-]+)):(?P<port>[0-9]*)")
_QUEUE = re.compile(r"[^\s/#\\'\"?:][^\s/#\\'\"?:]{0,126}")


@dataclass(frozen=True, slots=True)
class RawTarget:
    """A printer that listens on a socket; it takes ZPL only."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return it as a clerk types it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class CupsTarget:
    """A queue of the system's print service; an empty name is its default queue."""

    queue: str

    def __str__(self) -> str:
        """Return it as a clerk types it."""
        return self.queue or phrase("the default printer")


Target = RawTarget | CupsTarget


def parse_target(text: str) -> Target:
    """Return the printer that ``text`` names; raise InputError when it names none."""
    text = text.strip()
    raw = _RAW.fullmatch(text)
    if raw:
        return RawTarget(raw["six"] or raw["host"], _port(raw["port"], text))
    if text and (text.startswith("-") or not _QUEUE.fullmatch(text)):
        raise InputError(
            phrase("{text!r} is neither a print queue nor host:port.", text=text),
            field="printer",
            hint=phrase("lpstat -e lists the queues; a raw printer is typed like 192.168.1.40:9100"),
        )
    return CupsTarget(text)


def _port(digits: str, text: str) -> int:
    port = int(digits) if digits else RAW_PORT
    if not 0 < port <= _HIGHEST_PORT:
        raise InputError(
            phrase("{text!r} has no usable port.", text=text),
            field="printer",
            hint=phrase("most label printers listen on port 9100"),
        )
    return port
