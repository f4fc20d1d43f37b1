from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.shop import Shop

KEY = "key-of-shop-a-0123456789"


def test_login_keeps_the_key_in_the_keyring_and_commands_use_it(shop: Shop) -> None:
    secrets = shop.with_keyring()
    assert "Sandbox" in shop.good("sessions", "list").err
    done = shop.good("login", "--json", stdin=f"{KEY}\n")
    assert (done.json["environment"], done.json["kept_in"]) == ("production", "keyring")
    assert KEY in secrets.read_text()
    assert KEY not in done.out + done.err
    assert "Sandbox" not in shop.good("sessions", "list").err
    shop.good("logout")
    assert KEY not in secrets.read_text()
    assert "Sandbox" in shop.good("sessions", "list").err


def test_login_in_a_terminal_asks_for_the_key_alone_and_shows_nothing(shop: Shop) -> None:
    shop.with_keyring()
    terminal = shop.open("login")
    terminal.wait_for("API key:")
    terminal.send(f"{KEY}\r")
    assert terminal.end() == 0
    assert KEY not in terminal.pages
    assert "PRODUCTION" in terminal.pages


def test_login_left_with_a_key_press_keeps_nothing(shop: Shop) -> None:
    secrets = shop.with_keyring()
    terminal = shop.open("login")
    terminal.wait_for("API key:")
    terminal.send("\x03")
    assert terminal.end() == 130
    assert not secrets.exists()


def test_login_with_a_refused_key_is_4_and_keeps_nothing(shop: Shop) -> None:
    secrets = shop.with_keyring()
    shop.service.fault("status-401")
    done = shop.run("login", stdin=KEY)
    assert done.code == 4
    assert "not kept" in done.err
    assert not secrets.exists()


def test_login_that_cannot_be_tried_is_1_and_keeps_nothing(shop: Shop) -> None:
    secrets = shop.with_keyring()
    shop.service.fault("status-404@carriers")
    assert shop.run("login", stdin=KEY).code == 1
    assert not secrets.exists()


@pytest.mark.parametrize("typed", ["", "two words", "ключ", "x" * 1001])
def test_login_with_what_is_no_key_is_2(shop: Shop, typed: str) -> None:
    shop.with_keyring()
    assert shop.run("login", stdin=typed).code == 2


def test_login_without_a_keyring_offers_variable_and_file(shop: Shop) -> None:
    shop.more["SHIPSTATION_API_KEY"] = ""
    done = shop.run("login", "--json", stdin=KEY)
    assert (done.code, done.json["error"]["code"]) == (4, "no_keyring")
    assert "SHIPSTATION_API_KEY" in done.err
    assert "--file" in done.err
    shop_b = shop.run("--profile", "shop-b", "login", stdin=KEY)
    assert "shiplabel login --profile shop-b --file" in shop_b.err
    kept_b = shop.good("--profile", "shop-b", "login", "--file", stdin=KEY)
    assert "shiplabel --profile shop-b doctor" in kept_b.out
    kept = shop.good("login", "--file", "--json", stdin=KEY).json["kept_in"]
    assert shop.home.joinpath(kept).stat().st_mode & 0o777 == 0o600
    assert "Sandbox" not in shop.good("sessions", "list").err
    shop.home.joinpath(kept).chmod(0o644)
    assert shop.run("sessions", "list").code == 4
    shop.good("logout")
    assert not shop.home.joinpath(kept).exists()


def test_login_of_several_profiles_keeps_each_and_their_records_apart(shop: Shop) -> None:
    shop.with_keyring()
    shop.good("login", stdin="TEST_first")
    shop.good("login", "--profile", "shop-b", stdin="TEST_second")
    label = shop.buy("--profile", "shop-b")
    assert label["environment"] == "test"
    assert shop.good("labels", "list", "--json").json == []
    assert len(shop.good("labels", "list", "--profile", "shop-b", "--json").json) == 1
    shop.good("logout")
    assert "Sandbox" in shop.good("sessions", "list").err
    assert "Sandbox" not in shop.good("sessions", "list", "--profile", "shop-b").err


def test_logout_without_a_login_says_so(shop: Shop) -> None:
    done = shop.good("logout", "--json")
    assert done.json == {"profile": "default", "forgotten": False}
    assert "is set all the same" in done.err
