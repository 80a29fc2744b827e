"""What the headings of an order table mean, in Spanish and English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connectors.email.extract.words import PACKS, PIECES, UNITS, fold


class Field(StrEnum):
    """What a column holds."""

    SKU = "sku"
    TITLE = "title"
    QUANTITY = "quantity"
    UNIT = "unit"
    PRICE = "price"
    AMOUNT = "amount"
    BARCODE = "barcode"
    LINE = "line"
    PACK = "pack"
    """How many pieces come in one of what is counted: changes what the quantity means."""
    HARMLESS = "harmless"
    """Known, and nothing an order depends on once the article is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column of a table holds what."""

    at: Mapping[Field, int]
    """The one column of each field."""
    unit: str = ""
    """What the heading of the quantity itself counts in: "Cajas"."""
    pack: str = ""
    """The heading of the pack column, as written."""
    known: frozenset[int] = frozenset()
    """Every column whose heading is understood."""
    unclear: str = ""
    """Why the table cannot be read although it is one of an order; empty when it can."""


_SKUS = (
    # Ours by their own words, then a code by name, then any code.
    "sku|codigo sku|sku code|item sku|product sku|ref proveedor|referencia proveedor|"
    "codigo proveedor|cod proveedor|supplier ref|supplier reference|supplier code|"
    "supplier sku|supplier part no|supplier part number|vendor code|vendor sku|"
    "vendor part number|your ref|your reference|your code|su referencia|su ref|"
    "vuestra referencia|vuestra ref|su codigo|vuestro codigo|"
    "ref fabricante|manufacturer code|seller item id|seller code",
    "referencia|referencias|ref|refs|ref articulo|referencia articulo|ref producto|"
    "referencia producto|reference|references|item ref|product ref|product reference|"
    "codigo articulo|cod articulo|cod art|codigo de articulo|codigo producto|"
    "codigo de producto|cod producto|cod prod|product code|item code|item no|item number|"
    "item id|product no|product number|product id|article no|article number|article code|"
    "part no|part number|part|stock code|style|no articulo|n articulo|num articulo|"
    "numero de articulo|no de articulo",
    "codigo|cod|code",
)
_ITEMS = (
    "articulo|articulos|producto|productos|item|items|product|products|article|articles"
)
_TITLES = (
    "descripcion|descripcion articulo|descripcion del articulo|descripcion producto|"
    "descripcion del producto|description|item description|product description|concepto|"
    "nombre|nombre producto|nombre del producto|nombre articulo|name|product name|item name|"
    "detalle|denominacion|designacion|details|goods"
)
_QUANTITIES = (
    "cantidad|cantidades|cant|ctd|cdad|cantidad pedida|cant pedida|cantidad solicitada|"
    "cant solicitada|cantidad a pedir|quantity|qty|quant|qnty|order quantity|order qty|"
    "quantity ordered|qty ordered|ordered quantity|ordered qty|required qty|qty required|"
    "quantity required|pedido|a pedir|su pedido|your order|order|ordered|pedir|"
    "cantidad total|total quantity|total qty"
)
_UNITS = (
    "unidad|unit|um|u m|udm|uom|unidad de medida|unidad medida|ud medida|u medida|"
    "unit of measure|measure|medida|tipo unidad|tipo de unidad|embalaje"
)
_PRICES = (
    "precio|precios|precio unitario|precio unidad|precio ud|precio uds|p unitario|p unit|"
    "pu|p u|precio unit|pvp|p v p|precio neto|neto unitario|precio sin iva|precio s iva|"
    "precio coste|coste|coste unitario|tarifa|price|unit price|price per unit|price each|"
    "price ea|price unit|net price|unit cost|cost|cost price|rate|each|wholesale price|"
    "wholesale|trade price|precio mayorista"
)
_AMOUNTS = (
    "importe|importes|importe total|importe neto|total|total linea|total line|subtotal|"
    "sub total|neto|total neto|amount|line total|line amount|total price|ext price|"
    "extended price|extension|extended|net amount|total amount|precio total|value|valor|"
    "total sin iva|total s iva|net total|net"
)
_BARCODES = (
    "ean|ean13|ean 13|codigo ean|cod ean|gtin|upc|barcode|bar code|codigo de barras|"
    "codigo barras|cod barras|isbn"
)
_LINES = (
    "linea|lin|line|line no|no|n|num|numero|pos|posicion|position|no linea|line number|l"
)
_PACKS = (
    "uds caja|unidades caja|uds por caja|unidades por caja|ud caja|u caja|units case|"
    "units per case|units per box|pcs per box|pcs box|pack size|case size|case qty|"
    "inner qty|case pack|tamano pack|tamano caja|packing|contenido caja|uds pack|"
    "unidades pack|unidades por pack|units per pack|uds envase|multiplo|"
    "qty per case|qty per box|unidades embalaje|uds embalaje|pack"
)
_HARMLESS = (
    "iva|tipo iva|iva porcentaje|vat|vat rate|tax|tax rate|impuesto|impuestos|dto|dtos|"
    "descuento|descuentos|desc|discount|disc|peso|weight|peso neto|net weight|volumen|"
    "volume|familia|category|categoria|categorias|family|range|gama|coleccion|collection|"
    "marca|brand|color|colour|talla|size|tamano|formato|format|variante|variant|aroma|"
    "scent|foto|imagen|image|photo|picture|stock|disponible|disponibilidad|available|"
    "availability|proveedor|supplier|vendor|origen|origin|moneda|currency|divisa|"
    "nuestra referencia|nuestra ref|our ref|our reference|our code|our sku|ref cliente|"
    "referencia cliente|codigo cliente|cod cliente|customer ref|customer code|buyer code|"
    "minimo|minimo pedido|pedido minimo|moq|min qty|min order|minimum|rrp|msrp|srp|"
    "pvp recomendado|pvpr|retail price|precio venta|precio venta publico|ubicacion|"
    "location|hs code|taric|intrastat|cn code|caducidad|expiry|fecha|date|fecha pedido|"
    "order date|no pedido|pedido no|numero pedido|order no|order number|po|po number|po no"
)


def _table() -> Mapping[str, tuple[Field, int]]:
    ranked: dict[str, tuple[Field, int]] = {}
    groups = [(Field.SKU, each, rank) for rank, each in enumerate(_SKUS)]
    groups += [
        (Field.TITLE, _TITLES, 0),
        (Field.TITLE, _ITEMS, 1),
        (Field.QUANTITY, _QUANTITIES, 0),
        (Field.UNIT, _UNITS, 0),
        (Field.PRICE, _PRICES, 0),
        (Field.AMOUNT, _AMOUNTS, 0),
        (Field.BARCODE, _BARCODES, 0),
        (Field.LINE, _LINES, 0),
        (Field.PACK, _PACKS, 0),
        (Field.HARMLESS, _HARMLESS, 0),
    ]
    for field, words, rank in groups:
        for word in words.split("|"):
            ranked.setdefault(word, (field, rank))
    return ranked


_MEANINGS = _table()
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{0,40})[)\]]")
_MONEY_WORDS = frozenset(
    {"eur", "euro", "euros", "usd", "gbp", "sin iva", "s iva", "ex vat", "net"}
)
_LONGEST = 60
"""Longer than this is a sentence and no heading."""


def columns_of(row: Sequence[str]) -> Columns | None:
    """Read a row as the headings of an order: an article or description, and a quantity.

    None for any other row. A table with two columns that both say how much is ordered is one
    of an order all the same, only nobody can say which of them counts: `unclear`.
    """
    if len(row) < 2 or sum(1 for cell in row if cell.strip()) < 2:
        return None
    read = [(place, *_meaning(cell)) for place, cell in enumerate(row)]
    found = [(place, field, rank, unit) for place, field, rank, unit in read if field]
    quantities = [
        (place, rank, unit) for place, field, rank, unit in found if field is Field.QUANTITY
    ]
    fields = {field for _, field, _, _ in found}
    if not quantities or not fields & {Field.SKU, Field.TITLE, Field.BARCODE}:
        return None
    return _settled(row, found=found, quantities=quantities)


_Found = tuple[int, Field | None, int, str]


def _settled(
    row: Sequence[str],
    *,
    found: Sequence[_Found],
    quantities: Sequence[tuple[int, int, str]],
) -> Columns:
    at: dict[Field, int] = {}
    unclear = ""
    for field in Field:
        ranked = sorted((rank, place) for place, each, rank, _ in found if each is field)
        if not ranked or field is Field.HARMLESS:
            continue
        at[field] = ranked[0][1]
        alike = [place for rank, place in ranked if rank == ranked[0][0]]
        if len(alike) > 1 and field in {Field.SKU, Field.PACK, Field.UNIT}:
            unclear = f"several columns for {field.value}"
        if len({rank for rank, _ in ranked}) > 1 and field is Field.TITLE:
            at.setdefault(Field.SKU, ranked[-1][1])
    unit = ""
    if len(quantities) > 1:
        at, unclear = _two_quantities(at, quantities=quantities, row=row, unclear=unclear)
    else:
        unit = quantities[0][2]
    pack = row[at[Field.PACK]].strip() if Field.PACK in at else ""
    known = frozenset(place for place, _, _, _ in found)
    return Columns(at=at, unit=unit, pack=pack, known=known, unclear=unclear)


def _two_quantities(
    at: dict[Field, int],
    *,
    quantities: Sequence[tuple[int, int, str]],
    row: Sequence[str],
    unclear: str,
) -> tuple[dict[Field, int], str]:
    """Take "Cantidad | Ud" for a number and what it counts, anything else for unclear."""
    plain = [place for place, _, unit in quantities if not unit]
    units = [
        place for place, _, unit in quantities if fold(row[place]) in {"ud", "u", "pc"}
    ]
    if len(quantities) == 2 and len(plain) == len(units) == 1 and Field.UNIT not in at:
        return at | {Field.QUANTITY: plain[0], Field.UNIT: units[0]}, unclear
    return at, "several columns for quantity"


def _meaning(cell: str) -> tuple[Field | None, int, str]:
    """Return what a heading means, how sure its words are, and the unit it counts in."""
    if len(cell) > _LONGEST:
        return None, 0, ""
    whole = fold(cell)
    if whole in _MEANINGS:
        return (*_MEANINGS[whole], "")
    if whole in PIECES | PACKS or whole in {"n uds", "no uds", "no unidades", "no cajas"}:
        return Field.QUANTITY, 1, cell.strip()
    bracketed = _BRACKETS.search(cell)
    inside = bracketed[1].strip() if bracketed else ""
    bare = fold(_BRACKETS.sub(" ", cell)) if bracketed else whole
    field, rank = _MEANINGS.get(bare, (None, 0))
    if field is Field.QUANTITY:
        return field, rank, inside
    if field is not None:
        return field, rank, ""
    return _of_words(bare)


def _of_words(bare: str) -> tuple[Field | None, int, str]:
    """Read "cant cajas", "precio eur", "unidades pedidas": a known word and one more."""
    first, _, rest = bare.partition(" ")
    field, rank = _MEANINGS.get(first, (None, 0))
    if field is Field.QUANTITY and rest in UNITS:
        return field, rank, rest
    if field in {Field.PRICE, Field.AMOUNT} and rest in _MONEY_WORDS:
        return field, rank, ""
    if first in PIECES | PACKS and rest in {"pedidas", "pedidos", "ordered", "solicitadas"}:
        return Field.QUANTITY, 1, first
    return None, 0, ""
