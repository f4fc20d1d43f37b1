"""The doctor's checks: each looks at one thing and yields what it found. None of them writes a record."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from shiplabel import __version__
from shiplabel.errors import ApiError, InputError, ShiplabelError, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from shiplabel.cli.context import Context
    from shiplabel.domain.rate import Carrier
    from shiplabel.printing.targets import RawTarget

KEY = "key"
SLOW_S = 3.0
CLOCK_S = 60.0
LOW_SPACE = 200 * 1024 * 1024
NO_SPACE = 5 * 1024 * 1024
SOON = timedelta(hours=2)
REACH_S = 5.0
PARTS = ("typer", "rich", "httpx", "tinydb", "msgspec", "keyring")

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found and what to do about it."""

    check: str
    status: Status
    message: str
    fix: str = ""


def key_and_service(context: Context) -> Iterator[Finding]:
    """Ask the service for the carriers: there, how fast, key taken, balances."""
    environment = context.settings.environment
    start = time.monotonic()
    try:
        carriers = context.client.carriers()
    except Unauthorized as error:
        yield Finding(KEY, "error", f"The service refuses the key: {error.message}", "shiplabel login")
        return
    except ApiError as error:
        yield Finding(KEY, "warning", "The key could not be tried.", "mend what is wrong with the service")
        yield Finding("service", "error", error.message, "check the network, then: shiplabel doctor")
        return
    took_s = time.monotonic() - start
    yield _key(context)
    slow = took_s > SLOW_S
    where = "The built-in stand-in" if environment == "sandbox" else context.settings.base_url
    yield Finding(
        "service",
        "warning" if slow else "ok",
        f"{where} answered in {took_s * 1000:.0f} ms.",
        "rates will take their time; check the network" if slow else "",
    )
    yield from _carriers(context, list(carriers))


def _key(context: Context) -> Finding:
    environment = context.settings.environment
    if environment == "sandbox":
        return Finding(KEY, "ok", "No key: sandbox, nothing costs money.", "shiplabel login")
    money = "labels cost real money" if environment == "production" else "nothing is charged"
    return Finding(KEY, "ok", f"{environment.upper()}: {money}.")


def _carriers(context: Context, carriers: list[Carrier]) -> Iterator[Finding]:
    if not carriers:
        yield Finding("carriers", "error", "The account has no carrier.", "connect one in ShipStation")
    for carrier in carriers:
        yield _carrier(context, carrier)


def _carrier(context: Context, carrier: Carrier) -> Finding:
    """Return how a carrier stands: usable, and a prepaid balance that is not low."""
    name = carrier.nickname or carrier.name or carrier.carrier_code
    if carrier.disabled:
        return Finding("carriers", "warning", f"{name} is switched off.", "look at the plan in ShipStation")
    if not carrier.prepaid or carrier.balance is None:
        return Finding("carriers", "ok", f"{name} is connected.")
    low = context.settings.low_balance
    if carrier.balance < low:
        fix = f"add funds in ShipStation, or: shiplabel config set low_balance {carrier.balance:.0f}"
        return Finding(
            "carriers", "warning", f"{name} has a low balance: {carrier.balance:.2f}, under {low:.2f}.", fix
        )
    return Finding("carriers", "ok", f"{name} is connected, balance {carrier.balance:.2f}.")


def clock(context: Context) -> Iterator[Finding]:
    """Compare this machine's clock with the service's; no key is sent."""
    if context.settings.environment == "sandbox":
        return
    there = _time_of(context.settings.base_url)
    if there is None:
        yield Finding("clock", "warning", "The service's time could not be asked.", "shiplabel doctor, later")
        return
    apart_s = (datetime.now(UTC) - there).total_seconds()
    if abs(apart_s) > CLOCK_S:
        how = "ahead" if apart_s > 0 else "behind"
        yield Finding("clock", "warning", f"This clock is {abs(apart_s):.0f} s {how}.", "set the clock")
    else:
        yield Finding("clock", "ok", f"The clock is right to {abs(apart_s):.0f} s.")


def _time_of(base_url: str) -> datetime | None:
    """Return the time that the service's answers carry, to a second, or None."""
    import http.client  # noqa: PLC0415  # the doctor alone asks for a bare head

    parts = urlsplit(base_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=REACH_S)
    try:
        line.request("HEAD", "/")
        return parsedate_to_datetime(line.getresponse().headers["Date"])
    except (OSError, http.client.HTTPException, TypeError, ValueError):
        return None
    finally:
        line.close()


def data_folder(context: Context) -> Iterator[Finding]:
    """Look at the data folder: room, who may read it, damaged files, locks."""
    folder = context.settings.data_dir
    free = shutil.disk_usage(folder).free
    if free < LOW_SPACE:
        status: Status = "error" if free < NO_SPACE else "warning"
        yield Finding("data", status, f"{folder} has {free // 2**20} MiB left.", "make room on that disk")
    else:
        yield Finding("data", "ok", f"{folder}, {free // 2**30} GiB free.")
    yield from _modes(folder)
    damaged = sorted((context.settings.records_dir / "damaged").glob("*"))
    damaged += sorted(folder.glob("*.damaged-*"))
    if damaged:
        message = f"{len(damaged)} damaged files were set aside, the last: {damaged[-1]}"
        yield Finding("data", "warning", message, "look into them, then delete them")
    yield from _locks(context)


def _modes(folder: Path) -> Iterator[Finding]:
    if os.name != "posix":
        return
    mode = folder.stat().st_mode & 0o777
    if mode & 0o077:
        yield Finding("data", "warning", f"Others may look into {folder} ({mode:o}).", f"chmod 700 {folder}")


def _locks(context: Context) -> Iterator[Finding]:
    """Tell of sessions that are open elsewhere now; the locks of dead programs hold nobody up."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  # the doctor alone tries all locks

    held, idle = [], 0
    for path in sorted((context.settings.records_dir / "locks").glob("*.lock")):
        try:
            with FileLock(path, timeout=0, mode=0o600):
                idle += 1
        except (Timeout, OSError):
            held.append(path.stem)
    if held:
        yield Finding("locks", "ok", f"Open in another terminal: {', '.join(held)}.")
    yield Finding("locks", "ok", f"{idle} locks of ended programs; they hold nobody up.")


def sessions(context: Context) -> Iterator[Finding]:
    """Count open sessions, purchases in doubt, and sessions about to expire."""
    heads = context.sessions.heads()
    unknown = [head.session_id for head in heads if head.status == "unknown"]
    now = context.clock.now()
    ending = [
        head.session_id
        for head in heads
        if head.status == "open" and datetime.fromisoformat(head.document["expires_at"]) - now < SOON
    ]
    if unknown:
        ids = ", ".join(unknown[:5])
        message = f"{len(unknown)} purchases have no certain answer: {ids}. Money may have moved."
        yield Finding("sessions", "warning", message, "shiplabel reconcile")
    if ending:
        message = f"{len(ending)} sessions expire soon: {', '.join(ending[:5])}."
        yield Finding("sessions", "warning", message, f"shiplabel resume {ending[0]}")
    yield Finding("sessions", "ok", f"{len(heads)} open.")


def printer(context: Context) -> Iterator[Finding]:
    """Look whether the printer of the settings can be reached."""
    from shiplabel.printing.cups import queues  # noqa: PLC0415  # printing is not for other checks
    from shiplabel.printing.targets import RawTarget, parse_target  # noqa: PLC0415  # the same

    name = context.settings.printer
    fix = "shiplabel config set printer QUEUE (or HOST:9100)"
    if not name:
        yield Finding("printer", "ok", "No printer is set; the system's default is used.", fix)
        return
    try:
        target = parse_target(name)
    except InputError as error:
        yield Finding("printer", "error", error.message, fix)
        return
    if isinstance(target, RawTarget):
        yield _raw(target, fix)
        return
    known = queues()
    if known is None:
        yield Finding("printer", "error", f"CUPS cannot be asked for {name}.", "install or start CUPS")
    elif name not in known:
        yield Finding(
            "printer", "error", f"CUPS has no queue {name}; it has {', '.join(known) or 'none'}.", fix
        )
    else:
        yield Finding("printer", "ok", f"The queue {name} is there.")


def _raw(target: RawTarget, fix: str) -> Finding:
    try:
        with socket.create_connection((target.host, target.port), timeout=REACH_S):
            return Finding("printer", "ok", f"{target} answers; it takes ZPL only.")
    except OSError as error:
        return Finding("printer", "error", f"{target} does not answer: {error.strerror or error}.", fix)


def versions(_context: Context) -> Iterator[Finding]:
    """Name the versions that a report of a fault needs."""
    parts = ", ".join(f"{part} {importlib.metadata.version(part)}" for part in PARTS)
    where = f"{platform.system()} {platform.release()}"
    yield Finding(
        "versions", "ok", f"shiplabel {__version__}, Python {platform.python_version()}, {where}, {parts}"
    )


def _guarded(check: Callable[[Context], Iterator[Finding]]) -> Callable[[Context], Iterator[Finding]]:
    """Return a check whose own failure is a finding and never the end of the others."""

    def guarded(context: Context) -> Iterator[Finding]:
        try:
            yield from check(context)
        except (ShiplabelError, OSError) as error:
            name = check.__name__.replace("_folder", "").replace("key_and_", "")
            yield Finding(name, "error", str(error), getattr(error, "hint", ""))

    return guarded


CHECKS = tuple(
    _guarded(check) for check in (key_and_service, clock, data_folder, sessions, printer, versions)
)
