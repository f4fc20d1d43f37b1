"""The rates on screen: filling, failing, sorted, filtered, picked; no stray key ever picks one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.cli.tables import marks_of
from shiplabel.domain.rules import fitting, sort_rates
from tests.terminal.driver import ENTER, LEAVE
from tests.terminal.script import wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk, Service
    from tests.terminal.driver import Terminal


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


SOON, LATER = "2026-11-24T12:00:00Z", "2026-11-24T12:45:00Z"


def stale_purchase(desk: Desk, *options: str) -> Decimal:
    """Leave a session at its last question; return the price that was shown."""
    terminal = desk.at("purchase", *options, SHIPLABEL_NOW=SOON)
    terminal.send(LEAVE)
    assert terminal.end() == 130
    rate = desk.session().rate
    assert rate is not None
    return rate.total.amount.quantize(Decimal("0.01"))


def test_price_that_rose_since_is_told_and_asked_for_again(desk: Desk, service: Service) -> None:
    price = stale_purchase(desk)
    service.fault("rates-rise:by=2.00")
    terminal = desk.open("resume", "--yes", SHIPLABEL_NOW=LATER)
    terminal.wait_for(f"rose from ${price} to ${price + 2}")
    terminal.wait_for("(y/n)")
    assert service.charges() == []
    assert desk.session().step == "rate"
    terminal.send("n")
    terminal.wait_for("Enter takes")
    terminal.send(ENTER)
    assert terminal.end() == 0
    assert len(service.charges()) == 1


def test_price_that_rose_and_was_left_unanswered_is_asked_for_once_more(desk: Desk, service: Service) -> None:
    stale_purchase(desk)
    service.fault("rates-rise:by=2.00")
    terminal = desk.open("resume", SHIPLABEL_NOW=LATER)
    terminal.wait_for("(y/n)")
    terminal.send(LEAVE)
    assert terminal.end() == 130
    wait_step(desk.open("resume", "--yes", SHIPLABEL_NOW=LATER), "rate")
    assert service.charges() == []


def test_price_that_rose_above_max_cost_is_not_bought(desk: Desk, service: Service) -> None:
    price = stale_purchase(desk)
    service.fault("rates-rise:by=2.00")
    terminal = desk.open("resume", "--max-cost", str(price + 1), SHIPLABEL_NOW=LATER)
    terminal.wait_for("(y/n)")
    terminal.send("y")
    terminal.wait_for("above the limit")
    wait_step(terminal, "rate")
    assert service.charges() == []
    session = desk.session()
    assert session.error is not None
    assert (session.error.code, session.error.reverted_to) == ("max_cost", "rate")


def test_stale_price_that_did_not_rise_is_bought_with_the_yes_that_was_given(
    desk: Desk, service: Service
) -> None:
    stale_purchase(desk)
    assert desk.open("resume", "--yes", SHIPLABEL_NOW=LATER).end() == 0
    assert len(service.charges()) == 1


def test_service_that_is_gone_after_a_new_quote_leads_to_the_table(desk: Desk, service: Service) -> None:
    stale_purchase(desk)
    service.fault("carrier-fails:carrier=stamps_com")
    terminal = desk.open("resume", SHIPLABEL_NOW=LATER)
    terminal.wait_for("not offered any more")
    wait_step(terminal, "rate")
    assert service.charges() == []


def test_failing_carrier_is_still_named_after_a_resume(desk: Desk, service: Service) -> None:
    service.fault("carrier-fails:carrier=ups")
    terminal = desk.at("rate", lines=40)
    terminal.send(LEAVE)
    assert terminal.end() == 130
    service.mend()
    terminal = desk.open("resume", lines=40)
    wait_step(terminal, "rate")
    assert "ups: A shipping carrier error occurred" in terminal.screen


def test_warning_of_the_rate_is_shown_with_the_last_question(desk: Desk) -> None:
    terminal = desk.at("purchase")
    assert "! Media Mail takes books" in terminal.screen


def test_rule_that_no_carrier_can_fulfil_leaves_the_clerk_a_way_on(desk: Desk) -> None:
    terminal = desk.at("confirm", "--rate", "service:none_such")
    terminal.send(ENTER)
    terminal.wait_for("No carrier of this account offers service:none_such")
    wait_step(terminal, "confirm")
    terminal.send(ENTER)
    wait_step(terminal, "rate")
    assert len({rate.carrier_code for rate in desk.session().quotes}) == 3


def still_asking(desk: Desk, service: Service, *arguments: str) -> Terminal:
    """Return a terminal whose table has rates and waits for a carrier that does not answer for long."""
    service.fault("carrier-delay:carrier=ups:seconds=30")
    terminal = desk.at("confirm", *arguments)
    terminal.send(ENTER)
    terminal.wait_for("g goes on without waiting")
    terminal.wait_for("Still asking UPS …")
    return terminal


@pytest.mark.parametrize("way", [(), ("--plain",)])
def test_clerk_goes_on_without_a_slow_carrier_and_asks_it_later(
    desk: Desk, service: Service, way: tuple[str, ...]
) -> None:
    terminal = still_asking(desk, service, *way)
    terminal.send("g")
    wait_step(terminal, "rate")
    assert "ups: not waited for" in terminal.screen
    assert "USPS" in terminal.screen
    kept = desk.session()
    assert [(one.carrier_code, one.code) for one in kept.failures] == [("ups", "not_waited_for")]
    assert {rate.carrier_code for rate in kept.quotes} == {"stamps_com", "fedex"}
    service.mend()
    terminal.send("b")
    wait_step(terminal, "confirm")
    terminal.send(ENTER)
    terminal.wait_until(lambda: bool(not desk.session().failures and desk.session().quotes), "all rates")
    assert "ups" in {rate.carrier_code for rate in desk.session().quotes}


def test_leaving_while_a_carrier_is_waited_for_saves_and_quits_at_once(desk: Desk, service: Service) -> None:
    terminal = still_asking(desk, service)
    terminal.send(LEAVE)
    assert terminal.end() == 130
    assert f"shiplabel resume {desk.session().session_id}" in " ".join(terminal.pages.split())
    assert desk.session().step == "confirm"


def test_enter_while_a_carrier_is_waited_for_decides_nothing(desk: Desk, service: Service) -> None:
    service.fault("carrier-delay:carrier=ups:seconds=2")
    terminal = desk.at("confirm")
    terminal.send(ENTER)
    terminal.wait_for("g goes on without waiting")
    terminal.send(ENTER)
    wait_step(terminal, "rate")
    assert not desk.session().failures


def test_filter_that_is_not_understood_is_asked_again_and_picks_nothing(desk: Desk) -> None:
    terminal = desk.at("rate", lines=40)
    terminal.send("d")
    terminal.wait_for("how many days")
    terminal.send(f"soon{ENTER}")
    terminal.wait_for("soon is not a number of days")
    terminal.wait_for("Empty shows all: soon")
    terminal.answer("2")
    terminal.wait_for("within 2 days")
    assert (desk.session().step, desk.session().rate) == ("rate", None)


def test_purchase_under_way_is_said(desk: Desk, service: Service) -> None:
    service.fault("slow@purchase:seconds=3")
    terminal = desk.at("purchase")
    terminal.send("y")
    terminal.wait_for("Buying USPS Media Mail …")
    assert "bought" not in terminal.screen
    assert terminal.end() == 0
    assert len(service.charges()) == 1
