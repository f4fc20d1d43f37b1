"""What a setting's text means, and the sentence that refuses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.settings import amount_of, media_of, moment_of, pace_of, rule_of, span_of, word_of
from shiplabel.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

TTL, SETTLE = partial(span_of, "session_ttl"), partial(span_of, "settle")
FORMAT = partial(word_of, "format")


@pytest.mark.parametrize(
    ("reads", "text", "value"),
    [
        (pace_of, "20/6", (20, 6.0)),
        (TTL, "15m", timedelta(minutes=15)),
        (SETTLE, "0s", timedelta(0)),
        (SETTLE, "3650d", timedelta(days=3650)),
        (moment_of, "", None),
        (moment_of, "2026-03-04T12:00:00", datetime(2026, 3, 4, 12, tzinfo=UTC)),
        (moment_of, "2026-03-04T12:00:00+02:00", datetime(2026, 3, 4, 10, tzinfo=UTC)),
        (rule_of, "cheapest:3d", "cheapest:3d"),
        (FORMAT, "zpl", "zpl"),
        (media_of, "", ""),
        (media_of, "Custom.4x6in", "Custom.4x6in"),
        (media_of, "4x6_a-b.Fullbleed", "4x6_a-b.Fullbleed"),
        (amount_of, "0", Decimal(0)),
        (amount_of, "20.50", Decimal("20.50")),
    ],
)
def test_setting_as_written_is_understood(reads: Callable[[str], Any], text: str, value: Any) -> None:
    assert reads(text) == value


@pytest.mark.parametrize(
    ("reads", "text", "said"),
    [
        (pace_of, "fast", "SHIPLABEL_RATE_LIMIT: "),
        (TTL, "soon", "session_ttl: "),
        (TTL, "0s", "session_ttl takes 1s to 3650d, not 0s."),
        (SETTLE, "3651d", "settle takes 1s to 3650d, not 3651d."),
        (moment_of, "noon", "SHIPLABEL_NOW takes an ISO 8601 time, not noon."),
        (moment_of, "0001-01-01T00:00:00+23:00", "SHIPLABEL_NOW takes"),
        (rule_of, "best", "rule: "),
        (FORMAT, "gif", "format takes pdf, png, zpl; not gif."),
        (media_of, "4x6; rm", "media takes a word of the print queue"),
        (media_of, "größe", "media takes a word of the print queue"),
        (amount_of, "much", "low_balance takes an amount like 20, not much."),
        (amount_of, "-1", "low_balance takes an amount like 20, not -1."),
        (amount_of, "nan", "low_balance takes"),
        (amount_of, "inf", "low_balance takes"),
    ],
)
def test_setting_that_cannot_be_is_refused_with_what_it_takes(
    reads: Callable[[str], Any], text: str, said: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        reads(text)
    assert raised.value.message.startswith(said)
