"""The sheet that a clerk starts from: our own columns and one row that shows how to fill them."""

from __future__ import annotations

import csv
import io

from shiplabel.workflow.layouts import FIELDS

_EXAMPLE = {
    "order_id": "1042",
    "to_name": "Ann Lee",
    "to_company": "Lee & Sons",
    "to_address1": "4009 Marathon Blvd",
    "to_address2": "Apt 4",
    "to_city": "Austin",
    "to_state": "TX",
    "to_zip": "78756",
    "to_country": "US",
    "to_phone": "512-555-0100",
    "weight": "2 lb 3 oz",
    "length": "10",
    "width": "8",
    "height": "4",
    "reference": "gift wrap",
    "from_name": "Acme Goods",
    "from_address1": "500 Congress Ave",
    "from_city": "Austin",
    "from_state": "TX",
    "from_zip": "78701",
    "from_country": "US",
    "from_phone": "512-555-0199",
}


def template_text() -> str:
    """Return the header and an example row as CSV, to be printed or saved."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerow([_EXAMPLE.get(field, "") for field in FIELDS])
    return text.getvalue()
