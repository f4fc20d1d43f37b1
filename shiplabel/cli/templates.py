"""``shiplabel templates``: any part of a label under a name, and parcel presets."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import Annotated, Any

import typer

from shiplabel.cli import ask, console
from shiplabel.cli.book import templates_of
from shiplabel.cli.context import Context
from shiplabel.cli.listing import print_table
from shiplabel.cli.options import Asked, takes_answers, understand
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded
from shiplabel.storage.templates import Template, template_of
from shiplabel.workflow.session import Session, Wishes, begin

app = typer.Typer(
    no_args_is_help=True,
    help="Label templates and parcel presets.",
    epilog="Example: shiplabel templates list",
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Name = Annotated[str, typer.Argument(help="Name of the template.")]
NONE_SAVED = marked(
    "There are no templates. Next: shiplabel templates save 'small box' --weight 1lb --size 8x6x4"
)
COLUMNS = marked(("Name", "Fills", "With"))
OF_ONE_LABEL = ("template", "order_id", "max_cost", "out", "printer", "again", "print", "yes")


def template_object(template: Template) -> dict[str, Any]:
    """Return a template as scripts read it."""
    return {
        "name": template.name,
        "parts": template.parts,
        "answers": template.answers,
        "wishes": template.wishes,
    }


@app.command("list", epilog="Example: shiplabel templates list")
def list_(*, as_json: Json = False) -> None:
    """List the templates and what each fills."""
    with Context.open() as context:
        entries = templates_of(context).entries()
    if as_json:
        console.print_json([template_object(template) for template in entries])
    elif not entries:
        console.tell(worded(NONE_SAVED))
    else:
        rows = [[template.name, ", ".join(template.parts), _words(template)] for template in entries]
        print_table(COLUMNS, rows, right=frozenset())


def _words(template: Template) -> str:
    """Return the few words by which a clerk knows a template."""
    answers = template.answers
    sides = [answers.get(f"parcel_{side}") for side in ("length", "width", "height")]
    said = [
        answers.get("from_name"),
        answers.get("to_name"),
        answers.get("parcel_weight"),
        " x ".join(side for side in sides if side),
        *template.wishes.values(),
    ]
    return ", ".join(word for word in said if word)


@app.command(epilog="Example: shiplabel templates show 'small box'")
def show(name: Name, *, as_json: Json = False) -> None:
    """Show one template."""
    with Context.open() as context:
        template = templates_of(context).get(name)
    _show(template, as_json=as_json)


def _show(template: Template, *, as_json: bool) -> None:
    if as_json:
        console.print_json(template_object(template))
        return
    console.result(f"{'name':16}{template.name}")
    for key, value in {**template.answers, **template.wishes}.items():
        console.result(f"{key:16}{value or phrase('(left out)')}")


@app.command("save", epilog="Example: shiplabel templates save 'big box' --weight 9lb --size 20x16x12")
@takes_answers
def save(
    asked: Any,
    name: Name,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the template of this name.")] = False,
) -> None:
    """Save answers under a name, or a label's or session's with --like; options change what it had."""
    unfit = [option for option in OF_ONE_LABEL if getattr(asked, option)]
    if unfit:
        option = unfit[0].replace("_", "-")
        raise InputError(
            phrase("A template keeps no --{option}: it belongs to one label.", option=option), field=unfit[0]
        )
    with Context.open() as context:
        made = made_of(context, asked)
        kept = ask.under_a_name(
            name,
            lambda free, again: templates_of(context).save(
                free, made.answers, made.wishes, replace=replace or again
            ),
        )
    _show(kept, as_json=asked.json)


def made_of(context: Context, asked: Any) -> Template:
    """Return a nameless template of what the options and ``--like`` say."""
    source = _source(context, asked.like)
    known = source.answers if source else {}
    for side, entry in (("from", asked.from_), ("to", asked.to)):
        if entry:
            from shiplabel.cli.book import book_of  # noqa: PLC0415  # only a name needs the book

            known = {**known, **book_of(context).get(entry).answers(side)}
    settings = changed(context.settings, rule="")
    understood = understand(asked, settings, known, source.wishes if source else Wishes())
    for doubt in understood.doubts:
        console.tell(doubt)
    whole = begin(
        now=context.clock.now(),
        life=settings.session_ttl,
        environment=settings.environment,
        shipment_key="",
        answers=understood.answers,
        wishes=understood.wishes,
    )
    return template_of(whole, "")


def _source(context: Context, like: str) -> Session | None:
    if not like:
        return None
    from shiplabel.cli.label_records import find_record  # noqa: PLC0415  # only --like needs the records

    source = find_record(context, like) or context.sessions.search(like)
    if source is None:
        raise InputError(
            phrase("There is no label or session {name}.", name=like),
            field="like",
            hint="shiplabel labels list",
        )
    return source


@app.command("use", epilog="Example: shiplabel templates use 'small box' --to Ada --rate cheapest --yes")
@takes_answers
def use(asked: Any, name: Name) -> int:
    """Make a label from a template: the same as ``shiplabel new --template NAME``."""
    from shiplabel.cli.new import run  # noqa: PLC0415  # the wizard is loaded when it is wanted

    with Context.open() as context:
        template = templates_of(context).get(name)
        return run(context, Asked(**{**vars(asked), "template": template.name}))


@app.command(epilog="Example: shiplabel templates rename 'small box' small")
def rename(old: Name, new: Annotated[str, typer.Argument(help="The new name.")]) -> None:
    """Give a template another name."""
    with Context.open() as context:
        console.result(phrase("Renamed to {name}.", name=templates_of(context).rename(old, new)))


@app.command(epilog="Example: shiplabel templates remove 'small box' --yes")
def remove(name: Name, *, agreed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Take a template out of the list."""
    with Context.open() as context:
        templates = templates_of(context)
        kept = templates.get(name).name
        ask.leave_to(phrase("Remove {name}?", name=kept), given=agreed, what=phrase("Removing"))
        console.result(phrase("Removed {name}.", name=templates.remove(kept)))
