"""What the service refuses in a shipment: each refusal is a 400 that names the field."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from shiplabel.sandbox.answers import ApiError, Complaint, Document, as_text
from shiplabel.sandbox.places import STATES, ZIP, zip_in_state
from shiplabel.sandbox.world import CONFIRMATIONS, cubic_inches, ounces

_CUT = 50
_MAX_POUNDS = 150
_MAX_SIDE = 108
_LIMITS = {"name": 100, "company_name": 100, "address_line1": 100, "address_line2": 100, "city_locality": 50}
_NEEDED = ("name", "address_line1", "city_locality", "state_province", "postal_code", "country_code")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")
_PROVIDERS = ("none", "shipsurance", "carrier", "third_party")
_STRINGS = ("external_shipment_id", "carrier_id", "service_code", "warehouse_id")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Check:
    """Gathers what is wrong, each with its path; ``refuse`` raises it all as one answer."""

    def __init__(self, prefix: str) -> None:
        """Start with the path that stands before each field, such as ``shipment.``."""
        self.prefix = prefix
        self.found: list[Complaint] = []

    def wrong(self, field: str, value: object, message: str, code: str = "invalid_field_value") -> None:
        """Note one wrong field."""
        kind = "business_rules" if code == "invalid_address" else "validation"
        name = f"{self.prefix}{field}"
        told = f"{name}: {message}"
        self.found.append(
            Complaint(code=code, message=told, kind=kind, field_name=name, field_value=as_text(value))
        )

    def refuse(self) -> None:
        """Raise a 400 with everything that was noted, if anything was."""
        if self.found:
            raise ApiError(400, tuple(self.found))


def check_shipment(body: object, prefix: str) -> list[Complaint]:
    """Return what the service would not take in a shipment."""
    check = Check(prefix)
    if not isinstance(body, dict):
        Check.wrong(check, "", body, "must be an object", "field_value_required")
        return check.found
    _check_address(check, body, "ship_to")
    if body.get("ship_from") is not None or not body.get("warehouse_id"):
        _check_address(check, body, "ship_from")
    _check_packages(check, body.get("packages"))
    _check_words(check, body)
    return check.found


def _check_words(check: Check, body: Document) -> None:
    if (confirmation := body.get("confirmation")) not in (None, *CONFIRMATIONS):
        check.wrong("confirmation", confirmation, "is not a confirmation type")
    if (provider := body.get("insurance_provider")) not in (None, *_PROVIDERS):
        check.wrong("insurance_provider", provider, "is not an insurance provider")
    day = body.get("ship_date")
    if day is not None and not (isinstance(day, str) and _DATE.fullmatch(day)):
        check.wrong("ship_date", day, "is not a date", "invalid_date")
    for name in _STRINGS:
        _check_type(check, name, body.get(name), str)
    for name in ("return_to", "customs"):
        _check_type(check, name, body.get(name), dict)
    number = body.get("shipment_number")
    if isinstance(number, str) and len(number) > _CUT:
        check.wrong("shipment_number", number, f"is longer than {_CUT}", "invalid_string_length")


def _check_type(check: Check, field: str, value: object, kind: type) -> None:
    if value is not None and not isinstance(value, kind):
        check.wrong(field, value, f"must be {'a string' if kind is str else 'an object'}")


def _check_address(check: Check, body: Document, side: str) -> None:
    address = body.get(side)
    if not isinstance(address, dict):
        check.wrong(side, address, "is required", "field_value_required")
        return
    before = len(check.found)
    for name in _NEEDED:
        value = address.get(name)
        if name == "name" and address.get("company_name"):
            continue
        if not isinstance(value, str) or not value.strip():
            check.wrong(f"{side}.{name}", value, "is required", "field_value_required")
    for name, limit in _LIMITS.items():
        _check_text(check, f"{side}.{name}", address.get(name), limit)
    country = address.get("country_code")
    if isinstance(country, str) and country and not _COUNTRY.fullmatch(country):
        check.wrong(f"{side}.country_code", country, "is not a country code of two letters")
    if len(check.found) == before and country == "US":
        _check_us(check, side, address)


def _check_text(check: Check, field: str, value: object, limit: int) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        check.wrong(field, value, "must be a string")
    elif len(value) > limit:
        check.wrong(field, value, f"is longer than {limit}", "invalid_string_length")
    elif _CONTROL.search(value):
        check.wrong(field, None, "has control characters")


def _check_us(check: Check, side: str, address: Document) -> None:
    state, postal_code = address["state_province"].upper(), address["postal_code"].strip()
    if state not in STATES:
        check.wrong(f"{side}.state_province", state, "is not a US state", "invalid_address")
    elif not ZIP.fullmatch(postal_code):
        check.wrong(f"{side}.postal_code", postal_code, "is not a US ZIP code", "invalid_address")
    elif not zip_in_state(postal_code, state):
        check.wrong(f"{side}.postal_code", postal_code, f"is not in the state {state}", "invalid_address")


def _check_packages(check: Check, packages: Any) -> None:
    if not isinstance(packages, list) or not packages:
        check.wrong("packages", None, "needs one package", "field_value_required")
        return
    for index, package in enumerate(packages):
        path = f"packages[{index}]"
        if not isinstance(package, dict):
            check.wrong(path, package, "must be an object")
            continue
        _check_type(check, f"{path}.package_code", package.get("package_code"), str)
        _check_type(check, f"{path}.label_messages", package.get("label_messages"), dict)
        _check_weight(check, path, package.get("weight"))
        _check_dimensions(check, path, package.get("dimensions"))
        insured = package.get("insured_value")
        amount = number(insured.get("amount")) if isinstance(insured, dict) else None
        if insured is not None and (amount is None or amount < 0):
            check.wrong(f"{path}.insured_value.amount", amount, "must be a number from 0 on")


def _check_weight(check: Check, path: str, weight: Any) -> None:
    if not isinstance(weight, dict):
        check.wrong(f"{path}.weight", weight, "is required", "field_value_required")
        return
    value = number(weight.get("value"))
    if value is None or value <= 0:
        check.wrong(f"{path}.weight.value", weight.get("value"), "must be greater than 0")
        return
    try:
        heavy = ounces(value, str(weight.get("unit"))) > _MAX_POUNDS * 16
    except KeyError:
        check.wrong(f"{path}.weight.unit", weight.get("unit"), "is not a weight unit")
        return
    if heavy:
        check.wrong(f"{path}.weight.value", value, f"is over {_MAX_POUNDS} lb")


def _check_dimensions(check: Check, path: str, sides: Any) -> None:
    if sides is None:
        return
    before = len(check.found)
    for name in ("length", "width", "height"):
        value = number(sides.get(name)) if isinstance(sides, dict) else None
        if value is None or value < 0:
            check.wrong(f"{path}.dimensions.{name}", value, "must not be negative")
        elif value > _MAX_SIDE * (1 if sides.get("unit") == "inch" else Decimal("2.54")):
            check.wrong(f"{path}.dimensions.{name}", value, f"is over {_MAX_SIDE} in")
    if len(check.found) > before:
        return
    try:
        cubic_inches(Decimal(1), Decimal(1), Decimal(1), str(sides.get("unit")))
    except KeyError:
        check.wrong(f"{path}.dimensions.unit", sides.get("unit"), "is not a unit of length")


def number(value: object) -> Decimal | None:
    """Return a JSON number as a decimal, or None; a truth value is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None
