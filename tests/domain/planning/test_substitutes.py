"""Another item stands in where a run is short: never asked of others, never more than there is."""

from collections import defaultdict
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import Demand, Kind, Plan, Policy, Supplies
from hub.domain.planning.substitutes import (
    Alternate,
    Substitution,
    Table,
    Together,
    net_together,
)
from hub.domain.stock.allocation import FreeLot, is_fresh
from tests.domain.plans import (
    DEMANDS,
    KEYS,
    LOTS,
    TODAY,
    day,
    demand,
    lot,
    make,
)

SOY, COCO, BEES = 1, 2, 3
BUY = Policy(kind=Kind.BUY, today=TODAY)


def table(*demands: Demand, lots: tuple[FreeLot, ...] = (), policy: Policy = BUY) -> Table:
    """Write what one item is netted from; all its demands are needs of runs."""
    return Table(
        demands=demands,
        supplies=Supplies(lots=lots),
        policy=policy,
        open_keys=frozenset(each.key for each in demands),
    )


def short_of(plan: Plan) -> dict[str, int]:
    """Read what a plan leaves short, by demand."""
    return {each.demand: each.quantity for each in plan.shortages}


def test_a_short_need_takes_the_substitute_by_its_factor() -> None:
    tables = {
        SOY: table(demand("run", 1000), lots=(lot(1, 400),)),
        COCO: table(lots=(lot(2, 5000),)),
    }

    found = net_together(
        tables,
        alternates=[Alternate(item_id=SOY, substitute_id=COCO, factor_ppm=1_200_000)],
    )

    assert found.substitutions == (
        Substitution(demand="run", item_id=COCO, quantity=720, replaces=600),
    )
    assert short_of(found.plans[SOY]) == {}
    taken = [
        (each.demand, each.lot_id, each.quantity) for each in found.plans[COCO].allocations
    ]
    assert taken == [("run", 2, 720)]


def test_what_the_substitute_cannot_replace_stays_short() -> None:
    tables = {
        SOY: table(demand("run", 1000)),
        COCO: table(lots=(lot(2, 100),)),
    }

    found = net_together(
        tables,
        alternates=[Alternate(item_id=SOY, substitute_id=COCO, factor_ppm=1_500_000)],
    )

    assert [(each.quantity, each.replaces) for each in found.substitutions] == [(99, 66)]
    assert short_of(found.plans[SOY]) == {"run": 934}


def test_the_first_choice_is_taken_before_the_second() -> None:
    tables = {
        SOY: table(demand("run", 100)),
        COCO: table(lots=(lot(2, 70),)),
        BEES: table(lots=(lot(3, 70),)),
    }

    found = net_together(
        tables,
        alternates=[
            Alternate(item_id=SOY, substitute_id=COCO, rank=20),
            Alternate(item_id=SOY, substitute_id=BEES, rank=10),
        ],
    )

    taken = [(each.item_id, each.quantity) for each in found.substitutions]
    assert taken == [(BEES, 70), (COCO, 30)]


def test_the_more_urgent_need_is_served_first_across_items() -> None:
    tables = {
        SOY: table(demand("later", 50, due=9)),
        COCO: table(lots=(lot(2, 60),)),
        BEES: table(demand("sooner", 50, due=3)),
    }

    found = net_together(
        tables,
        alternates=[
            Alternate(item_id=SOY, substitute_id=COCO),
            Alternate(item_id=BEES, substitute_id=COCO),
        ],
    )

    assert [(each.demand, each.quantity) for each in found.substitutions] == [
        ("sooner", 50),
        ("later", 10),
    ]


def test_a_buyer_is_never_sent_another_product() -> None:
    tables = {
        SOY: replace(table(demand("order", 50)), open_keys=frozenset()),
        COCO: table(lots=(lot(2, 60),)),
    }

    found = net_together(tables, alternates=[Alternate(item_id=SOY, substitute_id=COCO)])

    assert found.substitutions == ()
    assert short_of(found.plans[SOY]) == {"order": 50}


def test_the_safety_stock_of_a_substitute_is_left_alone() -> None:
    tables = {
        SOY: table(demand("run", 50)),
        COCO: table(lots=(lot(2, 60),), policy=replace(BUY, safety_stock=40)),
    }

    found = net_together(tables, alternates=[Alternate(item_id=SOY, substitute_id=COCO)])

    assert short_of(found.plans[SOY]) == {"run": 30}


def test_a_substitute_that_was_taken_is_filled_up_again() -> None:
    tables = {
        SOY: table(demand("run", 50)),
        COCO: table(lots=(lot(2, 60),), policy=make(10, reorder=40, up_to=60)),
    }

    found = net_together(tables, alternates=[Alternate(item_id=SOY, substitute_id=COCO)])

    assert [each.batches for each in found.plans[COCO].runs] == [5]


def test_a_lot_too_old_on_the_day_of_the_run_is_not_taken() -> None:
    tables = {
        SOY: table(demand("run", 50, due=9)),
        COCO: table(lots=(lot(2, 60, expires=8), lot(3, 20, expires=9))),
    }

    found = net_together(tables, alternates=[Alternate(item_id=SOY, substitute_id=COCO)])

    assert [each.lot_id for each in found.plans[COCO].allocations] == [3]
    assert short_of(found.plans[SOY]) == {"run": 30}


def test_two_items_that_stand_in_for_each_other_do_so_only_from_what_is_free() -> None:
    tables = {
        SOY: table(demand("soy", 50), lots=(lot(1, 20),)),
        COCO: table(demand("coco", 50), lots=(lot(2, 70),)),
    }
    both = [
        Alternate(item_id=SOY, substitute_id=COCO),
        Alternate(item_id=COCO, substitute_id=SOY),
    ]

    found = net_together(tables, alternates=both)

    assert [(each.demand, each.quantity) for each in found.substitutions] == [("soy", 20)]
    assert short_of(found.plans[SOY]) == {"soy": 10}
    assert short_of(found.plans[COCO]) == {}


POLICIES = st.sampled_from(
    (BUY, replace(BUY, safety_stock=15), make(10), make(10, safety=5, reorder=20))
)
FACTORS = st.sampled_from((1, 333_333, 1_000_000, 1_200_000, 2_500_000))
PAIRS = st.lists(
    st.tuples(
        st.sampled_from((SOY, COCO, BEES)), st.sampled_from((SOY, COCO, BEES))
    ).filter(lambda pair: pair[0] != pair[1]),
    unique=True,
)


@st.composite
def groups(draw: st.DrawFn) -> tuple[dict[int, Table], list[Alternate]]:
    """Draw three items with demands and lots of their own, and who may stand in for whom."""
    tables: dict[int, Table] = {}
    for item_id in (SOY, COCO, BEES):
        lots = draw(st.lists(LOTS, max_size=3))
        wants = draw(DEMANDS)[:4]
        some = draw(st.sets(st.sampled_from(KEYS)))
        tables[item_id] = Table(
            demands=tuple(replace(each, key=f"{item_id}-{each.key}") for each in wants),
            supplies=Supplies(
                lots=tuple(
                    replace(each, lot_id=10 * item_id + n) for n, each in enumerate(lots)
                )
            ),
            policy=draw(POLICIES),
            open_keys=frozenset(f"{item_id}-{key}" for key in some),
        )
    alternates = [
        Alternate(
            item_id=item_id,
            substitute_id=substitute_id,
            factor_ppm=draw(FACTORS),
            rank=draw(st.integers(1, 3)),
        )
        for item_id, substitute_id in draw(PAIRS)
    ]
    return tables, alternates


def alone(tables: dict[int, Table]) -> dict[int, Plan]:
    """Net each item as if nothing could stand in for it."""
    return {
        item_id: net(each.demands, supplies=each.supplies, policy=each.policy)
        for item_id, each in tables.items()
    }


def owner(tables: dict[int, Table], key: str) -> int:
    """Find whose demand a key is."""
    return next(
        item_id
        for item_id, each in tables.items()
        if any(want.key == key for want in each.demands)
    )


@given(groups())
def test_no_lot_is_given_twice(case: tuple[dict[int, Table], list[Alternate]]) -> None:
    tables, alternates = case

    found = net_together(tables, alternates=alternates)

    given_away: dict[int, int] = defaultdict(int)
    for plan in found.plans.values():
        for each in plan.allocations:
            given_away[each.lot_id] += each.quantity
    free = {each.lot_id: each.free for one in tables.values() for each in one.supplies.lots}
    assert all(quantity <= free[lot_id] for lot_id, quantity in given_away.items())


@given(groups())
def test_what_is_replaced_is_no_longer_short_and_nothing_else_changes(
    case: tuple[dict[int, Table], list[Alternate]],
) -> None:
    tables, alternates = case

    found = net_together(tables, alternates=alternates)

    replaced: dict[str, int] = defaultdict(int)
    for each in found.substitutions:
        assert each.replaces > 0
        assert each.demand in tables[owner(tables, each.demand)].open_keys
        replaced[each.demand] += each.replaces
    for item_id, before in alone(tables).items():
        after = short_of(found.plans[item_id])
        stood_in = {key for key in replaced if owner(tables, key) == item_id}
        accounted = {key: after.get(key, 0) + replaced[key] for key in {*after, *stood_in}}
        assert accounted == short_of(before)


@given(groups())
def test_a_substitution_is_held_in_fresh_lots_to_the_last_thousandth(
    case: tuple[dict[int, Table], list[Alternate]],
) -> None:
    tables, alternates = case
    factors = {(each.item_id, each.substitute_id): each.factor_ppm for each in alternates}
    ages = {
        each.lot_id: each.best_before
        for one in tables.values()
        for each in one.supplies.lots
    }

    found = net_together(tables, alternates=alternates)

    for each in found.substitutions:
        item_id = owner(tables, each.demand)
        want = next(one for one in tables[item_id].demands if one.key == each.demand)
        factor = factors[item_id, each.item_id]
        assert each.quantity == -(-each.replaces * factor // 1_000_000)
        held = [
            one
            for one in found.plans[each.item_id].allocations
            if one.demand == each.demand
        ]
        assert sum(one.quantity for one in held) == each.quantity
        assert all(
            is_fresh(
                ages[one.lot_id],
                used_on=max(want.needed_on, day(0)),
                min_remaining_days=want.min_remaining_days,
            )
            for one in held
        )


@given(groups())
def test_nobody_loses_what_they_had_of_their_own_item(
    case: tuple[dict[int, Table], list[Alternate]],
) -> None:
    tables, alternates = case

    found = net_together(tables, alternates=alternates)

    for item_id, before in alone(tables).items():
        own = {each.key for each in tables[item_id].demands}
        kept = [each for each in found.plans[item_id].allocations if each.demand in own]
        assert tuple(kept) == before.allocations
        assert found.plans[item_id].covers == before.covers


@given(groups())
def test_safety_stock_is_touched_by_no_substitution(
    case: tuple[dict[int, Table], list[Alternate]],
) -> None:
    tables, alternates = case

    found = net_together(tables, alternates=alternates)

    for item_id, plan in found.plans.items():
        taken = sum(
            each.quantity for each in found.substitutions if each.item_id == item_id
        )
        fresh = sum(
            each.free
            for each in tables[item_id].supplies.lots
            if is_fresh(each.best_before, used_on=TODAY)
        )
        left = fresh - sum(each.quantity for each in plan.allocations)
        assert not taken or left >= tables[item_id].policy.safety_stock


@given(groups(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_said_does_not_matter(
    case: tuple[dict[int, Table], list[Alternate]], chance: Random
) -> None:
    tables, alternates = case
    shuffled = list(alternates)
    chance.shuffle(shuffled)

    one = net_together(tables, alternates=alternates)
    other = net_together(dict(reversed(tables.items())), alternates=shuffled)

    assert one == other


def test_a_lone_item_is_netted_as_ever() -> None:
    tables = {SOY: table(demand("run", 50), lots=(lot(1, 20),))}

    assert net_together(tables) == Together(plans=alone(tables))
