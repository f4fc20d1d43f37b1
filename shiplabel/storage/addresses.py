"""The address book: who a clerk sends from and to, under names of the clerk's own.

One file for all environments: an address is nobody's money. Every address that goes in was
checked as the wizard checks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shiplabel.domain.text import stated
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase
from shiplabel.storage.named_list import NamedList
from shiplabel.workflow.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FIELDS = ("name", "company", "address1", "address2", "city", "state", "zip", "country", "phone")
SEARCHED = ("name", "company", "address1", "city")
_HOME = "US"


@dataclass(frozen=True, slots=True)
class Entry:
    """An address under its name in the book.

    ``fields`` are named as steps end (``city``, ``zip``); ``doubts`` are what was odd about it
    when it was saved just now.
    """

    name: str
    fields: dict[str, str]
    default: bool = False
    doubts: tuple[str, ...] = ()

    def answers(self, side: str) -> dict[str, str | None]:
        """Return the answers of one side's steps, None where a part is empty; ``side`` is from or to."""
        return {f"{side}_{field}": self.fields.get(field) or None for field in FIELDS}

    def line(self) -> str:
        """Return it in one line as a list shows it."""
        from shiplabel.domain.address import address_of, one_line  # noqa: PLC0415  # a book opens without

        return one_line(address_of(self.answers("to"), "to"))


class AddressBook:
    """The book of one data folder."""

    def __init__(self, path: Path) -> None:
        """Take the file's place (``addresses.json``); it need not exist."""
        self._list = NamedList(path, marked("address"), "addresses")

    def entries(self) -> list[Entry]:
        """Return all addresses in the order of their names."""
        return [_entry(name, body) for name, body in self._list.read().items()]

    def get(self, name: str) -> Entry:
        """Return the address of this name; raise InputError naming the nearest."""
        return _entry(*self._list.get(name))

    def default(self) -> Entry | None:
        """Return the default sender, if one is marked."""
        return next((entry for entry in self.entries() if entry.default), None)

    def save(
        self, name: str, fields: Mapping[str, str | None], *, replace: bool = False, default: bool = False
    ) -> Entry:
        """Check an address and save it; NAME is the name on the label unless the fields have one.

        Raise TakenName when the name exists and may not be replaced.
        """
        checked, doubts = check_fields({"name": name, **_given(fields)})
        with self._list.changing() as things:
            taken = self._list.find(things, name)
            is_default = default or (taken is not None and replace and things[taken].get("default") is True)
            if is_default:
                _unmark(things)
            kept = self._list.put(things, name, {"fields": checked, "default": is_default}, replace=replace)
        return Entry(kept, checked, is_default, doubts)

    def edit(self, name: str, changes: Mapping[str, str | None], *, default: bool | None = None) -> Entry:
        """Change some parts of an address; an empty text clears a part."""
        with self._list.changing() as things:
            kept = self._list.find(things, name)
            if kept is None:
                return self.get(name)
            body = things[kept]
            checked, doubts = check_fields({**body["fields"], **dict(changes)})
            if default:
                _unmark(things)
            is_default = bool(body.get("default")) if default is None else default
            things[kept] = {"fields": checked, "default": is_default}
        return Entry(kept, checked, is_default, doubts)

    def mark_default(self, name: str) -> Entry:
        """Make an address the sender that new labels begin with."""
        return self.edit(name, {}, default=True)

    def rename(self, old: str, new: str) -> str:
        """Give an address another name in the book; what is on its labels stays."""
        return self._list.rename(old, new)

    def remove(self, name: str) -> str:
        """Take an address out of the book."""
        return self._list.remove(name)

    def save_all(self, rows: Iterable[tuple[str, Mapping[str, str | None]]], *, replace: bool) -> Imported:
        """Save many addresses in one write; rows that cannot be used are told, the others saved."""
        saved: list[str] = []
        problems: list[tuple[int, str]] = []
        with self._list.changing() as things:
            for number, (name, fields) in enumerate(rows, 1):
                try:
                    checked, _ = check_fields({"name": name, **_given(fields)})
                    kept = self._list.put(
                        things, name, {"fields": checked, "default": False}, replace=replace
                    )
                except InputError as error:
                    problems.append((number, error.message))
                else:
                    saved.append(kept)
        return Imported(tuple(saved), tuple(problems))

    def search(self, text: str, limit: int = 20) -> list[Entry]:
        """Return the addresses with ``text`` in name, company, street or city; beginnings come first."""
        return search(self.entries(), text, limit)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: the names saved, and per row (1 is the first) what was wrong."""

    saved: tuple[str, ...]
    problems: tuple[tuple[int, str], ...]


def search(entries: Iterable[Entry], text: str, limit: int = 20) -> list[Entry]:
    """Return the entries with every word of ``text`` in what is searched; beginnings come first."""
    words = text.casefold().split()
    hits: list[tuple[int, str, Entry]] = []
    for entry in entries:
        hay = " \n".join((entry.name, *(entry.fields.get(field, "") for field in SEARCHED))).casefold()
        if all(word in hay for word in words):
            hits.append((_rank(hay, words), entry.name.casefold(), entry))
    return [entry for _, _, entry in sorted(hits, key=lambda hit: hit[:2])[:limit]]


def _rank(hay: str, words: list[str]) -> int:
    """Return 0 when the name begins so, 1 when any word does, 2 when it is inside of one."""
    first = words[0] if words else ""
    if hay.startswith(first):
        return 0
    return 1 if f" {first}" in hay or f"\n{first}" in hay else 2


def check_fields(fields: Mapping[str, str | None]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the parts of an address as understood and what is odd; raise InputError naming the part."""
    from shiplabel.domain import checks  # noqa: PLC0415  # a book opens without

    given = {field: fields.get(field) or "" for field in FIELDS}
    country = checks.country("to")(given["country"], {}).value or _HOME
    answers: dict[str, str | None] = {"to_country": country}
    doubts: list[str] = []
    for field in FIELDS:
        check = STEPS[f"to_{field}"].check if field != "country" else None
        if check is None:
            continue
        try:
            understood = check(given[field], answers)
        except InputError as error:
            raise InputError(error.message, field=field, hint=error.hint) from error
        answers[f"to_{field}"] = understood.value
        doubts += [stated(understood.doubt)] if understood.doubt else []
    return {field: answers.get(f"to_{field}") or "" for field in FIELDS}, tuple(doubts)


def _given(fields: Mapping[str, str | None]) -> dict[str, str | None]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise InputError(phrase("An address has no part {part!r}.", part=min(unknown)), field="name")
    return {field: value for field, value in fields.items() if value}


def _entry(name: str, body: dict[str, Any]) -> Entry:
    fields = {field: str(body["fields"].get(field) or "") for field in FIELDS}
    return Entry(name, fields, body.get("default") is True)


def _unmark(things: dict[str, dict[str, Any]]) -> None:
    for body in things.values():
        body["default"] = False
