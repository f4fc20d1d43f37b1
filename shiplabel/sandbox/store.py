"""The SQLite file behind the stand-in: one connection for all threads, safe beside other processes.

Write-ahead logging without an fsync at each commit: a killed process loses nothing, only a power cut could.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY_S = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS shipments (
    shipment_id TEXT PRIMARY KEY, number INTEGER NOT NULL, external_shipment_id TEXT NOT NULL,
    created_at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS shipments_external ON shipments (external_shipment_id);
CREATE TABLE IF NOT EXISTS quotes (
    quote_id TEXT PRIMARY KEY, shipment_id TEXT NOT NULL, number INTEGER NOT NULL,
    created_at TEXT NOT NULL, ready_at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS quotes_shipment ON quotes (shipment_id);
CREATE TABLE IF NOT EXISTS rates (
    rate_id TEXT PRIMARY KEY, shipment_id TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS labels (
    label_id TEXT PRIMARY KEY, number INTEGER NOT NULL, token TEXT NOT NULL,
    shipment_id TEXT NOT NULL, external_shipment_id TEXT NOT NULL, rate_id TEXT,
    carrier_id TEXT NOT NULL, service_code TEXT NOT NULL, tracking_number TEXT NOT NULL, warehouse_id TEXT,
    created_at TEXT NOT NULL, modified_at TEXT NOT NULL, voided_at TEXT,
    ready_at TEXT NOT NULL, ends TEXT NOT NULL, body TEXT NOT NULL, paper TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS labels_shipment ON labels (shipment_id);
CREATE INDEX IF NOT EXISTS labels_external ON labels (external_shipment_id);
CREATE INDEX IF NOT EXISTS labels_rate ON labels (rate_id);
CREATE INDEX IF NOT EXISTS labels_created ON labels (created_at);
CREATE INDEX IF NOT EXISTS labels_number ON labels (number);
CREATE TABLE IF NOT EXISTS charges (
    number INTEGER PRIMARY KEY, label_id TEXT NOT NULL, shipment_id TEXT NOT NULL,
    external_shipment_id TEXT NOT NULL, carrier_id TEXT NOT NULL, amount TEXT NOT NULL,
    at TEXT NOT NULL, voided INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS charges_label ON charges (label_id);
CREATE TABLE IF NOT EXISTS balances (carrier_id TEXT PRIMARY KEY, amount TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS armed (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL, text TEXT NOT NULL,
    remaining INTEGER, draws INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS sources (source TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS budgets (
    key TEXT PRIMARY KEY, opened_at REAL NOT NULL, used INTEGER NOT NULL) STRICT;
"""
_TABLES = (
    "counters",
    "shipments",
    "quotes",
    "rates",
    "labels",
    "charges",
    "balances",
    "requests",
    "armed",
    "sources",
    "budgets",
)


class Store:
    """An open ledger file; its methods may be called from any thread."""

    def __init__(self, path: Path | str) -> None:
        """Open the file, making it and its folder where they are missing."""
        self.path = Path(path)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._depth = 0
        self._link = sqlite3.connect(
            self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        self._link.row_factory = sqlite3.Row
        self._close = weakref.finalize(self, self._link.close)
        self._prepare()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing, alone among threads and processes; inner transactions join the outer one."""
        with self._lock:
            if self._depth:
                yield
                return
            self._link.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._link.execute("ROLLBACK")
                raise
            else:
                self._link.execute("COMMIT")
            finally:
                self._depth = 0

    def do(self, sql: str, *values: Any) -> None:
        """Run one statement for its effect."""
        with self._lock:
            self._link.execute(sql, values)

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._lock:
            return self._link.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def next_number(self, counter: str, start: int) -> int:
        """Return the counter's next number; call it in a transaction."""
        self.do(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + 1",
            counter,
            start,
        )
        row = self.row("SELECT value FROM counters WHERE name = ?", counter)
        return int(row["value"]) if row else start

    def empty(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in _TABLES:
                self.do(f"DELETE FROM {table}")  # noqa: S608 - names of the schema above

    def _prepare(self) -> None:
        self._write_ahead()
        self.do("PRAGMA synchronous = NORMAL")
        with self.transaction():
            for statement in _SCHEMA.split(";")[:-1]:
                self.do(statement)

    def _write_ahead(self) -> None:
        """Switch the journal; the switch itself does not wait for other processes, so ask again."""
        until = time.monotonic() + _BUSY_S
        while True:
            try:
                self.do("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return
