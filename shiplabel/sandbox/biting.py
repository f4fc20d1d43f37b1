"""How armed faults bite: before the work, instead of it, after it, or on the answer.

Faults that change what is bought or listed are acted out where that is done; here are those of the answer.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from shiplabel.sandbox.answers import ApiError, answer, error_answer, loads, refusal
from shiplabel.sandbox.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shiplabel.sandbox.call import Call
    from shiplabel.sandbox.faults import Switch

    Run = Callable[[], Response]

_HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>gateway</body></html>"
_ELSEWHERE = "https://elsewhere.invalid"
_LATER_S = 0.2
_DROPS = 64
_HOSTILE = "=cmd|' /C calc'!A0\x1b]0;owned\x07\x1b[2J\x9b31m\u202e../../../owned\r\n"
_SHOWN = (
    "friendly_name", "nickname", "carrier_friendly_name", "carrier_nickname", "service_type", "name",
    "message", "description", "tracking_number", "status_description", "carrier_delivery_days",
    "warning_messages",
)  # fmt: skip
_NEW_WORDS = ("shipment_status", "validation_status", "tracking_status", "charge_event", "status_code")


def answer_with_faults(call: Call, run: Run) -> Response:
    """Answer a call, bent by its faults; raise ConnectionError or TimeoutError where it breaks."""
    for switch in call.all("slow"):
        time.sleep(switch.seconds(1.0))
    for switch in call.switches:
        if switch.replaces:
            return _instead(call, switch, run)
    response = run()
    for switch in call.switches:
        response = _after(switch, response)
    return response


def _instead(call: Call, switch: Switch, run: Run) -> Response:
    if switch.name == "buy-after-hangup":
        return _act_after_hangup(call, switch, run)
    if switch.name == "redirect":
        to = switch.param("to", _ELSEWHERE)
        return Response(b"", int(switch.param("status", "307")), {"Location": f"{to}{call.request.path}"})
    if switch.name.startswith("download-"):
        return _bad_paper(call, switch, run)
    first, then, way = switch.name.partition("-then-")
    if then:
        return _break(call, switch, way, run())
    if first in _REFUSALS:
        return error_answer(_REFUSALS[first](call, switch))
    way = first.removeprefix("server-").removeprefix("void-")
    return _break(
        call, switch, way, answer({"label_id": "se-9999999", "status": "completed", "voided": False})
    )


def _break(call: Call, switch: Switch, way: str, response: Response) -> Response:
    """Answer in a broken way; the response is what a whole answer would have been."""
    line = Line(call.request)
    match way:
        case "hang":
            raise line.silence(switch.seconds(0) if "seconds" in switch.params else None)
        case "drop-before-head":
            raise line.dropped()
        case "drop-in-head":
            raise line.dropped(b"HTTP/1.1 200 OK\r\nContent-Type: appli")
        case "drop-mid-body":
            return line.torn(response)
        case "truncated":
            text = response.get_data()
            return Response(text[: len(text) // 2], 200, content_type="application/json")
        case "non-json":
            return Response("Everything is fine.", 200, content_type="application/json")
        case _:
            return _status(int(way))


def _status(status: int) -> Response:
    match status:
        case 500:
            return Response(b"", 500)
        case 409:
            return error_answer(refusal(409, "identifier_conflict", "The request conflicts with another."))
        case 503:
            return error_answer(refusal(503, "unspecified", "The service is unavailable.", kind="system"))
    words = "502 Bad Gateway" if status == 502 else "504 Gateway Time-out"  # noqa: PLR2004 - said beside it
    return Response(_HTML.format(words), status, content_type="text/html")


def _act_after_hangup(call: Call, switch: Switch, run: Run) -> Response:
    line = Line(call.request)
    if not line.real:
        threading.Timer(switch.seconds(_LATER_S), run).start()
        raise TimeoutError("the stand-in kept silent")
    line.await_hangup()
    time.sleep(switch.seconds(0))
    run()
    raise line.dropped()


def _bad_paper(call: Call, switch: Switch, run: Run) -> Response:
    match switch.name.removeprefix("download-"):
        case "404":
            return Response(b"", 404)
        case "410":
            return Response(b"", 410)
        case "wrong-type":
            return Response(_HTML.format("Please sign in"), 200, content_type="text/html")
        case "truncated":
            return Line(call.request).torn(run())
        case "too-large":
            return _flooded(run(), int(switch.param("megabytes", "25")))
        case _:
            return _dripping(run(), switch.seconds(60))


def _flooded(response: Response, megabytes: int) -> Response:
    paper = response.get_data()
    size = len(paper) + megabytes * 2**20
    chunks = (paper if part == 0 else bytes(2**20) for part in range(megabytes + 1))
    return Response(chunks, 200, {"Content-Length": str(size)}, content_type=response.content_type)


def _dripping(response: Response, seconds: float) -> Response:
    paper = response.get_data()
    headers = {"Content-Length": str(len(paper))}
    return Response(_drops(paper, seconds), response.status, headers, content_type=response.content_type)


def _drops(paper: bytes, seconds: float) -> Iterator[bytes]:
    size = -(-len(paper) // _DROPS) or 1
    for start in range(0, len(paper), size):
        yield paper[start : start + size]
        time.sleep(seconds / _DROPS)


def _after(switch: Switch, response: Response) -> Response:
    bend = _BENDS.get(switch.name)
    if bend is None or not response.is_json:
        return response
    bent = bend(loads(response.get_data()), switch)
    return answer(bent, response.status_code)


def _nulls(value: Any, switch: Switch) -> Any:
    if isinstance(value, dict):
        return {name: one if name.endswith("_id") else _nulls(one, switch) for name, one in value.items()}
    return [_nulls(one, switch) for one in value] if isinstance(value, list) else None


def _unknown_fields(value: Any, switch: Switch) -> Any:
    if isinstance(value, list):
        return [_unknown_fields(one, switch) for one in value]
    if not isinstance(value, dict):
        return value
    bent = {
        name: "brand_new_word" if name in _NEW_WORDS and one else _unknown_fields(one, switch)
        for name, one in value.items()
    }
    return bent | {"brand_new_field": {"deep": [1, None, "x"]}}


def _hostile(value: Any, switch: Switch) -> Any:
    if isinstance(value, list):
        return [_hostile(one, switch) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _worded(name, one, switch) for name, one in value.items()}


def _worded(name: str, value: Any, switch: Switch) -> Any:
    """Return a value with hostile text in the place of any that people are shown."""
    if name not in _SHOWN or value is None:
        return _hostile(value, switch)
    return [_HOSTILE] if isinstance(value, list) else _HOSTILE if isinstance(value, str) else value


def _string_amounts(value: Any, switch: Switch) -> Any:
    if isinstance(value, list):
        return [_string_amounts(one, switch) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: str(one) if name in ("amount", "balance") and one is not None else _string_amounts(one, switch)
        for name, one in value.items()
    }


def _label_urls(value: Any, switch: Switch) -> Any:
    if isinstance(value, list):
        return [_label_urls(one, switch) for one in value]
    if not isinstance(value, dict):
        return value
    to = switch.param("to", f"{_ELSEWHERE}/label.pdf")
    return {
        name: dict.fromkeys(one, to) if name == "label_download" and one else _label_urls(one, switch)
        for name, one in value.items()
    }


_BENDS: dict[str, Callable[[Any, Switch], Any]] = {
    "nulls": _nulls,
    "unknown-fields": _unknown_fields,
    "string-amounts": _string_amounts,
    "hostile-text": _hostile,
    "label-url": _label_urls,
}


def _too_many(call: Call, switch: Switch) -> ApiError:
    error = refusal(429, "rate_limit_exceeded", "You have exceeded the rate limit.", kind="system")
    seconds = switch.seconds(1.0)
    if switch.name == "status-429":
        error.headers["Retry-After"] = f"{seconds:.0f}"
    elif switch.name == "status-429-date":
        moment = call.now.replace(microsecond=0) + timedelta(seconds=seconds)
        error.headers["Retry-After"] = format_datetime(moment, usegmt=True)
    return error


def _bad_address(_: Call, switch: Switch) -> ApiError:
    field = switch.param("field", "ship_to.postal_code")
    message = f"A shipping carrier error occurred: {field} could not be verified."
    return refusal(400, "invalid_address", message, source="carrier", field_name=field)


def _plain(status: int, code: str, message: str, **parts: Any) -> Callable[[Call, Switch], ApiError]:
    def refuse(_: Call, __: Switch) -> ApiError:
        return refusal(status, code, message, **parts) if code else ApiError(status)

    return refuse


_REFUSALS: dict[str, Callable[[Call, Switch], ApiError]] = {
    "insufficient-funds": _plain(400, "insufficient_funds", "The balance is too low.", source="carrier"),
    "invalid-address": _bad_address,
    "identifier-conflict": _plain(
        400,
        "identifier_conflict",
        "external_shipment_id is already used by another shipment.",
        field_name="external_shipment_id",
    ),
    "unknown-code": _plain(400, "flux_capacitor_empty", "Something new went wrong.", kind="brand_new_type"),
    "status-401": _plain(401, "unauthorized", "The API key is invalid.", kind="security"),
    "status-402": _plain(402, "subscription_inactive", "Payment is required.", kind="account_status"),
    "status-403": _plain(403, "forbidden", "The plan does not allow this.", kind="account_status"),
    "status-404": _plain(404, "", ""),
    "status-409": _plain(409, "identifier_conflict", "The request conflicts with another."),
    "status-422": _plain(422, "invalid_field_value", "The request cannot be processed.", kind="validation"),
    "status-429": _too_many,
    "status-429-date": _too_many,
    "status-429-bare": _too_many,
}
