"""What was said of a listing is taken back as if it had never been said, until work began on it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.flow.meaning.map_lines import save_mapping
from hub.flow.meaning.mapping_bulk import apply_drafts, save_many, set_draft
from hub.flow.meaning.mapping_meaning import Meaning, meaning_of
from hub.flow.meaning.mapping_preview import Preview, rehearse_mapping
from hub.flow.meaning.mapping_replay import replay
from hub.flow.meaning.mapping_undo import undo_change, undo_last
from hub.flow.planning.plan import replan
from hub.flow.refusal import Missing, Refusal
from hub.invariants import check
from hub.models.meaning.mapping_queue import listings_by_id
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingChange
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine
from hub.models.records.stock import Reservation
from mapping.bundle import Component
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_recipe
from tests.flow.meaning.test_map_lines import take, wanted
from tests.flow.orders_of_the_shop import a_line, an_order

LATER = NOW + timedelta(hours=1)


def goods(session: Session) -> dict[str, Item]:
    """Candles made of wax, and soap from a shelf."""
    found = {code: make_item(session, code=code) for code in ("CANDLE", "SOAP", "WAX")}
    make_recipe(
        session,
        item=found["CANDLE"],
        uses={found["WAX"]: 1000 * PIECE},
        batch_size=10 * PIECE,
    )
    make_lot(session, item=found["SOAP"], quantity=20 * PIECE)
    make_lot(session, item=found["WAX"], quantity=5000 * PIECE)
    return found


def listing(session: Session, sku: str) -> Listing:
    found = session.scalars(select(Listing.id).filter_by(sku=sku)).one()
    return listings_by_id(session, ids=[found])[found]


def say(session: Session, sku: str, *parts: tuple[Item, int], **more: object) -> int:
    given = {"not_produced": not parts, "who": "user:1", "now": NOW, **more}
    return save_mapping(
        session,
        listing_id=listing(session, sku).id,
        components=tuple(
            Component(item_id=item.id, quantity=many * PIECE) for item, many in parts
        ),
        **given,  # type: ignore[arg-type]
    ).change_id


Picture = tuple[object, ...]


def picture(session: Session) -> Picture:
    """All that is said, asked for and reserved or planned for somebody."""
    session.expire_all()
    listings = listings_by_id(session, ids=session.scalars(select(Listing.id)).all())
    demands = select(Demand.order_line_id, Demand.item_id, Demand.quantity)
    links = (
        select(Demand.order_line_id, func.sum(ProductionLink.planned))
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .group_by(Demand.order_line_id)
    )
    held = (
        select(Demand.order_line_id, func.sum(Reservation.quantity))
        .join(Demand, Demand.id == Reservation.demand_id)
        .group_by(Demand.order_line_id)
    )
    return (
        [meaning_of(session, each) for _, each in sorted(listings.items())],
        sorted(
            session.execute(select(OrderLine.id, OrderLine.state, OrderLine.matched_by))
        ),
        sorted(tuple(row) for row in session.execute(demands) if row.quantity),
        sorted(tuple(row) for row in session.execute(links) if row[1]),
        sorted(tuple(row) for row in session.execute(held) if row[1]),
        sorted(session.execute(select(SalesOrder.id, SalesOrder.phase))),
    )


def test_a_saving_is_taken_back_with_all_it_moved(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("NEW"), external_id="1"))
    before = picture(session)

    change = say(session, "NEW", (things["CANDLE"], 6))
    undone = undo_change(session, change_id=change, who="user:1", now=LATER)

    assert len(undone.order_ids) == 1
    assert picture(session) == before


def test_how_many_orders_moved_is_written_down(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    for number in ("1", "2", "3"):
        take(session, shop, an_order(a_line("NEW"), external_id=number))

    change = session.get_one(MappingChange, say(session, "NEW", (things["SOAP"], 1)))

    assert change.orders == 3
    assert change.before["state"] == "unmapped"
    assert change.after["components"] == [[things["SOAP"].id, PIECE]]


def test_the_newest_is_taken_back_first(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("NEW")))
    first = say(session, "NEW", (things["SOAP"], 1))
    say(session, "NEW", (things["CANDLE"], 1))

    with pytest.raises(Refusal, match="mapped anew since"):
        undo_change(session, change_id=first, who="user:1", now=LATER)
    undo_last(session, who="user:1", now=LATER)
    assert wanted(session) == {"SOAP": 2 * PIECE}
    undo_last(session, who="user:1", now=LATER)

    assert wanted(session) == {}
    with pytest.raises(Missing):
        undo_last(session, who="user:1", now=LATER)
    with pytest.raises(Refusal, match="taken back already"):
        undo_change(session, change_id=first, who="user:1", now=LATER)


def test_a_run_that_was_started_keeps_the_mapping_and_is_named(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("NEW")))
    change = say(session, "NEW", (things["CANDLE"], 6))
    replan(session, now=NOW)
    run = session.scalars(select(ProductionOrder)).one()
    run.state, run.started_at = "running", LATER

    with pytest.raises(Refusal, match=f"{run.number} was started for it"):
        undo_change(session, change_id=change, who="user:1", now=LATER)

    assert wanted(session) == {"CANDLE": 12 * PIECE}


def test_a_run_for_somebody_else_keeps_nothing(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("CANDLE"), external_id="1"))
    replan(session, now=NOW)
    run = session.scalars(select(ProductionOrder)).one()
    run.state, run.started_at = "running", LATER
    take(session, shop, an_order(a_line("NEW"), external_id="2"))
    change = say(session, "NEW", (things["SOAP"], 1))

    undo_change(session, change_id=change, who="user:1", now=LATER)

    assert wanted(session) == {"CANDLE": 2 * PIECE}


def test_a_parcel_that_was_packed_keeps_the_mapping_and_is_named(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    order_id = take(session, shop, an_order(a_line("NEW")))
    change = say(session, "NEW", (things["SOAP"], 1))
    line = session.scalars(select(OrderLine)).one()
    parcel = Shipment(number="S-0001", order_id=order_id, state="packed", created_at=LATER)
    session.add(parcel)
    session.flush()
    session.add(ShipmentLine(shipment_id=parcel.id, order_line_id=line.id, quantity=1))
    session.flush()

    with pytest.raises(Refusal, match="S-0001"):
        undo_change(session, change_id=change, who="user:1", now=LATER)


def test_many_saved_by_one_press_are_taken_back_by_one(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("ONE"), a_line("TWO"), a_line("TIP")))
    before = picture(session)
    soap = (Component(item_id=things["SOAP"].id, quantity=PIECE),)
    ids = {sku: listing(session, sku).id for sku in ("ONE", "TWO", "TIP")}

    saved = save_many(
        session,
        meanings={
            ids["ONE"]: Meaning(components=soap),
            ids["TWO"]: Meaning(state="not_produced", said_for="listing"),
            ids["TIP"]: Meaning(state="not_produced", is_ignored=True, said_for="listing"),
        },
        who="user:1",
        now=NOW,
    )
    states = dict(session.execute(select(OrderLine.sku, OrderLine.state)).all())
    undone = undo_change(session, change_id=saved.change_ids[1], who="user:1", now=LATER)

    assert states == {"ONE": "mapped", "TWO": "ignored", "TIP": "service"}
    assert undone.listing_ids == tuple(sorted(ids.values()))
    assert picture(session) == before


def test_what_is_ignored_is_not_waited_for(session: Session) -> None:
    shop, _ = make_account(session), goods(session)
    take(session, shop, an_order(a_line("SOAP"), a_line("TIP")))

    say(session, "TIP", is_ignored=True)
    replan(session, now=NOW)

    order = session.scalars(select(SalesOrder)).one()
    assert (order.phase, order.hold_reasons) == ("ready_to_ship", [])


def test_a_word_of_one_listing_says_nothing_of_its_sku(session: Session) -> None:
    madrid, lisbon = make_account(session), make_account(session, name="Sal e Cera")
    things = goods(session)
    take(session, madrid, an_order(a_line("NEW"), external_id="1"))
    take(session, lisbon, an_order(a_line("new", variant_id="77"), external_id="2"))

    say(session, "NEW", (things["SOAP"], 1), said_for="listing")

    assert wanted(session) == {"SOAP": 2 * PIECE}
    assert listing(session, "new").state == "unmapped"


def test_a_word_of_a_shop_reaches_its_other_listings_only(session: Session) -> None:
    madrid, lisbon = make_account(session), make_account(session, name="Sal e Cera")
    things = goods(session)
    take(session, madrid, an_order(a_line("NEW"), external_id="1"))
    take(session, madrid, an_order(a_line("NEW ", variant_id="5"), external_id="3"))
    take(session, lisbon, an_order(a_line("new", variant_id="77"), external_id="2"))

    say(session, "NEW", (things["SOAP"], 1), said_for="account")

    assert wanted(session) == {"SOAP": 4 * PIECE}
    assert listing(session, "new").state == "unmapped"


def test_that_nothing_is_made_of_a_sku_reaches_all_who_have_it(session: Session) -> None:
    madrid, lisbon = make_account(session), make_account(session, name="Sal e Cera")
    take(session, madrid, an_order(a_line("TIP"), external_id="1"))
    take(session, lisbon, an_order(a_line("tip", variant_id="77"), external_id="2"))

    change = say(session, "TIP", is_ignored=True, said_for="everywhere")

    assert set(session.scalars(select(OrderLine.state))) == {"service"}
    undo_change(session, change_id=change, who="user:1", now=LATER)
    assert set(session.scalars(select(OrderLine.state))) == {"unmapped"}


Said = tuple[str, tuple[tuple[str, int], ...], str]
"""What somebody says: of which listing, made of what, and how far the word goes."""
MEANINGS = st.one_of(
    st.just(()),
    st.lists(
        st.tuples(st.sampled_from(["CANDLE", "SOAP"]), st.integers(1, 6)),
        min_size=1,
        max_size=2,
        unique_by=lambda part: part[0],
    ).map(tuple),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["NEW", "CANDLE", "OLD"]),
        MEANINGS,
        st.sampled_from(["listing", "account", "everywhere"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_taking_all_back_restores_everything(session: Session, steps: list[Said]) -> None:
    with session.begin_nested() as attempt:
        shop, other = make_account(session), make_account(session, name="Sal e Cera")
        things = goods(session)
        take(session, shop, an_order(a_line("NEW"), a_line("CANDLE"), external_id="1"))
        take(session, shop, an_order(a_line("OLD", pieces=3), external_id="2"))
        take(session, other, an_order(a_line("new ", variant_id="8"), external_id="3"))
        replan(session, now=NOW)
        before = picture(session)

        for sku, parts, said_for in steps:
            chosen = [(things[code], many) for code, many in parts]
            say(session, sku, *chosen, said_for=said_for)
            replan(session, now=NOW)
            assert check(session) == []
        for _ in steps:
            undo_last(session, who="user:1", now=LATER)
        replan(session, now=NOW)

        assert picture(session) == before
        assert check(session) == []
        attempt.rollback()
    session.expire_all()


# Before it is said --------------------------------------------------------------------------


def previewed(session: Session, sku: str, *parts: tuple[Item, int]) -> Preview:
    found = listing(session, sku)
    return rehearse_mapping(
        session,
        listing_ids=[found.id],
        save=lambda: _saved(session, found.id, parts),
        now=NOW,
    )


def _saved(
    session: Session, listing_id: int, parts: tuple[tuple[Item, int], ...]
) -> tuple[int, ...]:
    return save_mapping(
        session,
        listing_id=listing_id,
        components=tuple(
            Component(item_id=item.id, quantity=n * PIECE) for item, n in parts
        ),
        who="user:1",
        now=NOW,
    ).order_ids


def test_a_preview_tells_orders_needs_runs_and_what_is_short(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("CANDLE"), external_id="1"))
    take(session, shop, an_order(a_line("NEW"), external_id="2"))
    replan(session, now=NOW)

    seen = previewed(session, "NEW", (things["CANDLE"], 30))

    [need], [run], [short] = seen.needs, seen.runs, seen.shorts
    assert (seen.orders, seen.held) == (1, 0)
    assert (need.item_id, need.more) == (things["CANDLE"].id, 60 * PIECE)
    assert (run.number, run.before, run.after) == ("P-0002", 0, 6)
    assert (short.item_id, short.more) == (things["WAX"].id, 2000 * PIECE)
    assert list(seen.dates) == []  # nobody who was promised a day loses it


def test_a_preview_tells_whose_dates_move_for_an_order_that_was_raised(
    session: Session,
) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("SOAP"), external_id="1"))
    take(session, shop, an_order(a_line("NEW"), external_id="2"))
    session.scalars(select(SalesOrder).filter_by(number="H-0002")).one().priority = 1
    replan(session, now=NOW)

    seen = previewed(session, "NEW", (things["SOAP"], 30))

    assert "H-0001" in {each.number for each in seen.dates}


def test_what_is_tried_out_is_held_against_the_newest_orders_and_writes_nothing(
    session: Session,
) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("SOAP"), external_id="1"))
    take(session, shop, an_order(a_line("NEW"), external_id="2"))
    six = (Component(item_id=things["CANDLE"].id, quantity=6 * PIECE),)
    soap = (Component(item_id=things["SOAP"].id, quantity=PIECE),)
    for sku, parts in (("NEW", six), ("SOAP", soap)):
        set_draft(
            session,
            listing_id=listing(session, sku).id,
            meaning=Meaning(components=parts),
            who="user:1",
            now=NOW,
        )
    before = picture(session)

    new, old = replay(session, most=200, now=NOW)

    assert (new.differs, new.now.state, new.draft.state) == (True, "unmapped", "mapped")
    assert new.draft.per_piece == {things["CANDLE"].id: 6 * PIECE}
    assert not old.differs
    assert len(replay(session, most=1, now=NOW)) == 1
    assert picture(session) == before


def test_drafts_are_said_together_and_taken_back_together(session: Session) -> None:
    shop, things = make_account(session), goods(session)
    take(session, shop, an_order(a_line("NEW"), a_line("TIP")))
    before = picture(session)
    six = (Component(item_id=things["CANDLE"].id, quantity=6 * PIECE),)
    for sku, meaning in (("NEW", Meaning(components=six)), ("TIP", Meaning(
        state="not_produced", is_ignored=True))):  # fmt: skip
        set_draft(session, listing_id=listing(session, sku).id, meaning=meaning,
                  who="user:1", now=NOW)  # fmt: skip

    saved = apply_drafts(session, who="user:1", now=NOW)

    assert wanted(session) == {"CANDLE": 12 * PIECE}
    assert replay(session, most=10, now=NOW) == []
    undo_change(session, change_id=saved.change_ids[0], who="user:1", now=LATER)
    assert picture(session) == before
