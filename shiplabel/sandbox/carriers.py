"""The carriers of the stand-in, with their services and packages: a table, no rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A carrier's product; ``days`` is None where none is promised, a pair is near and far zones."""

    code: str
    name: str
    base: Decimal
    pound: Decimal
    days: tuple[int, int] | None
    packages: tuple[str | None, ...] = ("package",)
    flat: dict[str, Decimal] | None = None
    guaranteed: bool = False
    international: bool = False
    trackable: bool = True
    warning: str | None = None
    words: str | None = None
    max_pounds: int = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier account; ``opening`` is the balance a prepaid one starts with."""

    carrier_id: str
    code: str
    name: str
    nickname: str
    services: tuple[Service, ...]
    packages: dict[str, str]
    account: str
    divisor: int
    opening: Decimal = Decimal(0)
    prepaid: bool = False
    fuel: Decimal = Decimal(0)
    shows_zone: bool = False
    refuses_confirmation: frozenset[str] = frozenset()


def _d(text: str) -> Decimal:
    return Decimal(text)


_FLAT = {
    "letter": _d("0.5100"),
    "large_envelope_or_flat": _d("1.5000"),
    "flat_rate_envelope": _d("9.8500"),
    "small_flat_rate_box": _d("10.4000"),
    "medium_flat_rate_box": _d("18.4000"),
    "large_flat_rate_box": _d("24.7500"),
}
_USPS = (
    Service(
        code="usps_first_class_mail",
        name="USPS First Class Mail",
        base=_d("0.51"),
        pound=_d("0"),
        days=(3, 3),
        packages=("letter", "large_envelope_or_flat"),
        flat=_FLAT,
        trackable=False,
        max_pounds=70,
    ),
    Service(
        code="usps_ground_advantage",
        name="USPS Ground Advantage",
        base=_d("4.35"),
        pound=_d("0.62"),
        days=(2, 5),
        max_pounds=70,
    ),
    Service(
        code="usps_media_mail",
        name="USPS Media Mail",
        base=_d("3.92"),
        pound=_d("0.55"),
        days=None,
        words="2 - 8",
        warning="Media Mail takes books, film, music and the like only; anything else is sent back.",
        max_pounds=70,
    ),
    Service(
        code="usps_priority_mail",
        name="USPS Priority Mail",
        base=_d("7.05"),
        pound=_d("0.98"),
        days=(1, 3),
        packages=(
            "package",
            "flat_rate_envelope",
            "small_flat_rate_box",
            "medium_flat_rate_box",
            "large_flat_rate_box",
        ),
        flat=_FLAT,
        max_pounds=70,
    ),
    Service(
        code="usps_priority_mail_express",
        name="USPS Priority Mail Express",
        base=_d("26.10"),
        pound=_d("2.85"),
        days=(1, 2),
        guaranteed=True,
        max_pounds=70,
    ),
    Service(
        code="usps_priority_mail_international",
        name="USPS Priority Mail Intl",
        base=_d("38.20"),
        pound=_d("4.10"),
        days=(6, 10),
        words="6 - 10",
        international=True,
        max_pounds=66,
    ),
)
_UPS = (
    Service(
        code="ups_ground",
        name="UPS® Ground",
        base=_d("7.90"),
        pound=_d("0.71"),
        days=None,
        packages=(None,),
        words="{day} by 11:00 PM",
        guaranteed=True,
    ),
    Service(
        code="ups_3_day_select",
        name="UPS 3 Day Select®",
        base=_d("13.60"),
        pound=_d("1.55"),
        days=(3, 3),
        packages=(None,),
    ),
    Service(
        code="ups_2nd_day_air",
        name="UPS 2nd Day Air®",
        base=_d("18.35"),
        pound=_d("2.10"),
        days=(2, 2),
        packages=(None, "ups_letter"),
        flat={"ups_letter": _d("14.9000")},
        guaranteed=True,
    ),
    Service(
        code="ups_next_day_air_saver",
        name="UPS Next Day Air Saver®",
        base=_d("33.80"),
        pound=_d("3.40"),
        days=(1, 1),
        packages=(None,),
        guaranteed=True,
    ),
    Service(
        code="ups_worldwide_saver",
        name="UPS Worldwide Saver®",
        base=_d("58.40"),
        pound=_d("5.20"),
        days=(2, 4),
        packages=(None,),
        international=True,
    ),
)
_FEDEX = (
    Service(
        code="fedex_ground",
        name="FedEx Ground®",
        base=_d("8.05"),
        pound=_d("0.69"),
        days=(1, 5),
    ),
    Service(
        code="fedex_express_saver",
        name="FedEx Express Saver®",
        base=_d("15.20"),
        pound=_d("1.72"),
        days=(3, 3),
        packages=("package", "fedex_pak", "fedex_envelope"),
        flat={"fedex_envelope": _d("12.3500"), "fedex_pak": _d("13.8000")},
    ),
    Service(
        code="fedex_2day",
        name="FedEx 2Day®",
        base=_d("18.90"),
        pound=_d("2.05"),
        days=(2, 2),
        packages=("package", "fedex_pak"),
        flat={"fedex_pak": _d("16.9500")},
        guaranteed=True,
    ),
    Service(
        code="fedex_standard_overnight",
        name="FedEx Standard Overnight®",
        base=_d("34.60"),
        pound=_d("3.35"),
        days=(1, 1),
        guaranteed=True,
    ),
    Service(
        code="fedex_international_economy",
        name="FedEx International Economy®",
        base=_d("52.70"),
        pound=_d("4.85"),
        days=None,
        words="4 - 6",
        international=True,
    ),
)

CARRIERS: dict[str, Carrier] = {
    one.carrier_id: one
    for one in (
        Carrier(
            carrier_id="se-100001",
            code="stamps_com",
            name="Stamps.com",
            nickname="Sandbox USPS",
            account="sandbox-usps",
            services=_USPS,
            divisor=166,
            packages={
                "package": "Package",
                "letter": "Letter",
                "large_envelope_or_flat": "Large Envelope",
                "flat_rate_envelope": "Flat Rate Envelope",
                "small_flat_rate_box": "Small Flat Rate Box",
                "medium_flat_rate_box": "Medium Flat Rate Box",
                "large_flat_rate_box": "Large Flat Rate Box",
            },
            opening=_d("500.0000"),
            prepaid=True,
            shows_zone=True,
            refuses_confirmation=frozenset({"direct_signature"}),
        ),
        Carrier(
            carrier_id="se-100002",
            code="ups",
            name="UPS",
            nickname="Sandbox UPS",
            account="sandbox-ups",
            services=_UPS,
            divisor=139,
            packages={"package": "Package", "ups_letter": "UPS Letter"},
            fuel=_d("0.125"),
        ),
        Carrier(
            carrier_id="se-100003",
            code="fedex",
            name="FedEx",
            nickname="Sandbox FedEx",
            account="sandbox-fedex",
            services=_FEDEX,
            divisor=139,
            packages={
                "package": "Package",
                "fedex_pak": "FedEx Pak®",
                "fedex_envelope": "FedEx Envelope®",
            },
            fuel=_d("0.1175"),
            shows_zone=True,
        ),
    )
}
