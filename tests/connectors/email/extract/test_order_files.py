"""Order XML: read exactly, its rules checked, and nothing hostile opened."""

from pathlib import Path

import pytest

from connectors.email.extract.extract import extract
from connectors.email.extract.extracted import Extracted
from connectors.email.parts import Kind, Part
from mapping.letter import Draft, DraftAddress, Source

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "vendor" / "peppol"
NAMES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
LINE = """<cac:OrderLine><cac:LineItem><cbc:ID>{id}</cbc:ID>
<cbc:Quantity unitCode="EA">{quantity}</cbc:Quantity>
<cbc:LineExtensionAmount currencyID="{currency}">{amount}</cbc:LineExtensionAmount>
<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount>{base}</cac:Price>
<cac:Item><cbc:Name>Soap</cbc:Name><cac:BuyersItemIdentification><cbc:ID>B-1</cbc:ID>
</cac:BuyersItemIdentification>{seller}</cac:Item></cac:LineItem></cac:OrderLine>"""
SELLER = "<cac:SellersItemIdentification><cbc:ID>LAV-100ML</cbc:ID></cac:SellersItemIdentification>"


def line(**changed: str) -> str:
    given = {"id": "1", "quantity": "6", "amount": "27", "price": "4.5", "base": ""}
    given |= {"currency": "EUR", "seller": SELLER}
    return LINE.format(**(given | changed))


def order(
    *lines: str, customization: str = "urn:fdc:peppol.eu:poacc:trns:order:3",
    total: str = "27", payable: str = "27",
) -> bytes:  # fmt: skip
    return f"""<?xml version="1.0" encoding="UTF-8"?><Order {NAMES}>
<cbc:CustomizationID>{customization}</cbc:CustomizationID><cbc:ID>PO-7</cbc:ID>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AnticipatedMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">{total}
</cbc:LineExtensionAmount><cbc:PayableAmount currencyID="EUR">{payable}</cbc:PayableAmount>
</cac:AnticipatedMonetaryTotal>{"".join(lines)}</Order>""".encode()


def read(data: bytes) -> Extracted:
    return extract([Part(id="2", kind=Kind.XML, data=data)])


def draft_of(data: bytes) -> Draft:
    [draft] = read(data).drafts
    return draft


def test_an_order_is_read_with_its_number_lines_and_total() -> None:
    draft = draft_of(order(line()))

    [only] = draft.lines
    assert (draft.source, draft.document, draft.is_exact) == (Source.UBL, "Order", True)
    assert (draft.po_number, draft.currency, draft.total) == ("PO-7", "EUR", "27")
    assert (only.sku, only.quantity, only.unit, only.price) == (
        "LAV-100ML",
        "6",
        "EA",
        "4.5",
    )
    assert draft.faults == ()


def test_the_buyers_own_code_is_never_taken_for_ours() -> None:
    [only] = draft_of(order(line(seller=""))).lines

    assert (only.sku, only.title) == ("", "Soap")


def test_a_price_for_several_pieces_is_told_for_one() -> None:
    base = "<cbc:BaseQuantity>10</cbc:BaseQuantity>"

    [only] = draft_of(order(line(price="45", base=base))).lines

    assert only.price == "4.5"


OUTSIDE = "file" + ":///etc/passwd"


@pytest.mark.parametrize(
    "data,rule",
    [
        (order(line(), line(), total="54"), "R001"),
        (order(line(currency="USD")), "R003"),
        (order(line(quantity="-6", amount="-27"), total="-27"), "R004"),
        (order(line(price="-4.5", amount="-27"), total="-27"), "R005"),
        (order(line(), payable="-1"), "R006"),
        (order(line(), total="28"), "R008"),
        (order(line(amount="30"), total="30"), "R024"),
        (order(line(), customization="urn:other"), "R034"),
    ],
)
def test_each_broken_rule_is_named(data: bytes, rule: str) -> None:
    faults = draft_of(data).faults

    assert [fault[:4] for fault in faults] == [rule]


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE Order [<!ENTITY a "b">]>' + order(line())[38:],
        f'<!DOCTYPE x SYSTEM "{OUTSIDE}"><Order/>'.encode("utf-16"),
        b"<Order>",
        b"",
        b"<Invoice/>",
        b"\xff\xfe\x00",
    ],
)
def test_hostile_broken_and_other_xml_is_a_trouble(data: bytes) -> None:
    found = read(data)

    assert (found.drafts, list(found.troubles)) == ((), ["2"])


ORDER_X = b"""<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:rsm" xmlns:ram="urn:ram"
 xmlns:udt="urn:udt"><rsm:ExchangedDocument><ram:ID>PO-9</ram:ID><ram:TypeCode>220</ram:TypeCode>
</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:SellerAssignedID>LAV-100ML</ram:SellerAssignedID>
<ram:Name>Soap</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeDelivery>
<ram:RequestedQuantity unitCode="C62">6</ram:RequestedQuantity></ram:SpecifiedLineTradeDelivery>
</ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeDelivery>
<ram:RequestedDeliverySupplyChainEvent><ram:OccurrenceDateTime>
<udt:DateTimeString format="102">20261212</udt:DateTimeString></ram:OccurrenceDateTime>
</ram:RequestedDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>
</rsm:SCRDMCCBDACIOMessageStructure>"""


def test_an_order_x_order_is_read() -> None:
    draft = draft_of(ORDER_X)

    [only] = draft.lines
    assert (draft.po_number, draft.requested, draft.currency) == (
        "PO-9",
        "2026-12-12",
        "EUR",
    )
    assert (only.sku, only.quantity, only.unit) == ("LAV-100ML", "6", "C62")


def test_a_response_is_no_order() -> None:
    assert read(ORDER_X.replace(b">220<", b">231<")).troubles == {
        "2": "XML, but no order: SCRDMCCBDACIOMessageStructure"
    }


def sample(name: str) -> Draft:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"without the Peppol sample {name}")
    return draft_of(path.read_bytes())


def test_the_first_peppol_use_case_is_read_exactly() -> None:
    draft = sample("UC1_Order.xml")

    assert [(each.sku, each.quantity, each.unit, each.price, each.amount, each.barcode)
            for each in draft.lines] == [
        ("SN-33", "10", "NAR", "4", "40", "05704066204093"),
        ("SN-34", "5", "NAR", "6", "30", "08722700575887"),
        ("SN-35", "15", "NAR", "3", "45", "08722700577584"),
    ]  # fmt: skip
    assert (draft.po_number, draft.currency, draft.total) == ("1", "EUR", "115")
    assert (draft.requested, draft.faults) == ("2013-07-16", ())
    assert draft.ship_to == DraftAddress(
        name="John", company="Hospital Tourist Department", line1="Lower street 5",
        line2="Reception", city="Stockholm", postcode="11120", country="SE",
        phone="+465558877523",
    )  # fmt: skip


def test_lines_wanted_on_different_days_have_no_single_day() -> None:
    draft = sample("Order_Example.xml")

    assert [(each.sku, each.quantity) for each in draft.lines] == [
        ("121212", "120"),
        ("SItemNo011", "15"),
    ]
    assert (draft.po_number, draft.total, draft.faults) == ("34", "6525.00", ())
    assert draft.requested == "2010-02-25 / 2012-10-31"


@pytest.mark.parametrize(
    "name,document,lines",
    [
        ("UC2_Order.xml", "Order", [("Item 1", "10"), ("Item 2", "50")]),
        ("UC3_Order.xml", "Order", [("Translation", "1")]),
        ("OrderChange_sc1.xml", "OrderChange", [("Item 1", "5"), ("Item 2", "50")]),
        ("OrderCancellation_Example.xml", "OrderCancellation", []),
    ],
)
def test_the_other_samples_say_what_they_are(
    name: str, document: str, lines: list[tuple[str, str]]
) -> None:
    draft = sample(name)

    assert (draft.document, draft.faults) == (document, ())
    assert [(each.title, each.quantity) for each in draft.lines] == lines
    assert draft.po_number == {"UC2_Order.xml": "1", "UC3_Order.xml": "5"}.get(
        name, "Order-1"
    )
