"""The page of one lot: how it stands, where it came from and went, and what may be done to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, abort
from sqlalchemy.orm import Session

from hub.domain.counting import CountReason
from hub.domain.scrap import ScrapReason
from hub.domain.trace import Direction, Graph, Node, NodeKind, walk
from hub.models.by_id import by_id
from hub.models.items import Item
from hub.models.ledger_views import find_moves, taken_back
from hub.models.lot_views import lot_rows
from hub.models.newest import Newest, Window
from hub.models.orders import SalesOrder
from hub.models.recall_queries import balances_of, holders_by_lot, same_supplier_lot
from hub.models.stock import Lot, StockMove
from hub.models.trace_edges import NodeNames, node_names, orders_holding, trace_edges
from hub.web.page_door import PageDoor, Routes, Trouble, asked_id, show
from hub.web.pictures.lineage import LineagePicture, lineage_picture

MOVES = 30
LISTED = 200
"""So many of each way are named below the picture; a recall has the whole list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What went into a lot and what came of it."""

    back: Sequence[Node]
    ahead: Sequence[Node]
    more: int
    """How many more there are than are listed."""
    names: NodeNames
    items: dict[int, Item]
    holding: dict[int, SalesOrder]
    picture: LineagePicture


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLedger:
    """One page of a lot's moves, and which of them were taken back."""

    found: Newest[StockMove]
    back: set[int]


def show_trace(door: PageDoor, lot_id: int) -> Response:
    """Show one lot: what it holds, what went into it, what came of it, how its mass adds up."""
    return lot_page(door, lot_id)


def lot_page(door: PageDoor, lot_id: int, *, trouble: Trouble | None = None) -> Response:
    """Write the page of a lot, with what could not be done."""
    with door.reading() as session:
        lot = session.get(Lot, lot_id) or abort(404)
        [row] = lot_rows(session, lots=[lot])
        traced = _traced(session, lot_id)
        return show(
            "stock/lot.html",
            lot=lot,
            row=row,
            item=row.item,
            today=door.today(),
            traced=traced,
            bought=list(traced.names.purchases.values()) if row.run is None else [],
            balance=balances_of(session, lot_ids=[lot_id])[lot_id],
            holders=holders_by_lot(session, lot_ids=[lot_id]).get(lot_id, []),
            twins=same_supplier_lot(session, lot=lot),
            ledger=_ledger(session, lot_id),
            scrap_reasons=list(ScrapReason),
            count_reasons=list(CountReason),
            trouble=trouble,
        )


def _traced(session: Session, lot_id: int) -> Traced:
    start = Node(kind=NodeKind.LOT, id=lot_id)
    edges = trace_edges(session, lot_ids=[lot_id], direction=Direction.FULL)
    back = walk(edges, start=start, direction=Direction.BACKWARD)
    ahead = walk(edges, start=start, direction=Direction.FORWARD)
    names = node_names(session, nodes=[*back.nodes, *ahead.nodes])
    used = {each.item_id for each in names.lots.values()}
    used |= {each.item_id for each in names.runs.values()}
    items = by_id(session, Item, ids=used)
    return Traced(
        back=_beyond(back)[:LISTED],
        ahead=_beyond(ahead)[:LISTED],
        more=sum(max(0, len(way.nodes) - 1 - LISTED) for way in (back, ahead)),
        names=names,
        items=items,
        holding=orders_holding(session, lot_ids=ahead.lots),
        picture=lineage_picture(
            [*back.edges, *ahead.edges], start=start, names=names, items=items
        ),
    )


def _beyond(graph: Graph) -> list[Node]:
    """Leave out where the walk began."""
    return list(graph.nodes[1:])


def _ledger(session: Session, lot_id: int) -> LotLedger:
    window = Window(MOVES, asked_id("after"))
    found = find_moves(session, lot_id=lot_id, window=window)
    return LotLedger(
        found=found,
        back=taken_back(session, move_ids=[move.id for move in found.rows]),
    )


ROUTES: Routes = (("GET", "/lots/<id:lot_id>", show_trace),)
