"""A purchase on a shipment without a quote, as a batch makes it where a key is met again."""

from __future__ import annotations

import sys
from typing import NoReturn

from shiplabel.cli.boundary import guarded
from shiplabel.cli.context import Context
from shiplabel.cli.flow import show_label
from shiplabel.domain.keys import random_key
from shiplabel.workflow.purchase import purchase
from shiplabel.workflow.quote import settle_shipment
from shiplabel.workflow.session import Wishes, begin
from tests.crash.clerk import ANSWERS

SERVICE = "usps_ground_advantage"


def buy() -> NoReturn:
    """Buy, and end the process."""
    sys.exit(guarded(["--json"], _bought))


def _bought() -> int:
    with Context.open() as context:
        session = begin(
            now=context.clock.now(),
            life=context.settings.session_ttl,
            environment=context.settings.environment,
            shipment_key=random_key(),
            answers=dict(ANSWERS),
            wishes=Wishes(service_code=SERVICE, rule=f"service:{SERVICE}"),
            step="purchase",
        )
        session = context.sessions.create(session)
        with context.sessions.hold(session.session_id):
            session = settle_shipment(context.parts, session)
            show_label(purchase(context.parts, session), as_json=True)
    return 0
