"""One listing's stock: what the shop is told of it, and the switch that ends it."""

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.listings import Listing
from hub.ports import Ports
from tests.factories import PIECE, make_account, make_item, make_listing
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor


@pytest.fixture
def address(ports: Ports) -> str:
    """The page of a listing whose shop counts it and shows four."""
    with ports.database.begin() as session:
        account = make_account(session)
        listing = make_listing(
            session, account=account, components={make_item(session): PIECE}
        )
        listing.is_tracked, listing.stock_wanted, listing.stock_shown = True, 5, 4
        return f"/mapping/{listing.id}"


def listing(ports: Ports) -> Listing:
    with ports.database.reading() as session:
        return session.scalars(select(Listing)).one()


def test_the_page_says_what_the_shop_shows_and_should_and_how_far_its_switch_goes(
    owner: Visitor, address: str
) -> None:
    page = owner.see(address)

    stock = page.partition("Pieces to sell at the shop")[2]
    assert "5" in stock
    assert "4" in stock
    assert "Rehearsal" in stock
    assert "Stop telling it" in stock


def test_one_listing_is_told_no_more_and_then_again(
    ports: Ports, owner: Visitor, address: str
) -> None:
    off = owner.did(f"{address}/stock", publishes="no")
    was = listing(ports).publishes
    on = owner.did(f"{address}/stock", publishes="yes")

    assert (was, listing(ports).publishes) == (False, True)
    assert "The shop is not told how many" in off
    assert "Stop telling it" in on
    with ports.database.reading() as session:
        told = session.scalars(select(History.what).filter_by(subject="listing"))
        assert list(told)[-2:] == ["listing.unpublished", "listing.published"]


@pytest.mark.parametrize("publishes", ["", "maybe"])
def test_what_is_neither_yes_nor_no_changes_nothing(
    ports: Ports, owner: Visitor, address: str, publishes: str
) -> None:
    assert owner.press(f"{address}/stock", publishes=publishes).status_code == 422
    assert listing(ports).publishes


def test_a_listing_that_is_none_has_no_switch(owner: Visitor) -> None:
    assert owner.press("/mapping/99/stock", publishes="no").status_code == 404


def test_who_only_looks_sees_what_is_told_and_has_no_button(be: As, address: str) -> None:
    viewer = be(Role.VIEWER)

    page = viewer.see(address)

    assert "Pieces to sell at the shop" in page
    assert "Stop telling it" not in page
    assert viewer.press(f"{address}/stock", publishes="no").status_code == 403


def test_a_channel_that_is_told_no_stock_has_nothing_to_switch(
    ports: Ports, owner: Visitor, address: str
) -> None:
    with ports.database.begin() as session:
        session.scalars(select(ChannelAccount)).one().channel = "manual"

    assert "Pieces to sell at the shop" not in owner.see(address)


def test_what_keeps_a_number_from_being_told_is_said(
    ports: Ports, owner: Visitor, address: str
) -> None:
    with ports.database.begin() as session:
        found = session.scalars(select(Listing)).one()
        found.is_tracked, found.stock_wanted = False, None

    assert "The shop does not count it." in owner.see(address)
