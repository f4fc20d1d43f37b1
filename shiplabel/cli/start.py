"""What a new session starts with before anything is asked: the default sender, a label to repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shiplabel.cli.book import filled
from shiplabel.errors import InputError, SettingsError
from shiplabel.language import phrase
from shiplabel.workflow.session import Wishes
from shiplabel.workflow.steps import ALL_ANSWER_STEPS, STEPS, may_be_empty

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.storage.templates import Template

SENDER_STEPS = tuple(step for step in ALL_ANSWER_STEPS if step.startswith("from_"))


def start(context: Context, asked: Any) -> tuple[dict[str, str | None], Wishes, Template | None]:
    """Return the answers and wishes known before any option is read, and the template used."""
    known = default_sender(context) | copied(context, asked.like)
    laid = filled(context, asked, known, Wishes(**context.wish_defaults()))
    return laid.answers, laid.wishes, laid.template


def default_sender(context: Context) -> dict[str, str | None]:
    """Return the answers of the settings' sender; with a name, what it leaves out and may be is skipped.

    The sender's country is the one of every address. Raise SettingsError for a part that cannot be.
    """
    sender = context.settings.ship_from
    known: dict[str, str | None] = {}
    for step in SENDER_STEPS:
        setting = step.removeprefix("from_")
        if text := sender.get(setting, ""):
            known[step] = _understood(step, text, known)
        elif sender.get("name") and step != "from_country" and may_be_empty(step, known):
            known[step] = None
    if country := known.get("from_country"):
        known["to_country"] = country
    return known


def _understood(step: str, text: str, known: dict[str, str | None]) -> str | None:
    setting = f"ship_from.{step.removeprefix('from_')}"
    try:
        value: str | None = STEPS[step].check(text, known).value  # type: ignore[misc]  # answer steps have a check
    except InputError as error:
        raise SettingsError(
            f"{setting}: {error.message}", hint=f"shiplabel config set {setting} …"
        ) from error
    return value


def copied(context: Context, like: str) -> dict[str, str | None]:
    """Return the answers of a session or a label to repeat; raise InputError when there is none."""
    if not like:
        return {}
    source = context.sessions.search(like)
    if source is None:
        raise InputError(
            phrase("There is no label or session {name}.", name=like),
            field="like",
            hint="shiplabel labels list",
        )
    return {step: source.answers[step] for step in ALL_ANSWER_STEPS if step in source.answers}
