"""Armed faults, kept in the ledger: what is left of each is shared by all processes on one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.sandbox.carriers import CARRIERS
from shiplabel.sandbox.faults import Switch, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.sandbox.store import Store

CONTROL = "control"


def arm_once(store: Store, text: str | None) -> str:
    """Arm a start-up text unless this ledger armed it before; return the name of its source.

    So a fault with ``times=1`` shows once over many runs of a program that starts with the same text.
    """
    source = f"text {text or ''}"
    switches = parse(text or "")
    with store.transaction():
        if store.row("SELECT 1 FROM sources WHERE source = ?", source) is None:
            store.do("INSERT INTO sources VALUES (?)", source)
            _insert(store, source, switches)
    return source


def arm(store: Store, text: str) -> None:
    """Arm more faults, for every process on the ledger."""
    switches = parse(text)
    with store.transaction():
        _insert(store, CONTROL, switches)


def disarm(store: Store) -> None:
    """Take all faults off."""
    store.do("DELETE FROM armed")


def listed(store: Store, source: str) -> list[dict[str, object]]:
    """Return what is armed for a source and by control, with the calls left."""
    found = store.rows("SELECT * FROM armed WHERE source IN (?, ?) ORDER BY number", source, CONTROL)
    return [{"fault": row["text"], "remaining": row["remaining"]} for row in found]


def take(store: Store, source: str, endpoint: str, body: str) -> tuple[Switch, ...]:
    """Return the faults that show at this call and count it off; in the order they were armed.

    Of those that replace the answer only the first is taken: two with ``times=1`` show one after the other.
    """
    sql = "SELECT * FROM armed WHERE source IN (?, ?) AND remaining IS NOT 0 ORDER BY number"
    if not store.rows(sql, source, CONTROL):
        return ()
    taken: list[Switch] = []
    with store.transaction():
        for row in store.rows(sql, source, CONTROL):
            switch = parse(row["text"])[0]
            if not _concerns(switch, endpoint, body) or _crowded(switch, taken):
                continue
            left = row["remaining"]
            if switch.shows(row["draws"]):
                taken.append(switch)
                left = left and left - 1
            store.do(
                "UPDATE armed SET remaining = ?, draws = draws + 1 WHERE number = ?", left, row["number"]
            )
    return tuple(taken)


def find(store: Store, source: str, name: str) -> Switch | None:
    """Return an armed fault by name without counting it off."""
    found = store.rows("SELECT text FROM armed WHERE source IN (?, ?) ORDER BY number", source, CONTROL)
    switches = [parse(row["text"])[0] for row in found]
    return next((one for one in switches if one.name == name), None)


def _crowded(switch: Switch, taken: Sequence[Switch]) -> bool:
    """Tell whether a call shows this fault already, or another that takes the place of the answer."""
    if switch.replaces:
        return any(one.replaces for one in taken)
    return any((one.name, one.params) == (switch.name, switch.params) for one in taken)


def _concerns(switch: Switch, endpoint: str, body: str) -> bool:
    if switch.endpoint not in ("any", endpoint):
        return False
    carrier = switch.params.get("carrier")
    if carrier is None:
        return True
    ids = [one.carrier_id for one in CARRIERS.values() if carrier in (one.carrier_id, one.code)]
    return any(f'"{one}"' in body for one in ids)


def _insert(store: Store, source: str, switches: Sequence[Switch]) -> None:
    for switch in switches:
        store.do(
            "INSERT INTO armed (source, text, remaining) VALUES (?, ?, ?)", source, switch.text, switch.times
        )
