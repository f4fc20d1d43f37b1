"""States and ZIP codes of the United States, known offline; no opinion on other countries.

Territories and military states count as states, as the postal service counts them.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

STATES: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "FM": "Micronesia", "GU": "Guam", "MH": "Marshall Islands",
    "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "PW": "Palau", "VI": "Virgin Islands",
    "UM": "U.S. Minor Outlying Islands",
    "AA": "Armed Forces Americas", "AE": "Armed Forces Europe", "AP": "Armed Forces Pacific",
}  # fmt: skip
LEADING_ZERO = {
    4: frozenset({"CT", "MA", "ME", "NH", "NJ", "NY", "RI", "VT", "AE"}),
    3: frozenset({"NY", "PR", "VI"}),
}
"""The states whose ZIP codes a spreadsheet may have cut to four, or to three digits."""

_SHORT: dict[str, str] = {
    "ala": "AL", "ariz": "AZ", "ark": "AR", "cal": "CA", "calif": "CA", "colo": "CO", "conn": "CT",
    "del": "DE", "washdc": "DC", "washingtondc": "DC", "fla": "FL", "ill": "IL", "ind": "IN",
    "kan": "KS", "kans": "KS", "ken": "KY", "mass": "MA", "mich": "MI", "minn": "MN", "miss": "MS",
    "mont": "MT", "neb": "NE", "nebr": "NE", "nev": "NV", "nhampshire": "NH", "njersey": "NJ",
    "nmex": "NM", "nmexico": "NM", "newmex": "NM", "nyork": "NY", "ncar": "NC", "ncarolina": "NC",
    "ndak": "ND", "ndakota": "ND", "okla": "OK", "ore": "OR", "oreg": "OR", "penn": "PA",
    "penna": "PA", "scar": "SC", "scarolina": "SC", "sdak": "SD", "sdakota": "SD", "tenn": "TN",
    "tex": "TX", "wash": "WA", "wva": "WV", "wvirginia": "WV", "wis": "WI", "wisc": "WI", "wyo": "WY",
    "nmarianaislands": "MP", "saipan": "MP", "usvirginislands": "VI",
    "federatedstatesofmicronesia": "FM", "armedforcestheamericas": "AA",
    "armedforcesafrica": "AE", "armedforcescanada": "AE", "armedforcesmiddleeast": "AE",
}  # fmt: skip
_SAINTS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "mtn": "mountain", "n": "north",
           "s": "south", "e": "east", "w": "west", "hts": "heights", "spgs": "springs"}  # fmt: skip


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


_NAMES = (
    {code.casefold(): code for code in STATES}
    | {_letters(name): code for code, name in STATES.items()}
    | _SHORT
)


FEW_ZIPS = 500
"""So many are looked up one by one: beyond that a list of all of them is quicker."""


def state_code(text: str) -> str | None:
    """Return the two letters of a state however it was written (``Texas``, ``Calif.``), or None."""
    plain = _letters(text)
    return _NAMES.get(plain) or _NAMES.get(plain.removeprefix("stateof"))


def nearest_state(text: str) -> str | None:
    """Return the two letters of the state whose name is most like the text, or None."""
    found = difflib.get_close_matches(_letters(text), _NAMES, n=1, cutoff=0.75)
    return _NAMES[found[0]] if found else None


def place_of_zip(zip_code: str) -> tuple[str, str] | None:
    """Return the main city and the state of a five-digit ZIP code, or None where it is not known."""
    entry = _entry(zip_code)
    return (entry[1], entry[0]) if entry else None


def is_city_of_zip(zip_code: str, city: str) -> bool:
    """Tell whether a known ZIP code serves the city, under any of the names people use."""
    plain = _plain(city)
    return any(_plain(name) == plain for name in (_entry(zip_code) or ())[1:])


def _plain(city: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", city.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]", " ", bare.replace("'", "").replace("\u2019", "")).split()
    return "".join(_SAINTS.get(word, word) for word in words)


@lru_cache(maxsize=1 << 16)
def _entry(zip_code: str) -> tuple[str, ...] | None:
    """Return state, city and the city's other names of a ZIP code; many are looked up in a list of all."""
    if _entry.cache_info().misses > FEW_ZIPS:
        return _index().get(zip_code)
    return next((_named(place) for place in _similar_to(zip_code)), None)


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """Return the entries of all ZIP codes, which takes a while, once."""
    return {place["zip_code"]: _named(place) for first in "0123456789" for place in _similar_to(first)}


def _similar_to(beginning: str) -> list[dict[str, Any]]:
    import zipcodes  # noqa: PLC0415 - heavy, and needed at the first ZIP only

    return cast("Callable[[str], list[dict[str, Any]]]", zipcodes.similar_to)(beginning)


def _named(place: dict[str, Any]) -> tuple[str, ...]:
    return (
        place["state"],
        _cased(place["city"]),
        *place["acceptable_cities"],
        *place["unacceptable_cities"],
    )


def _cased(city: str) -> str:
    return city.upper() if city in {"Apo", "Fpo", "Dpo"} else city
