"""What may happen to goods in the simulated workshop: bought, sent back, called back, undone."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.purchasing import purchase, purchase_draft, purchase_receive
from hub.flow.recalls.recall import close_recall, start_recall
from hub.flow.shipping.take_back import Back, Fate, take_back
from hub.flow.stock import stock
from hub.flow.undoing import undo_run
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder
from hub.models.records.recalls import Recall
from hub.models.records.shipping import ShipmentLine
from hub.models.records.stock import Lot
from tests.factories import PIECE
from tests.simulation.world import WHO, World, press


def somebody_buys_materials(world: World) -> None:
    """Order what is suggested, or wax; or expect no more of an order, or call it off."""
    with world.eyes.reading() as session:
        on_its_way = select(PurchaseOrder.id).where(PurchaseOrder.state == "ordered")
        orders = session.scalars(on_its_way.order_by(PurchaseOrder.id)).all()
    if not orders or world.random.random() < 0.6:
        press(world, partial(_order, world))
        return
    now = world.clock.at
    change = world.random.choice([purchase.close, purchase.cancel])
    press(
        world,
        partial(change, purchase_order_id=world.random.choice(orders), who=WHO, now=now),
    )


def _order(world: World, session: Session) -> None:
    """Draft and place in one go."""
    now, supplier_id = world.clock.at, world.company.supplier_id
    if world.random.random() < 0.5:
        wax = purchase_draft.Wanted(
            item_id=world.company.items["WAX"], quantity=800 * PIECE
        )
        order_id = purchase_draft.draft(
            session, supplier_id=supplier_id, lines=[wax], who=WHO, now=now
        )
    else:
        order_id = purchase_draft.draft_suggested(
            session, supplier_id=supplier_id, today=now.date(), who=WHO, now=now
        )
    purchase.place(session, purchase_order_id=order_id, today=now.date(), who=WHO, now=now)


def goods_arrive(world: World) -> None:
    """Receive what was ordered, half or all of it, twice now and then; or what was not."""
    with world.eyes.reading() as session:
        lines = session.execute(
            select(
                PurchaseLine.purchase_order_id, PurchaseLine.item_id, PurchaseLine.quantity,
                PurchaseLine.received,
            )
            .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
            .where(PurchaseOrder.state == "ordered")
            .order_by(PurchaseLine.id)
        ).all()  # fmt: skip
    if not lines:
        item_id = world.company.items[world.random.choice(("WAX", "LYE"))]
        press(
            world,
            lambda session: stock.receive(
                session,
                item_id=item_id,
                quantity=700 * PIECE,
                who=WHO,
                now=world.clock.at,
            ),
        )
        return
    line = world.random.choice(lines)
    half = purchase_receive.Arrived(
        item_id=line.item_id, quantity=max(1, line.quantity // 2), seen=line.received
    )
    came = world.random.choice([None, [half]])
    for _ in range(world.random.choice([1, 1, 1, 2])):
        press(
            world,
            lambda session: purchase_receive.receive(
                session,
                purchase_order_id=line.purchase_order_id,
                arrived=came,
                who=WHO,
                now=world.clock.at,
            ),
        )


def goods_come_back(world: World) -> None:
    """Take a piece of some parcel in again, twice now and then."""
    with world.eyes.reading() as session:
        query = select(ShipmentLine.shipment_id, ShipmentLine.order_line_id)
        sent = session.execute(query.order_by(ShipmentLine.id)).all()
    if not sent:
        return
    line = world.random.choice(sent)
    back = Back(
        order_line_id=line.order_line_id, pieces=1, fate=world.random.choice(list(Fate))
    )
    for _ in range(world.random.choice([1, 1, 1, 2])):
        press(
            world,
            lambda session: take_back(
                session,
                shipment_id=line.shipment_id,
                lines=[back],
                reason="not as hoped",
                who=WHO,
                now=world.clock.at,
            ),
        )


def a_maker_erred(world: World) -> None:
    """Take the last step of some run back, twice now and then."""
    with world.eyes.reading() as session:
        query = select(ProductionOrder.id).where(
            ProductionOrder.state.in_(("running", "done"))
        )
        runs = session.scalars(query.order_by(ProductionOrder.id)).all()
    if not runs:
        return
    run_id = world.random.choice(runs)
    for _ in range(world.random.choice([1, 1, 1, 2])):
        press(
            world,
            lambda session: undo_run.undo(
                session,
                production_order_id=run_id,
                reason="wrong run",
                who=WHO,
                now=world.clock.at,
            ),
        )


def a_lot_is_called_back(world: World) -> None:
    """Call a lot back, or rehearse it; what is called back already is said to be done."""
    with world.eyes.reading() as session:
        lots = session.scalars(select(Lot.id).order_by(Lot.id)).all()
        open_ones = select(Recall.id).where(Recall.state == "open")
        recalls = session.scalars(open_ones.order_by(Recall.id)).all()
    if recalls:
        recall_id = world.random.choice(recalls)
        press(
            world,
            lambda session: close_recall(
                session, recall_id=recall_id, lets_go=True, who=WHO, now=world.clock.at
            ),
        )
        return
    lot_id, is_drill = world.random.choice(lots), world.random.random() < 0.5
    press(
        world,
        lambda session: start_recall(
            session,
            lot_id=lot_id,
            reason="glass in it",
            is_drill=is_drill,
            who=WHO,
            now=world.clock.at,
        ),
    )
