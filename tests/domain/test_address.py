from __future__ import annotations

import pytest

from shiplabel.domain import checks
from shiplabel.domain.address import address_of, answers_of, lines, one_line
from shiplabel.domain.pasted import take_apart
from shiplabel.domain.shipment import Address

ANN = Address(
    name="Ann Lee",
    company_name="Acme",
    address_line1="12 Main St",
    address_line2="Apt 4",
    city_locality="Austin",
    state_province="TX",
    postal_code="78756",
    phone="+1 512-555-0100",
)
BARE = Address(
    name="Bob",
    address_line1="1 A",
    city_locality="Ely",
    state_province="",
    postal_code="CB7 4AA",
    country_code="GB",
)


@pytest.mark.parametrize("address", [ANN, BARE])
def test_answers_of_an_address_give_it_back(address: Address) -> None:
    assert address_of(answers_of(address, "to"), "to") == address


def test_answers_of_fills_all_steps_and_the_country() -> None:
    assert answers_of(BARE, "from") == {
        "from_name": "Bob",
        "from_company": None,
        "from_address1": "1 A",
        "from_address2": None,
        "from_city": "Ely",
        "from_state": None,
        "from_zip": "CB7 4AA",
        "from_country": "GB",
        "from_phone": None,
    }


def test_address_of_nothing_is_empty_and_in_the_us() -> None:
    assert address_of({}, "to") == Address("", "", "", "", "", "US")


def test_lines_as_on_a_label() -> None:
    assert lines(ANN) == ["Ann Lee", "Acme", "12 Main St", "Apt 4", "Austin, TX 78756"]
    assert one_line(BARE) == "Bob, 1 A, Ely, CB7 4AA, GB"


PASTED = [
    ("José O'Brien, 12 Main St Apt 4, Austin TX 78756", "José O'Brien||12 Main St|Apt 4|Austin|TX|78756|"),
    (
        "Ann Lee\nAcme Corp\n100 Broadway, Suite 5\nNew York, NY 10005-1234\n(212) 555-0100",
        "Ann Lee|Acme Corp|100 Broadway|Suite 5|New York|NY|10005-1234|+1 212-555-0100",
    ),
    (
        "Tel: +1 512 555 0100\nAnn Lee\n12 Main St\nAustin, Texas 787561234",
        "Ann Lee||12 Main St||Austin|TX|78756-1234|+1 512-555-0100",
    ),
    (
        "Ann Lee, 12 Main St, Austin, Texas 78756 USA, 512-555-0100 x12",
        "Ann Lee||12 Main St||Austin|TX|78756|+1 512-555-0100 ext. 12",
    ),
    ("Acme Inc., PO Box 12, San Jose, CA 95112", "Acme Inc.||PO Box 12||San Jose|CA|95112|"),
    (
        "A & B LLC\n1 Infinite Loop\nCupertino, California 95014\nUSA",
        "A & B LLC||1 Infinite Loop||Cupertino|CA|95014|",
    ),
    ("SGT John Doe\nPSC 802 Box 74\nAPO AE 09499", "SGT John Doe||PSC 802 Box 74||APO|AE|09499|"),
    ("Ann, Unit 2050 Box 4190, APO AP 96278", "Ann||Unit 2050 Box 4190||APO|AP|96278|"),
    ("John Smith 123 N. 5th Ave #300 Seattle WA 98101", "John Smith||123 N. 5th Ave|#300|Seattle|WA|98101|"),
    ("One Microsoft Way Redmond WA 98052", "-||One Microsoft Way||Redmond|WA|98052|"),
    ("12 Main St, St. Louis, MO 63101", "-||12 Main St||St. Louis|MO|63101|"),
    ("Ann Lee 12 Main St, Austin, TX 78756", "Ann Lee||12 Main St||Austin|TX|78756|"),
    (
        "Maria\n123 Calle Sol Urb Las Flores\nSan Juan PR 00901",
        "Maria||123 Calle Sol Urb Las Flores||San Juan|PR|00901|",
    ),
    (
        "Dr. Jane Doe, c/o Foo, 5 Elm Street, 2nd Floor, Washington, DC 20500, United States",
        "Dr. Jane Doe|c/o Foo|5 Elm Street|2nd Floor|Washington|DC|20500|",
    ),
    ("Ann Lee, 5 N Elm Suite B Washington DC 20500", "Ann Lee||5 N Elm|Suite B|Washington|DC|20500|"),
    (
        "Big Firm\nAttn: Bob\n123 Main St Bldg 4 Rm 2\nSalt Lake City UT 84101",
        "Bob|Big Firm|123 Main St|Bldg 4 Rm 2|Salt Lake City|UT|84101|",
    ),
    ("Acme Corp\nAnn Lee\n1 A St\nReno NV 89501", "Ann Lee|Acme Corp|1 A St||Reno|NV|89501|"),
    (
        "3M Company, 12 Main St, Unit 4B, Charleston West Virginia 25301",
        "3M Company||12 Main St|Unit 4B|Charleston|WV|25301|",
    ),
    ("Doe, 5 Elm Hwy, 29 Palms, CA 92277", "Doe||5 Elm Hwy||29 Palms|CA|92277|"),
    ("Ann Lee\n12 Main St\nApt 4\nAustin\nTX\n78756", "Ann Lee||12 Main St|Apt 4|Austin|TX|78756|"),
    ("Ann, 100 Parking Lot Rd # 12, Reno NV 89501", "Ann||100 Parking Lot Rd|# 12|Reno|NV|89501|"),
    (
        "Joe, N6W23001 Bluemound Rd, Rolling Meadows, IL 60008",
        "Joe||N6W23001 Bluemound Rd||Rolling Meadows|IL|60008|",
    ),
]
WORDS = ("name", "company", "address1", "address2", "city", "state", "zip", "phone")


@pytest.mark.parametrize(("text", "expected"), PASTED)
def test_take_apart_pasted_address_fills_its_steps(text: str, expected: str) -> None:
    answers = take_apart(text, "to")
    assert answers is not None
    assert "|".join(answers.get(f"to_{word}", "-") or "" for word in WORDS) == expected
    assert answers["to_country"] == "US"


@pytest.mark.parametrize(("text", "_expected"), PASTED)
def test_take_apart_each_answer_passes_its_check_unchanged(text: str, _expected: str) -> None:
    answers = take_apart(text, "from") or {}
    checked = {"name": checks.name, "address1": checks.street, "city": checks.city, "zip": checks.zip_code}
    for word, check in checked.items():
        if f"from_{word}" in answers:
            assert check("from")(answers[f"from_{word}"] or "", answers).value == answers[f"from_{word}"]


@pytest.mark.parametrize(
    "text",
    [
        "", "Ann Lee", "hello there", "12 Main St", "512-555-0100", "78756", "Austin TX 78756", "TX 78756",
        ", 78756", "Ann Lee, Austin TX 78756", "Ann\x1b, 12 Main St, Austin TX 78756",
        "12 Main St, Paris 75001",
        f"{'x' * 60}, 12 Main St, Austin TX 78756", "x" * 10_000, "USA", "Toronto ON M5V 3L9",
        "!!, 1 A St, ... TX 78756",
        "12 Main St TX 78756",
    ],
)  # fmt: skip
def test_take_apart_what_is_no_address_is_none(text: str) -> None:
    assert take_apart(text, "to") is None
