"""Shapes met for the first time by several threads at once: run apart, since a fault ends the process."""

from __future__ import annotations

import sys
import threading
from decimal import Decimal  # noqa: TC003  # the library looks it up when it makes the shape
from typing import Any

import msgspec

from shiplabel.shipstation.tolerant import decoded

ROUNDS, THREADS = 60, 4


def fresh_shape(number: int) -> Any:
    """Return a shape that nobody has read into yet, with another one in it."""

    class Inner(msgspec.Struct):
        amount: Decimal | None = None
        words: list[str] | None = None

    globals()[f"Inner{number}"] = Inner
    fields = [("inner", f"Inner{number} | None", None), ("more", f"list[Inner{number}] | None", None)]
    return msgspec.defstruct(f"Outer{number}", fields, module=__name__)


def read_at_once(shape: Any) -> None:
    """Read into a shape in several threads that start together."""
    start = threading.Barrier(THREADS)

    def read() -> None:
        start.wait()
        decoded(b'{"inner": {"amount": 1.5}}', shape)

    readers = [threading.Thread(target=read) for _ in range(THREADS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


if __name__ == "__main__":
    sys.setswitchinterval(1e-6)
    for number in range(ROUNDS):
        read_at_once(fresh_shape(number))
