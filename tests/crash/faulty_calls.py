"""The faults: each of the stand-in's met at each call of a label's life, then finished as a clerk would.

A fault shows once, or as long as the first run lasts; then the service is well again. What the first
run must end in stands in ``expectations``; at the end there is one charge or none, never two, and each
charge has a record or a session in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from shiplabel.sandbox.faults import _BESIDES
from tests.crash import clerk
from tests.crash.desk import OPTIONS, Desk, Done
from tests.crash.expectations import EXPECTED, KIND_OF, KINDS, Met
from tests.crash.trial import Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = ("tests.crash.limits:shorten",)
SHEET = """\
order_id,to_name,to_address1,to_city,to_state,to_zip,weight,length,width,height
1042,Ada Lovelace,525 S Winchester Blvd,San Jose,CA,95128,35 oz,10,8,4
"""
UNQUOTED = ("tests.crash.unquoted:buy",)
SECONDS = {
    "slow": "0.2",
    "download-drip": "3",
    "status-429": "1",
    "status-429-date": "1",
    "rates-working": "0.5",
    "carrier-delay": "0.3",
    "list-lag": "0.5",
    "label-processing": "0.3",
}


@dataclass(frozen=True)
class Call:
    """A call of a label's life: its endpoint, what the clerk does to reach it, what is armed on the way."""

    endpoint: str
    act: Callable[[Desk], Done]
    before: Callable[[Desk], object] = lambda _desk: None
    along: str = ""


def run(desk: Desk, *arguments: str, before: tuple[str, ...] = (), **more: str) -> Done:
    """Run with short limits of time."""
    return desk.run(*arguments, before=(*SHORT, *before), SHIPLABEL_SETTLE="1s", **more)


def new(desk: Desk, *more: str) -> Done:
    """Buy a label."""
    return run(desk, "new", *OPTIONS, *more)


def ordered(desk: Desk) -> Done:
    """Buy a label for an order: its key may be known at the service, so that is looked up first."""
    return new(desk, "--order-id", "1042")


def left_at_rate(desk: Desk) -> None:
    """Leave a session with rates that it did not buy."""
    desk.fault("insufficient-funds@purchase:times=1")
    assert new(desk).code == 1
    desk.mend()


def resumed_late(desk: Desk) -> Done:
    """Come back when the rates are stale."""
    (one,) = clerk.asked(desk, "sessions", "list")
    later = (datetime.now(UTC) + timedelta(minutes=40)).isoformat()
    return run(desk, "resume", one["session_id"], "--yes", "--json", SHIPLABEL_NOW=later)


def unquoted(desk: Desk) -> Done:
    """Buy on a shipment without a quote."""
    return run(desk, "new", before=UNQUOTED)


def in_a_batch(desk: Desk) -> Done:
    """Buy a sheet's row by its service alone: one call makes the shipment and buys the label."""
    sheet = desk.home / "orders.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    rule = ("--rate", "service:usps_ground_advantage")
    return run(desk, "batch", "run", str(sheet), *rule, *OPTIONS[:10], "--yes", "--json")


def bought(desk: Desk) -> None:
    """Have a label."""
    assert new(desk).code == 0


def voided(desk: Desk) -> Done:
    """Void the label."""
    (label,) = clerk.asked(desk, "labels", "list")
    return run(desk, "labels", "void", label["label_id"], "--yes", "--json")


CALLS: dict[str, Call] = {
    "carriers": Call("carriers", new),
    "shipments": Call("shipments", new),
    "rates": Call("rates", new),
    "re-quote": Call("rates", resumed_late, left_at_rate),
    "first look": Call("labels", ordered),
    "purchase on a rate": Call("purchase", new),
    "purchase on a shipment": Call("purchase", unquoted),
    "purchase at once": Call("purchase", in_a_batch),
    "poll": Call("labels", new, along="label-processing@purchase:seconds=0.3:times=1"),
    "look-up": Call("labels", new, along="buy-then-drop-before-head@purchase:times=1"),
    "download": Call("download", new),
    "void": Call("void", voided, bought),
    "void look-up": Call("labels", voided, bought, "void-then-drop-before-head@void:times=1"),
}


def text_of(call: Call, fault: str, times: str) -> str:
    """Return what is armed."""
    seconds = f":seconds={SECONDS[fault]}" if fault in SECONDS else ""
    count = f":times={times}" if times else ""
    return ",".join(filter(None, [call.along, f"{fault}@{call.endpoint}{seconds}{count}"]))


def meet(desk: Desk, name: str, fault: str, times: str) -> tuple[Met, Done]:
    """Let one call meet one fault and mend the service; return what the first run came to."""
    call = CALLS[name]
    desk.start_over()
    call.before(desk)
    desk.fault(text_of(call, fault, times))
    done = call.act(desk)
    desk.mend()
    seen: list[Any] = [*clerk.asked(desk, "sessions", "list"), *clerk.asked(desk, "labels", "list")]
    one = seen[0] if seen else {"status": "none", "step": "none"}
    return Met(done.code, one["status"], one["step"], len(desk.charges())), done


def trial(name: str, fault: str, times: str, desk: Desk) -> Outcome:
    """Meet a fault, hold it against the table, and finish as a clerk would."""
    met, done = meet(desk, name, fault, times)
    expected = EXPECTED[name][KIND_OF[fault]][0 if times else 1]
    wrong = [] if met == expected else [f"{met} instead of {expected}: {done.err}"]
    wrong += _unsaid(done)
    _finish(desk, voids=name.startswith("void"))
    if KIND_OF[fault] == "two labels":
        wrong += _seen_twice(desk)
    valid = [charge.label_id for charge in desk.charges() if not charge.voided]
    wrong += _ends(desk, valid, voids=name.startswith("void"))
    recorded = {label["label_id"] for label in clerk.asked(desk, "labels", "list")}
    return Outcome(
        charges=len(desk.charges()),
        duplicates=max(0, len(valid) - 1),
        lost=len(set(valid) - recorded),
        wrong=tuple(wrong),
    )


def _ends(desk: Desk, valid: list[str], *, voids: bool) -> list[str]:
    """Return what is wrong in the end: one valid label with its record and file, or a voided one."""
    labels = clerk.asked(desk, "labels", "list")
    wrong = [f"still open: {one}" for one in clerk.asked(desk, "sessions", "list")]
    if [label["label_id"] for label in labels if label["status"] == "bought"] != valid:
        wrong.append(f"valid {valid}, recorded {labels}")
    if len(valid) != (0 if voids else 1):
        wrong.append(f"{len(valid)} valid labels")
    wrong += [f"no file: {label}" for label in labels if not label["files"]]
    return wrong


def _unsaid(done: Done) -> list[str]:
    """Return what is wrong with how a run told of its end: people are told, scripts can parse."""
    wrong = []
    if done.code and not done.err.strip():
        wrong.append("nothing was said on stderr")
    if "Traceback" in done.err:
        wrong.append(done.err)
    document = done.document if done.out else None
    told = isinstance(document, dict) and (document.get("error") or document.get("rows"))
    if not isinstance(document, dict) or (done.code and not told):
        wrong.append(f"stdout tells no error of code {done.code}: {done.out}")
    return wrong


def _finish(desk: Desk, *, voids: bool) -> None:
    """Do what a clerk does next: resume, void what failed, give their word, fetch a paper."""
    if voids:
        voided(desk)
        return
    for doubt in clerk.asked(desk, "sessions", "list"):
        if doubt["status"] == "unknown" and doubt["label_id"]:
            assert run(desk, "labels", "void", doubt["label_id"], "--yes").code == 0
            clerk.asked(desk, "reconcile", "--not-bought", doubt["shipment_key"], "--yes")
    clerk.bought_by(desk, lambda: new(desk).code)
    for label in clerk.asked(desk, "labels", "list"):
        _fetch(desk, label)


def _fetch(desk: Desk, label: Any) -> None:
    """Ask for a paper that is missing until it is there: the service may still be making the label."""
    for _ in range(clerk.TRIES):
        if label["files"]:
            return
        label = clerk.asked(desk, "resume", label["session_id"])


def _seen_twice(desk: Desk) -> list[str]:
    """Have the label voided that the service made unasked: it must show in the next look at the account."""
    kept = {label["label_id"] for label in clerk.asked(desk, "labels", "list")}
    (extra,) = {charge.label_id for charge in desk.charges()} - kept
    told = run(desk, "reconcile").err
    assert run(desk, "labels", "void", extra, "--yes").code == 0
    return [] if extra in told else [f"reconcile does not tell of {extra}: {told}"]


QUICK = ("lost", "key")


def trials(*, quick: bool) -> Iterator[Trial]:
    """Yield every fault at every call, once and lasting.

    The quick part is one fault of a kind, of few kinds where it is not a purchase on a rate.
    """
    for name, kinds in EXPECTED.items():
        for kind in kinds if not quick or name == "purchase on a rate" else QUICK:
            faults = [fault for fault in KINDS[kind] if fault_fits(fault, name)]
            for fault in faults[:1] if quick else faults:
                for times in ("1",) if quick else ("1", ""):
                    told = f"{fault} at {name}{'' if times else ', lasting'}"
                    yield Trial(row="faults", name=told, run=partial(trial, name, fault, times))


def fault_fits(fault: str, name: str) -> bool:
    """Tell whether a fault can show at a call: some belong to one endpoint."""
    kind = _BESIDES.get(fault)
    return kind is None or kind.endpoint in ("any", CALLS[name].endpoint)
