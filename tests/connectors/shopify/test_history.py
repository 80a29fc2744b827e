"""Reading the orders of the past: oldest first, each once, and as far back as we may see."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from connectors.errors import CursorExpired
from connectors.protocol import ChangePage
from connectors.sandbox.shopify.storefront import ALL_SCOPES
from tests.connectors.shopify.shelves import Shelves
from tests.pretend_shopify import NOW


@pytest.fixture
def shelves() -> Iterator[Shelves]:
    made = Shelves()
    yield made
    made.store.close()


@pytest.fixture
def past(shelves: Shelves) -> list[str]:
    """Five orders, a day apart, the first one 62 days old; we may see them all."""
    shelves.hands.at = NOW - timedelta(days=62)
    orders = []
    for _ in range(5):
        orders.append(shelves.order())
        shelves.wait(86_400)
    shelves.hands.at = NOW
    shelves.store.scopes = ALL_SCOPES | {"read_all_orders"}
    return orders


def page(
    shelves: Shelves,
    cursor: str = "",
    *,
    since: datetime = NOW - timedelta(days=365),
    until: datetime = NOW,
    limit: int = 2,
) -> ChangePage:
    return shelves.channel.history(since=since, until=until, cursor=cursor, limit=limit)


def ids(found: ChangePage) -> list[str]:
    return [change.external_id for change in found.changes]


def test_the_past_is_read_oldest_first_with_its_total(
    shelves: Shelves, past: list[str]
) -> None:
    first = page(shelves)
    second = page(shelves, first.cursor)
    third = page(shelves, second.cursor)

    assert ids(first) + ids(second) + ids(third) == past
    assert [found.more for found in (first, second, third)] == [True, True, False]
    assert [found.total for found in (first, second, third)] == [5, 5, 5]


def test_a_page_can_be_read_again(shelves: Shelves, past: list[str]) -> None:
    first = page(shelves)

    assert page(shelves, first.cursor) == page(shelves, first.cursor)
    assert ids(page(shelves, first.cursor)) == past[2:4]


def test_the_first_moment_is_within_and_the_last_is_not(
    shelves: Shelves, past: list[str]
) -> None:
    since, until = NOW - timedelta(days=61), NOW - timedelta(days=59)

    found = page(shelves, since=since, until=until, limit=9)

    assert (ids(found), found.more, found.total) == (past[1:3], False, 2)


def test_an_old_order_that_changed_keeps_its_place_and_names_its_new_version(
    shelves: Shelves, past: list[str]
) -> None:
    first = page(shelves)
    shelves.touch(past[0])
    shelves.touch(past[3])

    second = page(shelves, first.cursor)

    assert ids(second) == past[2:4]
    assert second.changes[1].revision == shelves.revision(past[3])


def test_an_empty_past_leaves_the_cursor_as_it_was(shelves: Shelves) -> None:
    found = page(shelves)

    assert (found.changes, found.cursor, found.more, found.total) == ((), "", False, 0)


def test_without_the_right_the_past_ends_sixty_days_ago(
    shelves: Shelves, past: list[str]
) -> None:
    shelves.store.scopes = ALL_SCOPES

    found = page(shelves, limit=9)

    assert (ids(found), found.total) == (past[2:], 3)


def test_a_place_shopify_does_not_know_has_expired(
    shelves: Shelves, past: list[str]
) -> None:
    with pytest.raises(CursorExpired):
        page(shelves, "forgotten")

    assert ids(page(shelves)) == past[:2]
