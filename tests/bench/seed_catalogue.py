"""The catalogue of a big shop: 500 items, their recipes, 2,000 lots, 10,000 listings, buyers."""

from dataclasses import dataclass, field

from hub.models.records.channels import ChannelAccount
from hub.models.records.completions import ProductionSlot
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item, Recipe, RecipeLine, WorkCentre
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.orders import Address, Customer
from hub.models.records.purchasing import (
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierItem,
)
from hub.models.records.stock import Lot, LotBalance, StockMove
from hub.models.records.workshop import Workshop
from mapping.listing import search_words, sku_key
from tests.bench.many_rows import ManyRows, ago
from tests.factories import NOW, PIECE

PRODUCTS, MATERIALS, CENTRES = 320, 180, 10
LOTS_EACH, LISTINGS, CUSTOMERS = 4, 10_000, 20_000
SUPPLIERS, PURCHASES, OPEN_PURCHASES = 40, 2_000, 60
SHOPS = (
    ("shopify", "Cera y Sal"),
    ("etsy", "CeraYSal"),
    ("manual", "By hand"),
    ("email", "orders@cerysal.example"),
)
THINGS = ("candle", "soap", "balm", "melt", "bath bomb", "diffuser", "salve", "shampoo bar")
SCENTS = ("fig", "lavender", "rose", "cedar", "orange", "mint", "vanilla", "sea salt")
NAMES = ("Maria Ruiz", "John Byrne", "Ana Lopez", "Pilar Gil", "Tom Hill", "Eva Sanz")
WEEK: list[object] = [480, 480, 480, 480, 480, 0, 0]


@dataclass(slots=True)
class Catalogue:
    """What orders are made up of."""

    accounts: list[int] = field(default_factory=list)
    products: list[int] = field(default_factory=list)
    materials: list[int] = field(default_factory=list)
    centres: list[int] = field(default_factory=list)
    recipe_of: dict[int, int] = field(default_factory=dict)
    uses: dict[int, list[int]] = field(default_factory=dict)
    lots_of: dict[int, list[int]] = field(default_factory=dict)
    made_of: dict[int, list[int]] = field(default_factory=dict)
    """Lots that runs made, by item, the oldest first."""
    mapped: list[tuple[int, int, int, str]] = field(default_factory=list)
    """Listing, its account, the item one piece of it is, and its title."""
    unknown: list[tuple[int, int, str]] = field(default_factory=list)
    """Listing nobody said anything of, its account, and its title."""
    customers: list[int] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    purchase_lines: list[tuple[int, int]] = field(default_factory=list)
    """Open lines and their items."""


def seed_catalogue(rows: ManyRows) -> Catalogue:
    """Write a catalogue; it is the same whatever the number of orders."""
    made = Catalogue()
    rows.add(Workshop, country="ES", name="Cera y Sal", updated_at=NOW)
    for channel, name in SHOPS:
        made.accounts.append(
            rows.add(ChannelAccount, key=f"k-{channel}", channel=channel, name=name,
                     mode="live", created_at=ago(800))
        )  # fmt: skip
    _centres(rows, made)
    _items(rows, made)
    _recipes(rows, made)
    _lots(rows, made)
    _listings(rows, made)
    _people(rows, made)
    _purchases(rows, made)
    rows.write()
    return made


def _centres(rows: ManyRows, made: Catalogue) -> None:
    for number in range(CENTRES):
        made.centres.append(
            rows.add(WorkCentre, code=f"C{number}", name=f"Bench {number}",
                     open_minutes=WEEK)
        )  # fmt: skip


def _items(rows: ManyRows, made: Catalogue) -> None:
    for number in range(PRODUCTS + MATERIALS):
        is_made = number < PRODUCTS
        code = f"P{number:03}" if is_made else f"M{number:03}"
        thing = f"{rows.dice.choice(SCENTS)} {rows.dice.choice(THINGS)}"
        item_id = rows.add(
            Item, code=code, code_key=sku_key(code), name=f"{thing.capitalize()} {number}",
            kind="product" if is_made else "material", unit="each" if is_made else "g",
            policy="make_to_order", lead_time_days=None if is_made else 6,
            reorder_point=0 if is_made else 500 * PIECE, created_at=ago(800),
        )  # fmt: skip
        (made.products if is_made else made.materials).append(item_id)
        rows.add(
            Forecast, item_id=item_id, method="moving_average", per_week=9_000, error=900,
            weeks=52, reorder_point=20_000, safety_stock=5_000, made_at=ago(1),
            detail={"weeks": [rows.dice.randint(0, 20_000) for _ in range(52)]},
        )  # fmt: skip


def _recipes(rows: ManyRows, made: Catalogue) -> None:
    for number, item_id in enumerate(made.products):
        made.recipe_of[item_id] = recipe_id = rows.add(
            Recipe, item_id=item_id, version=1, batch_size=24 * PIECE, max_batches=6,
            work_centre_id=made.centres[number % CENTRES], setup_minutes=20,
            batch_minutes=12, created_at=ago(800),
        )  # fmt: skip
        made.uses[item_id] = rows.dice.sample(made.materials, 4)
        for used in made.uses[item_id]:
            rows.add(RecipeLine, recipe_id=recipe_id, item_id=used, quantity=48 * PIECE)


def _lots(rows: ManyRows, made: Catalogue) -> None:
    for item_id in (*made.products, *made.materials):
        for number in range(LOTS_EACH):
            came = rows.dice.uniform(0, 300)
            lot_id = rows.add(
                Lot, item_id=item_id, code=f"L{item_id:03}-{number}", received_at=ago(came),
                best_before=ago(came - 700).date(), unit_cost_micros=1_200, currency="EUR",
            )  # fmt: skip
            made.lots_of.setdefault(item_id, []).append(lot_id)
            rows.add(
                StockMove, lot_id=lot_id, item_id=item_id, quantity=10**9, kind="received",
                ref_type="lot", ref_id=str(lot_id), at=ago(came), who="user:1",
            )  # fmt: skip


def seed_balances(rows: ManyRows, made: Catalogue, *, reserved: dict[int, int]) -> None:
    """Write what is left of each lot, once it is known what is spoken for."""
    for item_id, came in made.lots_of.items():
        lots = [*came, *made.made_of.get(item_id, [])]
        for number, lot_id in enumerate(lots):
            held = reserved.get(lot_id, 0)
            left = held + (rows.dice.randint(0, 50) * PIECE if number else 0)
            rows.add(
                LotBalance, lot_id=lot_id, item_id=item_id, on_hand=left, reserved=held
            )


def _listings(rows: ManyRows, made: Catalogue) -> None:
    for number in range(LISTINGS):
        account_id = made.accounts[number % 2]
        title = f"{rows.dice.choice(SCENTS)} {rows.dice.choice(THINGS)} no {number}".title()
        state = "unmapped" if number % 50 == 0 else "mapped"
        sku = f"SKU-{number:05}"
        listing_id = rows.add(
            Listing, account_id=account_id, key=f"sku:{sku_key(sku)}", sku=sku,
            sku_key=sku_key(sku), title=title, state=state, created_at=ago(700),
            found_by=search_words(title, "", sku), price_minor=1250, currency="EUR",
            matched_by="person" if state == "mapped" else "",
        )  # fmt: skip
        if state == "unmapped":
            made.unknown.append((listing_id, account_id, title))
            continue
        item_id = rows.dice.choice(made.products)
        rows.add(ListingComponent, listing_id=listing_id, item_id=item_id, quantity=PIECE)
        made.mapped.append((listing_id, account_id, item_id, title))


def _people(rows: ManyRows, made: Catalogue) -> None:
    for number in range(CUSTOMERS):
        name = f"{rows.dice.choice(NAMES)} {number}"
        made.customers.append(
            rows.add(Customer, account_id=made.accounts[number % 4], name=name,
                     external_id=str(number), email=f"buyer{number}@mail.example",
                     locale=rows.dice.choice(("es", "en")))
        )  # fmt: skip
        made.addresses.append(
            rows.add(Address, name=name, line1=f"Calle de la Cera {number}",
                     city="Granada", postcode="18009", country="ES")
        )  # fmt: skip


def _purchases(rows: ManyRows, made: Catalogue) -> None:
    for number in range(SUPPLIERS):
        supplier = rows.add(
            Supplier, code=f"S{number}", name=f"Ceras {number}", currency="EUR",
            created_at=ago(800),
        )  # fmt: skip
        for item_id in made.materials[number * 4 : number * 4 + 8]:
            rows.add(
                SupplierItem, supplier_id=supplier, item_id=item_id, lead_time_days=5,
                unit_cost_micros=1_200, currency="EUR",
            )  # fmt: skip
    for number in range(PURCHASES):
        is_open = number >= PURCHASES - OPEN_PURCHASES
        came = (PURCHASES - number) / PURCHASES * 700
        order_id = rows.add(
            PurchaseOrder, number=f"PO-{number:04}", supplier_id=number % SUPPLIERS + 1,
            state="ordered" if is_open else "received", ordered_at=ago(came),
            created_at=ago(came),
        )  # fmt: skip
        for item_id in rows.dice.sample(made.materials, 3):
            line = rows.add(
                PurchaseLine, purchase_order_id=order_id, item_id=item_id,
                quantity=500 * PIECE, received=0 if is_open else 500 * PIECE,
                expected_on=ago(came - 9).date(), is_closed=not is_open,
            )  # fmt: skip
            if is_open:
                made.purchase_lines.append((line, item_id))


def a_recipe(made: Catalogue, item_id: int) -> dict[str, object]:
    """Freeze an item's recipe as a run keeps it (hub/flow/planning/plan_runs.py: snapshot)."""
    return {
        "version": 1, "batch_size": 24 * PIECE, "loss_bp": 0, "setup_minutes": 20,
        "batch_minutes": 12, "rest_days": 0, "steps": [],
        "lines": [
            {"item_id": used, "quantity": 48 * PIECE, "waste_bp": 0}
            for used in made.uses[item_id]
        ],
    }  # fmt: skip


def a_slot(rows: ManyRows, made: Catalogue, *, run_id: int, day: float) -> None:
    """Give a run its place at a bench."""
    rows.add(
        ProductionSlot, production_order_id=run_id, position=1, minutes=44,
        work_centre_id=made.centres[run_id % CENTRES], starts_on=ago(-day).date(),
        starts_minute=run_id % 10 * 44, ends_on=ago(-day).date(),
        ends_minute=run_id % 10 * 44 + 44,
    )  # fmt: skip
