"""What a listing means, who may say so, and what moves when somebody does."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.flow.intake.upsert import upsert_order
from hub.flow.meaning.map_lines import preview_mapping, save_mapping
from hub.flow.refusal import Invalid, Missing
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from mapping.bundle import Component
from mapping.canonical import Order
from tests.factories import NOW, PIECE, make_account, make_item, make_listing
from tests.flow.orders_of_the_shop import a_line, an_order


def take(session: Session, account: ChannelAccount, order: Order) -> int:
    return upsert_order(
        session, account=account, order=order, who="channel:1", now=NOW
    ).order_id


def wanted(session: Session) -> dict[str, int]:
    """What is asked for of each item, by code."""
    session.expire_all()
    total = func.sum(Demand.quantity)
    query = (
        select(Item.code, total).join(Demand, Demand.item_id == Item.id).group_by(Item.code)
    )
    return {code: int(quantity) for code, quantity in session.execute(query) if quantity}


def listing(session: Session, sku: str) -> Listing:
    session.expire_all()
    return session.scalars(select(Listing).filter_by(sku=sku)).one()


def say(session: Session, sku: str, **components: int) -> tuple[int, ...]:
    """Map a listing by hand: pieces of each item by code."""
    ids = {item.code: item.id for item in session.scalars(select(Item))}
    parts = tuple(
        Component(item_id=ids[code], quantity=pieces * PIECE)
        for code, pieces in components.items()
    )
    return save_mapping(
        session,
        listing_id=listing(session, sku).id,
        components=parts,
        not_produced=not parts,
        who="user:1",
        now=NOW,
    ).order_ids


def test_a_sku_that_is_an_items_own_code_needs_nobody(session: Session) -> None:
    shop = make_account(session)
    make_item(session, code="CANDLE")

    take(session, shop, an_order(a_line("can dle")))

    assert wanted(session) == {"CANDLE": 2 * PIECE}
    assert listing(session, "can dle").matched_by == "sku_anywhere"


def test_a_line_nobody_mapped_is_held_and_the_others_go_on(session: Session) -> None:
    shop = make_account(session)
    make_item(session, code="CANDLE")

    take(session, shop, an_order(a_line("CANDLE"), a_line("MYSTERY")))

    order = session.scalars(select(SalesOrder)).one()
    states = {line.sku: line.state for line in session.scalars(select(OrderLine))}
    assert states == {"CANDLE": "mapped", "MYSTERY": "unmapped"}
    assert wanted(session) == {"CANDLE": 2 * PIECE}
    assert order.hold_reasons == ["unmapped"]


def test_a_pack_and_a_kit_ask_for_all_they_hold(session: Session) -> None:
    shop = make_account(session)
    candle, soap = make_item(session, code="CANDLE"), make_item(session, code="SOAP")
    make_listing(session, account=shop, components={candle: 6 * PIECE}, sku="CND-X6")
    make_listing(
        session, account=shop, components={candle: 2 * PIECE, soap: PIECE}, sku="GIFT"
    )

    take(session, shop, an_order(a_line("CND-X6", pieces=2), a_line("GIFT", pieces=3)))

    assert wanted(session) == {"CANDLE": (12 + 6) * PIECE, "SOAP": 3 * PIECE}


def test_saving_a_mapping_moves_every_order_that_waited_for_it(session: Session) -> None:
    shop = make_account(session)
    make_item(session, code="CANDLE")
    first = take(session, shop, an_order(a_line("NEW-1"), external_id="1"))
    second = take(session, shop, an_order(a_line("NEW-1"), external_id="2"))

    moved = say(session, "NEW-1", CANDLE=1)

    assert moved == (first, second)
    assert sum(session.scalars(select(Demand.quantity))) == 4 * PIECE
    assert {order.phase for order in session.scalars(select(SalesOrder))} == {"new"}


def test_another_listing_with_the_same_sku_follows(session: Session) -> None:
    madrid = make_account(session)
    lisbon = make_account(session, name="Sal e Cera")
    make_item(session, code="CANDLE")
    take(session, madrid, an_order(a_line("NEW-1"), external_id="1"))
    take(session, lisbon, an_order(a_line("new 1", variant_id="77"), external_id="2"))

    moved = say(session, "NEW-1", CANDLE=1)

    assert len(moved) == 2
    assert listing(session, "new 1").matched_by == "sku_anywhere"


def test_the_shops_own_word_for_a_sku_beats_anothers(session: Session) -> None:
    madrid, lisbon = make_account(session), make_account(session, name="Sal e Cera")
    candle, soap = make_item(session, code="CANDLE"), make_item(session, code="SOAP")
    make_listing(session, account=madrid, components={candle: PIECE}, sku="ONE")
    make_listing(session, account=lisbon, components={soap: PIECE}, sku="ONE")

    take(session, madrid, an_order(a_line("ONE", variant_id="9")))

    assert wanted(session) == {"CANDLE": 2 * PIECE}


def test_a_sku_that_means_two_things_is_nobodys_answer(session: Session) -> None:
    madrid, lisbon = make_account(session), make_account(session, name="Sal e Cera")
    third = make_account(session, name="Terceira")
    candle, soap = make_item(session, code="CANDLE"), make_item(session, code="SOAP")
    make_listing(session, account=madrid, components={candle: PIECE}, sku="ONE")
    make_listing(session, account=lisbon, components={soap: PIECE}, sku="ONE")

    take(session, third, an_order(a_line("ONE", variant_id="9")))

    assert session.scalars(select(OrderLine)).one().state == "suggested"
    assert wanted(session) == {}


def test_not_produced_here_holds_nothing_up(session: Session) -> None:
    shop = make_account(session)
    take(session, shop, an_order(a_line("EBOOK")))

    say(session, "EBOOK")

    assert session.scalars(select(OrderLine)).one().state == "ignored"
    assert session.scalars(select(SalesOrder)).one().hold_reasons == []


def test_a_new_mapping_takes_back_what_the_old_one_asked_for(session: Session) -> None:
    shop = make_account(session)
    make_item(session, code="CANDLE")
    make_item(session, code="SOAP")
    take(session, shop, an_order(a_line("CANDLE")))

    say(session, "CANDLE", SOAP=3)

    assert wanted(session) == {"SOAP": 6 * PIECE}


def test_what_was_partly_shipped_keeps_its_meaning(session: Session) -> None:
    shop = make_account(session)
    make_item(session, code="CANDLE")
    make_item(session, code="SOAP")
    take(session, shop, an_order(a_line("CANDLE")))
    session.scalars(select(OrderLine)).one().shipped = 1
    session.scalars(select(Demand)).one().shipped = PIECE
    session.flush()

    moved = say(session, "CANDLE", SOAP=1)

    assert moved == ()
    assert wanted(session) == {"CANDLE": 2 * PIECE}


def test_a_preview_writes_nothing(session: Session) -> None:
    shop = make_account(session)
    candle = make_item(session, code="CANDLE")
    take(session, shop, an_order(a_line("NEW-1", pieces=4)))

    would = preview_mapping(
        session,
        listing_id=listing(session, "NEW-1").id,
        components=(Component(item_id=candle.id, quantity=6 * PIECE),),
    )

    assert would == {candle.id: 24 * PIECE}
    assert wanted(session) == {}
    assert listing(session, "NEW-1").state == "unmapped"


def test_nonsense_is_refused_with_the_field(session: Session) -> None:
    shop = make_account(session)
    take(session, shop, an_order(a_line("NEW-1")))
    waiting = listing(session, "NEW-1").id

    for parts in ((), (Component(item_id=404, quantity=1),)):
        with pytest.raises(Invalid) as refused:
            save_mapping(
                session, listing_id=waiting, components=parts, who="user:1", now=NOW
            )
        assert refused.value.field == "components"
    with pytest.raises(Missing):
        save_mapping(session, listing_id=404, components=(), who="user:1", now=NOW)
