"""UBL orders as Peppol BIS Order 3 writes them: nothing is guessed, the format says what is what.

https://docs.peppol.eu/poacc/upgrade-3/syntax/Order/tree/ (and OrderChange, OrderCancellation).
"""

from decimal import Decimal

from connectors.email.extract.ubl_rules import broken_rules
from connectors.email.extract.ubl_values import decimal_of, written
from connectors.email.extract.xml_tree import Node
from mapping.letter import Draft, DraftAddress, DraftLine, Place, Source, Table

DOCUMENTS = frozenset({"Order", "OrderChange", "OrderCancellation"})
MOST_LINES = 2_000
HEADINGS = ("ID", "SellersItemIdentification", "Name", "Quantity", "unitCode", "PriceAmount",
            "LineExtensionAmount", "StandardItemIdentification")  # fmt: skip


def read_ubl(root: Node, *, part: str) -> tuple[Draft, Table]:
    """Read an Order, OrderChange or OrderCancellation (`DOCUMENTS`)."""
    items = list(root.all("OrderLine/LineItem"))
    lines = tuple(
        _line(item, place=Place(part=part, start=number, end=number + 1))
        for number, item in enumerate(items[:MOST_LINES], start=1)
    )
    is_order = root.name == "Order"
    beyond = (
        (Place(part=part, start=MOST_LINES, end=len(items)),) if items[MOST_LINES:] else ()
    )
    draft = Draft(
        source=Source.UBL,
        part=part,
        lines=lines,
        unread=beyond,
        po_number=root.said("ID") if is_order else root.said("OrderReference/ID"),
        currency=root.said("DocumentCurrencyCode"),
        total=root.said("AnticipatedMonetaryTotal/LineExtensionAmount"),
        requested=_requested(root, items),
        ship_to=_ship_to(root),
        note=_note(root),
        is_exact=True,
        faults=broken_rules(root) if is_order else (),
        document=root.name,
    )
    return draft, Table(
        part=part,
        source=Source.UBL,
        rows=(HEADINGS, *map(_row, lines)),
        title=f"{root.name} {root.said('ID')}".strip(),
    )


def _line(item: Node, *, place: Place) -> DraftLine:
    quantity = item.one("Quantity")
    line = DraftLine(
        text="",
        place=place,
        sku=item.said("Item/SellersItemIdentification/ID"),
        quantity=quantity.said() if quantity else "",
        unit=quantity.attribute("unitCode") if quantity else "",
        title=item.said("Item/Name") or item.said("Item/Description"),
        price=_price(item),
        amount=item.said("LineExtensionAmount"),
        line_id=item.said("ID"),
        barcode=item.said("Item/StandardItemIdentification/ID"),
    )
    return _with_text(line)


def _with_text(line: DraftLine) -> DraftLine:
    said = [line.sku, line.title, f"{line.quantity} {line.unit}".strip(), line.amount]
    return DraftLine(
        text=" | ".join(filter(None, said)),
        place=line.place,
        sku=line.sku,
        quantity=line.quantity,
        unit=line.unit,
        title=line.title,
        price=line.price,
        amount=line.amount,
        line_id=line.line_id,
        barcode=line.barcode,
    )


def _price(item: Node) -> str:
    """Return the price of one: UBL may give that of `BaseQuantity` of them."""
    said, base = item.said("Price/PriceAmount"), item.said("Price/BaseQuantity")
    price, pieces = decimal_of(said), decimal_of(base or "1")
    if price is None or pieces is None or pieces in {Decimal(0), Decimal(1)}:
        return said
    each = price / pieces
    return written(each) if each * pieces == price else ""


def _requested(root: Node, items: list[Node]) -> str:
    """Return the last day it is wanted by; a line's own day goes before the order's."""
    whole = _last_day(root)
    days = sorted({_last_day(item) or whole for item in items} or {whole})
    return " / ".join(filter(None, days))


def _last_day(node: Node) -> str:
    period = "Delivery/RequestedDeliveryPeriod"
    return node.said(f"{period}/EndDate") or node.said(f"{period}/StartDate")


def _ship_to(root: Node) -> DraftAddress | None:
    place = root.one("Delivery/DeliveryLocation/Address") or root.one(
        "Delivery/DeliveryAddress"
    )
    if place is None:
        return None
    more = [place.said("AdditionalStreetName"), place.said("AddressLine/Line")]
    return DraftAddress(
        name=root.said("Delivery/DeliveryParty/Contact/Name"),
        company=root.said("Delivery/DeliveryParty/PartyName/Name"),
        line1=place.said("StreetName"),
        line2=", ".join(filter(None, more)),
        city=place.said("CityName"),
        region=place.said("CountrySubentity"),
        postcode=place.said("PostalZone"),
        country=place.said("Country/IdentificationCode"),
        phone=root.said("Delivery/DeliveryParty/Contact/Telephone"),
    )


def _note(root: Node) -> str:
    said = [root.said("Note"), root.said("CancellationNote")]
    for line in root.all("OrderLine"):
        note = line.said("Note")
        said += [f"{line.said('LineItem/ID')}: {note}"] if note else []
    return "\n".join(filter(None, said))[:4_000]


def _row(line: DraftLine) -> tuple[str, ...]:
    return (line.line_id, line.sku, line.title, line.quantity, line.unit, line.price,
            line.amount, line.barcode)  # fmt: skip
