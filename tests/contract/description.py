"""The service's own description and recorded answers, where this machine has them beside the project.

The description has faults of its own, and what is really sent differs from it: those places are loosened
here, one by one, and nothing else is.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_BESIDE = Path(__file__).parents[3] / "shared" / "shipstation"
FOLDER = Path(os.environ.get("SERVICE_DESCRIPTION", _BESIDE))
DESCRIPTION = FOLDER / "openapi-v2.yaml"
RECORDED = FOLDER / "fixtures"

needs_description = pytest.mark.skipif(not DESCRIPTION.is_file(), reason="the description is not here")
needs_recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not here")

_KEYS = {"label_id", "rate_id", "shipment_id"}
_JSON = "application/json"
_LEFT_OUT = {"exclusiveMinimum", "additionalProperties"}
_WORDS = ("created_at", "carrier_code")
"""Typed as ids in some places: a moment and a carrier's word."""


@cache
def description() -> Any:
    """Return the description, loosened."""
    return _loosened(yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8")))


def _loosened(part: Any) -> Any:
    """Return a part of the description without its known faults.

    ``additionalProperties: false`` inside ``allOf`` forbids everything. A weight of one pound is under the
    ``exclusiveMinimum``. A rate is asked with a shipment or with its id: both are required at once, and
    each body fits both of the ``oneOf``.
    """
    if isinstance(part, list):
        return [_loosened(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if key not in _LEFT_OUT}
    if kept.get("title") == "calculate_rates_request_body":
        kept = {"anyOf": kept["oneOf"], "allOf": kept["allOf"]}
    if isinstance(kept.get("properties"), dict):
        words = {name: {"type": "string"} for name in _WORDS if name in kept["properties"]}
        kept["properties"] = kept["properties"] | words
    return {key: _loosened(value) for key, value in kept.items()}


def operation(method: str, path: str) -> Any:
    """Return the description of an operation; the path with the fewest placeholders wins."""
    paths = description()["paths"]
    found = [one for one in paths if _fits(one, path) and method.lower() in paths[one]]
    assert found, f"{method} {path} is not described"
    return paths[min(found, key=lambda one: one.count("{"))][method.lower()]


def _fits(template: str, path: str) -> bool:
    parts, asked = template.split("/"), path.split("/")
    return len(parts) == len(asked) and all(
        one.startswith("{") or one == other for one, other in zip(parts, asked, strict=True)
    )


def query_names(told: Any) -> set[str]:
    """Return the names that an operation's query may have."""
    wholes = [_resolved(one) for one in told.get("parameters", [])]
    return {one["name"] for one in wholes if one["in"] == "query"}


def request_faults(told: Any, body: Any) -> list[str]:
    """Return what is wrong with a request's body."""
    return _faults(_Asked, told["requestBody"]["content"][_JSON]["schema"], body)


def answer_faults(told: Any, status: int, body: Any) -> list[str]:
    """Return what is wrong with an answer's body; its status must be described."""
    answer = _resolved(told["responses"][str(status)])
    return _faults(_Answered, answer["content"][_JSON]["schema"], body)


def _resolved(part: Any) -> Any:
    while "$ref" in part:
        _, *names = part["$ref"].split("/")
        part = description()
        for name in names:
            part = part[name]
    return part


def _faults(validator: Any, schema: Any, body: Any) -> list[str]:
    root = {**schema, "components": description()["components"]}
    worst = [jsonschema.exceptions.best_match([error]) for error in validator(root).iter_errors(body)]
    return [f"{error.json_path}: {error.message[:200]}" for error in worst if error]


def _told_properties(validator: Any, properties: Any, body: Any, schema: Any) -> Iterator[Any]:
    """Hold an object's properties against theirs, save those that are null or empty: all but keys may be."""
    told = {name: one for name, one in body.items() if one not in (None, "") or name in _KEYS}
    yield from _STRICT.VALIDATORS["properties"](validator, properties, told, schema)


def _required_but(mark: str, *filled_in: str) -> Any:
    """Return the check of ``required`` without properties that are marked or that the service fills in."""

    def check(validator: Any, required: Any, body: Any, schema: Any) -> Iterator[Any]:
        marked = {name for name, one in schema.get("properties", {}).items() if one.get(mark)}
        names = set(required) - marked - set(filled_in)
        yield from _STRICT.VALIDATORS["required"](validator, names, body, schema)

    return check


_STRICT = jsonschema.Draft202012Validator
_FILLED_IN = ("shipment_id", "created_at", "modified_at", "shipment_status", "return_to", "total_weight",
              "advanced_options", "tags")  # fmt: skip
"""A purchase with its shipment is described as if the shipment were there already."""
_LACKING = ("carrier_status_description", "status_description")
"""Required of a tracking event, and not in those that were recorded."""

_extended: Any = jsonschema.validators.extend
_Asked = _extended(
    _STRICT, {"required": _required_but("readOnly", *_FILLED_IN), "properties": _told_properties}
)
_Answered = _extended(
    _STRICT, {"required": _required_but("writeOnly", *_LACKING), "properties": _told_properties}
)
