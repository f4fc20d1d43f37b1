"""What goes over the wire: JSON with exact decimals, and the service's error bodies."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from werkzeug.wrappers import Response

_MARK = "\ue000"
_MARKED = re.compile(r'"\\ue000(-?[0-9]+(?:\.[0-9]+)?)"')

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One error as the service words it; ``field_name`` is a path into the request's body."""

    code: str
    message: str
    kind: str = "business_rules"
    source: str = "ShipStation"
    field_name: str | None = None
    field_value: str | None = None
    carrier_id: str | None = None
    carrier_code: str | None = None
    carrier_name: str | None = None

    def document(self) -> Document:
        """Return the error as JSON has it; parts that are not known are left out."""
        told: Document = {
            "error_source": self.source,
            "error_type": self.kind,
            "error_code": self.code,
            "message": self.message,
        }
        for name in ("field_name", "field_value", "carrier_id", "carrier_code", "carrier_name"):
            if (value := getattr(self, name)) is not None:
                told[name] = value
        return told


@dataclass(slots=True)
class ApiError(Exception):
    """A refusal: an HTTP status, its errors, and headers such as Retry-After."""

    status: int
    errors: tuple[Complaint, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


def refusal(status: int, code: str, message: str, **parts: Any) -> ApiError:
    """Return a refusal with one error."""
    return ApiError(status, (Complaint(code=code, message=message, **parts),))


def invalid_field(name: str, value: object, message: str, code: str = "invalid_field_value") -> ApiError:
    """Return the 400 that names a field of the request."""
    return refusal(400, code, message, kind="validation", field_name=name, field_value=as_text(value))


def unknown_id(name: str, value: str) -> ApiError:
    """Return the 404 for an id that nobody gave out."""
    return refusal(404, "invalid_identifier", f"Invalid {name}.", field_name=name, field_value=value)


def as_text(value: object) -> str | None:
    """Return a field's value as errors show it."""
    return None if value is None else str(value)


def dumps(document: object) -> str:
    """Encode JSON; decimals become numbers with every digit they were given, such as 7.5800."""
    return _MARKED.sub(r"\1", json.dumps(document, default=_encode))


def loads(text: str | bytes) -> Any:
    """Decode JSON, numbers with a point as decimals; raise ValueError for what is not JSON."""
    return json.loads(text, parse_float=Decimal)


def answer(document: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(dumps(document), status, headers, content_type="application/json; charset=utf-8")


def error_answer(error: ApiError) -> Response:
    """Return the answer for a refusal; without errors its body is empty."""
    if not error.errors:
        return Response(b"", error.status, error.headers)
    document = {"request_id": str(uuid.uuid4()), "errors": [one.document() for one in error.errors]}
    return answer(document, error.status, error.headers)


def _encode(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}"
    raise TypeError(f"not JSON: {type(value).__name__}")
