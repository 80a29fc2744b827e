"""Deeds on the mapping page: many at once, left, tried out, taken back, searched, as a table."""

import re

from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.meaning.map_lines import map_order
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingChange, MappingDraft
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.ports import Ports
from tests.factories import NOW
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, shop
from tests.web.pages.meaning.test_mapping import a_listing, candle_id, demands
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken


def two_listings(ports: Ports) -> list[int]:
    """Write two listings that one order waits for, one of them something nobody makes."""
    first = a_listing(ports)
    with ports.database.begin() as session:
        order = session.scalars(select(SalesOrder)).one()
        session.add(
            OrderLine(
                order_id=order.id,
                external_id="tip-1",
                position=2,
                kind="product",
                title="Propina para el equipo",
                listing_key="variant:88",
                ordered=1,
                state="unmapped",
                unit_price_minor=200,
            )  # fmt: skip
        )
        session.flush()
        map_order(session, order_id=order.id, now=NOW)
        return [first, *session.scalars(select(Listing.id).filter_by(key="variant:88"))]


def many(visitor: Visitor, deed: str, ids: list[int]) -> int:
    """Press a button of the many that were chosen; return the answer's status."""
    token = visitor.token()
    response = visitor.client.post(
        "/mapping/many",
        data={"csrf": token, "deed": deed, "listing": [str(each) for each in ids]},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    return response.status_code


def states(ports: Ports) -> list[str]:
    with ports.database.reading() as session:
        return list(session.scalars(select(OrderLine.state).order_by(OrderLine.position)))


def changes(ports: Ports) -> list[MappingChange]:
    with ports.database.reading() as session:
        return list(session.scalars(select(MappingChange).order_by(MappingChange.id)))


def test_a_saving_says_how_many_orders_moved_and_is_taken_back_by_one_press(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)

    page = owner.did(f"/mapping/{listing_id}", **{"item-0": str(candle), "amount-0": "6"})

    assert "1 order moved." in page
    [undo] = re.findall(r'action="(/mapping/changes/\d+/undo)"', page)
    assert "Taken back." in owner.did(undo)
    assert states(ports) == ["unmapped"]
    assert sum(demands(ports)) == 0
    assert "plan" in woken.kinds


def test_the_last_saving_of_mine_is_taken_back_from_anywhere(
    ports: Ports, owner: Visitor
) -> None:
    listing_id = a_listing(ports)
    owner.did(f"/mapping/{listing_id}/not-produced")

    owner.did("/mapping/undo")

    assert states(ports) == ["unmapped"]
    refused = owner.press("/mapping/undo")
    assert refused.status_code == 404
    assert "There is nothing to take back." in refused.text


def test_the_panel_tells_who_said_what(ports: Ports, owner: Visitor) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)
    owner.did(f"/mapping/{listing_id}", **{"item-0": str(candle), "amount-0": "6"})

    for page in (owner.see(f"/mapping/{listing_id}"), owner.see("/mapping/history")):
        assert "6 × Soy candle, fig" in page
        assert "Owner" in page
        assert "1 order moved" in page


def test_what_is_ignored_is_waited_for_no_more_than_a_service(
    ports: Ports, owner: Visitor
) -> None:
    first, tip = two_listings(ports)

    owner.did(f"/mapping/{tip}/ignore")
    owner.did(f"/mapping/{first}/not-produced")

    assert states(ports) == ["ignored", "service"]
    page = owner.see("/mapping?state=not_produced")
    assert "Ignored" in page
    with ports.database.reading() as session:
        assert "unmapped" not in session.scalars(select(SalesOrder)).one().hold_reasons


def test_many_take_their_first_suggestion_and_the_rest_is_left(
    ports: Ports, owner: Visitor
) -> None:
    ids = two_listings(ports)

    assert many(owner, "first", ids) == 303

    assert states(ports) == ["mapped", "unmapped"]
    assert demands(ports) == [12_000]
    [change] = changes(ports)
    assert change.batch


def test_many_are_left_alone_and_taken_back_as_one(ports: Ports, owner: Visitor) -> None:
    ids = two_listings(ports)
    assert many(owner, "ignore", ids) == 303
    assert states(ports) == ["service", "service"]
    first, second = changes(ports)
    assert first.batch == second.batch

    owner.did(f"/mapping/changes/{second.id}/undo")

    assert states(ports) == ["unmapped", "unmapped"]


def test_nothing_chosen_and_nothing_to_do_are_refused(ports: Ports, owner: Visitor) -> None:
    ids = two_listings(ports)

    assert many(owner, "first", []) == 422
    assert many(owner, "explode", ids) == 422
    assert many(owner, "first", [ids[1]]) == 422
    assert many(owner, "ignore", [987]) == 404

    assert changes(ports) == []


def test_what_is_tried_out_is_held_against_orders_and_said_with_all_others(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)

    page = owner.did(
        f"/mapping/{listing_id}/draft", **{"item-0": str(candle), "amount-0": "4"}
    )

    assert "1 would differ." in page
    assert "4 × Soy candle, fig" in page
    assert demands(ports) == []
    assert woken.kinds == []
    owner.did("/mapping/drafts")
    assert demands(ports) == [8_000]
    with ports.database.reading() as session:
        assert session.scalars(select(MappingDraft)).all() == []


def test_a_draft_is_forgotten(ports: Ports, owner: Visitor) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)
    owner.did(f"/mapping/{listing_id}/draft", **{"item-0": str(candle)})

    page = owner.did(f"/mapping/{listing_id}/draft/forget")

    assert "Nothing is tried out." in page


def test_listings_are_found_by_words_sku_shop_and_item(
    ports: Ports, owner: Visitor
) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)
    with ports.database.begin() as session:
        session.add(
            Listing(
                account_id=shop(session).id,
                key="variant:5",
                sku="JAB-OLIVA-1",
                sku_key="jaboliva1",
                title="Jabón de oliva",
                created_at=NOW,
            )  # fmt: skip
        )
        shop_id = shop(session).id

    for words in ("jabon", "OLIVA jab", "jaboliva1", "JAB-OLIVA"):
        found = owner.see(f"/mapping?q={words}")
        assert "Jabón de oliva" in found, words
        assert "pack of 6</strong>" not in found
    assert "No listing fits" in owner.see("/mapping?q=50%25+off_")
    assert "Jabón de oliva" in owner.see(f"/mapping?channel={shop_id}")
    assert "No listing fits" in owner.see("/mapping?channel=99")
    owner.did(f"/mapping/{listing_id}", **{"item-0": str(candle)})
    assert "pack of 6" in owner.see("/mapping?state=mapped&q=candle")


def test_every_listing_is_on_one_page_and_on_one_only(ports: Ports, owner: Visitor) -> None:
    waiting = {str(each) for each in two_listings(ports)}
    with ports.database.begin() as session:
        session.add_all(
            Listing(account_id=shop(session).id, key=f"variant:{1000 + number}",
                    title=f"Candle {number}", created_at=NOW)
            for number in range(95)
        )  # fmt: skip
    address, seen = "/mapping", []

    while address:
        page = owner.see(address)
        seen += re.findall(r'data-listing="(\d+)"', page)
        more = re.search(r'class="more"><a href="([^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""

    assert len(seen) == len(set(seen)) == 97
    assert set(seen[:2]) == waiting


def test_a_script_that_asks_again_is_told_when_nothing_changed(
    ports: Ports, owner: Visitor
) -> None:
    a_listing(ports)
    part = owner.open("/mapping", **{"HX-Request": "true"}).text
    [stamp] = re.findall(r"stamp=([0-9a-f]+)", part)

    again = owner.open(f"/mapping?stamp={stamp}", **{"HX-Request": "true"})
    whole = owner.open(
        "/mapping", **{"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )

    assert "<html" not in part
    assert again.status_code == 204
    assert "<html" in whole.text


def test_the_table_is_read_back_as_it_was_written(ports: Ports, owner: Visitor) -> None:
    ids, candle = two_listings(ports), candle_id(ports)
    owner.did(f"/mapping/{ids[0]}", **{"item-0": str(candle), "amount-0": "6"})

    table = owner.open("/mapping/table.csv?state=mapped").text

    head, row = table.splitlines()[:2]
    assert head.lstrip("\ufeff").startswith(
        "channel,listing,sku,title,variation,items,state"
    )
    assert "6*CANDLE" in row
    assert "Propina" not in table


def test_past_decisions_speak_for_what_is_alike(ports: Ports, owner: Visitor) -> None:
    listing_id = a_listing(ports)
    with ports.database.begin() as session:
        soap = item(session, "SOAP").id
        session.add(
            Listing(account_id=shop(session).id, key="variant:5",
                    title="Soy candle, figs, pack of 6", created_at=NOW)
        )  # fmt: skip
    owner.did(f"/mapping/{listing_id}", **{"item-0": str(soap), "amount-0": "2"})

    page = owner.see("/mapping?q=figs")

    assert "you mapped “Soy candle, fig, pack of 6” like this on" in page


def test_a_viewer_sees_what_is_mapped_and_can_press_nothing(ports: Ports, be: As) -> None:
    listing_id = a_listing(ports)
    viewer = be(Role.VIEWER)

    page = viewer.see("/mapping") + viewer.see(f"/mapping/{listing_id}")

    assert "/mapping/many" not in page
    assert "Save and plan" not in page
    assert viewer.open(f"/mapping/{listing_id}/preview?item-0=1").status_code == 403


def test_quantities_that_cannot_be_are_told_beside_the_form(
    ports: Ports, owner: Visitor
) -> None:
    listing_id, candle = a_listing(ports), candle_id(ports)

    refused = owner.press(
        f"/mapping/{listing_id}", **{"item-0": str(candle), "said_for": "galaxy"}
    )

    assert refused.status_code == 422
    assert "Choose what it applies to." in refused.text
    with ports.database.reading() as session:
        assert session.scalars(select(Demand)).all() == []
