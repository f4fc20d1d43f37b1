"""A list of named things in one small file: names unique whatever their case, changes under a lock.

The file is a TinyDB document written whole, so a reader sees the old list or the new one. Two
programs that change it take turns. A damaged file is set aside by the storage beneath, never
written over.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from shiplabel.domain.text import clean, folded, quoted
from shiplabel.errors import HeldError, InputError, StorageError
from shiplabel.language import marked, phrase, worded
from shiplabel.storage.atomic import AtomicStorage, make_folder, move_durably

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_NAME = 80
LOCK_S = 10.0

Body = dict[str, Any]


class TakenName(InputError):
    """The name is in use; ``name`` is the one it collides with."""

    default_code = "name_taken"

    def __init__(self, message: str, *, name: str, hint: str) -> None:
        super().__init__(message, field="name", hint=hint)
        self.name = name


class UnknownName(InputError):
    """Nothing in the list has this name."""

    default_code = "unknown_name"


class NamedList:
    """The named things of one file; ``kind`` is a marked text: what one of them is called in sentences."""

    def __init__(self, path: Path, kind: str, command: str) -> None:
        """Take the file's place; it need not exist. ``command`` is the group that owns it."""
        self.path = path
        self._kind = kind
        self._command = command

    def read(self) -> dict[str, Body]:
        """Return every thing by its name, in the order of their names."""
        try:
            document = AtomicStorage(self.path).read() or {}
        except StorageError as error:
            raise self._set_aside(error) from error
        rows = document.get(self._table, {}).values()
        return {row["name"]: row["body"] for row in sorted(rows, key=lambda row: row["name"].casefold())}

    @contextmanager
    def changing(self) -> Iterator[dict[str, Body]]:
        """Yield the list to be changed by one program at a time; it is written once, at the end."""
        from filelock import FileLock, Timeout  # noqa: PLC0415  # readers need no lock

        make_folder(self.path.parent)
        try:
            with FileLock(f"{self.path}.lock", timeout=LOCK_S, mode=0o600):
                things = self.read()
                before = repr(things)
                yield things
                if repr(things) != before:
                    self._write(things)
        except Timeout:
            raise HeldError(
                phrase(
                    "Another program has been changing {name} for {seconds:g} s.",
                    name=self.path.name,
                    seconds=LOCK_S,
                ),
                hint=phrase("close it, then type the same command again"),
            ) from None

    def get(self, name: str) -> tuple[str, Body]:
        """Return a thing with its name as it was saved; raise UnknownName with the nearest one."""
        things = self.read()
        kept = self.find(things, name)
        return (kept, things[kept]) if kept is not None else self._unknown(name, things)

    def put(self, things: dict[str, Body], name: str, body: Body, *, replace: bool) -> str:
        """Put a thing into the list that is being changed; raise TakenName unless it may be replaced."""
        name = self.clean_name(name)
        taken = self.find(things, name)
        if taken is not None and not replace:
            raise TakenName(
                phrase(
                    "The {kind} {name} exists already; it was not changed.",
                    kind=worded(self._kind),
                    name=quoted(taken),
                ),
                name=taken,
                hint=phrase(
                    "take another name, or: shiplabel {command} save … --replace", command=self._command
                ),
            )
        if taken is not None:
            del things[taken]
        things[name] = body
        return name

    def rename(self, old: str, new: str) -> str:
        """Give a thing another name; raise UnknownName or TakenName."""
        with self.changing() as things:
            kept = self._kept(things, old)
            body = things.pop(kept)
            return self.put(things, new, body, replace=False)

    def remove(self, name: str) -> str:
        """Take a thing out of the list and return its name; raise UnknownName."""
        with self.changing() as things:
            kept = self._kept(things, name)
            del things[kept]
            return kept

    @staticmethod
    def find(things: dict[str, Body], name: str) -> str | None:
        """Return the name as it was saved, whatever the case it is asked in, or None."""
        if name in things:
            return name
        wanted = folded(name)
        return next((kept for kept in things if kept.casefold() == wanted), None)

    def clean_name(self, name: str) -> str:
        """Return the name as it is kept; raise InputError for one that cannot be typed again."""
        cleaned = clean(name, field="name", label=marked("The name"))
        if not cleaned or len(cleaned) > LONGEST_NAME or cleaned.startswith("-"):
            raise InputError(
                phrase(
                    "{name} cannot name a {kind}: 1 to {most} characters, no dash first.",
                    name=quoted(name),
                    kind=worded(self._kind),
                    most=LONGEST_NAME,
                ),
                field="name",
            )
        return cleaned

    @property
    def _table(self) -> str:
        return self.path.stem

    def _kept(self, things: dict[str, Body], name: str) -> str:
        kept = self.find(things, name)
        return kept if kept is not None else self._unknown(name, things)

    def _unknown(self, name: str, things: dict[str, Body]) -> NoReturn:
        import difflib  # noqa: PLC0415  # only a wrong name needs it

        near = difflib.get_close_matches(name, things, n=1)
        said = phrase("There is no {kind} {name}.", kind=worded(self._kind), name=quoted(name))
        if near:
            said = f"{said} {phrase('Did you mean {near}?', near=quoted(near[0]))}"
        raise UnknownName(said, field="name", hint=f"shiplabel {self._command} list")

    def _set_aside(self, error: StorageError) -> StorageError:
        """Move a damaged file out of the way; return what to tell of it."""
        if error.code != "damaged":
            return error
        target = self.path.with_name(f"{self.path.name}.damaged-{secrets.token_hex(4)}")
        move_durably(self.path, target)
        return StorageError(
            phrase(
                "{name} is damaged; it was set aside as {target}. The list begins empty.",
                name=self.path.name,
                target=target,
            ),
            code="damaged",
            hint=phrase("type the same command again; a copy from a backup can be put in its place"),
        )

    def _write(self, things: dict[str, Body]) -> None:
        rows = {
            str(place): {"name": name, "body": body} for place, (name, body) in enumerate(things.items(), 1)
        }
        AtomicStorage(self.path).write({self._table: rows})
