"""The cases: a kill at each touch of a purchase, and each fault at a purchase, run to the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shiplabel.sandbox.faults import _KINDS
from tests.crash.desk import FAULT_NAMES, Desk, Result

if TYPE_CHECKING:
    from collections.abc import Iterable

KILLED = -9
SIDE_BY_SIDE = 2
SHORT = {
    "hang": "seconds=3", "buy-then-hang": "seconds=3", "buy-after-hangup": "seconds=1",
    "label-processing": "seconds=2", "rates-working": "seconds=1", "list-lag": "seconds=1",
    "slow": "seconds=0.2", "download-drip": "seconds=1", "carrier-delay": "seconds=0.3",
}  # fmt: skip
SLOW = {"hang", "buy-then-hang", "buy-after-hangup", "download-drip"}


@dataclass(frozen=True)
class Told:
    """The report of one kind of proof."""

    name: str
    results: list[Result]

    @property
    def duplicates(self) -> int:
        """Labels bought beyond the first, over all cases."""
        return sum(result.duplicates for result in self.results)

    @property
    def lost(self) -> int:
        """Charges that no record and no session in doubt tells of, over all cases."""
        return sum(result.lost for result in self.results)

    @property
    def charges(self) -> int:
        """All charges."""
        return sum(len(result.charges) for result in self.results)


def count_touches(desk: Desk) -> int:
    """Buy one label undisturbed and count how often it touches the outside."""
    assert desk.buy("whole") == 0
    return len(desk.touches("whole"))


def kill(desk: Desk, crash_at: int) -> Result:
    """Kill one purchase at a touch, then do what a clerk would do."""
    case = f"kill-{crash_at}a"
    assert desk.buy(case, crash_at) == KILLED
    return desk.settle(case)


def kills(desk: Desk, touches: Iterable[int]) -> Told:
    """Kill one purchase at each of the touches."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as workers:
        return Told("kills", list(workers.map(lambda crash_at: kill(desk, crash_at), touches)))


def fault_text(name: str, endpoint: str) -> str:
    """Return the text that arms a fault once, with short times."""
    place = f"@{endpoint}" if endpoint else ""
    times = f":{SHORT[name]}" if name in SHORT else ""
    return f"{name}{place}:times=1{times}"


def fault(desk: Desk, name: str) -> Result:
    """Buy one label under a fault, mend the service, then do what a clerk would do."""
    endpoint = "purchase" if _KINDS[name].endpoint == "any" else ""
    desk.fault(fault_text(name, endpoint))
    case = f"fault-{name}x"
    code = desk.buy(case)
    desk.mend()
    result = desk.settle(case)
    result.codes.insert(0, code)
    return result


def faults(desk: Desk, *, quick: bool) -> Told:
    """Meet each fault once, one after the other."""
    names = [name for name in FAULT_NAMES if not (quick and name in SLOW)]
    return Told("faults", [fault(desk, name) for name in names])
