"""An order is created once and replaced only by newer versions of itself."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.flow.intake.upsert import upsert_order
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder
from hub.models.records.planning import Replan
from mapping.canonical import LineKind, Order, Payment, Release
from tests.factories import NOW, PIECE, make_account, make_item, make_listing
from tests.flow.orders_of_the_shop import a_line, an_order


def take(session: Session, account: ChannelAccount, *orders: Order) -> list[str]:
    """Read versions of an order one after the other; return what became of each."""
    return [
        upsert_order(
            session, account=account, order=order, who="channel:1", now=NOW
        ).outcome
        for order in orders
    ]


def lines(session: Session) -> dict[str, OrderLine]:
    session.expire_all()
    return {line.sku: line for line in session.scalars(select(OrderLine))}


def wanted(session: Session) -> list[int]:
    session.expire_all()
    return list(session.scalars(select(Demand.quantity).order_by(Demand.id)))


def test_an_order_asks_for_what_its_lines_mean(session: Session) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")

    outcome = take(session, shop, an_order(a_line("CANDLE", pieces=3)))

    order = session.scalars(select(SalesOrder)).one()
    assert outcome == ["created"]
    assert (order.number, order.external_number, order.phase) == ("H-0001", "#1043", "new")
    assert wanted(session) == [3 * PIECE]
    assert list(session.scalars(select(Replan.item_id))) == [candle.id]


def test_the_same_version_again_changes_nothing(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")
    take(session, shop, an_order())
    noted = session.scalar(select(func.count(History.id)))

    outcome = take(session, shop, an_order())

    assert outcome == ["unchanged"]
    assert session.scalar(select(func.count(History.id))) == noted


def test_older_data_never_replaces_newer(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")
    newer = an_order(a_line(pieces=5, cancelled=1), after=10)

    outcomes = take(session, shop, newer, an_order(a_line(pieces=5), after=5))

    assert outcomes == ["created", "stale"]
    assert wanted(session) == [4 * PIECE]


def test_every_order_of_arrival_ends_in_the_same_order(session: Session) -> None:
    make_item(session, code="CANDLE")
    story = (
        an_order(a_line(pieces=4), payment=Payment.PENDING, release=Release.HOLD_PAYMENT),
        an_order(a_line(pieces=4), a_line("SOAP", pieces=1), after=2),
        an_order(a_line(pieces=4, cancelled=1), after=3),
        an_order(a_line(pieces=4, cancelled=1), after=3, note="same minute, other words"),
    )
    endings = set()

    for number, arrival in enumerate(permutations(story)):
        shop = make_account(session, name=f"shop {number}")
        take(session, shop, *arrival)
        order = session.scalars(select(SalesOrder).filter_by(account_id=shop.id)).one()
        found = session.scalars(select(OrderLine).filter_by(order_id=order.id)).all()
        pieces = sorted((line.sku, line.ordered - line.cancelled) for line in found)
        endings.add((order.note, order.release, str([each for each in pieces if each[1]])))

    assert len(endings) == 1


def test_a_line_the_channel_drops_is_cancelled_and_kept(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")
    make_item(session, code="SOAP")

    take(session, shop, an_order(a_line(), a_line("SOAP")), an_order(a_line(), after=1))

    soap = lines(session)["SOAP"]
    assert (soap.ordered, soap.cancelled) == (2, 2)
    assert wanted(session) == [2 * PIECE, 0]


def test_a_line_that_sells_something_else_now_is_mapped_again(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")
    soap = make_item(session, code="SOAP")

    take(
        session,
        shop,
        an_order(a_line("CANDLE", external_id="7")),
        an_order(a_line("SOAP", external_id="7"), after=1),
    )

    demands = {row.item_id: row.quantity for row in session.scalars(select(Demand))}
    assert demands[soap.id] == 2 * PIECE
    assert sum(demands.values()) == 2 * PIECE


def test_a_product_deleted_in_the_shop_leaves_the_line_its_meaning(
    session: Session,
) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    make_listing(session, account=shop, components={candle: 6 * PIECE}, sku="BOX")
    sold = a_line("BOX", variant_id="77")

    take(session, shop, an_order(sold), an_order(replace(sold, variant_id=""), after=1))

    assert lines(session)["BOX"].state == "mapped"
    assert wanted(session) == [12 * PIECE]


def test_pieces_sent_by_somebody_else_are_not_made_here(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")

    take(
        session,
        shop,
        an_order(a_line(pieces=5)),
        an_order(a_line(pieces=5, fulfilled=3), after=1),
    )

    assert lines(session)["CANDLE"].sent_elsewhere == 3
    assert wanted(session) == [2 * PIECE]


@pytest.mark.parametrize("channel, is_lost", [("etsy", False), ("shopify", True)])
def test_what_is_left_of_an_order_outlives_a_channel_that_knows_no_pieces(
    session: Session, channel: str, is_lost: bool
) -> None:
    shop, _ = make_account(session, channel=channel), make_item(session, code="CANDLE")
    make_item(session, code="SOAP")
    soap, candle = a_line("SOAP", pieces=1), a_line(pieces=5)
    take(session, shop, an_order(soap, candle))
    lines(session)["SOAP"].shipped = 1
    sent = (replace(soap, fulfilled=1), replace(candle, fulfilled=5))

    take(session, shop, an_order(*sent, after=1))

    assert lines(session)["SOAP"].sent_elsewhere == 0
    assert lines(session)["CANDLE"].sent_elsewhere == (5 if is_lost else 0)


def test_an_order_sent_by_hand_where_no_pieces_are_known_is_sent(session: Session) -> None:
    shop, _ = make_account(session, channel="etsy"), make_item(session, code="CANDLE")

    take(
        session,
        shop,
        an_order(a_line(pieces=5)),
        an_order(a_line(pieces=5, fulfilled=5), after=1),
    )

    assert lines(session)["CANDLE"].sent_elsewhere == 5


def test_a_cancelled_order_is_cancelled_here_and_marked_for_the_planner(
    session: Session,
) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    take(session, shop, an_order())
    session.execute(delete(Replan))

    take(session, shop, an_order(release=Release.CANCELLED, cancelled_at=NOW, after=1))

    order = session.scalars(select(SalesOrder)).one()
    assert (order.intent, order.phase) == ("cancelled", "cancelled")
    assert set(session.scalars(select(Replan.item_id))) == {candle.id}


def test_tips_and_gift_cards_ask_for_nothing_and_hold_nothing_up(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")

    take(
        session,
        shop,
        an_order(
            a_line(),
            a_line("", external_id="tip", kind=LineKind.TIP, title="Tip"),
            a_line("CARD", kind=LineKind.GIFT_CARD),
        ),
    )

    states = {line.external_id: line.state for line in lines(session).values()}
    assert states == {"line-CANDLE": "mapped", "tip": "service", "line-CARD": "service"}
    assert session.scalars(select(SalesOrder)).one().hold_reasons == []


def test_a_buyer_who_comes_back_is_one_customer(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")

    take(session, shop, an_order(external_id="1"), an_order(external_id="2"))

    customer = session.scalars(select(Customer)).one()
    assert customer.name == "Maria Ruiz"


def test_an_order_without_people_is_an_order(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")
    nameless = replace(an_order(), customer=None, ship_to=None)

    take(session, shop, nameless)

    order = session.scalars(select(SalesOrder)).one()
    assert (order.customer_id, order.ship_to_id) == (None, None)


def test_a_change_is_told_in_the_timeline(session: Session) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")

    take(
        session,
        shop,
        an_order(a_line(pieces=5)),
        an_order(a_line(pieces=5, cancelled=2), after=1),
    )

    noted = list(session.scalars(select(History).filter_by(what="line.changed")))
    assert [(row.from_state, row.to_state) for row in noted] == [
        ("5 wanted, 0 sent", "3 wanted, 0 sent")
    ]
    assert noted[0].at - NOW == timedelta(0)


@pytest.mark.parametrize("said", [date.min, date.max])
def test_a_day_that_means_nobody_said_one_is_none(session: Session, said: date) -> None:
    shop, _ = make_account(session), make_item(session, code="CANDLE")

    take(session, shop, replace(an_order(), requested_on=said))

    assert session.scalars(select(SalesOrder)).one().requested_on is None
