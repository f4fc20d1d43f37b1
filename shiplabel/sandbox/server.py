"""The stand-in as a WSGI application: keys, the budget of requests, routing, control paths."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from shiplabel.sandbox import armed, biting, carriers_api, downloads, labels, purchases, quoting, shipments
from shiplabel.sandbox.answers import ApiError, Document, answer, error_answer, loads, refusal
from shiplabel.sandbox.budget import check_budget
from shiplabel.sandbox.call import Call
from shiplabel.sandbox.faults import FaultTextError
from shiplabel.sandbox.ledger import Ledger, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    Endpoint = tuple[str, Callable[[Call], Response]]

_BAD_KEYS = ("bad", "TEST_bad")
_ROUTES: tuple[tuple[str, str, str, Callable[[Call], Response]], ...] = (
    ("GET", "/v2/carriers", "carriers", carriers_api.list_all),
    ("GET", "/v2/carriers/<carrier_id>", "carriers", carriers_api.get),
    ("POST", "/v2/shipments", "shipments", shipments.create),
    (
        "GET",
        "/v2/shipments/external_shipment_id/<external_shipment_id>",
        "shipments",
        shipments.get_by_external,
    ),
    ("GET", "/v2/shipments/<shipment_id>", "shipments", shipments.get),
    ("PUT", "/v2/shipments/<shipment_id>", "shipments", shipments.update),
    ("GET", "/v2/shipments/<shipment_id>/rates", "rates", quoting.of_shipment),
    ("POST", "/v2/rates", "rates", quoting.quote),
    ("GET", "/v2/rates/<rate_id>", "rates", quoting.rate),
    ("POST", "/v2/labels", "purchase", purchases.from_scratch),
    ("POST", "/v2/labels/rates/<rate_id>", "purchase", purchases.from_rate),
    ("POST", "/v2/labels/shipment/<shipment_id>", "purchase", purchases.from_shipment),
    ("GET", "/v2/labels", "labels", labels.list_all),
    ("GET", "/v2/labels/external_shipment_id/<external_shipment_id>", "labels", labels.get_by_external),
    ("GET", "/v2/labels/<label_id>", "labels", labels.get),
    ("PUT", "/v2/labels/<label_id>/void", "void", labels.void),
    ("GET", "/v2/labels/<label_id>/track", "track", labels.track),
    ("GET", "/v2/downloads/<int:folder>/<token>/<name>", "download", downloads.get),
)


def utc_now() -> datetime:
    """Return the aware UTC time."""
    return datetime.now(UTC)


def create_app(
    ledger: Path | str, *, faults: str | None = None, now: Callable[[], datetime] = utc_now
) -> Sandbox:
    """Return the application on a ledger file; raise FaultTextError for a fault text it cannot read."""
    return Sandbox(Ledger(ledger), faults, now)


class Sandbox:
    """A WSGI application; ``ledger`` tells what was charged. A ledger that cannot be written is a 500."""

    def __init__(self, ledger: Ledger, faults: str | None, now: Callable[[], datetime]) -> None:
        self.ledger = ledger
        self._faults = faults
        self._now = now
        self._source = armed.arm_once(ledger, faults)
        self._routes = Map(
            [Rule(path, methods=[verb], endpoint=(word, act)) for verb, path, word, act in _ROUTES],
            strict_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; a broken connection leaves as ConnectionError or TimeoutError."""
        request = Request(environ)
        act = self._control if request.path.startswith("/sandbox/") else self._answer
        try:
            response = act(request)
        except sqlite3.OperationalError:
            response = Response(status=500)
        return response(environ, start_response)

    def reset(self) -> None:
        """Forget everything, and arm the start-up faults anew."""
        self.ledger.reset()
        armed.arm_once(self.ledger, self._faults)

    def _answer(self, request: Request) -> Response:
        now = self._now()
        query = request.query_string.decode("latin-1")
        self.ledger.log_request(now, request.method, request.path, query)
        try:
            endpoint, values = self._routes.bind_to_environ(request.environ).match()
            word, act = cast("Endpoint", endpoint)
            if word != "download":
                check_budget(self.ledger, armed.find(self.ledger, self._source, "rate-limit"), _key(request))
            call = Call(
                request=request,
                ledger=self.ledger,
                values={name: str(value) for name, value in values.items()},
                now=now,
                switches=armed.take(self.ledger, self._source, word, request.get_data(as_text=True)),
            )
            return biting.answer_with_faults(call, lambda: _run(act, call))
        except ApiError as error:
            return error_answer(error)
        except HTTPException as error:
            return error_answer(_no_route(error))

    def _control(self, request: Request) -> Response:
        told: object
        match request.method, request.path:
            case "GET", "/sandbox/faults":
                told = armed.listed(self.ledger, self._source)
            case "POST", "/sandbox/faults":
                return self._arm(request)
            case "DELETE", "/sandbox/faults":
                armed.disarm(self.ledger)
                told = []
            case "GET", "/sandbox/charges":
                told = [_charge(asdict(one)) for one in self.ledger.charges()]
            case "GET", "/sandbox/requests":
                told = self.ledger.requests()
            case "POST", "/sandbox/reset":
                self.reset()
                told = {"reset": True}
            case _:
                return answer({"error": "no such control path"}, 404)
        return answer(told)

    def _arm(self, request: Request) -> Response:
        try:
            armed.arm(self.ledger, str(loads(request.get_data())["faults"]))
        except FaultTextError as error:
            return answer({"error": str(error)}, 400)
        except (ValueError, KeyError, TypeError):
            return answer({"error": 'the body must be {"faults": "TEXT"}'}, 400)
        return answer(armed.listed(self.ledger, self._source))


def _run(act: Callable[[Call], Response], call: Call) -> Response:
    try:
        return act(call)
    except ApiError as error:
        return error_answer(error)


def _key(request: Request) -> str:
    key = request.headers.get("API-Key", "").strip()
    if not key or key in _BAD_KEYS:
        message = "The API key is missing." if not key else "The API key is invalid."
        raise refusal(401, "unauthorized", message, kind="security")
    return key


def _no_route(error: HTTPException) -> ApiError:
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        found = refusal(405, "unspecified", "This method is not allowed here.")
        found.headers["Allow"] = allowed
        return found
    return refusal(404, "invalid_identifier", "There is nothing at this path.")


def _charge(charge: Document) -> Document:
    return charge | {"amount": str(charge["amount"]), "at": stamp(charge["at"])}
