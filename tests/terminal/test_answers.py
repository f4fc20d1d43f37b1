"""What a clerk may type, paste and press: understood, doubted, or refused with nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.workflow.steps import ANSWER_STEPS
from tests.terminal.driver import BACK, CLEAR, ENTER, LEAVE
from tests.terminal.script import TYPED, wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk


def test_refused_answers_stay_in_the_question_and_nothing_is_lost(desk: Desk) -> None:
    terminal = desk.at("from_state", lines=40)
    before = desk.session().answers
    for typed, said in (
        ("", "missing"),
        ("   ", "missing"),
        ("TZ", "not a US state"),
        ("[bold]x[/bold]", '"[bold]x[/bold]"'),
        ("\u202eabc", "abc"),
    ):
        terminal.answer(typed)
        terminal.wait_for(said)
        wait_step(terminal, "from_state")
        assert desk.session().answers == before
    terminal.answer("Texas")
    wait_step(terminal, "from_zip")


def test_refused_text_is_there_to_be_mended(desk: Desk) -> None:
    terminal = desk.at("from_state")
    terminal.answer("Texs")
    terminal.wait_for("✗")
    terminal.wait_for("State: Texs")
    terminal.send("\x7f")
    terminal.send(f"as{ENTER}")
    wait_step(terminal, "from_zip")


def test_weight_that_makes_no_sense_is_refused(desk: Desk) -> None:
    terminal = desk.at("parcel_weight", lines=40)
    for number, typed in enumerate(("nan", "inf", "1e9", "-1", "0", "151 lb", "2,500"), 1):
        terminal.answer(typed)
        terminal.wait_for(f"Weight: {typed}")
        terminal.wait_until(lambda seen=number: terminal.pages.count("✗") == seen, "the refusal")
        assert "parcel_weight" not in desk.session().answers
    terminal.answer("2,5")
    wait_step(terminal, "parcel_length")
    assert desk.session().answers["parcel_weight"] == "2.5 lb"


def test_ten_thousand_characters_are_refused_in_one_sentence(desk: Desk) -> None:
    terminal = desk.open("new")
    wait_step(terminal, "from_name")
    terminal.paste("x" * 10_000)
    terminal.send(ENTER)
    terminal.wait_until(lambda: b"10,000 characters" in terminal.everything, "the refusal")
    terminal.wait_asked("Name")
    terminal.answer("Ann")
    wait_step(terminal, "from_company")


def test_odd_zip_is_kept_by_y_and_asked_again_by_n(desk: Desk) -> None:
    terminal = desk.at("from_zip")
    terminal.answer("10001")
    terminal.wait_for("(y/n)")
    terminal.send("n")
    terminal.wait_for("ZIP code: 10001")
    terminal.send(ENTER)
    terminal.wait_for("(y/n)")
    terminal.send("y")
    wait_step(terminal, "from_phone")
    assert desk.session().answers["from_zip"] == "10001"


def test_pasted_address_fills_its_steps_after_a_yes(desk: Desk) -> None:
    terminal = desk.open("new")
    wait_step(terminal, "from_name")
    terminal.paste("Ada Lovelace\n4009 Marathon Blvd Apt 3\nAustin, TX 78756")
    terminal.send(ENTER)
    screen = terminal.wait_for("(y/n)")
    assert "4009 Marathon Blvd" in screen
    terminal.send("y")
    wait_step(terminal, "to_name")
    answers = desk.session().answers
    assert (answers["from_name"], answers["from_city"], answers["from_zip"]) == (
        "Ada Lovelace",
        "Austin",
        "78756",
    )


def test_pasted_address_after_a_no_is_asked_again_and_kept_as_typed(desk: Desk) -> None:
    terminal = desk.open("new")
    wait_step(terminal, "from_name")
    terminal.paste("Ada Lovelace, 4009 Marathon Blvd, Austin, TX 78756")
    terminal.send(ENTER)
    terminal.wait_for("(y/n)")
    terminal.send("n")
    terminal.wait_for("Name: Ada Lovelace, 4009 Marathon")
    assert "from_name" not in desk.session().answers
    terminal.send(ENTER)
    wait_step(terminal, "from_company")
    answers = desk.session().answers
    assert answers["from_name"] == "Ada Lovelace, 4009 Marathon Blvd, Austin, TX 78756"
    assert "from_zip" not in answers


def test_three_sides_at_once_fill_all_sizes(desk: Desk) -> None:
    terminal = desk.at("parcel_length")
    terminal.answer("10x8x4")
    wait_step(terminal, "confirm")
    assert desk.session().answers["parcel_height"] == "4 in"


def test_help_is_shown_and_what_was_typed_stays(desk: Desk) -> None:
    terminal = desk.at("from_address1")
    terminal.answer("?")
    terminal.wait_for("House number and street")
    terminal.send(f"{CLEAR}12 Oak")
    terminal.wait_for("Street: 12 Oak")
    terminal.send("\x1bOP")
    terminal.wait_until(lambda: terminal.screen.count("House number and street") == 2, "the help again")
    terminal.wait_for("Street: 12 Oak")


def test_markup_and_escapes_in_a_name_are_shown_literally(desk: Desk) -> None:
    terminal = desk.open("new")
    wait_step(terminal, "from_name")
    terminal.answer("[bold]Ann[/bold]")
    wait_step(terminal, "from_company")
    assert "[bold]Ann[/bold]" in terminal.screen
    assert desk.session().answers["from_name"] == "[bold]Ann[/bold]"


def test_answers_typed_ahead_all_arrive(desk: Desk) -> None:
    terminal = desk.open("new")
    wait_step(terminal, "from_name")
    terminal.send(f"Ann{ENTER}{CLEAR}{ENTER}1 Main St{ENTER}{ENTER}Austin{ENTER}TX{ENTER}78756{ENTER}")
    wait_step(terminal, "from_phone")
    assert desk.session().answers["from_zip"] == "78756"


@pytest.mark.parametrize("name", ["Søren 😀", "שלום עולם", "Иван & Sons", "[red]A[/red] {x} %s"])
def test_letters_of_any_kind_are_doubted_at_most_and_kept_as_they_are(desk: Desk, name: str) -> None:
    terminal = desk.open("new", columns=120)
    wait_step(terminal, "from_name")
    terminal.answer(name)
    if not name.startswith("["):
        terminal.wait_for("may not print")
        terminal.send("y")
    wait_step(terminal, "from_company")
    assert desk.session().answers["from_name"] == name


def test_doubted_letters_are_asked_again_with_what_would_be_printed(desk: Desk) -> None:
    terminal = desk.open("new", columns=120)
    wait_step(terminal, "from_name")
    terminal.answer("Łukasz")
    terminal.wait_for("may not print")
    terminal.send("n")
    terminal.wait_for("Name: Lukasz")
    terminal.send(ENTER)
    wait_step(terminal, "from_company")
    assert desk.session().answers["from_name"] == "Lukasz"


def test_escape_that_was_pasted_is_refused_and_never_obeyed(desk: Desk) -> None:
    terminal = desk.open("new", columns=120)
    wait_step(terminal, "from_name")
    terminal.paste("Ann\x1b[31m\x07\x1b]0;title\x07")
    terminal.send(ENTER)
    terminal.wait_for("control character")
    wait_step(terminal, "from_name")
    assert b"\x1b]0;title" not in terminal.everything
    terminal.answer("Ann")
    wait_step(terminal, "from_company")
    assert desk.session().answers["from_name"] == "Ann"


def test_phone_with_an_extension_is_kept_and_a_wrong_one_stands_to_be_mended(desk: Desk) -> None:
    terminal = desk.at("from_phone")
    terminal.answer("12")
    terminal.wait_for("is not a phone number")
    terminal.wait_for("Phone (optional): 12")
    terminal.answer("(512) 555-0100 ext. 12")
    wait_step(terminal, "to_name")
    assert desk.session().answers["from_phone"] == "+1 512-555-0100 ext. 12"


@pytest.mark.parametrize(
    ("typed", "said"), [("123456", "not a ZIP code"), ("abc", "not a ZIP code"), ("-1", "not a ZIP code")]
)
def test_zip_code_that_is_none_is_refused(desk: Desk, typed: str, said: str) -> None:
    terminal = desk.at("from_zip", columns=120)
    terminal.answer(typed)
    terminal.wait_for(said)
    terminal.wait_for(f"ZIP code: {typed}")
    assert "from_zip" not in desk.session().answers


@pytest.mark.parametrize(
    ("typed", "kept"), [("78756-1234", "78756-1234"), ("787561234", "78756-1234"), (" 78756 ", "78756")]
)
def test_zip_code_of_nine_digits_is_understood(desk: Desk, typed: str, kept: str) -> None:
    terminal = desk.at("from_zip")
    terminal.answer(typed)
    wait_step(terminal, "from_phone")
    assert desk.session().answers["from_zip"] == kept


def test_size_that_is_too_large_is_refused_where_it_was_typed(desk: Desk) -> None:
    terminal = desk.at("parcel_length", columns=120)
    for typed, said in (
        ("109", "108 in"),
        ("60x40x40", "165 in"),
        ("10x8", "not a side"),
        ("nan", "not a side"),
    ):
        terminal.answer(typed)
        terminal.wait_for(said)
        terminal.wait_for(f"Length: {typed}")
        assert "parcel_length" not in desk.session().answers


def test_options_fill_answers_and_only_the_rest_is_asked(desk: Desk) -> None:
    terminal = desk.open(
        "new", "--from-name", "Ann", "--from-address1", "1 Main St", "--from-city", "Austin",
        "--from-state", "TX", "--from-zip", "78701", "--weight", "1 lb", "--size", "8x6x4",
    )  # fmt: skip
    for step in ("from_company", "from_address2", "from_phone", "to_name"):
        wait_step(terminal, step)
        terminal.send("Ada\r" if step == "to_name" else ENTER)
    for step in ANSWER_STEPS[9:16]:
        wait_step(terminal, step)
        terminal.answer(TYPED[step])
    wait_step(terminal, "confirm")
    terminal.send(BACK)
    wait_step(terminal, "parcel_height")


@pytest.mark.parametrize("way", [(), ("--plain",)])
def test_typed_colour_escapes_are_left_out_and_show_no_fault(desk: Desk, way: tuple[str, ...]) -> None:
    terminal = desk.at("to_address1", *way)
    terminal.answer("12 \x1b[31mMain\x1b[0m St\x1b[1;2M")
    wait_step(terminal, "to_address2")
    assert "Traceback" not in terminal.pages
    assert desk.session().answers["to_address1"] == "12 Main St"
    terminal.send("\x02")
    wait_step(terminal, "to_address1")
    terminal.send(LEAVE)
    assert terminal.end() == 130
    listed = desk.open("new", *way)
    listed.wait_for("Discard")
    listed.send("\x1b[31m3" if not way else "3")
    listed.send(ENTER)
    listed.wait_for("(y/n)")
    listed.send("\x1b[31mn")
    listed.wait_for("Start another")
    assert "Traceback" not in listed.pages
    assert len(desk.ids()) == 1
