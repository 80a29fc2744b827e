"""What the bench shows of a run: the lots to pick, and how many batches have come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.codes import lot_code
from hub.domain.making.completing import still_to_come
from hub.flow.making.scan_check import Scanned
from hub.flow.stock.lot_codes import PATTERN
from hub.models.by_id import by_id
from hub.models.making.run_views import RunRow
from hub.models.planning.habits import habits_of
from hub.models.planning.held import held_by_needs
from hub.models.planning.run_parts import needs_of_run
from hub.models.records.items import Item
from hub.models.records.people import Counter
from hub.models.records.production import ProductionOrder
from hub.models.stock.lots import LotStock, lots_by_id
from hub.web.wording.formats import write_plan, write_quantity
from hub.web.wording.language import gettext, locale

PIECE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLot:
    """A lot to take in hand; `quantity` is what goes in of it, None while that is not known."""

    lot: LotStock
    item: Item
    quantity: int | None
    is_chosen: bool
    is_other: bool
    """Whether a person took it instead of what the plan picked."""
    is_expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The lots of a run that is about to start, first expired first, others after them."""

    lots: Sequence[PickLot]
    said: Scanned | None
    """What the last scan found."""

    @property
    def chosen(self) -> int:
        """How many lots somebody has in hand."""
        return sum(each.is_chosen for each in self.lots)

    @property
    def has_others(self) -> bool:
        """Whether somebody has to say why."""
        return any(each.is_other for each in self.lots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a running run is; thousandths of what it makes."""

    batches: int
    done: int
    """Whole batches that came out, good or not."""
    part: int
    """What the next batch is to give."""

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after the next batch."""
        return self.done >= self.batches - 1


def chosen_lots() -> list[int]:
    """Return the lots ticked in the form, those of the page's address for a page that is read."""
    found = [
        each for each in request.form.getlist("lot") if each.isascii() and each.isdigit()
    ]
    return [int(each) for each in found if len(each) <= 18]


def bench_of(
    session: Session, *, run_id: int, today: date, said: Scanned | None = None
) -> Bench:
    """Read the lots to pick for a run, with what was ticked in the form kept."""
    need_ids = [need.id for need in needs_of_run(session, production_order_id=run_id)]
    planned: dict[int, int] = {}
    for held in held_by_needs(session, need_ids=need_ids):
        planned[held.lot_id] = planned.get(held.lot_id, 0) + held.quantity
    chosen = {*chosen_lots(), *([said.lot_id] if said else [])}
    lots = lots_by_id(session, lot_ids={*planned, *chosen})
    items = by_id(session, Item, ids={lot.item_id for lot in lots.values()})
    takes = said.takes if said else {}
    picks = [
        PickLot(
            lot=lot,
            item=items[lot.item_id],
            quantity=takes.get(lot.id, planned.get(lot.id)),
            is_chosen=lot.id in chosen,
            is_other=lot.id not in planned,
            is_expired=lot.best_before is not None and lot.best_before < today,
        )
        for lot in lots.values()
    ]
    return Bench(lots=sorted(picks, key=_turn), said=said)


def _turn(pick: PickLot) -> tuple[str, bool, date, int]:
    lot = pick.lot
    return pick.item.name, pick.is_other, lot.best_before or date.max, lot.id


def progress_of(run: ProductionOrder, *, unit: str) -> Progress:
    """Say how many batches of a run have come out, and what the next one is to give."""
    left = still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped)
    to_do = -(-run.batches * left // run.planned)
    part = left // to_do if to_do else 0
    if unit == "each":
        part = min(left, -(-part // PIECE) * PIECE)
    return Progress(batches=run.batches, done=run.batches - to_do, part=part)


def expected_words(run: ProductionOrder, *, unit: str) -> str:
    """Say what a run should still give, and how that comes about."""
    still = still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped)
    should = write_plan(still, unit)
    if run.produced or run.scrapped:
        came = write_quantity(run.produced, unit)
        return gettext(
            "Expected: %(quantity)s more; %(done)s came out.", quantity=should, done=came
        )
    size, loss = run.recipe.get("batch_size"), run.recipe.get("loss_bp")
    if not isinstance(size, int) or not isinstance(loss, int) or not loss:
        return gettext("Expected: %(quantity)s.", quantity=should)
    return gettext(
        "Expected: %(quantity)s; that is %(all)s less a usual loss of %(percent)s %%.",
        quantity=should,
        all=write_quantity(size * run.batches, unit),
        percent=format_decimal(Decimal(loss) / 100, locale=locale()),
    )


def suggested_code(session: Session, *, item: Item, on: date) -> str:
    """Say what the next lot of an item will be called if nobody says otherwise."""
    pattern = item.lot_pattern or habits_of(session).lot_pattern or PATTERN
    following = session.scalar(select(Counter.next_value).where(Counter.name == "lot"))
    return lot_code(pattern, item_code=item.code, on=on, sequence=following or 1)


def lot_to_add_to(row: RunRow) -> Mapping[str, object]:
    """Return the code and best before of the lot this run filled last, empty if there is none."""
    stands = [made.lot for made in row.made if made.lot and not made.completion.undone_at]
    if not stands or stands[-1].state != "available":
        return {}
    return {"code": stands[-1].code, "best_before": stands[-1].best_before}
