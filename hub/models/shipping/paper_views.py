"""What is printed: the goods of a parcel by lot, and what to pick for orders and for runs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.making.run_sources import makers_of_needs
from hub.models.making.run_views import RunRow, run_rows
from hub.models.planning.habits import THE_ONE
from hub.models.planning.held import Held, held_by_demands, held_by_needs
from hub.models.purchasing.purchase_covers import Covered, covered_runs
from hub.models.records.items import Item, WorkCentre
from hub.models.records.orders import Address, Customer, Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, LotBalance
from hub.models.records.workshop import Workshop

MOST_ORDERS = 50
"""So many orders are printed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPart:
    """So much of a lot; thousandths of the item's unit."""

    code: str
    best_before: date | None
    quantity: int
    unit: str


@dataclass(slots=True, kw_only=True)
class SlipLine:
    """A line of a parcel, in pieces, with the lots they are of."""

    line: OrderLine
    pieces: int
    lots: list[LotPart] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What lies in a parcel beside the goods. It names no price."""

    order: SalesOrder
    customer: Customer | None
    ship_to: Address | None
    shipment: Shipment | None
    """The parcel, once it is packed; before, what would go into it now."""
    lines: Sequence[SlipLine]

    @property
    def locale(self) -> str:
        """The buyer's language, as their channel names it."""
        return self.customer.locale if self.customer else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """So much of a lot, for so many orders."""

    item: Item
    lot: Held
    quantity: int
    orders: Mapping[str, int]
    """What each order gets, by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickList:
    """What to fetch for orders: by item, in each the lot that expires first."""

    orders: Sequence[SalesOrder]
    picks: Sequence[Pick]
    missing: Mapping[str, Sequence[tuple[Item, int]]]
    """What is not in stock yet, by order; thousandths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """What goes with a run through the workshop."""

    row: RunRow
    picks: Mapping[int, Sequence[Held]]
    """Lots to pick, by item, the one that expires first foremost."""
    makers: Mapping[int, Sequence[ProductionOrder]]
    """Runs that make what this one needs, by item."""
    coming: Mapping[int, Sequence[Covered]]
    """What of it comes with purchases, by item."""
    centres: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What stands on a lot's label."""

    lot: Lot
    item: Item
    on_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseOnPaper:
    """How the workshop shows itself on paper, and the language it writes in by itself."""

    name: str = ""
    colour: str = ""
    logo: bytes | None = field(default=None, repr=False)
    locale: str = "en"


def slips(
    session: Session, *, order_ids: Collection[int], shipment_id: int | None = None
) -> list[Slip]:
    """Return the slips of orders, in the order asked for; ids that are none are left out.

    An order has the slip of what is to go into its next parcel, or once all of it left one for
    each parcel. A shipment asks for its own. Of what is cancelled nothing goes any more.
    """
    orders = by_id(session, SalesOrder, ids=set(order_ids))
    customers = by_id(
        session, Customer, ids={each.customer_id or 0 for each in orders.values()}
    )
    places = by_id(session, Address, ids={each.ship_to_id or 0 for each in orders.values()})
    ready = _to_pack(session, orders)
    packed = _packed(session, orders)
    found = []
    for order_id in dict.fromkeys(order_ids):
        if order_id not in orders:
            continue
        order = orders[order_id]
        contents = [
            (shipment, lines)
            for shipment, lines in packed.get(order_id, ())
            if shipment_id is None or shipment.id == shipment_id
        ]
        is_wanted = shipment_id is None and order.intent != "cancelled"
        if is_wanted and (open_lines := ready.get(order_id)):
            chosen: list[tuple[Shipment | None, list[SlipLine]]] = [(None, open_lines)]
        else:
            chosen = [*contents]
        found += [
            Slip(
                order=order,
                customer=customers.get(order.customer_id or 0),
                ship_to=places.get(order.ship_to_id or 0),
                shipment=shipment,
                lines=lines,
            )
            for shipment, lines in chosen
        ]
    return found


def orders_to_pick(session: Session) -> list[int]:
    """Return the orders that are ready to be packed, the first promised one first."""
    query = (
        select(SalesOrder.id)
        .where(SalesOrder.phase == "ready_to_ship")
        .order_by(SalesOrder.promised_on.is_(None), SalesOrder.promised_on, SalesOrder.id)
        .limit(MOST_ORDERS)
    )
    return list(session.scalars(query))


def pick_list(session: Session, *, order_ids: Collection[int]) -> PickList:
    """Return what to fetch for orders, whatever they still ask for."""
    orders = by_id(session, SalesOrder, ids=set(order_ids))
    demands = _open_demands(session, orders)
    of_order = {demand.id: orders[line.order_id].number for demand, line, _ in demands}
    items = {item.id: item for _, _, item in demands}
    lots: dict[int, list[Held]] = defaultdict(list)
    left = {demand.id: demand.quantity - demand.shipped for demand, _, _ in demands}
    for held in held_by_demands(session, demand_ids=set(of_order)):
        lots[held.lot_id].append(held)
        left[held.demand_id or 0] -= held.quantity
    picks = [_pick(several, items=items, of_order=of_order) for several in lots.values()]
    missing: dict[str, list[tuple[Item, int]]] = defaultdict(list)
    for demand, _, item in demands:
        if left[demand.id] > 0:
            missing[of_order[demand.id]].append((item, left[demand.id]))
    return PickList(
        orders=[orders[each] for each in dict.fromkeys(order_ids) if each in orders],
        picks=sorted(picks, key=_by_item_and_age),
        missing=missing,
    )


def traveller(session: Session, *, run_id: int) -> Traveller | None:
    """Return what goes with a run; None when there is none."""
    run = session.get(ProductionOrder, run_id)
    if run is None:
        return None
    [row] = run_rows(session, runs=[run])
    needs = select(ProductionNeed.id).where(ProductionNeed.production_order_id == run_id)
    picks: dict[int, list[Held]] = defaultdict(list)
    for held in held_by_needs(session, need_ids=set(session.scalars(needs))):
        picks[held.item_id].append(held)
    makers = makers_of_needs(session, run_ids=[run_id])
    coming = covered_runs(session, run_ids=[run_id])
    centres = session.execute(select(WorkCentre.id, WorkCentre.name)).all()
    return Traveller(
        row=row,
        picks={item_id: sorted(several, key=_age) for item_id, several in picks.items()},
        makers={item_id: several for (_, item_id), several in makers.items()},
        coming={item_id: several for (_, item_id), several in coming.items()},
        centres={centre_id: name for centre_id, name in centres},
    )


def labelled(session: Session, *, lot_id: int) -> Labelled | None:
    """Return what stands on a lot's label; None when there is no such lot."""
    query = (
        select(Lot, Item, LotBalance.on_hand)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(LotBalance, LotBalance.lot_id == Lot.id)
        .where(Lot.id == lot_id)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Labelled(lot=row[0], item=row[1], on_hand=row[2] or 0)


def house_on_paper(session: Session) -> HouseOnPaper:
    """Return how the workshop shows itself on paper; the defaults while it said nothing."""
    query = select(Workshop.name, Workshop.colour, Workshop.logo, Workshop.locale)
    row = session.execute(query.where(Workshop.id == THE_ONE)).one_or_none()
    if row is None:
        return HouseOnPaper()
    name, colour, logo, locale = row
    return HouseOnPaper(name=name, colour=colour, logo=logo, locale=locale)


def _open_demands(
    session: Session, orders: Collection[int]
) -> list[tuple[Demand, OrderLine, Item]]:
    query = (
        select(Demand, OrderLine, Item)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(Item, Item.id == Demand.item_id)
        .where(OrderLine.order_id.in_(orders), Demand.quantity > Demand.shipped)
        .order_by(OrderLine.order_id, OrderLine.position, Demand.id)
    )
    return [(demand, line, item) for demand, line, item in session.execute(query)]


def _to_pack(session: Session, orders: Collection[int]) -> dict[int, list[SlipLine]]:
    """Return what is still to be sent, with the lots held for it."""
    query = (
        select(OrderLine)
        .where(
            OrderLine.order_id.in_(orders), OrderLine.state.not_in(("service", "ignored"))
        )
        .order_by(OrderLine.position, OrderLine.id)
    )
    by_order: dict[int, list[SlipLine]] = defaultdict(list)
    by_line: dict[int, SlipLine] = {}
    for line in session.scalars(query):
        gone = line.cancelled + line.sent_elsewhere + line.shipped
        if line.ordered > gone:
            by_line[line.id] = SlipLine(line=line, pieces=line.ordered - gone)
            by_order[line.order_id].append(by_line[line.id])
    demands = {
        demand.id: (line, item) for demand, line, item in _open_demands(session, orders)
    }
    for held in held_by_demands(session, demand_ids=set(demands)):
        line, item = demands[held.demand_id or 0]
        if line.id in by_line:
            by_line[line.id].lots.append(
                LotPart(
                    code=held.lot_code,
                    best_before=held.best_before,
                    quantity=held.quantity,
                    unit=item.unit,
                )
            )
    return by_order


def _packed(
    session: Session, orders: Collection[int]
) -> dict[int, list[tuple[Shipment, list[SlipLine]]]]:
    query = (
        select(Shipment, ShipmentLine, OrderLine, ShipmentPick.quantity, Lot, Item.unit)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .outerjoin(ShipmentPick, ShipmentPick.shipment_line_id == ShipmentLine.id)
        .outerjoin(Lot, Lot.id == ShipmentPick.lot_id)
        .outerjoin(Item, Item.id == Lot.item_id)
        .where(Shipment.order_id.in_(orders), Shipment.state != "cancelled")
        .order_by(Shipment.id, OrderLine.position, OrderLine.id, ShipmentPick.id)
    )
    parcels: dict[int, tuple[Shipment, dict[int, SlipLine]]] = {}
    for shipment, sent, line, quantity, lot, unit in session.execute(query):
        _, lines = parcels.setdefault(shipment.id, (shipment, {}))
        shown = lines.setdefault(sent.id, SlipLine(line=line, pieces=sent.quantity))
        if lot is not None:
            shown.lots.append(
                LotPart(
                    code=lot.code, best_before=lot.best_before, quantity=quantity, unit=unit
                )
            )
    found: dict[int, list[tuple[Shipment, list[SlipLine]]]] = defaultdict(list)
    for shipment, lines in parcels.values():
        found[shipment.order_id].append((shipment, [*lines.values()]))
    return found


def _pick(
    several: Sequence[Held], *, items: Mapping[int, Item], of_order: Mapping[int, str]
) -> Pick:
    orders: dict[str, int] = defaultdict(int)
    for held in several:
        orders[of_order[held.demand_id or 0]] += held.quantity
    return Pick(
        item=items[several[0].item_id],
        lot=several[0],
        quantity=sum(held.quantity for held in several),
        orders=orders,
    )


def _by_item_and_age(pick: Pick) -> tuple[object, ...]:
    return (pick.item.code, *_age(pick.lot))


def _age(held: Held) -> tuple[date, object, int]:
    """Order lots as they are used up: the one that expires first, then the one here longest."""
    return (held.best_before or date.max, held.received_at, held.lot_id)
