"""The workshop of the worked week, built and played through the hub's own flow."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import Choice
from hub.domain.catalogue.recipe import RecipeLine
from hub.domain.planning.habits import Habits
from hub.flow.catalogue.alternates import set_alternate
from hub.flow.catalogue.catalogue import add_recipe, add_work_centre
from hub.flow.catalogue.items import add_item
from hub.flow.catalogue.suppliers import add_supplier, offer
from hub.flow.house.workshop import Way, change_habits, set_transit
from hub.flow.intake.upsert import upsert_order
from hub.flow.making import produce
from hub.flow.meaning.variants import variant_of
from hub.flow.orders.change import cancel_order
from hub.flow.orders.prioritise import prioritise
from hub.flow.planning import new_day
from hub.flow.planning.plan import replan
from hub.flow.purchasing import purchase, purchase_draft
from hub.flow.recalls.recall import start_recall
from hub.flow.shipping.ship import ship
from hub.flow.stock.counts import count
from hub.flow.stock.stock import receive
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder, Supplier
from hub.models.records.stock import Lot
from mapping.canonical import Address, Customer, Line, LineKind, Order, Payment, Release
from mapping.effects import Tracking
from tests.factories import make_account
from tests.flow.week.week_document import NOTHING, ZONE, Step, day, moment, number, parts
from tests.flow.week.week_document import thousandths as amount

WHO = "user:1"


@dataclass(slots=True, kw_only=True)
class Week:
    """The workshop and what is on its clock."""

    session: Session
    now: datetime
    shop: ChannelAccount
    told: dict[str, Order] = field(default_factory=dict)
    """Each order as its shop last stated it, by our number."""

    @property
    def today(self) -> date:
        """The day on the workshop's clock."""
        return self.now.astimezone(ZONE).date()

    def item(self, code: str) -> int:
        """Find an item by its code."""
        return self.session.scalars(select(Item.id).filter_by(code=code)).one()

    def order(self, code: str) -> int:
        """Find an order by its number."""
        return self.session.scalars(select(SalesOrder.id).filter_by(number=code)).one()

    def run(self, code: str) -> int:
        """Find a run by its number."""
        return self.session.scalars(select(ProductionOrder.id).filter_by(number=code)).one()

    def lot(self, code: str) -> int:
        """Find a lot by its code."""
        return self.session.scalars(select(Lot.id).filter_by(code=code)).one()

    def bought(self, code: str) -> int:
        """Find a purchase order by its number."""
        return self.session.scalars(select(PurchaseOrder.id).filter_by(number=code)).one()


# Building ---------------------------------------------------------------------------------


def build(session: Session, step: Step) -> Week:
    """Set the workshop up as the tables of a chapter say; its orders are placed, not planned."""
    now = moment(next(iter(step.of("order")))["placed"])
    week = Week(session=session, now=now, shop=make_account(session, name="Jara y Romero"))
    for row in step.of("item"):
        _add_item(week, row)
    centres = {
        row["work centre"]: add_work_centre(
            session,
            code=row["work centre"],
            name=row["work centre"],
            open_minutes=[number(row["Monday to Friday"])] * 5 + [0, 0],
            who=WHO,
            now=now,
        )
        for row in step.of("work centre")
    }
    adds = _choices(week, step)
    for row in step.of("recipe"):
        _write_recipe(week, row, centres=centres, choices=adds.get(row["recipe"], ()))
    for row in step.of("finish"):
        made = variant_of(
            session, family_id=week.item(row["of"]), options={"Scent": _scent(row)},
            batch_size=amount(row["at a time"]), who=WHO, now=now,
        )  # fmt: skip
        assert made == week.item(row["finish"])
    for row in step.of("instead of"):
        set_alternate(
            session, item_id=week.item(row["instead of"]),
            substitute_id=week.item(row["take"]),
            factor_ppm=round(float(row["for each gram"]) * 1_000_000), who=WHO, now=now,
        )  # fmt: skip
    _fill_shelves(week, step)
    _say_habits(week, step)
    for row in step.of("order"):
        week.now = moment(row["placed"])
        place_order(week, row["order"], wants=row["wants"], to=row["to"])
    return week


def _add_item(week: Week, row: Mapping[str, str]) -> None:
    more: dict[str, object] = {}
    if row["keeps"] != NOTHING:
        more["shelf_life_days"] = number(row["keeps"])
    if row["fresh for"] != NOTHING:
        more["min_remaining_days"] = number(row["fresh for"])
    levels = re.fullmatch(r"under (\d+) up to (\d+)", row["refill"])
    if levels:
        more |= {
            "policy": "make_to_stock",
            "reorder_point": amount(levels[1]),
            "stock_up_to": amount(levels[2]),
        }
    add_item(
        week.session, code=row["item"], name=row["name"], kind=row["kind"],
        unit=row["unit"], who=WHO, now=week.now, **more,
    )  # fmt: skip


def _scent(row: Mapping[str, str]) -> str:
    return row["finish"].partition("/")[2].title()


def _choices(week: Week, step: Step) -> dict[str, list[Choice]]:
    found: dict[str, list[Choice]] = {}
    for row in step.of("finish"):
        lines = tuple(
            RecipeLine(item_id=week.item(code), quantity=quantity)
            for code, quantity in parts(row["a base batch takes"])
        )
        found.setdefault(row["of"], []).append(
            Choice(option="Scent", value=_scent(row), lines=lines)
        )
    return found


def _write_recipe(
    week: Week,
    row: Mapping[str, str],
    *,
    centres: Mapping[str, int],
    choices: list[Choice] | tuple[()],
) -> None:
    add_recipe(
        week.session,
        item_id=week.item(row["recipe"]),
        batch_size=amount(row["batch"]),
        lines=[
            RecipeLine(item_id=week.item(code), quantity=quantity)
            for code, quantity in parts(row["takes"])
        ],
        loss_bp=int(row["loss"].removesuffix("%")) * 100,
        max_batches=None if row["most"] == NOTHING else number(row["most"]),
        work_centre_id=centres[row["where"]],
        setup_minutes=number(row["set-up"]),
        batch_minutes=number(row["each batch"]),
        rest_days=0 if row["rests"] == NOTHING else number(row["rests"]),
        choices=choices or None,
        who=WHO,
        now=week.now,
    )


def _fill_shelves(week: Week, step: Step) -> None:
    session = week.session
    for row in step.of("lot"):
        keeps = None if row["best before"] == NOTHING else day(row["best before"])
        receive(
            session, item_id=week.item(row["item"]), quantity=amount(row["quantity"]),
            code=row["lot"], best_before=keeps, who=WHO, now=week.now,
        )  # fmt: skip
    suppliers: dict[str, int] = {}
    for row in step.of("supplier"):
        code = row["supplier"]
        if code not in suppliers:
            suppliers[code] = add_supplier(
                session, code=code, name=code, who=WHO, now=week.now
            )
        offer(
            session, supplier_id=suppliers[code], item_id=week.item(row["sells"]),
            lead_time_days=number(row["takes"]), smallest=amount(row["at least"]),
            multiple=amount(row["in packs of"]), who=WHO, now=week.now,
        )  # fmt: skip


def _say_habits(week: Week, step: Step) -> None:
    said = {row["habit"]: row["here"] for row in step.of("habit")}
    habits = Habits(
        country=said["holidays of"],
        window_days=number(said["orders share a run within"]),
        cut_off=time.fromisoformat(said["parcels leave until"]),
        offer_days=number(said["offered if ready within"]),
    )
    change_habits(week.session, habits=habits, who=WHO, now=week.now)
    ways = [Way(country=row["to"], days=number(row["on its way"])) for row in step.of("to")]
    set_transit(week.session, ways=ways, who=WHO, now=week.now)


# Playing ----------------------------------------------------------------------------------


def play(week: Week, event: Mapping[str, str]) -> None:
    """Let one event of the document happen, and plan what it touched."""
    before, week.now = week.today, moment(event["when"])
    if week.today != before:
        _begin_day(week)
    EVENTS[event["event"]](week, event["of"], event["figures"])
    replan(week.session, now=week.now, zone=ZONE)
    week.session.expire_all()


def _begin_day(week: Week) -> None:
    orders = new_day.begin_day(week.session, now=week.now, zone=ZONE)
    replan(week.session, now=week.now, zone=ZONE)
    new_day.refresh_some(week.session, order_ids=orders, now=week.now, zone=ZONE)


def place_order(week: Week, code: str, *, wants: str, to: str) -> None:
    """Let the shop tell us of an order; its number must be the one we give it."""
    order = Order(
        external_id=f"shop-{code}", number=f"#{code}", placed_at=week.now,
        updated_at=week.now, payment=Payment.PAID, release=Release.READY,
        lines=tuple(_lines(wants)), currency="EUR",
        customer=Customer(external_id=code, name="Ana Gil", email="ana@example.com"),
        ship_to=Address(name="Ana Gil", line1="Calle Mayor 1", country=to),
    )  # fmt: skip
    _tell(week, code, order)
    assert week.order(code)


def _lines(wants: str) -> list[Line]:
    pairs = (each.split(" ", 1) for each in wants.split(", "))
    return [
        Line(
            external_id=code, kind=LineKind.PRODUCT, title=code, ordered=int(pieces),
            sku=code,
        )
        for pieces, code in pairs
    ]  # fmt: skip


def _tell(week: Week, code: str, order: Order) -> None:
    week.told[code] = order
    upsert_order(week.session, account=week.shop, order=order, who=WHO, now=week.now)


def _order(week: Week, of: str, figures: str) -> None:
    wants, _, to = figures.partition(" to ")
    place_order(week, of, wants=wants, to=to)


def _cut(week: Week, of: str, figures: str) -> None:
    newer = replace(week.told[of], lines=tuple(_lines(figures)), updated_at=week.now)
    _tell(week, of, newer)


def _raise(week: Week, of: str, figures: str) -> None:
    place, _, reason = figures.removeprefix("to ").partition(", ")
    prioritise(
        week.session, order_id=week.order(of), priority=int(place), reason=reason,
        who=WHO, now=week.now, zone=ZONE,
    )  # fmt: skip


def _cancel(week: Week, of: str, figures: str) -> None:
    cancel_order(
        week.session, order_id=week.order(of), reason=figures, who=WHO, now=week.now
    )


def _buy(week: Week, of: str, figures: str) -> None:
    code = figures.removeprefix("from ")
    supplier_id = week.session.scalars(select(Supplier.id).filter_by(code=code)).one()
    bought = purchase_draft.draft_suggested(
        week.session, supplier_id=supplier_id, today=week.today, who=WHO, now=week.now
    )
    assert bought == week.bought(of)
    purchase.place(
        week.session, purchase_order_id=bought, today=week.today, who=WHO, now=week.now
    )


def _late(week: Week, of: str, figures: str) -> None:
    purchase.expect(
        week.session, purchase_order_id=week.bought(of), expected_on=day(figures),
        today=week.today, who=WHO, now=week.now,
    )  # fmt: skip


def _start(week: Week, of: str, _: str) -> None:
    produce.start(
        week.session, production_order_id=week.run(of), who=WHO, now=week.now, zone=ZONE
    )


def _finish(week: Week, of: str, figures: str) -> None:
    found = re.fullmatch(r"(\d+) good(?:, (\d+) broken)?, lot (\S+)", figures)
    assert found, figures
    good, broken, code = found.groups()
    produce.finish(
        week.session, production_order_id=week.run(of), produced=amount(good),
        scrapped=amount(broken or "0"), scrap_reason="broken" if broken else "",
        lot_code=code, who=WHO, now=week.now, zone=ZONE,
    )  # fmt: skip


def _count(week: Week, of: str, figures: str) -> None:
    count(
        week.session, lot_id=week.lot(of), quantity=amount(figures), who=WHO, now=week.now
    )


def _ship(week: Week, of: str, _: str) -> None:
    ship(
        week.session, order_id=week.order(of), lines=None, tracking=Tracking(),
        notify=False, who=WHO, now=week.now, zone=ZONE,
    )  # fmt: skip


def _drill(week: Week, of: str, figures: str) -> None:
    start_recall(
        week.session, lot_id=week.lot(of), reason=figures, is_drill=True, who=WHO,
        now=week.now,
    )  # fmt: skip


def _look(_week: Week, _of: str, _figures: str) -> None:
    """Plan, and nothing else."""


EVENTS: Mapping[str, Callable[[Week, str, str], None]] = {
    "plan": _look,
    "order": _order,
    "cut": _cut,
    "raise": _raise,
    "cancel": _cancel,
    "buy": _buy,
    "late": _late,
    "start": _start,
    "finish": _finish,
    "count": _count,
    "ship": _ship,
    "drill": _drill,
}
