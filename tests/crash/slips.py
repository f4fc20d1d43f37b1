"""What is done to a run before its ``main``: it falls over with the key in hand, or shares files."""

from __future__ import annotations

import os

from shiplabel.shipstation.client import Client


def fall_over() -> None:
    """Let the program meet a fault of its own whose words hold the key."""

    def carriers(self: Client) -> None:
        raise RuntimeError(f"the key is {self._line._headers['API-Key']}")

    Client.carriers = carriers  # type: ignore[method-assign,assignment]  # a bug made on purpose


def open_umask() -> None:
    """Take nothing away from the modes that files are made with."""
    os.umask(0)
