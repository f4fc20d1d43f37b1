"""The service as the workflow sees it, with the list of carriers kept on disk for an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shiplabel.cli.clock import SystemClock
    from shiplabel.config import Settings
    from shiplabel.domain.rate import Carrier


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

    def carriers(self) -> Sequence[Carrier]:
        """List the account's carriers, at most an hour old.

        A list in which a carrier could not be asked for its services serves this run and is not kept.
        """
        if self._asked:
            return self._asked
        from shiplabel.storage.carriers import CarrierCache  # noqa: PLC0415  # the first question asks none

        cache = CarrierCache(self._folder, self._clock)
        known = cache.get(self._account)
        if known is None:
            known = self._asked = tuple(self._client().carriers())
            if all(carrier.services for carrier in known):
                cache.put(self._account, known)
        return known

    def __getattr__(self, name: str) -> Any:
        """Return the client's own call."""
        return getattr(self._client(), name)
