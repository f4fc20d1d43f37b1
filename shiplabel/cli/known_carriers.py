"""The service as the workflow sees it, with the list of carriers kept on disk for an hour.

A purchase changes a prepaid balance, so the list is asked for anew after one, at most once a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shiplabel.cli.clock import SystemClock
    from shiplabel.config import Settings
    from shiplabel.domain.rate import Carrier
    from shiplabel.storage.carriers import CarrierCache


BETWEEN_S = 60.0


class KnownCarriers:
    """A client whose ``carriers`` asks the service once an hour; made when it is first asked."""

    def __init__(
        self, client: Callable[[], Any], settings: Settings, account: str, clock: SystemClock
    ) -> None:
        self._client = client
        self._folder = settings.records_dir / "carriers"
        self._clock = clock
        self._account = account
        self._asked: tuple[Carrier, ...] = ()
        self._forgotten_s = -BETWEEN_S

    def carriers(self) -> Sequence[Carrier]:
        """List the account's carriers, at most an hour old.

        A list in which a carrier could not be asked for its services serves this run and is not kept.
        """
        if self._asked:
            return self._asked
        cache = self._cache()
        known = cache.get(self._account)
        if known is None:
            known = self._asked = tuple(self._client().carriers())
            if all(carrier.services for carrier in known):
                cache.put(self._account, known)
        return known

    def _cache(self) -> CarrierCache:
        from shiplabel.storage.carriers import CarrierCache  # noqa: PLC0415  # the first question asks none

        return CarrierCache(self._folder, self._clock)

    def _forget(self) -> None:
        """Have the balances asked for anew before the next quote."""
        if self._clock.elapsed_s() - self._forgotten_s >= BETWEEN_S:
            self._forgotten_s = self._clock.elapsed_s()
            self._asked = ()
            self._cache().forget(self._account)

    def __getattr__(self, name: str) -> Any:
        """Return the client's own call."""
        if name == "buy":
            self._forget()
        return getattr(self._client(), name)
