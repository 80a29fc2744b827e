"""How many: the quantities and units of a mail that leave nothing to guess."""

import re
from collections.abc import Iterable

from hub.domain.mail.mail_known import Pack
from hub.domain.mail.mail_words import fold
from mapping.piece_words import PIECE_WORDS

PIECES = PIECE_WORDS | {"un", "c62", "h87", "x"}
"""Units that are one piece each; C62, EA and H87 are those of UN/ECE recommendation 20."""

_PACK_WORDS = """
caja cajas cajita estuche estuches pack packs paquete paquetes lote lotes docena docenas par pares
palet palets pallet pallets bulto bultos bandeja bandejas display displays expositor
box boxes case cases carton cartons crate crates dozen dozens pair pairs set sets tray trays
"""
PACKS = frozenset(_PACK_WORDS.split())
"""Words that make a line one of packs, whatever its quantity says."""

_BARE = re.compile(r"[1-9][0-9]{0,5}")
_EXACT = re.compile(r"([1-9][0-9]{0,5})(?:\.0{1,6})?")
_OF = re.compile(
    r"(.+?) (?:de|of|x) ?([1-9][0-9]{0,3})(?: (?:u|uds?|unidades|pcs|pieces))?"
)


def unit_key(written: str) -> str:
    """Fold a unit to what people mean by it: no capitals, accents, dots or spare blanks."""
    return fold(written.replace(".", " "))


def read_count(written: str, *, is_exact: bool = False) -> int | None:
    """Read a bare whole number above zero, of at most six digits; None is anything else.

    `is_exact` is for formats that say themselves what a decimal point is: there 10.00 is 10.
    """
    found = (_EXACT if is_exact else _BARE).fullmatch(written.strip())
    if found is None:
        return None
    return int(found[1] if is_exact else found[0])


def pieces_in(unit: str, *, sku_key: str, packs: Iterable[Pack]) -> int | None:
    """Say how many pieces one of a unit is; None where no piece word and no pack rule says so.

    "cajas de 12" holds twelve only where the rule for cajas says twelve as well.
    """
    key = unit_key(unit)
    if not key or key in PIECES:
        return 1
    stated = _OF.fullmatch(key)
    name = stated[1] if stated else key
    pieces = _by_rule(name, sku_key=sku_key, packs=packs)
    if stated and pieces != int(stated[2]):
        return None
    return pieces


def _by_rule(name: str, *, sku_key: str, packs: Iterable[Pack]) -> int | None:
    """Take the rule for this very thing before the one for all; two that differ are none."""
    fitting = [pack for pack in packs if _forms(pack.unit) & _forms(name)]
    for wanted in (sku_key, ""):
        found = {pack.pieces for pack in fitting if pack.sku_key == wanted}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _forms(unit: str) -> frozenset[str]:
    """Return a unit in the singular as well: cajas is caja, boxes is box."""
    stems = {unit}
    if unit.endswith("s") and len(unit) > 2:
        stems.add(unit[:-1])
    if unit.endswith("es") and len(unit) > 3:
        stems.add(unit[:-2])
    return frozenset(stems)
