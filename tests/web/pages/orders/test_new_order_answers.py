"""Beside each line of a new order: where it comes from and when, before anything is written."""

from hub.flow.planning.plan import replan
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.web.pages.goods import order_to_make
from tests.web.pages.orders.order_forms import candles, counted, form
from tests.web.pages.visitor import Visitor


def test_beside_each_line_it_is_said_where_it_would_come_from(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        order_to_make(session, pieces=1, wax_grams=4000)
        soap = make_item(session, code="SOAP")
        make_lot(session, item=soap, quantity=5 * PIECE)
        make_item(session, code="BALM")
        replan(session, now=NOW)
    before = counted(anywhere)
    more = form(sku__2="SOAP", sku__3="BALM", sku__4="CHEESE", quantity__1="12")

    seen = boss.press("/orders/new/look", **more).text

    said = {at: seen.split(f'id="answer-{at}"')[1].split("</div>")[0] for at in "1234"}
    assert "Can be made, ready" in said["1"]
    assert "In stock" in said["2"]
    assert "Short 1 pc Lip balm" in said["3"]
    assert "Nothing here is called" in said["4"]
    assert "Nobody can say yet for which day" in seen
    assert counted(anywhere) == before


def test_the_day_it_could_be_promised_is_said_and_nothing_is_written(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)

    seen = owner.press("/orders/new/look", **form()).text

    assert "Could be promised for Mon 23 Nov" in seen
    assert counted(ports) == (0, 0)


def test_what_others_were_promised_is_not_offered_again(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_lot(session, item=candle, quantity=3 * PIECE)
        make_order(session, account=make_account(session), lines={candle: 2})
        replan(session, now=NOW)

    seen = owner.press("/orders/new/look", **form()).text

    assert "Short 1 pc" in seen
