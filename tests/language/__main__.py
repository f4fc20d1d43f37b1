"""Bring the catalogues up to date with the code and compile them: ``python -m tests.language``.

New sentences come in without a translation and are named; sentences that the code says no more go.
"""

from __future__ import annotations

from tests.language.catalogues import catalogues, mo_of, po_of, read, updated


def main() -> None:
    """Rewrite every catalogue and its compiled form."""
    for path in catalogues():
        catalogue = updated(read(path))
        path.write_bytes(po_of(catalogue))
        path.with_suffix(".mo").write_bytes(mo_of(read(path)))
        waiting = [message for message in catalogue if message.id and not all(_strings(message.string))]
        for message in waiting:
            print(f"{path.parts[-3]}: not translated: {message.id!r}")
        print(f"{path.parts[-3]}: {len(catalogue)} sentences, {len(waiting)} not translated")


def _strings(translation: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [translation or ""] if isinstance(translation, str | None) else list(translation)


if __name__ == "__main__":
    main()
