from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from shiplabel.errors import ApiError, NoAnswer, NotSent, RateLimited, Refused, Unauthorized
from shiplabel.shipstation import wire
from shiplabel.shipstation.outcome import Answer, outcome, retry_after_s
from tests.shipstation.parts import NOW

ENVELOPE = b"""{"request_id": "r-1", "errors": [
  {"error_source": "carrier", "error_code": "unspecified", "message": "first"},
  {"error_code": "invalid_address", "message": "Not a ZIP", "field_name": "ship_to.postal_code"}]}"""
REQUEST = httpx.Request("POST", "https://api.example.test/v2/labels")


def error_of(got: Answer | Exception) -> ApiError:
    told = outcome(got, wire.Label, NOW)
    assert isinstance(told, ApiError)
    return told


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Unauthorized),
        (402, Refused),
        (403, Unauthorized),
        (404, Refused),
        (405, Refused),
        (422, Refused),
        (429, RateLimited),
        *((status, NoAnswer) for status in (301, 302, 307, 308, 406, 408, 409, 410, 418, 451)),
        *((status, NoAnswer) for status in (500, 501, 502, 503, 504, 520, 599)),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>502</html>", ENVELOPE, b"[]", b'{"errors": null}', b"\xff"])
def test_outcome_of_a_status_says_whether_money_may_have_moved(
    status: int, kind: type[ApiError], body: bytes
) -> None:
    error = error_of(Answer(status, {}, body))
    assert type(error) is kind
    assert error.status == status
    assert error.message
    assert error.may_have_charged == (kind is NoAnswer)


@pytest.mark.parametrize("status", [200, 201, 202, 207, 204])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"[]", b"null", b"Everything is fine.", b"<html></html>", b"\xff\xfe", b"[" * 5000),
        *(b'{"label_id": "se-1", "sta', b'{"label_id": null}', b'{"label_id": ""}', b'{"label_id": {}}'),
    ],
)
def test_outcome_of_a_success_that_cannot_be_read_is_no_answer(status: int, body: bytes) -> None:
    assert type(error_of(Answer(status, {}, body))) is NoAnswer


def test_outcome_of_a_success_with_a_label_is_the_label() -> None:
    told = outcome(Answer(200, {}, b'{"label_id": "se-1", "brand_new": [1]}'), wire.Label, NOW)
    assert isinstance(told, wire.Label)
    assert told.label_id == "se-1"


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused", request=REQUEST), NotSent),
        (httpx.ConnectTimeout("late", request=REQUEST), NotSent),
        (httpx.PoolTimeout("full", request=REQUEST), NotSent),
        (httpx.UnsupportedProtocol("ftp", request=REQUEST), NotSent),
        (httpx.InvalidURL("no host"), NotSent),
        (httpx.ReadTimeout("", request=REQUEST), NoAnswer),
        (httpx.WriteTimeout("", request=REQUEST), NoAnswer),
        (httpx.ReadError("reset", request=REQUEST), NoAnswer),
        (httpx.WriteError("reset", request=REQUEST), NoAnswer),
        (httpx.CloseError("", request=REQUEST), NoAnswer),
        (httpx.RemoteProtocolError("closed", request=REQUEST), NoAnswer),
        (httpx.LocalProtocolError("bad", request=REQUEST), NoAnswer),
        (httpx.ProxyError("407", request=REQUEST), NoAnswer),
        (httpx.DecodingError("gzip", request=REQUEST), NoAnswer),
        (httpx.TooManyRedirects("", request=REQUEST), NoAnswer),
        (ConnectionResetError("cut"), NoAnswer),
        (TimeoutError("hung"), NoAnswer),
    ],
)
def test_outcome_of_a_failure_is_not_sent_only_before_sending(
    failure: Exception, kind: type[ApiError]
) -> None:
    error = error_of(failure)
    assert type(error) is kind
    assert error.status == 0


def test_outcome_prefers_the_error_that_names_a_field() -> None:
    error = error_of(Answer(400, {}, ENVELOPE))
    assert (error.message, error.code) == ("Not a ZIP", "invalid_address")
    assert (error.field_name, error.request_id) == ("ship_to.postal_code", "r-1")


def test_outcome_without_a_field_takes_the_first_error() -> None:
    body = b'{"errors": [{"error_code": "a", "message": "one"}, {"error_code": "b", "message": "two"}]}'
    error = error_of(Answer(400, {"x-request-id": "head"}, body))
    assert (error.code, error.message, error.request_id) == ("a", "one", "head")


def test_outcome_reads_the_other_shape_of_errors() -> None:
    error = error_of(
        Answer(422, {}, b'{"errors": [{"message": "is taken", "field": "external_shipment_id"}]}')
    )
    assert (error.message, error.field_name, error.conflict) == ("is taken", "external_shipment_id", True)


def test_outcome_of_a_refused_key_names_login() -> None:
    assert error_of(Answer(401, {}, b"")).hint == "shiplabel login"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("-3", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Mon, 02 Mar 2026 12:00:05 -0000", 5.0),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_in_any_form_is_seconds(text: str | None, seconds: float | None) -> None:
    assert retry_after_s(text, NOW) == seconds


def test_outcome_of_too_many_requests_says_how_long_to_wait() -> None:
    assert error_of(Answer(429, {"retry-after": "7"}, b"")).retry_after_s == 7.0
