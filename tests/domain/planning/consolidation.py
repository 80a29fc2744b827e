"""A seeded week of a small workshop, made in three ways, so that their runs can be compared."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from hub.domain.catalogue.recipe import Recipe, RecipeLine, explode, planning_order
from hub.domain.days.capacity import Calendar
from hub.domain.days.schedule import RunToPlace, Slot, Step, place_runs, run_minutes
from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import Demand, Kind, LotSizes, Policy, Supplies
from tests.domain.plans import MORNING, TODAY, demand

ORDERS = 500
WINDOW_DAYS = 3
CENTRES = (1, 2, 3)
"""The pouring table, the mixer and the soap bench, open from Monday to Friday."""
FULL_DAY, HALF_DAY, TOO_SHORT_A_DAY = 480, 240, 150
"""Minutes; the last is too little for these orders, however they are grouped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """Something made here: its recipe, how big a run may be, and what a run costs in time."""

    recipe: Recipe
    sizes: LotSizes
    work_centre: int
    setup: int
    per_batch: int
    rest_days: int
    shelf_life_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What is made here, and the open orders: what each wants of what, and by when."""

    goods: Mapping[int, Good]
    demands: Mapping[int, tuple[Demand, ...]]


@dataclass(slots=True)
class Made:
    """One run of one of the ways."""

    item_id: int
    batches: int
    for_whom: dict[str, int]
    needed_on: date


@dataclass(slots=True)
class Outcome:
    """What a way of grouping comes to."""

    runs: list[Made]
    setup_minutes: int
    ready: dict[str, date]
    """For each order, the day the last of its goods can be packed."""
    due: dict[str, date]

    @property
    def days_late(self) -> dict[str, int]:
        """Count the days each order is late; those in time are left out."""
        late = {order: (self.ready[order] - day).days for order, day in self.due.items()}
        return {order: days for order, days in late.items() if days > 0}


Way = Callable[[list[Demand], Good], list[Made]]
"""How the demands of one item become runs; in the order in which they are made."""


def candle(item_id: int) -> Good:
    """Poured in moulds of twelve, and cured."""
    return Good(
        recipe=Recipe(item_id=item_id, batch_size=12),
        sizes=LotSizes(good_yield=12, max_batches=6),
        work_centre=1,
        setup=25,
        per_batch=12,
        rest_days=2,
    )


def cream(item_id: int) -> Good:
    """Mixed in a small vessel that is cleaned between two scents; it does not keep for ever."""
    return Good(
        recipe=Recipe(item_id=item_id, batch_size=10, loss_bp=300),
        sizes=LotSizes(good_yield=9, max_batches=8),
        work_centre=2,
        setup=35,
        per_batch=10,
        rest_days=0,
        shelf_life_days=60,
    )


def soap(item_id: int, *, base: int) -> Good:
    """Cut from a base that the same bench boils."""
    lines = (RecipeLine(item_id=base, quantity=1_500),)
    return Good(
        recipe=Recipe(item_id=item_id, batch_size=15, lines=lines),
        sizes=LotSizes(good_yield=15, max_batches=6),
        work_centre=3,
        setup=15,
        per_batch=10,
        rest_days=0,
    )


def soap_base(item_id: int) -> Good:
    """Boiled by the kettle and left to set for a day."""
    return Good(
        recipe=Recipe(item_id=item_id, batch_size=6_000),
        sizes=LotSizes(good_yield=6_000, max_batches=3),
        work_centre=3,
        setup=40,
        per_batch=30,
        rest_days=1,
        shelf_life_days=30,
    )


def the_week(*, seed: int = 4, orders: int = ORDERS) -> Week:
    """Make up the open orders of a week: few products sell much, many sell little."""
    dice = Random(seed)
    base = 100
    goods = {n: candle(n) for n in range(1, 11)}
    goods |= {n: cream(n) for n in range(11, 19)}
    goods |= {n: soap(n, base=base) for n in range(19, 25)}
    products = sorted(goods)
    weights = [1 / (1 + n % 8) for n in products]
    wanted: dict[int, list[Demand]] = defaultdict(list)
    for order in range(orders):
        chosen = set(dice.choices(products, weights, k=dice.choice((1, 1, 2, 2, 3))))
        due = dice.choice((4, 5, 7, 8, 9, 10, 11, 14))
        for item_id in sorted(chosen):
            key = f"{order:03}/{item_id}"
            quantity = dice.choice((1, 1, 1, 2, 2, 3))
            wanted[item_id].append(demand(key, quantity, due=due, placed=-order))
    goods[base] = soap_base(base)
    return Week(goods=goods, demands={k: tuple(v) for k, v in wanted.items()})


def ours(demands: list[Demand], good: Good) -> list[Made]:
    """Net them."""
    policy = Policy(
        kind=Kind.MAKE,
        today=TODAY,
        lot_sizes=good.sizes,
        window_days=WINDOW_DAYS,
        shelf_life_days=good.shelf_life_days,
    )
    plan = net(demands, supplies=Supplies(), policy=policy)
    return [
        Made(
            item_id=good.recipe.item_id,
            batches=run.batches,
            for_whom={link.demand: link.quantity for link in run.links},
            needed_on=run.needed_on or TODAY,
        )
        for run in plan.runs
    ]


def one_run_an_order(demands: list[Demand], good: Good) -> list[Made]:
    """Open a run for each order in turn, unless the last run left enough over."""
    return _grouped(demands, good, by=lambda want: want.key)


def product_and_day(demands: list[Demand], good: Good) -> list[Made]:
    """Open a run for all that is due on one day, less what the last run left over."""
    return _grouped(demands, good, by=lambda want: str(want.needed_on))


def _grouped(
    demands: list[Demand], good: Good, *, by: Callable[[Demand], str]
) -> list[Made]:
    groups: dict[str, list[Demand]] = defaultdict(list)
    for want in sorted(demands, key=lambda want: (want.needed_on, want.key)):
        groups[by(want)].append(want)
    shelf = _Shelf(good)
    for group in groups.values():
        shelf.serve(group)
    return shelf.made


@dataclass(slots=True)
class _Shelf:
    """What runs put there, and which run each piece came from."""

    good: Good
    made: list[Made] = field(default_factory=list)
    over: int = 0

    def serve(self, group: list[Demand]) -> None:
        """Take what is on the shelf, make what is missing, as many runs as that takes."""
        missing = sum(want.quantity for want in group)
        for want in group:
            left = want.quantity
            while left:
                if not self.over:
                    self._open(missing, needed_on=want.needed_on)
                taken = min(left, self.over)
                run = self.made[-1]
                run.for_whom[want.key] = run.for_whom.get(want.key, 0) + taken
                self.over -= taken
                left -= taken
                missing -= taken

    def _open(self, missing: int, *, needed_on: date) -> None:
        sizes = self.good.sizes
        batches = min(sizes.batches_for(missing), sizes.most or missing)
        self.over = batches * sizes.good_yield
        item_id = self.good.recipe.item_id
        self.made.append(
            Made(item_id=item_id, batches=batches, for_whom={}, needed_on=needed_on)
        )


def make(week: Week, way: Way, *, minutes: int = FULL_DAY) -> Outcome:
    """Make the week in one way, level by level, and put its runs on the same calendars."""
    runs: list[Made] = []
    wanted = {item: list(demands) for item, demands in week.demands.items()}
    edges = {
        item: [line.item_id for line in good.recipe.lines]
        for item, good in week.goods.items()
    }
    for item_id in planning_order(edges, items=week.goods):
        good = week.goods[item_id]
        for run in way(wanted.get(item_id, []), good):
            runs.append(run)
            for below, quantity in explode(good.recipe, batches=run.batches).items():
                need = _need(f"run:{len(runs) - 1}", quantity, needed_on=run.needed_on)
                wanted.setdefault(below, []).append(need)
    return _scheduled(week, runs, minutes=minutes)


def _need(key: str, quantity: int, *, needed_on: date) -> Demand:
    return Demand(key=key, quantity=quantity, needed_on=needed_on, placed_at=MORNING)


def _scheduled(week: Week, runs: list[Made], *, minutes: int) -> Outcome:
    hours = Calendar(minutes=(*(minutes for _ in range(5)), 0, 0))
    slots = place_runs(
        _to_place(week, runs), centres=dict.fromkeys(CENTRES, hours), today=TODAY
    )
    ready: dict[str, date] = {}
    for index, run in enumerate(runs):
        slot = slots[f"run:{index}"]
        assert isinstance(slot, Slot)
        for key in run.for_whom:
            order = key.partition("/")[0]
            ready[order] = max(ready.get(order, TODAY), slot.ready_on)
    due = {
        want.key.partition("/")[0]: want.needed_on
        for demands in week.demands.values()
        for want in demands
    }
    return Outcome(
        runs=runs,
        setup_minutes=sum(week.goods[run.item_id].setup for run in runs),
        ready={order: ready[order] for order in due},
        due=due,
    )


def _to_place(week: Week, runs: list[Made]) -> Iterable[RunToPlace]:
    after: dict[str, set[str]] = defaultdict(set)
    for index, run in enumerate(runs):
        for key in run.for_whom:
            after[key].add(f"run:{index}")
    for index, run in enumerate(runs):
        good = week.goods[run.item_id]
        yield RunToPlace(
            key=f"run:{index}",
            steps=(
                Step(
                    work_centre=good.work_centre,
                    minutes=run_minutes(
                        good.setup, per_batch=good.per_batch, batches=run.batches
                    ),
                    rest_days=good.rest_days,
                ),
            ),
            earliest_on=TODAY,
            needed_on=run.needed_on,
            after=frozenset(after[f"run:{index}"]),
        )
