"""What a new version of an order does to the old one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.orders.sales import (
    KnownLine,
    LineChange,
    LinesChange,
    Pieces,
    Version,
    compare_lines,
    is_newer,
    next_intent,
)
from hub.domain.states import Intent
from mapping.canonical import Line, LineKind, Order, Payment, Release
from tests.domain.plans import MORNING

CANDLES = Line(
    external_id="1", kind=LineKind.PRODUCT, title="Lavender candle", ordered=5, sku="CND"
)
SOAP = Line(external_id="2", kind=LineKind.PRODUCT, title="Olive soap", ordered=2)


def order(*lines: Line, release: Release = Release.READY) -> Order:
    return Order(
        external_id="1043",
        number="#1043",
        placed_at=MORNING,
        updated_at=MORNING,
        payment=Payment.PAID,
        release=release,
        lines=lines,
    )


def known(line: Line, *, shipped: int = 0) -> KnownLine:
    return KnownLine(
        external_id=line.external_id,
        kind=line.kind,
        pieces=Pieces(
            ordered=line.ordered, cancelled=line.cancelled, fulfilled=line.fulfilled
        ),
        shipped=shipped,
        sku=line.sku,
        product_id=line.product_id,
        variant_id=line.variant_id,
        personalisation=line.personalisation,
    )


def version(minute: int, content_hash: str, *, read: int | None = None) -> Version:
    return Version(
        updated_at=MORNING + timedelta(minutes=minute),
        content_hash=content_hash,
        read_at=None if read is None else MORNING + timedelta(minutes=read),
    )


def last_of(versions: Sequence[Version]) -> Version | None:
    held: Version | None = None
    for incoming in versions:
        if is_newer(held, incoming=incoming):
            held = incoming
    return held


def test_the_first_version_is_always_news() -> None:
    assert is_newer(None, incoming=version(0, "a"))


def test_older_data_never_replaces_newer() -> None:
    assert not is_newer(version(5, "a"), incoming=version(4, "z"))
    assert is_newer(version(5, "z"), incoming=version(6, "a"))


def test_the_same_message_again_is_no_news() -> None:
    assert not is_newer(version(5, "a"), incoming=version(5, "a"))


def test_what_we_asked_for_beats_what_was_sent_in_the_same_second() -> None:
    assert is_newer(version(5, "z"), incoming=version(5, "a", read=6))
    assert not is_newer(version(5, "a", read=6), incoming=version(5, "z"))
    assert is_newer(version(5, "z", read=6), incoming=version(5, "a", read=7))


VERSIONS = st.lists(
    st.builds(
        version,
        st.integers(0, 2),
        st.sampled_from("abc"),
        read=st.sampled_from((None, None, 3, 4)),
    ),
    min_size=1,
    max_size=5,
)


@given(VERSIONS)
def test_every_order_of_arrival_ends_with_the_same_version(versions: list[Version]) -> None:
    ends = {last_of(arrival) for arrival in permutations(versions)}

    assert len(ends) == 1


def test_an_order_that_changed_nothing_changes_nothing() -> None:
    change = compare_lines([known(CANDLES), known(SOAP)], incoming=order(SOAP, CANDLES))

    assert change == LinesChange(added=(), changed=(), gone=())


def test_a_line_added_by_an_edit_is_new() -> None:
    change = compare_lines([known(CANDLES)], incoming=order(CANDLES, SOAP))

    assert change.added == (SOAP,)


def test_a_changed_quantity_tells_before_and_after() -> None:
    fewer = replace(CANDLES, cancelled=2, fulfilled=1)

    change = compare_lines([known(CANDLES)], incoming=order(fewer))

    assert change.changed == (
        LineChange(
            external_id="1",
            before=Pieces(ordered=5, cancelled=0, fulfilled=0),
            after=Pieces(ordered=5, cancelled=2, fulfilled=1),
        ),
    )


@pytest.mark.parametrize(
    "relisted",
    [
        replace(CANDLES, sku="CND-2"),
        replace(CANDLES, variant_id="77"),
        replace(CANDLES, product_id="78"),
        replace(CANDLES, kind=LineKind.DIGITAL),
        replace(CANDLES, personalisation=(("name", "Ana"),)),
    ],
)
def test_a_line_that_sells_something_else_now_must_be_mapped_again(relisted: Line) -> None:
    [change] = compare_lines([known(CANDLES)], incoming=order(relisted)).changed

    assert change.is_relisted


@pytest.mark.parametrize(
    "fulfilled, shipped, cancelled", [(0, 0, 5), (0, 2, 3), (3, 2, 2), (7, 0, 0)]
)
def test_a_line_that_is_gone_is_cancelled_but_for_what_has_left(
    fulfilled: int, shipped: int, cancelled: int
) -> None:
    held = known(replace(CANDLES, fulfilled=fulfilled), shipped=shipped)

    change = compare_lines([held], incoming=order())

    assert [one.after.cancelled for one in change.gone] == (
        [cancelled] if cancelled else []
    )


def test_a_line_that_went_before_is_not_gone_again_and_may_come_back() -> None:
    held = known(replace(CANDLES, cancelled=5))

    assert compare_lines([held], incoming=order()).gone == ()
    [back] = compare_lines([held], incoming=order(CANDLES)).changed
    assert back.after.cancelled == 0


@pytest.mark.parametrize(
    "current, incoming, expected",
    [
        (Intent.OPEN, order(), Intent.OPEN),
        (Intent.OPEN, replace(order(), cancelled_at=MORNING), Intent.CANCELLED),
        (Intent.OPEN, order(release=Release.CANCELLED), Intent.CANCELLED),
        (Intent.OPEN, replace(order(), closed_at=MORNING), Intent.CLOSED),
        (Intent.CLOSED, order(), Intent.OPEN),
        (Intent.ON_HOLD, order(), Intent.ON_HOLD),
        (Intent.ON_HOLD, replace(order(), cancelled_at=MORNING), Intent.CANCELLED),
        (Intent.CANCELLED, order(), Intent.CANCELLED),
        (Intent.CANCELLED, replace(order(), closed_at=MORNING), Intent.CANCELLED),
    ],
)
def test_what_is_meant_to_happen_after_a_new_version(
    current: Intent, incoming: Order, expected: Intent
) -> None:
    assert next_intent(current, incoming=incoming) is expected
