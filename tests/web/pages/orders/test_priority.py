"""Who goes first, on its page: who would lose what is shown before anything is done."""

import pytest
from sqlalchemy import select

from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from tests.web.pages.goods import order_of
from tests.web.pages.visitor import Visitor


def rivals(ports: Ports) -> tuple[str, str]:
    """Write two orders for the same two candles and return their addresses, the first in first."""
    with ports.database.begin() as session:
        first = order_of(session, pieces=2, in_stock=2)
        second = order_of(session, pieces=2)
    return f"/orders/{first}", f"/orders/{second}"


def places(ports: Ports) -> list[int]:
    """Return the place of every order."""
    with ports.database.reading() as session:
        return list(session.scalars(select(SalesOrder.priority).order_by(SalesOrder.id)))


def test_who_loses_what_is_shown_and_nothing_is_done(
    anywhere: Ports, boss: Visitor
) -> None:
    _, second = rivals(anywhere)

    look = boss.press(f"{second}/priority/look", priority="10", reason="a wedding")

    assert look.status_code == 200
    assert "H-0001 gives 2 pcs of" in look.text
    assert "a wedding" in look.text
    assert places(anywhere) == [100, 100]


def test_an_order_takes_its_new_place_and_the_loser_hears_of_it(
    anywhere: Ports, boss: Visitor
) -> None:
    first, second = rivals(anywhere)

    page = boss.did(f"{second}/priority", priority="10", reason="a wedding")

    assert "Who goes first (10)" in page
    assert places(anywhere) == [100, 10]
    assert "a person changed who goes first" in boss.see(first)


@pytest.mark.parametrize("priority", ["1001", "first", "-1"])
@pytest.mark.parametrize("step", ["/look", ""])
def test_a_place_that_cannot_be_is_refused_beside_the_form(
    ports: Ports, owner: Visitor, priority: str, step: str
) -> None:
    _, second = rivals(ports)

    response = owner.press(f"{second}/priority{step}", priority=priority)

    assert response.status_code == 422
    assert 'id="trouble-priority"' in response.text
    assert places(ports) == [100, 100]
