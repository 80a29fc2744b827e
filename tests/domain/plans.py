"""Small words for writing down planning cases, and the cases Hypothesis tries."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from hub.domain.allocation import FreeLot
from hub.domain.netting_types import (
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
    fresh_days: int = 0,
) -> Demand:
    """Write a demand; `due` in days from today, `placed` and `committed` in hours."""
    return Demand(
        key=key,
        quantity=quantity,
        needed_on=day(due),
        placed_at=MORNING + timedelta(hours=placed),
        priority=priority,
        committed_at=None if committed is None else MORNING + timedelta(hours=committed),
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
FRESH = st.sampled_from((0, 0, 0, 3, 10))


@st.composite
def demands(draw: st.DrawFn) -> tuple[Demand, ...]:
    """Try a handful of demands, some urgent, some promised, some fussy about freshness."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=len(KEYS)))
    return tuple(
        demand(
            key,
            draw(QUANTITIES),
            due=draw(DAYS),
            placed=draw(st.integers(0, 5)),
            priority=draw(st.sampled_from((10, 100, 100))),
            committed=draw(st.none() | st.integers(0, 5)),
            fresh_days=draw(FRESH),
        )
        for key in keys
    )


@st.composite
def lots(draw: st.DrawFn) -> tuple[FreeLot, ...]:
    """Try a few lots, some of them expired."""
    return tuple(
        lot(
            number,
            draw(QUANTITIES),
            expires=draw(st.none() | st.integers(-3, 40)),
            came=draw(st.integers(0, 3)),
        )
        for number in range(1, draw(st.integers(0, 5)) + 1)
    )


@st.composite
def stored_runs(draw: st.DrawFn) -> tuple[StoredRun, ...]:
    """Try open runs in every state, linked to people who may or may not still want them."""
    states = st.sampled_from((Production.PLANNED, Production.RELEASED, Production.RUNNING))
    runs: list[StoredRun] = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        linked = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3))
        links = {key: draw(st.integers(1, 30)) for key in linked}
        batches = draw(st.integers(1, 6))
        runs.append(
            run(
                number,
                draw(states),
                batches,
                # A run may give less than it was meant to: scrap, a poor yield.
                draw(st.integers(0, 60)),
                frozen=draw(st.booleans()),
                due=draw(st.none() | DAYS),
                ends=draw(st.none() | DAYS),
                **links,
            )
        )
    return tuple(runs)


@st.composite
def supplies(draw: st.DrawFn) -> Supplies:
    """Try any mix of lots, runs and purchases."""
    incoming = tuple(
        Incoming(
            purchase_id=number,
            quantity=draw(QUANTITIES),
            expected_on=draw(st.none() | DAYS.map(day)),
        )
        for number in range(1, draw(st.integers(0, 3)) + 1)
    )
    return Supplies(lots=draw(lots()), runs=draw(stored_runs()), incoming=incoming)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Try things made and bought, with and without recipe, shelf life, limits, stock."""
    step = draw(st.integers(1, 3))
    least = draw(st.integers(1, 4))
    most = draw(st.none() | st.integers(0, 4).map(lambda more: (least + 2 + more) * step))
    sizes = LotSizes(
        good_yield=draw(st.integers(1, 25)),
        min_batches=least,
        max_batches=most,
        step_batches=step,
    )
    return Policy(
        kind=draw(st.sampled_from((Kind.MAKE, Kind.MAKE, Kind.MAKE, Kind.BUY))),
        today=TODAY,
        lot_sizes=draw(st.sampled_from((sizes, sizes, sizes, None))),
        window_days=draw(st.sampled_from((0, 3, 14))),
        shelf_life_days=draw(st.none() | st.integers(0, 40)),
        safety_stock=draw(st.sampled_from((0, 0, 15))),
        reorder_point=draw(st.sampled_from((0, 0, 40))),
        stock_up_to=draw(st.sampled_from((0, 0, 120))),
    )
