"""What a customer calls our items, what their packs hold, and what they pay: said by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.mail_quantity import unit_key
from hub.flow.bounds import LONGEST_WORD, between, word
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.stock.stock import LARGEST
from hub.models.records.correspondents import CustomerAlias, CustomerPack, CustomerPrice
from hub.models.records.history import record
from hub.models.records.items import Item
from mapping.canonical import Money
from mapping.listing import sku_key

Kept = CustomerAlias | CustomerPack | CustomerPrice
PIECE = 1000
MOST_PIECES = 1_000_000
MOST_WORDS = 1_000
"""So many words, packs or prices of one customer."""

KINDS: Mapping[str, type[Kept]] = {
    "alias": CustomerAlias,
    "pack": CustomerPack,
    "price": CustomerPrice,
}


class MeansAnother(Refusal):
    """The words are those of another item already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """What a customer calls an item; `quantity` in thousandths of it, for one of theirs."""

    text: str
    item_id: int
    quantity: int = PIECE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """How many pieces a customer's unit holds: of one SKU of theirs, or (empty) of any."""

    unit: str
    pieces: int
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a customer pays for one piece of a SKU."""

    sku: str
    price: Money


def learn_alias(
    session: Session,
    *,
    customer_id: int,
    alias: Alias,
    who: str,
    now: datetime,
    at: str = "",
) -> bool:
    """Write what a customer calls an item, in place of what they called it before.

    Says whether that is news. What another item's own code already says is never given a
    second meaning. `at` is where a list has it: "aliases.0.".

    :raises Invalid: no words, or no quantity.
    :raises MeansAnother: the words are the code of another item.
    :raises Missing: there is no such item.
    """
    text = word(alias.text, field=f"{at}text")
    key = sku_key(text)
    between(alias.quantity, 1, LARGEST, field=f"{at}quantity")
    item = _item(session, alias, key=key, at=at)
    known = session.scalar(
        select(CustomerAlias).filter_by(customer_id=customer_id, text_key=key)
    )
    if known is not None and (known.item_id, known.quantity) == (item.id, alias.quantity):
        return False
    if known is None:
        known = CustomerAlias(customer_id=customer_id, text_key=key)
        session.add(known)
    known.text, known.item_id, known.quantity = text, item.id, alias.quantity
    known.who, known.created_at = who, now
    session.flush()
    _tell(session, customer_id, "alias", to=text, why=item.code, who=who, now=now)
    return True


def learn_pack(
    session: Session, *, customer_id: int, pack: Pack, who: str, now: datetime, at: str = ""
) -> bool:
    """Write how many pieces a customer's unit holds, and say whether that is news.

    :raises Invalid: no unit, or no number of pieces.
    """
    unit, key = unit_key(word(pack.unit, field=f"{at}unit")), sku_key(pack.sku)
    if not unit:
        raise Invalid(f"Write 1 to {LONGEST_WORD} characters.", field=f"{at}unit")
    between(pack.pieces, 1, MOST_PIECES, field=f"{at}pieces")
    mine = {"customer_id": customer_id, "unit": unit, "sku_key": key}
    known = session.scalar(select(CustomerPack).filter_by(**mine))
    if known is not None and known.pieces == pack.pieces:
        return False
    if known is None:
        known = CustomerPack(**mine)
        session.add(known)
    known.pieces, known.who, known.created_at = pack.pieces, who, now
    session.flush()
    _tell(session, customer_id, "pack", to=unit, why=str(pack.pieces), who=who, now=now)
    return True


def learn_price(
    session: Session,
    *,
    customer_id: int,
    price: Price,
    who: str,
    now: datetime,
    at: str = "",
) -> bool:
    """Write what a customer pays for a piece, and say whether that is news.

    :raises Invalid: no SKU, or less than nothing.
    """
    key = sku_key(word(price.sku, field=f"{at}sku"))
    between(price.price.minor, 0, LARGEST, field=f"{at}price")
    mine = {
        "customer_id": customer_id,
        "sku_key": key,
        "currency": price.price.currency,
    }
    known = session.scalar(select(CustomerPrice).filter_by(**mine))
    if known is not None and known.price_minor == price.price.minor:
        return False
    if known is None:
        known = CustomerPrice(**mine)
        session.add(known)
    known.price_minor, known.who, known.created_at = price.price.minor, who, now
    session.flush()
    _tell(session, customer_id, "price", to=price.sku, who=who, now=now)
    return True


def set_aliases(
    session: Session, *, customer_id: int, aliases: Sequence[Alias], who: str, now: datetime
) -> None:
    """Make these all the words a customer has for our items.

    :raises Invalid: the same words twice, or as `learn_alias` says; `field` names the line.
    :raises MeansAnother: words that are the code of another item.
    """
    keys = [sku_key(alias.text) for alias in aliases]
    _only_once(keys, field="aliases")
    _forget_others(session, CustomerAlias, customer_id, [(key,) for key in keys])
    for place, alias in enumerate(aliases):
        at = f"aliases.{place}."
        learn_alias(session, customer_id=customer_id, alias=alias, who=who, now=now, at=at)


def set_packs(
    session: Session, *, customer_id: int, packs: Sequence[Pack], who: str, now: datetime
) -> None:
    """Make these all a customer's packs.

    :raises Invalid: the same pack twice, or as `learn_pack` says; `field` names the line.
    """
    keys = [(unit_key(pack.unit), sku_key(pack.sku)) for pack in packs]
    _only_once(keys, field="packs")
    _forget_others(session, CustomerPack, customer_id, keys)
    for place, pack in enumerate(packs):
        at = f"packs.{place}."
        learn_pack(session, customer_id=customer_id, pack=pack, who=who, now=now, at=at)


def set_prices(
    session: Session, *, customer_id: int, prices: Sequence[Price], who: str, now: datetime
) -> None:
    """Make these all the prices agreed with a customer.

    :raises Invalid: the same SKU twice, or as `learn_price` says; `field` names the line.
    """
    keys = [(sku_key(price.sku), price.price.currency) for price in prices]
    _only_once(keys, field="prices")
    _forget_others(session, CustomerPrice, customer_id, keys)
    for place, price in enumerate(prices):
        at = f"prices.{place}."
        learn_price(session, customer_id=customer_id, price=price, who=who, now=now, at=at)


def forget(
    session: Session, *, customer_id: int, kind: str, row_id: int, who: str, now: datetime
) -> None:
    """Take back one thing that was learned of a customer: an alias, a pack or a price.

    :raises Missing: there is no such thing, or it is another customer's.
    """
    record_of = KINDS.get(kind)
    row = cast("Kept | None", session.get(record_of, row_id)) if record_of else None
    if row is None or row.customer_id != customer_id:
        raise Missing("This is no longer known of them.")
    _drop(session, row, who=who, now=now)


def _forget_others(
    session: Session, kept: type[Kept], customer_id: int, keys: Sequence[tuple[str, ...]]
) -> None:
    rows = session.scalars(select(kept).filter_by(customer_id=customer_id))
    for row in cast("Sequence[Kept]", rows.all()):
        if _key_of(row) not in keys:
            session.delete(row)
    session.flush()


def _key_of(row: Kept) -> tuple[str, ...]:
    match row:
        case CustomerAlias():
            return (row.text_key,)
        case CustomerPack():
            return (row.unit, row.sku_key)
        case CustomerPrice():
            return (row.sku_key, row.currency)


def _drop(
    session: Session,
    row: Kept,
    *,
    who: str,
    now: datetime,
) -> None:
    kind = next(kind for kind, kept in KINDS.items() if isinstance(row, kept))
    words = row.text if isinstance(row, CustomerAlias) else _key_of(row)[0]
    session.delete(row)
    session.flush()
    _tell(session, row.customer_id, f"{kind}_gone", to=words, who=who, now=now)


def _item(session: Session, alias: Alias, *, key: str, at: str) -> Item:
    item = session.get(Item, alias.item_id)
    if item is None:
        raise Missing("There is no such item.", field=f"{at}item")
    if not key:
        raise Invalid(f"Write 1 to {LONGEST_WORD} characters.", field=f"{at}text")
    other = session.scalar(
        select(Item.code).where(Item.code_key == key, Item.id != item.id).limit(1)
    )
    if other is not None:
        raise MeansAnother(
            f"“{alias.text}” is what another item is called here: {other}.",
            field=f"{at}text",
        )
    return item


def _only_once(keys: Sequence[object], *, field: str) -> None:
    if len(keys) > MOST_WORDS:
        raise Invalid(f"At most {MOST_WORDS} lines.", field=field)
    seen: set[object] = set()
    for place, key in enumerate(keys):
        if key in seen:
            raise Invalid("This is said twice.", field=f"{field}.{place}")
        seen.add(key)


def _tell(
    session: Session,
    customer_id: int,
    what: str,
    *,
    to: str,
    why: str = "",
    who: str,
    now: datetime,
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="customer",
        subject_id=customer_id,
        what=f"customer.{what}",
        to_state=to,
        why=why,
    )
