"""Single words of orders: folded for comparing, units, numbers and money as people write them."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from mapping.piece_words import PIECE_WORDS


def listed(words: str, *, mark: str | None = None) -> frozenset[str]:
    """Return the words of a list written as one text, for tables of words that stay readable."""
    return frozenset(words.split(mark))


PIECES = PIECE_WORDS | {"off"}
"""Twelve off are twelve where engineers write; it is left to a person."""
PACKS = listed(
    "caja cajas cj box boxes case cases pack packs paquete paquetes docena docenas dozen "
    "dozens doz bulto bultos palet palets pallet pallets display displays estuche estuches "
    "bolsa bolsas bag bags botella botellas bottle bottles bote botes tarro tarros jar jars "
    "lata latas can cans barra barras bar bars pastilla pastillas set sets kit kits par pares "
    "pair pairs rollo rollos roll rolls saco sacos bandeja bandejas tray trays tubo tubos "
    "tube tubes carton cartons lote lotes garrafa garrafas"
)
MEASURES = listed(
    "kg kgs kilo kilos g gr grs gramo gramos gram grams mg l lt ltr litro litros litre litres "
    "liter liters ml cl dl cc oz lb lbs m cm mm metro metros metre metres meter meters"
)
UNITS = PIECES | PACKS | MEASURES

CURRENCIES = {
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "$": "$",
    "usd": "USD",
    "£": "GBP",
    "gbp": "GBP",
}
"""What stands beside a price; `$` is the money of many countries and stays as written."""

_NOT_A_WORD = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"[0-9]+(?:[.,'’ \u00a0\u202f][0-9]+)*")
_QUANTITY_AND_UNIT = re.compile(
    r"\s*([-+]?[0-9][0-9.,]*)\s*([^\W\d_][^\n]{0,40})", re.DOTALL
)


def fold(text: str) -> str:
    """Return words without case, accents and punctuation, one space between."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return _NOT_A_WORD.sub(" ", plain).strip()


def split_unit(cell: str) -> tuple[str, str]:
    """Part "12 cajas de 6" into quantity and unit; what is no number with a unit stays whole."""
    found = _QUANTITY_AND_UNIT.fullmatch(cell)
    if found is None or fold(found[2]).split(" ")[0] not in UNITS:
        return cell.strip(), ""
    return found[1], found[2].strip()


def is_nothing(cell: str) -> bool:
    """Say whether a quantity says that nothing is ordered: empty, dashes or zero."""
    bare = cell.strip().strip("-–—_. ")
    return not bare or re.fullmatch(r"0+([.,]0+)?", bare) is not None


def amounts(text: str) -> frozenset[Decimal]:
    """Return what a number may mean, as "1.234" may be twelve hundred or one and a bit."""
    found = _NUMBER.search(text)
    if found is None:
        return frozenset()
    bare = re.sub(r"['’ \u00a0\u202f]", "", found[0])
    readings = {bare.replace(",", ""), bare.replace(".", "").replace(",", ".")}
    return frozenset(filter(None, map(_decimal, readings)))


def multiplies(quantity: str, price: str, amount: str) -> bool:
    """Say whether quantity times price is the amount, to the cent, however they are written."""
    return any(
        abs(count * each - whole) <= Decimal("0.01")
        for count in amounts(quantity)
        for each in amounts(price)
        for whole in amounts(amount)
    )


def currency_in(text: str) -> str:
    """Return the currency named in a text, as three letters where its sign tells them."""
    lowered = text.casefold()
    for sign in "€£$":
        if sign in lowered:
            return CURRENCIES[sign]
    words = set(re.findall(r"[a-z]+", lowered[:1000]))
    return next((code for word, code in CURRENCIES.items() if word in words), "")


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
