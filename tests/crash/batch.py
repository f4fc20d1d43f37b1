"""A batch of three rows that is killed, and how a clerk ends it."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

from pypdf import PdfReader

from tests.crash import clerk
from tests.crash.desk import LAID, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.crash.trial import Outcome

SHEET = """order_id,to_name,to_address1,to_city,to_state,to_zip,weight,length,width,height
1041,Ada Lovelace,525 S Winchester Blvd,San Jose,CA,95128,2 lb 3 oz,10,8,4
1042,Grace Hopper,1600 Penn Ave NW,Washington,DC,20500,1 lb,10,8,4
1043,Alan Turing,350 5th Ave,New York,NY,10118,3 lb,9,7,2
"""
SENDER = ("--from-name", "Harbor Goods", "--from-address1", "4009 Marathon Blvd", "--from-city", "Austin",
          "--from-state", "TX", "--from-zip", "78756")  # fmt: skip
FROM = {
    "from_name": "Harbor Goods", "from_address1": "4009 Marathon Blvd", "from_city": "Austin",
    "from_state": "TX", "from_zip": "78756",
}  # fmt: skip
_TO = ("to_name", "to_address1", "to_city", "to_state", "to_zip", "parcel_weight", "parcel_length",
       "parcel_width", "parcel_height")  # fmt: skip
_UNDERSTOOD = (
    ("Ada Lovelace", "525 S Winchester Blvd", "San Jose", "CA", "95128", "35 oz", "10 in", "8 in", "4 in"),
    (
        "Grace Hopper",
        "1600 Penn Ave NW",
        "Washington",
        "DC",
        "20500",
        "1 lb",
        "10 in",
        "8 in",
        "4 in",
    ),
    ("Alan Turing", "350 5th Ave", "New York", "NY", "10118", "3 lb", "9 in", "7 in", "2 in"),
)
WANTED = tuple(FROM | dict(zip(_TO, row, strict=True)) for row in _UNDERSTOOD)
TRIES = 6


def write_sheet(desk: Desk) -> None:
    """Write the sheet of orders."""
    (desk.home / "orders.csv").write_text(SHEET, encoding="utf-8")


def arguments(desk: Desk, rate: str = "cheapest") -> tuple[str, ...]:
    """Return the command that buys the sheet."""
    merged = str(desk.home / "all.pdf")
    sheet = str(desk.home / "orders.csv")
    return ("batch", "run", sheet, *SENDER, "--rate", rate, "--merge", merged, "--yes", "--json")


def run(desk: Desk, at: str) -> int:
    """Buy the sheet, to be killed at a touch."""
    return desk.run(*arguments(desk), before=LAID, **desk.crash(at)).code


def resume(desk: Desk, at: str) -> int:
    """Go on with the batch, to be killed at a touch."""
    return desk.run("batch", "resume", "--yes", "--json", before=LAID, **desk.crash(at)).code


def in_doubt(desk: Desk) -> None:
    """Leave a batch with one row whose outcome is unknown."""
    write_sheet(desk)
    desk.fault("buy-then-drop-before-head@purchase:times=1,list-lag:seconds=600")
    code = desk.run(*arguments(desk)).code
    desk.mend()
    assert code == 5, code


def finish(desk: Desk) -> None:
    """Do what a clerk does until the batch has nothing left: run it (again), resume, give the word."""
    for _ in range(TRIES):
        if not clerk.asked(desk, "batch", "list"):
            desk.run(*arguments(desk))
            continue
        done = desk.run("batch", "resume", "--yes", "--json")
        if done.code == 0:
            return
        _give_words(desk)


def _give_words(desk: Desk) -> None:
    """Say of each row in doubt that it was not bought, where the account shows no charge for it."""
    charged = {charge.external_shipment_id for charge in desk.charges()}
    for one in clerk.asked(desk, "sessions", "list"):
        if one["status"] == "unknown" and one["shipment_key"] not in charged:
            clerk.asked(desk, "reconcile", "--not-bought", one["shipment_key"], "--yes")


def judge(desk: Desk) -> Outcome:
    """Count as for single labels, and read the results and the merged file."""
    outcome = clerk.outcome_of(desk, WANTED)
    charged = [charge.label_id for charge in desk.charges()]
    return replace(outcome, wrong=(*outcome.wrong, *_wrongs(desk, charged)))


def _wrongs(desk: Desk, charged: list[str]) -> Iterator[str]:
    """Yield what is wrong with the files that a batch leaves."""
    with (desk.home / "orders.results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if [row["order_id"] for row in rows] != ["1041", "1042", "1043"]:
        yield f"rows of the results: {rows}"
    if sorted(row["label_id"] for row in rows) != sorted(charged):
        yield f"labels of the results: {[row['label_id'] for row in rows]} for {charged}"
    if (pages := len(PdfReader(desk.home / "all.pdf").pages)) != len(rows):
        yield f"{pages} pages in the merged file"
    if left := [path.name for path in desk.home.iterdir() if path.name.endswith(".failed.csv")]:
        yield f"failed rows: {left}"
