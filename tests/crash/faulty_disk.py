"""The disk: full, broken or read-only at each write of a purchase, of its settling, of a void.

What stands on disk is then the old state or the new one, the exit code is 1 where nothing was bought and 5
where a label may have been, no purchase is sent whose intent is not durable, and when the disk is mended a
clerk finishes with one label.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from shiplabel.storage.sessions import SessionFiles
from tests.crash import clerk
from tests.crash.bad_disk import REASONS, fails_with
from tests.crash.desk import OPTIONS, Desk, Done, opened
from tests.crash.proof import LAID, touches
from tests.crash.trial import Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

BAD = ("tests.crash.bad_disk:lay",)
SENT = "before send POST /v2/labels/"


@dataclass(frozen=True)
class Way:
    """What is done on a bad disk: what stands before, the command, and how a clerk ends it."""

    before: Callable[[Desk], object]
    arguments: Callable[[Desk], tuple[str, ...]]
    after: Callable[[Desk], Outcome]


def _new(_desk: Desk) -> tuple[str, ...]:
    return ("new", "--order-id", "1042", *OPTIONS)


def _one_label(desk: Desk) -> Outcome:
    """Finish the label; a paper that the disk had no place for is fetched now."""
    clerk.bought_by(desk, partial(clerk.buy_by_options, desk))
    for label in clerk.asked(desk, "labels", "list"):
        if not label["files"]:
            clerk.asked(desk, "resume", label["session_id"])
    return clerk.outcome_of(desk)


def _doubt(desk: Desk) -> None:
    desk.fault("buy-then-drop-before-head@purchase:times=1,list-lag@labels:seconds=600")
    assert desk.run(*_new(desk)).code == 5
    desk.mend()


def _resume(desk: Desk) -> tuple[str, ...]:
    (one,) = clerk.asked(desk, "sessions", "list")
    return ("resume", one["session_id"], "--json")


def _buy(desk: Desk) -> None:
    assert desk.run(*_new(desk)).code == 0


def _void(desk: Desk) -> tuple[str, ...]:
    (one,) = clerk.asked(desk, "labels", "list")
    return ("labels", "void", one["label_id"], "--yes", "--json")


def _voided(desk: Desk) -> Outcome:
    done = desk.run(*_void(desk))
    (record,) = clerk.asked(desk, "labels", "list")
    wrong = () if (done.code, record["status"]) == (0, "voided") else (f"{done.code} {record}",)
    return Outcome(charges=len(desk.charges()), wrong=wrong)


WAYS = {
    "disk: new": Way(lambda _desk: None, _new, _one_label),
    "disk: settle": Way(_doubt, _resume, _one_label),
    "disk: void": Way(_buy, _void, _voided),
}


@dataclass(frozen=True)
class Failure:
    """A touch where the disk fails, why, and whether it stays so."""

    at: str = ""
    reason: str = ""
    stays: bool = False

    def __str__(self) -> str:
        return f"{self.at} {self.reason}{' to stay' if self.stays else ''}"


def run(desk: Desk, row: str, laid: tuple[str, ...], failure: Failure) -> Done:
    """Do one way of working from its beginning, on a disk that fails at a touch."""
    way = WAYS[row]
    desk.start_over()
    way.before(desk)
    return desk.run(
        *way.arguments(desk),
        before=laid,
        CRASH_AT=failure.at,
        CRASH_LOG=str(desk.folder / "touches"),
        FAIL_WITH=failure.reason,
        FAIL_ON="1" if failure.stays else "",
        SHIPLABEL_RATE_LIMIT="1000/1",
    )


def trial(row: str, failure: Failure, desk: Desk) -> Outcome:
    """Let one write fail, look at what is there, mend the disk and finish."""
    done = run(desk, row, BAD, failure)
    wrong = tuple(_wrongs(desk, row, done, failure))
    end = WAYS[row].after(desk)
    return Outcome(charges=end.charges, duplicates=end.duplicates, lost=end.lost, wrong=(*wrong, *end.wrong))


def _wrongs(desk: Desk, row: str, done: Done, failure: Failure) -> Iterator[str]:
    """Yield what is not as promised right after the failure."""
    charges = len(desk.charges())
    if "Traceback" in done.err or done.code not in {0, 1, 4, 5}:
        yield f"ended with {done.code}: {done.err}"
    if done.code and not done.err.strip():
        yield "nothing was said"
    if row == "disk: new" and charges and done.code in {1, 4}:
        yield f"ended with {done.code} after a charge: {done.err}"
    if row == "disk: settle" and done.code in {1, 4}:
        yield f"ended with {done.code} where a label may have been bought: {done.err}"
    if row == "disk: new" and failure.stays and charges and not _held(touches(desk), failure):
        yield "the purchase was sent and its intent was not durable"
    yield from _on_disk(desk, charges)


def _on_disk(desk: Desk, charges: int) -> Iterator[str]:
    files = SessionFiles(desk.records)
    heads = [*files.heads(), *files.record_heads()]
    for head in heads:
        files.find(head.session_id)
    if charges and all(head.document["status"] == "open" for head in heads):
        yield f"a charge that nothing on disk tells of: {heads}"
    if files.complaints or any(desk.records.glob("damaged/*")):
        yield f"damaged: {files.complaints}"


def listed(desk: Desk, row: str) -> list[str]:
    """Do a way of working undisturbed and return its touches."""
    assert run(desk, row, LAID, Failure()).code == 0
    return touches(desk)


def _durable(found: list[str]) -> int:
    """Return the place of the touch by which the intent is durable: a session's last before the sending."""
    sent = next((place for place, touch in enumerate(found) if touch.startswith(SENT)), 0)
    own = [place for place, touch in enumerate(found[:sent]) if " data/production/sessions" in touch]
    return max(own, default=0)


def _held(found: list[str], failure: Failure) -> bool:
    """Tell whether the disk held until the intent was durable, by what this very run did."""
    return failure.at not in found or found.index(failure.at) > _durable(found)


def failures(found: list[str]) -> Iterator[Failure]:
    """Yield every way in which a disk can fail along these touches."""
    for at in found:
        for reason in REASONS:
            if fails_with(at, reason):
                yield Failure(at, reason, stays=False)
                yield Failure(at, reason, stays=True)


def cases(desk: Desk, most: int = 0) -> Iterator[Trial]:
    """Yield a failure at every touch where one can be, for every reason, once and to stay; or a spread."""
    for row in WAYS:
        found = list(failures(listed(desk, row)))
        for failure in found[:: max(1, len(found) // most) if most else 1]:
            yield Trial(row=row, name=str(failure), run=partial(trial, row, failure))


def at_intent(desk: Desk) -> Iterator[Trial]:
    """Yield the failures, to stay, of each touch by which the intent of a purchase becomes durable."""
    row = "disk: new"
    found = listed(desk, row)
    last = _durable(found)
    first = max(place for place in range(last) if found[place].startswith("before open data/production/sess"))
    for failure in failures(found):
        if failure.stays and failure.at in found[first : last + 1]:
            yield Trial(row=row, name=str(failure), run=partial(trial, row, failure))


def trials(*, quick: bool) -> Iterator[Trial]:
    """Yield all failures of the disk, or a spread of them."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, opened(Path(folder)) as desk:
        yield from cases(desk, 10 if quick else 0)
