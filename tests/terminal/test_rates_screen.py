"""The rates on screen: filling, failing, sorted, filtered, picked; no stray key ever picks one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.cli.tables import marks_of
from shiplabel.domain.rules import fitting, sort_rates
from tests.terminal.driver import ENTER
from tests.terminal.script import wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk, Service


def test_table_fills_while_a_slow_carrier_is_named(desk: Desk, service: Service) -> None:
    service.fault("carrier-delay:carrier=ups:seconds=2")
    terminal = desk.at("confirm")
    terminal.send(ENTER)
    terminal.wait_for("Still asking")
    terminal.wait_until(lambda: "$" in terminal.screen and "Still asking" in terminal.screen, "a first rate")
    terminal.send(ENTER)
    wait_step(terminal, "rate")
    assert "Still asking" not in terminal.screen
    assert desk.session().step == "rate"


def test_failing_carrier_is_named_and_hides_no_other(desk: Desk, service: Service) -> None:
    service.fault("carrier-fails:carrier=ups")
    terminal = desk.at("rate", lines=40)
    assert "ups:" in terminal.screen
    assert "USPS" in terminal.screen


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40)])
def test_cheapest_is_marked_and_taken_by_enter(desk: Desk, columns: int, lines: int) -> None:
    terminal = desk.at("rate", columns=columns, lines=lines)
    quotes = desk.session().quotes
    cheapest = next(rate for rate in quotes if rate.rate_id == marks_of(quotes).cheapest)
    assert f"Enter takes {cheapest.total} (cheapest)" in terminal.screen
    terminal.send(ENTER)
    terminal.wait_for(f"for {cheapest.total}? (y/n)")


def test_number_takes_that_row_and_a_wrong_one_is_refused(desk: Desk) -> None:
    terminal = desk.at("rate", lines=40)
    second = sort_rates(fitting(desk.session().quotes))[1]
    terminal.send(f"999{ENTER}")
    terminal.wait_for("no rate here")
    terminal.answer("2")
    terminal.wait_for(f"for {second.total}? (y/n)")


def test_sort_filter_and_a_stray_enter_pick_nothing(desk: Desk) -> None:
    terminal = desk.at("rate", lines=40)
    terminal.send(f"s{ENTER}")
    terminal.wait_for("(by days)")
    terminal.send("c")
    terminal.wait_for("which carrier")
    terminal.send(f"ups{ENTER}")
    terminal.wait_for("carrier UPS")
    assert "USPS" not in terminal.screen.split("Rates ·")[0].rpartition("Notes")[2]
    terminal.send("p")
    terminal.wait_for("which price")
    terminal.send(f"0{ENTER}")
    terminal.wait_for("No rate is left")
    wait_step(terminal, "rate")
    terminal.send("d")
    terminal.wait_for("how many days")
    terminal.send(f"9{ENTER}")
    terminal.wait_for("within 9 days")
    assert desk.session().step == "rate"


def test_more_rows_than_the_screen_holds_are_paged(desk: Desk) -> None:
    terminal = desk.at("rate")
    assert "m shows more" in terminal.screen
    first = terminal.screen
    terminal.send("m")
    terminal.wait_until(lambda: "m shows" in terminal.screen and terminal.screen != first, "the next page")
    wait_step(terminal, "rate")


def test_stale_rates_are_fetched_again_on_resume(desk: Desk, service: Service) -> None:
    terminal = desk.at("rate", SHIPLABEL_NOW="2026-11-24T12:00:00Z")
    terminal.send("\x03")
    assert terminal.end() == 130
    asked = sum("/rates" in str(request) for request in service.requests())
    terminal = desk.open("resume", SHIPLABEL_NOW="2026-11-24T12:29:00Z")
    wait_step(terminal, "rate")
    assert sum("/rates" in str(request) for request in service.requests()) == asked
    terminal.send("\x03")
    assert terminal.end() == 130
    wait_step(desk.open("resume", SHIPLABEL_NOW="2026-11-24T13:30:00Z"), "rate")
    assert sum("/rates" in str(request) for request in service.requests()) > asked
