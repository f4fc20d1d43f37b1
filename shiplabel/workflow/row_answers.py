"""The answers of one row: its cells and the defaults through the very checks of the wizard.

Texts that many rows share (a state, a ZIP code beside its city, the parcel, the sender) are
checked once and remembered, within a bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from shiplabel.domain import checks
from shiplabel.domain.text import quoted
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded
from shiplabel.workflow.session import Wishes
from shiplabel.workflow.steps import STEPS

if TYPE_CHECKING:
    from shiplabel.domain.understood import Understood
    from shiplabel.workflow.problems import Level

_WORDS = ("country", "name", "company", "address1", "address2", "city", "state", "zip", "phone")
SIDES = ("length", "width", "height")
_SIDE_STEPS = tuple(f"parcel_{side}" for side in SIDES)
_OPTIONAL = frozenset(name for name, step in STEPS.items() if step.optional)
_UNIT_STEPS = ("parcel_weight_unit", "parcel_side_unit")
_BREAK = re.compile(r"\s*[\r\n]+\s*")
_SENDER_MEND = marked("Fill the from_ columns, or say --from NAME, or set a sender with shiplabel config.")
_SIZE_MEND = marked("Fill the columns, or say --size 10x8x4 for all rows without one.")
_MEND = {
    "weight": marked('Fill the column, or say --weight "1 lb" for all rows without one.'),
    **dict.fromkeys(SIDES, marked("Fill all three sides of the row, or none.")),
}
_FILL = marked("Fill the cell, or take the row out.")

Answers = dict[str, str | None]


class Finding(NamedTuple):
    """What is wrong with a field of whatever row holds these texts."""

    field: str
    said: str
    mend: str = ""
    level: Level = "error"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the columns may lack: answers as the steps understood them, and the wishes for every row."""

    answers: Mapping[str, str | None] = field(default_factory=dict)
    wishes: Wishes = field(default_factory=Wishes)

    @classmethod
    def of(cls, typed: Mapping[str, str], wishes: Wishes | None = None) -> Defaults:
        """Return defaults from typed texts by step (``parcel_weight``, ``from_zip``); raise InputError."""
        answers: Answers = {step: typed[step] for step in _UNIT_STEPS if typed.get(step)}
        for side in ("from", "to"):
            if typed.get(f"{side}_country"):
                found = checks.country(side)(typed[f"{side}_country"], answers)
                answers[f"{side}_country"] = found.value
        for step, row in STEPS.items():
            if row.check and step in typed and step not in answers:
                found = row.check(typed[step], answers)
                answers |= {step: found.value, **found.also}
        return cls(answers, wishes or Wishes())


def answers_of_row(texts: Mapping[str, str], defaults: Defaults) -> tuple[Answers, list[Finding]]:
    """Return the answers of sender, recipient and parcel that a row's texts and the defaults give."""
    sender, findings = _sender(texts, defaults)
    given = tuple(texts.get(f"to_{word}", "") for word in _WORDS)
    answers, found = _recipient(given, defaults.answers.get("to_country"))
    parcel, wrong = _parcel(texts, defaults)
    return {**sender, **answers, **parcel}, [*findings, *found, *wrong]


def _sender(texts: Mapping[str, str], defaults: Defaults) -> tuple[Answers, list[Finding]]:
    """Return the row's own sender where it has one, whole: it is never mixed with another's address."""
    given = tuple(texts.get(f"from_{word}", "") for word in _WORDS)
    if any(given[1:]):
        answers, found = _known_sender(given, defaults.answers.get("from_country"))
        return answers, list(found)
    answers = {step: answer for step, answer in defaults.answers.items() if step.startswith("from_")}
    if not answers.get("from_name") or not answers.get("from_address1"):
        return {}, [Finding("from_name", phrase("There is no sender."), worded(_SENDER_MEND))]
    return {**{f"from_{word}": None for word in ("company", "address2", "phone")}, **answers}, []


@lru_cache(maxsize=256)
def _known_sender(given: tuple[str, ...], country: str | None) -> tuple[Answers, tuple[Finding, ...]]:
    answers, findings = _side("from", given, country)
    return answers, tuple(findings)


def _recipient(given: tuple[str, ...], country: str | None) -> tuple[Answers, list[Finding]]:
    if not any(given[1:]):
        return {}, [
            Finding("to_name", phrase("The row has no recipient."), phrase("Fill it, or take the row out."))
        ]
    return _side("to", given, country)


def _side(side: str, given: tuple[str, ...], country: str | None) -> tuple[Answers, list[Finding]]:
    """Check one address; ``given`` are its texts in the order of ``_WORDS``."""
    texts = _arranged(dict(zip(_WORDS, given, strict=True)))
    answers: Answers = {}
    findings: list[Finding] = []
    code = texts.pop("country")
    if code or country:
        _take(f"{side}_country", code or country or "", answers, findings)
    for word, text in texts.items():
        step = f"{side}_{word}"
        if text or step not in answers:
            _take(step, text, answers, findings)
    return answers, findings


def _arranged(texts: dict[str, str]) -> dict[str, str]:
    """Put a firm without a person's name into the name, and a street's further lines into the second line."""
    if not texts["name"]:
        texts["name"], texts["company"] = texts["company"], ""
    if not texts["address1"]:
        texts["address1"], texts["address2"] = texts["address2"], ""
    street = _BREAK.split(texts["address1"].strip())
    if len(street) > 1:
        texts["address1"] = street[0]
        texts["address2"] = ", ".join(filter(None, (*street[1:], texts["address2"])))
    return texts


def _parcel(texts: Mapping[str, str], defaults: Defaults) -> tuple[Answers, list[Finding]]:
    """Return weight and sides; the default sides count only where the row has none at all."""
    standard = defaults.answers
    weight = texts.get("weight", "") or standard.get("parcel_weight") or ""
    sides = tuple(texts.get(side, "") for side in SIDES)
    if not any(sides):
        sides = tuple(standard.get(f"parcel_{side}") or "" for side in SIDES)
    bare = tuple(standard.get(step) for step in _UNIT_STEPS)
    weighed, wrong = _known(("parcel_weight",), (weight,), bare)
    if not any(sides):
        return weighed, [
            *wrong,
            Finding("size", phrase("The size is missing; it cannot be left out."), worded(_SIZE_MEND)),
        ]
    sized, also_wrong = _known(_SIDE_STEPS, sides, bare)
    return {**weighed, **sized}, [*wrong, *also_wrong]


@lru_cache(maxsize=4096)
def _known(
    steps: tuple[str, ...], texts: tuple[str, ...], units: tuple[str | None, ...]
) -> tuple[Answers, tuple[Finding, ...]]:
    """Check steps of the parcel; the same texts under the same units are checked once."""
    answers: Answers = dict(zip(_UNIT_STEPS, units, strict=True))
    findings: list[Finding] = []
    for step, text in zip(steps, texts, strict=True):
        if text or step not in answers:
            _take(step, text, answers, findings)
    return {step: answer for step, answer in answers.items() if step not in _UNIT_STEPS}, tuple(findings)


def _take(step: str, text: str, answers: Answers, findings: list[Finding]) -> None:
    """Check one text; keep its answer, its doubt as a warning, its refusal as an error."""
    if not text and step in _OPTIONAL:
        answers[step] = None
        return
    name = step.removeprefix("parcel_")
    understood = _understood(step, text, answers)
    if isinstance(understood, InputError):
        mend = understood.hint or ("" if text else worded(_MEND.get(name, _FILL)))
        findings.append(Finding(name, understood.message, mend))
        return
    answers[step] = understood.value
    answers.update(understood.also)
    if understood.doubt:
        mend = (
            phrase("Perhaps {suggestion}.", suggestion=quoted(understood.suggestion))
            if understood.suggestion
            else ""
        )
        findings.append(Finding(name, understood.doubt, mend, "warning"))


_CONTEXT = {"city": ("country",), "state": ("country",), "zip": ("country", "city", "state")}


def _understood(step: str, text: str, answers: Answers) -> Understood | InputError:
    side, _, word = step.partition("_")
    if word in _CONTEXT:
        return _remembered(
            step, text, tuple((f"{side}_{one}", answers.get(f"{side}_{one}")) for one in _CONTEXT[word])
        )
    return _checked(step, text, answers)


@lru_cache(maxsize=4096)
def _remembered(step: str, text: str, context: tuple[tuple[str, str | None], ...]) -> Understood | InputError:
    """Check a text that many rows share; the same text beside the same answers is checked once."""
    return _checked(step, text, dict(context))


def _checked(step: str, text: str, answers: Answers) -> Understood | InputError:
    check = checks.country(step.partition("_")[0]) if step.endswith("_country") else STEPS[step].check
    try:
        return check(text, answers)  # type: ignore[misc]  # every step named here asks for text
    except InputError as error:
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)
