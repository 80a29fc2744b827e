"""Runs, reservations and shortages as a planner would leave them, built by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.codes import Series, number
from hub.flow.planning.plan_runs import snapshot
from hub.flow.stock import ledger
from hub.models.catalogue.recipe_steps import steps_of
from hub.models.numbers import next_number
from hub.models.planning.planning_queries import active_recipe
from hub.models.records.items import Item
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Replan, Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot, LotBalance, Reservation, StockMove
from tests.factories import NOW, PIECE, make_item, make_lot, make_recipe

WHO = "user:1"


def make_run(
    session: Session,
    *,
    item: Item,
    uses: Mapping[Item, int],
    planned: int = 10 * PIECE,
    made_for: Mapping[Demand | ProductionNeed, int] | None = None,
    now: datetime = NOW,
) -> ProductionOrder:
    """Plan one batch that gives `planned` and needs `uses`, for whoever it is made for."""
    if active_recipe(session, item_id=item.id) is None:
        make_recipe(session, item=item, uses=uses, batch_size=planned)
    recipe = active_recipe(session, item_id=item.id)
    assert recipe is not None
    sequence = next_number(session, "production_order")
    run = ProductionOrder(
        number=number(Series.PRODUCTION, sequence=sequence),
        item_id=item.id,
        recipe_id=recipe.id,
        recipe=snapshot(recipe, steps=steps_of(session, recipe)),
        batches=1,
        planned=planned,
        created_at=now,
    )
    session.add(run)
    session.flush()
    for used, needed in uses.items():
        session.add(
            ProductionNeed(production_order_id=run.id, item_id=used.id, needed=needed)
        )
    for owner, quantity in (made_for or {}).items():
        session.add(
            ProductionLink(
                production_order_id=run.id,
                demand_id=owner.id if isinstance(owner, Demand) else None,
                need_id=owner.id if isinstance(owner, ProductionNeed) else None,
                planned=quantity,
            )
        )
    session.flush()
    return run


def need_of(session: Session, run: ProductionOrder, item: Item) -> ProductionNeed:
    """Find what a run needs of an item."""
    needs = select(ProductionNeed).filter_by(production_order_id=run.id, item_id=item.id)
    return session.scalars(needs).one()


def line_of(session: Session, order: SalesOrder, item: Item) -> OrderLine:
    """Find the line of an order that asks for an item."""
    lines = select(OrderLine).join(Demand, Demand.order_line_id == OrderLine.id)
    return session.scalars(
        lines.where(OrderLine.order_id == order.id, Demand.item_id == item.id)
    ).one()


def demand_of(session: Session, order: SalesOrder, item: Item) -> Demand:
    """Find what an order asks for of an item."""
    demands = select(Demand).join(OrderLine, OrderLine.id == Demand.order_line_id)
    return session.scalars(
        demands.where(OrderLine.order_id == order.id, Demand.item_id == item.id)
    ).one()


def hold(
    session: Session, lot: Lot, *, owner: Demand | ProductionNeed, quantity: int
) -> None:
    """Reserve a part of a lot, softly."""
    ledger.reserve(
        session,
        lot_id=lot.id,
        quantity=quantity,
        demand_id=owner.id if isinstance(owner, Demand) else None,
        need_id=owner.id if isinstance(owner, ProductionNeed) else None,
    )


def lack(
    session: Session, item: Item, *, owner: Demand | ProductionNeed, quantity: int
) -> None:
    """Write down that something is short."""
    session.add(
        Shortage(
            item_id=item.id,
            demand_id=owner.id if isinstance(owner, Demand) else None,
            need_id=owner.id if isinstance(owner, ProductionNeed) else None,
            quantity=quantity,
            reason="no_stock",
        )
    )
    session.flush()


def balance(session: Session, lot: Lot | int) -> tuple[int, int]:
    """Read what a lot has on hand and reserved."""
    lot_id = lot if isinstance(lot, int) else lot.id
    found = select(LotBalance.on_hand, LotBalance.reserved).filter_by(lot_id=lot_id)
    on_hand, reserved = session.execute(found).one()
    return on_hand, reserved


def held(session: Session, owner: Demand | ProductionNeed) -> dict[str, int]:
    """Read what is reserved for somebody, by lot code."""
    mine = (
        Reservation.demand_id == owner.id
        if isinstance(owner, Demand)
        else Reservation.need_id == owner.id
    )
    query = select(Lot.code, Reservation.quantity).join(Lot, Lot.id == Reservation.lot_id)
    return {code: quantity for code, quantity in session.execute(query.where(mine))}


def moves(session: Session, lot: Lot | int) -> list[tuple[str, int]]:
    """Read a lot's ledger: kinds and quantities, in order."""
    lot_id = lot if isinstance(lot, int) else lot.id
    query = select(StockMove.kind, StockMove.quantity).filter_by(lot_id=lot_id)
    return [
        (kind, quantity) for kind, quantity in session.execute(query.order_by(StockMove.id))
    ]


def marked(session: Session) -> set[int]:
    """Read which items wait for a planner."""
    return set(session.scalars(select(Replan.item_id)))


def unmark(session: Session) -> None:
    """Take the marks away, as a planner does."""
    for row in session.scalars(select(Replan)):
        session.delete(row)
    session.flush()


def owed(session: Session) -> list[tuple[str, str, str]]:
    """Read the outbox: key, kind and state, in order."""
    query = select(
        OutboundMessage.idempotency_key, OutboundMessage.kind, OutboundMessage.state
    ).order_by(OutboundMessage.id)
    return [(key, kind, state) for key, kind, state in session.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candles:
    """A run of ten candles: 1800 g of wax and 10 jars, reserved in lots of 2000 g and 12."""

    run: ProductionOrder
    candle: Item
    wax: Item
    jar: Item
    wax_lot: Lot
    jar_lot: Lot
    wax_need: ProductionNeed
    jar_need: ProductionNeed


def plan_candles(
    session: Session, *, candle: Item, made_for: Mapping[Demand, int] | None = None
) -> Candles:
    """Plan ten candles whose materials are all there and softly theirs."""
    wax, jar = make_item(session, code="WAX"), make_item(session, code="JAR")
    wax_lot = make_lot(
        session, item=wax, quantity=2000 * PIECE, code="W1", unit_cost_micros=12_345
    )
    jar_lot = make_lot(
        session, item=jar, quantity=12 * PIECE, code="J1", unit_cost_micros=450_000
    )
    run = make_run(
        session,
        item=candle,
        uses={wax: 1800 * PIECE, jar: 10 * PIECE},
        made_for={owner: quantity for owner, quantity in (made_for or {}).items()},
    )
    wax_need, jar_need = need_of(session, run, wax), need_of(session, run, jar)
    hold(session, wax_lot, owner=wax_need, quantity=1800 * PIECE)
    hold(session, jar_lot, owner=jar_need, quantity=10 * PIECE)
    return Candles(
        run=run,
        candle=candle,
        wax=wax,
        jar=jar,
        wax_lot=wax_lot,
        jar_lot=jar_lot,
        wax_need=wax_need,
        jar_need=jar_need,
    )
