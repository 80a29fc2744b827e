"""What may happen next in the simulated workshop: buyers, the shop's post, workers and people."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.stock.lot_states import LotState
from hub.flow.intake import accept, backfill
from hub.flow.making import produce
from hub.flow.meaning import map_lines
from hub.flow.orders import change
from hub.flow.shipping import ship
from hub.flow.stock import stock
from hub.models.records.listings import Listing
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot, Reservation
from hub.ports import Ports
from mapping.bundle import Component
from mapping.effects import Tracking
from tests.factories import PIECE
from tests.simulation.goods_acts import (
    a_lot_is_called_back,
    a_maker_erred,
    goods_arrive,
    goods_come_back,
    somebody_buys_materials,
)
from tests.simulation.shop import Envelope, Piece
from tests.simulation.world import START, WHO, World, press
from workers.jobs import JOBS

SKUS = ("CANDLE", "SOAP", "CANDLE-X6", "STRANGE")


def a_buyer_orders(world: World) -> None:
    """Place an order of one to three lines."""
    lines = [
        Piece(sku=sku, ordered=world.random.randint(1, 4))
        for sku in world.random.choices(
            SKUS, [6, 4, 1, 1], k=world.random.choice([1, 1, 2, 3])
        )
    ]
    world.shop.place(lines, is_paid=world.random.random() < 0.9)


def a_buyer_changes(world: World) -> None:
    """Pay, edit, cancel or delete an order that is still alive at the shop."""
    alive = [
        (order_id, order)
        for order_id, order in world.shop.orders.items()
        if order.cancelled_at is None
    ]
    if not alive:
        return
    order_id, order = world.random.choice(alive)
    what = world.random.choice(["pay", "less", "less", "more", "add", "cancel", "touch"])
    line = world.random.choice(order.lines)
    if what == "pay":
        order.is_paid = True
        world.shop.change(order_id, "orders/paid")
    elif what == "less":
        line.cancelled = world.random.randint(line.cancelled, line.ordered)
        world.shop.change(order_id, "orders/edited")
    elif what == "more":
        line.ordered += 1
        world.shop.change(order_id, "orders/edited")
    elif what == "add":
        order.lines.append(Piece(sku=world.random.choice(SKUS), ordered=1))
        world.shop.change(order_id, "orders/updated")
    elif what == "cancel":
        order.cancelled_at = world.clock.at
        world.shop.change(order_id, "orders/cancelled")
    else:
        world.shop.change(order_id, "orders/edited")


def post_arrives(world: World) -> None:
    """Deliver what is due, in any order; what is not taken comes again later."""
    world.pass_time(timedelta(seconds=world.random.choice([0, 1, 20])))
    due = [
        each
        for each in world.shop.envelopes
        if not each.taken and each.due_at <= world.clock.at
    ]
    world.random.shuffle(due)
    for envelope in due:
        world.run(partial(_deliver, world, envelope))
        if not envelope.taken:
            envelope.due_at = world.clock.at + timedelta(seconds=30)


def _deliver(world: World, envelope: Envelope, ports: Ports) -> None:
    """Be the webhook door: written and committed before it counts as taken."""
    ports.database.run(
        lambda session: accept.accept(
            session,
            account_id=world.company.account_id,
            topic=envelope.topic,
            message_id=envelope.message_id,
            body=envelope.body,
            headers={},
            source="webhook",
            now=ports.clock.now(),
        )
    )
    envelope.taken = True
    world.accepted.append((envelope.topic, envelope.message_id))


def a_worker_works(world: World) -> None:
    """Run one of the jobs."""
    world.run(
        JOBS[
            world.random.choice(["read_messages", "plan", "push", "poll", "sweep", "sweep"])
        ]
    )


def time_passes(world: World) -> None:
    """Wait a little, or for hours."""
    world.pass_time(timedelta(seconds=world.random.choice([10, 30, 130, 700, 4000])))


def a_maker_makes(world: World) -> None:
    """Release, start, complete, finish or cancel some run; press twice now and then."""
    with world.eyes.reading() as session:
        query = select(ProductionOrder.id, ProductionOrder.state, ProductionOrder.planned)
        runs = session.execute(
            query.where(ProductionOrder.state.not_in(("done", "cancelled")))
        ).all()
    if not runs:
        return
    running = [run for run in runs if run.state == "running"]
    run = world.random.choice(running if running and world.random.random() < 0.5 else runs)
    presses = world.random.choice([1, 1, 1, 2])
    for _ in range(presses):
        press(world, _run_button(world, run.id, run.state, run.planned))


def _run_button(
    world: World, run_id: int, state: str, planned: int
) -> Callable[[Session], object]:
    now = world.clock.now
    if world.random.random() < 0.06:
        return lambda session: produce.cancel(
            session, production_order_id=run_id, reason="spilt", who=WHO, now=now()
        )
    if state == "running":
        if world.random.random() < 0.4:
            return lambda session: produce.complete(
                session,
                production_order_id=run_id,
                produced=planned // 2,
                who=WHO,
                now=now(),
            )
        share = world.random.choice([None, None, None, 75, 125])
        produced = None if share is None else planned * share // 100
        return lambda session: produce.finish(
            session, production_order_id=run_id, produced=produced, who=WHO, now=now()
        )
    if state == "planned" and world.random.random() < 0.3:
        return lambda session: produce.release(
            session, production_order_id=run_id, who=WHO, now=now()
        )
    return lambda session: produce.start(
        session, production_order_id=run_id, who=WHO, now=now()
    )


def a_packer_ships(world: World) -> None:
    """Ship what is ready of some order, all or one piece; press the button twice now and then."""
    with world.eyes.reading() as session:
        held = (
            select(OrderLine.order_id, OrderLine.id)
            .join(Demand, Demand.order_line_id == OrderLine.id)
            .join(Reservation, Reservation.demand_id == Demand.id)
        )
        ready = session.execute(held.distinct().order_by(OrderLine.id)).all()
    if not ready:
        return
    order_id, line_id = world.random.choice(ready)
    lines = {line_id: 1} if world.random.random() < 0.4 else None
    world.parcels += 1
    tracking = Tracking(carrier="Correos", number=f"PQ{world.parcels:06d}")
    for _ in range(world.random.choice([1, 1, 1, 2])):
        press(
            world,
            lambda session: ship.ship(
                session,
                order_id=order_id,
                lines=lines,
                tracking=tracking,
                notify=True,
                who=WHO,
                now=world.clock.at,
            ),
        )
    if world.random.random() < 0.7:
        world.run(JOBS["push"])


def a_lot_is_doubted(world: World) -> None:
    """Put a lot aside, or let it go again."""
    with world.eyes.reading() as session:
        lots = session.execute(select(Lot.id, Lot.state)).all()
    lot = world.random.choice(lots)
    new = LotState.QUARANTINED if lot.state == "available" else LotState.AVAILABLE
    press(
        world,
        lambda session: stock.set_lot_state(
            session,
            lot_id=lot.id,
            state=new,
            reason="smells odd",
            who=WHO,
            now=world.clock.at,
        ),
    )


def a_lot_is_counted(world: World) -> None:
    """Find a little less or more in a lot than the books say."""
    with world.eyes.reading() as session:
        lots = session.scalars(select(Lot.id)).all()
    lot_id, delta = (
        world.random.choice(lots),
        world.random.choice([-PIECE, PIECE, -40 * PIECE]),
    )
    press(
        world,
        lambda session: stock.adjust(
            session,
            lot_id=lot_id,
            delta=delta,
            reason="counted",
            who=WHO,
            now=world.clock.at,
        ),
    )


def somebody_maps(world: World) -> None:
    """Say what an unmapped listing means: the pack is six candles, the strange thing is a soap."""
    with world.eyes.reading() as session:
        waiting = session.execute(
            select(Listing.id, Listing.sku).where(Listing.state == "unmapped")
        ).all()
    if not waiting:
        return
    listing = world.random.choice(waiting)
    what = ("CANDLE", 6) if listing.sku == "CANDLE-X6" else ("SOAP", 1)
    parts = (Component(item_id=world.company.items[what[0]], quantity=what[1] * PIECE),)
    press(
        world,
        lambda session: map_lines.save_mapping(
            session, listing_id=listing.id, components=parts, who=WHO, now=world.clock.at
        ),
    )


def somebody_holds(world: World) -> None:
    """Hold an order, let it go again, or cancel it from here."""
    with world.eyes.reading() as session:
        orders = session.execute(select(SalesOrder.id, SalesOrder.intent)).all()
    if not orders:
        return
    order = world.random.choice(orders)
    step = change.release_order if order.intent == "on_hold" else change.hold_order
    if world.random.random() < 0.2:
        step = change.cancel_order
    press(
        world,
        lambda session: step(
            session, order_id=order.id, reason="asked for", who=WHO, now=world.clock.at
        ),
    )


def somebody_wants_old_orders(world: World) -> None:
    """Ask for everything that was ordered since the shop was connected."""
    press(
        world,
        lambda session: backfill.start(
            session,
            account_id=world.company.account_id,
            since=START - timedelta(days=1),
            channels=world.ports.channels,
            who=WHO,
            now=world.clock.at,
        ),
    )


ACTS: tuple[tuple[int, Callable[[World], None]], ...] = (
    (5, a_buyer_orders),
    (3, a_buyer_changes),
    (7, post_arrives),
    (14, a_worker_works),
    (4, time_passes),
    (15, a_maker_makes),
    (10, a_packer_ships),
    (3, goods_arrive),
    (2, somebody_buys_materials),
    (2, goods_come_back),
    (3, a_maker_erred),
    (1, a_lot_is_doubted),
    (1, a_lot_is_counted),
    (1, a_lot_is_called_back),
    (3, somebody_maps),
    (1, somebody_holds),
    (1, somebody_wants_old_orders),
)
