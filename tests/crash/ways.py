"""The ways of working that are killed: what each begins with, what is run, and how a clerk ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.states import PurchaseState
from tests.crash import at_terminal, batch, clerk
from tests.crash.desk import LAID, OPTIONS, Desk
from tests.crash.trial import Outcome
from tests.terminal.script import KEPT

TYPED = {step: answer for step, answer in KEPT.items() if answer is not None}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of working.

    ``act`` walks it, to be killed at a touch, and returns the exit code; ``end`` is what a clerk does then,
    ``judge`` counts what is there.
    """

    act: Callable[[Desk, str], int]
    end: Callable[[Desk], object]
    prepare: Callable[[Desk], object] = lambda _desk: None
    judge: Callable[[Desk], Outcome] = clerk.outcome_of

    def finish(self, desk: Desk, *, killed: bool) -> Outcome:
        """Let the clerk end it, and count."""
        self.end(desk)
        return replace(self.judge(desk), killed=int(killed))


def run(desk: Desk, at: str, *arguments: str) -> int:
    """Run a command line with its touches laid, to be killed at one of them; return its exit code."""
    return desk.run(*arguments, before=LAID, **desk.crash(at)).code


def new(desk: Desk, at: str) -> int:
    """Buy a label by options at an empty desk."""
    desk.start_over()
    return run(desk, at, "new", "--order-id", "1042", *OPTIONS)


def bought(desk: Desk) -> None:
    """Buy again, or resume, until the label is there."""
    clerk.bought_by(desk, partial(clerk.buy_by_options, desk))


def wizard(desk: Desk, at: str) -> int:
    """Make a label in the wizard."""
    return at_terminal.walk(at_terminal.Terminal(desk, "new", before=LAID, **desk.crash(at)))


def bought_in_wizard(desk: Desk) -> None:
    """Go on in the wizard at whatever question it shows."""

    def go_on(session_id: str) -> int:
        code = at_terminal.walk(at_terminal.Terminal(desk, "resume", session_id))
        return clerk.give_word(desk, session_id, code)

    clerk.bought_by(desk, lambda: at_terminal.walk(at_terminal.Terminal(desk, "new")), go_on)


def label_id(desk: Desk) -> str:
    """Return the id of the one label that is recorded."""
    (label,) = clerk.asked(desk, "labels", "list")
    return str(label["label_id"])


def void(desk: Desk, at: str) -> int:
    """Void the label."""
    return run(desk, at, "labels", "void", label_id(desk), "--yes", "--json")


def voided(desk: Desk) -> None:
    """Void it again; to void twice is no harm."""
    clerk.asked(desk, "labels", "void", label_id(desk), "--yes")


def judge_void(desk: Desk) -> Outcome:
    """Count as for a label, and look whether it is voided here and there."""
    outcome = clerk.outcome_of(desk)
    files = SessionFiles(desk.records)
    states = [files.find(head.session_id).purchase.state for head in files.record_heads()]
    there = [charge.voided for charge in desk.charges()]
    if states == [PurchaseState.VOIDED] and there == [True]:
        return outcome
    return replace(outcome, wrong=(*outcome.wrong, f"states {states}, voided at the service {there}"))


def in_doubt(desk: Desk, purchase: str) -> None:
    """Leave a purchase whose outcome is unknown: what came of it, and a list of labels that lags."""
    desk.fault(f"{purchase}@purchase:times=1,list-lag:seconds=600")
    code = desk.run("new", *OPTIONS).code
    desk.mend()
    assert code == 5, code


def open_one(desk: Desk) -> tuple[str, str]:
    """Return the id and the shipment key of the one session that is open."""
    (head,) = SessionFiles(desk.records).heads()
    return head.session_id, head.shipment_key


def resume(desk: Desk, at: str) -> int:
    """Resume the purchase in doubt."""
    return run(desk, at, "resume", open_one(desk)[0], "--yes", "--json")


def reconcile(desk: Desk, at: str) -> int:
    """Look up what is in doubt."""
    return run(desk, at, "reconcile", "--json")


def say_not_bought(desk: Desk, at: str) -> int:
    """Say that it was not bought, and buy it now."""
    session_id, key = open_one(desk)
    return run(desk, at, "resume", session_id, "--not-bought", key, "--yes", "--json")


WAYS: dict[str, Way] = {
    "kill: new by options": Way(act=new, end=bought),
    "kill: wizard in a terminal": Way(
        act=wizard, end=bought_in_wizard, judge=partial(clerk.outcome_of, wanted=(TYPED,))
    ),
    "kill: labels void": Way(act=void, end=voided, judge=judge_void, prepare=bought),
    "kill: resume in doubt": Way(
        act=resume, end=bought, prepare=partial(in_doubt, purchase="buy-then-drop-before-head")
    ),
    "kill: reconcile in doubt": Way(
        act=reconcile, end=bought, prepare=partial(in_doubt, purchase="buy-then-drop-before-head")
    ),
    "kill: not bought, bought now": Way(
        act=say_not_bought, end=bought, prepare=partial(in_doubt, purchase="server-500")
    ),
    "kill: batch run of three rows": Way(
        act=batch.run, end=batch.finish, prepare=batch.write_sheet, judge=batch.judge
    ),
    "kill: batch resume in doubt": Way(
        act=batch.resume, end=batch.finish, prepare=batch.in_doubt, judge=batch.judge
    ),
}
