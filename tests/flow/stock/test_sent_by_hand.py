"""What a shop says was sent by hand is promised to nobody until a person says what is true."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.stock.lot_states import LotState
from hub.flow.intake.upsert import upsert_order
from hub.flow.orders.answer import AnsweredAlready, answer_decision
from hub.flow.planning.plan import replan
from hub.flow.refusal import Invalid, Missing
from hub.flow.shipping import ship
from hub.flow.stock import ledger, stock
from hub.models.records.channels import ChannelAccount
from hub.models.records.decisions import Decision
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.stock import Lot, StockMove
from mapping.canonical import Order
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot
from tests.flow.bench import WHO, balance, demand_of, held, moves
from tests.flow.orders_of_the_shop import a_line, an_order

SENT = an_order(a_line(pieces=5, fulfilled=3), after=1)
"""Three of five candles, sent by hand."""


def take(session: Session, shop: ChannelAccount, order: Order) -> None:
    upsert_order(session, account=shop, order=order, who="channel:1", now=NOW)


def plan(session: Session) -> None:
    replan(session, now=NOW)
    session.expire_all()


def ready(session: Session) -> tuple[ChannelAccount, Item, Lot]:
    """Five candles ordered and held in a lot of nine."""
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    lot = make_lot(session, item=candle, quantity=9 * PIECE, code="C1")
    take(session, shop, an_order(a_line(pieces=5)))
    plan(session)
    return shop, candle, lot


def standing(session: Session) -> Decision:
    return session.scalars(select(Decision)).one()


def say(session: Session, answer: str) -> None:
    answer_decision(
        session, decision_id=standing(session).id, answer=answer, who=WHO, now=NOW
    )
    plan(session)


def test_what_was_sent_by_hand_is_taken_out_of_the_lot_it_was_held_in(
    session: Session,
) -> None:
    shop, candle, lot = ready(session)

    take(session, shop, SENT)
    plan(session)

    order = session.scalars(select(SalesOrder)).one()
    assert balance(session, lot) == (6 * PIECE, 2 * PIECE)
    assert held(session, demand_of(session, order, candle)) == {"C1": 2 * PIECE}
    assert moves(session, lot)[1:] == [("adjusted", -3 * PIECE)]
    assert (standing(session).decision, standing(session).done_at) == ("take_out", None)
    assert invariants.check(session) == []


def test_it_is_promised_to_nobody_who_waits(session: Session) -> None:
    shop, candle, lot = ready(session)
    take(session, shop, an_order(a_line(pieces=6), external_id="2"))
    plan(session)

    take(session, shop, SENT)
    plan(session)

    second = session.scalars(select(SalesOrder).filter_by(external_id="2")).one()
    assert held(session, demand_of(session, second, candle)) == {"C1": 4 * PIECE}
    assert balance(session, lot) == (6 * PIECE, 6 * PIECE)


def test_planning_again_takes_nothing_twice(session: Session) -> None:
    shop, candle, lot = ready(session)
    take(session, shop, SENT)
    plan(session)
    stock.adjust(session, lot_id=lot.id, delta=PIECE, reason="found", who=WHO, now=NOW)

    plan(session)

    assert balance(session, lot) == (7 * PIECE, 2 * PIECE)


def test_an_order_that_its_shop_put_away_at_once_is_no_other_case(session: Session) -> None:
    shop, _, lot = ready(session)
    sent = an_order(a_line(pieces=5, fulfilled=5), after=1)
    closed = replace(sent, closed_at=NOW)

    take(session, shop, closed)
    plan(session)

    assert balance(session, lot) == (4 * PIECE, 0)
    assert invariants.check(session) == []


def test_what_is_gone_stays_out_and_is_answered(session: Session) -> None:
    shop, _, lot = ready(session)
    take(session, shop, SENT)
    plan(session)

    say(session, "taken")

    assert balance(session, lot) == (6 * PIECE, 2 * PIECE)
    decision = standing(session)
    assert (decision.answer, decision.done_by, decision.done_at) == ("taken", WHO, NOW)


def test_what_is_still_here_comes_back_for_whoever_waits(session: Session) -> None:
    shop, candle, lot = ready(session)
    take(session, shop, an_order(a_line(pieces=6), external_id="2"))
    take(session, shop, SENT)
    plan(session)

    say(session, "still_here")

    second = session.scalars(select(SalesOrder).filter_by(external_id="2")).one()
    assert held(session, demand_of(session, second, candle)) == {"C1": 6 * PIECE}
    assert balance(session, lot) == (9 * PIECE, 8 * PIECE)
    out, back = session.scalars(
        select(StockMove).filter_by(kind="adjusted").order_by(StockMove.id)
    ).all()
    assert (back.reverses_id, back.quantity) == (out.id, -out.quantity)
    assert (out.reason, out.why, back.why) == ("sent_elsewhere", "H-0001", "H-0001")
    assert invariants.check(session) == []


def test_what_somebody_put_right_by_hand_does_not_come_back_twice(session: Session) -> None:
    shop, _, lot = ready(session)
    take(session, shop, SENT)
    plan(session)
    [out] = session.scalars(select(StockMove).filter_by(kind="adjusted"))
    ledger.take_back(session, out, who=WHO, now=NOW)

    say(session, "still_here")

    assert balance(session, lot)[0] == 9 * PIECE


@pytest.mark.parametrize(
    "answer, on_hand, moved", [("taken", 6, [-3]), ("still_here", 9, [])]
)
def test_an_answer_may_come_before_the_plan(
    session: Session, answer: str, on_hand: int, moved: list[int]
) -> None:
    shop, _, lot = ready(session)
    take(session, shop, SENT)

    say(session, answer)

    assert balance(session, lot)[0] == on_hand * PIECE
    assert [quantity // PIECE for _, quantity in moves(session, lot)[1:]] == moved


def test_the_lot_that_expires_first_is_the_one_somebody_took(session: Session) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    today = NOW.date()
    late, soon = (
        make_lot(
            session, item=candle, quantity=4 * PIECE, code=code,
            best_before=today + timedelta(days=days),
        )
        for code, days in (("LATE", 90), ("SOON", 60))
    )  # fmt: skip
    take(session, shop, an_order(a_line(pieces=5)))
    plan(session)

    take(session, shop, an_order(a_line(pieces=5, fulfilled=5), after=1))
    plan(session)

    assert (balance(session, soon), balance(session, late)) == ((0, 0), (3 * PIECE, 0))


def test_what_was_put_aside_meanwhile_leaves_nothing_to_answer(session: Session) -> None:
    shop, _, lot = ready(session)
    take(session, shop, SENT)
    stock.set_lot_state(
        session, lot_id=lot.id, state=LotState.QUARANTINED, reason="", who=WHO, now=NOW
    )

    plan(session)

    assert balance(session, lot) == (9 * PIECE, 0)
    assert standing(session).done_by == "system"


def test_what_we_sent_ourselves_is_no_news(session: Session) -> None:
    shop, _, lot = ready(session)
    order = session.scalars(select(SalesOrder)).one()
    ship.ship(
        session, order_id=order.id, lines=None, tracking=Tracking(), notify=False,
        who=WHO, now=NOW,
    )  # fmt: skip

    take(session, shop, an_order(a_line(pieces=5, fulfilled=5), after=1))
    plan(session)

    assert session.scalars(select(Decision)).all() == []
    assert balance(session, lot) == (4 * PIECE, 0)


def test_an_order_that_comes_in_sent_takes_nothing(session: Session) -> None:
    shop, candle = make_account(session), make_item(session, code="CANDLE")
    lot = make_lot(session, item=candle, quantity=9 * PIECE)

    take(session, shop, an_order(a_line(pieces=5, fulfilled=5)))
    plan(session)

    assert balance(session, lot) == (9 * PIECE, 0)


def test_the_lot_tells_who_took_it(session: Session) -> None:
    shop, _, lot = ready(session)
    take(session, shop, SENT)
    plan(session)

    [told] = session.scalars(select(History).filter_by(what="lot.sent_by_hand"))
    assert (told.subject_id, told.why) == (lot.id, "H-0001")


# Answers ----------------------------------------------------------------------------------


def test_a_decision_is_answered_once(session: Session) -> None:
    shop, _, lot = ready(session)
    take(session, shop, SENT)
    plan(session)
    say(session, "still_here")

    with pytest.raises(AnsweredAlready):
        say(session, "taken")

    assert balance(session, lot) == (9 * PIECE, 2 * PIECE)


@pytest.mark.parametrize("answer", ["", "done", "perhaps"])
def test_an_answer_is_one_of_those_asked_for(session: Session, answer: str) -> None:
    shop, _, _ = ready(session)
    take(session, shop, SENT)

    with pytest.raises(Invalid) as refused:
        say(session, answer)

    assert refused.value.field == "answer"


def test_other_decisions_are_only_done(session: Session) -> None:
    shop, _, _ = ready(session)
    order = session.scalars(select(SalesOrder)).one()
    ship.ship(
        session, order_id=order.id, lines=None, tracking=Tracking(), notify=False,
        who=WHO, now=NOW,
    )  # fmt: skip
    take(session, shop, an_order(a_line(pieces=5, cancelled=2), after=1))

    with pytest.raises(Invalid):
        say(session, "taken")
    say(session, "")

    assert (standing(session).decision, standing(session).answer) == (
        "expect_return", "done",
    )  # fmt: skip


def test_what_waits_for_nobody_is_not_answered(session: Session) -> None:
    shop, _, _ = ready(session)
    take(session, shop, an_order(a_line(pieces=5, cancelled=2), after=1))

    with pytest.raises(AnsweredAlready):
        say(session, "")


def test_there_is_no_answering_a_decision_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        answer_decision(session, decision_id=99, who=WHO, now=NOW)
