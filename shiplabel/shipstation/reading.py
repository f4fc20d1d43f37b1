"""From the service's shapes to the values of the domain.

Pure. A rate without a price, or without an id to buy it by, is not offered: it is told as a failure.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from shiplabel.domain.label import Label, Tracking, VoidAnswer
from shiplabel.domain.money import Money
from shiplabel.domain.rate import Carrier, CarrierFailure, Quote, Rate
from shiplabel.domain.shipment import KnownShipment
from shiplabel.domain.text import printable
from shiplabel.errors import Refused
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shiplabel.shipstation import wire


MOST: Final = 10**9
FINEST: Final = -9
PARTS: Final = ("shipping", "insurance", "confirmation", "other", "tax")
_PENDING: Final = "pending_approval"
_UNKNOWN: Final = "unknown"
_LABELLED: Final = "label_purchased"
_TEST_LABEL: Final = "se-test-"
_KEY_TAKEN: Final = re.compile(r"external_shipment_id|identifier_conflict", re.IGNORECASE)
_TAKEN: Final = re.compile(r"\bidentifiers?\b|already (?:exists|used|in use)", re.IGNORECASE)
_FIELD: Final = re.compile(r"\b(?:ship_to|ship_from|packages|confirmation|insurance_provider)\b[\w.\[\]]*")
_CODE: Final = re.compile(r"([a-z]+(?:_[a-z]+)+): ")


def money_of(amount: wire.Amount | None) -> Money | None:
    """Return the money, or None where no amount is told that a label can cost."""
    if amount is None or amount.amount is None or not amount.amount.is_finite():
        return None
    if not 0 <= amount.amount <= MOST or amount.amount.as_tuple().exponent < FINEST:  # type: ignore[operator]  # finite
        return None
    return Money(amount.amount, (amount.currency or "usd").lower())


def moment_of(text: str | None) -> datetime | None:
    """Return an aware UTC time from ISO 8601 with any number of decimals, or None."""
    try:
        moment = datetime.fromisoformat(text or "")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def carriers_of(told: wire.Carriers) -> tuple[Carrier, ...]:
    """Return the carriers; one that the service could not ask is listed as disabled."""
    known = tuple(map(_carrier, told.carriers))
    ids = {carrier.carrier_id for carrier in known}
    lost = tuple(
        Carrier(
            carrier_id=fault.carrier_id,
            carrier_code=fault.carrier_code or "",
            name=fault.carrier_code or fault.carrier_id,
            disabled=True,
        )
        for fault in told.errors or ()
        if fault.carrier_id and fault.carrier_id != _UNKNOWN and fault.carrier_id not in ids
    )
    return known + lost


def _carrier(told: wire.Carrier) -> Carrier:
    return Carrier(
        carrier_id=told.carrier_id,
        carrier_code=told.carrier_code or "",
        name=told.friendly_name or told.carrier_code or told.carrier_id,
        nickname=told.nickname or "",
        prepaid=bool(told.requires_funded_amount),
        balance=told.balance if told.balance is not None and told.balance.is_finite() else None,
        disabled=bool(told.disabled_by_billing_plan) or told.connection_status == _PENDING,
        services=tuple(one.service_code for one in told.services or () if one.service_code),
        packages=tuple(one.package_code for one in told.packages or () if one.package_code),
    )


def quote_of(told: wire.RateResponse, shipment_id: str | None, rated: wire.Rated) -> Quote:
    """Return the rates that can be bought, why others cannot, and whether the shipment has its label."""
    request_id = rated.request_id
    rates: list[Rate] = []
    failures = [_failure(fault, request_id) for fault in told.errors or ()]
    for one in told.rates or ():
        rate = rate_of(one)
        if rate is not None:
            rates.append(rate)
        else:
            failures.append(_not_offered(one, request_id))
    failures += [_not_offered(one, request_id) for one in told.invalid_rates or ()]
    return Quote(
        rates=tuple(rates),
        failures=tuple(dict.fromkeys(failures)),
        shipment_id=told.shipment_id or shipment_id,
        working=told.status == "working",
        labelled=rated.shipment_status == _LABELLED,
    )


def rate_of(told: wire.Rate) -> Rate | None:
    """Return a rate that can be bought, or None: invalid, without a price, or without an id."""
    parts = parts_of(told)
    if told.validation_status == "invalid" or not told.rate_id or "shipping" not in parts or _is_unread(told):
        return None
    try:
        total = _sum(parts.values())
    except ValueError:
        return None
    return Rate(
        rate_id=told.rate_id,
        carrier_id=told.carrier_id or "",
        carrier_code=told.carrier_code or "",
        service_code=told.service_code or "",
        total=total,
        carrier_name=told.carrier_friendly_name or "",
        service_name=told.service_type or "",
        package_type=told.package_type,
        parts=parts,
        delivery_days=told.delivery_days,
        delivery_at=moment_of(told.estimated_delivery_date),
        delivery_words=told.carrier_delivery_days or "",
        zone=told.zone,
        guaranteed=bool(told.guaranteed_service),
        trackable=told.trackable is not False,
        warnings=_words(told.warning_messages),
    )


def _is_unread(told: wire.Rate) -> bool:
    """Tell whether an amount is told that nobody can read: the total would be too low without it."""
    amounts = (getattr(told, f"{name}_amount") for name in PARTS)
    return any(one and one.amount is not None and money_of(one) is None for one in amounts)


def parts_of(told: wire.Rate) -> dict[str, Money]:
    """Return what is in a rate's total, by name; parts that were not told are left out."""
    found = ((name, money_of(getattr(told, f"{name}_amount"))) for name in PARTS)
    return {name: money for name, money in found if money is not None}


def _sum(parts: Iterable[Money]) -> Money:
    first, *others = parts
    for part in others:
        first += part
    return first


def _failure(fault: wire.Fault, request_id: str | None) -> CarrierFailure:
    return CarrierFailure(
        carrier_id=_known(fault.carrier_id),
        carrier_code=_known(fault.carrier_code),
        message=fault.message or phrase("the carrier gave no rates"),
        code=fault.error_code or "",
        request_id=request_id,
    )


def _not_offered(rate: wire.Rate, request_id: str | None) -> CarrierFailure:
    """Return why a rate is not offered; rates of one carrier with one reason are one failure."""
    said = "; ".join(_words(rate.error_messages))
    return CarrierFailure(
        carrier_id=_known(rate.carrier_id),
        carrier_code=_known(rate.carrier_code),
        message=said
        or phrase("{service} came without a valid rate", service=rate.service_code or phrase("a service")),
        code="invalid_rate",
        request_id=request_id,
    )


def _known(name: str | None) -> str:
    return "" if name in {None, _UNKNOWN} else str(name)


def _words(told: Sequence[str | None] | None) -> tuple[str, ...]:
    return tuple(word for word in told or () if word)


def shipment_of(told: wire.Shipment) -> KnownShipment:
    """Return what is told of a shipment that exists."""
    return KnownShipment(
        told.shipment_id, told.external_shipment_id, labelled=told.shipment_status == _LABELLED
    )


def label_of(told: wire.Label) -> Label:
    """Return a label."""
    person = told.ship_to
    links = (told.label_download or {}).items()
    return Label(
        label_id=told.label_id,
        status=told.status or "",
        shipment_id=told.shipment_id or "",
        external_shipment_id=told.external_shipment_id,
        carrier_id=told.carrier_id or "",
        carrier_code=told.carrier_code or "",
        service_code=told.service_code or "",
        tracking_number=printable(told.tracking_number or ""),  # it goes into file names and sheets
        cost=_bill(told),
        created_at=moment_of(told.created_at),
        voided=bool(told.voided) or told.status == "voided",
        ship_to_name=(person.name or person.company_name or "") if person else "",
        label_format=told.label_format or "",
        tracking_status=told.tracking_status or "",
        trackable=told.trackable is not False,
        test_label=told.label_id.startswith(_TEST_LABEL),
        downloads={name: url for name, url in links if url and isinstance(url, str)},
    )


def _bill(told: wire.Label) -> Money | None:
    """Return the whole bill, insurance included, or None where it was not told."""
    shipment, insurance = money_of(told.shipment_cost), money_of(told.insurance_cost)
    if shipment is None or insurance is None or not insurance.amount:
        return shipment
    return shipment + insurance if shipment.currency == insurance.currency else shipment


def void_of(told: wire.Void) -> VoidAnswer:
    """Return the answer to the wish to void."""
    return VoidAnswer(told.approved, told.message or "", told.reason_code or "")


def tracking_of(told: wire.Track) -> Tracking:
    """Return where a parcel is."""
    return Tracking(
        told.tracking_number or "",
        told.status_code or "UN",
        told.status_description or "",
        moment_of(told.estimated_delivery_date),
        moment_of(told.actual_delivery_date),
    )


def refusal_inside(errors: Sequence[Any] | None, request_id: str | None = None) -> Refused | None:
    """Return the refusal that stands inside a success, or None.

    The service tells it as sentences or as errors with a code; a taken key gets the code
    ``identifier_conflict`` so that it is understood however it is worded.
    """
    texts = list(_told(errors or ()))
    if not texts:
        return None
    message = "; ".join(texts)
    code = _CODE.match(message)
    field = _FIELD.search(message)
    taken = _KEY_TAKEN.search(message) or (_TAKEN.search(message) and not field)
    return Refused(
        message,
        code="identifier_conflict" if taken else code[1] if code else "",
        status=200,
        request_id=request_id,
        field_name=field[0].rstrip(".") if field and not taken else None,
    )


def _told(errors: Sequence[Any]) -> Iterator[str]:
    for error in errors:
        if isinstance(error, dict):
            words = (
                error.get("error_code"),
                error.get("field_name") or error.get("field"),
                error.get("message"),
            )
            yield ": ".join(str(word) for word in words if word)
        elif error:
            yield str(error)
