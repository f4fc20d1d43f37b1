"""A pasted US address, taken apart into the answers of one side.

The end is found first (ZIP code, state, city), then the line that begins like a street; what
stands before it are the names. Where line breaks and commas do not tell, usaddress does. It is
a proposal: the clerk sees it and says yes, so a doubtful reading is better than none, but every
part must pass its own check.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from shiplabel.domain import checks, foreign, limits, places
from shiplabel.domain.text import clean
from shiplabel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PHONE = re.compile(
    r"(?:\b(?:phone|tel|ph|cell|mobile)\b\.?:?\s*)?"
    r"(?<![\w-])(?P<number>(?:\+?1[ .-]?)?(?:\([2-9][0-9]{2}\)\s*|[2-9][0-9]{2}[ .-])[0-9]{3}[ .-]?[0-9]{4}"
    r"(?:\s*(?:x|ext\.?)\s*[0-9]{1,6})?)(?![\w-])",
    re.IGNORECASE,
)
_ZIP = re.compile(r"(?P<rest>.*?)[\s,]*(?<!\d)(?P<zip>[0-9]{5}(?:[ -]?[0-9]{4})?)", re.DOTALL)
_UNIT = r"(?:apt|apartment|suite|ste|unit|fl|floor|rm|room|bldg|building|dept|lot|spc|trlr)"
_NUMBER = r"(?:[a-z]|[\w-]*\d[\w-]*)"
_UNIT_LINE = re.compile(rf"{_UNIT}\b|#|[0-9]+(?:st|nd|rd|th)\s+(?:fl|floor)\b", re.IGNORECASE)
_UNIT_TAIL = re.compile(
    rf"(?P<street>.*?\S)\s+(?P<unit>(?:(?:{_UNIT}\b\.?\s*#?|#)\s*{_NUMBER}(?!\S)\s*)+)", re.IGNORECASE
)
_STREET_LINE = re.compile(
    r"[0-9]+[\w/-]*\s+\S|(?:one|two|three|four|five|six|seven|eight|nine|ten)\s+\S+\s+\S"
    r"|p\.?\s*o\.?\s*box\b|(?:psc|cmr|opc|rr|hc)\s*[0-9]|unit\s+[0-9]+\s+box\b"
    r"|rural route\b|general delivery\b",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"\b(?:inc|llc|llp|ltd|corp|co|company|corporation|gmbh|plc|sons|bros|shop|store|foundation|university)\b",
    re.IGNORECASE,
)
_ATTENTION = re.compile(r"(?:attn|attention)\b[.:]*\s*", re.IGNORECASE)
_MOST_STATE_WORDS = 4


class _End(NamedTuple):
    """The end of an address, and the lines that stand before it."""

    before: list[str]
    city: str
    state: str
    zip: str


def take_apart(text: str, side: str) -> dict[str, str | None] | None:
    """Return the answers that a pasted address gives for a side, or None when it is not a US address.

    A name that the text does not hold is left out, so that it can be asked.
    """
    try:
        phone, parts = _parts(text)
        end = _end(parts) if parts else None
        found = _around_street(end) if end else None
        if end is None or found is None:
            return None
        words = {**found, "city": end.city, "state": end.state, "zip": end.zip, "phone": phone}
        return _checked(words, side)
    except InputError:
        return None


def _parts(text: str) -> tuple[str, list[str]]:
    """Return the phone number and the lines and comma parts without it and without the country."""
    if len(text) > limits.PASTED_CHARACTERS:
        return "", []
    phone = _PHONE.search(text)
    if phone:
        text = f"{text[: phone.start()]}\n{text[phone.end() :]}"
    parts = _kept(clean(part) for part in re.split(r"[\n\r;,|]", text))
    if parts and _is_home(parts[-1]):
        parts.pop()
    return phone["number"] if phone else "", parts


def _kept(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part.strip(" .-")]


def _is_home(part: str) -> bool:
    return part.casefold().replace(".", "") in {"us", "usa", "united states", "united states of america"}


def _end(parts: list[str]) -> _End | None:
    """Find city, state and ZIP code at the end."""
    for country in (" USA", " United States", " US"):
        parts = [*parts[:-1], parts[-1].removesuffix(country)]
    found = _ZIP.fullmatch(parts[-1])
    if not found:
        return None
    parts = _kept([*parts[:-1], found["rest"]])
    state, parts = _state(parts)
    if not state or not parts:
        return None
    city, parts = _city(parts, state, found["zip"])
    return _End(parts, city, state, found["zip"]) if city else None


def _state(parts: list[str]) -> tuple[str, list[str]]:
    """Take the state off the end: as many words as still name one."""
    words = parts[-1].split() if parts else []
    for count in range(min(_MOST_STATE_WORDS, len(words)), 0, -1):
        code = places.state_code(" ".join(words[-count:]))
        is_capital = code == "DC" and words[-count].casefold() == "washington"
        if code and not is_capital:
            return code, _kept([*parts[:-1], " ".join(words[:-count])])
    return "", parts


def _city(parts: list[str], state: str, zip_code: str) -> tuple[str, list[str]]:
    """Take the city off the end; usaddress finds it where a street stands in the same line."""
    before, last = parts[:-1], parts[-1]
    if before and not re.search(r"\d", last):
        return last, before
    labels = _labels(f"{last}, {state} {zip_code}")
    city = " ".join(word for word, label in labels if label == "PlaceName").strip(" ,")
    if not city or not last.endswith(city):
        return (last, before) if before else ("", before)
    return city, _kept([*before, last[: -len(city)].strip()])


def _around_street(end: _End) -> dict[str, str] | None:
    """Tell names, street and apartment apart in the lines before the city."""
    starts = [
        place for place, part in enumerate(end.before) if _STREET_LINE.match(part) and not _is_unit(part)
    ]
    if starts:
        place = starts[-1]
        names, street, rest = end.before[:place], end.before[place], end.before[place + 1 :]
    else:
        names, street, rest = _by_labels(end)
    if not street:
        return None
    tail = _UNIT_TAIL.fullmatch(street) if not street.casefold().startswith("unit") else None
    if tail:
        street, rest = tail["street"], [tail["unit"].strip(), *rest]
    return {**_names(names), "address1": street, "address2": ", ".join(rest)}


def _is_unit(part: str) -> bool:
    return bool(_UNIT_LINE.match(part)) and not re.match(r"unit\s+\d+\s+box", part, re.IGNORECASE)


def _by_labels(end: _End) -> tuple[list[str], str, list[str]]:
    """Let usaddress tell the name from the street in the first line that holds one."""
    for place, part in enumerate(end.before):
        labels = _labels(f"{part}, {end.city}, {end.state} {end.zip}")
        name = [word for word, label in labels if label == "Recipient"]
        is_street = any(label.startswith(("AddressNumber", "StreetName", "USPSBox")) for _, label in labels)
        street = part.removeprefix(" ".join(name)).strip()
        if is_street and street:
            names = _kept([*end.before[:place], part.removesuffix(street).strip()])
            return names, street, end.before[place + 1 :]
    return [], "", []


def _labels(text: str) -> list[tuple[str, str]]:
    import usaddress  # noqa: PLC0415 - heavy, and needed for pasted addresses only

    labels: list[tuple[str, str]] = usaddress.parse(text)
    return labels


def _names(names: list[str]) -> dict[str, str]:
    """Return name and company: whom it is for is the name, what sounds like a firm the company."""
    attention = next((name for name in names if _ATTENTION.match(name)), None)
    if attention:
        others = [name for name in names if name != attention]
        return {"name": _ATTENTION.sub("", attention, count=1), "company": ", ".join(others)}
    if len(names) > 1 and _FIRM.search(names[0]) and not _FIRM.search(names[1]):
        names = [names[1], names[0], *names[2:]]
    return {"name": names[0] if names else "", "company": ", ".join(names[1:])}


_CHECKS = {
    "name": checks.name,
    "company": checks.company,
    "address1": checks.street,
    "address2": checks.street2,
    "city": checks.city,
    "state": checks.state,
    "zip": checks.zip_code,
    "phone": checks.phone,
}


def _checked(words: dict[str, str], side: str) -> dict[str, str | None]:
    """Return the answers as each step's check understands them; raise InputError for a wrong one."""
    answers: dict[str, str | None] = {f"{side}_country": foreign.HOME}
    for word, check in _CHECKS.items():
        if word == "name" and not words["name"]:
            continue
        answers[f"{side}_{word}"] = check(side)(words[word], answers).value
    return answers
