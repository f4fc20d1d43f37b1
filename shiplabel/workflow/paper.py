"""The paper of a bought label: fetched, or left pending. Whatever happens to it never leads to a purchase."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shiplabel.errors import ShiplabelError
from shiplabel.language import phrase
from shiplabel.workflow.session import Documents
from shiplabel.workflow.trouble import described

if TYPE_CHECKING:
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session


def fetch_paper(parts: Parts, session: Session) -> Session:
    """Return the session with its label's file, or with the file still pending; never an error.

    The label is bought: that its paper could not be had is told, and can never lead to a purchase.
    """
    label = session.purchase.label
    if label is None:
        return session
    try:
        file = parts.papers.keep(session, label)
    except ShiplabelError as error:
        parts.say(phrase("The label is bought; its file could not be had: {why}", why=error.message))
        kept = described(session, error, parts.clock.now())
        kept = replace(kept, step="done", reverted_from=session.step, reverted_to="done")
        return replace(session, documents=replace(session.documents, state="pending"), error=kept)
    others = tuple(old for old in session.documents.files if old.path != file.path)
    documents = Documents(state="saved", files=(*others, file), printed_at=session.documents.printed_at)
    return replace(session, documents=documents, error=None)


def refetch_paper(parts: Parts, record: Session) -> Session:
    """Ask the service for the label as it is now, then fetch its paper; never an error.

    A label that was still being made had no paper to name, and addresses of papers grow old.
    """
    known = record.purchase.label
    if known is None:
        return record
    try:
        label = parts.api.label(known.label_id)
    except ShiplabelError as error:
        parts.say(phrase("The service could not be asked for the label: {why}", why=error.message))
        label = None
    if label is not None and known.status != "processing":
        label = replace(known, downloads=label.downloads or known.downloads)
    fresh = replace(record, purchase=replace(record.purchase, label=label or known))
    return fetch_paper(parts, fresh)
