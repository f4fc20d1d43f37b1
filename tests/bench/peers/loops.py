"""Buy labels with one peer's library, in its own Python: one loop, or twenty threads that share a client.

    python loops.py PEER URL COUNT WAY

WAY is plain or threads. The calls are those of the library's own documents, one request a label: a
purchase at once with a service that is known. What a purchase raises is counted and goes no further, as
in any loop that is to get through a day's list. Prints a JSON object: seconds of the loop, bought, failed.
"""

# ruff: noqa: PLC0415 - an environment has one of the libraries only
from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS = 20
FROM = {"name": "Us", "street1": "500 Market St", "city": "San Francisco", "state": "CA", "zip": "94105",
        "country": "US", "phone": "415-555-2671"}  # fmt: skip
TO = {"name": "Ada Lovelace", "street1": "1 Congress Ave", "city": "Austin", "state": "TX", "zip": "78701",
      "country": "US", "phone": "512-472-1234"}  # fmt: skip
PARCEL = {"length": 10, "width": 8, "height": 4, "weight": 32}


def easypost(url: str) -> Callable[[int], Any]:
    """Return EasyPost's purchase: a shipment that names its service is bought at once."""
    import easypost as library

    client = library.EasyPostClient("key", api_base=f"{url}/v2")

    def buy(number: int) -> Any:
        return client.shipment.create(
            from_address=FROM, to_address=TO, parcel=PARCEL, service="GroundAdvantage",
            carrier_accounts=["ca_1"], reference=str(number),
        )  # fmt: skip

    return buy


def shipengine(url: str) -> Callable[[int], Any]:
    """Return ShipEngine's purchase from a shipment."""
    from shipengine import ShipEngine

    client = ShipEngine({"api_key": "key", "base_uri": f"{url}/", "retries": 3})
    return lambda number: client.create_label_from_shipment({"shipment": _shipment(number)})


def shippo(url: str) -> Callable[[int], Any]:
    """Return Shippo's instant transaction."""
    import shippo as library
    from shippo.models import components

    client = library.Shippo(api_key_header="key", server_url=url)
    ends = [components.AddressCreateRequest(**one) for one in (FROM, TO)]
    parcel = components.ParcelCreateRequest(
        length="10", width="8", height="4", distance_unit=components.DistanceUnitEnum.IN,
        weight="2", mass_unit=components.WeightUnitEnum.LB,
    )  # fmt: skip

    def buy(number: int) -> Any:
        shipment = components.ShipmentCreateRequest(
            address_from=ends[0], address_to=ends[1], parcels=[parcel], metadata=str(number)
        )
        return client.transactions.create(
            components.InstantTransactionCreateRequest(
                shipment=shipment, carrier_account="account", servicelevel_token="usps_ground_advantage"
            )
        )

    return buy


def _shipment(number: int) -> dict[str, Any]:
    ends = [
        {"name": one["name"], "phone": one["phone"], "address_line1": one["street1"],
         "city_locality": one["city"], "state_province": one["state"], "postal_code": one["zip"],
         "country_code": "US", "address_residential_indicator": "no"}
        for one in (FROM, TO)
    ]  # fmt: skip
    return {
        "carrier_id": "se-1",
        "service_code": "ups_ground",
        "external_shipment_id": f"peer-{number}",
        "ship_from": ends[0],
        "ship_to": ends[1],
        "packages": [{"weight": {"value": 2, "unit": "pound"}}],
    }


def _timed(buy: Callable[[int], Any], count: int, way: str) -> dict[str, Any]:
    told: Counter[str] = Counter()

    def one(number: int) -> None:
        try:
            buy(number)
            told["bought"] += 1
        except Exception as error:  # noqa: BLE001 - whatever a library raises, the loop goes on
            told[type(error).__name__] += 1

    begun = time.perf_counter()
    if way == "plain":
        for number in range(count):
            one(number)
    else:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one, range(count)))
    return _document(time.perf_counter() - begun, told)


def _document(seconds: float, told: Counter[str]) -> dict[str, Any]:
    bought = told.pop("bought", 0)
    return {"seconds": seconds, "bought": bought, "failed": sum(told.values()), "errors": dict(told)}


def asyncshipstation(url: str, count: int, way: str) -> dict[str, Any]:
    """Buy with AsyncShipStation, which has tasks in place of threads: as many as its connections."""
    from AsyncShipStation import LabelPortal, ShipStationClient
    from AsyncShipStation.common.base import ConnectionConfig

    told: Counter[str] = Counter()

    async def one(connection: Any, number: int) -> None:
        status, answer = await LabelPortal.purchase(
            connection, shipment=_shipment(number), charge_event="carrier_default", outbound_label_id=""
        )
        told["bought" if status == 200 and "label_id" in answer else f"status {status}"] += 1

    async def run() -> float:
        config = ConnectionConfig(v2_endpoint=f"{url}/v2", max_connections=THREADS)
        connection = await ShipStationClient.connect(v2_key="key", config=config)
        async with ShipStationClient.scoped_client(connection=connection, version="v2"):
            begun = time.perf_counter()
            if way == "plain":
                for number in range(count):
                    await one(connection, number)
            else:
                await asyncio.gather(*(one(connection, number) for number in range(count)))
            return time.perf_counter() - begun

    return _document(asyncio.run(run()), told)


def main(peer: str, url: str, count: int, way: str) -> None:
    """Print what came of one peer's way of buying."""
    if peer == "asyncshipstation":
        print(json.dumps(asyncshipstation(url, count, way)))
    else:
        print(json.dumps(_timed(PEERS[peer](url), count, way)))


PEERS = {"easypost": easypost, "shipengine": shipengine, "shippo": shippo}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
