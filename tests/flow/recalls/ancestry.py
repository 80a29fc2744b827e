"""Lots, runs and parcels tied together by hand, as a workshop's ledger would have them."""

from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.domain.stock.trace import MoveKind
from hub.flow.stock import ledger
from hub.models.records.channels import ChannelAccount
from hub.models.records.completions import Completion
from hub.models.records.decisions import Decision
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, LotBalance, StockMove
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import WHO, demand_of, line_of, make_run

PLENTY = 1_000_000 * PIECE


@dataclass
class Workshop:
    """A workshop whose past can be written down."""

    session: Session
    account: ChannelAccount
    items: dict[str, Item] = field(default_factory=dict)

    def item(self, code: str) -> Item:
        """Return an item, adding it the first time."""
        if code not in self.items:
            self.items[code] = make_item(self.session, code=code)
        return self.items[code]

    def bought(self, code: str, *, supplier_lot: str = "", lot: str | None = None) -> Lot:
        """Receive plenty of something."""
        made = make_lot(self.session, item=self.item(code), quantity=PLENTY, code=lot)
        made.supplier_lot = supplier_lot
        self.session.flush()
        return made

    def run(self, code: str) -> ProductionOrder:
        """Plan a run."""
        return make_run(self.session, item=self.item(code), uses={})

    def completion(self, run: ProductionOrder) -> Completion:
        """Complete a part of a run."""
        before = select(func.count()).where(Completion.production_order_id == run.id)
        done = Completion(
            production_order_id=run.id,
            number=1 + (self.session.scalar(before) or 0),
            produced=1,
            at=NOW,
            who=WHO,
        )
        self.session.add(done)
        self.session.flush()
        return done

    def use(
        self, lot: Lot, into: ProductionOrder | Completion, *, pieces: int = 5
    ) -> StockMove:
        """Take something out of a lot for a run, as its old or its new moves say it."""
        return self._move(lot, -pieces * PIECE, kind=MoveKind.CONSUMED, ref=into)

    def make(self, out_of: ProductionOrder | Completion, *, pieces: int = 10) -> Lot:
        """Make a new lot in a run."""
        run_id = (
            out_of.id if isinstance(out_of, ProductionOrder) else out_of.production_order_id
        )
        item_id = self.session.get_one(ProductionOrder, run_id).item_id
        count = self.session.scalar(select(func.count()).select_from(Lot))
        lot_id = ledger.open_lot(
            self.session, item_id=item_id, code=f"L{count}", best_before=None, now=NOW
        )
        lot = self.session.get_one(Lot, lot_id)
        self._move(lot, pieces * PIECE, kind=MoveKind.PRODUCED, ref=out_of)
        return lot

    def made_of(self, code: str, *lots: Lot, pieces: int = 10) -> Lot:
        """Make a new lot of others in a run of its own."""
        run = self.run(code)
        for lot in lots:
            self.use(lot, run)
        return self.make(run, pieces=pieces)

    def take_back(self, move: StockMove) -> None:
        """Undo a move by its mirror."""
        self.session.add(
            StockMove(
                lot_id=move.lot_id,
                item_id=move.item_id,
                quantity=-move.quantity,
                kind=move.kind,
                ref_type="undone",
                ref_id=str(move.id),
                reverses_id=move.id,
                at=NOW,
                who=WHO,
            )
        )
        self._balance(move.lot_id, -move.quantity)

    def order(self, *codes: str) -> SalesOrder:
        """Write an order for two pieces of each."""
        lines = {self.item(code): 2 for code in codes}
        return make_order(self.session, account=self.account, lines=lines)

    def send(self, order: SalesOrder, *lots: Lot, state: str = "shipped") -> Shipment:
        """Send two pieces of each lot in one parcel."""
        count = self.session.scalar(select(func.count()).select_from(Shipment)) or 0
        parcel = Shipment(
            number=f"S-{count + 1:04d}",
            order_id=order.id,
            state=state,
            carrier="Correos",
            tracking_number=f"PK{count + 1}",
            created_at=NOW,
        )
        self.session.add(parcel)
        self.session.flush()
        for lot in lots:
            item = self.session.get_one(Item, lot.item_id)
            line, demand = (
                line_of(self.session, order, item),
                demand_of(self.session, order, item),
            )
            sent = ShipmentLine(shipment_id=parcel.id, order_line_id=line.id, quantity=2)
            self.session.add(sent)
            self.session.flush()
            self.session.add(
                ShipmentPick(
                    shipment_line_id=sent.id,
                    demand_id=demand.id,
                    lot_id=lot.id,
                    quantity=2 * PIECE,
                )
            )
            line.shipped, demand.shipped = 2, 2 * PIECE
            self._move(lot, -2 * PIECE, kind=MoveKind.SHIPPED, ref=parcel)
        return parcel

    def send_by_hand(self, order: SalesOrder, lot: Lot) -> StockMove:
        """Take two pieces out that their shop says somebody sent by hand."""
        item = self.session.get_one(Item, lot.item_id)
        decision = Decision(
            order_id=order.id,
            order_line_id=line_of(self.session, order, item).id,
            item_id=item.id,
            change="sent_elsewhere",
            stage="packed",
            decision="take_out",
            quantity=2 * PIECE,
            at=NOW,
        )
        self.session.add(decision)
        self.session.flush()
        return self._move(lot, -2 * PIECE, kind=MoveKind.ADJUSTED, ref=decision)

    def come_back(self, parcel: Shipment, lot: Lot, *, pieces: int = 1) -> None:
        """Put what a buyer sent back into a lot."""
        self._move(lot, pieces * PIECE, kind=MoveKind.RETURNED, ref=parcel)

    def _move(
        self,
        lot: Lot,
        quantity: int,
        *,
        kind: MoveKind,
        ref: ProductionOrder | Completion | Shipment | Decision,
    ) -> StockMove:
        ledger.move(
            self.session,
            lot_id=lot.id,
            quantity=quantity,
            kind=kind,
            ref_type=ref.__tablename__,
            ref_id=ref.id,
            who=WHO,
            now=NOW,
        )
        moved = select(StockMove).order_by(StockMove.id.desc()).limit(1)
        return self.session.scalars(moved).one()

    def _balance(self, lot_id: int, quantity: int) -> None:
        self.session.execute(
            update(LotBalance)
            .where(LotBalance.lot_id == lot_id)
            .values(on_hand=LotBalance.on_hand + quantity)
        )
        self.session.flush()


def make_workshop(session: Session, *, channel: str = "shopify") -> Workshop:
    """Make a workshop with a past still to be written."""
    return Workshop(session, make_account(session, channel=channel))
