from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shiplabel.domain.label import LabelFile
from shiplabel.domain.money import Money
from shiplabel.domain.rate import Rate
from shiplabel.errors import StorageError
from shiplabel.storage import codec
from shiplabel.storage.codec import from_document, head_of, to_document
from shiplabel.workflow.session import SCHEMA, Documents, Intent, Purchase, Session, StepError, begin, note
from shiplabel.workflow.states import PurchaseState
from tests.storage.records import bought

NOW = datetime(2026, 11, 1, 9, 30, 0, 123456, tzinfo=UTC)


def whole() -> Session:
    """Return a session that has something in every field."""
    rate = Rate(
        rate_id="se-r1",
        carrier_id="se-c1",
        carrier_code="ups",
        service_code="ups_ground",
        total=Money(Decimal("7.5800")),
        parts={"shipping": Money(Decimal("7.58")), "insurance": Money(Decimal("0.0001"), "cad")},
        delivery_at=NOW,
        warnings=("low balance",),
    )
    intent = Intent(by="rate", at=NOW, shipment_key="sl-1", rate_id="se-r1", quoted=rate.total)
    label = bought(1).purchase.label
    session = begin(now=NOW, life=timedelta(hours=1), environment="test", shipment_key="sl-1")
    return replace(
        note(session, "answered", NOW, "ada"),
        session_id="K7M2P",
        batch="b1",
        row=2,
        answers={"from_name": "O'Brien & José 🎁", "from_company": None},
        quotes=(rate,),
        quoted_at=NOW,
        rate=rate,
        purchase=Purchase(state=PurchaseState.UNKNOWN, intent=intent, label=label, label_id="se-1"),
        documents=Documents(state="saved", files=(LabelFile("/a.pdf", "pdf", "4x6"),), printed_at=NOW),
        error=StepError(step="rate", code="x", message="y", request_id=None, at=NOW),
    )


def body(**changes: Any) -> dict[str, Any]:
    document = json.loads(json.dumps(to_document(whole())))
    return {**document, "body": {**document["body"], **changes}}


def test_session_through_json_comes_back_equal() -> None:
    assert from_document(body()) == whole()


def test_unknown_fields_of_a_document_are_tolerated() -> None:
    assert from_document(body(added_later=1)) == whole()


def test_newer_schema_is_refused_with_a_way_out() -> None:
    with pytest.raises(StorageError, match="newer shiplabel") as caught:
        from_document(body(schema=SCHEMA + 1))
    assert caught.value.code != "damaged"
    assert "update shiplabel" in caught.value.hint


def test_older_schema_is_migrated_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codec.MIGRATIONS, 0, lambda old: {**old, "schema": 1, "batch": "migrated"})
    assert from_document(body(schema=0)).batch == "migrated"


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "one"},
        {"schema": None},
        {"schema": -4},
        {"answers": 3},
        {"step": None},
        {"purchase": {"state": "x"}},
    ],
)
def test_wrong_types_in_a_document_are_damage(changes: dict[str, Any]) -> None:
    with pytest.raises(StorageError) as caught:
        from_document(body(**changes))
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("document", [{}, {"body": None}, {"body": []}, [], "text", None])
def test_document_without_a_body_is_damage(document: Any) -> None:
    with pytest.raises(StorageError) as caught:
        from_document(document)
    assert caught.value.code == "damaged"


def test_head_stands_first_and_tells_what_a_listing_shows() -> None:
    document = to_document(whole())
    assert next(iter(document)) == "head"
    head = head_of(whole())
    assert (head["session_id"], head["status"], head["shipment_key"]) == ("K7M2P", "unknown", "sl-1")
    assert head["cost"] == {"amount": "8.50", "currency": "usd"}
    assert json.loads(json.dumps(head)) == head


def test_head_of_long_answers_stays_short() -> None:
    session = replace(whole(), answers={"to_name": "🎁" * 10_000})
    assert len(json.dumps(head_of(session), ensure_ascii=False).encode()) < 2048


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        ("shiplabel.storage.codec", "shiplabel.workflow.session.Session"),
        ("shiplabel.storage.carriers", "shiplabel.domain.rate.Carrier"),
    ],
)
def test_reader_of_many_threads_is_made_when_its_module_is(module: str, shape: str) -> None:
    home, name = shape.rsplit(".", 1)
    look = f"import {module}, {home}; assert '__msgspec_cache__' in vars({home}.{name})"
    subprocess.run([sys.executable, "-c", look], check=True)  # our own words
