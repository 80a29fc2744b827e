"""What may still be changed of an order, and what is refused."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.purchasing.purchase import cancel
from hub.flow.purchasing.purchase_draft import Wanted, change_line, draft
from hub.flow.purchasing.purchase_order import NotNow
from hub.flow.purchasing.purchase_receive import Arrived, receive
from hub.flow.refusal import Invalid, Missing
from hub.flow.step import StepRefused
from hub.models.records.items import Item
from hub.models.records.purchasing import PurchaseOrder
from hub.models.records.stock import LotBalance
from tests.factories import (
    NOW,
    PIECE,
    make_item,
)
from tests.flow.purchasing.buying import (
    KILO,
    WHO,
    a_candle,
    amounts,
    bought,
    came,
    ceres,
    covered,
    in_days,
    placed,
    plan,
    wax,
)


def test_a_cancelled_order_is_short_again_and_one_partly_here_cannot_be_cancelled(
    session: Session,
) -> None:
    a_candle(session, grams=0)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))
    came(session, order_id, 500 * PIECE)
    with pytest.raises(NotNow, match="close what is left"):
        cancel(session, purchase_order_id=order_id, who=WHO, now=NOW)
    other = draft(
        session,
        supplier_id=ceres(session, "MIEL", name="Miel"),
        lines=[Wanted(item_id=wax(session).id, quantity=3 * KILO)],
        who=WHO,
        now=NOW,
    )
    placed(session, other, expected_on=in_days(2))
    assert sum(covered(session)) == 1500

    cancel(session, purchase_order_id=other, who=WHO, now=NOW)
    plan(session)

    assert covered(session) == [1500]
    assert session.get_one(PurchaseOrder, other).state == "cancelled"


def test_a_draft_is_changed_line_by_line_and_an_order_on_its_way_is_not(
    session: Session,
) -> None:
    soy, wick = wax(session), make_item(session, code="WICK")
    order_id = draft(
        session,
        supplier_id=ceres(session),
        lines=[Wanted(item_id=soy.id, quantity=KILO)],
        who=WHO,
        now=NOW,
    )

    def write(item: Item, quantity: int) -> None:
        change_line(
            session,
            purchase_order_id=order_id,
            item_id=item.id,
            quantity=quantity,
            who=WHO,
            now=NOW,
        )

    write(wick, 50 * PIECE)
    write(soy, 3 * KILO)
    assert amounts(session) == {soy.id: 3 * KILO, wick.id: 50 * PIECE}
    write(soy, 0)
    assert amounts(session) == {wick.id: 50 * PIECE}
    with pytest.raises(Invalid, match="cancel the order"):
        write(wick, 0)
    placed(session, order_id)
    with pytest.raises(NotNow, match="PO-0001 is ordered"):
        write(wick, PIECE)


def test_what_cannot_be_is_refused_and_nothing_is_written(session: Session) -> None:
    soy, seller = wax(session), ceres(session)

    def write(*lines: Wanted) -> int:
        return draft(session, supplier_id=seller, lines=lines, who=WHO, now=NOW)

    with pytest.raises(Invalid, match="what to order"):
        write()
    twice = Wanted(item_id=soy.id, quantity=KILO)
    with pytest.raises(Invalid, match="named twice"):
        write(twice, twice)
    order_id = write(twice)
    with pytest.raises(NotNow, match="PO-0001 is draft"):
        came(session, order_id, KILO)
    with pytest.raises(Invalid, match="That day is over"):
        placed(session, order_id, expected_on=in_days(-1))
    placed(session, order_id, expected_on=in_days(0))
    with pytest.raises(StepRefused):
        placed(session, order_id)
    with pytest.raises(Invalid, match="not in this purchase order"):
        receive(
            session,
            purchase_order_id=order_id,
            arrived=[Arrived(item_id=make_item(session, code="WICK").id, quantity=PIECE)],
            who=WHO,
            now=NOW,
        )
    with pytest.raises(Missing):
        cancel(session, purchase_order_id=99, who=WHO, now=NOW)
    assert session.scalars(select(LotBalance)).all() == []
