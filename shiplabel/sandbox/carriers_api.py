"""The carrier accounts as the service lists them; a prepaid one's balance falls with each label."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from shiplabel.sandbox.answers import Complaint, Document, answer, unknown_id
from shiplabel.sandbox.carriers import CARRIERS, Carrier

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from shiplabel.sandbox.call import Call

_PARTIAL = 207


def list_all(call: Call) -> Response:
    """GET /v2/carriers: 207 with errors where a carrier could not be asked."""
    errors: list[Document] = []
    shown = list(CARRIERS.values())
    if call.switch("carriers-207"):
        lost = shown.pop()
        message = f"{lost.name} could not be reached."
        found = Complaint(
            source="carrier",
            code="unspecified",
            message=message,
            carrier_id=lost.carrier_id,
            carrier_code=lost.code,
        )
        errors.append(found.document())
    documents, other = [_document(call, one) for one in shown], call.switch("other-account")
    told = {
        "carriers": [_of_another_account(one) if other else one for one in documents],
        "request_id": str(uuid.uuid4()),
        "errors": errors,
    }
    return answer(told, _PARTIAL if errors else 200)


def _of_another_account(carrier: Document) -> Document:
    return carrier | {"carrier_id": carrier["carrier_id"].replace("se-1", "se-2")}


def get(call: Call) -> Response:
    """GET /v2/carriers/{id}."""
    carrier = CARRIERS.get(call.values["carrier_id"])
    if carrier is None:
        raise unknown_id("carrier_id", call.values["carrier_id"])
    return answer(_document(call, carrier))


def _document(call: Call, carrier: Carrier) -> Document:
    identity = {"carrier_id": carrier.carrier_id, "carrier_code": carrier.code}
    services = [
        identity
        | {
            "service_code": one.code,
            "name": one.name,
            "domestic": not one.international,
            "international": one.international,
            "is_multi_package_supported": False,
        }
        for one in carrier.services
    ]
    packages = [
        {"package_id": None, "package_code": code, "name": name, "description": name}
        for code, name in carrier.packages.items()
    ]
    return identity | {
        "account_number": carrier.account,
        "connection_status": None,
        "requires_funded_amount": carrier.prepaid,
        "balance": call.ledger.balance(carrier.carrier_id),
        "nickname": carrier.nickname,
        "friendly_name": carrier.name,
        "funding_source_id": None,
        "primary": carrier.prepaid,
        "has_multi_package_supporting_services": False,
        "supports_label_messages": True,
        "disabled_by_billing_plan": False,
        "send_rates": True,
        "services": services,
        "packages": packages,
        "options": [{"name": "non_machinable", "default_value": "false", "description": ""}],
    }
