"""The rows and lines below an order that add up, tax or carry it: no lines, but facts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from connectors.email.extract.words import amounts, fold


class Kind(StrEnum):
    """What such a row says."""

    LINES = "lines"
    """The lines alone."""
    NET = "net"
    """Before taxes; fees and discounts may be in it."""
    WHOLE = "whole"
    """Whatever the sender means by total."""
    COUNT = "count"
    """How many pieces or packs there are: no money."""
    TAX = "tax"
    FEE = "fee"
    DISCOUNT = "discount"


_NAMES = {
    Kind.LINES: "subtotal|sub total|suma|sum|total lineas|total articulos|total productos|"
    "lines total|item total|items total|goods total",
    Kind.NET: "base imponible|base|total neto|neto|total sin iva|importe neto|net total|net|"
    "total net|total ex vat|total excl vat|total excluding vat|total before tax|"
    "total sin impuestos|importe total sin iva|subtotal sin iva|total s iva",
    Kind.WHOLE: "total|importe total|total pedido|total del pedido|order total|grand total|"
    "total general|total amount|total order|total a pagar|a pagar|amount due|total con iva|"
    "total iva incluido|total iva incl|total inc vat|total incl vat|importe|total due|"
    "total eur|total euros",
    Kind.COUNT: "total uds|total ud|total unidades|total de unidades|total units|total piezas|"
    "total de piezas|total pieces|total pcs|total cajas|total de cajas|total boxes|total bultos|"
    "total cantidad|cantidad total|total qty|total quantity|unidades totales|piezas totales",
    Kind.TAX: "iva|igic|vat|tax|sales tax|impuestos|recargo|recargo de equivalencia|re",
    Kind.FEE: "portes|envio|gastos de envio|gastos envio|shipping|delivery|freight|carriage|"
    "transporte|shipping cost|shipping costs|delivery charge|postage|handling|"
    "shipping and handling|gastos de transporte|coste de envio",
    Kind.DISCOUNT: "descuento|dto|discount|descuentos|descuento pronto pago|dto pp",
}
_KINDS = {fold(name): kind for kind, names in _NAMES.items() for name in names.split("|")}
_TRAILING = re.compile(r"(?: (?:[0-9]+|eur|euros|usd|gbp))+$")
_BEGINNING = re.compile(
    r"\W{0,4}(?P<name>[^\W\d_][^\d€$£:=\n]{0,40}?)\s{0,3}(?:[:=]\s{0,20}|\s)[€$£]?\s?[0-9]"
)
"""TOTAL-100 is no such beginning: what is joined to a number may be a code."""
_INCLUSIVE = re.compile(r"\b(?:con|inc|incl|incluido|including) (?:iva|vat|tax)\b|iva inc")


def kind_of(words: str) -> Kind | None:
    """Say what a row that begins with these words adds up; None for a row of goods."""
    folded = fold(words[:80])
    return _KINDS.get(folded) or _KINDS.get(_TRAILING.sub("", folded))


def begins_with_total(line: str) -> bool:
    """Say whether a line of text says what something comes to: "Total: 15 uds"."""
    found = _BEGINNING.match(line)
    return found is not None and kind_of(found["name"]) is not None


def includes_tax(words: str) -> bool:
    """Say whether a total says of itself that taxes are in it."""
    return _INCLUSIVE.search(fold(words[:80])) is not None


@dataclass
class Totals:
    """What the adding rows of one order say."""

    found: dict[Kind, str] = field(default_factory=dict)

    def take(self, row: Sequence[str], *, amount: int | None, quantity: int | None) -> bool:
        """Take a row that adds up; False for a row of goods.

        What stands below the quantities counts pieces and is no money.
        """
        cells = [cell.strip() for cell in row]
        first = next(filter(None, cells), "")
        kind = kind_of(first)
        if kind is None:
            return False
        own = cells[amount] if amount is not None and amount < len(cells) else ""
        values = [
            cell
            for place, cell in enumerate(cells)
            if cell != first and place != quantity and amounts(cell)
        ]
        value = own if amounts(own) else next(reversed(values), "")
        if value and not includes_tax(first):
            self.found.setdefault(kind, value)
        return True

    def of_the_lines(self) -> str:
        """Return what the lines add up to before taxes, empty where nothing says just that."""
        if Kind.LINES in self.found:
            return self.found[Kind.LINES]
        if self.found.keys() & {Kind.FEE, Kind.DISCOUNT}:
            return ""
        if Kind.NET in self.found:
            return self.found[Kind.NET]
        return "" if Kind.TAX in self.found else self.found.get(Kind.WHOLE, "")
