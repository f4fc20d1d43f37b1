"""Every request that the client sends, held against the service's own OpenAPI description.

The description is the service's and not kept here: ``SERVICE_DESCRIPTION`` names its folder.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema
import pytest
import yaml

from shiplabel.domain.shipment import Address
from shiplabel.shipstation.client import Client
from tests.shipstation.parts import KEY, Script, Steady, intent, shipment

if TYPE_CHECKING:
    from collections.abc import Callable

_BESIDE = Path(__file__).parents[3] / "shared" / "shipstation"
DESCRIPTION = Path(os.environ.get("SERVICE_DESCRIPTION", _BESIDE)) / "openapi-v2.yaml"
pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason="the description is not here")

TO = Address("José", "525 S Winchester Blvd", "San Jose", "CA", "95128", phone="408-555-0100")
WISH = shipment(ship_to=TO, carrier_id="se-1", service_code="ups_ground")
NOW = datetime(2026, 3, 4, tzinfo=UTC)
SERVICE = {"carrier_id": "se-1", "service_code": "ups_ground"}
CALLS: dict[str, Callable[[Client], object]] = {
    "carriers": lambda client: client.carriers(),
    "create_shipment": lambda client: client.create_shipment(WISH),
    "update_shipment": lambda client: client.update_shipment("se-2", WISH),
    "find_shipment": lambda client: client.find_shipment("sl-1042"),
    "shipment": lambda client: client.shipment("se-2"),
    "quote_by_id": lambda client: client.quote(["se-1"], shipment_id="se-2"),
    "quote_by_wish": lambda client: client.quote(["se-1"], shipment=WISH),
    "rate": lambda client: client.rate("se-3"),
    "buy_rate": lambda client: client.buy(intent("rate"), WISH),
    "buy_shipment": lambda client: client.buy(intent("shipment"), WISH),
    "buy_inline": lambda client: client.buy(intent("inline", **SERVICE), WISH),
    "label": lambda client: client.label("se-4"),
    "labels": lambda client: list(client.labels(external_shipment_id="sl-1042")),
    "shipments": lambda client: list(client.shipments(NOW)),
    "void": lambda client: client.void("se-4"),
    "track": lambda client: client.track("se-4"),
}


@cache
def description() -> Any:
    told = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    rates = told["components"]["schemas"]["calculate_rates_request_body"]
    rates.pop("required")  # it asks for both of two fields that exclude each other
    for one in rates["oneOf"]:
        one["required"] = list(one["properties"])
    for name in ("shipment", "address_validating_shipment"):
        told["components"]["schemas"][name].pop("required", None)  # it lists what the service fills in
    return loosened(told)


def loosened(part: Any) -> Any:
    """Return the description as it is meant.

    ``additionalProperties: false`` forbids everything inside allOf, ``x-nullable`` means null too,
    and what only the service writes is not required of a request.
    """
    if isinstance(part, list):
        return [loosened(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: loosened(one) for name, one in part.items() if name != "additionalProperties" or one}
    if kept.get("x-nullable") is True and isinstance(kept.get("type"), str):
        kept["type"] = [kept["type"], "null"]
    if isinstance(kept.get("required"), list):
        fields = kept.get("properties", {})
        kept["required"] = [name for name in kept["required"] if not fields.get(name, {}).get("readOnly")]
    return kept


def fits(template: str, path: str) -> bool:
    parts, asked = template.split("/"), path.split("/")
    return len(parts) == len(asked) and all(
        one.startswith("{") or one == other for one, other in zip(parts, asked, strict=True)
    )


def operation(request: httpx.Request) -> Any:
    """Return the description of a request's operation; the path with the fewest placeholders wins."""
    paths = description()["paths"]
    path = request.url.path.removeprefix("/v2") if "/v2/labels" not in paths else request.url.path
    found = [one for one in paths if fits(one, path) and request.method.lower() in paths[one]]
    assert found, f"{request.method} {request.url.path} is not described"
    best = min(found, key=lambda one: one.count("{"))
    return paths[best][request.method.lower()]


def query_names(told: Any) -> set[str]:
    names = set()
    for one in told.get("parameters", []):
        whole = one
        if "$ref" in one:
            whole = description()["components"]["parameters"][one["$ref"].rsplit("/", 1)[1]]
        if whole["in"] == "query":
            names.add(whole["name"])
    return names


@pytest.mark.parametrize("call", CALLS)
def test_request_of_each_call_is_what_the_service_describes(call: str) -> None:
    script = Script([httpx.Response(400)])
    client = Client("https://api.example.test", KEY, transport=httpx.MockTransport(script), clock=Steady())
    with pytest.raises(Exception, match="refused"):
        CALLS[call](client)
    [request] = script.seen
    told = operation(request)
    assert set(request.url.params) <= query_names(told)
    if not request.content:
        assert not told.get("requestBody", {}).get("required")
        return
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    root = {**schema, "components": description()["components"]}
    validator = jsonschema.Draft202012Validator(root)
    assert [error.message for error in validator.iter_errors(json.loads(request.content))] == []
