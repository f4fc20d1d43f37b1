from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.amounts import parse_money
from shiplabel.errors import InputError
from shiplabel.storage.named_list import TakenName
from shiplabel.storage.templates import Template, Templates, template_of
from shiplabel.workflow.session import Wishes
from tests.storage.records import bought

if TYPE_CHECKING:
    from pathlib import Path

BOX = {"parcel_weight": "1lb", "parcel_length": "8", "parcel_width": "6", "parcel_height": "4"}


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    return Templates(tmp_path / "templates.json")


def test_template_keeps_answers_as_understood(templates: Templates) -> None:
    saved = templates.save("box", BOX, {"confirmation": "signature"})
    assert saved.answers["parcel_weight"] == "1 lb"
    assert templates.get("BOX") == saved
    assert saved.parts == ["parcel", "confirmation"]


def test_template_of_a_parcel_alone_is_a_preset(templates: Templates) -> None:
    assert templates.save("box", BOX, {"package_code": "flat"}).is_preset
    assert not templates.save("signed", BOX, {"confirmation": "signature"}).is_preset
    assert not templates.save("rule", {}, {"rule": "cheapest"}).is_preset


def test_template_with_a_wrong_answer_names_its_step(templates: Templates) -> None:
    with pytest.raises(InputError) as error:
        templates.save("box", {**BOX, "parcel_weight": "151lb"}, {})
    assert error.value.field == "parcel_weight"
    assert templates.entries() == []


@pytest.mark.parametrize(
    ("answers", "wishes"), [({}, {}), ({}, {"order_id": "7"}), ({}, {"insured_value": "much"})]
)
def test_template_of_nothing_or_of_what_it_cannot_keep_is_refused(
    templates: Templates, answers: dict[str, str | None], wishes: dict[str, str]
) -> None:
    with pytest.raises(InputError):
        templates.save("box", answers, wishes)


def test_template_name_that_is_taken_is_refused_unless_replaced(templates: Templates) -> None:
    templates.save("box", BOX, {})
    with pytest.raises(TakenName):
        templates.save("Box", BOX, {"rule": "cheapest"})
    assert templates.save("Box", BOX, {"rule": "cheapest"}, replace=True) == templates.get("box")
    assert len(templates.entries()) == 1


def test_template_over_wishes_changes_only_its_own(templates: Templates) -> None:
    saved = templates.save("box", BOX, {"insured_value": "100 usd", "format": "zpl"})
    wishes = saved.over(Wishes(order_id="7", reference="kept"))
    assert (wishes.order_id, wishes.reference, wishes.format) == ("7", "kept", "zpl")
    assert wishes.insured_value == parse_money("100usd")


def test_template_of_a_label_leaves_out_what_belongs_to_one(templates: Templates) -> None:
    record = bought(1, to_address1="1 Elm St", to_company=None)
    made = template_of(record, "again")
    assert made.answers == {
        "to_name": "Ada Lovelace",
        "to_city": "Austin",
        "to_address1": "1 Elm St",
        "to_company": None,
    }
    assert made.wishes == {}
    assert template_of(record, "again", {"parcel"}) == Template("again")


def test_template_that_was_used_last_is_offered_first(templates: Templates) -> None:
    assert templates.last_preset() is None
    small = templates.save("small", BOX, {})
    templates.save("large", {**BOX, "parcel_weight": "9lb"}, {})
    signed = templates.save("signed", BOX, {"confirmation": "signature"})
    templates.used(small)
    templates.used(signed)
    assert templates.last_preset() == small
    assert [one.name for one in templates.presets()] == ["small", "large"]
    templates.remove("small")
    assert templates.last_preset() is None


def test_template_rename_keeps_its_answers(templates: Templates) -> None:
    saved = templates.save("box", BOX, {})
    templates.rename("box", "carton")
    assert templates.get("carton").answers == saved.answers
