"""Step 2: do what a message says. Whatever its topic, it means "this order changed"."""

from datetime import datetime

from sqlalchemy.orm import Session

from connectors.readings import (
    CatalogueChanged,
    Disconnected,
    Ignored,
    LetterSeen,
    OrderDeleted,
    OrderMissing,
    OrderSeen,
    PersonAsked,
    PersonErased,
    Reading,
    RightsChanged,
    ShopErased,
    StockSeen,
)
from hub.flow.intake.upsert import upsert_order
from hub.flow.mail.letters import take
from hub.flow.reading.agree import agree
from hub.flow.reading.catalogue_import import import_soon
from hub.flow.reading.checkups import ask_check_up
from hub.flow.reading.erase import erase_person, erase_shop
from hub.flow.reading.gone import forget_order, miss_order
from hub.flow.telling.stock_told import note_seen
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from mapping.canonical import Order


class NeedsPerson(Exception):
    """A message that only a person can answer; its text says what is asked and how to answer."""


def apply(
    session: Session,
    *,
    account: ChannelAccount,
    reading: Reading,
    now: datetime,
    fetched_at: datetime | None = None,
    message_id: int | None = None,
) -> str:
    """Do what a message says and return the outcome in a word.

    `fetched_at` is when we asked for the order ourselves, None when the channel sent it.
    `message_id` is the row its bytes are in (InboundMessage); a letter cannot do without.

    :raises NeedsPerson: a person must answer.
    """
    who = f"channel:{account.id}"
    match reading:
        case OrderSeen(order=order):
            return _keep_order(
                session, account, order, who=who, now=now, fetched_at=fetched_at
            )
        case LetterSeen(letter=letter) if message_id is not None:
            return take(
                session,
                account=account,
                letter=letter,
                inbound_message_id=message_id,
                now=now,
            )
        case OrderDeleted() | OrderMissing():
            lose = forget_order if isinstance(reading, OrderDeleted) else miss_order
            return lose(session, account, reading.external_id, who=who, now=now)
        case StockSeen() | CatalogueChanged() | RightsChanged() | Disconnected():
            return _change_shop(session, account, reading, who=who, now=now)
        case PersonErased() | ShopErased():
            return _forget(session, account, reading, who=who, now=now)
        case PersonAsked(order_ids=order_ids):
            raise NeedsPerson(
                "A buyer asks what is stored about them "
                f"(orders: {', '.join(order_ids) or 'none named'}). Send them what their "
                "orders show within 30 days, then mark this message done."
            )
        case Ignored(why=why):
            return f"ignored: {why}"
        case _:
            raise TypeError(
                f"{type(reading).__name__} must be fetched before it can be applied"
            )


def _keep_order(
    session: Session,
    account: ChannelAccount,
    order: Order,
    *,
    who: str,
    now: datetime,
    fetched_at: datetime | None,
) -> str:
    """Keep an order as its channel states it, and see whether the two of us agree on it now."""
    kept = upsert_order(
        session, account=account, order=order, who=who, now=now, fetched_at=fetched_at
    )
    if kept.outcome != "stale":
        agree(session, order_id=kept.order_id, seen=order, fetched_at=fetched_at, now=now)
    return kept.outcome


def _forget(
    session: Session,
    account: ChannelAccount,
    reading: PersonErased | ShopErased,
    *,
    who: str,
    now: datetime,
) -> str:
    if isinstance(reading, ShopErased):
        return erase_shop(session, account_id=account.id, who=who, now=now)
    return erase_person(
        session,
        account_id=account.id,
        customer_id=reading.customer_id,
        external_order_ids=reading.order_ids,
        who=who,
        now=now,
    )


def _change_shop(
    session: Session,
    account: ChannelAccount,
    reading: StockSeen | CatalogueChanged | RightsChanged | Disconnected,
    *,
    who: str,
    now: datetime,
) -> str:
    match reading:
        case StockSeen():
            return note_seen(session, account=account, seen=reading, now=now)
        case CatalogueChanged():
            return import_soon(session, account=account, now=now)
        case RightsChanged():
            ask_check_up(session, account.id, now)
            return "applied"
        case Disconnected():
            return _disconnect(session, account, who=who, now=now)


def _disconnect(
    session: Session, account: ChannelAccount, *, who: str, now: datetime
) -> str:
    account.needs_reconnect = True
    account.problem = (
        "The shop removed our app. Install it again there, then reconnect here."
    )
    account.token = None
    record(
        session,
        at=now,
        who=who,
        subject="channel",
        subject_id=account.id,
        what="channel.disconnected",
        why="app removed in the shop",
    )
    return "applied"
