"""A hundred rows, the run killed ten times in the middle of a purchase, then the same file run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.crash import batch, clerk
from tests.crash.desk import KILLED, LAID
from tests.crash.trial import Outcome

if TYPE_CHECKING:
    from tests.crash.desk import Desk

ROWS, KILLS = 100, 10
EACH = 4  # beside those bought in other threads by then
RATE = "carrier:ups:cheapest"  # paid later: no balance that runs out
AT = f"after answer to POST /v2/labels/rates/*#{EACH}"


def write_sheet(desk: Desk) -> None:
    """Write the sheet of orders."""
    head, first, *_ = batch.SHEET.splitlines()
    rows = [first.replace("1041", str(2000 + number)) for number in range(ROWS)]
    (desk.home / "orders.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def bought(desk: Desk) -> Outcome:
    """Buy the sheet, killed again and again just when a label was bought and nobody has written it down."""
    desk.start_over()
    write_sheet(desk)
    kills = 0
    for number in range(KILLS):
        command = ("batch", "resume", "--yes", "--json") if number else batch.arguments(desk, RATE)
        kills += desk.run(*command, before=LAID, **desk.crash(AT)).code == KILLED
    batch.finish(desk)
    again = desk.run(*batch.arguments(desk, RATE)).code
    keys = [charge.external_shipment_id for charge in desk.charges()]
    recorded = {label["label_id"] for label in clerk.asked(desk, "labels", "list")}
    counts = {"rows": ROWS, "charges": len(keys), "records": len(recorded), "kills": kills, "again": again}
    whole = {"rows": ROWS, "charges": ROWS, "records": ROWS, "kills": KILLS, "again": 0}
    return Outcome(
        charges=len(keys),
        duplicates=len(keys) - len(set(keys)),
        lost=sum(charge.label_id not in recorded for charge in desk.charges()),
        wrong=() if counts == whole else (str(counts),),
        killed=kills,
    )
