"""The ledger: moves and balances together, reservations and `reserved` together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.domain.stock.trace import MoveKind
from hub.flow.refusal import Missing, Refusal
from hub.flow.stock import ledger
from hub.models.planning.held import held_by_demands
from hub.models.records.orders import Demand
from hub.models.records.stock import Lot
from hub.models.session import Database
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import WHO, balance, demand_of, held, hold, moves


def adjust(session: Session, lot: Lot, *, quantity: int, ref_id: int = 1) -> None:
    ledger.move(
        session,
        lot_id=lot.id,
        quantity=quantity,
        kind=MoveKind.ADJUSTED,
        ref_type="adjustment",
        ref_id=ref_id,
        who=WHO,
        now=NOW,
    )


def wanted_candles(
    session: Session, *, pieces: int = 5, in_stock: int = 8
) -> tuple[Demand, Lot]:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: pieces})
    lot = make_lot(session, item=candle, quantity=in_stock * PIECE, code="C1")
    return demand_of(session, order, candle), lot


def test_a_move_is_written_and_added_up_together(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    adjust(session, lot, quantity=-120)

    assert moves(session, lot) == [("received", 500), ("adjusted", -120)]
    assert balance(session, lot) == (380, 0)


def test_what_is_reserved_does_not_leave(session: Session) -> None:
    demand, lot = wanted_candles(session)
    hold(session, lot, owner=demand, quantity=5 * PIECE)

    with pytest.raises(ledger.NotEnough, match="C1 has only 3 each free"):
        adjust(session, lot, quantity=-4 * PIECE)

    assert balance(session, lot) == (8 * PIECE, 5 * PIECE)
    assert len(moves(session, lot)) == 1


def test_no_more_is_reserved_than_is_free(session: Session) -> None:
    demand, lot = wanted_candles(session, in_stock=4)

    with pytest.raises(ledger.NotEnough):
        hold(session, lot, owner=demand, quantity=5 * PIECE)

    assert held(session, demand) == {}


def test_what_is_reserved_twice_adds_up_in_one_row(session: Session) -> None:
    demand, lot = wanted_candles(session)

    hold(session, lot, owner=demand, quantity=2 * PIECE)
    hold(session, lot, owner=demand, quantity=3 * PIECE)

    assert held(session, demand) == {"C1": 5 * PIECE}
    assert balance(session, lot) == (8 * PIECE, 5 * PIECE)


def test_a_firm_part_makes_the_whole_firm(session: Session) -> None:
    demand, lot = wanted_candles(session)
    hold(session, lot, owner=demand, quantity=PIECE)

    ledger.reserve(
        session, lot_id=lot.id, quantity=PIECE, demand_id=demand.id, is_firm=True
    )

    [reservation] = held_by_demands(session, demand_ids=[demand.id])
    assert (reservation.quantity, reservation.is_firm) == (2 * PIECE, True)


@pytest.mark.parametrize("given_back, left", [(2, {"C1": 3 * PIECE}), (5, {})])
def test_what_is_given_back_is_free_again(
    session: Session, given_back: int, left: dict[str, int]
) -> None:
    demand, lot = wanted_candles(session)
    hold(session, lot, owner=demand, quantity=5 * PIECE)

    ledger.unreserve(
        session, lot_id=lot.id, quantity=given_back * PIECE, demand_id=demand.id
    )

    assert held(session, demand) == left
    assert balance(session, lot) == (8 * PIECE, (5 - given_back) * PIECE)


def test_nobody_gives_back_what_they_do_not_have(session: Session) -> None:
    demand, lot = wanted_candles(session)
    hold(session, lot, owner=demand, quantity=PIECE)

    with pytest.raises(ledger.NotReserved):
        ledger.unreserve(session, lot_id=lot.id, quantity=2 * PIECE, demand_id=demand.id)

    assert balance(session, lot) == (8 * PIECE, PIECE)


def test_a_reservation_has_one_owner(session: Session) -> None:
    demand, lot = wanted_candles(session)

    with pytest.raises(ValueError, match="for one demand or for one need"):
        ledger.reserve(session, lot_id=lot.id, quantity=1, demand_id=demand.id, need_id=7)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda session: ledger.reserve(session, lot_id=99, quantity=1, need_id=1),
        lambda session: ledger.move(
            session, lot_id=99, quantity=1, kind=MoveKind.ADJUSTED,
            ref_type="adjustment", ref_id=1, who=WHO, now=NOW,
        ),
    ],
)  # fmt: skip
def test_there_is_no_moving_a_lot_that_is_not_there(
    session: Session, attempt: Callable[[Session], None]
) -> None:
    with pytest.raises(Missing):
        attempt(session)


def test_one_record_moves_a_lot_once(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)
    adjust(session, lot, quantity=-120)

    with pytest.raises(IntegrityError):
        adjust(session, lot, quantity=-120)


def test_two_at_once_do_not_both_get_the_last_candles(database: Database) -> None:
    with database.begin() as session:
        candle = make_item(session, code="CANDLE")
        account = make_account(session)
        orders = [make_order(session, account=account, lines={candle: 5}) for _ in range(2)]
        demands = [demand_of(session, order, candle).id for order in orders]
        lot_id = make_lot(session, item=candle, quantity=8 * PIECE).id
    together = Barrier(2)

    def take(demand_id: int) -> bool:
        together.wait()
        try:
            database.run(
                lambda session: ledger.reserve(
                    session, lot_id=lot_id, quantity=5 * PIECE, demand_id=demand_id
                )
            )
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        took = list(pool.map(take, demands))

    assert sorted(took) == [False, True]
    with database.reading() as session:
        assert balance(session, lot_id) == (8 * PIECE, 5 * PIECE)
