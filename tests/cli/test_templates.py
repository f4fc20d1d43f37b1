from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import ADA, PARCEL

if TYPE_CHECKING:
    from tests.cli.shop import Shop


def test_templates_saved_are_listed_and_shown(shop: Shop) -> None:
    shop.good("templates", "save", "small box", *PARCEL)
    (template,) = shop.good("templates", "list", "--json").json
    assert template["parts"] == ["parcel"]
    assert shop.good("templates", "show", "SMALL BOX", "--json").json == template
    assert "8 in x 6 in x 4 in" in shop.good("templates", "list").out


def test_templates_save_under_a_taken_name_is_2_and_a_terminal_asks(shop: Shop) -> None:
    shop.good("templates", "save", "box", *PARCEL)
    assert shop.run("templates", "save", "Box", "--weight", "9lb").code == 2
    terminal = shop.open("templates", "save", "Box", "--weight", "9lb")
    terminal.wait_for("r replace, a another name, c cancel")
    terminal.send("r\r")
    assert terminal.end() == 0
    assert shop.good("templates", "show", "box", "--json").json["answers"] == {"parcel_weight": "9 lb"}


@pytest.mark.parametrize(
    "wrong", [("--order-id", "7"), ("--weight", "400lb"), ("--like", "nobody"), (), ("--to", "nobody")]
)
def test_templates_save_of_what_cannot_be_kept_is_2(shop: Shop, wrong: tuple[str, ...]) -> None:
    done = shop.run("templates", "save", "box", *wrong, "--json")
    assert done.code == 2
    assert done.json["error"]["message"]
    assert shop.good("templates", "list", "--json").json == []


def test_templates_save_like_a_label_and_use_it(shop: Shop) -> None:
    first = shop.buy()
    saved = shop.good("templates", "save", "again", "--like", first["label_id"], "--json").json
    assert saved["answers"]["to_name"] == "Ada Lovelace"
    assert saved["wishes"] == {"rule": "cheapest"}
    second = shop.good("templates", "use", "again", "--yes", "--json").json
    assert second["label_id"] != first["label_id"]
    assert len(shop.service.charges()) == 2


def test_templates_use_of_a_preset_takes_the_rest_from_options(shop: Shop) -> None:
    shop.good("templates", "save", "small", *PARCEL)
    shop.good("addresses", "save", "Ada", *ADA)
    label = shop.good(
        "templates", "use", "small", "--from", "Ada", "--to", "Ada", "--rate", "cheapest", "--yes", "--json"
    ).json
    assert label["status"] == "bought"


def test_templates_rename_and_remove(shop: Shop) -> None:
    shop.good("templates", "save", "box", *PARCEL)
    shop.good("templates", "rename", "box", "carton")
    assert shop.run("templates", "remove", "carton").code == 2
    shop.good("templates", "remove", "carton", "--yes")
    assert shop.run("templates", "show", "carton").code == 2
