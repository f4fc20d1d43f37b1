from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiplabel.domain import checks
from shiplabel.domain.checks import Understood
from shiplabel.domain.limits import CHARACTERS
from shiplabel.errors import InputError
from shiplabel.workflow.steps import ANSWER_STEPS, STEPS

OPTIONAL = {name for name in ANSWER_STEPS if STEPS[name].optional}
AUSTIN: dict[str, str | None] = {"to_city": "Austin", "to_state": "TX"}


def understood(step: str, text: str, answers: dict[str, str | None] | None = None) -> Understood:
    check = STEPS[step].check
    assert check is not None
    return check(text, answers or {})


def understood_or_field(step: str, text: str) -> Understood | str:
    try:
        return understood(step, text)
    except InputError as error:
        return error.field


def refusal(step: str, text: str, answers: dict[str, str | None] | None = None) -> str:
    with pytest.raises(InputError) as caught:
        understood(step, text, answers)
    assert caught.value.field == step
    return caught.value.message


@pytest.mark.parametrize("step", ANSWER_STEPS)
@pytest.mark.parametrize("blank", ["", "   ", "\t\n", "\u200b"])
def test_check_blank_answer_is_skipped_or_missing(step: str, blank: str) -> None:
    if step in OPTIONAL:
        assert understood(step, blank) == Understood(None)
    else:
        assert "is missing" in refusal(step, blank)


@pytest.mark.parametrize("step", ANSWER_STEPS)
def test_check_ten_thousand_characters_are_refused_in_a_short_sentence(step: str) -> None:
    message = refusal(step, "x" * 10_000)
    assert "10,000 characters" in message
    assert len(message) < 200


@pytest.mark.parametrize("step", ANSWER_STEPS)
@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31mAnn", "a\x9bb", "78756\x07", "caf\ufffd"])
def test_check_control_characters_are_refused_and_never_echoed(step: str, text: str) -> None:
    message = refusal(step, text)
    assert message.isprintable()
    assert "U+" in message


@given(st.sampled_from(ANSWER_STEPS), st.text(max_size=60))
def test_check_any_text_is_understood_or_refused_and_stays_so(step: str, text: str) -> None:
    first = understood_or_field(step, text)
    if isinstance(first, str):
        assert first == step
    elif first.value is not None:
        assert understood(step, first.value).value == first.value
        assert first.shown


@pytest.mark.parametrize("text", ["O'Brien", "José", "A & B", "[bold]Ann[/bold]", "x" * 50, "李"])
def test_name_any_letters_are_kept(text: str) -> None:
    assert understood("to_name", text).value == text


@pytest.mark.parametrize("text", ["...", "-", "?!"])
def test_name_without_letter_or_digit_is_refused(text: str) -> None:
    assert "no letter" in refusal("to_name", text)


@pytest.mark.parametrize(
    ("step", "most"), [("to_name", 50), ("to_company", 50), ("to_address1", 100), ("to_city", 50)]
)
def test_words_longer_than_the_limit_are_refused(step: str, most: int) -> None:
    assert understood(step, "x" * most).value == "x" * most
    assert f"at most {most} fit" in refusal(step, "x" * (most + 1))


def test_name_letters_that_do_not_print_are_doubted_with_a_suggestion() -> None:
    odd = understood("to_name", "Łukasz 🎉")
    assert (odd.value, odd.shown, odd.suggestion) == ("Łukasz 🎉", "Łukasz 🎉", "Lukasz")
    assert odd.doubt == 'Carriers may not print "Ł🎉" (they would print "Lukasz"). Keep it?'
    assert understood("to_name", "🎉").suggestion == ""
    assert understood("to_name", "🎉").doubt == 'Carriers may not print "🎉". Keep it?'
    assert understood("to_name", "שלום").value == "שלום"


def test_name_suggestion_fits_the_limit() -> None:
    assert len(understood("to_name", "京" * 50).suggestion) <= CHARACTERS["name"]


def test_city_with_state_and_zip_answers_all_three() -> None:
    line = understood("to_city", "Austin, Texas 78756")
    assert (line.value, line.shown, line.doubt) == ("Austin", "Austin, TX 78756", "")
    assert line.also == {"to_state": "TX", "to_zip": "78756"}
    assert "San Jose" in understood("to_city", "Austin TX 95112").doubt
    assert "may not print" in understood("to_city", "Łódź TX 78756").doubt


@pytest.mark.parametrize("text", ["29 Palms", "Austin", "St. Louis", "Austin Foo 78756", "New York"])
def test_city_alone_is_only_a_city(text: str) -> None:
    assert understood("to_city", text) == Understood(text, text)


def test_city_abroad_is_not_taken_apart() -> None:
    assert understood("to_city", "Paris TX 75001", {"to_country": "FR"}).also == {}


@pytest.mark.parametrize(
    ("text", "code"), [("tx", "TX"), ("Texas", "TX"), ("Calif.", "CA"), ("AE", "AE"), ("pr", "PR")]
)
def test_state_name_or_letters_become_its_code(text: str, code: str) -> None:
    found = understood("from_state", text)
    assert found.value == code
    assert found.shown.endswith(f"({code})")


def test_state_unknown_is_refused_with_the_nearest() -> None:
    assert refusal("to_state", "Texsa") == '"Texsa" is not a US state. Did you mean Texas (TX)?'
    assert "Type its two letters" in refusal("to_state", "Qqqq")


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        ("78756", "TX", "78756"), ("78756-1234", "TX", "78756-1234"), ("787561234", "TX", "78756-1234"),
        ("78756 1234", "TX", "78756-1234"), ("78756–1234", "TX", "78756-1234"), ("78756-", "TX", "78756"),  # noqa: RUF001 - pasted
        ("78756.0", "TX", "78756"), ("2134", "MA", "02134"), ("2134-1000", "MA", "02134-1000"),
        ("21341000", "MA", "02134-1000"), ("501", "NY", "00501"), ("901", "PR", "00901"),
        ("2134", None, "02134"),
        ("9001", "AE", "09001"), ("96910", "GU", "96910"), ("34001", "AA", "34001"),
    ],
)  # fmt: skip
def test_zip_code_as_typed_or_spoiled_is_understood(text: str, state: str | None, code: str) -> None:
    assert understood("to_zip", text, {"to_state": state}) == Understood(code, code)


@pytest.mark.parametrize(
    "text", ["1", "12", "123456", "abcde", "78756-12", "٧٨٧٥٦", "78756-12345", "1e5", "-1", "nan"]
)
def test_zip_code_that_is_none_is_refused(text: str) -> None:
    assert "is not a ZIP code" in refusal("to_zip", text)


def test_zip_code_with_too_few_digits_for_its_state_is_refused() -> None:
    assert refusal("to_zip", "7875", AUSTIN) == '"7875" has 4 digits; a ZIP code of TX has 5.'
    assert "is not a ZIP code" in refusal("to_zip", "78751234", AUSTIN)


@pytest.mark.parametrize(
    ("text", "answers", "doubt"),
    [
        ("95112", AUSTIN, "ZIP code 95112 is San Jose, CA, not Austin, TX. Keep it?"),
        (
            "78756",
            {"to_city": "Dallas", "to_state": "TX"},
            "ZIP code 78756 is Austin, TX, not Dallas, TX. Keep it?",
        ),
        ("78756", {"to_state": "CA"}, "ZIP code 78756 is Austin, TX, not CA. Keep it?"),
        ("99999", AUSTIN, "ZIP code 99999 is not known. Keep it?"),
        ("78756", AUSTIN, ""),
        ("78756", {}, ""),
        ("02134", {"to_city": "Boston", "to_state": "MA"}, ""),
        ("95112", {"from_city": "Austin", "from_state": "TX"}, ""),
    ],
)
def test_zip_code_is_held_against_city_and_state(
    text: str, answers: dict[str, str | None], doubt: str
) -> None:
    found = understood("to_zip", text, answers)
    assert found.doubt == doubt
    assert found.value == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("512 555 5555 x12", "+1 512-555-5555 ext. 12"), ("(512) 555-0100", "+1 512-555-0100"),
        ("15125550100", "+1 512-555-0100"), ("+44 20 7946 0018", "+44 20 7946 0018"),
        ("512.555.0100", "+1 512-555-0100"),
    ],
)  # fmt: skip
def test_phone_is_normalised_with_its_extension(text: str, number: str) -> None:
    assert understood("to_phone", text) == Understood(number, number)


@pytest.mark.parametrize("text", ["123", "5550100", "none", "512 555 01000000000", "-1", "nan", "1e9"])
def test_phone_that_is_none_is_refused(text: str) -> None:
    assert f'"{text}" is not a phone number' in refusal("to_phone", text)


def test_phone_that_is_not_in_use_is_doubted() -> None:
    assert (
        understood("to_phone", "123-456-7890").doubt
        == "+1 1234567890 is not a number that is in use. Keep it?"
    )


def test_phone_abroad_is_read_as_there() -> None:
    assert understood("to_phone", "020 7946 0018", {"to_country": "GB"}).value == "+44 20 7946 0018"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "US"),
        ("us", "US"),
        ("U.S.A.", "US"),
        ("Canada", "CA"),
        ("ca", "CA"),
        ("UK", "GB"),
        ("Germany", "DE"),
    ],
)
def test_country_however_written_becomes_two_letters(text: str, code: str) -> None:
    assert checks.country("to")(text, {}) == Understood(code, code)


def test_country_unknown_is_refused() -> None:
    with pytest.raises(InputError, match="Atlantis") as caught:
        checks.country("to")("Atlantis", {})
    assert caught.value.field == "to_country"


@pytest.mark.parametrize(
    ("step", "text", "country", "value", "doubted"),
    [
        ("to_state", "ontario", "CA", "ON", False), ("to_state", "on", "CA", "ON", False),
        ("to_state", "Texas", "CA", "Texas", True), ("to_state", "", "FR", None, False),
        ("to_state", "Bayern", "DE", "Bayern", False),
        ("to_zip", "k1a0b1", "CA", "K1A 0B1", False), ("to_zip", "sw1a1aa", "GB", "SW1A 1AA", False),
        ("to_zip", "75001", "FR", "75001", False), ("to_zip", "123", "FR", "123", True),
        ("to_zip", "12 34", "CA", "12 34", True), ("to_zip", "", "HK", None, False),
        ("to_zip", "1", "HK", "1", False),
    ],
)  # fmt: skip
def test_place_abroad_is_doubted_but_not_refused(
    step: str, text: str, country: str, value: str | None, doubted: bool
) -> None:
    found = understood(step, text, {"to_country": country})
    assert found.value == value
    assert bool(found.doubt) is doubted


@pytest.mark.parametrize("step", ["to_state", "to_zip"])
def test_place_in_no_country_is_refused(step: str) -> None:
    with pytest.raises(InputError, match='"ZZ" is not a country') as caught:
        understood(step, "12345", {"to_country": "zz"})
    assert caught.value.field == "to_country"


@pytest.mark.parametrize(("step", "words"), [("to_state", "state or province"), ("to_zip", "postal code")])
def test_place_abroad_that_is_needed_cannot_be_left_out(step: str, words: str) -> None:
    assert words in refusal(step, "", {"to_country": "CA"})


def test_weight_is_stored_with_its_unit_and_shown_as_people_say_it() -> None:
    assert understood("parcel_weight", "2 lb 3 oz") == Understood("35 oz", "2 lb 3 oz")
    assert understood("parcel_weight", "2,5").value == "2.5 lb"
    assert understood("parcel_weight", "900", {"parcel_weight_unit": "gram"}).value == "900 g"


@pytest.mark.parametrize("step", ["parcel_weight", "parcel_length", "parcel_width", "parcel_height"])
@pytest.mark.parametrize("text", ["nan", "inf", "1e9", "-1", "0", "heavy", "5000", "1,000"])
def test_measure_that_is_none_is_refused_with_what_was_typed(step: str, text: str) -> None:
    assert f'"{text}"' in refusal(step, text)


def test_length_of_three_sides_fills_width_and_height() -> None:
    found = understood("parcel_length", "10x8x4")
    assert found == Understood(
        "10 in",
        "10 × 8 × 4 in",  # noqa: RUF001 - as shown
        also={"parcel_width": "8 in", "parcel_height": "4 in"},
    )


def test_width_of_three_sides_fills_the_others() -> None:
    found = understood("parcel_width", "25x20x10cm")
    assert found.value == "20 cm"
    assert found.also == {"parcel_length": "25 cm", "parcel_height": "10 cm"}


def test_side_bare_number_is_in_the_unit_of_the_settings() -> None:
    assert understood("parcel_length", "10").value == "10 in"
    assert understood("parcel_length", "10", {"parcel_side_unit": "centimeter"}).value == "10 cm"


def test_height_that_makes_the_parcel_too_large_is_refused() -> None:
    answers: dict[str, str | None] = {"parcel_length": "100 in", "parcel_width": "20 in"}
    assert "make 165 in" not in understood("parcel_height", "12 in", answers).doubt
    assert "at most 165 in" in refusal("parcel_height", "13 in", answers)
    assert "at most 165 in" in refusal("parcel_length", "100x40x40")


def test_length_that_makes_the_old_parcel_too_large_is_doubted() -> None:
    old: dict[str, str | None] = {"parcel_width": "40 in", "parcel_height": "40 in"}
    found = understood("parcel_length", "100", old)
    assert found.value == "100 in"
    assert found.doubt.endswith("Keep it, and change the other sides?")
    assert understood("parcel_length", "3", old).doubt == ""
