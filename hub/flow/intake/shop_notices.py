"""What a shop's own mail says of one of its orders: an address we lack, and never an order.

The mail and the order come in any order, so what was said waits until its order is here.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.mail_places import country_code
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.mails import InboundMail, ShopNotice
from hub.models.records.orders import Address, SalesOrder
from mapping.letter import Letter, Notice, Proof

PLACE = ("line1", "line2", "city", "region", "postcode", "country")
PERSON = ("name", "company", "phone")


def is_believed(
    letter: Letter, *, own_domains: frozenset[str], trusts_forwards: bool
) -> bool:
    """Say whether a notice is from who it says: the shop, our own software, or people we trust.

    What nobody proved could send somebody's goods anywhere.
    """
    notice, sender = letter.notice, letter.sender
    if notice is None or sender.proof is not Proof.YES:
        return False
    domain = sender.address.rpartition("@")[2]
    if letter.forwarded is not None:
        return domain in own_domains and trusts_forwards
    home = notice.home
    is_shop = bool(home) and (domain == home or domain.endswith(f".{home}"))
    return is_shop or domain in own_domains


def keep_notice(
    session: Session, *, mail: InboundMail, notice: Notice, now: datetime
) -> int | None:
    """Write down what a shop's mail says. This function will return the order that has it now.

    None while its order is not here, or is nobody's in particular.
    """
    row = ShopNotice(
        account_id=mail.account_id,
        inbound_message_id=mail.inbound_message_id,
        shop=notice.shop,
        order_number=notice.order_number,
        ship_to=asdict(notice.ship_to) if notice.ship_to else {},
        created_at=now,
    )
    session.add(row)
    session.flush()
    orders = _orders_meant(session, row)
    if len(orders) != 1:
        return None
    _apply(session, row, orders[0], now=now)
    return orders[0].id


def take_notices(session: Session, *, order: SalesOrder, now: datetime) -> None:
    """Give an order what its shop's mail said before it was here, or before it was emptied."""
    numbers = {order.external_number.removeprefix("#"), order.external_id} - {""}
    waiting = session.scalars(
        select(ShopNotice)
        .where(ShopNotice.order_number.in_(numbers), ShopNotice.applied_at.is_(None))
        .order_by(ShopNotice.id)
    )
    for notice in waiting.all():
        if [each.id for each in _orders_meant(session, notice)] == [order.id]:
            _apply(session, notice, order, now=now)


def _orders_meant(session: Session, notice: ShopNotice) -> list[SalesOrder]:
    """Return the orders of that shop with that number."""
    number = notice.order_number.removeprefix("#")
    query = (
        select(SalesOrder)
        .join(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .where(ChannelAccount.channel == notice.shop)
        .where(
            SalesOrder.external_number.in_((number, f"#{number}"))
            | (SalesOrder.external_id == number)
        )
        .order_by(SalesOrder.id)
        .limit(2)
    )
    return list(session.scalars(query))


def _apply(
    session: Session, notice: ShopNotice, order: SalesOrder, *, now: datetime
) -> None:
    """Fill an address that is empty; one that the shop told us stays as it is."""
    stated = {name: str(value) for name, value in notice.ship_to.items()}
    is_filled = bool(stated.get("line1")) and _fill(session, order, stated)
    notice.order_id, notice.applied_at, notice.ship_to = order.id, now, {}
    if is_filled:
        record(
            session,
            at=now,
            who=f"channel:{notice.account_id}",
            subject="order",
            subject_id=order.id,
            what="order.address_by_mail",
            why=notice.shop,
        )
    session.flush()


def _fill(session: Session, order: SalesOrder, stated: Mapping[str, str]) -> bool:
    address = session.get(Address, order.ship_to_id) if order.ship_to_id else None
    if address is not None and (address.redacted_at is not None or address.line1):
        return False
    if address is None:
        address = Address()
        session.add(address)
    for name in (*PLACE, *PERSON):
        setattr(address, name, getattr(address, name) or stated.get(name, ""))
    address.country = country_code(address.country) or ""
    session.flush()
    order.ship_to_id = address.id
    return True
