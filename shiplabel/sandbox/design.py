"""How the carriers' labels look: shapes for one paper, the same for every file format."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from shiplabel.sandbox.shapes import WIDTH, Bars, Box, Matrix, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.sandbox.answers import Document

_EDGE = 8.0
_RIGHT = WIDTH - _EDGE
_INNER = WIDTH - 2 * _EDGE
_USPS_LETTER = {"Express": "E", "Ground": "G", "Priority": "P", "Media": "M", "First": "F"}


def design(paper: Document) -> list[Shape]:
    """Return the shapes of a label."""
    draw = _usps if paper["carrier_code"] == "stamps_com" else _parcel
    return [*draw(paper), *_sample()]


def printable(text: object) -> str:
    """Return text in the letters that label printers know; other letters become question marks."""
    plain = unicodedata.normalize("NFC", str(text))
    return (
        "".join(one if one.isprintable() else " " for one in plain)
        .encode("cp1252", "replace")
        .decode("cp1252")
    )


def _usps(paper: Document) -> Iterator[Shape]:
    name = printable(paper["service_name"])
    letter = next((sign for word, sign in _USPS_LETTER.items() if word in name), "U")
    yield Box(x=_EDGE, y=_EDGE, width=_INNER, height=416, line=1.5)
    yield Text(x=48, y=70, size=72, text=letter, bold=True, align="centre")
    yield Box(x=88, y=_EDGE, width=1.5, height=76)
    yield Box(x=182, y=16, width=92, height=60, line=1)
    for row, words in enumerate(("NO POSTAGE PAID", "SAMPLE LABEL", "NOT FOR MAILING", "Imaginary postage")):
        yield Text(x=228, y=30 + row * 13, size=8, text=words, bold=row == 1, align="centre")
    yield Text(x=96, y=30, size=8, text=f"Ship date {paper['ship_date']}")
    yield Text(x=96, y=43, size=8, text=f"Zone {paper['zone']}")
    yield Text(x=96, y=56, size=8, text=_weight(paper["ounces"]))
    yield Text(x=96, y=69, size=8, text=_sides(paper))
    yield Box(x=_EDGE, y=84, width=_INNER, height=1.5)
    yield Text(x=WIDTH / 2, y=104, size=17, text=name.upper(), bold=True, align="centre")
    yield Box(x=_EDGE, y=111, width=_INNER, height=1.5)
    yield from _block(_lines(paper["ship_from"]), 16, 124, 7.5, 9)
    yield Matrix(x=16, y=186, size=50, value=_route(paper))
    yield Text(x=76, y=196, size=8, text="SHIP", bold=True)
    yield Text(x=76, y=205, size=8, text="TO:", bold=True)
    yield from _block(_lines(paper["ship_to"]), 104, 198, 10.5, 12.5)
    yield Box(x=_EDGE, y=276, width=_INNER, height=4)
    title = "USPS SIGNATURE TRACKING #" if "signature" in paper["confirmation"] else "USPS TRACKING #"
    yield Text(x=WIDTH / 2, y=292, size=9.5, text=title, bold=True, align="centre")
    zip_ = paper["ship_to"]["postal_code"][:5]
    yield Bars(x=24, y=298, width=240, height=64, value=f"420{zip_}{paper['tracking_number']}")
    grouped = _grouped(paper["tracking_number"], 4)
    yield Text(x=WIDTH / 2, y=376, size=9.5, text=grouped, bold=True, align="centre")
    yield Box(x=_EDGE, y=382, width=_INNER, height=4)
    yield from _references(paper, 397)


def _parcel(paper: Document) -> Iterator[Shape]:
    """Draw the plain label of the parcel carriers, address first and service in the middle."""
    to = paper["ship_to"]
    name = printable(paper["service_name"])
    yield from _block(_lines(paper["ship_from"]), _EDGE + 2, 18, 7, 8.5)
    yield Text(x=_RIGHT, y=20, size=13, text=_weight(paper["ounces"]).upper(), bold=True, align="right")
    yield Text(x=_RIGHT, y=32, size=9, text="1 OF 1", align="right")
    yield Text(x=_RIGHT, y=44, size=7, text=f"SHIP DATE {paper['ship_date']}", align="right")
    yield Text(x=_RIGHT, y=54, size=7, text=_sides(paper).upper(), align="right")
    yield Text(x=_EDGE + 2, y=86, size=9, text="SHIP", bold=True)
    yield Text(x=_EDGE + 2, y=96, size=9, text="TO:", bold=True)
    yield from _block([one.upper() for one in _lines(to)], 44, 88, 11, 13)
    yield Box(x=0, y=164, width=WIDTH, height=1.5)
    yield Matrix(x=12, y=172, size=64, value=_route(paper))
    yield Box(x=86, y=165, width=1.5, height=78)
    zip_ = to["postal_code"].replace("-", "")
    zone = f"{printable(to['state_province']).upper()} {zip_[:3]} {paper['zone']}-{zip_[3:5]}"
    yield Text(x=100, y=194, size=24, text=zone, bold=True)
    yield Bars(x=100, y=202, width=150, height=36, value=f"420{zip_[:9]}")
    yield Box(x=0, y=243, width=WIDTH, height=5)
    carrier = paper["carrier_code"].upper()
    title = name.upper() if name.upper().startswith(carrier) else f"{carrier} {name.upper()}"
    yield Text(x=_EDGE + 2, y=269, size=18, text=title, bold=True)
    number = paper["tracking_number"]
    shown = _ups_number(number) if number.startswith("1Z") else _grouped(number, 4)
    yield Text(x=_EDGE + 2, y=283, size=9.5, text=f"TRACKING #: {shown}")
    yield Box(x=0, y=289, width=WIDTH, height=1.5)
    yield Bars(x=26, y=296, width=236, height=78, value=number)
    yield Box(x=0, y=380, width=WIDTH, height=4)
    yield Text(x=_EDGE + 6, y=394, size=8, text="BILLING: P/P")
    if paper["confirmation"] != "none":
        words = paper["confirmation"].replace("_", " ").upper()
        yield Text(x=_RIGHT, y=394, size=8, text=words, bold=True, align="right")
    yield from _references(paper, 404)


def _sample() -> Iterator[Shape]:
    yield Box(x=_EDGE, y=410, width=_INNER, height=14)
    words = "SAMPLE - NO CARRIER WILL TAKE THIS LABEL"
    yield Text(x=WIDTH / 2, y=420, size=8.5, text=words, bold=True, align="centre", white=True)


def _references(paper: Document, y: float) -> Iterator[Shape]:
    shown = paper["references"] or [paper["external_shipment_id"]]
    text = "  ".join(printable(one) for one in shown)
    yield Text(x=_EDGE + 6, y=y, size=7, text=f"REF: {text}"[:70])


def _block(lines: list[str], x: float, y: float, size: float, step: float) -> Iterator[Shape]:
    """Draw lines under each other, each made smaller until it ends on the paper."""
    room = _RIGHT - x - 4
    for row, line in enumerate(lines):
        fitting = min(size, room / (0.62 * max(len(line), 1)))
        yield Text(x=x, y=y + row * step, size=fitting, text=line)


def _lines(address: Document) -> list[str]:
    place = f"{address['city_locality']} {address['state_province']} {address['postal_code']}"
    country = "" if address["country_code"] == "US" else address["country_code"]
    parts = [address["name"], address["company_name"], address["address_line1"], address["address_line2"]]
    parts += [address["address_line3"], place, country]
    return [printable(one) for one in parts if one]


def _weight(ounces: Decimal) -> str:
    pounds, rest = divmod(Decimal(ounces), 16)
    return f"{pounds:.0f} lb {rest:.1f} oz" if rest else f"{pounds:.0f} lb"


def _sides(paper: Document) -> str:
    if not paper["sides"]:
        return ""
    unit = "in" if paper["side_unit"] == "inch" else "cm"
    return " x ".join(f"{Decimal(one).normalize():f}" for one in paper["sides"]) + f" {unit}"


def _route(paper: Document) -> str:
    return f"{paper['tracking_number']} {paper['ship_to']['postal_code'][:5]}"


def _grouped(text: str, size: int) -> str:
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def _ups_number(number: str) -> str:
    return " ".join((number[:2], number[2:5], number[5:8], number[8:10], _grouped(number[10:], 4)))
