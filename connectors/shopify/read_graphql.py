"""The GraphQL Order laid out as its REST body, so that one reader reads both alike."""

from collections.abc import Mapping

from connectors.errors import PayloadError
from connectors.shopify.read_words import count, list_of, mapping_of

_ORDER = {
    "id": "id",
    "name": "name",
    "created_at": "createdAt",
    "processed_at": "processedAt",
    "updated_at": "updatedAt",
    "cancelled_at": "cancelledAt",
    "closed_at": "closedAt",
    "confirmed": "confirmed",
    "test": "test",
    "financial_status": "displayFinancialStatus",
    "currency": "currencyCode",
    "presentment_currency": "presentmentCurrencyCode",
    "email": "email",
    "phone": "phone",
    "customer_locale": "customerLocale",
    "note": "note",
    "tags": "tags",
    "source_name": "sourceName",
    "po_number": "poNumber",
    "note_attributes": "customAttributes",
}
_LINE = {
    "id": "id",
    "title": "title",
    "variant_title": "variantTitle",
    "sku": "sku",
    "quantity": "quantity",
    "current_quantity": "currentQuantity",
    "fulfillable_quantity": "fulfillableQuantity",
    "requires_shipping": "requiresShipping",
    "gift_card": "isGiftCard",
    "properties": "customAttributes",
}
_SHIPPING = {"title": "title", "code": "code", "is_removed": "isRemoved"}
_CUSTOMER = {"id": "id", "first_name": "firstName", "last_name": "lastName"}
_ADDRESS = {
    "name": "name",
    "first_name": "firstName",
    "last_name": "lastName",
    "company": "company",
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "province": "province",
    "province_code": "provinceCode",
    "zip": "zip",
    "country_code": "countryCodeV2",
    "phone": "phone",
}


def rest_shape(node: object) -> dict[str, object]:
    """Lay an Order of documents/order.graphql out as orders/* webhooks do.

    Every value is passed on as it is; only names and places change. An order of which a
    page was not fetched is refused, because a line left behind would look like one removed.

    :raises PayloadError: a page of lines or parcels is missing.
    """
    order = mapping_of(node)
    parcels = list_of(order.get("fulfillments"))
    if (count(_at(order, "fulfillmentsCount", "count")) or 0) > len(parcels):
        raise PayloadError("The order came without all of its fulfilments.")
    return {
        **_renamed(order, _ORDER),
        "current_total_price_set": _bag(order.get("currentTotalPriceSet")),
        "customer": _customer(order.get("customer")),
        "shipping_address": _renamed(mapping_of(order.get("shippingAddress")), _ADDRESS),
        "shipping_lines": _shipping(order.get("shippingLine")),
        "line_items": [_line(mapping_of(one)) for one in _nodes(order.get("lineItems"))],
        "fulfillments": [_parcel(mapping_of(one)) for one in parcels],
    }


def _shipping(given: object) -> list[dict[str, object]]:
    line = mapping_of(given)
    return [_renamed(line, _SHIPPING)] if line else []


def _line(node: Mapping[str, object]) -> dict[str, object]:
    return {
        **_renamed(node, _LINE),
        "product_id": _at(node, "product", "id"),
        "variant_id": _at(node, "variant", "id"),
        "sales_line_item_group_id": _at(node, "lineItemGroup", "id"),
        "price_set": _bag(node.get("originalUnitPriceSet")),
    }


def _parcel(node: Mapping[str, object]) -> dict[str, object]:
    pieces = [mapping_of(one) for one in _nodes(node.get("fulfillmentLineItems"))]
    lines = [
        {"id": _at(one, "lineItem", "id"), "quantity": one.get("quantity")}
        for one in pieces
    ]
    return {"status": node.get("status"), "line_items": lines}


def _customer(given: object) -> dict[str, object]:
    node = mapping_of(given)
    return {
        **_renamed(node, _CUSTOMER),
        "email": _at(node, "defaultEmailAddress", "emailAddress"),
        "phone": _at(node, "defaultPhoneNumber", "phoneNumber"),
    }


def _bag(given: object) -> dict[str, object]:
    bag = mapping_of(given)
    sides = {"shop_money": "shopMoney", "presentment_money": "presentmentMoney"}
    names = {"amount": "amount", "currency_code": "currencyCode"}
    return {side: _renamed(mapping_of(bag.get(of)), names) for side, of in sides.items()}


def _nodes(given: object) -> list[object]:
    """Return a connection's nodes.

    :raises PayloadError: it is not there, or has a further page.
    """
    connection = mapping_of(given)
    nodes = connection.get("nodes")
    if not isinstance(nodes, list) or _at(connection, "pageInfo", "hasNextPage") is True:
        raise PayloadError("The order came without all of its lines.")
    return nodes


def _renamed(node: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {ours: node.get(theirs) for ours, theirs in names.items()}


def _at(node: Mapping[str, object], name: str, inner: str) -> object:
    return mapping_of(node.get(name)).get(inner)
