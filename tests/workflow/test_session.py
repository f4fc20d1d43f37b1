from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shiplabel.workflow import session as moves
from shiplabel.workflow.session import StepError, begin
from shiplabel.workflow.states import PurchaseState, Trouble
from shiplabel.workflow.steps import (
    ANSWER_STEPS,
    STEPS,
    may_be_empty,
    step_after,
    step_before,
    step_of_field,
    title,
)
from tests.workflow.model import ANSWERS, NOON, RATE

DAY = timedelta(hours=24)


def fresh(**changes: object) -> moves.Session:
    session = begin(now=NOON, life=DAY, environment="test", shipment_key="sw-key")
    return replace(session, **changes)  # type: ignore[arg-type]  # fields of the session


COUNTRIES = {"from_country", "to_country"}


@pytest.mark.parametrize("abroad", [False, True])
def test_steps_chain_from_first_to_done_without_a_gap(abroad: bool) -> None:
    walked = ["from_name"]
    while walked[-1] != "done":
        walked.append(step_after(walked[-1], abroad=abroad))
    assert walked == [step for step in STEPS if abroad or step not in COUNTRIES]


@pytest.mark.parametrize("abroad", [False, True])
@pytest.mark.parametrize("step", [step for step in STEPS if step not in {"from_name", "done"}])
def test_step_after_the_step_before_is_the_step(step: str, abroad: bool) -> None:
    before = step_before(step, abroad=abroad)
    assert before is not None
    if abroad or step not in COUNTRIES:
        assert step_after(before, abroad=abroad) == step


def test_title_of_a_step_counts_it_among_all_questions() -> None:
    assert title("to_zip") == "Ship to · ZIP code · 15 of 21"
    assert title("to_zip", abroad=True) == "Ship to · ZIP code · 17 of 23"
    assert title("rate") == "Rates"


def test_countries_are_asked_where_parcels_go_abroad() -> None:
    at_company = fresh(step="from_company")
    assert moves.answer(at_company, {"from_company": None}).step == "from_address1"
    abroad = replace(at_company, wishes=moves.Wishes(abroad=True))
    assert moves.answer(abroad, {"from_company": None}).step == "from_country"
    assert moves.first_missing(replace(abroad, answers={"from_name": "A", "from_company": None})) == (
        "from_country"
    )


@pytest.mark.parametrize(("country", "abroad"), [(None, False), ("US", False), ("CA", True)])
def test_a_country_that_is_not_home_is_asked_for_without_any_wish(country: str | None, abroad: bool) -> None:
    assert fresh(answers={"to_country": country}).abroad is abroad


@pytest.mark.parametrize(
    ("step", "answers", "may"),
    [
        ("to_company", {}, True),
        ("to_state", {}, False),
        ("to_state", {"to_country": "DE"}, True),
        ("to_zip", {"to_country": "HK"}, True),
        ("to_zip", {"to_country": "DE"}, False),
        ("confirm", {}, False),
    ],
)
def test_step_may_be_empty_as_its_country_wants(step: str, answers: dict[str, str | None], may: bool) -> None:
    assert may_be_empty(step, answers) is may


@pytest.mark.parametrize(
    ("field_name", "step"),
    [
        ("ship_to.postal_code", "to_zip"),
        ("shipment.ship_from.address_line1", "from_address1"),
        ("shipment.packages[0].weight.value", "parcel_weight"),
        ("packages.0.dimensions.length", "parcel_length"),
        ("ship_date", None),
        (None, None),
    ],
)
def test_step_of_field_maps_the_services_names(field_name: str | None, step: str | None) -> None:
    assert step_of_field(field_name) == step


def test_answer_moves_to_the_next_question() -> None:
    session = moves.answer(fresh(), {"from_name": "Ada"})
    assert (session.step, session.answers) == ("from_company", {"from_name": "Ada"})


def test_answer_of_several_steps_skips_the_questions_it_fills() -> None:
    session = fresh(step="parcel_length")
    given = {"parcel_length": "10 in", "parcel_width": "8 in", "parcel_height": "4 in"}
    assert moves.answer(session, dict(given)).step == "confirm"


def test_answers_that_came_with_options_are_not_asked_again_until_the_clerk_goes_back() -> None:
    given = {"from_address1": "1 Main St", "from_address2": None, "from_state": "TX"}
    session = moves.answer(fresh(answers=given), {"from_name": "Ada"})
    session = moves.answer(session, {"from_company": None})
    assert session.step == "from_city"
    session = moves.answer(session, {"from_city": "Austin"})
    assert session.step == "from_zip"
    session = moves.back(session)
    assert session.step == "from_state"
    session = moves.back(session)
    assert moves.answer(session, {"from_city": "Austin"}).step == "from_state"


def test_answer_at_the_end_of_an_edit_returns_to_confirm() -> None:
    session = moves.edit(fresh(step="confirm", answers=ANSWERS), "to_city", "to_zip")
    assert session.step == "to_city"
    for step, text in (("to_city", "Austin"), ("to_state", "TX"), ("to_zip", "78756")):
        assert session.step == step
        session = moves.answer(session, {step: text})
    assert (session.step, session.edit_until) == ("confirm", None)


def test_answer_that_changes_drops_the_rates_and_one_that_repeats_keeps_them() -> None:
    quoted = fresh(step="to_zip", answers=ANSWERS, quotes=(RATE,), quoted_at=NOON, rate=RATE)
    assert moves.answer(quoted, {"to_zip": ANSWERS["to_zip"]}).quotes == (RATE,)
    changed = moves.answer(quoted, {"to_zip": "95112"})
    assert (changed.quotes, changed.quoted_at, changed.rate) == ((), None, None)


def test_back_walks_to_the_first_question_and_stays_there() -> None:
    session = fresh(step="rate")
    for _ in STEPS:
        session = moves.back(session)
    assert session.step == "from_name"


def test_first_missing_is_the_first_unanswered_step() -> None:
    assert moves.first_missing(fresh()) == "from_name"
    assert moves.first_missing(fresh(answers=ANSWERS)) == "confirm"
    assert len(ANSWERS) == len(ANSWER_STEPS)


@pytest.mark.parametrize(
    ("state", "status", "expires"),
    [
        (PurchaseState.PLANNED, "open", True),
        (PurchaseState.REFUSED, "open", True),
        (PurchaseState.PURCHASING, "unknown", False),
        (PurchaseState.UNKNOWN, "unknown", False),
        (PurchaseState.PURCHASED, "bought", False),
        (PurchaseState.VOIDING, "voiding", False),
        (PurchaseState.VOIDED, "voided", False),
    ],
)
def test_status_of_each_state_and_whether_time_may_end_it(
    state: PurchaseState, status: str, expires: bool
) -> None:
    session = fresh(purchase=moves.Purchase(state=state))
    assert moves.status_of(session) == status
    assert moves.can_expire(session) is expires


def test_roll_back_keeps_the_error_with_where_it_led() -> None:
    said = StepError(step="purchase", code="invalid_address", message="bad ZIP", request_id="r-1", at=NOON)
    session = fresh(step="purchase", answers=ANSWERS, quotes=(RATE,), rate=RATE)
    rolled = moves.roll_back(session, Trouble.FIELD_REFUSED, said, "to_zip")
    assert (rolled.step, rolled.quotes, rolled.answers) == ("to_zip", (), ANSWERS)
    assert rolled.error == replace(said, step="to_zip", reverted_from="purchase", reverted_to="to_zip")


def test_take_quotes_clears_the_last_error() -> None:
    said = StepError(step="confirm", code="no_rates", message="none", request_id=None, at=NOON)
    quoted = moves.take_quotes(fresh(step="confirm", error=said), (RATE,), NOON)
    assert (quoted.step, quoted.error, quoted.quoted_at) == ("rate", None, NOON)


def test_touch_slides_the_expiry() -> None:
    later = NOON + timedelta(hours=3)
    assert moves.touch(fresh(), later, DAY).expires_at == later + DAY
