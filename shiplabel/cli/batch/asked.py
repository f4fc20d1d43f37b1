"""The options of ``batch run`` and ``batch check``, and what they mean for every row.

All are checked before a batch is made; what is missing without a terminal is named at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiplabel.cli import console
from shiplabel.cli.options import TEXTS as LABEL_TEXTS
from shiplabel.cli.options import Asked as LabelAsked
from shiplabel.cli.options import asked_printer, understand
from shiplabel.cli.start import start
from shiplabel.cli.together import Choice, handing
from shiplabel.domain.amounts import parse_money
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase
from shiplabel.workflow.batch import Options
from shiplabel.workflow.columns import parse_map

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.workflow.row_answers import Answers

MOST_WORKERS = 28
WORKERS = 16

_OF_ROWS = (
    "from_", *(name for name in LABEL_TEXTS if name.startswith("from_") and name != "from_"),
    "weight", "size", "package", "confirmation", "insure", "format", "layout",
)  # fmt: skip
_ROW_WORDS = marked({
    "weight": "Weight of rows without one: 2 lb 3 oz, 35oz, 900 g.",
    "size": "Size of rows without one: 10x8x4in, 25x20x10cm.",
})  # fmt: skip
_ROW_CHOICES = [
    *(Choice(name, str, "", _ROW_WORDS.get(name, LABEL_TEXTS[name])) for name in _OF_ROWS),
    Choice("map", list[str], [], 'Which column is what: "Ship Zip=to_zip". May be repeated.'),
    Choice("json", bool, False, "One JSON document on stdout."),
]
_RUN_CHOICES = [
    Choice("rate", str, "", "cheapest, fastest, service:CODE, carrier:CODE:cheapest, cheapest:3d."),
    Choice("max_cost", str, "", "Highest price of a row: 12.50."),
    Choice("max_total", str, "", "Highest price of the whole batch, over all its runs: 500."),
    Choice("dry_run", bool, False, "Quote and add up; buy nothing."),
    Choice("yes", bool, False, "Buy without asking."),
    Choice("workers", int, 0, "Rows side by side, up to 28; 16 without a word."),
    Choice("results", str, "", "Where the results go: orders.results.csv beside the source."),
    Choice("labels_dir", str, "", "Folder for the label files."),
    Choice("merge", str, "", "All labels in one file, in the order of the rows: all.pdf."),
    Choice("again", bool, False, "Ship orders once more that have a label."),
    Choice("print", bool, False, "Print the labels when all are bought."),
    Choice("printer", str, "", "CUPS queue or host:port."),
]


def _made(name: str, choices: list[Choice]) -> Any:
    fields = [
        (
            one.field,
            one.kind,
            field(default_factory=list) if one.default == [] else field(default=one.default),
        )
        for one in choices
    ]
    return make_dataclass(name, fields, frozen=True)


RowsAsked: Any = _made("RowsAsked", _ROW_CHOICES)
"""What the options of ``batch check`` said; empty where nothing was said."""
RunAsked: Any = _made("RunAsked", [*_RUN_CHOICES, *_ROW_CHOICES])
"""The same for ``batch run``."""
takes_rows = handing(RowsAsked, _ROW_CHOICES, "asked")
takes_run = handing(RunAsked, [*_RUN_CHOICES, *_ROW_CHOICES], "asked")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to do beside what its batch remembers."""

    options: Options
    yes: bool = False
    dry_run: bool = False
    as_json: bool = False


def rules_of_rows(context: Context, asked: Any) -> Options:
    """Return what the options say for every row; raise one InputError that names every mistake."""
    label = LabelAsked(
        **{name: getattr(asked, name) for name in _OF_ROWS},
        **{name: getattr(asked, name, "") for name in ("rate", "max_cost", "printer")},
        out=_absolute(getattr(asked, "labels_dir", "")),
        again=getattr(asked, "again", False),
        print=getattr(asked, "print", False),
    )
    known, wishes, _ = start(context, label)
    units = {
        "parcel_weight_unit": context.settings.weight_unit,
        "parcel_side_unit": context.settings.size_unit,
    }
    understood = understand(label, context.settings, {**units, **known}, wishes)
    for doubt in understood.doubts:
        console.tell(doubt)
    return Options(
        answers=_with_sender(understood.answers),
        wishes=understood.wishes,
        columns=parse_map(asked.map),
        typed=_typed(asked),
        printer=asked_printer(label),
    )


def _typed(asked: Any) -> tuple[str, ...]:
    """Return the options for every row as they were typed."""
    said = [(name, getattr(asked, name)) for name in _OF_ROWS]
    pairs = [*(pair for pair in said if pair[1]), *(("map", one) for one in asked.map)]
    return tuple(word for name, value in pairs for word in (f"--{name.strip('_').replace('_', '-')}", value))


def _with_sender(answers: Answers) -> Answers:
    """Return the answers without an empty recipient: each row has its own."""
    return {step: answer for step, answer in answers.items() if not step.startswith("to_") or answer}


def wanted_of(context: Context, source: Path, asked: Any) -> Wanted:
    """Return what ``batch run`` is told; without a terminal every missing option is named at once."""
    options = rules_of_rows(context, asked)
    if not 0 <= asked.workers <= MOST_WORKERS:
        said = phrase("--workers takes 1 to {most}, not {count}.", most=MOST_WORKERS, count=asked.workers)
        raise InputError(said, field="workers")
    options = replace(
        options,
        max_total=parse_money(asked.max_total, "max_total") if asked.max_total else None,
        workers=asked.workers,
        results=_absolute(asked.results),
        merge=_absolute(asked.merge),
    )
    check_rule(options.wishes.rule)
    _check_files(source, options)
    if not context.can_ask or asked.json:
        absent = ["--rate"] if not options.wishes.rule else []
        absent += ["--yes"] if not asked.yes and not asked.dry_run else []
        if absent:
            said = phrase("Without a terminal these options are missing: {absent}.", absent=", ".join(absent))
            raise InputError(said, field=absent[0])
    return Wanted(options, yes=asked.yes, dry_run=asked.dry_run, as_json=asked.json)


def check_rule(rule: str) -> None:
    """Raise InputError for a rule that cannot hold for many rows."""
    if rule and parse_rule(rule).rate_id:
        raise InputError(
            phrase("A rate id is of one shipment; a batch takes a rule."),
            field="rate",
            hint="--rate cheapest",
        )


def _check_files(source: Path, options: Options) -> None:
    """Raise InputError where a file to write is the source, or cannot hold the labels."""
    for option, path in (("results", options.results), ("merge", options.merge)):
        if path and Path(path) == source.absolute():
            said = phrase("--{option} {path} is the source itself.", option=option, path=path)
            raise InputError(said, field=option)
        if path and not Path(path).parent.is_dir():
            folder = Path(path).parent
            said = phrase("--{option}: there is no folder {folder}.", option=option, folder=folder)
            raise InputError(said, field=option)
    if options.merge and options.wishes.format == "png":
        raise InputError(phrase("--merge goes with --format pdf or zpl, not png."), field="merge")
    ending = Path(options.merge).suffix.casefold().removeprefix(".")
    if ending in {"pdf", "zpl"} - {options.wishes.format}:
        raise InputError(
            phrase(
                "--merge {name}: {format} labels do not make such a file.",
                name=Path(options.merge).name,
                format=options.wishes.format.upper(),
            ),
            field="merge",
            hint=phrase("add --format {ending}, or name the file otherwise", ending=ending),
        )


def _absolute(text: str) -> str:
    return str(Path(text).expanduser().absolute()) if text else ""
