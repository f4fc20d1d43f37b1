"""What a new session starts with before anything is asked: the default sender, a label to repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shiplabel.cli.book import filled
from shiplabel.errors import InputError
from shiplabel.workflow.session import Wishes
from shiplabel.workflow.steps import ANSWER_STEPS

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.storage.templates import Template

_STEP_OF_SETTING = {
    "name": "from_name", "company": "from_company", "address1": "from_address1", "address2": "from_address2",
    "city": "from_city", "state": "from_state", "zip": "from_zip", "country": "from_country",
    "phone": "from_phone",
}  # fmt: skip


def start(context: Context, asked: Any) -> tuple[dict[str, str | None], Wishes, Template | None]:
    """Return the answers and wishes known before any option is read, and the template used."""
    known = default_sender(context) | copied(context, asked.like)
    laid = filled(context, asked, known, Wishes(**context.wish_defaults()))
    return laid.answers, laid.wishes, laid.template


def default_sender(context: Context) -> dict[str, str | None]:
    """Return the answers of the settings' sender, the parts it leaves out skipped; empty without one."""
    sender = context.settings.ship_from
    if not sender.get("name"):
        return {}
    return {step: sender.get(setting) or None for setting, step in _STEP_OF_SETTING.items()}


def copied(context: Context, like: str) -> dict[str, str | None]:
    """Return the answers of a session or a label to repeat; raise InputError when there is none."""
    if not like:
        return {}
    source = context.sessions.search(like)
    if source is None:
        raise InputError(f"There is no label or session {like}.", field="like", hint="shiplabel labels list")
    kept = (*ANSWER_STEPS, "from_country", "to_country")
    return {step: source.answers[step] for step in kept if step in source.answers}
