"""Label templates: any part of a label's answers and wishes under a name.

A parcel preset is a template of the parcel alone. The last one used is remembered beside the list.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from shiplabel.domain.amounts import parse_money
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase
from shiplabel.storage.named_list import NamedList
from shiplabel.workflow.steps import ANSWER_STEPS, STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shiplabel.workflow.session import Session, Wishes

WISHES = ("package_code", "confirmation", "insured_value", "reference", "rule", "format", "layout")
"""The wishes that a template may keep; an order id, limits and folders belong to one label."""

KEPT_ANSWERS = (*ANSWER_STEPS, "from_country", "to_country")
PARTS = {"ship_from": "from_", "ship_to": "to_", "parcel": "parcel_"}
_PLAIN = {"package_code": "package", "confirmation": "none", "format": "pdf", "layout": "4x6"}


@dataclass(frozen=True, slots=True)
class Template:
    """Answers by step and wishes by field, as texts; what is not in it is asked as usual."""

    name: str
    answers: dict[str, str | None] = field(default_factory=dict)
    wishes: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> list[str]:
        """The parts of a label that it fills: ship_from, ship_to, parcel, then its wishes."""
        filled = [
            part for part, start in PARTS.items() if any(step.startswith(start) for step in self.answers)
        ]
        return [*filled, *self.wishes]

    @property
    def is_preset(self) -> bool:
        """Whether it is a parcel and nothing else but its package."""
        return bool(self.answers) and set(self.parts) <= {"parcel", "package_code"}

    def over(self, wishes: Wishes) -> Wishes:
        """Return the wishes with this template's own laid over them."""
        texts = dict(self.wishes)
        insured = texts.pop("insured_value", "")
        changed = replace(wishes, **texts)  # type: ignore[arg-type]  # checked when it was saved
        return replace(changed, insured_value=parse_money(insured)) if insured else changed


class Templates:
    """The templates of one data folder."""

    def __init__(self, path: Path) -> None:
        """Take the file's place (``templates.json``); it need not exist."""
        self._list = NamedList(path, marked("template"), "templates")
        self._last = path.with_name(f"{path.stem}-last.json")

    def entries(self) -> list[Template]:
        """Return all templates in the order of their names."""
        return [_template(name, body) for name, body in self._list.read().items()]

    def presets(self) -> list[Template]:
        """Return the parcel presets, the last one used first."""
        found = [template for template in self.entries() if template.is_preset]
        last = self._last_name()
        return sorted(found, key=lambda template: template.name != last)

    def get(self, name: str) -> Template:
        """Return the template of this name; raise InputError naming the nearest."""
        return _template(*self._list.get(name))

    def save(
        self,
        name: str,
        answers: Mapping[str, str | None],
        wishes: Mapping[str, str],
        *,
        replace: bool = False,
    ) -> Template:
        """Check the parts and save them; raise TakenName when the name may not be replaced.

        A parcel preset just saved is the one that is offered next.
        """
        checked = check_answers(answers)
        kept_wishes = _checked_wishes(wishes)
        if not checked and not kept_wishes:
            raise InputError(
                phrase("There is nothing to keep in this template."),
                field="name",
                hint=phrase("add answers (--weight, --to-name …) or --like LABEL_OR_SESSION"),
            )
        with self._list.changing() as things:
            body = {"answers": checked, "wishes": kept_wishes}
            kept = self._list.put(things, name, body, replace=replace)
        saved = Template(kept, checked, kept_wishes)
        self.used(saved)
        return saved

    def rename(self, old: str, new: str) -> str:
        """Give a template another name."""
        return self._list.rename(old, new)

    def remove(self, name: str) -> str:
        """Take a template out of the list."""
        return self._list.remove(name)

    def used(self, template: Template) -> None:
        """Remember a parcel preset as the last one used; it is offered first from now on."""
        from shiplabel.storage.atomic import AtomicStorage  # noqa: PLC0415  # only a use writes

        if template.is_preset and self._last_name() != template.name:
            AtomicStorage(self._last).write({"last": {"1": {"preset": template.name}}})

    def last_preset(self) -> Template | None:
        """Return the parcel preset saved or used last, if it still exists."""
        last = self._last_name()
        return next((one for one in self.presets() if one.name == last), None) if last else None

    def _last_name(self) -> str:
        from shiplabel.storage.atomic import AtomicStorage  # noqa: PLC0415  # the same

        document = AtomicStorage(self._last).read() or {}
        return str(document.get("last", {}).get("1", {}).get("preset", ""))


def template_of(session: Session, name: str, parts: set[str] | None = None) -> Template:
    """Return what a session or record can be repeated from; ``parts`` narrows it, None keeps all."""
    answers = {
        step: value
        for step, value in session.answers.items()
        if step in KEPT_ANSWERS and (parts is None or _part_of(step) in parts)
    }
    said: dict[str, Any] = {wish: getattr(session.wishes, wish) for wish in WISHES}
    insured = session.wishes.insured_value
    said["insured_value"] = f"{insured.amount} {insured.currency}" if insured else ""
    wishes = {
        wish: str(value)
        for wish, value in said.items()
        if value and value != _PLAIN.get(wish) and (parts is None or wish in parts)
    }
    return Template(name, answers, wishes)


def check_answers(answers: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the answers as understood, in the order of the steps; raise InputError naming a step."""
    kept: dict[str, str | None] = {step: answers[step] for step in KEPT_ANSWERS[-2:] if answers.get(step)}
    for step in ANSWER_STEPS:
        check = STEPS[step].check
        if step not in answers or check is None:
            continue
        text = answers[step]
        if text is None and STEPS[step].optional:
            kept[step] = None
            continue
        understood = check(text or "", {**kept})
        kept[step] = understood.value
    return kept


def _checked_wishes(wishes: Mapping[str, str]) -> dict[str, str]:
    unknown = set(wishes) - set(WISHES)
    if unknown:
        raise InputError(phrase("A template keeps no {part!r}.", part=min(unknown)), field="name")
    kept = {wish: wishes[wish] for wish in WISHES if wishes.get(wish)}
    if "insured_value" in kept:
        parse_money(kept["insured_value"], "insured_value")
    return kept


def _part_of(step: str) -> str:
    return next(part for part, start in PARTS.items() if step.startswith(start))


def _template(name: str, body: dict[str, Any]) -> Template:
    return Template(name, dict(body.get("answers", {})), dict(body.get("wishes", {})))
