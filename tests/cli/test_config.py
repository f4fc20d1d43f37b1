from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from shiplabel.config import KEYS

if TYPE_CHECKING:
    from tests.cli.shop import Shop


def test_config_show_prints_every_setting(shop: Shop) -> None:
    lines = shop.good("config", "show").out.splitlines()
    assert [line.partition(" = ")[0] for line in lines] == list(KEYS)
    assert shop.good("config", "show", "--json").json["format"] == "pdf"


def test_config_set_is_got_and_used(shop: Shop) -> None:
    shop.good("config", "set", "format", "zpl")
    shop.good("config", "set", "ship_from.name", 'O"Brien & José')
    assert shop.good("config", "get", "format").out == "zpl\n"
    assert shop.good("config", "get", "ship_from.name").out == 'O"Brien & José\n'
    assert shop.buy()["files"][0]["format"] == "zpl"


def test_config_set_keeps_comments_and_other_lines(shop: Shop) -> None:
    path = shop.home / "c.toml"
    path.write_text('# mine\nformat = "pdf"  # old\n\n[ship_from]\n# sender\nname = "A"\n')
    at = ("--config", str(path))
    shop.good("config", "set", "format", "png", *at)
    shop.good("config", "set", "rule", "cheapest", *at)
    shop.good("config", "set", "ship_from.city", "Austin", *at)
    assert path.read_text() == (
        '# mine\nformat = "png"\nrule = "cheapest"\n\n[ship_from]\n# sender\nname = "A"\ncity = "Austin"\n'
    )


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("formt", "pdf", 2),
        ("ship_from.nam", "x", 2),
        ("format", "doc", 4),
        ("rule", "nonsense", 4),
        ("confirmation", "maybe", 4),
        ("printer", "host:0", 4),
        ("low_balance", "much", 4),
        ("session_ttl", "long", 4),
        ("media", "4x6 o=1", 4),
        ("weight_unit", "stone", 4),
        ("ship_from.state", "Nowhere", 4),
        ("ship_from.zip", "1", 4),
    ],
)
def test_config_set_of_what_cannot_be_leaves_the_file(shop: Shop, key: str, value: str, code: int) -> None:
    path = shop.home / "c.toml"
    path.write_text('format = "png"\n')
    done = shop.run("config", "set", key, value, "--config", str(path))
    assert done.code == code
    assert path.read_text() == 'format = "png"\n'


def test_config_set_writes_numbers_as_numbers(shop: Shop) -> None:
    path = shop.home / "c.toml"
    shop.good("config", "set", "low_balance", "25.50", "--config", str(path))
    shop.good("config", "set", "weight_unit", "ounce", "--config", str(path))
    assert path.read_text() == 'low_balance = 25.50\nweight_unit = "ounce"\n'


def test_settings_file_with_a_wrong_word_is_4(shop: Shop) -> None:
    path = shop.home / "c.toml"
    path.write_text('confirmation = "maybe"\n')
    done = shop.run("sessions", "list", "--config", str(path))
    assert done.code == 4
    assert "adult_signature" in done.err


def test_config_get_of_a_typo_names_the_nearest(shop: Shop) -> None:
    done = shop.run("config", "get", "phone", "--json")
    assert done.code == 2
    assert "ship_from.phone" in done.json["error"]["message"]


def test_config_path_is_where_the_file_goes(shop: Shop) -> None:
    path = shop.good("config", "path", "--config", str(shop.home / "c.toml")).out.strip()
    assert path == str(shop.home / "c.toml")


def _editor(shop: Shop, text: str) -> str:
    script = shop.home / "editor.py"
    script.write_text(f"import sys\nopen(sys.argv[1], 'w').write({text!r})\n")
    return f"{sys.executable} {script}"


def test_config_edit_keeps_what_the_editor_left(shop: Shop) -> None:
    path = shop.home / "c.toml"
    terminal = shop.open("config", "edit", "--config", str(path), EDITOR=_editor(shop, 'format = "png"\n'))
    assert terminal.end() == 0
    assert path.read_text() == 'format = "png"\n'


def test_config_edit_of_what_cannot_be_is_refused(shop: Shop) -> None:
    path = shop.home / "c.toml"
    terminal = shop.open("config", "edit", "--config", str(path), EDITOR=_editor(shop, 'format = "doc"\n'))
    terminal.wait_for("(y/n)")
    terminal.send("n\r")
    assert terminal.end() == 4
    assert not path.exists()


def test_config_edit_without_a_terminal_is_2(shop: Shop) -> None:
    assert shop.run("config", "edit").code == 2
