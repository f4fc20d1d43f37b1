"""The options that answer the wizard's questions, declared once for every command that takes them.

``Asked`` is what the options said; ``answers_of`` and ``wishes_of`` check all of it before a
session is made and name every mistake at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from shiplabel.cli.together import Choice, handing
from shiplabel.domain.amounts import parse_money
from shiplabel.domain.keys import check_order_id
from shiplabel.domain.settings import CONFIRMATIONS
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase
from shiplabel.workflow.session import Wishes
from shiplabel.workflow.steps import ALL_ANSWER_STEPS, ANSWER_STEPS, STEPS, asked_steps, may_be_empty

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.config import Settings

TEXTS: dict[str, str] = marked({
    "from_": "Sender from the address book.",
    "to": "Recipient from the address book.",
    "template": "Label template to start from.",
    "like": "A label or session to repeat.",
    "from_name": "Sender: name.", "from_company": "Sender: company.", "from_address1": "Sender: address1.",
    "from_address2": "Sender: address2.", "from_city": "Sender: city.", "from_state": "Sender: state.",
    "from_zip": "Sender: zip.", "from_country": "Sender: country.", "from_phone": "Sender: phone.",
    "to_name": "Recipient: name.", "to_company": "Recipient: company.", "to_address1": "Recipient: address1.",
    "to_address2": "Recipient: address2.", "to_city": "Recipient: city.", "to_state": "Recipient: state.",
    "to_zip": "Recipient: zip.", "to_country": "Recipient: country.", "to_phone": "Recipient: phone.",
    "weight": "2 lb 3 oz, 35oz, 900 g; bare numbers are pounds.",
    "size": "10x8x4in, 25x20x10cm; bare numbers are inches.",
    "package": "Package code of the carrier.",
    "confirmation": "none, delivery, signature, adult_signature, …",
    "insure": "Insured value: 100usd.",
    "reference": "Text printed on the label.",
    "order_id": "Your order number; an order is labelled once.",
    "rate": "cheapest, fastest, service:CODE, carrier:CODE:cheapest, cheapest:3d, or a rate id.",
    "max_cost": "Highest price to pay: 12.50.",
    "format": "pdf, png or zpl.",
    "layout": "4x6 or letter.",
    "out": "Folder for the label file.",
    "printer": "CUPS queue or host:port.",
})  # fmt: skip
SWITCHES: dict[str, str] = marked({
    "again": "Ship an order once more that has a label.",
    "print": "Print the label when it is bought.",
    "yes": "Buy without asking.",
    "json": "One JSON document on stdout.",
})  # fmt: skip


class Asked(SimpleNamespace):
    """What the options said; empty where nothing was said."""

    def __init__(self, **said: Any) -> None:
        super().__init__(**{**dict.fromkeys(TEXTS, ""), **dict.fromkeys(SWITCHES, False), **said})


takes_answers = handing(
    Asked,
    [
        *(Choice(name, str, "", said) for name, said in TEXTS.items()),
        *(Choice(name, bool, False, said) for name, said in SWITCHES.items()),
    ],
    "asked",
)
"""Hands a command the answer options as one Asked value, after its own."""


@dataclass(frozen=True, slots=True)
class Understood:
    """Answers and wishes that options gave, with the doubts to warn of."""

    answers: dict[str, str | None]
    wishes: Wishes
    doubts: tuple[str, ...] = ()


def understand(asked: Any, settings: Settings, known: dict[str, str | None], wishes: Wishes) -> Understood:
    """Check all options against what is known already; raise one InputError that names every mistake."""
    problems: list[InputError] = []
    answers = dict(known)
    doubts: list[str] = []
    for step, text in _typed(asked, problems).items():
        try:
            understood = STEPS[step].check(text, answers)  # type: ignore[misc]  # answer steps have a check
        except InputError as error:
            problems.append(error)
            continue
        answers |= {**understood.also, step: understood.value}
        doubts += [understood.doubt] if understood.doubt else []
    new = _wishes(asked, settings, wishes, problems)
    if problems:
        raise InputError(
            "\n".join(problem.message for problem in problems), field=problems[0].field, code="input"
        )
    return Understood(answers, new, tuple(doubts))


def _typed(asked: Any, problems: list[InputError]) -> dict[str, str]:
    """Return the texts that options gave to answer steps, in the order of the steps."""
    given = {step: getattr(asked, step, "") for step in ALL_ANSWER_STEPS}
    given["parcel_weight"] = asked.weight
    if asked.size:
        from shiplabel.domain.parcel import parse_size, side_text  # noqa: PLC0415  # a clerk is asked instead

        try:
            size = parse_size(asked.size)
        except InputError as error:
            problems.append(InputError(error.message, field="size"))
        else:
            for side in ("length", "width", "height"):
                given[f"parcel_{side}"] = side_text(getattr(size, side), size.unit)
    return {step: text for step, text in given.items() if text}


def _wishes(asked: Any, settings: Settings, wishes: Wishes, problems: list[InputError]) -> Wishes:
    """Return the wishes with what the options changed; mistakes go to ``problems``."""

    def read(option: str, parse: Callable[[str], Any], old: Any) -> Any:
        text = getattr(asked, option)
        try:
            return parse(text) if text else old
        except InputError as error:
            problems.append(error)
            return old

    read("printer", _printer, None)
    chosen = Wishes(
        order_id=read("order_id", check_order_id, wishes.order_id),
        package_code=asked.package or wishes.package_code,
        confirmation=read("confirmation", _one_of("confirmation", CONFIRMATIONS), wishes.confirmation),
        insured_value=read("insure", parse_money, wishes.insured_value),
        reference=asked.reference or wishes.reference,
        rule=read("rate", _rule, wishes.rule) or settings.rule,
        max_cost=read("max_cost", parse_money, wishes.max_cost),
        format=read("format", _one_of("format", ("pdf", "png", "zpl")), wishes.format),
        layout=read("layout", _one_of("layout", ("4x6", "letter")), wishes.layout),
        out=asked.out or wishes.out,
        again=asked.again or wishes.again,
        abroad=bool(asked.from_country or asked.to_country) or wishes.abroad,
    )
    if chosen.layout == "letter" and chosen.format != "pdf":
        problems.append(
            InputError(
                phrase("--layout letter goes with --format pdf, not {format}.", format=chosen.format),
                field="layout",
            )
        )
    return chosen


def asked_printer(asked: Any) -> str | None:
    """Return where the label is to be printed (empty: where the settings say), None when not asked."""
    return asked.printer if asked.print or asked.printer else None


def _rule(text: str) -> str:
    from shiplabel.domain.rules import parse_rule  # noqa: PLC0415  # a clerk chooses instead

    parse_rule(text)
    return text


def _printer(text: str) -> None:
    from shiplabel.printing.targets import parse_target  # noqa: PLC0415  # most labels are not printed

    parse_target(text)


def _one_of(option: str, words: tuple[str, ...]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in words:
            said = phrase(
                "--{option} takes {words}; not {text!r}.", option=option, words=", ".join(words), text=text
            )
            raise InputError(said, field=option)
        return text

    return check


def skipping_rest(understood: Understood) -> Understood:
    """Return what the options gave with every other optional step skipped: nobody will be asked."""
    answers = understood.answers
    asked = asked_steps(abroad=understood.wishes.abroad)
    skipped = {step: None for step in asked if may_be_empty(step, answers)}
    return replace(understood, answers={**skipped, **answers})


def missing(answers: dict[str, str | None], asked: Any, wishes: Wishes, *, to_buy: bool) -> list[str]:
    """Return the options that are still needed where nobody can be asked."""
    names = {"parcel_weight": "--weight"}
    names |= {f"parcel_{side}": "--size" for side in ("length", "width", "height")}
    absent = [
        names.get(step, f"--{step.replace('_', '-')}")
        for step in ANSWER_STEPS
        if not answers.get(step) and not may_be_empty(step, answers)
    ]
    absent += ["--rate"] if to_buy and not wishes.rule else []
    absent += ["--yes"] if to_buy and not asked.yes else []
    return list(dict.fromkeys(absent))
