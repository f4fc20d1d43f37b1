"""What an answer of the service means: the one place that sorts answers into yes, no and nobody knows.

Pure. A status that is not in ``REFUSALS`` and not a readable success is ``NoAnswer``: after a
purchase that means that money may have moved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx
import msgspec

from shiplabel.errors import ApiError, NoAnswer, NotSent, RateLimited, Refused, Unauthorized
from shiplabel.language import marked, phrase, worded
from shiplabel.shipstation.tolerant import decoded

if TYPE_CHECKING:
    from datetime import datetime

T = TypeVar("T")

REFUSALS: Final[dict[int, type[Refused]]] = {
    400: Refused,
    401: Unauthorized,
    402: Refused,
    403: Unauthorized,
    404: Refused,
    405: Refused,
    422: Refused,
    429: RateLimited,
}
"""The statuses that certainly mean: nothing was done, nothing was bought."""

BEFORE_SENDING: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""The failures that happen before the first byte of a request leaves."""

_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_HINTS: Final[dict[type[ApiError], str]] = marked({
    Unauthorized: "shiplabel login",
    NotSent: "check the network, then: shiplabel doctor",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its status, its header fields by lower-case name, its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the service says is wrong; empty where it says nothing."""

    message: str = ""
    code: str = ""
    field_name: str | None = None
    request_id: str | None = None


def outcome(got: Answer | Exception, shape: type[T], now: datetime) -> T | ApiError:
    """Return what the service told, in this shape, or the error that it means."""
    if isinstance(got, Exception):
        return _failure(got)
    refusal = REFUSALS.get(got.status)
    if refusal is not None or not HTTPStatus.OK <= got.status < HTTPStatus.MULTIPLE_CHOICES:
        return _error(refusal or NoAnswer, got, now)
    try:
        return decoded(got.body, shape)
    except _UNREADABLE as error:
        odd = isinstance(error, msgspec.ValidationError)
        return NoAnswer(
            phrase(
                "The service answered with JSON that lacks what was asked for (HTTP {status})."
                if odd
                else "The service answered with something that is not JSON (HTTP {status}).",
                status=got.status,
            ),
            code="unreadable",
            status=got.status,
            request_id=request_id_of(got),
        )


def _failure(error: Exception) -> ApiError:
    """Return the error for a request that got no answer at all."""
    said = str(error) or type(error).__name__
    if isinstance(error, BEFORE_SENDING):
        return NotSent(
            phrase("The service could not be reached ({said}); nothing was sent.", said=said),
            hint=worded(_HINTS[NotSent]),
        )
    code = "timeout" if isinstance(error, httpx.TimeoutException | TimeoutError) else ""
    return NoAnswer(phrase("The service did not answer ({said}).", said=said), code=code)


def _error(kind: type[ApiError], answer: Answer, now: datetime) -> ApiError:
    said = complaint(answer)
    return kind(
        said.message or _silent(kind, answer.status),
        code=said.code,
        hint=worded(_HINTS.get(kind, "")),
        status=answer.status,
        request_id=said.request_id,
        field_name=said.field_name,
        retry_after_s=retry_after_s(answer.headers.get("retry-after"), now),
    )


def _silent(kind: type[ApiError], status: int) -> str:
    if kind is Unauthorized:
        return phrase("The service refused the API key (HTTP {status}).", status=status)
    if kind is RateLimited:
        return phrase("Too many requests (HTTP 429).")
    if kind is NoAnswer:
        return phrase("The service gave no certain answer (HTTP {status}).", status=status)
    return phrase("The service refused the request (HTTP {status}) and gave no reason.", status=status)


def complaint(answer: Answer) -> Complaint:
    """Return the first error of an answer's envelope, one that names a field before all others.

    Both shapes are read: ``error_code``, ``message``, ``field_name`` and ``message``, ``field``.
    """
    try:
        envelope: Any = msgspec.json.decode(answer.body)
    except _UNREADABLE:
        envelope = None
    errors = envelope.get("errors") if isinstance(envelope, dict) else None
    found = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    first = next((one for one in found if _field_name(one)), found[0] if found else {})
    return Complaint(
        message=_text(first.get("message")),
        code=_text(first.get("error_code")),
        field_name=_field_name(first),
        request_id=request_id_of(answer, envelope),
    )


def request_id_of(answer: Answer, envelope: Any = None) -> str | None:
    """Return the id under which the service's support finds this request."""
    told = envelope.get("request_id") if isinstance(envelope, dict) else None
    return _text(told) or answer.headers.get("x-request-id") or None


def retry_after_s(text: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks for, given as seconds or as an HTTP date."""
    try:
        seconds = float(text or "")
    except ValueError:
        return _seconds_until(text, now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(text: str | None, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _field_name(error: dict[str, Any]) -> str | None:
    return _text(error.get("field_name")) or _text(error.get("field")) or None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
