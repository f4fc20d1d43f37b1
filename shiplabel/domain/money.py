"""Money as the service counts it: an exact decimal amount and a currency word."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217, lower case); amounts of two currencies never mix."""

    amount: Decimal
    currency: str = "usd"

    def __add__(self, other: Money) -> Money:
        """Return the sum; raise ValueError when the currencies differ."""
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Return the difference; raise ValueError when the currencies differ."""
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        """Tell whether this is less; raise ValueError when the currencies differ."""
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        """Tell whether this is at most the other; raise ValueError when the currencies differ."""
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        """Return it as a clerk reads it: ``$7.58``, or ``7.58 cad``."""
        return f"${self.text}" if self.currency == "usd" else f"{self.text} {self.currency}"

    @property
    def text(self) -> str:
        """The amount with at least two decimals and no needless zeros after them."""
        rounded = self.amount.quantize(CENT, ROUND_HALF_UP)
        return f"{rounded:f}" if rounded == self.amount else f"{self.amount.normalize():f}"

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount
