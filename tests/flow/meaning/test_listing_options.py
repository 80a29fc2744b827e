"""A buyer's option chooses the variant; what is not offered holds the line: nothing guesses."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import Choice
from hub.flow.catalogue.catalogue import add_recipe
from hub.flow.intake.upsert import upsert_order
from hub.flow.meaning.map_lines import map_held, save_mapping
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from mapping.bundle import Component
from mapping.canonical import Line
from tests.factories import NOW, PIECE, make_account
from tests.flow.meaning.test_variants import a_family, adds, offer
from tests.flow.orders_of_the_shop import a_line, an_order


def chosen(scent: str | None, *, sku: str = "ANY-CANDLE") -> Line:
    said = () if scent is None else (("Your  Scent", scent),)
    return replace(a_line(sku), personalisation=said)


def buy(session: Session, shop: ChannelAccount, line: Line, *, order: str = "1") -> None:
    upsert_order(
        session, account=shop, order=an_order(line, external_id=order), who="channel:1",
        now=NOW,
    )  # fmt: skip


def say(session: Session, family: Item, *, said_for: str | None = None) -> tuple[int, ...]:
    listing = session.scalars(select(Listing).order_by(Listing.id)).first()
    assert listing is not None
    return save_mapping(
        session,
        listing_id=listing.id,
        components=(Component(item_id=family.id, quantity=PIECE),),
        options={"Your scent": "Scent"},
        said_for=said_for,
        who="user:1",
        now=NOW,
    ).order_ids


def wanted(session: Session) -> dict[str, int]:
    session.expire_all()
    query = select(Item.code, Demand.quantity).join(Demand, Demand.item_id == Item.id)
    return {code: many for code, many in session.execute(query) if many}


@pytest.fixture
def shop(session: Session) -> ChannelAccount:
    return make_account(session)


def test_the_buyers_scent_chooses_the_variant_and_opens_it_the_first_time(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("lavender"))

    say(session, goods["CND"])

    assert wanted(session) == {"CND/lavender": 2 * PIECE}


def test_the_next_order_chooses_by_itself(session: Session, shop: ChannelAccount) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Lavender"))
    say(session, goods["CND"])

    buy(session, shop, chosen("ROSE"), order="2")

    assert wanted(session) == {"CND/lavender": 2 * PIECE, "CND/rose": 2 * PIECE}


@pytest.mark.parametrize(
    "scent, why",
    [
        ("Vanilla", "There is no Scent “Vanilla”, only “Lavender”, “Rose”."),
        ("Laven", "There is no Scent “Laven”, only “Lavender”, “Rose”."),
        ("", "Say which Scent: “Lavender”, “Rose”."),
        (None, "Say which Scent: “Lavender”, “Rose”."),
    ],
)
def test_what_is_not_offered_holds_the_line_and_says_why(
    session: Session, shop: ChannelAccount, scent: str | None, why: str
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen(scent))

    say(session, goods["CND"])

    line = session.scalars(select(OrderLine)).one()
    told = select(History.why).where(History.what == "line.choice_unknown")
    assert (line.state, line.matched_by) == ("unmapped", "choice")
    assert wanted(session) == {}
    assert session.scalars(select(SalesOrder)).one().hold_reasons == ["unmapped"]
    assert session.scalars(told).all() == [why]


def test_a_line_that_was_held_goes_on_once_the_recipe_offers_it(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Rose"))
    say(session, goods["CND"])
    buy(session, shop, chosen("Unscented"), order="2")
    offer(session, goods, more=(Choice(option="Scent", value="Unscented"),))

    say(session, goods["CND"])

    assert wanted(session) == {"CND/rose": 2 * PIECE, "CND/unscented": 2 * PIECE}


def told(session: Session, what: str) -> list[tuple[str, str]]:
    rows = session.scalars(select(History).filter_by(what=what).order_by(History.id))
    return [(row.who, row.to_state) for row in rows]


def write_more(session: Session, goods: dict[str, Item], *values: str) -> tuple[int, ...]:
    """Write the next recipe of the candle as a page does, with more scents."""
    add_recipe(
        session,
        item_id=goods["CND"].id,
        batch_size=24 * PIECE,
        lines=[adds(goods["WAX"], 5000)],
        choices=[
            Choice(option="Scent", value=each) for each in ("Lavender", "Rose", *values)
        ],
        who="user:1",
        now=NOW,
    )
    return map_held(session, item_id=goods["CND"].id, now=NOW)


def test_saving_a_recipe_that_offers_it_lets_all_held_lines_go_on(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Rose"))
    say(session, goods["CND"])
    buy(session, shop, chosen("Unscented"), order="2")
    other = make_account(session, name="Sal e Cera")
    buy(session, other, chosen("unscented", sku="any candle"), order="9")
    waiting = session.scalars(select(SalesOrder.id).order_by(SalesOrder.id)).all()[1:]

    moved = write_more(session, goods, "Unscented")

    assert moved == tuple(waiting)
    assert wanted(session) == {"CND/rose": 2 * PIECE, "CND/unscented": 2 * PIECE}
    lines = session.scalars(select(OrderLine))
    assert {line.state for line in lines} == {"mapped"}
    orders = session.scalars(select(SalesOrder)).all()
    assert [order.hold_reasons for order in orders] == [[], [], []]
    assert [who for who, _ in told(session, "line.choice_offered")] == ["system"] * 2


def test_what_is_still_not_offered_waits_on_and_is_not_told_of_twice(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Vanilla"))
    say(session, goods["CND"])

    moved = write_more(session, goods, "Unscented")

    line = session.scalars(select(OrderLine)).one()
    assert moved == ()
    assert (line.state, line.matched_by) == ("unmapped", "choice")
    assert len(told(session, "line.choice_unknown")) == 1
    assert told(session, "line.choice_offered") == []


def test_a_line_of_an_order_that_is_over_is_left_alone(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Unscented"))
    say(session, goods["CND"])
    session.scalars(select(SalesOrder)).one().intent = "cancelled"
    session.flush()

    assert write_more(session, goods, "Unscented") == ()
    assert wanted(session) == {}


def test_a_new_recipe_of_something_else_moves_nothing(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Unscented"))
    say(session, goods["CND"])

    assert map_held(session, item_id=goods["OIL"].id, now=NOW) == ()


def test_a_listing_that_follows_by_its_sku_follows_with_the_options(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Rose"))
    say(session, goods["CND"])
    other = make_account(session, name="Sal e Cera")

    buy(session, other, chosen("Lavender", sku="any candle"), order="9")

    assert wanted(session) == {"CND/rose": 2 * PIECE, "CND/lavender": 2 * PIECE}


def test_without_options_the_family_itself_is_meant(
    session: Session, shop: ChannelAccount
) -> None:
    goods = a_family(session)
    buy(session, shop, chosen("Rose"))
    listing = session.scalars(select(Listing)).one()

    save_mapping(
        session,
        listing_id=listing.id,
        components=(Component(item_id=goods["CND"].id, quantity=PIECE),),
        who="user:1",
        now=NOW,
    )

    assert wanted(session) == {"CND": 2 * PIECE}
