"""Mapping on the pages: what waits, what it might mean, and saying so."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.meaning.map_lines import map_order
from hub.flow.phase import refresh_phases
from hub.models.records.listings import Listing
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.ports import Ports
from tests.factories import NOW, make_order
from tests.web.pages.goods import item, shop
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken


def unmapped(session: Session, *, title: str = "Soy candle, fig, pack of 6") -> int:
    """Write an order for two of a listing that nobody mapped, and return the listing's id."""
    item(session, "CANDLE")
    order = make_order(session, account=shop(session), lines={})
    session.add(
        OrderLine(
            order_id=order.id,
            external_id=f"{order.external_id}-1",
            position=1,
            kind="product",
            title=title,
            listing_key="variant:77",
            ordered=2,
            state="unmapped",
            unit_price_minor=6000,
        )
    )
    session.flush()
    map_order(session, order_id=order.id, now=NOW)
    refresh_phases(session, order_ids=[order.id], now=NOW)
    return session.scalars(select(Listing.id).filter_by(key="variant:77")).one()


def a_listing(ports: Ports) -> int:
    """Write an unmapped listing with one order that waits."""
    with ports.database.begin() as session:
        return unmapped(session)


def candle_id(ports: Ports) -> int:
    """Return the id of the candle."""
    with ports.database.reading() as session:
        return item(session, "CANDLE").id


def demands(ports: Ports) -> list[int]:
    """Return what the orders ask for."""
    with ports.database.reading() as session:
        return list(session.scalars(select(Demand.quantity)))


def test_the_queue_shows_who_waits_for_how_much_and_a_guess_with_its_reason(
    anywhere: Ports, boss: Visitor
) -> None:
    a_listing(anywhere)

    page = boss.see("/mapping")

    assert "Soy candle, fig, pack of 6" in page
    assert "1 order" in page
    assert "€120.00" in page
    assert "6 × Soy candle, fig" in page
    assert "says it is a pack of 6" in page


def test_saving_a_mapping_moves_the_order_that_waited(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    listing_id, candle = a_listing(anywhere), candle_id(anywhere)

    boss.did(f"/mapping/{listing_id}", **{"item-0": str(candle), "amount-0": "6"})

    assert demands(anywhere) == [12_000]
    assert "plan" in woken.kinds
    assert "Soy candle, fig, pack of 6" not in boss.see("/mapping")
    assert "6 × Soy candle, fig" in boss.see("/mapping?state=mapped")
    with anywhere.database.reading() as session:
        assert session.scalars(select(OrderLine.state)).all() == ["mapped"]


def test_a_kit_holds_several_items_and_fractions(ports: Ports, owner: Visitor) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)
    with ports.database.begin() as session:
        wax = item(session, "WAX").id

    owner.did(
        f"/mapping/{listing_id}",
        **{
            "item-0": str(candle),
            "amount-0": "2",
            "item-1": "",
            "item-3": str(wax),
            "amount-3": "150.5",
        },
    )

    assert sorted(demands(ports)) == [4000, 301_000]


def test_a_preview_says_what_would_change_and_changes_nothing(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)

    page = owner.see(f"/mapping/{listing_id}/preview?item-0={candle}&amount-0=6")

    assert "needs 12 pcs of Soy candle, fig; 0 pcs are free in stock" in page
    assert "1 open order changes." in page
    assert demands(ports) == []
    assert woken.kinds == []


def test_a_preview_of_nonsense_is_no_error(ports: Ports, owner: Visitor) -> None:
    listing_id = a_listing(ports)

    for query in (
        "item-0=999",
        "item-0=x",
        "item-0=1&amount-0=lots",
        "",
        "item-0=" + "9" * 40,
    ):
        assert owner.open(f"/mapping/{listing_id}/preview?{query}").status_code == 200


def test_saying_nothing_or_nonsense_is_refused_beside_the_form(
    ports: Ports, owner: Visitor
) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)

    for form in (
        {},
        {"item-0": "999"},
        {"item-0": str(candle), "amount-0": "0"},
        {"item-0": str(candle), "amount-0": "-6"},
        {"item-0": str(candle), "amount-0": "six"},
    ):
        response = owner.press(f"/mapping/{listing_id}", **form)
        assert response.status_code == 422, form
        assert 'role="alert"' in response.text

    assert demands(ports) == []


def test_what_is_not_produced_here_blocks_its_order_no_longer(
    anywhere: Ports, boss: Visitor
) -> None:
    listing_id = a_listing(anywhere)

    boss.did(f"/mapping/{listing_id}/not-produced")

    with anywhere.database.reading() as session:
        [order] = session.scalars(select(SalesOrder))
        assert "unmapped" not in order.hold_reasons
    assert "Soy candle, fig, pack of 6" in boss.see("/mapping?state=not_produced")


def test_the_page_of_an_order_leads_to_the_listing_that_blocks_it(
    ports: Ports, owner: Visitor
) -> None:
    listing_id = a_listing(ports)

    page = owner.see("/orders/1")

    assert "Needs attention" in page
    assert f"/mapping/{listing_id}" in page
    assert "is not mapped" in page


def test_there_is_no_page_for_a_listing_that_is_none(owner: Visitor) -> None:
    assert owner.open("/mapping/77").status_code == 404


def test_what_orders_wait_for_comes_before_what_only_the_catalogue_showed(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        unmapped(session, title="Ordered candle")
        for number in range(80):
            session.add(
                Listing(
                    account_id=shop(session).id,
                    key=f"variant:{1000 + number}",
                    title=f"Never ordered {number}",
                    created_at=NOW,
                )
            )

    queue = boss.see("/mapping")

    assert queue.index("Ordered candle") < queue.index("Never ordered")
    assert queue.count("Ordered candle</strong>") == 1
