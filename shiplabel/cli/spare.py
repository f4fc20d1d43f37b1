"""Labels that are one too many: each is shown, and its voiding offered where a person can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.cli import ask, console
from shiplabel.language import phrase
from shiplabel.workflow.trouble import told_of
from shiplabel.workflow.void import void_unrecorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.domain.label import Label
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.trouble import SeveralLabels


def offer(parts: Parts, several: SeveralLabels, yes: Callable[[str], bool] = ask.yes) -> None:
    """Show every label found and void the extra ones after a yes each; raise ``several`` after a no."""
    console.tell(
        phrase(
            "{count} labels were found for {shipment_key}:",
            count=len(several.labels),
            shipment_key=several.session.shipment_key,
        )
    )
    for label in several.labels:
        console.tell(f"  {told_of(label)}")
    for label in several.extra:
        if not void_after_yes(parts, label, yes):
            raise several


def void_after_yes(parts: Parts, label: Label, yes: Callable[[str], bool] = ask.yes) -> bool:
    """Ask whether an extra label is to be voided and void it; return whether it was."""
    if not yes(
        phrase("Void {label_id}, which is one too many? It cannot be undone.", label_id=label.label_id)
    ):
        return False
    void_unrecorded(parts, label.label_id)
    console.tell(phrase("Label {label_id} is voided.", label_id=label.label_id))
    return True
