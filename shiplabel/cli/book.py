"""What the address book and the templates give to a new label: answers, wishes, completions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.cli.context import Context
    from shiplabel.cli.wizard.desk import AddressSuggestion, KeepAddress, KeepTemplate, ParcelPreset
    from shiplabel.storage.addresses import AddressBook, Entry
    from shiplabel.storage.templates import Template, Templates
    from shiplabel.workflow.session import Session, Wishes

BOOK = "addresses.json"
TEMPLATES = "templates.json"
SUGGESTED = 12
RECENT = 50


def book_of(context: Context) -> AddressBook:
    """Return the address book of the data folder; all environments share it."""
    from shiplabel.storage.addresses import AddressBook  # noqa: PLC0415  # many have no book

    return AddressBook(context.settings.data_dir / BOOK)


def templates_of(context: Context) -> Templates:
    """Return the templates of the data folder; all environments share them."""
    from shiplabel.storage.templates import Templates  # noqa: PLC0415  # many have none

    return Templates(context.settings.data_dir / TEMPLATES)


def _has(context: Context, name: str) -> bool:
    """Tell whether there is such a file at all: what reads it is loaded only then."""
    return (context.settings.data_dir / name).exists()


class Filled(NamedTuple):
    """Answers and wishes that are known before anything is asked; ``template`` is the one used."""

    answers: dict[str, str | None]
    wishes: Wishes
    template: Template | None = None


def filled(context: Context, asked: Any, answers: dict[str, str | None], wishes: Wishes) -> Filled:
    """Lay the default sender over what is known, then as ``laid_over`` does."""
    sender = None if answers.get("from_name") or not _has(context, BOOK) else book_of(context).default()
    return laid_over(context, asked, answers | (sender.answers("from") if sender else {}), wishes)


def laid_over(context: Context, asked: Any, answers: dict[str, str | None], wishes: Wishes) -> Filled:
    """Lay ``--template``, ``--from`` and ``--to`` over what is known, in this order.

    Raise InputError for a name that neither book nor list has.
    """
    known = dict(answers)
    template = templates_of(context).get(asked.template) if asked.template else None
    if template:
        known |= template.answers
        wishes = template.over(wishes)
    if asked.from_:
        known |= book_of(context).get(asked.from_).answers("from")
    if asked.to:
        known |= recipient(context, asked.to).answers("to")
    return Filled(known, wishes, template)


def recipient(context: Context, name: str) -> Entry:
    """Return who is called so: an address of the book, else the one recent recipient, which is said.

    Raise InputError naming the nearest where nobody is, or several are.
    """
    from shiplabel.cli.recipients import sent_lately  # noqa: PLC0415  # most names are in the book
    from shiplabel.storage.named_list import UnknownName  # noqa: PLC0415  # the same

    book = book_of(context)
    try:
        return book.get(name)
    except UnknownName:
        return sent_lately(name, recent(context), [entry.name for entry in book.entries()])


def used(context: Context, template: Template | None) -> None:
    """Remember a parcel preset as the last one used."""
    if template:
        templates_of(context).used(template)


def completions(context: Context) -> Callable[[str], list[AddressSuggestion]]:
    """Return what completes a name: the book first, then recent recipients who are not in it.

    Book and records are read at the first letter, once.
    """
    from shiplabel.cli.wizard.desk import AddressSuggestion  # noqa: PLC0415  # light, but rich comes along

    known: list[Entry] = []

    def complete(text: str) -> list[AddressSuggestion]:
        from shiplabel.storage.addresses import search  # noqa: PLC0415  # at the first letter

        if not known:
            known.extend(_known(context))
        return [
            AddressSuggestion(
                entry.name, entry.line(), {field: value or None for field, value in entry.fields.items()}
            )
            for entry in search(known, text, SUGGESTED)
        ]

    return complete


def _known(context: Context) -> list[Entry]:
    saved = book_of(context).entries()
    lines = {entry.line() for entry in saved}
    return [*saved, *(entry for entry in recent(context) if entry.line() not in lines)]


def recent(context: Context) -> list[Entry]:
    """Return the last different recipients, the newest first, as if they were saved."""
    from shiplabel.cli.label_records import index_of  # noqa: PLC0415  # most commands ask for none
    from shiplabel.storage.addresses import Entry  # noqa: PLC0415  # the same

    found = index_of(context).recent_recipients(RECENT)
    return [
        Entry(answers["to_name"], {step.removeprefix("to_"): value for step, value in answers.items()})
        for answers in found
        if answers.get("to_name")
    ]


def last_preset(context: Context) -> ParcelPreset | None:
    """Return the parcel preset used last, as the wizard offers it."""
    from shiplabel.cli.wizard.desk import ParcelPreset  # noqa: PLC0415  # light, but rich comes along

    preset = templates_of(context).last_preset() if _has(context, TEMPLATES) else None
    return ParcelPreset(preset.name, preset.answers) if preset else None


def address_keeper(context: Context) -> KeepAddress:
    """Return what saves one side of a session in the book and says what was saved.

    A sender becomes the default one where there is none yet.
    """

    def keep(session: Session, side: str, name: str, replace: bool) -> str:
        book = book_of(context)
        fields = {
            step.partition("_")[2]: value
            for step, value in session.answers.items()
            if step.startswith(f"{side}_")
        }
        first = side == "from" and book.default() is None and not context.settings.ship_from.get("name")
        entry = book.save(name, fields, replace=replace, default=first)
        return phrase(
            "{name} is in the address book; new labels begin with this sender."
            if first
            else "{name} is in the address book.",
            name=entry.name,
        )

    return keep


def template_keeper(context: Context) -> KeepTemplate:
    """Return what saves a session's answers and wishes as a template and says what was saved."""

    def keep(session: Session, parts: frozenset[str], name: str, replace: bool) -> str:
        from shiplabel.storage.templates import template_of  # noqa: PLC0415  # few labels become one

        made = template_of(session, name, set(parts) or None)
        kept = templates_of(context).save(name, made.answers, made.wishes, replace=replace)
        return phrase("{name} is a template of {parts}.", name=kept.name, parts=", ".join(kept.parts))

    return keep
