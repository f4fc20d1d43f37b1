from __future__ import annotations

import pytest

from shiplabel.errors import ApiError, NoAnswer, NotSent, RateLimited, Refused
from shiplabel.shipstation.patience import Patience
from tests.shipstation.parts import Steady


def run(clock: Steady, errors: list[ApiError], patience: Patience) -> list[float]:
    told: list[float] = []

    def attempt(left_s: float) -> str:
        told.append(left_s)
        if len(errors) > 1:
            raise errors.pop(0)
        raise errors[0]

    with pytest.raises(ApiError) as caught:
        patience.run(attempt)
    assert caught.value is errors[0]
    return told


def test_patience_after_quick_failures_ends_within_its_limit() -> None:
    clock = Steady()
    told = run(clock, [NotSent("no")], Patience(clock, 20))
    assert clock.pauses == [0.5, 1, 2, 4, 8]
    assert told == [20, 19.5, 18.5, 16.5, 12.5, 4.5]


@pytest.mark.parametrize("error", [Refused("no", status=400), NoAnswer("moved", status=302)])
def test_patience_with_a_certain_answer_ends_at_once(error: ApiError) -> None:
    clock = Steady()
    assert len(run(clock, [error], Patience(clock, 20))) == 1
    assert clock.pauses == []


def test_patience_with_too_many_requests_waits_as_told_then_doubling() -> None:
    clock = Steady()
    errors = [RateLimited("7", retry_after_s=7), RateLimited("?"), RateLimited("?"), Refused("end")]
    run(clock, list[ApiError](errors), Patience(clock, 20))
    assert clock.pauses == [7, 4, 8]


def test_patience_with_too_many_requests_waits_a_minute_at_most() -> None:
    clock = Steady()
    run(clock, [RateLimited("?")], Patience(clock, 20))
    assert clock.pauses == [2, 4, 8, 16]


def test_patience_told_to_wait_too_long_gives_up_at_once() -> None:
    clock = Steady()
    run(clock, [RateLimited("?", retry_after_s=3600)], Patience(clock, 20))
    assert clock.pauses == []


def test_patience_told_to_wait_no_time_does_not_storm() -> None:
    clock = Steady()
    run(clock, [RateLimited("?", retry_after_s=0), Refused("end")], Patience(clock, 20))
    assert clock.pauses == [0.5]


def test_patience_without_extra_waits_keeps_to_its_limit() -> None:
    clock = Steady()
    run(clock, [RateLimited("?", retry_after_s=25)], Patience(clock, 60, waits_s=None))
    assert sum(clock.pauses) == 50


def test_patience_after_a_slow_failure_is_over() -> None:
    clock = Steady()
    tries = []

    def slow(left_s: float) -> str:
        tries.append(left_s)
        clock.seconds += 21
        raise NoAnswer("late", status=504)

    with pytest.raises(NoAnswer):
        Patience(clock, 60, waits_s=None).run(slow)
    assert (len(tries), clock.pauses) == (1, [])


def test_patience_forgives_the_wait_for_the_budget() -> None:
    clock = Steady()
    patience = Patience(clock, 20)
    tries = []

    def waited(left_s: float) -> str:
        tries.append(left_s)
        if len(tries) > 1:
            return "done"
        clock.seconds += 50
        patience.forgive(50)
        raise NotSent("no")

    assert patience.run(waited) == "done"
    assert tries == [20, 19.5]


def test_patience_told_to_wait_a_whole_minute_waits() -> None:
    clock = Steady()
    run(clock, [RateLimited("?", retry_after_s=60), Refused("end")], Patience(clock, 20))
    assert clock.pauses == [60]


@pytest.mark.parametrize(("waits_s", "left_s"), [(60.0, 60.0), (None, 30.0)])
def test_patience_takes_a_pause_of_all_off_what_the_call_may_wait(
    waits_s: float | None, left_s: float
) -> None:
    clock = Steady()
    patience = Patience(clock, 60, waits_s)
    patience.sit_out(30)
    assert patience.left_s == left_s
    with pytest.raises(RateLimited) as caught:
        patience.sit_out(31)
    assert caught.value.retry_after_s == 31
