"""Small builders of records that fit together, with the goods and people of one workshop.

Each writes through the session it is given and returns the record, flushed. What they write
keeps every invariant of hub/invariants.py: a lot has its ledger row, an order's items are marked
for the planner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.flow.phase import refresh_phases
from hub.models.numbers import next_number
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item, Recipe, RecipeLine
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.orders import Address, Customer, Demand, OrderLine, SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder, Supplier
from hub.models.records.stock import Lot, LotBalance, StockMove
from mapping.listing import sku_key

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning."""
PIECE = 1000
"""Thousandths in one piece, gram, millilitre or metre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """What a named good is."""

    name: str
    kind: str
    unit: str
    shelf_life_days: int | None = None


GOODS: Mapping[str, Good] = {
    "CANDLE": Good(name="Soy candle, fig", kind="product", unit="each"),
    "SOAP": Good(name="Olive soap", kind="product", unit="each", shelf_life_days=365),
    "BALM": Good(name="Lip balm", kind="product", unit="each", shelf_life_days=540),
    "SOAPBASE": Good(name="Soap base", kind="intermediate", unit="g", shelf_life_days=30),
    "WAX": Good(name="Soy wax", kind="material", unit="g"),
    "WICK": Good(name="Cotton wick", kind="material", unit="m"),
    "SCENT": Good(name="Fig scent", kind="material", unit="ml"),
    "LYE": Good(name="Lye", kind="material", unit="g"),
    "OIL": Good(name="Olive oil", kind="material", unit="ml", shelf_life_days=540),
    "JAR": Good(name="Glass jar", kind="packaging", unit="each"),
    "BOX": Good(name="Carton box", kind="packaging", unit="each"),
}


def make_account(
    session: Session,
    *,
    channel: str = "shopify",
    name: str = "Cera y Sal",
    mode: str = "live",
    now: datetime = NOW,
) -> ChannelAccount:
    """Connect a shop; without credentials, which only tests of channels need."""
    account = ChannelAccount(
        key=f"{channel}-{name}", channel=channel, name=name, mode=mode, created_at=now
    )
    session.add(account)
    session.flush()
    return account


def make_item(
    session: Session,
    *,
    code: str = "CANDLE",
    policy: str = "make_to_order",
    shelf_life_days: int | None = None,
    min_remaining_days: int = 0,
    lead_time_days: int | None = None,
    reorder_point: int = 0,
    safety_stock: int = 0,
    now: datetime = NOW,
) -> Item:
    """Write one of GOODS into the catalogue; another code is a product counted in pieces."""
    good = GOODS.get(code, Good(name=code.title(), kind="product", unit="each"))
    item = Item(
        code=code,
        code_key=sku_key(code),
        name=good.name,
        kind=good.kind,
        unit=good.unit,
        policy=policy,
        shelf_life_days=shelf_life_days or good.shelf_life_days,
        min_remaining_days=min_remaining_days,
        lead_time_days=lead_time_days,
        reorder_point=reorder_point,
        safety_stock=safety_stock,
        created_at=now,
    )
    session.add(item)
    session.flush()
    return item


def make_recipe(
    session: Session,
    *,
    item: Item,
    uses: Mapping[Item, int],
    batch_size: int = 10 * PIECE,
    loss_bp: int = 0,
    min_batches: int = 1,
    max_batches: int | None = None,
    rest_days: int = 0,
    now: datetime = NOW,
) -> Recipe:
    """Write the first recipe of an item: what one batch uses of each other item."""
    recipe = Recipe(
        item_id=item.id,
        version=1,
        batch_size=batch_size,
        loss_bp=loss_bp,
        min_batches=min_batches,
        max_batches=max_batches,
        rest_days=rest_days,
        created_at=now,
    )
    session.add(recipe)
    session.flush()
    session.add_all(
        RecipeLine(recipe_id=recipe.id, item_id=used.id, quantity=quantity)
        for used, quantity in uses.items()
    )
    session.flush()
    return recipe


def make_lot(
    session: Session,
    *,
    item: Item,
    quantity: int,
    code: str | None = None,
    best_before: date | None = None,
    state: str = "available",
    unit_cost_micros: int | None = None,
    now: datetime = NOW,
) -> Lot:
    """Receive a lot: the lot, its line in the ledger, and its balance."""
    lots = select(func.count()).select_from(Lot).where(Lot.item_id == item.id)
    lot = Lot(
        item_id=item.id,
        code=code or f"{item.code}-{session.execute(lots).scalar_one() + 1}",
        best_before=best_before,
        state=state,
        unit_cost_micros=unit_cost_micros,
        currency="" if unit_cost_micros is None else "EUR",
        received_at=now,
    )
    session.add(lot)
    session.flush()
    session.add(LotBalance(lot_id=lot.id, item_id=item.id, on_hand=quantity, reserved=0))
    session.add(
        StockMove(
            lot_id=lot.id,
            item_id=item.id,
            quantity=quantity,
            kind="received",
            ref_type="lot",
            ref_id=str(lot.id),
            at=now,
            who="user:1",
        )
    )
    session.flush()
    return lot


def make_purchase(
    session: Session,
    *,
    item: Item,
    quantity: int,
    expected_on: date | None = None,
    state: str = "ordered",
    now: datetime = NOW,
) -> PurchaseLine:
    """Order so much of an item from a supplier, marked for planning; thousandths."""
    number = next_number(session, "purchase_order")
    supplier = Supplier(code=f"S-{number}", name="Ceras del Sur", created_at=now)
    session.add(supplier)
    session.flush()
    order = PurchaseOrder(
        number=f"PO-{number:04d}",
        supplier_id=supplier.id,
        state=state,
        ordered_at=now,
        created_at=now,
    )
    session.add(order)
    session.flush()
    line = PurchaseLine(
        purchase_order_id=order.id,
        item_id=item.id,
        quantity=quantity,
        expected_on=expected_on,
    )
    session.add_all([line, Replan(item_id=item.id, at=now, why=f"{order.number} ordered")])
    session.flush()
    return line


def make_listing(
    session: Session,
    *,
    account: ChannelAccount,
    components: Mapping[Item, int],
    sku: str = "",
    now: datetime = NOW,
) -> Listing:
    """Map a listing by hand: how much of each item one piece of it holds, in thousandths."""
    code = sku or "+".join(item.code for item in components)
    listing = Listing(
        account_id=account.id,
        key=f"sku:{sku_key(code)}",
        sku=code,
        sku_key=sku_key(code),
        title=" and ".join(item.name for item in components),
        state="mapped",
        matched_by="person",
        mapped_at=now,
        mapped_by="user:1",
        created_at=now,
    )
    session.add(listing)
    session.flush()
    session.add_all(
        ListingComponent(listing_id=listing.id, item_id=item.id, quantity=quantity)
        for item, quantity in components.items()
    )
    session.flush()
    return listing


def make_order(
    session: Session,
    *,
    account: ChannelAccount,
    lines: Mapping[Item, int],
    external_id: str | None = None,
    release: str = "ready",
    priority: int = 100,
    requested_on: date | None = None,
    placed_at: datetime = NOW,
    now: datetime = NOW,
) -> SalesOrder:
    """Write an order by Maria Ruiz for pieces of items, mapped and marked for planning."""
    number = next_number(session, "order")
    order = SalesOrder(
        account_id=account.id,
        number=f"H-{number:04d}",
        external_id=external_id or str(820982911946154000 + number),
        external_number=f"#{1000 + number}",
        remote_updated_at=placed_at,
        content_hash=f"hash-{number}",
        placed_at=placed_at,
        payment="paid",
        release=release,
        priority=priority,
        requested_on=requested_on,
        currency="EUR",
        total_minor=2500,
        customer_id=make_customer(session, account=account).id,
        ship_to_id=make_address(session).id,
        created_at=now,
        updated_at=now,
    )
    session.add(order)
    session.flush()
    for position, (item, pieces) in enumerate(lines.items(), start=1):
        _add_line(
            session, order=order, item=item, pieces=pieces, position=position, now=now
        )
    refresh_phases(session, order_ids=[order.id], now=now)
    session.flush()
    return order


def _add_line(
    session: Session,
    *,
    order: SalesOrder,
    item: Item,
    pieces: int,
    position: int,
    now: datetime,
) -> None:
    account = session.get_one(ChannelAccount, order.account_id)
    key = f"sku:{sku_key(item.code)}"
    known = select(Listing).where(Listing.account_id == account.id, Listing.key == key)
    listing = session.scalars(known).one_or_none() or make_listing(
        session, account=account, components={item: PIECE}, now=now
    )
    line = OrderLine(
        order_id=order.id,
        external_id=f"{order.external_id}{position:02d}",
        position=position,
        kind="product",
        sku=item.code,
        title=item.name,
        listing_key=listing.key,
        listing_id=listing.id,
        ordered=pieces,
        state="mapped",
        matched_by="person",
        unit_price_minor=1250,
    )
    session.add(line)
    session.flush()
    demand = Demand(
        order_line_id=line.id, item_id=item.id, per_piece=PIECE, quantity=pieces * PIECE
    )
    session.add_all([demand, Replan(item_id=item.id, at=now, why="order.received")])
    session.flush()


def make_customer(session: Session, *, account: ChannelAccount) -> Customer:
    """Write down Maria Ruiz."""
    customer = Customer(
        account_id=account.id,
        external_id="6940095564",
        name="Maria Ruiz",
        email="maria.ruiz@example.com",
        locale="es",
    )
    session.add(customer)
    session.flush()
    return customer


def make_address(session: Session) -> Address:
    """Write down where Maria Ruiz lives."""
    address = Address(
        name="Maria Ruiz",
        line1="Calle de la Cera 7",
        city="Granada",
        postcode="18009",
        country="ES",
    )
    session.add(address)
    session.flush()
    return address
