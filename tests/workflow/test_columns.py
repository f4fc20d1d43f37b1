from __future__ import annotations

import pytest

from shiplabel.errors import InputError
from shiplabel.workflow.columns import (
    OUR_COLUMNS,
    Mapping,
    Source,
    header_key,
    map_columns,
    parse_map,
    refuse_unclear,
)
from shiplabel.workflow.layouts import FIELDS, LAYOUTS, words_of


def named(names: str) -> list[str]:
    return names.split(",")


SHOPIFY = named(
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,"
    "Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,"
    "Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,"
    "Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,"
    "Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,"
    "Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,"
    "Tax 1 Name,Tax 1 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name"
)
WOO = named(
    "order_id,order_number,date,status,shipping_total,billing_first_name,billing_last_name,"
    "billing_company,billing_email,billing_phone,billing_address_1,billing_address_2,billing_postcode,"
    "billing_city,billing_state,billing_country,shipping_first_name,shipping_last_name,"
    "shipping_address_1,shipping_address_2,shipping_postcode,shipping_city,shipping_state,"
    "shipping_country,shipping_company"
)
WOO_WORDS = named(
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),"
    "Company (Billing),Address 1&2 (Billing),City (Billing),State Code (Billing),Postcode (Billing),"
    "Country Code (Billing),Email (Billing),Phone (Billing),First Name (Shipping),Last Name (Shipping),"
    "Address 1&2 (Shipping),City (Shipping),State Code (Shipping),Postcode (Shipping),"
    "Country Code (Shipping),Payment Method Title,Quantity,Item Name"
)
ETSY_ORDERS = named(
    "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,"
    "Date Shipped,Street 1,Street 2,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,"
    "Buyer,SKU"
)
ETSY_ITEMS = named(
    "Sale Date,Item Name,Buyer,Quantity,Price,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,"
    "Ship Name,Ship Address1,Ship Address2,Ship City,Ship State,Ship Zipcode,Ship Country,Order ID,"
    "Variations"
)
EBAY = named(
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Buyer Address 1,"
    "Buyer Address 2,Buyer City,Buyer State,Buyer Zip,Buyer Country,Ship To Name,Ship To Phone,"
    "Ship To Address 1,Ship To Address 2,Ship To City,Ship To State,Ship To Zip,Ship To Country,"
    "Item Number,Item Title,Custom Label,Quantity,Sold For"
)
AMAZON = named(
    "order-id,order-item-id,purchase-date,payments-date,buyer-email,buyer-name,buyer-phone-number,sku,"
    "product-name,quantity-purchased,ship-service-level,recipient-name,ship-address-1,ship-address-2,"
    "ship-address-3,ship-city,ship-state,ship-postal-code,ship-country,ship-phone-number"
)
SHIPSTATION = named(
    "Order - Number,Date - Order Date,Bill To - Name,Ship To - Name,Ship To - Company,"
    "Ship To - Address 1,Ship To - Address 2,Ship To - Address 3,Ship To - City,Ship To - State,"
    "Ship To - Postal Code,Ship To - Country,Ship To - Phone,Weight - TotalOz,Weight - WeightOz,"
    "Dimensions - Length,Dimensions - Width,Dimensions - Height,Customer Email"
)
SHIPSTATION_IMPORT = named(
    "Order #,Order Date,Height(in),Length(in),Width(in),Weight(oz),Buyer Full Name,Buyer Phone,"
    "Recipient Full Name,Recipient Company,Recipient Phone,Address Line 1,Address Line 2,Address Line 3,"
    "City,State,Postal Code,Country Code,Item SKU"
)
PIRATE = named(
    "Created Date,Recipient,Company,Email,Tracking Number,Cost,Status,Weight (oz),Zone,Package Type,"
    "Package Length,Package Width,Package Height,Address Line 1,Address Line 2,City,State,Zipcode,"
    "Country,Order ID,Rubber Stamp 1"
)
PIRATE_SHEET = named(
    "Name,Company,Address,Address Line 2,City,State,Zipcode,Country,Order ID,Pounds,Ounces,Length"
)


def columns(mapping: Mapping) -> dict[str, str]:
    return {field: mapping.column_of(field) for field in mapping.sources}


@pytest.mark.parametrize(
    ("header", "layout", "expected"),
    [
        (list(FIELDS), "template", {field: field for field in FIELDS}),
        (
            SHOPIFY,
            "Shopify",
            {
                "order_id": "Name",
                "to_name": "Shipping Name",
                "to_company": "Shipping Company",
                "to_address1": "Shipping Address1",
                "to_address2": "Shipping Address2",
                "to_city": "Shipping City",
                "to_state": "Shipping Province",
                "to_zip": "Shipping Zip",
                "to_country": "Shipping Country",
                "to_phone": "Shipping Phone",
            },
        ),
        (
            WOO,
            "WooCommerce",
            {
                "order_id": "order_number",
                "to_name": "shipping_first_name + shipping_last_name",
                "to_company": "shipping_company",
                "to_address1": "shipping_address_1",
                "to_address2": "shipping_address_2",
                "to_city": "shipping_city",
                "to_state": "shipping_state",
                "to_zip": "shipping_postcode",
                "to_country": "shipping_country",
                "to_phone": "billing_phone",
            },
        ),
        (
            WOO_WORDS,
            "WooCommerce",
            {
                "order_id": "Order Number",
                "to_name": "First Name (Shipping) + Last Name (Shipping)",
                "to_address1": "Address 1&2 (Shipping)",
                "to_city": "City (Shipping)",
                "to_state": "State Code (Shipping)",
                "to_zip": "Postcode (Shipping)",
                "to_country": "Country Code (Shipping)",
                "to_phone": "Phone (Billing)",
            },
        ),
        (
            ETSY_ORDERS,
            "Etsy",
            {
                "order_id": "Order ID",
                "to_name": "Full Name",
                "to_address1": "Street 1",
                "to_address2": "Street 2",
                "to_city": "Ship City",
                "to_state": "Ship State",
                "to_zip": "Ship Zipcode",
                "to_country": "Ship Country",
            },
        ),
        (
            ETSY_ITEMS,
            "Etsy",
            {
                "order_id": "Order ID",
                "to_name": "Ship Name",
                "to_address1": "Ship Address1",
                "to_address2": "Ship Address2",
                "to_city": "Ship City",
                "to_state": "Ship State",
                "to_zip": "Ship Zipcode",
                "to_country": "Ship Country",
            },
        ),
        (
            EBAY,
            "eBay",
            {
                "order_id": "Order Number",
                "to_name": "Ship To Name",
                "to_address1": "Ship To Address 1",
                "to_address2": "Ship To Address 2",
                "to_city": "Ship To City",
                "to_state": "Ship To State",
                "to_zip": "Ship To Zip",
                "to_country": "Ship To Country",
                "to_phone": "Ship To Phone",
            },
        ),
        (
            AMAZON,
            "Amazon",
            {
                "order_id": "order-id",
                "to_name": "recipient-name",
                "to_address1": "ship-address-1",
                "to_address2": "ship-address-2 + ship-address-3",
                "to_city": "ship-city",
                "to_state": "ship-state",
                "to_zip": "ship-postal-code",
                "to_country": "ship-country",
                "to_phone": "ship-phone-number",
            },
        ),
        (
            SHIPSTATION,
            "ShipStation",
            {
                "order_id": "Order - Number",
                "to_name": "Ship To - Name",
                "to_company": "Ship To - Company",
                "to_address1": "Ship To - Address 1",
                "to_address2": "Ship To - Address 2 + Ship To - Address 3",
                "to_city": "Ship To - City",
                "to_state": "Ship To - State",
                "to_zip": "Ship To - Postal Code",
                "to_country": "Ship To - Country",
                "to_phone": "Ship To - Phone",
                "weight": "Weight - TotalOz",
                "length": "Dimensions - Length",
                "width": "Dimensions - Width",
                "height": "Dimensions - Height",
            },
        ),
        (
            SHIPSTATION_IMPORT,
            "ShipStation",
            {
                "order_id": "Order #",
                "to_name": "Recipient Full Name",
                "to_company": "Recipient Company",
                "to_address1": "Address Line 1",
                "to_address2": "Address Line 2 + Address Line 3",
                "to_city": "City",
                "to_state": "State",
                "to_zip": "Postal Code",
                "to_country": "Country Code",
                "to_phone": "Recipient Phone",
                "weight": "Weight(oz)",
                "length": "Length(in)",
                "width": "Width(in)",
                "height": "Height(in)",
            },
        ),
        (
            PIRATE,
            "Pirate Ship",
            {
                "order_id": "Order ID",
                "to_name": "Recipient",
                "to_company": "Company",
                "to_address1": "Address Line 1",
                "to_address2": "Address Line 2",
                "to_city": "City",
                "to_state": "State",
                "to_zip": "Zipcode",
                "to_country": "Country",
                "weight": "Weight (oz)",
                "length": "Package Length",
                "width": "Package Width",
                "height": "Package Height",
            },
        ),
        (
            PIRATE_SHEET,
            "Pirate Ship",
            {
                "order_id": "Order ID",
                "to_name": "Name",
                "to_company": "Company",
                "to_address1": "Address",
                "to_address2": "Address Line 2",
                "to_city": "City",
                "to_state": "State",
                "to_zip": "Zipcode",
                "to_country": "Country",
                "weight": "Pounds + Ounces",
                "length": "Length",
            },
        ),
    ],
)
def test_header_of_each_shop_is_mapped_by_itself(
    header: list[str], layout: str, expected: dict[str, str]
) -> None:
    mapping = map_columns(header)
    assert (mapping.layout, mapping.unclear) == (layout, ())
    assert columns(mapping) == expected


def test_every_layout_names_all_that_a_label_needs() -> None:
    for layout in LAYOUTS:
        assert {"order_id", "to_name", "to_address1", "to_city", "to_state", "to_zip"} <= set(layout.ways)
        assert set(layout.ways) <= set(FIELDS)


def test_billing_address_is_never_used() -> None:
    for header in (SHOPIFY, WOO, WOO_WORDS, EBAY):
        used = {name.lower() for name in columns(map_columns(header)).values()} - {"billing_phone"}
        assert not [name for name in used if name.startswith(("bill", "buyer")) or "address 1&2 (b" in name]


def test_header_of_its_own_kind_is_mapped_by_usual_names() -> None:
    header = ["Order", "Customer", "Full Name", "Street Address", "Apt", "Town", "Province", "Post Code",
              "Tel", "Weight (kg)", "Length cm", "Billing Zip", "Sender Name", "Gift"]  # fmt: skip
    mapping = map_columns(header)
    assert (mapping.layout, mapping.unclear) == ("", ())
    assert columns(mapping) == {
        "order_id": "Order", "to_name": "Full Name", "to_address1": "Street Address", "to_address2": "Apt",
        "to_city": "Town", "to_state": "Province", "to_zip": "Post Code", "to_phone": "Tel",
        "weight": "Weight (kg)", "length": "Length cm", "from_name": "Sender Name",
    }  # fmt: skip
    assert mapping.ignored == ("Customer", "Billing Zip", "Gift")


def test_columns_added_to_a_shops_export_are_found_too() -> None:
    mapping = map_columns([*SHOPIFY, "Weight", "Size", "Dimensions", "Sender Zip"])
    assert mapping.layout == "Shopify"
    assert [mapping.column_of(field) for field in ("weight", "length", "from_zip")] == [
        "Weight",
        "Dimensions",
        "Sender Zip",
    ]


@pytest.mark.parametrize(
    ("header", "cells", "weight"),
    [
        (["Weight(oz)"], ["35"], "35 oz"),
        (["Weight(oz)"], ["2 lb"], "2 lb"),
        (["Weight(oz)"], [""], ""),
        (["Weight"], ["0,9 kg"], "0,9 kg"),
        (["Pounds", "Ounces"], ["2", "3"], "2 lb 3 oz"),
        (["Pounds", "Ounces"], ["", "12,5"], "12,5 oz"),
        (["Weight", "Weight Unit"], ["2.5", "lb"], "2.5 lb"),
        (["Weight in grams"], ["900"], "900 g"),
    ],
)
def test_weight_takes_the_unit_of_its_column(header: list[str], cells: list[str], weight: str) -> None:
    assert map_columns(header).sources["weight"].text(cells) == weight


def test_source_joins_parts_of_a_street_by_commas_and_of_a_name_by_spaces() -> None:
    amazon = map_columns(AMAZON)
    cells = ["" for _ in AMAZON]
    cells[AMAZON.index("ship-address-2")], cells[AMAZON.index("ship-address-3")] = "Floor 2", "Box 9"
    assert amazon.sources["to_address2"].text(cells) == "Floor 2, Box 9"
    assert Source((0, 1)).text(["Ann", "Lee"]) == "Ann Lee"


def test_what_is_said_by_hand_is_above_all() -> None:
    given = parse_map(["Buyer Name=to_name", " Ship To Zip = ignore", "Buyer Zip=TO-ZIP"])
    mapping = map_columns(EBAY, given)
    assert (mapping.column_of("to_name"), mapping.column_of("to_zip")) == ("Buyer Name", "Buyer Zip")
    assert {"Ship To Name", "Ship To Zip"} <= set(mapping.ignored)


def test_several_columns_said_for_one_field_are_joined() -> None:
    mapping = map_columns(["A", "B", "Weight lb"], {"A": "to_name", "b": "to_name", "Weight lb": "weight"})
    assert mapping.sources["to_name"].text(["Ann", "Lee", ""]) == "Ann Lee"
    assert mapping.sources["weight"].text(["", "", "3"]) == "3 lb"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ship Zip", "takes COLUMN=FIELD"),
        ("=to_zip", "takes COLUMN=FIELD"),
        ("Ship Zip=to_zap", "no field “to_zap”"),
    ],
)
def test_map_option_that_cannot_be_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_map([text])


def test_map_option_takes_column_names_with_equals_signs() -> None:
    assert parse_map(["a=b=to_zip"]) == {"a=b": "to_zip"}


def test_column_said_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no column “Shp Zip”") as caught:
        map_columns(["Ship Zip", "Name"], {"Shp Zip": "to_zip"})
    assert caught.value.hint == "Did you mean “Ship Zip”?"


def test_missing_fields_are_unclear_and_refused_all_at_once() -> None:
    mapping = map_columns(["a", "b", "City"])
    assert [one.field for one in mapping.unclear] == ["to_name", "to_address1", "to_state", "to_zip"]
    with pytest.raises(InputError) as caught:
        refuse_unclear(mapping)
    assert all(field in caught.value.message for field in ("to_name", "to_address1", "to_state", "to_zip"))
    assert '--map "COLUMN=to_name"; columns: a, b, City' in caught.value.hint


def test_clear_mapping_is_not_refused() -> None:
    refuse_unclear(map_columns(EBAY))


def test_two_columns_of_one_name_are_unclear_until_one_is_said() -> None:
    header = ["Name", "Address", "City", "State", "Zip", "Zip (2)"]
    mapping = map_columns(header)
    assert [(one.field, one.columns) for one in mapping.unclear] == [("to_zip", ("Zip", "Zip (2)"))]
    assert map_columns(header, {"Zip (2)": "to_zip", "Zip": "ignore"}).unclear == ()
    assert map_columns(header, {"Zip (2)": "to_zip"}).column_of("to_zip") == "Zip (2)"


def test_misspelled_column_of_the_template_is_asked_about() -> None:
    header = [field if field != "to_address2" else "to_adress2" for field in FIELDS]
    unclear = map_columns(header).unclear
    assert [(one.field, one.columns) for one in unclear] == [("to_address2", ("to_adress2",))]


def test_city_state_and_zip_in_one_column_need_no_more() -> None:
    assert map_columns(["Name", "Address", "City, State ZIP"]).unclear == ()


def test_mapping_remembered_maps_the_same_header_the_same() -> None:
    header = ["A", "B", "Street", "City", "State", "Zip", "Pounds", "Ounces"]
    mapping = map_columns(header, {"A": "order_id", "B": "to_name"})
    again = map_columns(header, mapping.as_given())
    assert again.sources == mapping.sources


def test_header_key_is_the_same_for_results_and_failed_files_and_no_other() -> None:
    key = header_key(EBAY)
    assert key == header_key([*EBAY, "error"]) == header_key([*EBAY, "status", "error", "step"])
    assert key == header_key([name.upper() for name in EBAY])
    assert key != header_key(EBAY[1:])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ship To - Address 1", "ship to address 1"),
        ("ship-to-address1", "ship to address 1"),
        ("ShipToAddress1", "ship to address 1"),
        ("Weight(oz)", "weight oz"),
        ("Order #", "order no"),
        (" ", ""),
    ],
)
def test_words_of_a_name_are_the_same_however_it_is_written(name: str, words: str) -> None:
    assert words_of(name) == words


def test_results_file_fed_back_is_mapped_like_its_source() -> None:
    mapping = map_columns([*FIELDS, *OUR_COLUMNS])
    assert (mapping.unclear, mapping.ignored) == ((), OUR_COLUMNS)
