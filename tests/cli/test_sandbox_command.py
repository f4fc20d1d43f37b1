from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.sandbox.faults import FAULTS
from tests.cli.shop import FROM, PARCEL

if TYPE_CHECKING:
    from tests.cli.shop import Shop

TO = ("--to-name", "Ada Lovelace", "--to-address1", "525 S Winchester Blvd", "--to-city", "San Jose",
      "--to-state", "CA", "--to-zip", "95128")  # fmt: skip
BUY = ("new", "--sandbox", *FROM, *TO, *PARCEL, "--rate", "cheapest", "--yes", "--json")


def test_faults_without_arguments_lists_every_name(shop: Shop) -> None:
    lines = shop.good("sandbox", "faults").out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(FAULTS)


def test_fault_armed_by_command_bites_the_next_purchase_once(shop: Shop) -> None:
    text = "insufficient-funds@purchase:times=1"
    assert shop.good("sandbox", "faults", text).out == f"{text}  1 call left\n"
    done = shop.run(*BUY)
    assert (done.code, done.json["error"]["code"]) == (1, "insufficient_funds")
    assert shop.good("sandbox", "faults", "--armed").out == f"{text}  0 calls left\n"
    assert shop.run(*BUY).code == 0


def test_faults_are_taken_off(shop: Shop) -> None:
    shop.good("sandbox", "faults", "status-401@purchase")
    assert shop.good("sandbox", "faults", "--off").out == ""
    assert shop.run(*BUY).code == 0


def test_fault_armed_by_a_variable_bites(shop: Shop) -> None:
    done = shop.run(*BUY, SHIPLABEL_SANDBOX_FAULTS="status-403@purchase:times=1")
    assert (done.code, done.json["error"]["code"]) == (4, "forbidden")


@pytest.mark.parametrize("text", ["nonsense", "hang@nowhere", "hang:p=often"])
def test_fault_that_is_none_is_2_and_a_variable_that_names_none_is_4(shop: Shop, text: str) -> None:
    assert shop.run("sandbox", "faults", text).code == 2
    done = shop.run(*BUY, SHIPLABEL_SANDBOX_FAULTS=text)
    assert done.code == 4
    assert shop.run("sandbox", "serve", SHIPLABEL_SANDBOX_FAULTS=text).code == 4


def test_verbose_tells_each_request_without_key_or_address(shop: Shop) -> None:
    done = shop.good(*FROM_NEW, "--verbose", SHIPSTATION_API_KEY="key-of-nobody-else")
    told = [line for line in done.err.splitlines() if "POST /v2/labels/rates/" in line]
    assert len(told) == 1
    assert " 200 " in told[0]
    assert "key-of-nobody-else" not in done.err + done.out
    assert "Winchester" not in done.err


FROM_NEW = tuple(word for word in BUY if word != "--sandbox")
