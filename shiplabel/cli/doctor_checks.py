"""The doctor's checks: each looks at one thing and yields what it found. None of them writes a record."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shiplabel import __version__
from shiplabel.cli.doctor_folder import data_folder
from shiplabel.cli.finding import Finding
from shiplabel.cli.flags import said
from shiplabel.errors import ApiError, InputError, ShiplabelError, Unauthorized
from shiplabel.language import phrase, phrase_n
from shiplabel.storage.logins import DEFAULT, Logins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shiplabel.cli.context import Context
    from shiplabel.domain.rate import Carrier
    from shiplabel.printing.targets import RawTarget

KEY = "key"
SLOW_S = 3.0
CLOCK_S = 60.0
SOON = timedelta(hours=2)
REACH_S = 5.0
PARTS = ("typer", "rich", "httpx", "tinydb", "msgspec", "keyring")


def key_and_service(context: Context) -> Iterator[Finding]:
    """Ask the service for the carriers: there, how fast, key taken, balances."""
    environment = context.settings.environment
    start = time.monotonic()
    try:
        carriers = context.client.carriers()
    except Unauthorized as error:
        yield Finding(
            KEY, "error", phrase("The service refuses the key: {why}", why=error.message), "shiplabel login"
        )
        return
    except ApiError as error:
        yield Finding(
            KEY,
            "warning",
            phrase("The key could not be tried."),
            phrase("mend what is wrong with the service"),
        )
        yield Finding("service", "error", error.message, phrase("check the network, then: shiplabel doctor"))
        return
    took_s = time.monotonic() - start
    yield _key(context)
    yield _whose_key(context)
    slow = took_s > SLOW_S
    where = phrase("The built-in stand-in") if environment == "sandbox" else context.settings.base_url
    yield Finding(
        "service",
        "warning" if slow else "ok",
        phrase("{where} answered in {took:.0f} ms.", where=where, took=took_s * 1000),
        phrase("rates will take their time; check the network") if slow else "",
    )
    yield from _carriers(context, list(carriers))


def _key(context: Context) -> Finding:
    environment = context.settings.environment
    if environment == "sandbox":
        return Finding(KEY, "ok", phrase("No key: sandbox, nothing costs money."), "shiplabel login")
    if environment == "production":
        return Finding(KEY, "ok", phrase("PRODUCTION: labels cost real money."))
    return Finding(KEY, "ok", phrase("TEST: nothing is charged."))


def _whose_key(context: Context) -> Finding:
    """Say where the key in use comes from, and which profiles have one."""
    logins = Logins(context.settings.config_path.parent)
    profile = context.settings.profile or DEFAULT
    if context.settings.environment == "sandbox":
        source = phrase("none is used")
    elif said().api_key_file:
        source = phrase("from {path}", path=said().api_key_file)
    elif os.environ.get("SHIPSTATION_API_KEY"):
        source = phrase("from SHIPSTATION_API_KEY")
    else:
        source = logins.kept_in(context.settings.profile)
    kept = ", ".join(logins.profiles()) or phrase("none")
    return Finding(
        KEY,
        "ok",
        phrase(
            "Profile {profile}, its key: {source}. Logged in: {kept}.",
            profile=profile,
            source=source,
            kept=kept,
        ),
    )


def _carriers(context: Context, carriers: list[Carrier]) -> Iterator[Finding]:
    if not carriers:
        yield Finding(
            "carriers", "error", phrase("The account has no carrier."), phrase("connect one in ShipStation")
        )
    for carrier in carriers:
        yield _carrier(context, carrier)


def _carrier(context: Context, carrier: Carrier) -> Finding:
    """Return how a carrier stands: usable, and a prepaid balance that is not low."""
    name = carrier.nickname or carrier.name or carrier.carrier_code
    if carrier.disabled:
        return Finding(
            "carriers",
            "warning",
            phrase("{name} is switched off.", name=name),
            phrase("look at the plan in ShipStation"),
        )
    if not carrier.prepaid or carrier.balance is None:
        return Finding("carriers", "ok", phrase("{name} is connected.", name=name))
    low = context.settings.low_balance
    if carrier.balance < low:
        fix = phrase(
            "add funds in ShipStation, or: shiplabel config set low_balance {balance:.0f}",
            balance=carrier.balance,
        )
        return Finding(
            "carriers",
            "warning",
            phrase(
                "{name} has a low balance: {balance:.2f}, under {low:.2f}.",
                name=name,
                balance=carrier.balance,
                low=low,
            ),
            fix,
        )
    return Finding(
        "carriers",
        "ok",
        phrase("{name} is connected, balance {balance:.2f}.", name=name, balance=carrier.balance),
    )


def clock(context: Context) -> Iterator[Finding]:
    """Compare this machine's clock with the service's; no key is sent."""
    if context.settings.environment == "sandbox":
        return
    there = _time_of(context.settings.base_url)
    if there is None:
        yield Finding(
            "clock",
            "warning",
            phrase("The service's time could not be asked."),
            phrase("shiplabel doctor, later"),
        )
        return
    apart_s = (datetime.now(UTC) - there).total_seconds()
    if abs(apart_s) > CLOCK_S:
        yield Finding(
            "clock",
            "warning",
            phrase(
                "This clock is {apart:.0f} s ahead."
                if apart_s > 0
                else "This clock is {apart:.0f} s behind.",
                apart=abs(apart_s),
            ),
            phrase("set the clock"),
        )
    else:
        yield Finding("clock", "ok", phrase("The clock is right to {apart:.0f} s.", apart=abs(apart_s)))


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


def sessions(context: Context) -> Iterator[Finding]:
    """Count open sessions, purchases in doubt, and sessions about to expire."""
    heads = [head for head in context.sessions.heads() if not head.waits]
    unknown = [head.session_id for head in heads if head.status == "unknown"]
    now = context.clock.now()
    ending = [
        head.session_id
        for head in heads
        if head.status == "open" and datetime.fromisoformat(head.document["expires_at"]) - now < SOON
    ]
    if unknown:
        ids = ", ".join(unknown[:5])
        message = phrase_n(
            "{count} purchase has no certain answer: {ids}. Money may have moved.",
            "{count} purchases have no certain answer: {ids}. Money may have moved.",
            len(unknown),
            ids=ids,
        )
        yield Finding("sessions", "warning", message, "shiplabel reconcile")
    if ending:
        message = phrase_n(
            "{count} session expires soon: {ids}.",
            "{count} sessions expire soon: {ids}.",
            len(ending),
            ids=", ".join(ending[:5]),
        )
        yield Finding("sessions", "warning", message, f"shiplabel resume {ending[0]}")
    yield Finding("sessions", "ok", phrase("{count} open.", count=len(heads)))


def printer(context: Context) -> Iterator[Finding]:
    """Look whether the printer of the settings can be reached."""
    from shiplabel.printing.cups import queues  # noqa: PLC0415  # printing is not for other checks
    from shiplabel.printing.targets import RawTarget, parse_target  # noqa: PLC0415  # the same

    name = context.settings.printer
    fix = phrase("shiplabel config set printer QUEUE (or HOST:9100)")
    if not name:
        yield Finding("printer", "ok", phrase("No printer is set; the system's default is used."), fix)
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
        yield Finding(
            "printer",
            "error",
            phrase("CUPS cannot be asked for {name}.", name=name),
            phrase("install or start CUPS"),
        )
    elif name not in known:
        yield Finding(
            "printer",
            "error",
            phrase(
                "CUPS has no queue {name}; it has {queues}.",
                name=name,
                queues=", ".join(known) or phrase("none"),
            ),
            fix,
        )
    else:
        yield Finding("printer", "ok", phrase("The queue {name} is there.", name=name))


def _raw(target: RawTarget, fix: str) -> Finding:
    try:
        with socket.create_connection((target.host, target.port), timeout=REACH_S):
            return Finding("printer", "ok", phrase("{target} answers; it takes ZPL only.", target=target))
    except OSError as error:
        return Finding(
            "printer",
            "error",
            phrase("{target} does not answer: {why}.", target=target, why=error.strerror or error),
            fix,
        )


def versions(_context: Context) -> Iterator[Finding]:
    """Name the versions that a report of a fault needs."""
    parts = ", ".join(f"{part} {importlib.metadata.version(part)}" for part in PARTS)
    where = f"{platform.system()} {platform.release()}"
    names = f"shiplabel {__version__}, Python {platform.python_version()}, {where}, {parts}"
    yield Finding(
        "versions",
        "ok",
        names,
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
