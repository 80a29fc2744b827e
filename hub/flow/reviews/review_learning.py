"""What is remembered of what a person said of a mail: confirmed words, packs and prices."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.mail.mail_quantity import PIECES, read_count, unit_key
from hub.domain.mail.review_lines import ReadLine
from hub.domain.mail.review_reasons import Reason
from hub.flow.mail.aliases import (
    Alias,
    MeansAnother,
    Pack,
    Price,
    learn_alias,
    learn_pack,
    learn_price,
)
from hub.flow.reviews.review_lines import PIECE, Settled
from hub.flow.reviews.review_orders import price_of
from hub.models.records.mails import Review
from hub.models.records.orders import Customer
from mapping.letter import DraftLine, Letter
from mapping.listing import sku_key


def learn(
    session: Session,
    review: Review,
    *,
    customer: Customer,
    letter: Letter | None,
    lines: Sequence[Settled],
    who: str,
    now: datetime,
) -> int:
    """Keep what a person said of the lines for this customer, and count what is new.

    Only what was said outright: a word for an item where the number of pieces is the mail's own
    or was said, a pack whose content was typed, a price that was accepted. What fits none of
    these is not remembered.
    """
    count = 0
    for line in lines:
        draft = draft_line(letter, line.read)
        count += _learn_pack(session, customer, line, draft, who=who, now=now)
        count += _learn_word(session, customer, line, draft, who=who, now=now)
        price = _price(review, customer, letter, line)
        if price is not None:
            count += learn_price(
                session, customer_id=customer.id, price=price, who=who, now=now
            )
    return count


def draft_line(letter: Letter | None, read: ReadLine | None) -> DraftLine | None:
    """Return the line as the letter has it, found by its place."""
    if letter is None or read is None:
        return None
    return next((each for each in _drafted(letter) if _is_at(each, read)), None)


def _drafted(letter: Letter) -> Iterator[DraftLine]:
    for draft in letter.drafts:
        yield from draft.lines


def _is_at(line: DraftLine, read: ReadLine) -> bool:
    place = line.place
    return (place.part, place.start, place.end) == (read.part, read.start, read.end)


def _is_pack(draft: DraftLine | None) -> bool:
    return draft is not None and unit_key(draft.unit) not in PIECES | {""}


def _learn_pack(
    session: Session,
    customer: Customer,
    line: Settled,
    draft: DraftLine | None,
    *,
    who: str,
    now: datetime,
) -> bool:
    if draft is None or not _is_pack(draft) or line.pieces is None:
        return False
    pack = Pack(unit=draft.unit, pieces=line.pieces, sku=line.sku)
    return learn_pack(session, customer_id=customer.id, pack=pack, who=who, now=now)


def _learn_word(
    session: Session,
    customer: Customer,
    line: Settled,
    draft: DraftLine | None,
    *,
    who: str,
    now: datetime,
) -> bool:
    """Keep a word of theirs, unless it is our own word already."""
    read = line.read
    if read is None or line.item is None or not line.is_by_person:
        return False
    text = read.sku or read.title
    per_piece = _per_piece(line, draft)
    if not sku_key(text) or per_piece is None or sku_key(text) == sku_key(line.sku):
        return False
    alias = Alias(text=text, item_id=line.item.id, quantity=per_piece)
    try:
        return learn_alias(session, customer_id=customer.id, alias=alias, who=who, now=now)
    except MeansAnother:
        return False  # they wrote another item's code: right once, never a rule


def _per_piece(line: Settled, draft: DraftLine | None) -> int | None:
    """Say what one of theirs is, in thousandths; None where nobody said it outright."""
    if _is_pack(draft):
        return PIECE
    if line.pieces is not None:
        return line.pieces * PIECE
    count = read_count(draft.quantity) if draft else None
    return line.per_piece if count == line.quantity else None


def _price(
    review: Review, customer: Customer, letter: Letter | None, line: Settled
) -> Price | None:
    """Return a price that contradicted what was agreed, and that a person lets stand."""
    is_new = line.read is not None and Reason.PRICE_MISMATCH in {
        line.read.problem,
        review.reason,
    }
    if letter is None or not is_new:
        return None
    price = price_of(letter, line.read, customer=customer)
    return Price(sku=line.sku, price=price) if price is not None else None
