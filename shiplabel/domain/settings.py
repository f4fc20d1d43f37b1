"""What a setting's text means: values out of texts, or a SettingsError that says what the setting takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from shiplabel.domain.amounts import parse_duration, parse_rate_limit
from shiplabel.errors import InputError, SettingsError
from shiplabel.language import phrase

LONGEST_SPAN = timedelta(days=3650)
CONFIRMATIONS = (
    "none", "delivery", "signature", "adult_signature", "direct_signature", "delivery_mailed",
    "verbal_confirmation", "delivery_code", "age_verification_16_plus",
)  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "format": ("pdf", "png", "zpl"),
    "layout": ("4x6", "letter"),
    "confirmation": CONFIRMATIONS,
    "weight_unit": ("pound", "ounce", "gram", "kilogram"),
    "size_unit": ("inch", "centimeter"),
    "international": ("off", "on"),
}


def pace_of(text: str) -> tuple[int, float]:
    """Return the calls and the seconds of a rate limit."""
    try:
        pace = parse_rate_limit(text)
    except InputError as error:
        raise SettingsError(f"SHIPLABEL_RATE_LIMIT: {error.message}") from error
    return pace.requests, float(pace.per_s)


def span_of(name: str, text: str) -> timedelta:
    """Return a time of life; ``name`` is the setting."""
    try:
        span = parse_duration(text)
    except InputError as error:
        raise SettingsError(f"{name}: {error.message}") from error
    if span > LONGEST_SPAN or (not span and name == "session_ttl"):
        raise SettingsError(
            phrase("{name} takes 1s to {days}d, not {text}.", name=name, days=LONGEST_SPAN.days, text=text)
        )
    return span


def moment_of(text: str) -> datetime | None:
    """Return the aware UTC time of an ISO 8601 text, None without one."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SettingsError(phrase("SHIPLABEL_NOW takes an ISO 8601 time, not {text}.", text=text)) from error


def rule_of(text: str) -> str:
    """Return a rule that can be read."""
    from shiplabel.domain.rules import parse_rule  # noqa: PLC0415  # only where one is set

    try:
        parse_rule(text)
    except InputError as error:
        raise SettingsError(f"rule: {error.message}") from error
    return text


def word_of(name: str, text: str) -> str:
    """Return the text where it is one of the setting's words."""
    if text not in WORDS[name]:
        raise SettingsError(
            phrase("{name} takes {words}; not {text}.", name=name, words=", ".join(WORDS[name]), text=text)
        )
    return text


def media_of(text: str) -> str:
    """Return a print service's word for a paper: Custom.4x6in, w288h432, 4x6.Fullbleed, or none."""
    if not all(sign.isascii() and (sign.isalnum() or sign in "._-") for sign in text):
        raise SettingsError(
            phrase("media takes a word of the print queue like w288h432, not {text}.", text=text)
        )
    return text


def amount_of(text: str) -> Decimal:
    """Return an amount of money that is not below zero."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or value < 0:
        raise SettingsError(phrase("low_balance takes an amount like 20, not {text}.", text=text))
    return value
