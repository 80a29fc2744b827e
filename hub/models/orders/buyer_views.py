"""What a buyer's page shows of an order, and nothing else of it: two questions in all."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.models.planning.habits import THE_ONE
from hub.models.records.items import Item
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot
from hub.models.records.workshop import Workshop

BEGUN = ("running", "done")
GONE = ("shipped", "delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """How the workshop shows itself to buyers."""

    name: str = ""
    colour: str = ""
    site: str = ""
    has_logo: bool = False
    changed_at: datetime | None = None
    shows_lots: bool = False
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLot:
    """A lot that was in a parcel."""

    code: str
    best_before: date | None
    title: str
    allergens: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class SentParcel:
    """A parcel that left, and how to follow it."""

    carrier: str
    number: str
    url: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    lots: list[SentLot] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A line as it was sold, with the pieces that are still wanted."""

    title: str
    variant: str
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerOrder:
    """An order as its buyer may see it. It holds no address, price, surname or note."""

    number: str
    external_number: str
    po_number: str
    placed_at: datetime
    phase: str
    intent: str
    release: str
    promised_on: date | None
    earliest_on: date | None
    risk: str
    """What kind of reason makes it late; empty when nothing does."""
    is_made: bool
    """Whether making any of it has begun."""
    customer: str
    """The buyer's whole name: the page shows the first one only."""
    locale: str
    house: House
    bought: list[Bought]
    parcels: list[SentParcel]


def buyer_order(session: Session, *, order_id: int, turn: int) -> BuyerOrder | None:
    """Return what the link to an order shows; None when it was made anew since, or is none."""
    begun = (
        select(ProductionLink.id)
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(OrderLine.order_id == SalesOrder.id, ProductionOrder.state.in_(BEGUN))
    )
    query = (
        select(SalesOrder, Customer.name, Customer.locale, exists(begun), *_HOUSE)
        .outerjoin(Customer, Customer.id == SalesOrder.customer_id)
        .outerjoin(Workshop, Workshop.id == THE_ONE)
        .where(SalesOrder.id == order_id, SalesOrder.status_turn == turn)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    order, name, locale, is_made, *house = row
    bought, parcels = _lines(session, order_id)
    return BuyerOrder(
        number=order.number,
        external_number=order.external_number,
        po_number=order.po_number,
        placed_at=order.placed_at,
        phase=order.phase,
        intent=order.intent,
        release=order.release,
        promised_on=order.promised_on,
        earliest_on=order.earliest_on,
        risk=str(order.risk.get("kind", "")),
        is_made=bool(is_made),
        customer=name or "",
        locale=locale or "",
        house=_house(house),
        bought=bought,
        parcels=parcels,
    )


_HOUSE = (
    Workshop.name,
    Workshop.colour,
    Workshop.site,
    Workshop.logo_type,
    Workshop.updated_at,
    Workshop.shows_lots,
    Workshop.locale,
)


def logo_of(session: Session) -> tuple[bytes, str] | None:
    """Return the workshop's logo and what kind of picture it is."""
    query = select(Workshop.logo, Workshop.logo_type).where(Workshop.id == THE_ONE)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row and row[0] else None


def _house(row: list[object]) -> House:
    if not row or row[4] is None:
        return House()
    name, colour, site, logo_type, changed_at, shows_lots, locale = row
    return House(
        name=str(name),
        colour=str(colour),
        site=str(site),
        has_logo=bool(logo_type),
        changed_at=changed_at if isinstance(changed_at, datetime) else None,
        shows_lots=bool(shows_lots),
        locale=str(locale),
    )


def _lines(session: Session, order_id: int) -> tuple[list[Bought], list[SentParcel]]:
    """Return the lines and the parcels: each line with each of its lots in each of them."""
    query = (
        select(OrderLine, Shipment, Lot.id, Lot.code, Lot.best_before, Item.allergens)
        .outerjoin(ShipmentLine, ShipmentLine.order_line_id == OrderLine.id)
        .outerjoin(
            Shipment, (Shipment.id == ShipmentLine.shipment_id) & Shipment.state.in_(GONE)
        )
        .outerjoin(ShipmentPick, ShipmentPick.shipment_line_id == ShipmentLine.id)
        .outerjoin(Lot, Lot.id == ShipmentPick.lot_id)
        .outerjoin(Item, Item.id == Lot.item_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position, OrderLine.id, Shipment.id, ShipmentPick.id)
    )
    lines: dict[int, OrderLine] = {}
    parcels: dict[int, SentParcel] = {}
    seen: set[tuple[int, int, int]] = set()
    for row in session.execute(query):
        line: OrderLine = row[0]
        shipment: Shipment | None = row[1]
        lot_id: int | None = row[2]
        lines.setdefault(line.id, line)
        if shipment is None:
            continue
        parcel = parcels.setdefault(shipment.id, _parcel(shipment))
        if lot_id is not None and (shipment.id, line.id, lot_id) not in seen:
            seen.add((shipment.id, line.id, lot_id))
            parcel.lots.append(_lot(line, code=row[3], best_before=row[4], said=row[5]))
    bought = [_bought(line) for line in lines.values() if line.state != "service"]
    return [each for each in bought if each.pieces], [
        parcels[key] for key in sorted(parcels)
    ]


def _parcel(shipment: Shipment) -> SentParcel:
    return SentParcel(
        carrier=shipment.carrier,
        number=shipment.tracking_number,
        url=shipment.tracking_url,
        shipped_at=shipment.shipped_at,
        delivered_at=shipment.delivered_at,
    )


def _lot(
    line: OrderLine, *, code: str, best_before: date | None, said: list[object] | None
) -> SentLot:
    return SentLot(
        code=code,
        best_before=best_before,
        title=line.title or line.sku,
        allergens=tuple(str(each) for each in said or ()),
    )


def _bought(line: OrderLine) -> Bought:
    return Bought(
        title=line.title or line.sku,
        variant=line.variant_title,
        pieces=line.ordered - line.cancelled,
    )
