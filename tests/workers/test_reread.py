"""Every open order is read again when its channel's time came: what no list shows is healed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.flow.intake.reread import ask_reread
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_shop_with_lists import ListBench
from workers.poll import poll
from workers.read import read_messages
from workers.reread import is_due, reread

DAY = timedelta(days=1)


@pytest.fixture
def bench(database: Database) -> ListBench:
    """A shop with two open orders and one that was sent, all of them here."""
    made = ListBench(database)
    made.shop.place("101", "102")
    made.shop.orders["sent"] = an_order(a_line(fulfilled=2), external_id="sent")
    made.clock.move(timedelta(minutes=1))
    poll(made.ports)
    read_messages(made.ports)
    return made


def test_nothing_is_read_again_before_its_time(bench: ListBench) -> None:
    assert not is_due(bench.ports)
    assert reread(bench.ports) == 0


def test_a_change_no_list_shows_is_here_after_a_day(bench: ListBench) -> None:
    bench.shop.orders["101"] = an_order(a_line(pieces=2, cancelled=2), external_id="101")
    bench.clock.move(DAY)

    asked = reread(bench.ports)
    read_messages(bench.ports)

    assert asked == 2
    assert bench.messages(result="applied") == 1
    assert bench.messages(result="unchanged") == 1
    assert reread(bench.ports) == 0


def test_what_is_read_again_waits_behind_what_is_live(bench: ListBench) -> None:
    bench.clock.move(DAY)

    reread(bench.ports)

    with bench.ports.database.reading() as session:
        query = select(InboundMessage.lane).where(InboundMessage.source == "reread")
        assert session.scalars(query).all() == [1, 1]


def test_asked_for_it_is_read_again_at_once_also_twice_a_day(bench: ListBench) -> None:
    for _ in range(2):
        bench.clock.move(timedelta(minutes=10))
        with bench.ports.database.begin() as session:
            ask_reread(session, account_id=bench.account.id)
        assert reread(bench.ports) == 2

    assert bench.messages(source="reread") == 4


@pytest.mark.parametrize("off", [{"mode": "off"}, {"needs_reconnect": True}])
def test_an_account_that_cannot_be_asked_is_left(
    bench: ListBench, off: dict[str, object]
) -> None:
    bench.clock.move(DAY)
    bench.set_account(**off)

    assert reread(bench.ports) == 0
