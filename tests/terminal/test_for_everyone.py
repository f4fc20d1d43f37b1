"""Whose money it is, in words and colour; plain, narrow and resized terminals."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.terminal.script import wait_step

if TYPE_CHECKING:
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
