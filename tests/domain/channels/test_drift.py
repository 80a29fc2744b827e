"""Where a channel and we differ, and when its view is too old to tell."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.domain.channels.drift import (
    SETTLING,
    Difference,
    Kind,
    Ours,
    Theirs,
    compare_order,
    compare_stock,
)
from tests.factories import NOW

OURS = Ours(is_cancelled=False, told={"a": 3, "b": 1}, told_at=NOW)
THEIRS = Theirs(
    is_cancelled=False, is_over=False, seen_at=NOW + SETTLING, sent={"a": 3, "b": 1}
)


def kinds(ours: Ours, theirs: Theirs) -> list[Kind]:
    return [each.kind for each in compare_order(ours, theirs=theirs)]


def test_what_agrees_differs_in_nothing() -> None:
    assert kinds(OURS, THEIRS) == []


def test_pieces_sent_by_others_too_are_no_difference() -> None:
    assert kinds(OURS, replace(THEIRS, sent={"a": 9, "b": 1, "c": 4})) == []


def test_a_parcel_the_channel_lost_is_a_difference() -> None:
    found = compare_order(OURS, theirs=replace(THEIRS, sent={"a": 1, "b": 1}))

    assert found == (Difference(kind=Kind.FULFILMENT, ours="4 sent", theirs="2 sent"),)


def test_more_of_one_line_does_not_make_up_for_another() -> None:
    assert kinds(OURS, replace(THEIRS, sent={"a": 9})) == [Kind.FULFILMENT]


def test_a_view_from_before_we_told_it_says_nothing() -> None:
    old = replace(THEIRS, sent={}, seen_at=NOW + SETTLING - timedelta(seconds=1))

    assert kinds(OURS, old) == []


@pytest.mark.parametrize(
    "theirs, found",
    [
        (THEIRS, [Kind.CANCEL]),
        (replace(THEIRS, is_cancelled=True), []),
        (replace(THEIRS, is_over=True), []),
    ],
)
def test_an_order_cancelled_here_and_open_there_is_a_difference(
    theirs: Theirs, found: list[Kind]
) -> None:
    assert kinds(replace(OURS, is_cancelled=True), theirs) == found


@pytest.mark.parametrize(
    "told, shown, differs",
    [(5, 5, False), (5, 4, True), (0, 1, True), (None, 4, False), (5, None, False)],
)
def test_stock_differs_only_where_both_numbers_are_known(
    told: int | None, shown: int | None, differs: bool
) -> None:
    assert (compare_stock(told=told, shown=shown) is not None) == differs
