"""Which orders cannot keep their date, and what makes them late."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.days.material_wait import MaterialWait
from hub.domain.days.promise import Coverage, Promise, ShippingDays, Source, commit, promise
from hub.domain.days.reasons import ReasonKind, waits_for_material, waits_for_room
from hub.domain.days.risk import days_late, risk
from tests.domain.plans import TODAY, day

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Madrid"))
STOCK = Coverage(source=Source.STOCK, item="BOX", quantity=1)
OIL = MaterialWait(item="OIL", ref="PO-0007", expected_on=day(10))


def run(
    ready: int | None,
    *,
    wait: MaterialWait | None = None,
    full_until: date | None = None,
    ref: str = "P-0012",
) -> Coverage:
    because = [] if wait is None else [waits_for_material(ref, wait=wait, today=TODAY)]
    if full_until is not None:
        because.append(waits_for_room(ref, full_until=full_until, where="Bench"))
    return Coverage(
        source=Source.RUN,
        item="CND",
        quantity=1,
        ready_on=None if ready is None else day(ready),
        ref=ref,
        because=tuple(because),
    )


def found(*parts: Coverage, shipping: ShippingDays | None = None) -> Promise:
    return promise(parts, local_now=NOON, shipping=shipping or ShippingDays())


def test_an_order_in_time_is_at_no_risk() -> None:
    assert risk(found(run(2)), committed_on=day(2)) is None
    assert risk(found(run(2)), committed_on=None) is None


def test_the_last_run_is_the_cause_and_says_by_how_many_days() -> None:
    late = found(run(3), run(9, ref="P-0013"), STOCK)

    cause = risk(late, committed_on=day(4))

    assert cause is not None
    assert (cause.kind, cause.params["ref"]) == (ReasonKind.RUN, "P-0013")
    assert days_late(late, committed_on=day(4)) == 5


def test_behind_a_run_stands_the_material_it_waits_for() -> None:
    cause = risk(found(run(11, wait=OIL, full_until=day(2))), committed_on=day(4))

    assert cause is not None
    assert cause.kind is ReasonKind.MATERIAL
    assert dict(cause.params) == {
        "run": "P-0012",
        "item": "OIL",
        "ref": "PO-0007",
        "on": str(day(10)),
    }


def test_behind_a_run_stands_the_centre_that_is_full_the_longest() -> None:
    cause = risk(
        found(run(15, wait=OIL, full_until=day(14))),
        committed_on=day(4),
    )

    assert cause is not None
    assert (cause.kind, cause.params["where"]) == (ReasonKind.CAPACITY, "Bench")


def test_what_nobody_can_date_goes_before_what_is_only_late() -> None:
    unknown = MaterialWait(item="LYE")
    lost = found(run(20, ref="P-0013"), run(None, wait=unknown))

    cause = risk(lost, committed_on=day(4))

    assert cause is not None
    assert (cause.kind, cause.params["item"]) == (ReasonKind.MATERIAL_NO_DATE, "LYE")
    assert days_late(lost, committed_on=day(4)) is None


def test_goods_that_are_there_are_late_for_the_way_out() -> None:
    evening = NOON.replace(hour=18)
    shipping = ShippingDays(cut_off=time(14, 0))
    late = promise([STOCK], local_now=evening, shipping=shipping)

    cause = risk(late, committed_on=TODAY)

    assert cause is not None
    assert cause.kind is ReasonKind.CUT_OFF


def test_a_house_that_never_ships_is_the_cause_itself() -> None:
    never = ShippingDays(weekdays=frozenset())

    cause = risk(found(run(2), shipping=never), committed_on=day(9))

    assert cause is not None
    assert cause.kind is ReasonKind.NO_SHIPPING_DAY


PARTS = st.builds(
    run,
    st.sampled_from((None, -1, 0, 3, 30)),
    wait=st.sampled_from((None, OIL, MaterialWait(item="LYE"))),
    full_until=st.sampled_from((None, day(2), day(12))),
    ref=st.sampled_from(("P-1", "P-2")),
)


@given(
    st.lists(st.one_of(PARTS, st.just(STOCK)), min_size=1, max_size=5), st.integers(0, 9)
)
def test_who_is_at_risk_has_a_cause_and_nobody_else(
    parts: list[Coverage], committed: int
) -> None:
    made = found(*parts)

    cause = risk(made, committed_on=day(committed))

    is_late = commit(day(committed), earliest_on=made.earliest_on).is_at_risk
    assert (cause is not None) is is_late
    assert cause is None or cause in made.reasons
