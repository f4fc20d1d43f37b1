"""Each row of the roll-back table, as a clerk meets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.terminal.driver import ENTER, LEAVE
from tests.terminal.script import KEPT, answer_until, wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk, Service


def flat(text: str) -> str:
    """Return the screen as one line, so that wrapping does not matter."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    "fault",
    [
        "all-carriers-fail",
        "status-422@shipments",
        "status-404@rates",
        "redirect@carriers",
        "redirect@shipments",
    ],
)
def test_api_error_while_quoting_goes_back_to_the_review_and_can_be_tried_again(
    desk: Desk, service: Service, fault: str
) -> None:
    service.fault(fault)
    terminal = desk.at("confirm")
    terminal.send(ENTER)
    terminal.wait_for("Enter tries again")
    session = desk.session()
    assert session.error is not None
    assert (session.step, session.error.reverted_to) == ("confirm", "confirm")
    assert session.error.message[:30] in flat(terminal.screen)
    terminal.send(LEAVE)
    assert terminal.end() == 130
    service.mend()
    terminal = desk.open("resume")
    wait_step(terminal, "confirm")
    assert f"Last time: {session.error.message[:30]}" in flat(terminal.screen)
    terminal.send(ENTER)
    wait_step(terminal, "rate")
    assert desk.session().error is None
    assert desk.session().answers.items() >= KEPT.items()


def test_refused_field_while_buying_goes_back_to_its_question(desk: Desk, service: Service) -> None:
    service.fault("invalid-address:field=ship_to.postal_code:times=1")
    terminal = desk.at("purchase")
    terminal.send("y")
    wait_step(terminal, "to_zip")
    session = desk.session()
    assert session.error is not None
    assert (session.step, session.error.reverted_from, session.quotes) == ("to_zip", "purchase", ())
    assert "95128" in terminal.screen
    assert service.charges() == []
    terminal.send(ENTER)
    for step in (
        "to_phone",
        "parcel_weight",
        "parcel_length",
        "parcel_width",
        "parcel_height",
        "confirm",
        "rate",
    ):
        wait_step(terminal, step)
        terminal.send(ENTER)
    wait_step(terminal, "purchase")
    terminal.send("y")
    assert terminal.end() == 0
    assert len(service.charges()) == 1


@pytest.mark.parametrize("fault", ["insufficient-funds", "unknown-code", "status-402", "rate-expired"])
def test_api_error_while_buying_goes_back_to_the_rates(desk: Desk, service: Service, fault: str) -> None:
    service.fault(f"{fault}:times=1")
    terminal = desk.at("purchase")
    terminal.send("y")
    wait_step(terminal, "rate")
    session = desk.session()
    assert session.error is not None or fault == "rate-expired"
    assert session.step == "rate"
    assert service.charges() == []
    terminal.send(ENTER)
    wait_step(terminal, "purchase")
    terminal.send("y")
    assert terminal.end() == 0
    assert desk.record().error is None
    assert len(service.charges()) == 1


@pytest.mark.parametrize("fault", ["status-401", "status-403"])
def test_refused_key_ends_with_exit_4_and_names_login(desk: Desk, service: Service, fault: str) -> None:
    service.fault(f"{fault}@rates")
    terminal = desk.at("confirm")
    terminal.send(ENTER)
    assert terminal.end() == 4
    assert "shiplabel login" in flat(terminal.pages)
    assert desk.session().step == "confirm"


def test_refused_key_at_the_purchase_stays_at_the_rates(desk: Desk, service: Service) -> None:
    service.fault("status-401@purchase")
    terminal = desk.at("purchase")
    terminal.send("y")
    assert terminal.end() == 4
    assert desk.session().step == "rate"


@pytest.mark.parametrize("fault", ["buy-then-500", "buy-then-drop-before-head", "server-500", "status-409"])
def test_purchase_without_a_certain_answer_is_never_sent_again(
    desk: Desk, service: Service, fault: str
) -> None:
    service.fault(f"{fault}@purchase:times=1,list-lag:seconds=60")
    terminal = desk.at("purchase")
    terminal.send("y")
    assert terminal.end() == 5
    session = desk.session()
    assert (session.step, session.purchase.state) == ("purchase", "unknown")
    bought = len(service.charges())
    service.mend()
    terminal = desk.open("resume")
    assert terminal.end() == (0 if bought else 5)
    assert len(service.charges()) == bought


def test_label_that_ends_in_error_stays_unknown_with_its_id(desk: Desk, service: Service) -> None:
    service.fault("label-error:seconds=0")
    terminal = desk.at("purchase")
    terminal.send("y")
    assert terminal.end() == 5
    session = desk.session()
    assert session.purchase.state == "unknown"
    assert session.purchase.label_id
    assert f"labels void {session.purchase.label_id}" in flat(terminal.pages)


def test_label_without_its_file_is_bought_and_done(desk: Desk, service: Service) -> None:
    service.fault("download-404")
    terminal = desk.at("purchase")
    terminal.send("y")
    assert terminal.end() == 0
    record = desk.record()
    assert (record.step, record.documents.state) == ("done", "pending")
    assert "labels print" in flat(terminal.pages)
    assert len(service.charges()) == 1


def test_discard_after_trouble_leaves_no_session(desk: Desk, service: Service) -> None:
    service.fault("all-carriers-fail")
    terminal = desk.at("confirm")
    terminal.send(ENTER)
    terminal.wait_for("Enter tries again")
    terminal.send("x")
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
    assert desk.ids() == []


@dataclass(frozen=True)
class Row:
    """A row of the roll-back table: a fault, where it is met, and what is kept of it."""

    fault: str
    at: str
    to: str
    code: str
    exit: int | None = None
    request: bool = True


ROWS = {
    "field refused while quoting": Row(
        "invalid-address@shipments:field=ship_to.city_locality", "confirm", "to_city", "invalid_address"
    ),
    "field refused while buying": Row(
        "invalid-address:field=ship_from.phone", "purchase", "from_phone", "invalid_address"
    ),
    "no rates": Row("all-carriers-fail", "confirm", "confirm", "no_rates", request=False),
    "quoting refused": Row("status-422@shipments", "confirm", "confirm", ""),
    "quoting not found": Row("status-404@shipments", "confirm", "confirm", "", request=False),
    "key refused while quoting": Row("status-401@shipments", "confirm", "confirm", "unauthorized", 4),
    "key refused while buying": Row("status-401@purchase", "purchase", "rate", "unauthorized", 4),
    "key not allowed while buying": Row("status-403@purchase", "purchase", "rate", "forbidden", 4),
    "no money": Row("insufficient-funds", "purchase", "rate", "insufficient_funds"),
    "refused with 402": Row("status-402", "purchase", "rate", ""),
    "refused with 422": Row("status-422", "purchase", "rate", ""),
    "refused in words of no list": Row("unknown-code", "purchase", "rate", ""),
    "no certain answer": Row("server-500@purchase", "purchase", "purchase", "no_answer", 5, request=False),
    "answered with 409": Row("status-409", "purchase", "purchase", "", 5),
    "label ends as error": Row(
        "label-error:seconds=0", "purchase", "purchase", "label_error", 5, request=False
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_row_of_the_table_is_kept_shown_again_and_cleared_by_the_next_success(
    desk: Desk, service: Service, row: Row
) -> None:
    service.fault(row.fault)
    terminal = desk.at(row.at, lines=40)
    terminal.send("y" if row.at == "purchase" else ENTER)
    if row.exit is None:
        wait_step(terminal, row.to)
        if row.to == "confirm":
            terminal.wait_for("Enter tries again")
        terminal.send(LEAVE)
    assert terminal.end() == (row.exit or 130)
    session = desk.session()
    error = session.error
    assert error is not None
    assert (session.step, error.step, error.reverted_to) == (row.to, row.to, row.to)
    assert (error.reverted_from, error.code) == (row.at, row.code or error.code)
    assert error.code
    assert bool(error.request_id) is row.request or not row.request
    assert error.message[:40] in flat(terminal.pages)
    assert ("Nothing was bought." in terminal.pages) is (row.at == "purchase" and row.to != "purchase")
    assert session.answers.items() >= KEPT.items()
    assert bool(session.quotes) is (row.to in {"rate", "purchase"})
    terminal = desk.open("resume", lines=40)
    if row.exit == 5:
        assert terminal.end() == 5
        return
    wait_step(terminal, row.to)
    assert f"Last time: {error.message[:40]}" in flat(terminal.screen)
    assert service.charges() == []
    service.mend()
    answer_until(terminal, "rate", start=row.to)
    if row.to == "rate":
        terminal.send(ENTER)
        wait_step(terminal, "purchase")
    assert desk.session().error is None
