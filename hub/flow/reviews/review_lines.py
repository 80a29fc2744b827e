"""What the lines of a review come to once a person has looked: each an item and whole pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.review_lines import ReadLine, from_json
from hub.flow.bounds import between
from hub.flow.refusal import Invalid
from hub.models.records.correspondents import CustomerAlias
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mails import Review
from mapping.listing import sku_key

PIECE = 1000
MOST_LINES = 1_000
MOST_PIECES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A line as a person left it: one of the mail's (`position`), or one they wrote (0)."""

    quantity: int
    """Pieces of the item, or of what `sku` names; none leaves the line out."""
    position: int = 0
    item: str = ""
    """The code of an item; goes before `sku`."""
    sku: str = ""
    pieces: int | None = None
    """How many pieces one of theirs is, where the person said so: to be remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A line that leaves nothing to guess."""

    position: int
    sku: str
    """As the catalogue writes it; an item's own code, or the SKU of a mapped listing."""
    item: Item | None
    """None where the SKU stands for several items."""
    quantity: int
    per_piece: int
    """Thousandths of the item that one of `quantity` is."""
    title: str
    read: ReadLine | None
    """The line of the mail it comes from."""
    pieces: int | None = None
    is_by_person: bool = False
    """Whether a person said what it means, and not only that all is well."""


def settle(
    session: Session, review: Review, *, lines: Sequence[Chosen] | None
) -> list[Settled]:
    """Say what each line is, as the mail was understood or as a person wrote it.

    :raises Invalid: a line whose item or quantity nobody knows; `field` names it.
    """
    read = from_json(review.lines)
    if lines is None:
        settled = [_as_read(session, line) for line in read]
    else:
        settled = _as_chosen(session, review, read, lines)
    if not settled:
        raise Invalid("Say what is ordered: there is no line yet.", field="lines")
    return settled


def _as_read(session: Session, line: ReadLine) -> Settled:
    field = f"lines.{line.position - 1}"
    if not line.item:
        raise Invalid(f"Say which item “{line.text}” is.", field=f"{field}.item")
    if line.quantity is None:
        raise Invalid(f"Say how many of “{line.text}”.", field=f"{field}.quantity")
    return Settled(
        position=line.position,
        sku=line.item,
        item=_item(session, line.item),
        quantity=line.quantity,
        per_piece=line.per_piece,
        title=line.title or line.sku,
        read=line,
    )


def _as_chosen(
    session: Session, review: Review, read: Sequence[ReadLine], lines: Sequence[Chosen]
) -> list[Settled]:
    if len(lines) > MOST_LINES:
        raise Invalid(f"At most {MOST_LINES} lines.", field="lines")
    known = {line.position: line for line in read}
    is_change = review.kind == "change"
    return [
        _one(session, review, known, line, field=f"lines.{place}")
        for place, line in enumerate(lines)
        if line.quantity or is_change
    ]


def _one(
    session: Session,
    review: Review,
    known: Mapping[int, ReadLine],
    line: Chosen,
    *,
    field: str,
) -> Settled:
    read = known.get(line.position)
    if line.position and read is None:
        raise Invalid("That is no line of this mail.", field=f"{field}.position")
    between(line.quantity, 0, MOST_PIECES, field=f"{field}.quantity")
    between(line.pieces, 1, MOST_PIECES, field=f"{field}.pieces")
    item, sku, own = _meant(session, review, line, read, field=field)
    is_same = read is not None and read.item == sku and not line.pieces
    return Settled(
        position=line.position,
        sku=sku,
        item=item,
        quantity=line.quantity,
        per_piece=read.per_piece if read is not None and is_same else own,
        title=(read.title or read.sku) if read else (line.sku if own != PIECE else ""),
        read=read,
        pieces=line.pieces,
        is_by_person=not is_same or read is None or read.quantity != line.quantity,
    )


def _meant(
    session: Session,
    review: Review,
    line: Chosen,
    read: ReadLine | None,
    *,
    field: str,
) -> tuple[Item | None, str, int]:
    """Find what a line names: an item by code, or what a SKU or word of theirs stands for."""
    if line.item:
        item = session.scalar(select(Item).filter_by(code=line.item))
        if item is None:
            item = _item(session, line.item)
        if item is None:
            raise Invalid("There is no item with this code.", field=f"{field}.item")
        return item, item.code, PIECE
    words = line.sku or (read.item if read else "")
    if not words:
        raise Invalid("Say which item it is.", field=f"{field}.item")
    found = _item(session, words)
    if found is not None:
        return found, found.code, PIECE
    if _is_listed(session, words):
        return None, words, PIECE
    alias = _alias(session, review, words)
    if alias is None:
        raise Invalid(f"Nothing here is called “{words}”.", field=f"{field}.sku")
    item = session.get_one(Item, alias.item_id)
    return item, item.code, alias.quantity


def _item(session: Session, code: str) -> Item | None:
    """Return the one item whose code folds to the same."""
    query = select(Item).filter_by(code_key=sku_key(code)).limit(2)
    found = session.scalars(query).all()
    return found[0] if len(found) == 1 else None


def _is_listed(session: Session, sku: str) -> bool:
    query = select(Listing.id).filter_by(sku_key=sku_key(sku), state="mapped").limit(1)
    return bool(sku_key(sku)) and session.scalar(query) is not None


def _alias(session: Session, review: Review, words: str) -> CustomerAlias | None:
    if review.customer_id is None:
        return None
    mine = {"customer_id": review.customer_id, "text_key": sku_key(words)}
    return session.scalar(select(CustomerAlias).filter_by(**mine))
