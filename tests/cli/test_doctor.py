from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.shop import ADA, FROM, PARCEL
from tests.printing.listeners import accept_all, printer

if TYPE_CHECKING:
    from tests.cli.shop import Shop


def _of(findings: list[dict[str, Any]], check: str) -> list[dict[str, Any]]:
    return [one for one in findings if one["check"] == check]


def test_doctor_of_a_sound_machine_is_0(shop: Shop) -> None:
    done = shop.good("doctor", "--json")
    assert {"settings", "key", "service", "carriers", "clock", "data", "sessions", "printer", "versions"} <= {
        one["check"] for one in done.json
    }
    assert all(set(one) == {"check", "status", "message", "fix"} for one in done.json)
    assert "PRODUCTION" in shop.good("doctor").out


def test_doctor_of_the_sandbox_is_0(shop: Shop) -> None:
    assert "sandbox" in shop.good("doctor", "--sandbox").out


def test_doctor_with_a_refused_key_is_4(shop: Shop) -> None:
    shop.service.fault("status-401")
    done = shop.run("doctor", "--json")
    assert done.code == 4
    assert _of(done.json, "key")[0]["fix"] == "shiplabel login"


def test_doctor_without_a_service_is_1(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = shop.run("doctor", "--json", SHIPSTATION_BASE_URL=f"http://127.0.0.1:{port}")
    assert done.code == 1
    assert _of(done.json, "service")[0]["status"] == "error"
    assert _of(done.json, "versions")


def test_doctor_warns_of_a_low_balance(shop: Shop) -> None:
    shop.good("config", "set", "low_balance", "1000000")
    done = shop.good("doctor", "--json")
    assert any("low balance" in one["message"] for one in _of(done.json, "carriers"))


def test_doctor_warns_of_an_open_data_folder_and_damaged_files(shop: Shop) -> None:
    folder = shop.home / "data"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    (folder / "production" / "damaged").mkdir(parents=True)
    (folder / "production" / "damaged" / "x.json").write_text("{")
    done = shop.good("doctor", "--json")
    warnings = [one["message"] for one in _of(done.json, "data") if one["status"] == "warning"]
    assert any("755" in message for message in warnings)
    assert any("1 damaged" in message for message in warnings)


def test_doctor_names_the_profile_and_where_its_key_is_kept(shop: Shop) -> None:
    shop.more["SHIPSTATION_API_KEY"] = ""
    shop.good("login", "--file", "--profile", "shop-b", stdin="TEST_b")
    told = [one["message"] for one in _of(shop.good("doctor", "--profile", "shop-b", "--json").json, "key")]
    assert told == ["TEST: nothing is charged.", "Profile shop-b, its key: file. Logged in: shop-b."]


def test_doctor_warns_of_files_that_others_can_read(shop: Shop) -> None:
    label = shop.buy()
    assert not [one for one in _of(shop.good("doctor", "--json").json, "data") if one["status"] == "warning"]
    shop.home.joinpath(label["files"][0]["path"]).chmod(0o644)
    (warning,) = [
        one for one in _of(shop.good("doctor", "--json").json, "data") if one["status"] == "warning"
    ]
    assert label["files"][0]["path"] in warning["message"]
    assert warning["fix"].startswith("chmod -R go=")


def test_doctor_warns_of_an_unknown_purchase(shop: Shop) -> None:
    shop.service.fault("buy-then-drop-before-head,list-lag:seconds=900")
    to = [option.replace("--", "--to-", 1) if option.startswith("--") else option for option in ADA]
    bought = shop.run("new", *FROM, "--to-name", "Ada", *to, *PARCEL, "--rate", "cheapest", "--yes")
    assert bought.code == 5
    shop.service.mend()
    done = shop.good("doctor", "--json")
    (doubt,) = [one for one in _of(done.json, "sessions") if one["status"] == "warning"]
    assert doubt["fix"] == "shiplabel reconcile"


def test_doctor_with_settings_that_cannot_be_read_is_4(shop: Shop) -> None:
    config = shop.home / "wrong.toml"
    config.write_text("formt = 'pdf'\n")
    done = shop.run("doctor", "--config", str(config), "--json")
    assert done.code == 4
    assert "Did you mean format" in done.json[0]["message"]


def test_doctor_tries_the_printer(shop: Shop) -> None:
    with printer(accept_all) as listening:
        shop.good("config", "set", "printer", f"127.0.0.1:{listening.port}")
        assert _of(shop.good("doctor", "--json").json, "printer")[0]["status"] == "ok"
    done = shop.run("doctor", "--json")
    assert done.code == 1
    assert _of(done.json, "printer")[0]["status"] == "error"


@pytest.mark.parametrize("queue", ["no-such-queue"])
def test_doctor_without_the_printers_queue_is_1(shop: Shop, queue: str) -> None:
    shop.good("config", "set", "printer", queue)
    assert shop.run("doctor", "--json", CUPS_SERVER="/nowhere/sock").code == 1
