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
    from collections.abc import Callable, Iterator, Mapping, Sequence

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


def bought_by(desk: Desk, buy: Callable[[], int], go_on: Callable[[str], int] | None = None) -> None:
    """Do what a clerk does until a label is there: go on with what is open, else ``buy`` (again).

    Both return an exit code; a clerk who read 0 does no more.
    """
    resumed = go_on or partial(resume, desk)
    for _ in range(TRIES):
        ids = [str(one["session_id"]) for one in asked(desk, "sessions", "list")]
        if not ids and asked(desk, "labels", "list"):
            return
        if not any([resumed(one) for one in ids] if ids else [buy()]):
            return


def buy_by_options(desk: Desk) -> int:
    """Buy the label by options; return the exit code."""
    return desk.run("new", "--order-id", "1042", *OPTIONS).code


def resume(desk: Desk, session_id: str) -> int:
    """Resume a session by options, giving the clerk's word where it stays in doubt; return the exit code."""
    return give_word(desk, session_id, desk.run("resume", session_id, "--yes", "--json").code)


def give_word(desk: Desk, session_id: str, code: int) -> int:
    """Say that it was not bought where the tool does not know and the account shows no charge."""
    if code == 5 and not desk.charges():
        (one,) = [one for one in asked(desk, "sessions", "list") if one["session_id"] == session_id]
        asked(desk, "reconcile", "--not-bought", one["shipment_key"], "--yes")
    return code


def outcome_of(desk: Desk, wanted: Sequence[Mapping[str, str]] = (ANSWERS,)) -> Outcome:
    """Count charges against records, and look for all else that whole labels promise.

    ``wanted`` are the answers of each label that was to be bought once.
    """
    charges = desk.charges()
    files = SessionFiles(desk.records)
    records = [files.find(head.session_id) for head in files.record_heads()]
    known = {record.purchase.label_id for record in records}
    doubts = {head.shipment_key for head in files.heads() if head.status == "unknown"}
    keys = {charge.external_shipment_id for charge in charges}
    out_of_sight = [one for one in charges if not {one.label_id, one.external_shipment_id} & (known | doubts)]
    return Outcome(
        charges=len(charges),
        duplicates=max(len(charges) - len(wanted), len(charges) - len(keys)),
        lost=len(out_of_sight),
        wrong=tuple(_wrongs(desk, {charge.label_id for charge in charges}, records, files, wanted)),
    )


def _wrongs(
    desk: Desk,
    charged: set[str],
    records: list[Session],
    files: SessionFiles,
    wanted: Sequence[Mapping[str, str]],
) -> Iterator[str]:
    """Yield what is not as it should be when each label was bought once and all is done."""
    if len(charged) != len(wanted):
        yield f"{len(charged)} charges"
    if sorted(str(record.purchase.label_id) for record in records) != sorted(charged):
        yield f"records {[record.purchase.label_id for record in records]} for the charges {charged}"
    if open_ones := files.heads():
        yield f"still open: {[(head.session_id, head.status) for head in open_ones]}"
    if damaged := [path.name for path in desk.records.glob("damaged/*")]:
        yield f"damaged: {damaged}"
    kept = [_answers(record) for record in records]
    if sorted(kept, key=str) != sorted(map(dict, wanted), key=str):
        yield f"answers {kept}"
    yield from _of_papers(desk, records)
    yield from (f"left in sight: {path}" for path in desk.home.rglob("[!.]*.tmp"))
    yield from (f"left in sight: {path}" for path in desk.home.rglob("[!.]*.part"))
    yield from (f"stuck: {lock}" for lock in stuck(desk))


def _answers(record: Session) -> dict[str, str]:
    kept = {step: record.answers.get(step) for step in ANSWER_STEPS}
    return {step: answer for step, answer in kept.items() if answer is not None}


def _of_papers(desk: Desk, records: list[Session]) -> Iterator[str]:
    """Yield what is wrong with the label files: each is there, whole, and nothing else is in the folder."""
    folder = desk.home / "data" / "labels"
    papers = [path for path in folder.iterdir() if path.name[0] != "."] if folder.is_dir() else []
    told = [file.path for record in records for file in record.documents.files]
    if sorted(told) != sorted(map(str, papers)):
        yield f"files {papers} for {told}"
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
