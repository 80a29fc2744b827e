"""A letter that is an order enters by the door every order enters by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.review_lines import ReadLine
from hub.domain.mail.review_rule import Taken
from hub.flow.intake.upsert import upsert_order
from hub.models.meaning.listing_queries import listings_by_key, set_components
from hub.models.planning.habits import habits_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mails import InboundMail
from hub.models.records.orders import SalesOrder
from mapping.bundle import Component
from mapping.canonical import Address, Line, LineKind, Money, Order, Payment, Release
from mapping.listing import listing_ref, sku_key


def enter(
    session: Session,
    *,
    account: ChannelAccount,
    customer_id: int,
    taken: Taken,
    mail: InboundMail,
    who: str,
    now: datetime,
    is_second: bool = False,
) -> int:
    """Make the order a mail asks for. This function will return its id, also when it is there.

    The customer's own number makes it the same order again, else the mail itself; `is_second`
    says that it is another one though its number is there. A customer's word is a listing of
    theirs, mapped before the order is, so that packs and several pieces multiply as they do for
    every channel.
    """
    external_id = order_key(customer_id=customer_id, po=taken.po, mail=mail)
    if is_second:
        external_id = order_key(customer_id=customer_id, po="", mail=mail)
    order = _order(
        replace(taken, ship_to=_from_home(session, taken.ship_to)),
        external_id=external_id,
        customer_id=customer_id,
        now=mail.received_at,
    )
    known = session.scalar(
        select(SalesOrder.id).filter_by(account_id=account.id, external_id=external_id)
    )
    if known is not None:
        return known
    for line in taken.lines:
        _list_word(session, account, line, customer_id=customer_id, who=who, now=now)
    done = upsert_order(
        session,
        account=account,
        order=order,
        who=who,
        now=now,
        customer_id=customer_id,
    )
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=done.order_id,
        what="order.by_mail",
        detail={"mail": mail.id, "source": taken.source.value},
    )
    return done.order_id


def _from_home(session: Session, address: Address | None) -> Address | None:
    """Give an address without a country ours: people leave it out when they write at home."""
    if address is None or address.country:
        return address
    return replace(address, country=habits_of(session).country)


def order_key(*, customer_id: int, po: str, mail: InboundMail) -> str:
    """Return what makes an order the same one again: their number, else the mail."""
    return f"po:{customer_id}:{sku_key(po)}" if sku_key(po) else f"mail:{mail.message_id}"


def _order(taken: Taken, *, external_id: str, customer_id: int, now: datetime) -> Order:
    total = taken.total_minor
    return Order(
        external_id=external_id,
        number=taken.po,
        placed_at=now,
        updated_at=now,
        payment=Payment.UNKNOWN,
        release=Release.READY,
        lines=_lines(taken, customer_id=customer_id),
        currency=taken.currency,
        total=Money(minor=total, currency=taken.currency) if total is not None else None,
        ship_to=taken.ship_to,
        requested_on=taken.requested_on,
        note=taken.note,
        source="email",
        po_number=taken.po,
    )


def _lines(taken: Taken, *, customer_id: int) -> tuple[Line, ...]:
    prices = taken.prices or (None,) * len(taken.lines)
    return tuple(
        _line(line, price, currency=taken.currency, customer_id=customer_id)
        for line, price in zip(taken.lines, prices, strict=True)
    )


def _line(line: ReadLine, price: int | None, *, currency: str, customer_id: int) -> Line:
    """State one line; a customer's word carries no SKU, or the SKU would mean two things."""
    words = _words(line)
    return Line(
        external_id=str(line.position),
        kind=LineKind.PRODUCT,
        title=words or line.title,
        ordered=line.quantity or 0,
        sku="" if words else line.item,
        product_id=f"customer:{customer_id}" if words else "",
        variant_id=f"{customer_id}:{sku_key(words)}" if words else "",
        unit_price=Money(minor=price, currency=currency) if price is not None else None,
    )


def _words(line: ReadLine) -> str:
    """Return what the customer calls it, where that and not our code says what it is."""
    return (line.sku or line.title) if line.via == "alias" else ""


def _list_word(
    session: Session,
    account: ChannelAccount,
    line: ReadLine,
    *,
    customer_id: int,
    who: str,
    now: datetime,
) -> None:
    """Map a customer's word, as a listing of theirs, to what it means today."""
    words = _words(line)
    if not words:
        return
    stated = _line(line, None, currency="", customer_id=customer_id)
    key = listing_ref(stated).key
    known = listings_by_key(session, account_id=account.id, keys={key})
    listing = known.get(key) or Listing(
        account_id=account.id, key=key, title=words, created_at=now, components=[]
    )
    listing.product_id, listing.variant_id = stated.product_id, stated.variant_id
    listing.publishes = False
    listing.state, listing.matched_by = "mapped", "person"
    listing.mapped_by, listing.mapped_at = who, now
    session.add(listing)
    session.flush()
    item = _item(session, line.item)
    set_components(session, listing, (Component(item_id=item, quantity=line.per_piece),))


def _item(session: Session, code: str) -> int:
    found: Sequence[int] = session.scalars(select(Item.id).filter_by(code=code)).all()
    return found[0]
