"""Why a run changed: whose demand it was, and what happened to it."""

import re
from pathlib import Path

import hub.flow
from hub.domain.planning.explain import (
    MOST_CAUSES,
    WHATS,
    Cause,
    Explanation,
    Fact,
    Owner,
    as_data,
    explain,
    from_data,
)
from hub.domain.planning.netting_diff import ChangeKind, RunChange
from hub.domain.planning.netting_types import Link
from tests.domain.plans import day

OWNERS = {
    "demand:1": Owner(order="H-0088", line=1),
    "demand:2": Owner(order="H-0088", line=2),
    "demand:3": Owner(order="H-0090", line=1),
    "need:7": Owner(run="P-0003"),
}


def change(
    kind: ChangeKind = ChangeKind.SHRUNK,
    *,
    lost: tuple[Link, ...] = (),
    gained: tuple[Link, ...] = (),
) -> RunChange:
    return RunChange(
        kind=kind,
        run_id=12,
        batches_before=4,
        batches_after=3,
        needed_before=day(3),
        needed_after=day(5),
        gained=gained,
        lost=lost,
    )


def link(key: str, quantity: int = 10) -> Link:
    return Link(demand=key, quantity=quantity)


def causes(
    found: RunChange, *facts: Fact, wanted: tuple[str, ...] = ()
) -> tuple[Cause, ...]:
    said = explain(found, run="P-0012", owners=OWNERS, facts=facts, wanted=wanted)
    return said.causes


def test_a_cancelled_line_is_the_cause() -> None:
    fact = {"what": "cancelled", "order": "H-0088", "line": 1}

    found = causes(change(lost=(link("demand:1"),)), fact)

    assert found == (Cause(what="cancelled", order="H-0088", line=1, quantity=10),)


def test_what_happened_to_an_order_happened_to_each_of_its_lines() -> None:
    fact = {"what": "cancelled", "order": "H-0088"}

    found = causes(change(lost=(link("demand:1"), link("demand:2"))), fact)

    assert [(cause.what, cause.line) for cause in found] == [
        ("cancelled", 1),
        ("cancelled", 2),
    ]


def test_what_happened_to_the_line_says_more_than_what_happened_to_the_order() -> None:
    facts = (
        {"what": "changed", "order": "H-0088"},
        {"what": "cancelled", "order": "H-0088", "line": 1},
        {"what": "shipped", "order": "H-0088", "line": 2},
    )

    [found] = causes(change(lost=(link("demand:1"),)), *facts)

    assert found.what == "cancelled"


def test_who_still_wants_it_and_left_is_served_otherwise() -> None:
    lost = change(lost=(link("demand:3"),))

    assert causes(lost, wanted=("demand:3",))[0].what == "leaves"
    assert causes(lost)[0].what == "wants_less"


def test_who_did_something_comes_before_who_only_moved() -> None:
    fact = {"what": "placed", "order": "H-0090"}
    found = change(ChangeKind.GROWN, lost=(link("demand:1"),), gained=(link("demand:3"),))

    assert [each.what for each in causes(found, fact, wanted=("demand:1",))] == [
        "placed",
        "leaves",
    ]


def test_a_run_above_is_named_by_its_number() -> None:
    lost, gained = change(lost=(link("need:7"),)), change(gained=(link("need:7"),))

    assert causes(lost) == (Cause(what="wants_less", run="P-0003", quantity=10),)
    assert causes(gained)[0].what == "wants_more"
    assert causes(lost, {"what": "cancelled", "run": "P-0003"})[0].what == "cancelled"


def test_a_lot_is_the_cause_only_where_no_order_is() -> None:
    came = {"what": "received", "lot": "W-7"}
    fact = {"what": "cancelled", "order": "H-0088"}
    lost = change(lost=(link("demand:1"),))

    assert Cause(what="received", lot="W-7") in causes(lost, came, wanted=("demand:1",))
    assert Cause(what="received", lot="W-7") not in causes(lost, came, fact)


def test_of_very_many_only_the_first_are_kept() -> None:
    lost = change(lost=tuple(link("demand:1", n) for n in range(1, 50)))

    assert len(causes(lost)) == MOST_CAUSES


def test_what_is_written_down_is_read_back() -> None:
    said = explain(
        change(lost=(link("demand:1"), link("need:7"))),
        run="P-0012",
        owners=OWNERS,
        facts=[{"what": "late", "purchase": "PO-7"}],
        wanted=(),
    )

    assert from_data(as_data(said)) == said
    assert said.needed_before == day(3)


def test_other_history_holds_no_explanation() -> None:
    assert from_data({}) is None
    assert from_data({"kind": "hold"}) is None
    assert from_data({"kind": "moved"}) == Explanation(
        kind=ChangeKind.MOVED, run="", batches_before=0, batches_after=0
    )


def test_whoever_marks_an_item_uses_a_word_that_is_known() -> None:
    flow = Path(hub.flow.__file__).parent
    said = {
        word
        for path in flow.rglob("*.py")
        for word in re.findall(
            r'cause=?\s*=?\s*\{\s*"what": "(\w+)"', path.read_text(encoding="utf-8")
        )
    }

    assert {"too_old", "deleted", "recipe"} <= said <= WHATS
