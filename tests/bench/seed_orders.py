"""The orders of a big shop: 95 of 100 sent, the rest open; runs, parcels, and the story of each."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.models.records.completions import Completion, CompletionUse
from hub.models.records.decisions import Decision
from hub.models.records.history import History
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Promise, Shortage
from hub.models.records.production import (
    ProductionLink,
    ProductionNeed,
    ProductionOrder,
    ProductionOutput,
)
from hub.models.records.purchasing import PurchaseCover
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, Reservation, StockMove
from hub.models.records.upkeep import ManualTask
from tests.bench.many_rows import ManyRows, ago
from tests.bench.seed_catalogue import Catalogue, a_recipe, a_slot
from tests.factories import NOW, PIECE

YEARS = 730.0
"""Days over which the orders came, evenly."""
LINES = (1, 2, 2, 3, 3, 4)
"""Lines of an order: two and a half."""
OPEN_OF_100, OPEN_RUNS = 5, 300
PHASES = (
    "waiting_for_materials", "materials_reserved", "in_production", "ready_to_ship",
    "in_production", "waiting_for_materials", "partly_shipped", "new",
)  # fmt: skip
WRITTEN_AT_ONCE = 2_000
"""Orders."""


@dataclass(slots=True)
class Open:
    """What is open of the orders, for runs to work for and lots to be kept for."""

    demands: dict[int, list[int]] = field(default_factory=dict)
    """By item."""
    reserved: dict[int, int] = field(default_factory=dict)
    """By lot, thousandths."""


def seed_orders(rows: ManyRows, made: Catalogue, *, orders: int) -> Open:
    """Write so many orders, the oldest first, and what hangs on each."""
    still = Open()
    for number in range(1, orders + 1):
        is_open = number > orders * (100 - OPEN_OF_100) // 100
        _order(rows, made, still, number=number, is_open=is_open, days=_age(number, orders))
        if number % WRITTEN_AT_ONCE == 0:
            rows.write()
    rows.write()
    return still


def _age(number: int, orders: int) -> float:
    return (orders - number) / orders * YEARS


def _order(
    rows: ManyRows, made: Catalogue, still: Open, *, number: int, is_open: bool, days: float
) -> None:
    placed, account_id = ago(days), made.accounts[number % 2]
    is_unknown, is_at_risk = is_open and number % 40 == 0, is_open and number % 30 == 0
    phase = PHASES[number % len(PHASES)] if is_open else "delivered"
    person = rows.dice.randrange(len(made.customers))
    order_id = rows.add(
        SalesOrder, account_id=account_id, number=f"H-{number:06}",
        external_id=str(8209829119 + number), external_number=f"#{1000 + number}",
        remote_updated_at=placed, content_hash=f"hash-{number}", placed_at=placed,
        payment="paid", release="ready", intent="open",
        phase="needs_attention" if is_unknown else phase,
        hold_reasons=["unmapped"] if is_unknown else [],
        earliest_on=ago(days - 9).date(), promised_on=ago(days - 7).date(),
        currency="EUR", total_minor=rows.dice.randint(500, 20_000),
        customer_id=made.customers[person], ship_to_id=made.addresses[person],
        created_at=placed, updated_at=placed, is_at_risk=is_at_risk, risk={},
    )  # fmt: skip
    shipment_id = 0 if is_open else _shipment(rows, order_id=order_id, days=days)
    for position in range(1, rows.dice.choice(LINES) + 1):
        if is_unknown and position == 1:
            _unknown_line(rows, made, order_id=order_id, account_id=account_id)
        else:
            _line(rows, made, still, order_id=order_id, position=position,
                  shipment_id=shipment_id, at=ago(days - 5))  # fmt: skip
    _story(rows, order_id=order_id, account_id=account_id, is_open=is_open, days=days)
    _messages(rows, order_id=order_id, account_id=account_id, shipment_id=shipment_id,
              days=days)  # fmt: skip
    _odd(rows, order_id=order_id, account_id=account_id, is_open=is_open, days=days)


def _shipment(rows: ManyRows, *, order_id: int, days: float) -> int:
    state = "delivered" if days > 45 else "shipped"
    return rows.add(
        Shipment, number=f"S-{order_id:06}", order_id=order_id, state=state,
        carrier="correos", tracking_number=f"PQ{order_id:09}", packed_at=ago(days - 5),
        shipped_at=ago(days - 5),
        delivered_at=ago(days - 8) if state == "delivered" else None,
        created_at=ago(days - 5),
    )  # fmt: skip


def _unknown_line(
    rows: ManyRows, made: Catalogue, *, order_id: int, account_id: int
) -> None:
    fitting = [each for each in made.unknown if each[1] == account_id] or made.unknown
    listing_id, _, title = rows.dice.choice(fitting)
    rows.add(
        OrderLine, order_id=order_id, external_id=f"{order_id}-1", position=1,
        kind="product", sku="", title=title, listing_id=listing_id, ordered=2, shipped=0,
        state="unmapped", unit_price_minor=1250,
    )  # fmt: skip


def _line(
    rows: ManyRows, made: Catalogue, still: Open, *,
    order_id: int, position: int, shipment_id: int, at: datetime,
) -> None:  # fmt: skip
    listing_id, _, item_id, title = rows.dice.choice(made.mapped)
    pieces = rows.dice.randint(1, 3)
    sent = pieces if shipment_id else 0
    line_id = rows.add(
        OrderLine, order_id=order_id, external_id=f"{order_id}-{position}",
        position=position, kind="product", sku=f"SKU-{listing_id:05}", title=title,
        listing_id=listing_id, ordered=pieces, shipped=sent, state="mapped",
        unit_price_minor=1250,
    )  # fmt: skip
    demand_id = rows.add(
        Demand, order_line_id=line_id, item_id=item_id, per_piece=PIECE,
        quantity=pieces * PIECE, shipped=sent * PIECE,
    )  # fmt: skip
    if not shipment_id:
        _want(rows, made, still, demand_id=demand_id, item_id=item_id, pieces=pieces)
        return
    sent_line = rows.add(
        ShipmentLine, shipment_id=shipment_id, order_line_id=line_id, quantity=pieces
    )
    lots = made.made_of.get(item_id, made.lots_of[item_id])
    share = 1 - (NOW - at).days / YEARS
    lot_id = lots[min(int(share * len(lots)), len(lots) - 1)]
    rows.add(
        ShipmentPick, shipment_line_id=sent_line, demand_id=demand_id, lot_id=lot_id,
        quantity=pieces * PIECE,
    )  # fmt: skip
    rows.add(
        StockMove, lot_id=lot_id, item_id=item_id, quantity=-pieces * PIECE, kind="shipped",
        ref_type="shipment", ref_id=f"{shipment_id}-{line_id}", at=at, who="user:1",
    )  # fmt: skip


def _want(
    rows: ManyRows, made: Catalogue, still: Open, *,
    demand_id: int, item_id: int, pieces: int,
) -> None:  # fmt: skip
    if demand_id % 3:
        still.demands.setdefault(item_id, []).append(demand_id)
        return
    _keep(rows, still, lot_id=made.lots_of[item_id][0], item_id=item_id, pieces=pieces,
          demand_id=demand_id)  # fmt: skip


def _keep(
    rows: ManyRows, still: Open, *, lot_id: int, item_id: int, pieces: int,
    demand_id: int | None = None, need_id: int | None = None,
) -> None:  # fmt: skip
    rows.add(
        Reservation, lot_id=lot_id, item_id=item_id, demand_id=demand_id, need_id=need_id,
        quantity=pieces * PIECE,
    )  # fmt: skip
    still.reserved[lot_id] = still.reserved.get(lot_id, 0) + pieces * PIECE


def _story(
    rows: ManyRows, *, order_id: int, account_id: int, is_open: bool, days: float
) -> None:
    reason = {"kind": "stock", "item": "P001", "item_name": "Fig candle", "quantity": PIECE}
    rows.add(
        Promise, order_id=order_id, version=1, earliest_on=ago(days - 9).date(),
        committed_on=ago(days - 7).date(), reasons=[reason], at=ago(days),
    )  # fmt: skip
    told = (
        ("order.received", f"channel:{account_id}", 0.0),
        ("order.phase", "worker", 0.1),
    )
    later = (("order.phase", "worker", 5.0), ("order.shipped", "user:1", 5.0))
    for what, who, after in told if is_open else told + later:
        rows.add(
            History, at=ago(days - after), who=who, subject="order", subject_id=order_id,
            what=what, to_state="new" if what == "order.phase" else "",
        )  # fmt: skip


def _messages(
    rows: ManyRows, *, order_id: int, account_id: int, shipment_id: int, days: float
) -> None:
    state = {0: "held", 1: "dead"}.get(order_id % 900, "done")
    rows.add(
        InboundMessage, account_id=account_id, topic="orders/create",
        message_id=f"m-{order_id}", body_hash=f"b-{order_id}", body=b'{"id": 1}' * 30,
        source="webhook", external_order_id=str(8209829119 + order_id), state=state,
        result="applied", received_at=ago(days), next_try_at=ago(days), done_at=ago(days),
    )  # fmt: skip
    if not shipment_id:
        return
    rows.add(
        OutboundMessage, account_id=account_id, order_id=order_id, shipment_id=shipment_id,
        kind="fulfil", idempotency_key=f"fulfil:{shipment_id}", payload={"lines": [1]},
        state={2: "held", 3: "dead"}.get(order_id % 900, "sent"), attempts=1,
        next_try_at=ago(days - 5), created_at=ago(days - 5), done_at=ago(days - 5),
        notification_id=None,
    )  # fmt: skip
    if order_id % 2:
        letter = rows.add(
            Notification, event="shipped", order_id=order_id, locale="es",
            recipient=f"buyer{order_id}@mail.example", template_version=0,
            dedupe_key=f"shipped:{order_id}", message_id=f"<{order_id}@cerysal.example>",
            subject="On its way", text="It left today. " * 9, html="<p>It left.</p>" * 9,
            created_at=ago(days - 5),
        )  # fmt: skip
        rows.add(
            OutboundMessage, account_id=4, order_id=order_id, shipment_id=None,
            kind="mail", idempotency_key=f"mail:{letter}", payload={}, state="sent",
            attempts=1, next_try_at=ago(days - 5), created_at=ago(days - 5),
            done_at=ago(days - 5), notification_id=letter,
        )  # fmt: skip


def _odd(
    rows: ManyRows, *, order_id: int, account_id: int, is_open: bool, days: float
) -> None:
    if order_id % 50 == 0:
        rows.add(
            Decision, order_id=order_id, change="grown", stage="running",
            decision="plan_more", quantity=PIECE, needs_person=is_open, at=ago(days),
            done_at=None if is_open else ago(days), answer="" if is_open else "done",
        )  # fmt: skip
    if order_id % 70 == 0:
        rows.add(
            ManualTask, account_id=account_id, order_id=order_id, key=f"cancel:{order_id}",
            kind="cancel", why="cannot", state="open" if is_open else "done",
            created_at=ago(days), done_at=None if is_open else ago(days),
        )  # fmt: skip


def seed_past_runs(rows: ManyRows, made: Catalogue, *, runs: int) -> None:
    """Write what was made, each run with a lot of its own, the oldest first."""
    for number in range(runs):
        _done_run(rows, made, number=number, days=YEARS - number * YEARS / runs)
    rows.write()


def seed_open_runs(rows: ManyRows, made: Catalogue, still: Open) -> None:
    """Write the runs for what is still to be made."""
    for number in range(OPEN_RUNS):
        _open_run(rows, made, still, number=number)
    _covers(rows, made, still)
    rows.write()


def _covers(rows: ManyRows, made: Catalogue, still: Open) -> None:
    waiting = [each for demands in still.demands.values() for each in demands]
    for number, (line_id, item_id) in enumerate(made.purchase_lines):
        need = rows.counts[ProductionNeed] if number % 2 else None
        rows.add(
            PurchaseCover, purchase_line_id=line_id, item_id=item_id, need_id=need,
            demand_id=None if need else rows.dice.choice(waiting), quantity=PIECE,
        )  # fmt: skip


def _run(rows: ManyRows, made: Catalogue, *, item_id: int, state: str, days: float) -> int:
    is_done = state == "done"
    run_id = rows.add(
        ProductionOrder, number=f"P-{rows.counts.get(ProductionOrder, 0) + 1:06}",
        item_id=item_id, recipe_id=made.recipe_of[item_id], recipe=a_recipe(made, item_id),
        state=state, batches=2, planned=48 * PIECE, produced=47 * PIECE if is_done else 0,
        scrapped=PIECE if is_done else 0,
        work_centre_id=made.centres[item_id % len(made.centres)],
        needed_on=ago(days - 3).date(), starts_on=ago(days).date(),
        ends_on=ago(days).date(), ready_on=ago(days - 1).date(),
        released_at=None if state == "planned" else ago(max(days, 0) + 1),
        started_at=ago(max(days, 0)) if state in {"running", "done"} else None,
        finished_at=ago(days) if is_done else None, created_at=ago(max(days, 0) + 2),
    )  # fmt: skip
    rows.add(
        History, at=ago(max(days, 0)), who="user:1", subject="production_order",
        subject_id=run_id, what="run.started" if is_done else "run.planned", to_state=state,
    )  # fmt: skip
    return run_id


def _done_run(rows: ManyRows, made: Catalogue, *, number: int, days: float) -> None:
    item_id = made.products[number % len(made.products)]
    run_id = _run(rows, made, item_id=item_id, state="done", days=days)
    done = rows.add(Completion, production_order_id=run_id, number=1, produced=47 * PIECE,
                    scrapped=PIECE, at=ago(days), who="user:1")  # fmt: skip
    lot_id = rows.add(
        Lot, item_id=item_id, code=f"R{run_id:05}", received_at=ago(days),
        best_before=ago(days - 700).date(), unit_cost_micros=2_400, currency="EUR",
    )  # fmt: skip
    made.made_of.setdefault(item_id, []).append(lot_id)
    rows.add(ProductionOutput, production_order_id=run_id, completion=1, lot_id=lot_id,
             quantity=47 * PIECE)  # fmt: skip
    _moved(rows, lot_id, item_id, 47 * PIECE, kind="produced", ref=done, at=ago(days))
    for used in made.uses[item_id]:
        need_id = rows.add(ProductionNeed, production_order_id=run_id, item_id=used,
                           needed=96 * PIECE, consumed=96 * PIECE)  # fmt: skip
        lot = made.lots_of[used][number % 4]
        rows.add(CompletionUse, completion_id=done, need_id=need_id, lot_id=lot,
                 quantity=96 * PIECE, counts=96 * PIECE)  # fmt: skip
        _moved(rows, lot, used, -96 * PIECE, kind="consumed", ref=done, at=ago(days))


def _moved(
    rows: ManyRows, lot_id: int, item_id: int, quantity: int, *,
    kind: str, ref: int, at: datetime,
) -> None:  # fmt: skip
    rows.add(
        StockMove, lot_id=lot_id, item_id=item_id, quantity=quantity, kind=kind,
        ref_type="completion", ref_id=str(ref), at=at, who="user:1",
    )  # fmt: skip


def _open_run(rows: ManyRows, made: Catalogue, still: Open, *, number: int) -> None:
    item_id = made.products[number % len(made.products)]
    state = {0: "running", 1: "released", 2: "released"}.get(number % 8, "planned")
    run_id = _run(rows, made, item_id=item_id, state=state, days=-number / 15)
    a_slot(rows, made, run_id=run_id, day=number / 15)
    for demand_id in still.demands.get(item_id, []):
        rows.add(ProductionLink, production_order_id=run_id, demand_id=demand_id,
                 planned=PIECE)  # fmt: skip
    for used in made.uses[item_id]:
        need_id = rows.add(ProductionNeed, production_order_id=run_id, item_id=used,
                           needed=96 * PIECE, consumed=0)  # fmt: skip
        if number % 3:
            _keep(rows, still, lot_id=made.lots_of[used][0], item_id=used, pieces=96,
                  need_id=need_id)  # fmt: skip
        else:
            rows.add(Shortage, item_id=used, need_id=need_id, quantity=96 * PIECE,
                     reason="no_stock")  # fmt: skip
