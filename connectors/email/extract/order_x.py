"""Order-X: the Cross Industry Order of UN/CEFACT, mostly inside a PDF that shows the same.

Root SCRDMCCBDACIOMessageStructure; type codes 220 order, 230 change, 231 response.
"""

from connectors.email.extract.ubl_values import decimal_of, written
from connectors.email.extract.xml_tree import Node
from mapping.letter import Draft, DraftAddress, DraftLine, Place, Source, Table

ROOT = "SCRDMCCBDACIOMessageStructure"
DOCUMENTS = {"220": "Order", "230": "OrderChange"}
MOST_LINES = 2_000
HEADINGS = ("LineID", "SellerAssignedID", "Name", "RequestedQuantity", "unitCode",
            "ChargeAmount", "LineTotalAmount", "GlobalID")  # fmt: skip

_DEAL = "SupplyChainTradeTransaction"
_DAY = "RequestedDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"
_LAST_DAY = (
    "RequestedDeliverySupplyChainEvent/OccurrenceSpecifiedPeriod/EndDateTime/DateTimeString"
)


def read_order_x(root: Node, *, part: str, table: str) -> tuple[Draft, Table] | None:
    """Read an order or a change of one; None for any other message of the family."""
    document = DOCUMENTS.get(root.said("ExchangedDocument/TypeCode"))
    if document is None:
        return None
    items = list(root.all(f"{_DEAL}/IncludedSupplyChainTradeLineItem"))
    lines = tuple(
        _line(item, place=Place(part=table, start=number, end=number + 1))
        for number, item in enumerate(items[:MOST_LINES], start=1)
    )
    settlement = f"{_DEAL}/ApplicableHeaderTradeSettlement"
    agreement = f"{_DEAL}/ApplicableHeaderTradeAgreement"
    changed = root.said(f"{agreement}/BuyerOrderReferencedDocument/IssuerAssignedID")
    number = root.said("ExchangedDocument/ID")
    summed = f"{settlement}/SpecifiedTradeSettlementHeaderMonetarySummation/LineTotalAmount"
    draft = Draft(
        source=Source.UBL,
        part=part,
        lines=lines,
        unread=(Place(part=table, start=MOST_LINES, end=len(items)),)
        if items[MOST_LINES:]
        else (),
        po_number=number if document == "Order" else changed or number,
        currency=root.said(f"{settlement}/OrderCurrencyCode"),
        total=root.said(summed),
        requested=_requested(root, items),
        ship_to=_ship_to(root),
        note=root.said("ExchangedDocument/IncludedNote/Content"),
        is_exact=True,
        document=document,
    )
    rows = tuple(
        (each.line_id, each.sku, each.title, each.quantity, each.unit, each.price,
         each.amount, each.barcode)
        for each in lines
    )  # fmt: skip
    title = f"{document} {number}".strip()
    return draft, Table(part=table, source=Source.UBL, rows=(HEADINGS, *rows), title=title)


def _line(item: Node, *, place: Place) -> DraftLine:
    product = "SpecifiedTradeProduct"
    quantity = item.one("SpecifiedLineTradeDelivery/RequestedQuantity")
    counted = quantity.said() if quantity else ""
    unit = quantity.attribute("unitCode") if quantity else ""
    sku, title = item.said(f"{product}/SellerAssignedID"), item.said(f"{product}/Name")
    return DraftLine(
        text=" | ".join(filter(None, [sku, title, f"{counted} {unit}".strip()])),
        place=place,
        sku=sku,
        quantity=counted,
        unit=unit,
        title=title,
        price=_price(item),
        amount=item.said(
            "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/"
            "LineTotalAmount"
        ),
        line_id=item.said("AssociatedDocumentLineDocument/LineID"),
        barcode=item.said(f"{product}/GlobalID"),
    )


def _price(item: Node) -> str:
    """Return the price of one piece: it may be given for `BasisQuantity` of them."""
    price = "SpecifiedLineTradeAgreement/NetPriceProductTradePrice"
    said = item.said(f"{price}/ChargeAmount")
    whole = decimal_of(said)
    pieces = decimal_of(item.said(f"{price}/BasisQuantity") or "1")
    if whole is None or not pieces or pieces == 1:
        return said
    return written(whole / pieces) if whole / pieces * pieces == whole else ""


def _requested(root: Node, items: list[Node]) -> str:
    whole = _day(root, f"{_DEAL}/ApplicableHeaderTradeDelivery")
    own = {_day(item, "SpecifiedLineTradeDelivery") or whole for item in items} or {whole}
    return " / ".join(filter(None, sorted(own)))


def _day(node: Node, where: str) -> str:
    """Return a day; format 102 is YYYYMMDD."""
    said = node.said(f"{where}/{_LAST_DAY}") or node.said(f"{where}/{_DAY}")
    is_plain = len(said) == 8 and said.isascii() and said.isdigit()
    return f"{said[:4]}-{said[4:6]}-{said[6:]}" if is_plain else said


def _ship_to(root: Node) -> DraftAddress | None:
    party = root.one(f"{_DEAL}/ApplicableHeaderTradeDelivery/ShipToTradeParty")
    place = party.one("PostalTradeAddress") if party else None
    if party is None or place is None:
        return None
    contact = "DefinedTradeContact"
    more = [place.said("LineTwo"), place.said("LineThree")]
    return DraftAddress(
        name=party.said(f"{contact}/PersonName"),
        company=party.said("Name"),
        line1=place.said("LineOne"),
        line2=", ".join(filter(None, more)),
        city=place.said("CityName"),
        region=place.said("CountrySubDivisionName"),
        postcode=place.said("PostcodeCode"),
        country=place.said("CountryID"),
        phone=party.said(f"{contact}/TelephoneUniversalCommunication/CompleteNumber"),
    )
