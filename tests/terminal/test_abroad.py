"""The countries are asked where parcels go abroad, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.terminal.driver import BACK, ENTER
from tests.terminal.script import TYPED, wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk

MONTREAL = {
    "to_name": "Zoé Tremblay", "to_company": "", "to_country": "Canada", "to_address1": "111 Rue Sainte",
    "to_address2": "", "to_city": "Montréal", "to_state": "Quebec", "to_zip": "h2y1c6", "to_phone": "",
}  # fmt: skip


def switch_on(desk: Desk) -> None:
    """Switch international shipping on in the settings."""
    folder = desk.home / "config" / "shiplabel"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("international = true\n", encoding="utf-8")


def test_countries_are_asked_when_international_shipping_is_on(desk: Desk) -> None:
    switch_on(desk)
    terminal = desk.open("new", lines=40)
    for step in ("from_name", "from_company"):
        wait_step(terminal, step, abroad=True)
        terminal.answer(TYPED[step])
    wait_step(terminal, "from_country", abroad=True)
    assert "Country · 3 of 23" in terminal.screen
    terminal.answer("Atlantis")
    terminal.wait_for("is not a country")
    terminal.wait_for("Country: Atlantis")
    terminal.answer("usa")
    for step in ("address1", "address2", "city", "state", "zip", "phone"):
        wait_step(terminal, f"from_{step}", abroad=True)
        terminal.answer(TYPED[f"from_{step}"])
    for step, typed in MONTREAL.items():
        wait_step(terminal, step, abroad=True)
        terminal.answer(typed)
    wait_step(terminal, "parcel_weight", abroad=True)
    answers = desk.session().answers
    assert (answers["from_country"], answers["to_country"]) == ("US", "CA")
    assert (answers["to_state"], answers["to_zip"]) == ("QC", "H2Y 1C6")
    terminal.answer("1 lb")
    wait_step(terminal, "parcel_length", abroad=True)
    terminal.answer("8x6x4")
    wait_step(terminal, "confirm", abroad=True)
    assert "12  Country   CA" in terminal.screen
    terminal.send("e")
    terminal.wait_for("Edit which")
    terminal.send(f"ship to country{ENTER}")
    wait_step(terminal, "to_country", abroad=True)
    terminal.send(BACK)
    wait_step(terminal, "to_company", abroad=True)


def test_country_that_an_option_names_is_asked_on_the_way_back(desk: Desk) -> None:
    terminal = desk.open("new", "--to-country", "Germany", lines=40)
    wait_step(terminal, "from_name", abroad=True)
    assert "1 of 23" in terminal.screen
    assert desk.session().answers["to_country"] == "DE"


def test_country_is_never_asked_at_home(desk: Desk) -> None:
    terminal = desk.at("from_address1")
    terminal.send(BACK)
    wait_step(terminal, "from_company")
    assert "from_country" not in desk.session().answers
