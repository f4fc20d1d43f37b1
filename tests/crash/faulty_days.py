"""A clerk's days at random: purchases, faults, kills, two at once, clocks that jump, voids, doubts.

After each act charges are counted against records and doubts. A run's seed fixes its whole course; what
the processes do side by side is the machine's own. ``python -m tests.crash --long HOURS`` goes on with new
seeds; what it prints of a failure can be run again.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shiplabel.storage.sessions import SessionFiles
from tests.crash.desk import KILLED, OPTIONS, ROOT, Desk, Done, open_desk
from tests.crash.proof import LAID, new, touches
from tests.crash.trial import Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHORT = ("tests.crash.limits:shorten",)
STEPS = 12
TRIES = 4
ORDERS = ("1042", "1043")
FAULTS = (
    "", "", "buy-then-hang@purchase:times=1", "buy-then-drop-before-head@purchase:times=1",
    "buy-then-drop-mid-body@purchase:times=1", "buy-then-502@purchase:times=1",
    "buy-then-409@purchase:times=1", "buy-after-hangup@purchase:times=1", "hang@purchase:times=1",
    "drop-in-head@purchase:times=1", "server-500@purchase:times=1", "status-429@purchase:seconds=0.1:times=2",
    "status-401@purchase:times=1", "insufficient-funds@purchase:times=1", "rate-expired@purchase:times=1",
    "label-processing@purchase:seconds=0.3:times=1", "label-error@purchase:times=1",
    "price-differs@purchase:times=1", "list-lag@labels:seconds=600", "list-ignores-external-id@labels",
    "server-503@labels:p=0.5:seed=3", "external-id:mode=refuse", "external-id:mode=another",
    "truncated@shipments:times=1", "server-502@rates:p=0.5:seed=5", "download-410@download:times=1",
    "void-then-drop-before-head@void:times=1", "void-refused@void:times=1", "status-403@void:times=1",
    "buy-then-drop-before-head@purchase:times=1,list-lag@labels:seconds=600",
)  # fmt: skip
faults = st.sampled_from(FAULTS)
turns = st.integers(min_value=0, max_value=10_000)


class Days(RuleBasedStateMachine):
    """One clerk's machine; ``desk`` and ``second`` run processes on the same home."""

    desk: ClassVar[Desk]
    second: ClassVar[Desk]
    touches: ClassVar[list[str]]
    charged: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.desk.start_over()
        self.later = timedelta(0)

    def run(self, *arguments: str, fault: str = "", kill: int = 0) -> Done:
        """Run a command under a fault, perhaps to be killed; see that its code is one it may end with."""
        if fault:
            self.desk.fault(fault)
        laid = (*SHORT, *LAID) if kill else SHORT
        done = self.desk.run(*arguments, before=laid, **self.surroundings(kill))
        self.desk.mend()
        self.check_code(arguments, done.code, done.err)
        return done

    def surroundings(self, kill: int = 0) -> dict[str, str]:
        """Return what differs from run to run: the clock, and the touch to die at."""
        now = datetime.now(UTC) + self.later
        return {
            "SHIPLABEL_NOW": now.isoformat(),
            "CRASH_AT": self.touches[kill % len(self.touches)] if kill else "",
            "CRASH_LOG": str(self.desk.folder / "touches"),
        }

    def check_code(self, arguments: tuple[str, ...], code: int, err: str) -> None:
        """See that the program ended as it may."""
        assert code in {0, 1, 2, 4, 5, KILLED}, (arguments, code, err)
        assert "Traceback" not in err, (arguments, err)

    def sessions(self) -> list[Any]:
        """Return the open sessions; asking is a run like any other, and expires what is old."""
        listed_now: list[Any] = self.run("sessions", "list", "--json").document
        return listed_now

    def files(self) -> SessionFiles:
        """Return what is on disk."""
        return SessionFiles(self.desk.records)

    @rule(order=st.sampled_from((*ORDERS, "")), again=st.booleans(), fault=faults, kill=turns)
    def buy(self, order: str, again: bool, fault: str, kill: int) -> None:
        """Buy a label, for an order or without."""
        named = ("--order-id", order, *(("--again",) if again else ())) if order else ()
        self.run("new", *named, *OPTIONS, fault=fault, kill=kill if kill % 3 == 0 else 0)

    @rule(place=turns, fault=faults, kill=turns)
    def resume(self, place: int, fault: str, kill: int) -> None:
        """Go on with an open session."""
        if found := self.sessions():
            one = found[place % len(found)]["session_id"]
            self.run("resume", one, "--yes", "--json", fault=fault, kill=kill if kill % 3 == 0 else 0)

    @rule(fault=faults)
    def reconcile(self, fault: str) -> None:
        """Look up what is in doubt."""
        done = self.run("reconcile", "--json", fault=fault)
        assert isinstance(done.document, list)

    @rule(place=turns, fault=faults, kill=turns)
    def void(self, place: int, fault: str, kill: int) -> None:
        """Void a label."""
        heads = sorted(self.files().record_heads(), key=lambda head: head.session_id)
        if heads:
            label = heads[place % len(heads)].document["label_id"]
            self.run("labels", "void", label, "--yes", "--json", fault=fault, kill=kill if kill % 2 else 0)

    @rule(order=st.sampled_from(ORDERS), fault=faults)
    def buy_twice_at_once(self, order: str, fault: str) -> None:
        """Let two processes buy for one order."""
        if fault:
            self.desk.fault(fault)
        arguments, environ = ("new", "--order-id", order, *OPTIONS), self.desk.environ(**self.surroundings())
        desks = {"one": self.desk, "other": self.second}
        for name, desk in desks.items():
            places = {"stdout": f"{self.desk.folder}/{name}.out", "stderr": f"{self.desk.folder}/{name}.err"}
            desk.fork(arguments, SHORT, environ, **places)
        codes = {name: desk.ended() for name, desk in desks.items()}
        self.desk.mend()
        for name, code in codes.items():
            self.check_code(arguments, code, (self.desk.folder / f"{name}.err").read_text(encoding="utf-8"))

    @rule(minutes=st.sampled_from((1, 45, 25 * 60)))
    def wait(self, minutes: int) -> None:
        """Let time pass: rates go stale, sessions expire."""
        self.later += timedelta(minutes=minutes)

    @precondition(lambda self: any(head.status == "unknown" for head in self.files().heads()))
    @rule(place=turns)
    def say_not_bought(self, place: int) -> None:
        """Give the clerk's word for what the account shows no charge of."""
        doubts = [head.shipment_key for head in self.files().heads() if head.status == "unknown"]
        charged = {charge.external_shipment_id for charge in self.desk.charges()}
        absent = sorted(key for key in doubts if key not in charged)
        if absent:
            self.run("reconcile", "--not-bought", absent[place % len(absent)], "--yes")

    @invariant()
    def charges_are_accounted_for(self) -> None:
        """Count: a key is charged once, and each charge has its record or a session that has it in hand."""
        charges = self.desk.charges()
        files = self.files()
        heads, records = files.heads(), list(files.record_heads())
        told = {head.document["label_id"] for head in (*heads, *records)}
        doubts = {head.shipment_key for head in heads if head.status == "unknown"}
        twice = [
            key for key, n in Counter(charge.external_shipment_id for charge in charges).items() if n > 1
        ]
        lost = [
            charge
            for charge in charges
            if charge.label_id not in told and charge.external_shipment_id not in doubts
        ]
        assert not twice, f"duplicates: {twice}"
        assert not lost, f"lost: {lost}"
        assert not files.complaints, files.complaints

    def teardown(self) -> None:
        """Finish all that is open on a service that is well, and count once more."""
        self.later = timedelta(0) if not self.later else self.later
        for _ in range(TRIES):
            for one in self.sessions():
                self.run("resume", one["session_id"], "--yes", "--json")
            self.say_not_bought(0) if any(head.status == "unknown" for head in self.files().heads()) else None
        self.charges_are_accounted_for()
        charges = self.desk.charges()
        records = {head.document["label_id"] for head in self.files().record_heads()}
        failed = {one["label_id"] for one in self.sessions() if one.get("label_id")}
        assert {charge.label_id for charge in charges} <= records | failed
        Days.charged += len(charges)


def open_days(desk: Desk) -> subprocess.Popen[bytes]:
    """Give the days a desk and a second process that forks runs on the same home; return that process."""
    ours, theirs = socket.socketpair()
    forking = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.victim", str(theirs.fileno())],
        cwd=ROOT,
        pass_fds=[theirs.fileno()],
    )
    theirs.close()
    Days.desk, Days.second = desk, replace(desk, line=ours, forking=forking)
    return forking


def days(number: int, desk: Desk, *, steps: int = STEPS, examples: int = 3) -> Outcome:
    """Live through days of one seed."""
    if getattr(Days, "desk", None) is not desk:
        assert new(desk, "") == 0
        Days.touches = touches(desk)
        open_days(desk)
    Days.charged = 0
    own = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    try:
        run_state_machine_as_test(seed(number)(Days), settings=own)
    except AssertionError as error:
        text = str(error)
        return Outcome(
            charges=Days.charged,
            duplicates=int("duplicates:" in text),
            lost=int("lost:" in text),
            wrong=(f"seed {number}: {text}",),
        )
    return Outcome(charges=Days.charged)


def trials(*, quick: bool) -> Iterator[Trial]:
    """Yield days of fixed seeds."""
    for number in range(2 if quick else 40):
        yield Trial(row="days", name=f"seed {number}", run=partial(days, number))


def long(hours: float, folder: Path) -> int:
    """Live through days of ever new seeds for so many hours and print what came of them."""
    desk, end, number = open_desk(folder), time.monotonic() + hours * 3600, int(time.time())
    total = Outcome()
    while time.monotonic() < end:
        came = days(number, desk, steps=40)
        total = Outcome(
            charges=total.charges + came.charges,
            duplicates=total.duplicates + came.duplicates,
            lost=total.lost + came.lost,
            wrong=(*total.wrong, *came.wrong),
        )
        print(f"seed {number}: {came}", flush=True)
        number += 1
    print(f"duplicates {total.duplicates}, lost {total.lost}, otherwise wrong {len(total.wrong)}")
    desk.close()
    return int(not total.is_well)
