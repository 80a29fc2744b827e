"""Small words for writing down planning cases, and the cases Hypothesis tries."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from hub.domain.planning.netting_types import (
    Demand,
    Incoming,
    Kind,
    Link,
    LotSizes,
    Plan,
    Policy,
    StoredRun,
    Supplies,
)
from hub.domain.states import Production
from hub.domain.stock.allocation import FreeLot

TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def day(offset: int) -> date:
    """Name a day by its distance from today."""
    return TODAY + timedelta(days=offset)


def demand(
    key: str,
    quantity: int,
    *,
    due: int = 7,
    placed: int = 0,
    priority: int = 100,
    committed: int | None = None,
    asked: int | None = None,
    fresh_days: int = 0,
) -> Demand:
    """Write a demand; `due`, `asked` in days from today, `placed`, `committed` in hours."""
    return Demand(
        key=key,
        quantity=quantity,
        needed_on=day(due),
        placed_at=MORNING + timedelta(hours=placed),
        priority=priority,
        committed_at=None if committed is None else MORNING + timedelta(hours=committed),
        asked_on=None if asked is None else day(asked),
        min_remaining_days=fresh_days,
    )


def lot(lot_id: int, free: int, *, expires: int | None = None, came: int = 0) -> FreeLot:
    """Write a lot; `expires` in days from today, `came` in hours."""
    return FreeLot(
        lot_id=lot_id,
        free=free,
        received_at=MORNING + timedelta(hours=came),
        best_before=None if expires is None else day(expires),
    )


def run(
    run_id: int,
    state: Production,
    batches: int,
    output: int,
    *,
    frozen: bool = False,
    due: int | None = None,
    ends: int | None = None,
    **links: int,
) -> StoredRun:
    """Write a stored run; the keywords left over are what it makes for whom."""
    return StoredRun(
        run_id=run_id,
        state=state,
        batches=batches,
        output=output,
        links=tuple(Link(demand=key, quantity=links[key]) for key in sorted(links)),
        needed_on=None if due is None else day(due),
        ends_on=None if ends is None else day(ends),
        is_frozen=frozen,
    )


def make(
    good_yield: int = 10,
    *,
    least: int = 1,
    most: int | None = None,
    step: int = 1,
    window: int = 0,
    shelf_life: int | None = None,
    safety: int = 0,
    reorder: int = 0,
    up_to: int = 0,
) -> Policy:
    """Write the policy of something made here."""
    return Policy(
        kind=Kind.MAKE,
        today=TODAY,
        lot_sizes=LotSizes(
            good_yield=good_yield,
            min_batches=least,
            max_batches=most,
            step_batches=step,
        ),
        window_days=window,
        shelf_life_days=shelf_life,
        safety_stock=safety,
        reorder_point=reorder,
        stock_up_to=up_to,
    )


def stored_after(plan: Plan, *, supplies: Supplies) -> Supplies:
    """Store a plan as the flow does: runs and links, everything soft left to netting."""
    before = {stored.run_id: stored for stored in supplies.runs}
    ids = iter(range(1_000, 1_000 + len(plan.runs)))
    runs: list[StoredRun] = []
    for planned in plan.runs:
        old = before.get(planned.run_id) if planned.run_id is not None else None
        runs.append(
            StoredRun(
                run_id=next(ids) if planned.run_id is None else planned.run_id,
                state=old.state if old else Production.PLANNED,
                batches=planned.batches,
                output=planned.quantity,
                links=planned.links,
                needed_on=planned.needed_on,
                ends_on=old.ends_on if old else None,
                is_frozen=old.is_frozen if old else False,
            )
        )
    return Supplies(lots=supplies.lots, runs=tuple(runs), incoming=supplies.incoming)


KEYS = ("ana", "bea", "carl", "dora", "emil", "fay", "gus")
QUANTITIES = st.integers(0, 60)
DAYS = st.integers(-5, 30)
SOME_KEYS = st.lists(st.sampled_from(KEYS), unique=True)

DEMANDS = SOME_KEYS.flatmap(
    lambda keys: st.tuples(
        *(
            st.builds(
                demand,
                st.just(key),
                QUANTITIES,
                due=DAYS,
                placed=st.integers(0, 5),
                priority=st.sampled_from((10, 100, 100)),
                committed=st.sampled_from((None, None, 0, 1, 2)),
                asked=st.one_of(st.none(), DAYS),
                fresh_days=st.sampled_from((0, 0, 0, 3, 10)),
            )
            for key in keys
        )
    )
)
"""A handful of demands, some urgent, some promised, some fussy about freshness."""


def _numbered(
    lots: list[FreeLot], runs: list[StoredRun], incoming: list[Incoming]
) -> Supplies:
    return Supplies(
        lots=tuple(replace(lot, lot_id=n) for n, lot in enumerate(lots, 1)),
        runs=tuple(replace(run, run_id=n) for n, run in enumerate(runs, 1)),
        incoming=tuple(replace(line, purchase_id=n) for n, line in enumerate(incoming, 1)),
    )


SOMETIMES_A_DAY = st.sampled_from((None, -2, 0, 2, 5, 9, 20))
LOTS = st.builds(
    lot,
    st.just(0),
    QUANTITIES,
    expires=st.sampled_from((None, -2, 0, 1, 4, 8, 15, 33)),
    came=st.integers(0, 3),
)
STATES = (Production.PLANNED, Production.RELEASED, Production.RUNNING)
LINKS = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 30), max_size=3)
RUNS = st.builds(
    lambda state, batches, output, frozen, due, ends, links: run(
        0, state, batches, output, frozen=frozen, due=due, ends=ends, **links
    ),
    st.sampled_from(STATES),
    st.integers(1, 6),
    QUANTITIES,  # A run may give less than it was meant to: scrap, a poor yield.
    st.booleans(),
    SOMETIMES_A_DAY,
    SOMETIMES_A_DAY,
    LINKS,
)
INCOMING = st.builds(
    lambda quantity, days: Incoming(
        purchase_id=0, quantity=quantity, expected_on=None if days is None else day(days)
    ),
    QUANTITIES,
    SOMETIMES_A_DAY,
)
SUPPLIES = st.builds(
    _numbered,
    st.lists(LOTS, max_size=5),
    st.lists(RUNS, max_size=4),
    st.lists(INCOMING, max_size=3),
)
"""Any mix of lots (some expired), runs in every state, and purchases."""

SIZES = st.builds(
    lambda good_yield, least, step, most: LotSizes(
        good_yield=good_yield,
        min_batches=least,
        step_batches=step,
        max_batches=None if most is None else (least + most) * step,
    ),
    st.integers(1, 25),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from((None, 0, 1, 4)),
)
POLICIES = st.builds(
    Policy,
    kind=st.sampled_from((Kind.MAKE, Kind.MAKE, Kind.MAKE, Kind.BUY)),
    today=st.just(TODAY),
    lot_sizes=st.one_of(SIZES, SIZES, SIZES, st.none()),
    window_days=st.sampled_from((0, 3, 14)),
    shelf_life_days=st.sampled_from((None, None, 0, 5, 12, 40)),
    safety_stock=st.sampled_from((0, 0, 15)),
    reorder_point=st.sampled_from((0, 0, 40)),
    stock_up_to=st.sampled_from((0, 0, 120)),
)
"""Things made and bought, with and without recipe, shelf life, limits, wanted stock."""
