"""The rules of a batch by themselves: money, counts, exit codes, statuses, prices, books on disk."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.label import Label
from shiplabel.domain.money import Money
from shiplabel.domain.rate import CarrierFailure
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import Exit, InputError
from shiplabel.storage.batches import BatchFiles, digest_of_file
from shiplabel.workflow.batch import (
    Batch,
    Counts,
    Options,
    Purse,
    RowOutcome,
    Sum,
    Tally,
    exit_code,
    status_of_batch,
    was_voided,
)
from shiplabel.workflow.batch_keys import KeySet, labels_by_key
from shiplabel.workflow.batch_marks import DONE, NONE, TODO, Marks
from shiplabel.workflow.batch_prices import Prices
from shiplabel.workflow.session import Purchase, choose
from shiplabel.workflow.states import PurchaseState
from tests.workflow.model import NOON, RATE, World, ready

if TYPE_CHECKING:
    from pathlib import Path


def usd(amount: str) -> Money:
    return Money(Decimal(amount))


def test_purse_holds_before_gives_back_after_and_is_exact_to_the_cent() -> None:
    purse = Purse(usd("17.00"))
    assert purse.hold(2, usd("8.00"))
    assert purse.hold(3, usd("9.00"))
    assert not purse.hold(4, usd("0.01"))
    assert purse.may_fit_later(usd("0.01"))
    purse.give_back(2)
    assert purse.hold(4, usd("8.00"))
    purse.keep(3, usd("8.50"))
    assert purse.left == usd("0.50")


def test_purse_counts_earlier_runs_and_never_lets_go_of_a_doubt() -> None:
    purse = Purse(usd("20"))
    purse.spend(usd("5"))
    purse.hold_anyway(7, usd("10"))
    assert not purse.hold(8, usd("6"))
    assert not purse.may_fit_later(usd("6"))
    purse.give_back(7)
    assert purse.hold(8, usd("6"))
    purse.doubt(8)
    assert not purse.may_fit_later(usd("10"))
    purse.keep(8, None)
    assert purse.left == usd("9")


def test_purse_without_a_limit_takes_all_and_another_currency_never_fits() -> None:
    free = Purse(None)
    assert free.hold(1, None)
    assert free.left is None
    assert not free.may_fit_later(usd("1"))
    limited = Purse(usd("10"))
    assert not limited.hold(1, Money(Decimal(1), "cad"))
    assert not limited.hold(1, None)
    assert not limited.may_fit_later(Money(Decimal(1), "cad"))


def test_purse_counts_no_money_of_another_currency_and_no_doubt_that_holds_nothing() -> None:
    purse = Purse(usd("10"))
    purse.spend(Money(Decimal(4), "cad"))
    purse.hold_anyway(2, Money(Decimal(4), "cad"))
    purse.doubt(3)
    assert purse.left == usd("10")
    assert purse.hold(4, usd("9"))
    assert purse.may_fit_later(usd("2"))


@pytest.mark.parametrize(
    ("counts", "codes", "dry", "code"),
    [
        (Counts(rows=2, bought=2), {}, False, Exit.DONE),
        (Counts(rows=2, skipped=2), {}, False, Exit.DONE),
        (Counts(rows=2, bought=1, failed=1), {"input": 1}, False, Exit.PARTLY),
        (Counts(rows=2, skipped=1, failed=1), {"input": 1}, False, Exit.PARTLY),
        (Counts(rows=2, failed=2), {"input": 2}, False, Exit.INPUT),
        (Counts(rows=2, failed=2), {"input": 1, "refused": 1}, False, Exit.FAILED),
        (Counts(rows=2, failed=2), {"max_cost": 2}, False, Exit.FAILED),
        (Counts(rows=3, bought=1, failed=1, unknown=1), {"refused": 1}, False, Exit.UNKNOWN),
        (Counts(rows=2), {}, True, Exit.DONE),
        (Counts(rows=2, failed=1), {"input": 1}, True, Exit.INPUT),
        (Counts(rows=2, failed=2), {"no_rates": 2}, True, Exit.FAILED),
    ],
)
def test_exit_code_says_what_a_run_came_to(
    counts: Counts, codes: dict[str, int], dry: bool, code: Exit
) -> None:
    assert exit_code(counts, Counter(codes), dry_run=dry) is code


@pytest.mark.parametrize(
    ("counts", "voided", "status"),
    [
        (Counts(rows=2, bought=1, unknown=1), 0, "unknown"),
        (Counts(rows=2, bought=1), 0, "open"),
        (Counts(rows=2, bought=1, failed=1), 0, "failed"),
        (Counts(rows=2, bought=2), 2, "voided"),
        (Counts(rows=2, bought=2), 1, "bought"),
        (Counts(rows=2, skipped=2), 0, "skipped"),
    ],
)
def test_status_of_a_batch_is_what_is_worst_or_left(counts: Counts, voided: int, status: str) -> None:
    assert status_of_batch(counts, voided) == status


def test_tally_counts_a_row_once_by_its_last_word() -> None:
    tally = Tally(rows=1)
    doubt = RowOutcome(rows=(2,), status="unknown", code="no_answer")
    tally.count("unknown", doubt)
    bought = RowOutcome(rows=(2,), status="bought", cost=usd("7.58"), carrier_code="ups", service_code="g")
    tally.count("bought", bought, again="unknown")
    assert tally.counts == Counts(rows=1, bought=1)
    assert str(tally.paid) == "$7.58"
    assert tally.services["ups", "g"][0] == 1


@pytest.mark.parametrize(
    ("status", "finished"),
    [
        ("open", False),
        ("unknown", False),
        ("failed", False),
        ("bought", True),
        ("voided", True),
        ("skipped", True),
    ],
)
def test_batch_is_finished_once_all_its_rows_have_labels(status: str, finished: bool) -> None:
    batch = Batch(batch_id="B2345", file="o.csv", digest="d", created_at=NOON, updated_at=NOON, status=status)
    assert batch.is_finished is finished


@pytest.mark.parametrize("state", PurchaseState)
def test_session_was_voided_only_once_its_label_is(state: PurchaseState) -> None:
    session = replace(ready(World()), purchase=Purchase(state=state))
    assert was_voided(session) is (state is PurchaseState.VOIDED)


def test_sum_keeps_currencies_apart() -> None:
    total = Sum()
    assert (str(total), total.money) == ("$0.00", Money(Decimal("0.00")))
    for money in (usd("1.10"), Money(Decimal(2), "cad"), None, usd("2")):
        total.add(money)
    assert str(total) == "$3.10 + 2.00 cad"
    assert total.money == usd("3.10")


def test_marks_are_a_byte_a_row_and_unknown_rows_have_none() -> None:
    marks = Marks()
    assert marks[9] == NONE
    marks[9] = TODO
    assert (marks[9], marks[3], TODO in marks, DONE in marks) == (TODO, NONE, True, False)


def test_labels_are_matched_by_our_keys_and_a_usable_one_counts() -> None:
    def label(name: str, key: str | None, *, voided: bool = False) -> Label:
        return Label(
            label_id=name, status="completed", shipment_id="se-1", external_shipment_id=key, voided=voided
        )

    keys = KeySet(["sl-1", "sl-2"])
    keys.add("sl-3")
    assert len(keys) == 3
    told = [label("new", "sl-1", voided=True), label("old", "sl-1"), label("x", "sl-9"), label("y", None)]
    twice: list[tuple[str, str]] = []
    found = labels_by_key(
        [
            *told,
            label("again", "sl-2-2"),
            label("older", "sl-1"),
            label("gone", "sl-1", voided=True),
            told[1],
        ],
        keys,
        lambda newer, older: twice.append((newer.label_id, older.label_id)),
    )
    assert twice == [("old", "older")]
    assert {key: one.label_id for key, one in found.items()} == {"sl-1": "old", "sl-2-2": "again"}


def test_prices_add_up_the_choice_the_dearest_and_the_second_choice() -> None:
    dear = replace(RATE, rate_id="se-2", service_code="air", total=usd("20"))
    middle = replace(RATE, rate_id="se-3", service_code="two", total=usd("10"), warnings=("slow",))
    session = replace(ready(World()), quotes=(RATE, dear, middle))
    prices = Prices()
    prices.add(choose(session, RATE), parse_rule("cheapest"))
    prices.add(replace(choose(session, middle), quotes=(middle,)), parse_rule("cheapest"))
    prices.add(replace(session, rate=None), parse_rule("cheapest"))
    assert (prices.labels, str(prices.total)) == (2, "$17.58")
    assert (str(prices.dearest), str(prices.second)) == ("$30.00", "$20.00")
    assert [(one.service_code, one.labels) for one in prices.by_service()] == [("two", 1), ("usps_ground", 1)]
    assert prices.warned == {"two: slow": 1}


def test_prices_count_labels_of_a_service_together_and_carriers_that_gave_no_rate() -> None:
    prices, session = Prices(), replace(ready(World()), quotes=(RATE,))
    silent = [
        CarrierFailure(carrier_id="se-2", carrier_code="ups", message="slow"),
        CarrierFailure(carrier_id="se-3", carrier_code="", message="slow"),
        CarrierFailure(carrier_id="", carrier_code="", message="slow"),
    ]
    for _ in range(2):
        prices.add(session, parse_rule("cheapest"), silent)
    assert [(one.service_code, one.labels, str(one.total)) for one in prices.by_service()] == [
        ("usps_ground", 2, "$15.16")
    ]
    assert prices.silent == {"ups: slow": 2, "se-3: slow": 2, "a carrier: slow": 2}


def made(files: BatchFiles, source: Path, digest: str = "d", minutes: int = 0) -> Batch:
    at = NOON + timedelta(minutes=minutes)
    return files.create(
        Batch(batch_id="", file=str(source), digest=digest, created_at=at, updated_at=at, options=Options()),
        source,
    )


def test_batches_are_kept_with_their_source_and_found_again(tmp_path: Path) -> None:
    source = tmp_path / "orders.csv"
    source.write_text("a,b\n")
    files = BatchFiles(tmp_path / "env")
    with pytest.raises(InputError):
        files.find()
    first, second = made(files, source, "one"), made(files, source, "two", minutes=1)
    files.save(replace(first, status="bought", options=Options(max_total=usd("5"))))
    assert files.find() == second
    assert files.find(first.batch_id.lower()).options.max_total == usd("5")
    assert [batch.batch_id for batch in files.all()] == [second.batch_id, first.batch_id]
    assert files.of_content("one") is not None
    assert files.of_content("three") is None
    source.unlink()
    assert files.source_of(first).read_text() == "a,b\n"
    (tmp_path / "env" / "batches" / second.batch_id / "batch.json").write_text("torn")
    assert files.find() == files.find(first.batch_id)
    with pytest.raises(InputError):
        files.find(second.batch_id)


def test_journal_tells_the_last_of_each_row_and_survives_a_torn_line(tmp_path: Path) -> None:
    source = tmp_path / "orders.csv"
    source.write_text("a\n")
    files = BatchFiles(tmp_path / "env")
    batch = made(files, source, digest_of_file(source))
    with files.journal(batch) as journal:
        journal.note(RowOutcome(rows=(2, 3), status="failed", error="no"))
        journal.note(RowOutcome(rows=(5,), status="bought", cost=usd("7.58")))
        journal.note(RowOutcome(rows=(2, 3), status="bought"))
    path = tmp_path / "env" / "batches" / batch.batch_id / "rows.journal"
    path.write_bytes(path.read_bytes() + b'{"rows":[9],"sta')
    with files.journal(batch) as journal:
        assert journal.of(9) is None
        assert journal.of(4) is None
        assert [outcome.rows for outcome in journal.all()] == [(2, 3), (5,)]
        assert journal.of(3) == RowOutcome(rows=(2, 3), status="bought")
        journal.note(RowOutcome(rows=(9,), status="failed"))
    with files.journal(batch) as journal:
        assert journal.of(9) == RowOutcome(rows=(9,), status="failed")
