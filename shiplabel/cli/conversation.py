"""Who answers in this run: a clerk at a terminal, with the book and the templates at hand, or the options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shiplabel.cli import book

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.cli.talk import Talk
    from shiplabel.cli.wizard.clerk import Clerk


def talk_of(context: Context, asked: Any) -> Talk:
    """Return who answers: a clerk at a terminal, else the options."""
    if context.can_ask and not asked.json:
        return clerk_of(context, asked)
    from shiplabel.cli.script import Script  # noqa: PLC0415  # one of two is needed

    return Script(context.parts, yes=asked.yes)


def clerk_of(context: Context, asked: Any) -> Clerk:
    """Return the conversation with a person at a terminal."""
    from shiplabel.cli.wizard.clerk import Clerk  # noqa: PLC0415  # prompts are loaded when needed
    from shiplabel.cli.wizard.desk import Desk  # noqa: PLC0415  # the same

    settings = context.settings
    desk = Desk(
        environment=settings.environment,
        profile=settings.profile,
        discard=context.sessions.discard,
        drop=context.sessions.drop,
        plain=settings.plain,
        yes=asked.yes,
        rule=asked.rate,
        completions=book.completions(context),
        parcel_preset=book.last_preset(context),
        weight_unit=settings.weight_unit,
        length_unit=settings.size_unit,
        keep_address=book.address_keeper(context),
        keep_template=book.template_keeper(context),
    )
    return Clerk(context.parts, desk)
