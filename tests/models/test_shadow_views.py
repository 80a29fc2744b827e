"""What was rehearsed, beside what the channel has: newest first, and of this account alone."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.channels.shadow_views import Rehearsed, rehearsed
from hub.models.claims.outbox import add_once
from hub.models.newest import Window
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from tests.factories import NOW, PIECE, make_account, make_item, make_listing, make_order

ALL = Window(limit=50)


def rehearse(
    session: Session,
    account_id: int,
    key: str,
    *,
    order_id: int | None = None,
    listing_id: int | None = None,
    state: str = "shadowed",
) -> int:
    """Write down a message that is only rehearsed."""
    made = add_once(
        session, account_id=account_id, order_id=order_id, listing_id=listing_id,
        kind="stock" if listing_id else "fulfil", idempotency_key=key, payload={},
        state=state, now=NOW,
    )  # fmt: skip
    assert made is not None
    return made


def shown(session: Session, account_id: int, window: Window = ALL) -> list[Rehearsed]:
    return list(rehearsed(session, account_id=account_id, window=window).rows)


def lines_of(session: Session, order: SalesOrder) -> list[OrderLine]:
    query = select(OrderLine).filter_by(order_id=order.id).order_by(OrderLine.position)
    return list(session.scalars(query))


def test_an_order_is_shown_with_its_pieces_there_and_here(session: Session) -> None:
    shop = make_account(session)
    candle, soap = make_item(session, code="CANDLE"), make_item(session, code="SOAP")
    order = make_order(session, account=shop, lines={candle: 5, soap: 3})
    first, second = lines_of(session, order)
    first.cancelled, first.shown_sent, first.shipped = 1, 2, 4
    second.shown_sent, second.shipped = None, 1
    order.remote_updated_at = NOW + timedelta(hours=2)
    session.flush()
    rehearse(session, shop.id, "fulfil:1", order_id=order.id)

    [row] = shown(session, shop.id)

    assert row.listing is None
    there = row.order
    assert there is not None
    assert (there.order_id, there.number) == (order.id, order.number)
    assert (there.external_number, there.release) == (order.external_number, "ready")
    assert there.seen_at == NOW + timedelta(hours=2)
    assert (there.wanted, there.sent_there, there.sent_here) == (7, 2, 5)


def test_each_order_has_its_own_pieces(session: Session) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    orders = [make_order(session, account=shop, lines={candle: n}) for n in (2, 9)]
    for order in orders:
        rehearse(session, shop.id, f"fulfil:{order.id}", order_id=order.id)

    rows = shown(session, shop.id)

    assert [row.order.wanted for row in rows if row.order] == [9, 2]


def test_an_order_told_twice_in_rehearsal_is_counted_once(session: Session) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    order = make_order(session, account=shop, lines={candle: 2})
    for key in ("progress:1", "fulfil:1"):
        rehearse(session, shop.id, key, order_id=order.id)

    rows = shown(session, shop.id)

    assert [row.order.wanted for row in rows if row.order] == [2, 2]


def test_a_listing_is_shown_with_what_the_channel_shows_and_what_we_wish(
    session: Session,
) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    listing = make_listing(session, account=shop, components={candle: PIECE})
    listing.stock_shown, listing.stock_wanted, listing.stock_shown_at = 4, 7, NOW
    listing.variant_title = "Fig"
    session.flush()
    rehearse(session, shop.id, "stock:1:1", listing_id=listing.id)

    [row] = shown(session, shop.id)

    assert row.order is None
    there = row.listing
    assert there is not None
    assert (there.listing_id, there.sku, there.title) == (
        listing.id,
        "CANDLE",
        listing.title,
    )
    assert (there.variant_title, there.shown, there.wanted) == ("Fig", 4, 7)
    assert there.shown_at == NOW


def test_a_listing_nobody_looked_at_yet_shows_nothing(session: Session) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    listing = make_listing(session, account=shop, components={candle: PIECE})
    rehearse(session, shop.id, "stock:1:1", listing_id=listing.id)

    [row] = shown(session, shop.id)

    assert row.listing is not None
    assert (row.listing.shown, row.listing.shown_at, row.listing.wanted) == (None,) * 3


def test_what_is_told_in_earnest_and_what_is_of_others_is_not_shown(
    session: Session,
) -> None:
    shop, other = make_account(session), make_account(session, name="North")
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=shop, lines={candle: 2})
    for state in ("waiting", "sent", "held", "dead"):
        rehearse(session, shop.id, f"fulfil:{state}", order_id=order.id, state=state)
    theirs = rehearse(session, other.id, "fulfil:theirs")

    assert shown(session, shop.id) == []
    assert [row.message.id for row in shown(session, other.id)] == [theirs]


def test_the_newest_comes_first_and_a_page_says_where_the_next_begins(
    session: Session,
) -> None:
    shop = make_account(session)
    ids = [rehearse(session, shop.id, f"fulfil:{number}") for number in range(5)]

    first = rehearsed(session, account_id=shop.id, window=Window(limit=2))
    second = rehearsed(session, account_id=shop.id, window=Window(2, first.next))
    last = rehearsed(session, account_id=shop.id, window=Window(2, second.next))

    pages = [[row.message.id for row in page.rows] for page in (first, second, last)]
    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert last.next is None


def test_a_message_about_nothing_we_know_is_shown_by_itself(session: Session) -> None:
    shop = make_account(session)
    rehearse(session, shop.id, "fulfil:1")

    [row] = shown(session, shop.id)

    assert isinstance(row.message, OutboundMessage)
    assert (row.order, row.listing) == (None, None)
