"""A key that was met before: looked up before anything is bought on it, whatever became of its session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.shop import FROM, PARCEL, Shop
from tests.cli.test_batch import counts, order, run, write
from tests.cli.test_reconcile import LOST, TO, charged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.shop import Done

HIDDEN = "list-lag@labels:seconds=600"


def new(shop: Shop, *more: str) -> Done:
    return shop.run(
        "new", *FROM, *TO, *PARCEL, "--order-id", "77", "--rate", "cheapest", "--yes", "--json", *more
    )


@pytest.fixture
def other(shop: Shop) -> Shop:
    """Return another computer of the same account."""
    home = shop.home.parent / "other"
    home.mkdir()
    return Shop(home, shop.service)


def left_in_doubt(shop: Shop, *faults: str) -> Any:
    """Buy order 77 without getting to know it; the label shows by and by."""
    shop.service.fault(",".join((LOST, HIDDEN, *faults)))
    done = new(shop)
    assert done.code == 5, done.err
    shop.service.mend()
    return done.json


def test_label_of_another_computer_still_being_made_is_waited_for(shop: Shop, other: Shop) -> None:
    left_in_doubt(shop, "label-processing@purchase:seconds=8")
    done = new(other)
    assert (done.code, done.json["status"]) == (0, "bought"), done.err
    assert done.json["files"], done.err
    assert len(charged(shop)) == 1


def test_label_of_another_computer_that_could_not_be_made_is_not_bought_again(
    shop: Shop, other: Shop
) -> None:
    left_in_doubt(shop, "label-error@purchase:seconds=0")
    done = new(other)
    (label_id,) = charged(shop)
    assert (done.code, done.json["status"], done.json["step"]) == (5, "unknown", "purchase"), done.err
    assert done.json["label_id"] == label_id
    assert f"shiplabel labels void {label_id}" in done.err
    again = other.run("resume", done.json["session_id"], "--json")
    assert (again.code, again.json["label_id"]) == (5, label_id)
    assert charged(shop) == [label_id]
    other.good("labels", "void", label_id, "--yes")
    other.good("reconcile", "--not-bought", "sl-77", "--yes")
    resumed = other.run("resume", done.json["session_id"], "--rate", "cheapest", "--yes", "--json")
    assert (resumed.code, [resumed.json["label_id"]]) == (0, charged(shop)), resumed.err


def test_word_of_a_clerk_counts_for_a_label_that_could_be_neither_made_nor_voided(
    shop: Shop, other: Shop
) -> None:
    left_in_doubt(shop, "label-error@purchase:seconds=0")
    done = new(other)
    other.good("reconcile", "--not-bought", "sl-77", "--yes")
    resumed = other.run("resume", done.json["session_id"], "--rate", "cheapest", "--yes", "--json")
    assert (resumed.code, resumed.json["status"]) == (0, "bought"), resumed.err
    assert len(charged(shop)) == 2


def test_label_of_a_session_that_was_put_away_is_told_by_reconcile(shop: Shop) -> None:
    doubt = left_in_doubt(shop)
    shop.good("reconcile", "--not-bought", "sl-77", "--yes")
    shop.good("sessions", "discard", doubt["session_id"], "--yes")
    (label_id,) = charged(shop)
    told = shop.good("reconcile").err
    assert f"sl-77 has a label that no session tells of: {label_id}" in told
    assert f"shiplabel labels void {label_id}" in told


def discarded(shop: Shop, session_id: str) -> dict[str, str]:
    shop.good("sessions", "discard", session_id, "--yes")
    return {}


def purged(shop: Shop, session_id: str) -> dict[str, str]:
    shop.good("sessions", "discard", session_id, "--yes")
    shop.good("sessions", "purge", "--yes")
    return {}


def expired(_shop: Shop, _session_id: str) -> dict[str, str]:
    return {"SHIPLABEL_NOW": "2031-01-01T12:00:00Z"}


@pytest.mark.parametrize("put_away", [discarded, purged, expired])
def test_row_whose_doubtful_session_was_put_away_is_looked_up_before_it_is_bought(
    shop: Shop, put_away: Callable[[Shop, str], dict[str, str]]
) -> None:
    path = write(shop, [order(1, order_id="")])
    shop.good("config", "set", "look_back", "0d")
    shop.service.fault(f"{LOST},{HIDDEN},external-id:mode=another")
    assert run(shop, path).code == 5
    (doubt,) = shop.good("sessions", "list", "--json").json
    key = shop.session().shipment_key
    assert not key.startswith("sl-")
    shop.good("reconcile", "--not-bought", key, "--yes")
    later = put_away(shop, doubt["session_id"])
    shop.service.mend()
    shop.service.fault("external-id:mode=another")
    done = run(shop, path, **later)
    assert (done.code, counts(done)[3]) == (0, 0), done.err
    assert len(charged(shop)) == 1
