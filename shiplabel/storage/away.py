"""What may be put away: no session whose purchase is in doubt or made. And what is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.errors import InputError, OutcomeUnknown, StorageError
from shiplabel.language import phrase
from shiplabel.storage.atomic import reason
from shiplabel.workflow.states import BOUGHT, UNSETTLED

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.workflow.session import Session


def refuse_loss(session: Session) -> None:
    """Raise OutcomeUnknown or InputError for a session that may have bought a label or did."""
    if session.purchase.state in UNSETTLED:
        raise OutcomeUnknown(
            phrase(
                "Session {session_id} may have bought a label; it is kept.", session_id=session.session_id
            ),
            hint="shiplabel reconcile",
        )
    if session.purchase.state in BOUGHT:
        raise InputError(
            phrase("Session {session_id} has bought a label; it is kept.", session_id=session.session_id),
            hint=f"shiplabel resume {session.session_id}",
        )


def delete(path: Path) -> None:
    """Delete a file, where it is still there; raise StorageError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            phrase("{path} could not be deleted: {reason}.", path=path, reason=reason(error))
        ) from error
