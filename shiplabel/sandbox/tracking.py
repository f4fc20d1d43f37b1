"""Tracking numbers that look right: each carrier's form with its check digit."""

from __future__ import annotations

_UPS_ACCOUNT = "999AA1"
_UPS_SERVICE = {"ups_ground": "03", "ups_2nd_day_air": "02", "ups_next_day_air_saver": "13"}
_FEDEX_WEIGHTS = (1, 3, 7)


def tracking_number(carrier_code: str, service_code: str, number: int) -> str:
    """Return the tracking number of the label with this number."""
    if carrier_code == "ups":
        return _ups(service_code, number)
    if carrier_code == "fedex":
        return _fedex(number)
    return _usps(number)


def _usps(number: int) -> str:
    digits = f"9400111{number:014d}"
    threes = sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(reversed(digits)))
    return f"{digits}{-threes % 10}"


def _ups(service_code: str, number: int) -> str:
    body = f"{_UPS_ACCOUNT}{_UPS_SERVICE.get(service_code, '12')}{number:07d}"
    values = [int(one) if one.isdigit() else (ord(one) - 63) % 10 for one in body]
    total = sum(values[::2]) + 2 * sum(values[1::2])
    return f"1Z{body}{-total % 10}"


def _fedex(number: int) -> str:
    digits = f"7946{number:07d}"
    total = sum(int(one) * _FEDEX_WEIGHTS[place % 3] for place, one in enumerate(reversed(digits)))
    return f"{digits}{total % 11 % 10}"
