"""What can be promised counts every piece somebody bought, paid for or not."""

import pytest
from sqlalchemy.orm import Session

from hub.models.item_figures import item_figures
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order


@pytest.mark.parametrize(
    "release,intent,left",
    [
        ("ready", "open", 6),
        ("hold_payment", "open", 6),
        ("hold_channel", "open", 6),
        ("ready", "on_hold", 6),
        ("cancelled", "open", 10),
        ("test", "open", 10),
        ("ready", "cancelled", 10),
    ],
)
def test_what_is_sold_is_not_promised_again_before_it_is_paid(
    session: Session, release: str, intent: str, left: int
) -> None:
    candle = make_item(session)
    make_lot(session, item=candle, quantity=10 * PIECE)
    order = make_order(
        session, account=make_account(session), lines={candle: 4}, release=release
    )
    order.intent = intent
    session.flush()

    figures = item_figures(session, item_ids=[candle.id], on=NOW.date())

    assert figures[candle.id].promisable == left * PIECE
