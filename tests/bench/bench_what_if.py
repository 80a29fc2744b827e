"""How long an answer to "what if" takes, remedies included: 1,000 open orders, in memory.

`make bench` runs it. Nothing is asserted about time.
"""

import time
from datetime import timedelta
from fractions import Fraction

from hub.domain.asking.what_if import effects, targets
from hub.domain.asking.what_if_changes import (
    CentreDown,
    Change,
    DemandTimes,
    LotRejected,
    OrderAdded,
    PurchaseLate,
    changed,
)
from hub.domain.asking.what_if_fixes import Whole, fixes, trouble_of
from hub.domain.asking.what_if_remedies import REMEDIES
from tests.domain.asking.workshops import MATERIALS, TODAY, Size, workshop

SIZES = (1_000, 3_000)
QUESTIONS: tuple[Change, ...] = (
    PurchaseLate(lines=frozenset({MATERIALS}), days=10),
    LotRejected(lot_id=MATERIALS + 5),
    DemandTimes(item_id=5, factor=Fraction(3)),
    CentreDown(work_centre=2, first=TODAY, last=TODAY + timedelta(days=9)),
    OrderAdded(item_id=7, quantity=200_000, needed_on=TODAY + timedelta(days=2)),
)


def test_an_answer_with_its_remedies() -> None:
    print("\n\nwhat if, answered in memory")
    print(
        f"{'orders':>7} {'question':>14} {'moved':>6} {'fixes':>6} {'plan':>8} {'answer':>8}"
    )
    moved = 0
    for size in SIZES:
        state = workshop(Size(orders=size))
        for question in QUESTIONS:
            began = time.process_time()
            planner = Whole()
            before = planner.plan(state)
            planned = time.process_time() - began
            asked = changed(state, [question])
            after = planner.plan(asked)
            to = targets(asked, before=before)
            found = effects(before, after, orders=asked.orders, to=to)
            trouble = trouble_of(
                state, asked, before=before, after=after, to=to, planner=planner
            )
            helps = fixes(trouble, remedies=REMEDIES)
            took = time.process_time() - began
            print(
                f"{size:>7,} {type(question).__name__:>14} {len(found.orders):>6}"
                f" {len(helps):>6} {planned:>6.2f} s {took:>6.2f} s"
            )
            moved += len(found.orders)
    assert moved
