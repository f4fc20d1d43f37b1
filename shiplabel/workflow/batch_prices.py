"""What a batch will cost, added up before the yes: by service, against the dearest and the next best."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shiplabel.domain.rules import choose, fitting, sort_rates
from shiplabel.errors import ShiplabelError
from shiplabel.workflow.batch import Sum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shiplabel.domain.rate import CarrierFailure, Rate
    from shiplabel.domain.rules import Rule
    from shiplabel.workflow.session import Session


@dataclass(slots=True)
class ServiceSum:
    """The labels that one service of a carrier would get."""

    carrier_code: str
    service_code: str
    name: str
    labels: int = 0
    total: Sum = field(default_factory=Sum)


@dataclass(slots=True)
class Prices:
    """The rule's choices of all rows quoted so far; ``second`` is what the next best would cost."""

    total: Sum = field(default_factory=Sum)
    dearest: Sum = field(default_factory=Sum)
    second: Sum = field(default_factory=Sum)
    labels: int = 0
    services: dict[tuple[str, str], ServiceSum] = field(default_factory=dict)
    silent: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)

    def add(self, session: Session, rule: Rule, failures: Iterable[CarrierFailure] = ()) -> None:
        """Add a row by its chosen rate."""
        for failure in failures:
            self.silent[
                f"{failure.carrier_code or failure.carrier_id or 'a carrier'}: {failure.message}"
            ] += 1
        rate = session.rate
        if rate is None:
            return
        self.labels += 1
        self.total.add(rate.total)
        fit = list(fitting(session.quotes, session.wishes.package_code)) or [rate]
        alike = [one for one in fit if one.total.currency == rate.total.currency] or [rate]
        self.dearest.add(sort_rates(alike)[-1].total)
        self.second.add(_second(alike, rate, rule, session.wishes.package_code).total)
        self._service(rate)
        self.warned.update(f"{rate.service_code}: {warning}" for warning in rate.warnings)

    def _service(self, rate: Rate) -> None:
        key = (rate.carrier_code, rate.service_code)
        if key not in self.services:
            self.services[key] = ServiceSum(*key, rate.service_name or rate.service_code)
        self.services[key].labels += 1
        self.services[key].total.add(rate.total)

    def by_service(self) -> list[ServiceSum]:
        """Return the services, the one with most labels first."""
        return sorted(
            self.services.values(), key=lambda one: (-one.labels, one.carrier_code, one.service_code)
        )


def _second(rates: list[Rate], chosen: Rate, rule: Rule, package_code: str) -> Rate:
    """Return what the rule would take without its choice; the choice itself where nothing else is left."""
    taken = (chosen.carrier_id, chosen.service_code)
    others = [rate for rate in rates if (rate.carrier_id, rate.service_code) != taken]
    try:
        return choose(others, rule, package_code)
    except ShiplabelError:
        return chosen
