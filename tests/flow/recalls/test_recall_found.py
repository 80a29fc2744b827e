"""Everybody a recall finds: buyers, their parcels, lots of the same supplier, and listings."""

from sqlalchemy.orm import Session

from hub.flow.reading.erase import erase_shop
from hub.flow.stock import stock
from hub.models.recalls.recall_queries import balances_of
from hub.models.records.orders import SalesOrder
from hub.models.records.schema import metadata
from tests.factories import NOW, PIECE
from tests.flow.bench import WHO
from tests.flow.recalls.ancestry import Workshop
from tests.flow.recalls.called_back import OWN_TABLES, codes, dump, page, start


def test_buyers_are_found_with_their_parcels_lots_and_pieces(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")
    soap, candle = workshop.made_of("SOAP", oil), workshop.made_of("CANDLE", oil)
    balm = workshop.made_of("BALM", workshop.bought("WAX"))
    order = workshop.order("SOAP", "CANDLE", "BALM")
    workshop.send(order, soap, balm)
    workshop.send(order, candle, state="delivered")

    found = page(session, start(session, oil))

    [reached] = found.orders
    assert reached.customer is not None
    assert reached.customer.email == "maria.ruiz@example.com"
    assert [
        (each.shipment.tracking_number, [part.lot.code for part in each.parts])
        for each in reached.parcels
    ] == [("PK1", [soap.code]), ("PK2", [candle.code])]
    assert [(sold.title, sold.pieces, sold.lots) for sold in reached.sold] == [
        ("Olive soap", 2, (soap.code,)),
        ("Soy candle, fig", 2, (candle.code,)),
    ]
    assert (reached.is_sent, reached.row.was_sent, reached.row.was_held) == (
        True,
        True,
        False,
    )
    assert session.get_one(SalesOrder, order.id).intent == "open"


def test_what_a_shop_says_was_sent_by_hand_is_asked_back_too(
    workshop: Workshop, session: Session
) -> None:
    soap = workshop.made_of("SOAP", workshop.bought("OIL"))
    order, denied = workshop.order("SOAP"), workshop.order("SOAP")
    workshop.send_by_hand(order, soap)
    workshop.take_back(workshop.send_by_hand(denied, soap))

    found = page(session, start(session, soap))

    [reached] = found.orders
    assert (reached.order.id, reached.is_sent, reached.row.was_sent) == (
        order.id,
        True,
        True,
    )
    assert [(sold.title, sold.pieces, sold.lots) for sold in reached.sold] == [
        ("Olive soap", 2, (soap.code,))
    ]
    assert [each.balance.difference for each in found.lots] == [0]


def test_a_forgotten_buyer_is_forgotten_in_recalls_too(
    workshop: Workshop, session: Session
) -> None:
    soap = workshop.made_of("SOAP", workshop.bought("OIL"))
    workshop.send(workshop.order("SOAP"), soap)
    recall_id = start(session, soap)

    erase_shop(session, account_id=workshop.account.id, who=WHO, now=NOW)

    [reached] = page(session, recall_id).orders
    assert reached.customer is not None
    assert (reached.customer.name, reached.customer.email) == ("", "")
    kept = [str(row) for table in OWN_TABLES | {"history"} for row in dump(session)[table]]
    assert not any("Maria" in row or "maria" in row for row in kept)


def test_the_mass_balance_of_every_lot_comes_to_nothing_left_over(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")
    soap = workshop.made_of("SOAP", oil)
    parcel = workshop.send(workshop.order("SOAP"), soap)
    workshop.come_back(parcel, soap)
    stock.adjust(
        session, lot_id=soap.id, delta=-3 * PIECE, reason="counted", who=WHO, now=NOW
    )

    found = page(session, start(session, oil))

    made = next(each.balance for each in found.lots if each.lot.id == soap.id)
    assert (made.produced, made.shipped, made.returned) == (10 * PIECE, 2 * PIECE, PIECE)
    assert (made.adjusted, made.on_hand) == (3 * PIECE, 6 * PIECE)
    assert [each.balance.difference for each in found.lots] == [0, 0]
    assert found.recall.found["mass_balance"] == {
        "received": 1_000_000 * PIECE,
        "produced": 0,
        "returned": 0,
        "consumed": 5 * PIECE,
        "shipped": 0,
        "scrapped": 0,
        "adjusted": 0,
        "on_hand": 999_995 * PIECE,
        "difference": 0,
    }


def test_a_balance_that_does_not_add_up_is_shown(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")
    table = metadata.tables["lot_balance"]
    session.execute(table.update().values(on_hand=table.c.on_hand - 7))

    assert balances_of(session, lot_ids=[oil.id])[oil.id].difference == 7


def test_lots_of_the_same_supplier_lot_are_named_and_taken_in_when_asked(
    workshop: Workshop, session: Session
) -> None:
    first, second = (workshop.bought("OIL", supplier_lot="KX9") for _ in range(2))
    workshop.bought("OIL", supplier_lot="KX10")
    workshop.bought("LYE", supplier_lot="KX9")
    soap = workshop.made_of("SOAP", second)

    drill = page(session, start(session, first, is_drill=True))
    assert [lot.id for lot in drill.twins] == [second.id]
    assert codes(drill) == [first.code]

    found = page(session, start(session, first, with_supplier_lot=True))
    assert codes(found) == [first.code, second.code, soap.code]
    assert found.twins == []


def test_listings_that_hold_an_affected_item_are_named(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")
    workshop.made_of("SOAP", oil)
    workshop.order("SOAP")
    workshop.order("CANDLE")

    found = page(session, start(session, oil))

    assert [each.listing.sku for each in found.listings] == ["SOAP"]
