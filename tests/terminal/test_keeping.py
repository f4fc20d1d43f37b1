"""What a clerk saves on the way, and how few keys the next label takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.label import Label
from shiplabel.storage.addresses import AddressBook
from shiplabel.storage.templates import Templates
from tests.terminal.driver import BACK, CLEAR
from tests.terminal.script import KEPT, wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk, Service

SENDER = {"address1": "4009 Marathon Blvd", "city": "Austin", "state": "TX", "zip": "78756"}
ADA = {"address1": "525 S Winchester Blvd", "city": "San Jose", "state": "CA", "zip": "95128"}
BOX = {f"parcel_{part}": KEPT[f"parcel_{part}"] for part in ("weight", "length", "width", "height")}


def book(desk: Desk) -> AddressBook:
    return AddressBook(desk.home / "data" / "addresses.json")


def templates(desk: Desk) -> Templates:
    return Templates(desk.home / "data" / "templates.json")


def test_template_saved_at_the_review_holds_all_answers(desk: Desk) -> None:
    terminal = desk.at("confirm")
    assert "t template" in terminal.screen
    terminal.send("t")
    terminal.wait_for("Name of the template")
    terminal.send("to the Browns\r")
    terminal.wait_for("is a template of ship_from, ship_to, parcel")
    wait_step(terminal, "confirm")
    assert templates(desk).get("to the browns").answers == KEPT
    assert desk.session().step == "confirm"


def test_parcel_saved_at_the_review_is_the_preset_offered_next(desk: Desk) -> None:
    terminal = desk.at("confirm")
    terminal.send("p")
    terminal.wait_for("Name of the parcel preset")
    terminal.send("small box\r")
    terminal.wait_for("is a template of parcel")
    assert templates(desk).get("small box").answers == BOX
    wait_step(terminal, "confirm")
    terminal.send("x")
    terminal.wait_for("Discard this label")
    terminal.send("y")
    assert terminal.end() == 0
    assert "Last parcel: small box" in desk.at("parcel_weight").pages


@pytest.mark.parametrize(("key", "step"), [("t", "to_name"), ("\r", "to_name"), ("f", "from_name")])
def test_address_saved_at_the_review_is_in_the_book(desk: Desk, key: str, step: str) -> None:
    terminal = desk.at("confirm")
    terminal.send("a")
    terminal.wait_for("Save whom")
    terminal.send(key)
    terminal.wait_for("Name in the address book")
    terminal.send("\r")
    terminal.wait_for("is in the address book")
    (entry,) = book(desk).entries()
    assert entry.name == KEPT[step]
    assert entry.fields["zip"] == KEPT[step.replace("name", "zip")]
    assert entry.default == (step == "from_name")


def test_name_that_exists_asks_replace_another_or_cancel(desk: Desk) -> None:
    book(desk).save("Ada", ADA)
    terminal = desk.at("confirm")
    terminal.send("a")
    terminal.wait_for("Save whom")
    terminal.send("t")
    terminal.wait_for("Name in the address book")
    terminal.send(f"{CLEAR}ada\r")
    terminal.wait_for("r replace · a another name · c cancel")
    terminal.send("a")
    terminal.wait_for("Name in the address book")
    terminal.send("\r")
    terminal.wait_for("r replace · a another name · c cancel")
    assert book(desk).get("ada").fields["name"] == "Ada"
    terminal.send("r")
    terminal.wait_for("is in the address book")
    assert book(desk).get("ada").fields["name"] == KEPT["to_name"]


def test_saving_that_is_left_saves_nothing(desk: Desk) -> None:
    templates(desk).save("box", BOX, {})
    terminal = desk.at("confirm")
    for keys, answer in (("t", BACK), ("t", "\r"), ("p", "box\rc")):
        terminal.send(keys)
        terminal.wait_for("Name of the")
        terminal.send(answer)
        wait_step(terminal, "confirm")
        terminal.wait_for("Enter gets rates")
    terminal.send("a")
    terminal.wait_for("Save whom")
    terminal.send(BACK)
    terminal.wait_for("Enter gets rates")
    assert [template.name for template in templates(desk).entries()] == ["box"]
    assert book(desk).entries() == []


def test_label_for_a_known_recipient_and_a_preset_takes_six_keys(desk: Desk, service: Service) -> None:
    book(desk).save("Harbor Goods", SENDER, default=True)
    book(desk).save("Ada Lovelace", ADA)
    book(desk).save("Zoe", SENDER)
    templates(desk).save("small box", BOX, {})
    terminal = desk.open("new")
    pressed = 0
    for step, keys in (
        ("to_name", "a"),
        ("to_name", "\r"),
        ("parcel_weight", "\r"),
        ("confirm", "\r"),
        ("rate", "\r"),
        ("purchase", "y"),
    ):
        wait_step(terminal, step)
        terminal.send(keys)
        pressed += len(keys)
    assert terminal.end() == 0
    assert pressed == 6
    label = desk.record().purchase.label
    assert isinstance(label, Label)
    assert len(service.charges()) == 1
    assert desk.record().answers["to_address1"] == "525 S Winchester Blvd"


def test_recent_recipient_is_offered_without_being_saved(desk: Desk, service: Service) -> None:
    terminal = desk.at("purchase")
    terminal.send("y")
    assert terminal.end() == 0
    assert book(desk).entries() == []
    book(desk).save("Harbor Goods", SENDER, default=True)
    again = desk.open("new")
    wait_step(again, "to_name")
    again.send("bri")
    again.wait_for("O'Brien")
    again.send("\r")
    wait_step(again, "parcel_weight")
    assert desk.session().answers["to_address1"] == KEPT["to_address1"]
    assert len(service.charges()) == 1


@pytest.mark.parametrize("part", ["love", "engines", "winch", "jose", "525"])
def test_name_prompt_completes_by_any_part(desk: Desk, part: str) -> None:
    book(desk).save("Harbor Goods", SENDER, default=True)
    book(desk).save("Ada Lovelace", {**ADA, "company": "Analytical Engines"})
    terminal = desk.open("new")
    wait_step(terminal, "to_name")
    terminal.send(part)
    terminal.wait_for("Enter takes Ada Lovelace")
    terminal.send("\r")
    wait_step(terminal, "parcel_weight")
    assert desk.session().answers["to_company"] == "Analytical Engines"


def test_name_with_a_space_behind_it_is_kept_as_typed(desk: Desk) -> None:
    book(desk).save("Ada Lovelace", ADA)
    terminal = desk.open("new")
    wait_step(terminal, "from_name")
    terminal.send("Jose \r")
    wait_step(terminal, "from_company")
    assert desk.session().answers["from_name"] == "Jose"


@pytest.mark.parametrize("by", ["settings", "template"])
def test_rule_of_settings_or_template_is_what_enter_takes(desk: Desk, by: str) -> None:
    book(desk).save("Harbor Goods", SENDER, default=True)
    book(desk).save("Ada", ADA)
    templates(desk).save("box", BOX, {"rule": "fastest"} if by == "template" else {})
    config = desk.home / "config.toml"
    config.write_text('rule = "fastest"\n' if by == "settings" else "")
    terminal = desk.open("new", "--to", "Ada", "--template", "box", SHIPLABEL_CONFIG=str(config))
    wait_step(terminal, "confirm")
    terminal.send("\r")
    wait_step(terminal, "rate")
    assert "(fastest), or a number" in terminal.screen
    terminal.send("\r")
    wait_step(terminal, "purchase")
    chosen = desk.session().rate
    assert chosen is not None
    fitting = [rate for rate in desk.session().quotes if rate.package_type in {None, "package"}]
    assert chosen.delivery_days == min(rate.delivery_days or 99 for rate in fitting)
