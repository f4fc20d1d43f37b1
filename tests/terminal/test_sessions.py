"""Sessions as a clerk meets them: expiry, two terminals, damage, old locks, the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.terminal.driver import END, ENTER, LEAVE
from tests.terminal.script import answer_until, kept_before, wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk, Service


def begun(desk: Desk, step: str) -> str:
    """Leave a session at a step and return its id."""
    terminal = desk.open("new")
    answer_until(terminal, step)
    terminal.send(LEAVE)
    assert terminal.end() == 130
    return desk.ids()[0]


def test_session_time_out(desk: Desk) -> None:
    expired = begun(desk, "from_state")
    later = (datetime.now(UTC) + timedelta(hours=25)).isoformat()
    terminal = desk.open("resume", expired, SHIPLABEL_NOW=later)
    assert terminal.end() == 2
    assert f"new --like {expired}" in terminal.pages
    assert desk.ids() == []
    terminal = desk.open("new", "--like", expired, SHIPLABEL_NOW=later)
    wait_step(terminal, "from_state")
    assert desk.session().answers.items() >= kept_before("from_state").items()


def test_session_that_is_used_does_not_time_out(desk: Desk) -> None:
    session_id = begun(desk, "from_city")
    for hours in (20, 40, 60):
        now = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
        terminal = desk.open("resume", session_id, SHIPLABEL_NOW=now)
        wait_step(terminal, "from_city")
        terminal.send("\x02")
        wait_step(terminal, "from_address2")
        terminal.send(ENTER)
        wait_step(terminal, "from_city")
        terminal.send(LEAVE)
        assert terminal.end() == 130


def test_no_session_after_cancel(desk: Desk, service: Service) -> None:
    terminal = desk.at("confirm")
    terminal.send("x")
    terminal.wait_for("(y/n)")
    terminal.send("n")
    wait_step(terminal, "confirm")
    assert len(desk.ids()) == 1
    terminal.send("x")
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
    assert desk.ids() == []
    terminal = desk.open("resume")
    assert terminal.end() == 2
    assert service.charges() == []


def test_two_terminals_on_one_session_the_second_is_told_who_holds_it(desk: Desk) -> None:
    first = desk.open("new")
    answer_until(first, "from_address1")
    second = desk.open("resume", desk.ids()[0])
    assert second.end() == 1
    assert str(first.child.pid) in second.pages
    first.answer("1 Main St")
    wait_step(first, "from_address2")


def test_damaged_session_is_set_aside_and_blocks_no_other(desk: Desk) -> None:
    good = begun(desk, "from_city")
    path = next(desk.root.glob(f"sessions/*/{good}~*.json"))
    bad = path.with_name(path.name.replace(good, "ZZZZZ"))
    bad.write_bytes(path.read_bytes()[:100])
    terminal = desk.open("resume", good)
    wait_step(terminal, "from_city")
    assert "damaged" in terminal.pages
    assert desk.ids() == [good]
    assert list(desk.root.glob("damaged/*ZZZZZ*"))


def test_lock_left_behind_by_a_reboot_does_not_hold_a_session(desk: Desk) -> None:
    session_id = begun(desk, "from_city")
    locks = desk.root / "locks"
    (locks / f"{session_id}.lock").write_bytes(b"\0process 999999 since 2026-01-01 00:00 UTC")
    wait_step(desk.open("resume", session_id), "from_city")


def test_new_beside_an_open_session_resumes_it_by_enter(desk: Desk) -> None:
    session_id = begun(desk, "from_city")
    terminal = desk.open("new")
    terminal.wait_for(f"Resume {session_id}")
    terminal.wait_for("Start another")
    terminal.wait_for(f"Discard {session_id}")
    terminal.send(ENTER)
    wait_step(terminal, "from_city")
    assert desk.ids() == [session_id]


def test_new_beside_an_open_session_starts_another(desk: Desk) -> None:
    session_id = begun(desk, "from_city")
    terminal = desk.open("new")
    terminal.wait_for("Start another")
    terminal.send("\x1b[B")
    terminal.send(ENTER)
    wait_step(terminal, "from_name")
    assert len(desk.ids()) == 2
    assert session_id in desk.ids()


def test_new_beside_an_open_session_discards_it_after_a_yes(desk: Desk) -> None:
    session_id = begun(desk, "from_city")
    terminal = desk.open("new")
    terminal.wait_for("Discard")
    terminal.send("3")
    terminal.send(ENTER)
    terminal.wait_for("(y/n)")
    terminal.send("y")
    wait_step(terminal, "from_name")
    assert session_id not in desk.ids()


def test_save_and_quit_from_the_review_is_exit_130(desk: Desk) -> None:
    terminal = desk.at("confirm")
    terminal.send("s")
    assert terminal.end() == 130
    assert f"shiplabel resume {desk.ids()[0]}" in " ".join(terminal.pages.split())


def test_leaving_counts_the_answers_that_were_asked(desk: Desk) -> None:
    desk.more["SHIPLABEL_CONFIG"] = str(desk.home / "config.toml")
    (desk.home / "config.toml").write_text(
        '[ship_from]\nname = "Harbor Goods"\naddress1 = "4009 Marathon Blvd"\ncity = "Austin"\n'
        'state = "TX"\nzip = "78756"\ncountry = "US"\n'
    )
    terminal = desk.open("new")
    answer_until(terminal, "to_company", start="to_name")
    terminal.send(LEAVE)
    assert terminal.end() == 130
    assert "from_country" in desk.session().answers
    assert "Saved: 9 answers, at Ship to · Company · 10 of 21." in terminal.pages


@pytest.mark.parametrize("key", [LEAVE, END, "n"])
def test_discard_that_is_not_agreed_to_loses_nothing(desk: Desk, key: str) -> None:
    session_id = begun(desk, "from_city")
    before = desk.session()
    terminal = desk.open("sessions", "discard", session_id)
    terminal.wait_for(f"Discard session {session_id}? (y/n)")
    terminal.send(key)
    assert terminal.end() == 130
    assert "Nothing was changed." in terminal.pages
    assert desk.session() == before
    wait_step(desk.open("resume", session_id), "from_city")


def test_discard_takes_a_yes_and_other_keys_mean_nothing(desk: Desk) -> None:
    session_id = begun(desk, "from_city")
    terminal = desk.open("sessions", "discard", session_id)
    terminal.wait_for("(y/n)")
    terminal.send(f"x {ENTER}y{ENTER}")
    assert terminal.end() == 0
    assert f"Session {session_id} is discarded." in terminal.pages
    assert desk.ids() == []


@pytest.mark.parametrize("key", [LEAVE, "n"])
def test_purge_that_is_not_agreed_to_deletes_nothing(desk: Desk, key: str) -> None:
    session_id = begun(desk, "from_city")
    assert desk.open("sessions", "discard", session_id, "--yes").end() == 0
    terminal = desk.open("sessions", "purge")
    terminal.wait_for("Delete all expired and discarded sessions? (y/n)")
    terminal.send(key)
    assert terminal.end() == 130
    shown = desk.open("sessions", "show", session_id)
    assert shown.end() == 0
    assert "discarded" in shown.pages
    again = desk.open("sessions", "purge")
    again.wait_for("(y/n)")
    again.send("y")
    assert again.end() == 0
    assert "1 session deleted." in again.pages
    assert desk.open("sessions", "show", session_id).end() == 2
