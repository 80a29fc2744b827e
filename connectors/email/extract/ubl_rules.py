"""The rules of Peppol BIS Order 3 that protect whoever delivers; the others are formalities.

Of the 33 assertions of transaction T01 (PEPPOL-T01-R001 to R034), written again in Python.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from connectors.email.extract.ubl_values import decimal_of
from connectors.email.extract.xml_tree import Node

SPECIFICATION = "urn:fdc:peppol.eu:poacc:trns:order:3"
SLACK = Decimal("0.02")
"""How far a line may be off, by rounding (R024)."""
MOST_FAULTS = 20

_TOTALS = "AnticipatedMonetaryTotal"
_AMOUNTS = (
    f"{_TOTALS}/LineExtensionAmount", f"{_TOTALS}/PayableAmount",
    f"{_TOTALS}/TaxExclusiveAmount", f"{_TOTALS}/TaxInclusiveAmount",
    f"{_TOTALS}/AllowanceTotalAmount", f"{_TOTALS}/ChargeTotalAmount",
    f"{_TOTALS}/PrepaidAmount", f"{_TOTALS}/PayableRoundingAmount",
    "TaxTotal/TaxAmount", "AllowanceCharge/Amount", "AllowanceCharge/BaseAmount",
)  # fmt: skip
_LINE_AMOUNTS = (
    "LineExtensionAmount", "TotalTaxAmount", "Price/PriceAmount", "AllowanceCharge/Amount",
    "AllowanceCharge/BaseAmount", "Price/AllowanceCharge/Amount",
    "Price/AllowanceCharge/BaseAmount",
)  # fmt: skip


def broken_rules(order: Node) -> tuple[str, ...]:
    """Return the rules an Order breaks, each with its number, at most `MOST_FAULTS`."""
    found: list[str] = []
    for fault in _faults(order):
        if len(found) == MOST_FAULTS:
            break
        if fault not in found:
            found.append(fault)
    return tuple(found)


def _faults(order: Node) -> Iterator[str]:
    items = list(order.all("OrderLine/LineItem"))
    if not order.said("CustomizationID").startswith(SPECIFICATION):
        yield "R034: it does not say that it is a Peppol order"
    yield from _same_ids(items)
    yield from _other_currencies(order, items)
    yield from _wrong_totals(order, items)
    for item in items:
        yield from _wrong_line(item)


def _same_ids(items: list[Node]) -> Iterator[str]:
    for line_id, times in Counter(item.said("ID") for item in items).items():
        if times > 1 or not line_id:
            yield f"R001: the line id {line_id!r} is not unique"


def _other_currencies(order: Node, items: list[Node]) -> Iterator[str]:
    own = order.said("DocumentCurrencyCode")
    amounts = [node for path in _AMOUNTS for node in order.all(path)]
    amounts += [node for item in items for path in _LINE_AMOUNTS for node in item.all(path)]
    for code in {node.attribute("currencyID") for node in amounts} - {"", own}:
        yield f"R003: an amount is in {code}, the order in {own or 'no currency'}"


def _wrong_totals(order: Node, items: list[Node]) -> Iterator[str]:
    said = order.said(f"{_TOTALS}/PayableAmount")
    payable = decimal_of(said)
    if said and (payable is None or payable < 0):
        yield "R006: the amount to pay is negative or no number"
    said = order.said(f"{_TOTALS}/LineExtensionAmount")
    if said:
        amounts = [item.said("LineExtensionAmount") for item in items]
        read = [decimal_of(amount) for amount in amounts if amount]
        if None in read or decimal_of(said) != sum(filter(None, read), Decimal(0)):
            yield "R008: the lines do not add up to their total"


def _wrong_line(item: Node) -> Iterator[str]:
    name = f"line {item.said('ID')!r}"
    # No quantity is as wrong here: the schema asks for one wherever goods are ordered.
    quantity = decimal_of(item.said("Quantity"))
    if quantity is None or quantity < 0:
        yield f"R004: the quantity of {name} is negative or no number"
    said = item.said("Price/PriceAmount")
    price = decimal_of(said)
    if said and (price is None or price < 0):
        yield f"R005: the price of {name} is negative or no number"
    amount = item.said("LineExtensionAmount")
    if amount and not _multiplies(item, amount=amount, quantity=quantity, price=price):
        yield f"R024: quantity times price of {name} is not its amount"


def _multiplies(
    item: Node, *, amount: str, quantity: Decimal | None, price: Decimal | None
) -> bool:
    """Check the amount of a line; without a price there is nothing to multiply."""
    whole = decimal_of(amount)
    if whole is None or quantity is None:
        return False
    if price is None:
        return not item.said("Price/PriceAmount")
    base = decimal_of(item.said("Price/BaseQuantity") or "1") or Decimal(1)
    more = _charged(item, "true") - _charged(item, "false")
    return abs(whole - (quantity * price / base + more)) <= SLACK


def _charged(item: Node, indicator: str) -> Decimal:
    return sum(
        (
            decimal_of(each.said("Amount")) or Decimal(0)
            for each in item.all("AllowanceCharge")
            if each.said("ChargeIndicator") == indicator
        ),
        Decimal(0),
    )
