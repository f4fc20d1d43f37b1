"""Whose money it is, in words and colour; plain, narrow and resized terminals."""

from __future__ import annotations

import re
import signal
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.sandbox.ledger import Ledger
from shiplabel.storage.addresses import AddressBook
from shiplabel.workflow.steps import ANSWER_STEPS
from tests.terminal.driver import BACK, CLEAR, END, ESCAPE, LEAVE
from tests.terminal.script import KEPT, STEPS_ASKED, answer_step, wait_step

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terminal.conftest import Desk, Service

COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)(?:;[0-9;]*)?m")
RED_GROUND = re.compile(rb"\x1b\[[0-9;]*41[0-9;]*m")


@pytest.mark.parametrize(
    ("key", "words", "red"),
    [
        ("anything", "PRODUCTION: real money", True),
        ("TEST_one", "TEST: nothing is charged", False),
        ("", "SANDBOX: nothing is bought", False),
    ],
)
def test_header_tells_the_environment_in_words_and_colour(
    desk: Desk, key: str, words: str, red: bool
) -> None:
    terminal = desk.open("new", SHIPSTATION_API_KEY=key)
    wait_step(terminal, "from_name")
    assert words in terminal.screen
    assert bool(RED_GROUND.search(terminal.everything)) == red
    assert COLOUR.search(terminal.everything)


def test_header_names_the_profile(desk: Desk) -> None:
    terminal = desk.open("new", "--profile", "shop-b")
    wait_step(terminal, "from_name")
    assert "PRODUCTION: real money · shop-b" in terminal.screen
    assert (desk.home / "data" / "profiles" / "shop-b" / "production" / "sessions").is_dir()


@pytest.mark.parametrize(
    ("arguments", "more"), [(("--plain",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"})]
)
def test_plain_and_colourless_terminals_get_words_and_a_label(
    desk: Desk, service: Service, arguments: tuple[str, ...], more: dict[str, str]
) -> None:
    desk.more |= more
    terminal = desk.at("confirm", *arguments)
    terminal.send("\r")
    wait_step(terminal, "rate")
    assert "PRODUCTION: real money" in terminal.screen
    terminal.send("\r")
    wait_step(terminal, "purchase")
    terminal.send("y")
    assert terminal.end() == 0
    assert not COLOUR.search(terminal.everything)
    assert len(service.charges()) == 1
    if "NO_COLOR" not in more:
        assert not re.search(r"[─│╭█]", terminal.pages)
        assert b"\x1b" not in terminal.everything


def test_rates_table_follows_the_terminal_s_size_while_it_fills(desk: Desk, service: Service) -> None:
    service.fault("carrier-delay:seconds=2")
    terminal = desk.at("confirm", columns=120, lines=40)
    terminal.send("\r")
    terminal.wait_for("Asking the carriers")
    for columns, lines in ((60, 20), (100, 30), (72, 24)):
        terminal.resize(columns, lines)
    wait_step(terminal, "rate")
    assert all(len(line) <= 72 for line in terminal.screen.splitlines())
    assert "Traceback" not in terminal.pages
    terminal.resize(60, 20)
    terminal.send("\r")
    wait_step(terminal, "purchase")
    terminal.send("y")
    assert terminal.end() == 0
    assert len(service.charges()) == 1


def test_question_survives_being_resized_and_stopped(desk: Desk) -> None:
    terminal = desk.open("new", columns=120, lines=40)
    wait_step(terminal, "from_name")
    terminal.send("Harbor")
    terminal.resize(60, 15)
    terminal.child.kill(signal.SIGWINCH)
    terminal.send(" Goods\r")
    wait_step(terminal, "from_company")
    assert desk.session().answers["from_name"] == "Harbor Goods"


@pytest.mark.parametrize("more", [{}, {"TERM": "dumb"}])
def test_plain_wizard_asks_every_question_and_writes_no_escape(
    desk: Desk, service: Service, more: dict[str, str]
) -> None:
    desk.more |= more
    terminal = desk.open("new", *([] if more else ["--plain"]), columns=60)
    for step in STEPS_ASKED:
        wait_step(terminal, step)
        answer_step(terminal, step)
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.everything
    record = desk.record()
    assert {name: record.answers[name] for name in ANSWER_STEPS} == KEPT
    assert len(service.charges()) == 1


def test_plain_wizard_takes_every_key(desk: Desk) -> None:
    book = AddressBook(desk.home / "data" / "addresses.json")
    book.save("Ada", {"address1": "525 S Winchester Blvd", "city": "San Jose", "state": "CA", "zip": "95128"})
    terminal = desk.open("new", "--plain")
    wait_step(terminal, "from_name")
    terminal.send("Haxx\x7f\x7frbor\r")
    wait_step(terminal, "from_company")
    assert desk.session().answers["from_name"] == "Harbor"
    terminal.send(BACK)
    wait_step(terminal, "from_name")
    terminal.send(f"{CLEAR}Zoë\r")
    wait_step(terminal, "from_company")
    assert desk.session().answers["from_name"] == "Zoë"
    terminal.send(ESCAPE)
    terminal.wait_for("Name: Zoë")
    terminal.send(f"{CLEAR}?\r")
    terminal.wait_for("A whole pasted address is taken apart")
    terminal.send(f"{CLEAR}win\t")
    terminal.wait_for("Ada")
    terminal.send("\r")
    wait_step(terminal, "to_name")
    assert desk.session().answers["from_city"] == "San Jose"
    terminal.send(LEAVE)
    assert terminal.end() == 130
    terminal = desk.open("new", "--plain")
    terminal.wait_for("2) Start another label")
    terminal.send("9\r1\r")
    wait_step(terminal, "to_name")
    terminal.send(END)
    assert terminal.end() == 130
    assert "shiplabel resume" in terminal.pages


def test_carrier_whose_balance_is_below_a_rate_is_marked_before_the_pick(
    desk: Desk, service: Service, tmp_path: Path
) -> None:
    terminal = desk.at("purchase")
    terminal.send("y")
    assert terminal.end() == 0
    Ledger(tmp_path / "ledger.sqlite").set_balance("se-100001", Decimal("9.10"))
    terminal = desk.at("rate", columns=120, lines=40)
    assert "above the carrier's balance of 9.10" in terminal.screen
    marked = {
        rate.total.amount for rate in desk.session().quotes if any("balance" in w for w in rate.warnings)
    }
    prepaid = {rate.total.amount for rate in desk.session().quotes if rate.carrier_code == "stamps_com"}
    assert marked == {amount for amount in prepaid if amount > Decimal("9.10")}
    assert len(service.charges()) == 1
