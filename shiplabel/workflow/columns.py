"""Which column fills which field, told by the header alone; no row is looked at.

A layout that is known wins, then the ways in which people name such columns. What was said by
hand (``--map``, an answer, a mapping remembered) is above both. A field that two columns may
fill, or that a label needs and no column fills, is never guessed: it is returned as unclear.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shiplabel.errors import InputError
from shiplabel.language import phrase
from shiplabel.workflow.layouts import ANY, FIELDS, LAYOUTS, RECIPIENT, WHOLE_PLACE, Layout, Way, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping as Table
    from collections.abc import Sequence

IGNORE = "ignore"
"""The word that takes a column out of all fields: ``--map "Old Zip=ignore"``."""

NEEDED = ("to_name", "to_address1", "to_city", "to_state", "to_zip")
OUR_COLUMNS = ("status", "error", "step", "label_id", "tracking_number", "carrier_code", "service_code",
               "cost", "currency", "label_file", "session_id")  # fmt: skip
"""What the results file adds behind the original columns."""

_AGAIN = re.compile(r" \(\d+\)$")
_LOOKED_AT = 200
_NEAR = 0.86


@dataclass(frozen=True, slots=True)
class Source:
    """The columns that make a field; ``units`` holds for each the unit of a bare number, or nothing."""

    columns: tuple[int, ...]
    units: tuple[str, ...] = ()
    glue: str = " "

    def text(self, cells: Sequence[str]) -> str:
        """Return the field's text in a row; empty where all its cells are."""
        if len(self.columns) == 1 and not self.units:
            return cells[self.columns[0]]
        units = self.units or ("",) * len(self.columns)
        parts = [_with_unit(cells[at], unit) for at, unit in zip(self.columns, units, strict=True)]
        return self.glue.join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Unclear:
    """A field that needs a word: ``columns`` may fill it (none: no column was found)."""

    field: str
    columns: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """What fills what. ``layout`` is the shop's name, empty for a header of its own kind."""

    header: tuple[str, ...]
    layout: str
    sources: dict[str, Source]
    unclear: tuple[Unclear, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that fill nothing, in their order."""
        used = {at for source in self.sources.values() for at in source.columns}
        return tuple(name for at, name in enumerate(self.header) if at not in used)

    def column_of(self, field: str) -> str:
        """Return the name of the column that a field comes from, or the field's own name."""
        source = self.sources.get(field)
        return " + ".join(self.header[at] for at in source.columns) if source else field

    def as_given(self) -> dict[str, str]:
        """Return the mapping in the form that ``map_columns`` takes, to be remembered."""
        return {self.header[at]: field for field, source in self.sources.items() for at in source.columns}


def map_columns(header: Sequence[str], given: Table[str, str] | None = None) -> Mapping:
    """Map a header; ``given`` says columns by hand and is above all, a column not there an InputError."""
    said = _said(header, given or {})
    by_hand = {field: _by_hand(header, said, field) for field in said.values() if field}
    places = _places(header, set(said))
    layout = next((layout for layout in LAYOUTS if _is_layout(layout, places)), None)
    sources: dict[str, Source] = {}
    unclear: list[Unclear] = []
    taken: set[int] = set()
    for field in FIELDS:
        found = None if field in by_hand else _find(field, layout, places, taken)
        if found and found.rivals:
            rivals = tuple(header[at] for at in found.rivals)
            unclear.append(Unclear(field, rivals, phrase("several columns have this name")))
        elif found or field in by_hand:
            sources[field] = by_hand[field] if found is None else found.source
            taken.update(sources[field].columns)
    unclear += _missing(header, sources, unclear, taken | set(said))
    return Mapping(tuple(header), layout.name if layout else "", sources, tuple(unclear))


def parse_map(texts: Sequence[str]) -> dict[str, str]:
    """Return the columns said by ``--map "Ship Zip=to_zip"``; raise InputError for what is no field."""
    given = {}
    for text in texts:
        column, sign, field = text.rpartition("=")
        field = field.strip().lower().replace("-", "_")
        if not sign or not column.strip():
            raise InputError(
                phrase("--map takes COLUMN=FIELD, not “{text}”.", text=text),
                field="map",
                hint='--map "Ship Zip=to_zip"',
            )
        if field not in FIELDS and field != IGNORE:
            near = difflib.get_close_matches(field, FIELDS, n=1)
            hint = (
                phrase("Did you mean {near}?", near=near[0])
                if near
                else phrase("Fields: {fields}.", fields=", ".join(FIELDS))
            )
            raise InputError(phrase("There is no field “{field}”.", field=field), field="map", hint=hint)
        given[column.strip()] = field
    return given


def refuse_unclear(mapping: Mapping) -> None:
    """Raise InputError that names every unclear field at once, with what to type."""
    if not mapping.unclear:
        return
    lines = [f"  {one.field}: {one.reason}{_choices(one)}" for one in mapping.unclear]
    first = mapping.unclear[0]
    column = first.columns[0] if first.columns else "COLUMN"
    raise InputError(
        "\n".join([phrase("It is not clear which columns to use:"), *lines]),
        code="columns",
        field="map",
        hint=phrase(
            '--map "{column}={field}"; columns: {listed}',
            column=column,
            field=first.field,
            listed=_listed(mapping.header),
        ),
    )


def header_key(header: Sequence[str]) -> str:
    """Return a short word for a header, the same for the results and failed files made from it."""
    names = [words_of(name) for name in header]
    ours = {words_of(name) for name in OUR_COLUMNS}
    while names and names[-1] in ours:
        names.pop()
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Found:
    source: Source
    rivals: tuple[int, ...]


Places = dict[str, list[int]]


def _places(header: Sequence[str], without: set[int]) -> Places:
    """Return where each name stands; a name that came again counts for the same words."""
    places: Places = {}
    for at, name in enumerate(header):
        if at not in without:
            bare = _AGAIN.sub("", name)
            words = words_of(bare if bare in header else name)
            places.setdefault(words, []).append(at)
    return places


def _is_layout(layout: Layout, places: Places) -> bool:
    return any(all(words in places for words in sign) for sign in layout.signs)


def _find(field: str, layout: Layout | None, places: Places, taken: set[int]) -> _Found | None:
    """Return the first way that the header has; a layout alone speaks for its recipient and order id."""
    ways = layout.ways.get(field, ()) if layout else ()
    if layout is None or field not in {"order_id", *RECIPIENT}:
        ways = (*ways, *ANY[field])
    for way in ways:
        found = _take(field, way, places, taken)
        if found:
            return found
    return None


def _take(field: str, way: Way, places: Places, taken: set[int]) -> _Found | None:
    columns, units, rivals = [], [], []
    for part in way:
        words, _, unit = part.partition("|")
        free = [at for at in places.get(words, ()) if at not in taken]
        if not free:
            return None
        columns.append(free[0])
        units.append(unit)
        rivals += free if len(free) > 1 else []
    return _Found(_source(field, columns, units), tuple(rivals))


def _source(field: str, columns: Sequence[int], units: Sequence[str]) -> Source:
    return Source(tuple(columns), tuple(units) if any(units) else (), ", " if "address" in field else " ")


def _said(header: Sequence[str], given: Table[str, str]) -> dict[int, str]:
    """Return the columns that were said by hand, by place; an ignored one has an empty field."""
    exact = {name: at for at, name in enumerate(header)}
    loose = {words_of(name): at for at, name in reversed(list(enumerate(header)))}
    said = {}
    for name, field in given.items():
        at = exact.get(name, loose.get(words_of(name)))
        if at is None:
            near = difflib.get_close_matches(name, header, n=1)
            hint = (
                phrase("Did you mean “{near}”?", near=near[0])
                if near
                else phrase("Columns: {listed}", listed=_listed(header))
            )
            raise InputError(phrase("The file has no column “{name}”.", name=name), field="map", hint=hint)
        said[at] = "" if field == IGNORE else field
    return said


def _by_hand(header: Sequence[str], said: dict[int, str], field: str) -> Source:
    """Return the columns said for a field; a unit in a column's name still counts."""
    columns = tuple(at for at, its in said.items() if its == field)
    units = tuple(_unit_in(words_of(header[at]), field) for at in columns)
    return _source(field, columns, units)


def _unit_in(words: str, field: str) -> str:
    for way in ANY[field]:
        for part in way:
            name, _, unit = part.partition("|")
            if unit and name == words:
                return unit
    return ""


def _missing(
    header: Sequence[str], sources: dict[str, Source], unclear: list[Unclear], used: set[int]
) -> list[Unclear]:
    """Return the fields a label needs and nobody fills, and columns that are nearly a field's name."""
    asked = {one.field for one in unclear}
    whole = "to_city" in sources and words_of(header[sources["to_city"].columns[0]]).endswith(WHOLE_PLACE)
    needed = [field for field in NEEDED if not (whole and field in {"to_state", "to_zip"})]
    near = _near(header, [field for field in FIELDS if field not in {*sources, *asked, "reference"}], used)
    found = [
        Unclear(field, (column,), phrase("a column is nearly named so")) for field, column in near.items()
    ]
    missing = [
        Unclear(field, (), phrase("no column was found"))
        for field in needed
        if field not in sources and field not in asked and field not in near
    ]
    return found + missing


def _near(header: Sequence[str], fields: list[str], used: set[int]) -> dict[str, str]:
    """Return fields that a column is misspelled for (``to_adress2``): nothing is left out in silence."""
    names = {words_of(field): field for field in fields}
    near: dict[str, str] = {}
    for at, column in enumerate(header[:_LOOKED_AT]):
        if at not in used:
            close = difflib.get_close_matches(words_of(column), names, n=1, cutoff=_NEAR)
            if close:
                near.setdefault(names[close[0]], column)
    return near


def _with_unit(cell: str, unit: str) -> str:
    if not cell or not unit or not cell[-1].isdecimal():
        return cell
    return f"{cell} {unit}"


def _choices(unclear: Unclear) -> str:
    return f" ({', '.join(unclear.columns)})" if unclear.columns else ""


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(header[:40])
    return f"{shown}, …" if len(header) > 40 else shown  # noqa: PLR2004 - as many as fit a screen
