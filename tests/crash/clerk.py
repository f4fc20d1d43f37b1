"""What a clerk does around a kill: sees what is open, resumes it, says what was not bought, buys again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.steps import ANSWER_STEPS
from tests.crash.desk import OPTIONS, Desk
from tests.crash.trial import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shiplabel.workflow.session import Session

TRIES = 6
ANSWERS = {
    "from_name": "Harbor Goods", "from_address1": "4009 Marathon Blvd", "from_city": "Austin",
    "from_state": "TX", "from_zip": "78756", "to_name": "Ada Lovelace",
    "to_address1": "525 S Winchester Blvd", "to_city": "San Jose", "to_state": "CA", "to_zip": "95128",
    "parcel_weight": "35 oz", "parcel_length": "10 in", "parcel_width": "8 in", "parcel_height": "4 in",
}  # fmt: skip


def asked(desk: Desk, *arguments: str) -> Any:
    """Return the document of a command that must succeed."""
    done = desk.run(*arguments, "--json")
    assert done.code == 0, f"{arguments}: {done.code} {done.err}"
    return done.document


def bought_by(desk: Desk, buy: Callable[[], object], go_on: Callable[[str], object] | None = None) -> None:
    """Do what a clerk does until a label is there: go on with what is open, else ``buy`` (again)."""
    for _ in range(TRIES):
        open_ones = asked(desk, "sessions", "list")
        if not open_ones and asked(desk, "labels", "list"):
            return
        for one in open_ones:
            (go_on or partial(resume, desk))(one["session_id"])
        if not open_ones:
            buy()


def buy_by_options(desk: Desk) -> None:
    """Buy the label by options."""
    desk.run("new", "--order-id", "1042", *OPTIONS)


def resume(desk: Desk, session_id: str) -> None:
    """Resume a session by options, giving the clerk's word where it stays in doubt."""
    give_word(desk, session_id, desk.run("resume", session_id, "--yes", "--json").code)


def give_word(desk: Desk, session_id: str, code: int) -> None:
    """Say that it was not bought where the tool does not know and the account shows no charge."""
    if code == 5 and not desk.charges():
        (one,) = [one for one in asked(desk, "sessions", "list") if one["session_id"] == session_id]
        asked(desk, "reconcile", "--not-bought", one["shipment_key"], "--yes")


def outcome_of(desk: Desk, answers: dict[str, str] = ANSWERS) -> Outcome:
    """Count charges against records, and look for all else that one whole label promises."""
    charges = [charge.label_id for charge in desk.charges()]
    files = SessionFiles(desk.records)
    records = [files.find(head.session_id) for head in files.record_heads()]
    known = {record.purchase.label_id for record in records}
    doubts = [head for head in files.heads() if head.status == "unknown"]
    return Outcome(
        charges=len(charges),
        duplicates=max(0, len(charges) - 1),
        lost=0 if doubts else sum(charge not in known for charge in charges),
        wrong=tuple(_wrongs(desk, charges, records, files, answers)),
    )


def _wrongs(
    desk: Desk, charges: list[str], records: list[Session], files: SessionFiles, answers: dict[str, str]
) -> Iterator[str]:
    """Yield what is not as it should be when one label was bought and all is done."""
    if len(charges) != 1:
        yield f"{len(charges)} charges"
    if [record.purchase.label_id for record in records] != charges:
        yield f"records {[record.purchase.label_id for record in records]} for the charges {charges}"
    if open_ones := files.heads():
        yield f"still open: {[(head.session_id, head.status) for head in open_ones]}"
    if damaged := [path.name for path in desk.records.glob("damaged/*")]:
        yield f"damaged: {damaged}"
    for record in records:
        yield from _of_record(desk, record, answers)
    yield from (f"stuck: {lock}" for lock in stuck(desk))


def _of_record(desk: Desk, record: Session, answers: dict[str, str]) -> Iterator[str]:
    kept = {step: record.answers.get(step) for step in ANSWER_STEPS}
    if {step: answer for step, answer in kept.items() if answer is not None} != answers:
        yield f"answers {kept}"
    papers = [path for path in (desk.home / "data" / "labels").iterdir() if path.name[0] != "."]
    if [file.path for file in record.documents.files] != [str(path) for path in papers]:
        yield f"files {papers} for {record.documents.files}"
    for paper in papers:
        content = paper.read_bytes()
        if not (content.startswith(b"%PDF") and b"%%EOF" in content[-64:]):
            yield f"{paper} is not whole"


def stuck(desk: Desk) -> list[str]:
    """Return the locks that nobody could take now."""
    found = []
    for path in desk.home.rglob("*.lock"):
        try:
            with FileLock(path, timeout=0):
                pass
        except Timeout:
            found.append(str(path))
    return found
