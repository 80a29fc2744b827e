"""What one line of a draft means in our goods, or why nobody can tell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.domain.mail.mail_known import Goods, Known, KnownCustomer, Sold
from hub.domain.mail.mail_quantity import PACKS, PIECES, pieces_in, read_count, unit_key
from hub.domain.mail.mail_words import tokens
from hub.domain.mail.review_lines import ReadLine
from hub.domain.mail.review_reasons import Reason
from mapping.letter import DraftLine
from mapping.listing import barcode_key, sku_key

NOBODY = KnownCustomer(id=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A line, what it means, and what it makes of our goods."""

    line: DraftLine
    read: ReadLine
    key: str = ""
    """SKU key of what it names; equal for the same thing however it is called."""
    goods: Goods = ()
    """Everything it asks for; empty where that is not known."""

    @property
    def problem(self) -> str:
        """Why it was not understood; empty where it was."""
        return self.read.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    sold: Sold
    via: str


def mean(line: DraftLine, *, position: int, known: Known, is_exact: bool) -> Meant:
    """Say what a line asks for, by exact words alone."""
    customer = known.customer or NOBODY
    read = ReadLine(
        position=position,
        text=line.text,
        sku=line.sku or line.barcode,
        title=line.title,
        unit=line.unit,
        price=line.price,
        part=line.place.part,
        start=line.place.start,
        end=line.place.end,
    )
    line = _as_their_word(line, aliases=customer.aliases)
    named = _named(line, known=known, aliases=customer.aliases)
    if named is None:
        return Meant(line=line, read=_with_problem(read, Reason.UNKNOWN_SKU))
    sold, per_piece = named.sold, _per_piece(named)
    read = replace(read, item=sold.sku, via=named.via, per_piece=per_piece)
    key = sku_key(sold.sku)
    count = read_count(line.quantity, is_exact=is_exact)
    if count is None or not sold.is_counted:
        problem = _with_problem(read, Reason.AMBIGUOUS_QUANTITY)
        return Meant(line=line, read=problem, key=key)
    own_key = sku_key(line.sku or line.title)
    pieces = _pieces(line.unit, keys=(own_key, key), customer=customer)
    if pieces is None or count * pieces > _MOST or _is_packed(line, sold):
        return Meant(line=line, read=_with_problem(read, Reason.PACK_UNIT), key=key)
    via = "pack" if pieces > 1 and named.via == "sku" else named.via
    total = count * pieces
    return Meant(
        line=line,
        read=replace(read, quantity=total, via=via),
        key=key,
        goods=tuple((item, each * total) for item, each in sold.holds),
    )


def _as_their_word(line: DraftLine, *, aliases: Mapping[str, Sold]) -> DraftLine:
    """Take unit and name together where a person confirmed just that: "caja de jabón"."""
    name = line.sku or line.title
    if not line.unit or not name:
        return line
    for joint in (" ", " de ", " of "):
        word = f"{line.unit}{joint}{name}"
        if sku_key(word) in aliases:
            return replace(line, unit="", sku="", title=word)
    return line


_MOST = 9_999_999
"""Pieces on a line: more is a slip, whatever the pack says."""


def _is_packed(line: DraftLine, sold: Sold) -> bool:
    """Say whether the words beside a bare quantity speak of packs, and ours do not."""
    if unit_key(line.unit) not in PIECES | {""} or not line.title:
        return False
    if sku_key(line.title) == sku_key(line.sku) or not line.sku:
        return False  # the words are what names it, and were confirmed
    return bool((tokens(line.title) & PACKS) - tokens(f"{sold.title} {sold.sku}"))


def _pieces(unit: str, *, keys: tuple[str, str], customer: KnownCustomer) -> int | None:
    """Take the pack rule for their own word of it before the one for our SKU."""
    found = pieces_in(unit, sku_key=keys[0], packs=customer.packs)
    other = pieces_in(unit, sku_key=keys[1], packs=customer.packs)
    has_own = any(pack.sku_key in keys and pack.sku_key for pack in customer.packs)
    if found == other or not has_own:
        return found
    own = {pack.sku_key for pack in customer.packs}
    return found if keys[0] in own else other


def _per_piece(named: _Named) -> int:
    """Return the thousandths of its item that one of a customer's word is; else a piece."""
    if named.via != "alias" or len(named.sold.holds) != 1:
        return 1000
    return named.sold.holds[0][1]


def _with_problem(read: ReadLine, reason: Reason) -> ReadLine:
    return replace(read, problem=reason.value)


def _named(line: DraftLine, *, known: Known, aliases: Mapping[str, Sold]) -> _Named | None:
    """Find the one thing a line names; None where it names none, or two."""
    by_code = by_barcode = by_title = None
    if line.sku:
        by_code = _look_up(line.sku, known.catalogue, aliases)
        if by_code is None:
            return None
    if line.barcode:
        by_barcode = _by_barcode(line.barcode, known)
    if line.title:
        by_title = _look_up(line.title, known.catalogue, aliases)
    several = [each for each in (by_code, by_barcode, by_title) if each is not None]
    if len({(each.sold.holds, each.sold.sku) for each in several}) != 1:
        return None
    return several[0]


def _look_up(
    words: str, catalogue: Mapping[str, Sold], aliases: Mapping[str, Sold]
) -> _Named | None:
    """Find an SKU or a customer's word; a word that is also another's SKU is neither."""
    key = sku_key(words)
    ours, theirs = catalogue.get(key), aliases.get(key)
    if not key or (ours and theirs and ours.holds != theirs.holds):
        return None
    if ours:
        return _Named(sold=ours, via="sku")
    return _Named(sold=theirs, via="alias") if theirs else None


def _by_barcode(barcode: str, known: Known) -> _Named | None:
    sold = known.catalogue.get(known.barcodes.get(barcode_key(barcode), ""))
    return _Named(sold=sold, via="barcode") if sold else None
