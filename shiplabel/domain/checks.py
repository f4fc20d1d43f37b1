"""The check of each step of an address: what was typed becomes an answer, a question, or a refusal.

A check takes the text and the answers so far. It raises InputError, naming its step, for what cannot
be right; it only doubts what is odd. Letters outside ASCII are kept as they are typed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from shiplabel.domain import foreign, letters, limits, places
from shiplabel.domain.text import quoted
from shiplabel.domain.typed import require, what, whole, word
from shiplabel.domain.understood import Understood
from shiplabel.errors import InputError
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Answers = Mapping[str, str | None]
    Check = Callable[[str, Answers], Understood]

__all__ = ["Understood", "city", "company", "country", "name", "phone", "state", "street",
           "street2", "zip_code"]  # fmt: skip

_ZIP = re.compile(r"(?P<zip>[0-9]{3,5})(?:\.0|[ \-–]+(?P<more>[0-9]{4})|-)?")  # noqa: RUF001 - dashes are pasted
_LONG_ZIP = re.compile(r"(?P<zip>[0-9]{3,5})(?P<more>[0-9]{4})")
_CITY_LINE = re.compile(
    r"(?P<city>.*[^\s,])(?:\s*,\s*|\s+)(?P<state>[^,0-9]+?),?\s+(?P<zip>[0-9]{5}(?:-?[0-9]{4})?)"
)
_ZIP_DIGITS = 5


def name(side: str) -> Check:
    """Return the check of a name: 1 to 50 characters."""
    return _words(f"{side}_name")


def company(side: str) -> Check:
    """Return the check of a company, which may be left out."""
    return _words(f"{side}_company", optional=True)


def street(side: str) -> Check:
    """Return the check of a street: 1 to 100 characters."""
    return _words(f"{side}_address1")


def street2(side: str) -> Check:
    """Return the check of an apartment line, which may be left out."""
    return _words(f"{side}_address2", optional=True)


def city(side: str) -> Check:
    """Return the check of a city; ``Austin, TX 78756`` answers state and ZIP code along with it."""
    check = _words(f"{side}_city")

    def checked(text: str, answers: Answers) -> Understood:
        typed = whole(text, f"{side}_city")
        line = _CITY_LINE.fullmatch(typed) if _country(answers, side) == foreign.HOME else None
        code = places.state_code(line["state"]) if line else None
        if line is None or code is None:
            return check(text, answers)
        zip_text = _us_zip(line["zip"], code, f"{side}_zip")
        found = check(line["city"], answers)
        also: dict[str, str | None] = {f"{side}_state": code, f"{side}_zip": zip_text}
        doubt = found.doubt or _zip_doubt(zip_text, line["city"], code)
        return Understood(found.value, f"{found.value}, {code} {zip_text}", doubt, found.suggestion, also)

    return checked


def state(side: str) -> Check:
    """Return the check of a state: its two letters or its name, territories and AA AE AP too."""
    step = f"{side}_state"

    def checked(text: str, answers: Answers) -> Understood:
        typed, country_code = whole(text, step), _country(answers, side)
        if country_code != foreign.HOME:
            return foreign.check_state(typed, country_code, step)
        require(typed, step)
        code = places.state_code(typed)
        if code is None:
            raise InputError(
                phrase(
                    "{typed} is not a US state. {state_hint}",
                    typed=quoted(typed),
                    state_hint=_state_hint(typed),
                ),
                field=step,
            )
        return Understood(code, f"{places.STATES[code]} ({code})")

    return checked


def zip_code(side: str) -> Check:
    """Return the check of a ZIP code; one that does not fit city and state is doubted."""
    step = f"{side}_zip"

    def checked(text: str, answers: Answers) -> Understood:
        typed, country_code = whole(text, step), _country(answers, side)
        if country_code != foreign.HOME:
            return foreign.check_zip(typed, country_code, step)
        require(typed, step)
        state_answer = answers.get(f"{side}_state") or ""
        code = _us_zip(typed, state_answer, step)
        return Understood(code, code, _zip_doubt(code, answers.get(f"{side}_city") or "", state_answer))

    return checked


def country(side: str) -> Check:
    """Return the check of a country: two letters or its English name; nothing typed is the US."""
    step = f"{side}_country"

    def checked(text: str, _answers: Answers) -> Understood:
        typed = whole(text, step)
        code = foreign.country_code(typed, step) if typed else foreign.HOME
        return Understood(code, code)

    return checked


def phone(side: str) -> Check:
    """Return the check of a phone number, which may be left out; an extension is kept."""
    step = f"{side}_phone"

    def checked(text: str, answers: Answers) -> Understood:
        typed = whole(text, step)
        if not typed:
            return Understood(None)
        number, known = _number(typed, _country(answers, side))
        if not number:
            raise InputError(
                phrase(
                    "{typed} is not a phone number. Type it with its area code, 512-555-0100 x12, or "
                    "leave it empty.",
                    typed=quoted(typed),
                ),
                field=step,
            )
        doubt = "" if known else phrase("{number} is not a number that is in use. Keep it?", number=number)
        return Understood(number, number, doubt)

    return checked


def _words(step: str, *, optional: bool = False) -> Check:
    def checked(text: str, _answers: Answers) -> Understood:
        typed = whole(text, step)
        if optional and not typed:
            return Understood(None)
        require(typed, step)
        if all(unicodedata.category(character)[0] in "PZ" for character in typed):
            raise InputError(
                phrase(
                    "{typed} has no letter and no digit. {what} needs one.",
                    typed=quoted(typed),
                    what=what(step),
                ),
                field=step,
            )
        return _with_letters(typed, step)

    return checked


def _with_letters(typed: str, step: str) -> Understood:
    odd = letters.unprintable(typed)
    if not odd:
        return Understood(typed, typed)
    suggestion = letters.transliterated(typed)[: limits.CHARACTERS[word(step)]].strip()
    doubt = phrase("Carriers may not print {odd}. Keep it?", odd=quoted(odd))
    if suggestion:
        doubt = phrase(
            "Carriers may not print {odd} (they would print {instead}). Keep it?",
            odd=quoted(odd),
            instead=quoted(suggestion),
        )
    return Understood(typed, typed, doubt, suggestion)


def _country(answers: Answers, side: str) -> str:
    return (answers.get(f"{side}_country") or foreign.HOME).upper()


def _state_hint(typed: str) -> str:
    near = places.nearest_state(typed)
    return (
        phrase("Did you mean {state} ({near})?", state=places.STATES[near], near=near)
        if near
        else phrase("Type its two letters or its name: TX, Texas.")
    )


def _us_zip(typed: str, state_code: str, step: str) -> str:
    """Return ``12345`` or ``12345-6789``; zeros that a spreadsheet cut off are put back."""
    found = _ZIP.fullmatch(typed)
    long = None if found else _LONG_ZIP.fullmatch(typed)
    whole = found or long
    if whole is None:
        raise _no_zip(typed, step)
    digits = whole["zip"]
    if len(digits) < _ZIP_DIGITS and state_code and state_code not in places.LEADING_ZERO[len(digits)]:
        if long:
            raise _no_zip(typed, step)
        raise InputError(
            phrase(
                "{typed} has {count} digits; a ZIP code of {state} has {right}.",
                typed=quoted(typed),
                count=len(digits),
                state=state_code,
                right=_ZIP_DIGITS,
            ),
            field=step,
        )
    return "-".join(filter(None, (digits.zfill(_ZIP_DIGITS), whole["more"])))


def _no_zip(typed: str, step: str) -> InputError:
    return InputError(
        phrase("{typed} is not a ZIP code. Type 12345 or 12345-6789.", typed=quoted(typed)), field=step
    )


@lru_cache(maxsize=4096)
def _zip_doubt(code: str, city_answer: str, state_answer: str) -> str:
    zip5 = code[:_ZIP_DIGITS]
    place = places.place_of_zip(zip5)
    if place is None:
        return phrase("ZIP code {zip5} is not known. Keep it?", zip5=zip5)
    city_there, state_there = place
    fits = state_answer in {"", state_there}
    if fits and (not city_answer or places.is_city_of_zip(zip5, city_answer)):
        return ""
    asked = ", ".join(filter(None, (city_answer, state_answer)))
    return phrase(
        "ZIP code {zip5} is {city}, {state}, not {asked}. Keep it?",
        zip5=zip5,
        city=city_there,
        state=state_there,
        asked=asked,
    )


@lru_cache(maxsize=1024)
def _number(typed: str, country_code: str) -> tuple[str, bool]:
    """Return the number in its international form (empty: not one), and whether it is known to be in use."""
    import phonenumbers  # noqa: PLC0415 - heavy, and needed at the first number only

    try:
        parsed = phonenumbers.parse(typed, country_code)
    except phonenumbers.NumberParseException:
        return "", False
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return "", False
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return shown, phonenumbers.is_valid_number(parsed)
