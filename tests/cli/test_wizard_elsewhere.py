from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from shiplabel.cli.wizard.desk import AddressSuggestion
from shiplabel.cli.wizard.elsewhere import BookCompleter, checked, first_of_book, of_side, pasted

ANNA = AddressSuggestion("Anna Smith", "12 Oak St, Austin", {"name": "Anna Smith", "city": "Austin"})
ANNABEL = AddressSuggestion("Annabel Lee", "1 Sea Rd, Baltimore", {"name": "Annabel Lee"})


def book(text: str) -> list[AddressSuggestion]:
    return [one for one in (ANNA, ANNABEL) if one.title.casefold().startswith(text.casefold())]


def test_book_enter_takes_the_first_that_completes() -> None:
    assert first_of_book("ann", "", book) is ANNA
    assert first_of_book("annabel lee", "", book) is ANNABEL


@pytest.mark.parametrize("typed", ["", "  ", "Ann ", "Bob"])
def test_book_takes_nothing_for_an_empty_a_kept_or_a_foreign_text(typed: str) -> None:
    assert first_of_book(typed, "", book) is None


def test_book_leaves_an_answer_that_was_there_before() -> None:
    assert first_of_book("Anna", "Anna", book) is None


def test_book_completer_shows_names_with_their_lines() -> None:
    shown = list(BookCompleter(book).get_completions(Document("an"), CompleteEvent()))
    assert [one.text for one in shown] == ["Anna Smith", "Annabel Lee"]
    assert list(BookCompleter(book).get_completions(Document("an "), CompleteEvent())) == []


def test_book_fields_become_answers_of_one_side_and_the_rest_is_left_out() -> None:
    answers = of_side("from", ANNA.fields)
    assert answers["from_city"] == "Austin"
    assert answers["from_phone"] is None
    assert len(answers) == 9


def test_parts_that_hold_are_given_and_the_others_stay_to_be_mended() -> None:
    found = checked(
        {"to_name": "Anna", "to_city": "", "to_state": "texas", "to_zip": "10001"}, {"to_city": "Austin"}
    )
    assert found.given == {"to_name": "Anna", "to_state": "TX"}
    assert found.drafts == {"to_city": "", "to_zip": "10001"}


def test_pasted_address_is_taken_apart_at_name_and_street_only() -> None:
    text = "Anna Smith\n4009 Marathon Blvd\nAustin, TX 78756"
    taken = pasted("to_name", text)
    assert taken is not None
    assert taken["to_zip"] == "78756"
    assert pasted("to_city", text) is None


@pytest.mark.parametrize("text", ["Anna", "Smith, Jones and Partners", "12 Oak Street"])
def test_answer_that_is_no_whole_address_stays_an_answer(text: str) -> None:
    assert pasted("to_name", text) is None
