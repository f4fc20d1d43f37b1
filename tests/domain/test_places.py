from __future__ import annotations

import pytest

from shiplabel.domain import places


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TX", "TX"), ("tx", "TX"), ("Texas", "TX"), (" texas ", "TX"), ("Calif.", "CA"), ("N.Y.", "NY"),
        ("D.C.", "DC"), ("Washington DC", "DC"), ("Washington, D.C.", "DC"), ("N. Carolina", "NC"),
        ("State of Ohio", "OH"), ("Puerto Rico", "PR"), ("AP", "AP"), ("ae", "AE"), ("Guam", "GU"),
        ("U.S. Virgin Islands", "VI"), ("West Virginia", "WV"), ("XX", None), ("", None), ("Ontario", None),
    ],
)  # fmt: skip
def test_state_code_however_written_is_found(text: str, code: str | None) -> None:
    assert places.state_code(text) == code


def test_state_code_each_code_and_name_means_itself() -> None:
    for code, name in places.STATES.items():
        assert places.state_code(code) == places.state_code(name) == code


def test_nearest_state_typo_is_mended() -> None:
    assert places.nearest_state("Texsa") == "TX"
    assert places.nearest_state("Qqqqqq") is None
    assert places.nearest_state("") is None


def test_place_of_zip_known_and_unknown() -> None:
    assert places.place_of_zip("78756") == ("Austin", "TX")
    assert places.place_of_zip("09001") == ("APO", "AE")
    assert places.place_of_zip("00901") == ("San Juan", "PR")
    assert places.place_of_zip("99999") is None


@pytest.mark.parametrize(
    ("zip_code", "city", "fits"),
    [
        ("02134", "Boston", True), ("02134", "allston", True), ("10118", "New York City", True),
        ("63101", "St. Louis", True), ("63101", "Saint Louis", True), ("78756", "Dallas", False),
        ("76102", "Ft Worth", True), ("00612", "Arecibo", True), ("09001", "APO", True),
        ("78756", "Aústin", True),
    ],
)  # fmt: skip
def test_is_city_of_zip_under_any_of_its_names(zip_code: str, city: str, fits: bool) -> None:
    assert places.is_city_of_zip(zip_code, city) is fits


def test_zip_code_beyond_the_first_few_is_found_in_the_list_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    places._index()
    monkeypatch.setattr(places, "FEW_ZIPS", -1)
    monkeypatch.setattr(places, "_similar_to", dict.__getitem__)  # a search of its own would fail
    places._entry.cache_clear()
    for zip_code, place in (("78756", ("Austin", "TX")), ("09001", ("APO", "AE")), ("99999", None)):
        assert places.place_of_zip(zip_code) == place


def test_leading_zero_states_are_those_whose_zips_begin_with_zero() -> None:
    index = places._index()
    four = {entry[0] for code, entry in index.items() if code[0] == "0" and code[1] != "0"}
    three = {entry[0] for code, entry in index.items() if code[:2] == "00"}
    assert four == places.LEADING_ZERO[4]
    assert three == places.LEADING_ZERO[3]


def test_index_every_state_of_a_zip_is_in_the_table() -> None:
    assert {entry[0] for entry in places._index().values()} <= set(places.STATES)
