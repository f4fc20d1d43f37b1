"""The paper of a bought label, asked for again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from shiplabel.workflow.paper import refetch_paper
from shiplabel.workflow.purchase import purchase
from tests.workflow.model import World, bought, ready

if TYPE_CHECKING:
    from shiplabel.domain.label import Label, LabelFile
    from shiplabel.workflow.session import Session


class Papers(World):
    """A world that remembers with which addresses a paper was fetched."""

    def keep(self, session: Session, label: Label) -> LabelFile:
        self.fetched = label.downloads
        return super().keep(session, label)


@pytest.mark.parametrize(
    ("told", "used"), [({"pdf": "new"}, {"pdf": "new"}), ({}, {"pdf": "old"})], ids=["new", "none"]
)
def test_paper_fetched_again_takes_new_addresses_and_nothing_else_of_the_label(
    told: dict[str, str], used: dict[str, str]
) -> None:
    world = Papers(answer=lambda world, label: bought(world, replace(label, downloads={"pdf": "old"})))
    record = purchase(world.parts, ready(world))
    world.charged = [replace(world.charged[0], downloads=told, tracking_number="other")]
    fresh = refetch_paper(world.parts, record)
    assert world.fetched == used
    assert record.purchase.label is not None
    assert fresh.purchase.label == replace(record.purchase.label, downloads=used)
    assert fresh.documents.state == "saved"


def test_paper_of_a_record_without_a_label_is_not_asked_for() -> None:
    world = World()
    session = ready(world)
    touches = world.touches
    assert refetch_paper(world.parts, session) == session
    assert (world.touches, world.said) == (touches, [])
