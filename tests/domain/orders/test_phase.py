"""The phase people read, and what blocks an order."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.orders.phase import (
    DemandFacts,
    HoldReason,
    LineFacts,
    LineState,
    OrderFacts,
    Phase,
    hold_reasons,
    phase,
)
from hub.domain.planning.netting_types import ShortReason
from hub.domain.states import Intent
from mapping.canonical import Release

IN_STOCK = DemandFacts(quantity=2_000, allocated=2_000)
MAKING = DemandFacts(quantity=2_000, allocated=500, making=1_500)
PLANNED = DemandFacts(quantity=2_000, planned=2_000)
WAITING = DemandFacts(quantity=2_000, planned=1_000, waiting=1_000)
EXPECTING = DemandFacts(quantity=2_000, planned=500, expecting=1_500)
COMING = DemandFacts(quantity=2_000, incoming=2_000)
SHORT = DemandFacts(quantity=2_000, short=2_000, short_reason=ShortReason.NO_STOCK)
NO_RECIPE = DemandFacts(quantity=2_000, short=2_000, short_reason=ShortReason.NO_RECIPE)
NOT_PLANNED = DemandFacts(quantity=2_000, allocated=1_999)


def line(
    *demands: DemandFacts,
    state: LineState = LineState.MAPPED,
    ordered: int = 2,
    cancelled: int = 0,
    sent_elsewhere: int = 0,
    shipped: int = 0,
) -> LineFacts:
    return LineFacts(
        state=state,
        ordered=ordered,
        cancelled=cancelled,
        sent_elsewhere=sent_elsewhere,
        shipped=shipped,
        demands=demands,
    )


def order(
    *lines: LineFacts,
    intent: Intent = Intent.OPEN,
    release: Release = Release.READY,
    is_delivered: bool = False,
) -> OrderFacts:
    return OrderFacts(
        intent=intent, release=release, lines=lines, is_delivered=is_delivered
    )


UNMAPPED = line(state=LineState.UNMAPPED)
TIP = line(state=LineState.SERVICE, ordered=1)
SENT = line(shipped=2)


@pytest.mark.parametrize(
    "demand, expected",
    [
        (IN_STOCK, Phase.READY_TO_SHIP),
        (MAKING, Phase.IN_PRODUCTION),
        (PLANNED, Phase.MATERIALS_RESERVED),
        (WAITING, Phase.WAITING_FOR_MATERIALS),
        (EXPECTING, Phase.WAITING_FOR_MATERIALS),
        (COMING, Phase.WAITING_FOR_MATERIALS),
        (SHORT, Phase.WAITING_FOR_MATERIALS),
        (NO_RECIPE, Phase.NEEDS_ATTENTION),
        (NOT_PLANNED, Phase.NEW),
    ],
)
def test_one_line_gives_the_order_its_phase(demand: DemandFacts, expected: Phase) -> None:
    assert phase(order(line(demand))) is expected


BEST_FIRST = [
    (IN_STOCK, Phase.READY_TO_SHIP),
    (PLANNED, Phase.MATERIALS_RESERVED),
    (MAKING, Phase.IN_PRODUCTION),
    (WAITING, Phase.WAITING_FOR_MATERIALS),
    (NOT_PLANNED, Phase.NEW),
    (NO_RECIPE, Phase.NEEDS_ATTENTION),
]


@pytest.mark.parametrize("first, second", list(product(range(6), range(6))))
def test_of_two_lines_the_one_that_says_more_about_the_order_speaks(
    first: int, second: int
) -> None:
    lines = [line(BEST_FIRST[first][0]), line(BEST_FIRST[second][0])]

    assert phase(order(*lines)) is BEST_FIRST[max(first, second)][1]


@pytest.mark.parametrize("demand", [EXPECTING, COMING])
def test_what_was_ordered_has_to_come_and_is_not_missing(demand: DemandFacts) -> None:
    assert hold_reasons(order(line(demand))) == (HoldReason.ON_ITS_WAY,)
    assert hold_reasons(order(line(demand, WAITING))) == (
        HoldReason.SHORT,
        HoldReason.ON_ITS_WAY,
    )


def test_a_mapped_line_that_asks_for_nothing_yet_is_new() -> None:
    assert phase(order(line())) is Phase.NEW


@pytest.mark.parametrize("state", [LineState.UNMAPPED, LineState.SUGGESTED])
def test_one_unknown_listing_needs_a_person_though_the_rest_is_in_stock(
    state: LineState,
) -> None:
    facts = order(line(IN_STOCK), line(state=state))

    assert phase(facts) is Phase.NEEDS_ATTENTION
    assert hold_reasons(facts) == (HoldReason.UNMAPPED,)


def test_an_unknown_line_of_which_nothing_is_wanted_bothers_nobody() -> None:
    gone = line(state=LineState.UNMAPPED, cancelled=2)

    assert phase(order(gone, line(IN_STOCK))) is Phase.READY_TO_SHIP


@pytest.mark.parametrize(
    "release, expected, reason",
    [
        (Release.HOLD_RISK, Phase.NEEDS_ATTENTION, HoldReason.RISK),
        (Release.UNKNOWN, Phase.NEEDS_ATTENTION, HoldReason.UNKNOWN_STATUS),
        (Release.HOLD_PAYMENT, Phase.NEW, HoldReason.PAYMENT),
        (Release.HOLD_CHANNEL, Phase.NEW, HoldReason.CHANNEL_HOLD),
        (Release.SCHEDULED, Phase.NEW, HoldReason.SCHEDULED),
        (Release.TEST, Phase.NEW, HoldReason.TEST),
    ],
)
def test_what_the_channel_holds_is_never_ready(
    release: Release, expected: Phase, reason: HoldReason
) -> None:
    facts = order(line(IN_STOCK), release=release)

    assert phase(facts) is expected
    assert hold_reasons(facts) == (reason,)


def test_every_word_of_a_channel_is_ready_cancelled_or_has_a_reason() -> None:
    silent = {
        release
        for release in Release
        if not hold_reasons(order(line(IN_STOCK), release=release))
    }

    assert silent == {Release.READY, Release.CANCELLED}


def test_an_order_a_person_holds_waits_for_a_person() -> None:
    facts = order(line(IN_STOCK), intent=Intent.ON_HOLD)

    assert phase(facts) is Phase.NEEDS_ATTENTION
    assert hold_reasons(facts) == (HoldReason.ON_HOLD,)


def test_an_order_that_left_in_part_says_so() -> None:
    half = line(DemandFacts(quantity=1_000, planned=1_000), shipped=1)

    assert phase(order(half)) is Phase.PARTLY_SHIPPED
    assert phase(order(SENT, line(SHORT))) is Phase.PARTLY_SHIPPED


def test_what_needs_a_person_comes_before_what_left_in_part() -> None:
    assert phase(order(SENT, UNMAPPED)) is Phase.NEEDS_ATTENTION


@pytest.mark.parametrize(
    "is_delivered, expected", [(False, Phase.SHIPPED), (True, Phase.DELIVERED)]
)
def test_an_order_of_which_all_left_is_shipped_then_delivered(
    is_delivered: bool, expected: Phase
) -> None:
    facts = order(SENT, TIP, line(ordered=3, cancelled=1, shipped=1, sent_elsewhere=1),
                  is_delivered=is_delivered)  # fmt: skip

    assert phase(facts) is expected
    assert hold_reasons(facts) == ()


def test_a_shipped_order_stays_shipped_whatever_becomes_of_the_money() -> None:
    assert phase(order(SENT, release=Release.HOLD_PAYMENT)) is Phase.SHIPPED
    assert phase(order(line(cancelled=2, shipped=2))) is Phase.SHIPPED


@pytest.mark.parametrize(
    "facts",
    [
        order(line(IN_STOCK), intent=Intent.CANCELLED),
        order(UNMAPPED, release=Release.CANCELLED),
        order(line(cancelled=2), line(ordered=1, cancelled=1)),
        order(line(cancelled=2), TIP),
    ],
)
def test_an_order_called_off_or_taken_back_whole_is_cancelled(facts: OrderFacts) -> None:
    assert phase(facts) is Phase.CANCELLED
    assert hold_reasons(facts) == ()


@pytest.mark.parametrize(
    "facts, expected",
    [
        (order(TIP), Phase.NEW),
        (order(line(state=LineState.IGNORED)), Phase.NEW),
        (order(), Phase.NEW),
        (order(line(state=LineState.IGNORED, sent_elsewhere=2)), Phase.SHIPPED),
        (order(TIP, intent=Intent.CLOSED), Phase.SHIPPED),
    ],
)
def test_an_order_with_nothing_of_ours_is_sent_when_its_channel_says_so(
    facts: OrderFacts, expected: Phase
) -> None:
    assert phase(facts) is expected


@pytest.mark.parametrize("left", [UNMAPPED, line(SHORT), line(NO_RECIPE), line()])
def test_what_its_channel_put_away_asks_nobody_for_anything(left: LineFacts) -> None:
    facts = order(left, intent=Intent.CLOSED)

    assert phase(facts) is Phase.SHIPPED
    assert hold_reasons(facts) == ()


def test_reasons_come_most_pressing_first_and_once() -> None:
    facts = order(
        UNMAPPED,
        line(SHORT, WAITING),
        line(NO_RECIPE),
        line(DemandFacts(quantity=1, short=1, short_reason=ShortReason.SHELF_LIFE)),
        line(DemandFacts(quantity=1, short=1)),
        line(SHORT, cancelled=2),
        intent=Intent.ON_HOLD,
        release=Release.HOLD_PAYMENT,
    )

    assert hold_reasons(facts) == (
        HoldReason.ON_HOLD,
        HoldReason.UNMAPPED,
        HoldReason.NO_RECIPE,
        HoldReason.SHELF_LIFE,
        HoldReason.SHORT,
        HoldReason.PAYMENT,
    )


COVERS = st.sampled_from(
    (IN_STOCK, MAKING, PLANNED, WAITING, SHORT, NO_RECIPE, NOT_PLANNED)
)
ORDERS = st.builds(
    OrderFacts,
    intent=st.sampled_from(Intent),
    release=st.sampled_from(Release),
    is_delivered=st.booleans(),
    lines=st.lists(
        st.builds(
            LineFacts,
            state=st.sampled_from(LineState),
            ordered=st.integers(0, 3),
            cancelled=st.integers(0, 3),
            sent_elsewhere=st.integers(0, 3),
            shipped=st.integers(0, 3),
            demands=st.lists(COVERS, max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
)


@given(ORDERS)
def test_ready_to_ship_means_that_nothing_at_all_is_in_the_way(facts: OrderFacts) -> None:
    if phase(facts) is not Phase.READY_TO_SHIP:
        return

    assert hold_reasons(facts) == ()
    assert facts.release is Release.READY
    open_lines = [one for one in facts.lines if one.left]
    assert open_lines
    for one in open_lines:
        assert sum(d.allocated for d in one.demands) == sum(d.quantity for d in one.demands)


@given(ORDERS, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(
    facts: OrderFacts, shuffled: Random
) -> None:
    lines = list(facts.lines)
    shuffled.shuffle(lines)
    other = OrderFacts(
        intent=facts.intent,
        release=facts.release,
        is_delivered=facts.is_delivered,
        lines=tuple(lines),
    )

    assert phase(other) is phase(facts)
    assert hold_reasons(other) == hold_reasons(facts)
