"""How the shops name their columns: each layout known by its header alone, in one literal table.

Names are compared by their words: ``Ship To - Address 1``, ``ship-to-address1`` and
``ShipToAddress1`` are the same. A field may be made of several columns (first and last name,
pounds and ounces) and a column may state its unit. Of several ways the first that a header has
is taken. Only shipping addresses are named here, never billing ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RECIPIENT = ("to_name", "to_company", "to_address1", "to_address2", "to_city", "to_state", "to_zip",
             "to_country", "to_phone")  # fmt: skip
PARCEL = ("weight", "length", "width", "height")
SENDER = tuple(field.replace("to_", "from_") for field in RECIPIENT)
FIELDS = ("order_id", *RECIPIENT, *PARCEL, "reference", *SENDER)
"""Every field that a column may be mapped to, in the order of the template."""

Way = tuple[str, ...]
"""Columns that together make a field, each by its words; a unit stands behind a bar: ``pounds|lb``."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])")
_NO_WORD = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class Layout:
    """A shop's export: recognised when its header has all the words of one of ``signs``."""

    name: str
    signs: tuple[frozenset[str], ...]
    ways: dict[str, tuple[Way, ...]]


def words_of(name: str) -> str:
    """Return a column's name as bare words: ``Weight(oz)`` is ``weight oz``, ``Order #`` ``order no``."""
    spaced = _CAMEL.sub(" ", name.replace("#", " no "))
    return _NO_WORD.sub(" ", spaced).strip().casefold()


def _signs(*signs: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(sign.split("+")) for sign in signs)


def _ways(**fields: str) -> dict[str, tuple[Way, ...]]:
    """Read the short form of the table: ``first name+last name/full name`` are two ways."""
    return {field: tuple(tuple(way.split("+")) for way in ways.split("/")) for field, ways in fields.items()}


LAYOUTS = (
    Layout(
        "template",
        _signs("to name+to address 1+to zip"),
        _ways(**{field: words_of(field) for field in FIELDS}),
    ),
    Layout(
        "Shopify",
        _signs("name+shipping name+shipping zip", "name+shipping address 1+shipping zip"),
        _ways(
            order_id="name",
            to_name="shipping name",
            to_company="shipping company",
            to_address1="shipping address 1/shipping street",
            to_address2="shipping address 2",
            to_city="shipping city",
            to_state="shipping province/shipping province name",
            to_zip="shipping zip",
            to_country="shipping country",
            to_phone="shipping phone",
        ),
    ),
    Layout(
        "WooCommerce",
        _signs("shipping address 1+shipping postcode", "postcode shipping+city shipping"),
        _ways(
            order_id="order number/order no/order id",
            to_name="shipping first name+shipping last name/first name shipping+last name shipping"
            "/shipping full name/full name shipping/shipping name/name shipping",
            to_company="shipping company/company shipping",
            to_address1="shipping address 1/address 1 shipping/address 1 2 shipping",
            to_address2="shipping address 2/address 2 shipping",
            to_city="shipping city/city shipping",
            to_state="shipping state/state code shipping/state shipping/state name shipping",
            to_zip="shipping postcode/postcode shipping",
            to_country="shipping country/country code shipping/country shipping/country name shipping",
            to_phone="shipping phone/phone shipping/billing phone/phone billing",
            weight="order total weight/total weight/order weight",
        ),
    ),
    Layout(
        "Etsy",
        _signs("ship zipcode+ship city"),
        _ways(
            order_id="order id",
            to_name="ship name/full name/first name+last name",
            to_address1="ship address 1/street 1",
            to_address2="ship address 2/street 2",
            to_city="ship city",
            to_state="ship state",
            to_zip="ship zipcode",
            to_country="ship country",
        ),
    ),
    Layout(
        "eBay",
        _signs("ship to name+ship to address 1+ship to zip", "post to name+post to postcode"),
        _ways(
            order_id="order number/sales record number",
            to_name="ship to name/post to name",
            to_address1="ship to address 1/post to address 1",
            to_address2="ship to address 2/post to address 2",
            to_city="ship to city/post to city",
            to_state="ship to state/post to county",
            to_zip="ship to zip/post to postcode",
            to_country="ship to country/post to country",
            to_phone="ship to phone/post to phone",
        ),
    ),
    Layout(
        "Amazon",
        _signs("recipient name+ship address 1+ship postal code"),
        _ways(
            order_id="order id/amazon order id",
            to_name="recipient name",
            to_address1="ship address 1",
            to_address2="ship address 2+ship address 3/ship address 2",
            to_city="ship city",
            to_state="ship state",
            to_zip="ship postal code",
            to_country="ship country",
            to_phone="ship phone number/buyer phone number",
        ),
    ),
    Layout(
        "ShipStation",
        _signs(
            "ship to name+ship to postal code",
            "recipient full name+postal code",
            "order no+address line 1+postal code",
        ),
        _ways(
            order_id="order number/order no/order id required/order id",
            to_name="ship to name/recipient full name/recipient first name+recipient last name",
            to_company="ship to company/recipient company",
            to_address1="ship to address 1/address line 1",
            to_address2="ship to address 2+ship to address 3/ship to address 2"
            "/address line 2+address line 3/address line 2",
            to_city="ship to city/city",
            to_state="ship to state/ship to state province/state",
            to_zip="ship to postal code/postal code",
            to_country="ship to country/ship to country code/country code/country",
            to_phone="ship to phone/recipient phone/buyer phone",
            weight="weight total oz|oz/total weight in oz|oz/order total weight oz|oz/weight oz|oz"
            "/weight weight oz|oz",
            length="dimensions length|in/length in|in/length|in",
            width="dimensions width|in/width in|in/width|in",
            height="dimensions height|in/height in|in/height|in",
        ),
    ),
    Layout(
        "Pirate Ship",
        _signs(
            "recipient+address line 1+zipcode",
            "name+address line 1+zipcode+pounds",
            "name+address+zipcode+pounds",
            "zipcode+rubber stamp 1",
        ),
        _ways(
            order_id="order id",
            to_name="recipient/name/full name",
            to_company="company",
            to_address1="address line 1/address 1/address",
            to_address2="address line 2/address 2",
            to_city="city",
            to_state="state",
            to_zip="zipcode",
            to_country="country",
            to_phone="phone",
            weight="pounds|lb+ounces|oz/pounds|lb/ounces|oz/weight oz|oz/weight lb|lb/weight",
            length="package length|in/length|in/length in|in",
            width="package width|in/width|in/width in|in",
            height="package height|in/height|in/height in|in",
        ),
    ),
)  # fmt: skip

_TO = (
    "to",
    "ship to",
    "shipping",
    "ship",
    "deliver to",
    "delivery",
    "recipient",
    "receiver",
    "consignee",
    "",
)
_FROM = ("from", "ship from", "sender", "shipper", "return", "return to", "origin")
_PARTS = {
    "name": "name/full name/contact name/contact/recipient name/first name+last name/attention",
    "company": "company/company name/organization/organisation/business",
    "address1": "address 1/address line 1/address/street 1/street/street address/line 1/addr 1",
    "address2": "address 2+address 3/address 2/address line 2+address line 3/address line 2/street 2"
    "/line 2/addr 2/apartment/apt/suite/unit",
    "city": "city/town/locality/city state zip/suburb",
    "state": "state/province/state province/province code/state code/region/county",
    "zip": "zip/zip code/zipcode/postal code/postcode/post code/postalcode/zip postal code",
    "country": "country/country code/country name",
    "phone": "phone/phone number/telephone/tel/mobile/cell",
}  # fmt: skip
_UNITS = {
    "lb": ("lb", "lbs", "pounds"), "oz": ("oz", "ounces"), "kg": ("kg", "kilograms"), "g": ("g", "grams"),
    "in": ("in", "inch", "inches"), "cm": ("cm",), "mm": ("mm",),
}  # fmt: skip
_WEIGHTS = ("lb", "oz", "kg", "g")
_LENGTHS = ("in", "cm", "mm")


def _prefixed(prefixes: tuple[str, ...], part: str) -> tuple[Way, ...]:
    """Return each way to name a part of an address, the most telling first."""
    ways = [tuple(way.split("+")) for way in _PARTS[part].split("/")]
    return tuple(tuple(f"{prefix} {name}".strip() for name in way) for prefix in prefixes for way in ways)


def _measures(names: tuple[str, ...], units: tuple[str, ...]) -> tuple[Way, ...]:
    """Return each way to name a measure: bare, or with its unit behind it."""
    stated = [
        (f"{name} {between}{word}|{unit}",)
        for name in names
        for unit in units
        for word in _UNITS[unit]
        for between in ("", "in ")
    ]
    return (*stated, *((name,) for name in names))


def _measured(side: str) -> tuple[Way, ...]:
    return _measures(
        (side, f"parcel {side}", f"package {side}", f"box {side}", f"dimensions {side}"), _LENGTHS
    )


ANY: dict[str, tuple[Way, ...]] = {
    "order_id": tuple(
        (name,)
        for name in ("order id", "order number", "order no", "order nr", "order", "order name", "order ref",
                     "order reference", "order code", "sales order", "sales order number")
    ),
    **{field: _prefixed(_TO, field.removeprefix("to_")) for field in RECIPIENT},
    "weight": (
        ("weight", "weight unit"), ("weight", "weight units"), ("weight", "unit of weight"),
        ("pounds|lb", "ounces|oz"), ("lbs|lb", "oz|oz"), ("lb|lb", "oz|oz"),
        ("weight lbs|lb", "weight oz|oz"), ("weight lb|lb", "weight oz|oz"),
        ("weight pounds|lb", "weight ounces|oz"),
        *_measures(("weight", "parcel weight", "package weight", "total weight", "order weight",
                    "shipping weight", "ship weight", "gross weight"), _WEIGHTS),
        ("pounds|lb",), ("lbs|lb",), ("ounces|oz",), ("oz|oz",), ("kg|kg",),
    ),
    "length": (*_measured("length"), ("dimensions",), ("parcel size",), ("package size",), ("box size",),
               ("parcel dimensions",), ("package dimensions",)),
    "width": _measured("width"),
    "height": (*_measured("height"), *_measured("depth")),
    "reference": (("reference",), ("ref",), ("reference 1",), ("label reference",), ("customer reference",)),
    **{field: _prefixed(_FROM, field.removeprefix("from_")) for field in SENDER},
}  # fmt: skip
"""The ways of any other header, the most telling first; also of columns added to a shop's export."""
WHOLE_PLACE = "city state zip"
"""The end of a column's name that holds city, state and ZIP code in one."""
