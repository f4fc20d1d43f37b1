from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.keys import shipment_key_of_order
from shiplabel.domain.money import Money
from shiplabel.errors import InputError
from shiplabel.workflow.columns import map_columns
from shiplabel.workflow.layouts import FIELDS
from shiplabel.workflow.problems import Problem, grouped, problem, rows_text
from shiplabel.workflow.rows import Defaults, RowDraft, drafts, survey
from shiplabel.workflow.session import Wishes
from shiplabel.workflow.steps import ANSWER_STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

GOOD_AMOUNT = Decimal(100)
SENDER = {
    "from_name": "Acme Goods",
    "from_address1": "500 Congress Ave",
    "from_city": "Austin",
    "from_state": "TX",
    "from_zip": "78701",
}
HEADER = ["order_id", "to_name", "to_company", "to_address1", "to_address2", "to_city", "to_state", "to_zip",
          "to_country", "to_phone", "weight", "length", "width", "height", "reference"]  # fmt: skip
GOOD = {
    "order_id": "1042",
    "to_name": "Ann Lee",
    "to_address1": "4009 Marathon Blvd",
    "to_city": "Austin",
    "to_state": "TX",
    "to_zip": "78756",
    "weight": "2 lb 3 oz",
    "length": "10",
    "width": "8",
    "height": "4",
}


def row(**changes: str) -> list[str]:
    cells = {**GOOD, **changes}
    return [cells.get(name, "") for name in HEADER]


def drafted(
    rows: Sequence[list[str]], header: Sequence[str] = HEADER, defaults: Defaults | None = None
) -> list[RowDraft]:
    numbered = list(enumerate(rows, 2))
    columns = map_columns(header)
    return list(drafts(numbered, columns, defaults or Defaults.of(SENDER), survey(numbered, columns)))


def one(defaults: Defaults | None = None, **changes: str) -> RowDraft:
    (draft,) = drafted([row(**changes)], defaults=defaults)
    return draft


def said(draft: RowDraft) -> list[tuple[str, str, str]]:
    return [(found.level, found.column, found.message) for found in draft.problems]


def test_good_row_answers_every_step_as_the_wizard_would() -> None:
    draft = one(to_phone="512-555-0100 x12", reference=" gift  box ")
    assert draft.problems == ()
    assert draft.is_good
    assert set(draft.answers) == set(ANSWER_STEPS)
    assert draft.answers["to_zip"] == "78756"
    assert draft.answers["parcel_weight"] == "35 oz"
    assert draft.answers["from_zip"] == "78701"
    assert draft.answers["to_company"] is None
    assert (draft.order_id, draft.rows, draft.wishes.reference) == ("1042", (2,), "gift box")
    assert draft.shipment_key == shipment_key_of_order("1042")


def test_wishes_of_all_rows_stay_beside_the_rows_own() -> None:
    wishes = Wishes(rule="cheapest", insured_value=Money(amount=GOOD_AMOUNT), reference="all")
    draft = one(Defaults.of(SENDER, wishes))
    assert (draft.wishes.rule, draft.wishes.order_id, draft.wishes.reference) == ("cheapest", "1042", "all")


@pytest.mark.parametrize(
    ("changes", "step", "answer"),
    [
        ({"to_zip": "2134", "to_city": "Boston", "to_state": "Massachusetts"}, "to_zip", "02134"),
        ({"weight": "0,9 kg"}, "parcel_weight", "0.9 kg"),
        ({"weight": "16oz"}, "parcel_weight", "16 oz"),
        ({"weight": "2,5"}, "parcel_weight", "2.5 lb"),
        ({"length": "10x8x4", "width": "", "height": ""}, "parcel_height", "4 in"),
        ({"to_address1": "12 Main St\nApt 4"}, "to_address2", "Apt 4"),
        ({"to_address1": "12 Main St\r\nApt 4", "to_address2": "Dock 1"}, "to_address2", "Apt 4, Dock 1"),
        ({"to_address1": "", "to_address2": "12 Main St"}, "to_address1", "12 Main St"),
        ({"to_name": "", "to_company": "Acme Inc"}, "to_name", "Acme Inc"),
        ({"to_city": "Austin, TX 78756", "to_state": "", "to_zip": ""}, "to_zip", "78756"),
        ({"to_country": "United States"}, "to_country", "US"),
        (
            {"to_country": "Canada", "to_city": "Ottawa", "to_state": "ON", "to_zip": "k1a0b1"},
            "to_zip",
            "K1A 0B1",
        ),
        ({"to_name": "José O'Brien & Søn"}, "to_name", "José O'Brien & Søn"),
    ],
)
def test_row_is_understood_as_people_write_it(changes: dict[str, str], step: str, answer: str) -> None:
    draft = one(None, **changes)
    assert draft.is_good, draft.problems
    assert draft.answers[step] == answer


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"to_zip": "7875A"}, "to_zip", '"7875A" is not a ZIP code.'),
        ({"to_state": "Texaz"}, "to_state", '"Texaz" is not a US state.'),
        ({"to_name": ""}, "to_name", "The name is missing"),
        ({"to_name": "x" * 51}, "to_name", "The name has 51 characters"),
        ({"to_city": ""}, "to_city", "The city is missing"),
        ({"to_name": "Ann\x1b[31m"}, "to_name", "holds a control character"),
        ({"to_name": "Jos\ufffd"}, "to_name", "letters lost in decoding"),
        ({"weight": "heavy"}, "weight", '"heavy" is not a weight.'),
        ({"weight": "nan"}, "weight", '"nan" is not a weight.'),
        ({"weight": "-1"}, "weight", '"-1" is not a weight.'),
        ({"weight": "1,234"}, "weight", "may mean 1234 or 1.234"),
        ({"weight": "151 lb"}, "weight", "is too heavy"),
        ({"height": "109"}, "height", "is too long"),
        ({"length": "100", "width": "30", "height": "30"}, "height", "is too large"),
        ({"to_phone": "12"}, "to_phone", "is not a phone number"),
        ({"to_country": "Narnia"}, "to_country", '"Narnia" is not a country.'),
        ({"order_id": "1.23E+11"}, "order_id", "its digits are gone"),
        ({"order_id": "1,23e+11"}, "order_id", "its digits are gone"),
        ({"order_id": "1.23456789012346E+17"}, "order_id", "its digits are gone"),
        ({"order_id": "x" * 301}, "order_id", "has 301 characters"),
        ({"order_id": "10\x0742"}, "order_id", "control character"),
        ({"reference": "a\x07"}, "reference", "control character"),
    ],
)
def test_bad_cell_is_an_error_with_row_column_and_reason(
    changes: dict[str, str], column: str, message: str
) -> None:
    draft = one(None, **changes)
    errors = [found for found in draft.problems if found.level == "error"]
    assert [(found.row, found.column) for found in errors] == [(2, column)]
    assert message in errors[0].message
    assert not draft.is_good


def test_all_problems_of_a_row_are_told_at_once() -> None:
    draft = one(to_zip="x", to_state="y", weight="z", order_id="1E+5")
    assert [found.column for found in draft.problems] == ["to_state", "to_zip", "weight", "order_id"]
    assert draft.shipment_key == ""


def test_sentence_that_mends_is_told_apart_from_what_is_wrong() -> None:
    (found,) = one(to_zip="7875A").problems
    assert (found.message, found.mend) == ('"7875A" is not a ZIP code.', "Type 12345 or 12345-6789.")


def test_odd_answers_are_warnings_without_their_question() -> None:
    draft = one(to_zip="10001", to_name="Łukasz")
    assert draft.is_good
    assert said(draft) == [
        ("warning", "to_name", 'Carriers may not print "Ł" (they would print "Lukasz").'),
        ("warning", "to_zip", "ZIP code 10001 is New York, NY, not Austin, TX."),
    ]
    assert draft.problems[0].mend == 'Perhaps "Lukasz".'


def test_missing_weight_and_size_come_from_the_defaults() -> None:
    defaults = Defaults.of({**SENDER, "parcel_weight": "1 lb", "parcel_length": "10x8x4"})
    draft = one(defaults, weight="", length="", width="", height="")
    assert draft.is_good
    assert [draft.answers[step] for step in ("parcel_weight", "parcel_width")] == ["1 lb", "8 in"]


def test_rows_own_sides_are_never_mixed_with_the_default_ones() -> None:
    defaults = Defaults.of({**SENDER, "parcel_length": "10x8x4"})
    draft = one(defaults, length="5", width="", height="")
    assert [found.column for found in draft.problems] == ["width", "height"]


def test_missing_weight_and_size_name_the_option() -> None:
    draft = one(weight="", length="", width="", height="")
    assert [(found.column, found.mend.partition("--")[2][:6]) for found in draft.problems] == [
        ("weight", "weight"),
        ("size", "size 1"),
    ]


def test_bare_numbers_take_the_unit_of_the_settings() -> None:
    defaults = Defaults.of({**SENDER, "parcel_weight_unit": "gram", "parcel_side_unit": "centimeter"})
    draft = one(defaults, weight="900")
    assert (draft.answers["parcel_weight"], draft.answers["parcel_length"]) == ("900 g", "10 cm")
    assert set(draft.answers) == set(ANSWER_STEPS)


def test_row_without_a_sender_anywhere_says_so() -> None:
    draft = one(Defaults())
    assert said(draft) == [("error", "from_name", "There is no sender.")]
    assert "--from NAME" in draft.problems[0].mend


def test_rows_own_sender_is_never_mixed_with_the_default_one() -> None:
    header = list(FIELDS)
    cells = {
        **GOOD,
        "from_name": "Bo",
        "from_address1": "1 Elm St",
        "from_city": "Dallas",
        "from_state": "TX",
    }
    defaults = Defaults.of({**SENDER, "from_address2": "Suite 9"})
    (bad,) = drafted([[cells.get(name, "") for name in header]], header, defaults)
    assert said(bad) == [("error", "from_zip", "The ZIP code is missing; it cannot be left out.")]
    cells["from_zip"] = "75201"
    (good,) = drafted([[cells.get(name, "") for name in header]], header, defaults)
    assert (good.answers["from_zip"], good.answers["from_address2"]) == ("75201", None)


def test_defaults_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError):
        Defaults.of({"parcel_weight": "heavy"})


def test_empty_row_has_one_problem_and_not_nine() -> None:
    draft = one(None, **dict.fromkeys(("to_name", "to_address1", "to_city", "to_state", "to_zip"), ""))
    assert said(draft) == [("error", "to_name", "The row has no recipient.")]


def test_row_longer_than_the_header_is_bad() -> None:
    (draft,) = drafted([[*row(), "x"]])
    assert [(found.level, found.column) for found in draft.problems] == [("error", "row")]
    (draft,) = drafted([[*row(), "", ""]])
    assert draft.is_good


def test_lines_of_one_order_and_one_address_are_one_label() -> None:
    blank = dict.fromkeys(("to_name", "to_address1", "to_city", "to_state", "to_zip", "weight", "length"), "")
    rows = [
        row(),
        row(order_id="1043"),
        row(**blank),
        row(to_name="ANN  LEE", to_address1="4009 Marathon Blvd."),
    ]
    first, second = drafted(rows)
    assert (first.row, first.rows, first.is_good) == (2, (2, 4, 5), True)
    assert (second.rows, second.order_id) == ((3,), "1043")


def test_lines_of_one_bad_order_id_are_bad_by_themselves() -> None:
    (draft,) = drafted([row(order_id="x" * 301), row(order_id="x" * 301)])
    assert (draft.rows, draft.order_id, draft.shipment_key, draft.is_good) == ((2,), "", "", False)


def test_address_on_a_later_line_of_the_order_counts() -> None:
    blank = dict.fromkeys(("to_name", "to_address1", "to_city", "to_state", "to_zip"), "")
    (draft,) = drafted([row(**blank), row()])
    assert (draft.row, draft.rows, draft.is_good) == (3, (2, 3), True)


def test_one_order_with_two_addresses_makes_all_its_rows_bad() -> None:
    first, other, last = drafted([row(), row(order_id="7"), row(to_address1="1 Elm St")])
    message = 'Order "1042" goes to two addresses, in rows 2, 4.'
    assert said(first) == said(last) == [("error", "order_id", message)]
    assert (first.rows, last.rows, other.is_good) == ((2,), (4,), True)


def test_lines_that_differ_in_weight_are_warned_of() -> None:
    (draft,) = drafted([row(), row(weight="5 lb")])
    assert draft.is_good
    assert said(draft) == [
        ("warning", "weight", 'Rows 2, 3 of order "1042" differ in weight or size; row 2 counts.')
    ]


def test_rows_without_an_order_id_are_keyed_by_content_and_occurrence() -> None:
    first, other, again = drafted([row(order_id=""), row(order_id="", to_zip="78757"), row(order_id="")])
    assert len({first.shipment_key, other.shipment_key, again.shipment_key}) == 3
    assert [found.message for found in again.problems] == [
        "This row says the same as row 2 and gets a label of its own."
    ]
    assert again.is_good
    swapped = drafted([row(order_id="", to_zip="78757"), row(order_id="")])
    assert {draft.shipment_key for draft in swapped} == {first.shipment_key, other.shipment_key}


def test_row_saved_anew_by_a_spreadsheet_keeps_its_key() -> None:
    (before,) = drafted([row(order_id="", to_zip="02134", to_city="Boston", to_state="MA", weight="2.50")])
    (after,) = drafted([row(order_id="", to_zip="2134", to_city="Boston", to_state="MA", weight="2,5")])
    assert before.shipment_key == after.shipment_key


def test_key_of_content_ignores_defaults_and_columns_that_fill_nothing() -> None:
    (before,) = drafted(
        [row(order_id="", weight="")], defaults=Defaults.of({**SENDER, "parcel_weight": "1 lb"})
    )
    header = [*HEADER, "error"]
    (after,) = drafted([[*row(order_id="", weight=""), "x"]], header, Defaults.of(SENDER))
    assert before.shipment_key == after.shipment_key


def test_problems_of_one_kind_are_grouped_with_their_rows() -> None:
    found = [
        *(problem(at, "to_zip", f'"{at}x" is not a ZIP code. Type 12345.') for at in (4, 9, 17, 18, 19)),
        problem(5, "to_zip", "The ZIP code is missing."),
        problem(6, "to_name", "Odd. Keep it?", level="warning"),
        problem(7, "weight", "The weight is missing."),
        problem(8, "weight", "The weight is missing."),
    ]
    groups = grouped(found)
    assert [(group.where, group.what, group.how) for group in groups] == [
        (
            "rows 4, 9, 17–19",  # noqa: RUF001 - a range
            '"4x" is not a ZIP code; also "9x" (row 9), "17x" (row 17), "18x" (row 18) and 1 more.',
            "Type 12345.",
        ),
        ("row 5", "The ZIP code is missing.", ""),
        ("rows 7, 8", "The weight is missing.", ""),
        ("row 6", "Odd.", ""),
    ]


def test_problems_that_differ_in_their_mend_show_the_first_rows_way() -> None:
    (group,) = grouped(
        [problem(4, "to_zip", '"4x" is odd. Type 1.'), problem(9, "to_zip", '"9x" is odd. Type 2.')]
    )
    assert (group.what, group.how) == ('"4x" is odd; also "9x" (row 9).', "row 4: Type 1.")


def test_full_stop_inside_a_quoted_value_does_not_end_the_sentence() -> None:
    assert problem(2, "c", '"St. Paul" is odd. Type it. Please.') == Problem(
        2, "c", '"St. Paul" is odd.', "Type it. Please."
    )


def test_many_rows_are_counted_and_not_listed() -> None:
    assert rows_text([1, 3, 5, 7, 8, 9, 11], most=3) == "1, 3, 5 and 4 more"
    assert rows_text(range(2, 5000)) == "2–4999"  # noqa: RUF001 - a range's dash


def test_default_country_holds_for_rows_without_one() -> None:
    draft = one(
        Defaults.of({**SENDER, "to_country": "canada"}), to_zip="K1A 0B1", to_state="ON", to_city="Ottawa"
    )
    assert (draft.answers["to_country"], draft.is_good) == ("CA", True)
