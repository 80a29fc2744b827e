"""The page of one lot: how it stands, where it came from and went, and what may be done to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, abort
from sqlalchemy.orm import Session

from hub.domain.making.scrap import ScrapReason
from hub.domain.stock.counting import CountReason
from hub.domain.stock.trace import Direction, Node, NodeKind, walk
from hub.models.by_id import by_id
from hub.models.newest import Window
from hub.models.recalls.recall_queries import balances_of, holders_by_lot, same_supplier_lot
from hub.models.recalls.trace_edges import NodeNames, node_names, trace_edges
from hub.models.recalls.trace_held import ids_of_holding, stopped_lots
from hub.models.records.items import Item
from hub.models.records.stock import Lot
from hub.models.stock.ledger_views import find_moves
from hub.models.stock.lot_views import lot_rows
from hub.web.page_door import PageDoor, Routes, Trouble, asked_id, show
from hub.web.pictures.lineage import LineagePicture, lay_out, lineage_picture
from hub.web.stock.ledger import Ledger, ledger_of

MOVES = 30
LISTED = 50
"""So many of each way are named below the picture, and as many on each page further."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a trace came to; an order may also only have some of it reserved."""

    node: Node
    is_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A page of all that lies one way of a lot, the nearest first."""

    rows: Sequence[Reached]
    total: int
    page: int

    @property
    def more(self) -> int:
        """How many come after this page."""
        return max(0, self.total - (self.page + 1) * LISTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What went into a lot and what came of it."""

    back: Way
    ahead: Way
    names: NodeNames
    items: dict[int, Item]
    picture: LineagePicture

    @property
    def is_turned(self) -> bool:
        """Whether somebody reads on in the lists."""
        return bool(self.back.page or self.ahead.page)


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
    """Walk the whole trace, and name only what is shown of it: there may be thousands."""
    start = Node(kind=NodeKind.LOT, id=lot_id)
    edges = trace_edges(session, lot_ids=[lot_id], direction=Direction.FULL)
    back = walk(edges, start=start, direction=Direction.BACKWARD)
    ahead = walk(edges, start=start, direction=Direction.FORWARD)
    held = ids_of_holding(session, lot_ids=ahead.lots)
    behind = [Reached(each) for each in back.nodes[1:]]
    before = [Reached(each) for each in ahead.nodes[1:]]
    before += [Reached(_order(each), is_held=True) for each in sorted(held)]
    ways = _page(behind, asked="back"), _page(before, asked="ahead")
    stopped = stopped_lots(session, lot_ids={*back.lots, *ahead.lots})
    lineage = lay_out(
        [*back.edges, *ahead.edges],
        start=start,
        stopped={Node(kind=NodeKind.LOT, id=each) for each in stopped},
    )
    shown = {*lineage.drawn, *back.nodes[1 : LISTED + 1]}
    shown |= {each.node for way in ways for each in way.rows}
    names = node_names(session, nodes=shown)
    used = {each.item_id for each in names.lots.values()}
    used |= {each.item_id for each in names.runs.values()}
    items = by_id(session, Item, ids=used)
    return Traced(
        back=ways[0],
        ahead=ways[1],
        names=names,
        items=items,
        picture=lineage_picture(lineage, names=names, items=items),
    )


def _order(order_id: int) -> Node:
    return Node(kind=NodeKind.ORDER, id=order_id)


def _page(every: Sequence[Reached], *, asked: str) -> Way:
    """Take the page that the address asks for; beyond the last there is the last."""
    page = min(asked_id(asked) or 0, max(0, len(every) - 1) // LISTED)
    rows = every[page * LISTED : (page + 1) * LISTED]
    return Way(rows=rows, total=len(every), page=page)


def _ledger(session: Session, lot_id: int) -> Ledger:
    window = Window(MOVES, asked_id("after"))
    return ledger_of(session, find_moves(session, lot_id=lot_id, window=window))


ROUTES: Routes = (("GET", "/lots/<id:lot_id>", show_trace),)
