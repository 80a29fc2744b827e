"""How long a recall takes among 1,000, 10,000 and 100,000 moves of stock: traced, started, shown.

`make bench` runs it. A run takes oil and a box lot, and its soap goes to seventeen buyers. One lot
of boxes went into all there is: that is traced whole. A lot of oil lasts for a tenth of the runs:
that is called back, rehearsed and in earnest, and shown with all its buyers. Beside it stands what
a recall costs that reaches one run. The growth is what ten times the moves cost.
"""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from hub.domain.stock.trace import Direction, Node, NodeKind, walk
from hub.flow.recalls.recall import start_recall
from hub.models.recalls.recall_views import recall_page
from hub.models.recalls.trace_edges import trace_edges
from hub.models.records.base import Record
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item, Recipe
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, LotBalance, StockMove
from hub.models.session import Database
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_recipe

T = TypeVar("T")
SIZES = (1_000, 10_000, 100_000)
PER_RUN = 20
BUYERS = PER_RUN - 3
"""Moves of one run: three to make its lot, the others send it away."""
OILS = 10
AT_ONCE = 5_000


@dataclass
class Rows:
    """Rows to be written, by table, with ids given here."""

    by_table: dict[type[Record], list[dict[str, object]]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: count(1_000_000))

    def add(self, record: type[Record], **values: object) -> int:
        """Add a row and give its id."""
        row_id = next(self.ids)
        self.by_table.setdefault(record, []).append({"id": row_id, **values})
        return row_id

    def write(self, session: Session) -> None:
        """Write all of them."""
        for record, rows in self.by_table.items():
            for start in range(0, len(rows), AT_ONCE):
                session.execute(insert(record), rows[start : start + AT_ONCE])


@dataclass(frozen=True)
class Ground:
    """What every row hangs on."""

    account: ChannelAccount
    soap: Item
    boxes: Lot
    oils: list[Lot]
    last_oil: Lot
    recipe: Recipe


def a_ground(session: Session) -> Ground:
    """Write a shop, soap, and what it is made of."""
    box = make_item(session, code="BOX")
    oil, soap = make_item(session, code="OIL"), make_item(session, code="SOAP")
    return Ground(
        account=make_account(session),
        soap=soap,
        boxes=make_lot(session, item=box, quantity=10**12),
        oils=[make_lot(session, item=oil, quantity=10**12) for _ in range(OILS)],
        last_oil=make_lot(session, item=oil, quantity=10**12),
        recipe=make_recipe(session, item=soap, uses={oil: PIECE}),
    )


def a_past(session: Session, ground: Ground, *, moves: int) -> None:
    """Write so many moves."""
    rows, runs = Rows(), moves // PER_RUN
    for each in range(runs):
        oil = ground.last_oil if each == runs - 1 else ground.oils[each * OILS // runs]
        _run(rows, ground, oil=oil, name=str(each))
    rows.write(session)


def _run(rows: Rows, ground: Ground, *, oil: Lot, name: str) -> None:
    run = rows.add(
        ProductionOrder,
        number=f"P-{name}",
        item_id=ground.soap.id,
        recipe_id=ground.recipe.id,
        recipe={},
        state="done",
        batches=1,
        planned=100 * PIECE,
        produced=100 * PIECE,
        created_at=NOW,
    )
    lot = rows.add(Lot, item_id=ground.soap.id, code=f"S-{name}", received_at=NOW)
    left = 100 - BUYERS
    rows.add(
        LotBalance, lot_id=lot, item_id=ground.soap.id, on_hand=left * PIECE, reserved=0
    )
    for used in (oil, ground.boxes):
        _move(rows, used.id, used.item_id, -PIECE, "consumed", "production_order", run)
    _move(rows, lot, ground.soap.id, 100 * PIECE, "produced", "production_order", run)
    for sold in range(BUYERS):
        _parcel(rows, ground, lot=lot, name=f"{name}-{sold}")


def _parcel(rows: Rows, ground: Ground, *, lot: int, name: str) -> None:
    buyer = rows.add(
        Customer, account_id=ground.account.id, name="Maria Ruiz", email="m@example.com"
    )
    order = rows.add(
        SalesOrder,
        account_id=ground.account.id,
        number=f"H-{name}",
        external_id=name,
        remote_updated_at=NOW,
        content_hash=name,
        placed_at=NOW,
        payment="paid",
        release="ready",
        customer_id=buyer,
        phase="shipped",
        created_at=NOW,
        updated_at=NOW,
    )
    line = rows.add(
        OrderLine,
        order_id=order,
        external_id=name,
        position=1,
        kind="product",
        title="Olive soap",
        ordered=1,
        shipped=1,
        state="mapped",
    )
    demand = rows.add(
        Demand,
        order_line_id=line,
        item_id=ground.soap.id,
        per_piece=PIECE,
        quantity=PIECE,
        shipped=PIECE,
    )
    parcel = rows.add(
        Shipment,
        number=f"S-{name}",
        order_id=order,
        state="shipped",
        tracking_number=name,
        created_at=NOW,
    )
    sent = rows.add(ShipmentLine, shipment_id=parcel, order_line_id=line, quantity=1)
    rows.add(
        ShipmentPick,
        shipment_line_id=sent,
        demand_id=demand,
        lot_id=lot,
        quantity=PIECE,
    )
    _move(rows, lot, ground.soap.id, -PIECE, "shipped", "shipment", parcel)


def _move(
    rows: Rows, lot: int, item: int, quantity: int, kind: str, ref_type: str, ref: int
) -> None:
    rows.add(
        StockMove,
        lot_id=lot,
        item_id=item,
        quantity=quantity,
        kind=kind,
        ref_type=ref_type,
        ref_id=str(ref),
        at=NOW,
        who="user:1",
    )


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Do something, and say how many seconds of this process's own work it took.

    The database's work is in it on SQLite and not on PostgreSQL, whose server is another process;
    on a machine that does other things too, the wall says less.
    """
    gc.collect()
    began = time.process_time()
    done = work()
    return done, time.process_time() - began


def measure(database: Database, *, moves: int) -> dict[str, float]:
    """Write a past of so many moves, call back some oil, and say what each part took."""
    with Session(database.engine, expire_on_commit=False) as session:
        ground = a_ground(session)
        a_past(session, ground, moves=moves)
        session.expunge_all()
        start = Node(kind=NodeKind.LOT, id=ground.boxes.id)
        edges, reading = timed(lambda: trace_edges(session, lot_ids=[ground.boxes.id]))
        graph, walking = timed(
            lambda: walk(edges, start=start, direction=Direction.FORWARD)
        )
        assert len(graph.lots) == 1 + moves // PER_RUN
        edges.clear()
        spent = {"traced": reading + walking}
        for name, lot, is_drill in (
            ("drill", ground.oils[0], True),
            ("little", ground.last_oil, True),
            ("recall", ground.oils[0], False),
        ):
            recall_id, spent[name] = timed(
                lambda lot=lot, is_drill=is_drill: start_recall(  # type: ignore[misc]
                    session,
                    lot_id=lot.id,
                    reason="mould",
                    is_drill=is_drill,
                    who="user:1",
                    now=NOW,
                )
            )
            session.flush()
            session.expunge_all()
            page, shown = timed(
                lambda recall_id=recall_id: recall_page(session, recall_id=recall_id)  # type: ignore[misc]
            )
            if name == "drill":
                spent["shown"] = shown
                assert len(page.orders) == moves // PER_RUN // OILS * BUYERS
        session.rollback()
    return spent


def test_a_recall_among_a_hundred_thousand_moves(database: Database) -> None:
    engine = "sqlite" if database.is_sqlite else "postgres"
    print(
        f"\n\nrecall, {engine}: seconds of its own work; x is what ten times the moves cost"
    )
    names = ("traced", "drill", "shown", "recall", "little")
    print(f"{'moves':>8} " + " ".join(f"{name:>8} {'x':>5}" for name in names))
    before: dict[str, float] = {}
    for moves in SIZES:
        spent = measure(database, moves=moves)
        growth = {
            name: f"{spent[name] / before[name]:.1f}" if before else "" for name in names
        }
        print(
            f"{moves:>8} "
            + " ".join(f"{spent[name]:>8.3f} {growth[name]:>5}" for name in names)
        )
        before = spent
