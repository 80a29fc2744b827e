"""An order taken down at the phone: known callers, lines answered beside, saved once."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.flow.planning.plan import replan
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Address, Customer, OrderLine, SalesOrder
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.web.pages.goods import order_to_make
from tests.web.pages.visitor import Visitor

KEY = re.compile(r'name="key" value="([^"]+)"')


def form(**more: str) -> dict[str, str]:
    """Fill the form in for two candles of Carla."""
    plain = {
        "do": "save",
        "key": "a-form",
        "name": "Carla Ros",
        "email": "carla@ros.example",
        "currency": "EUR",
        "priority": "100",
        "sku-1": "CANDLE",
        "quantity-1": "2",
        "price-1": "6.50",
    }
    return plain | {name.replace("__", "-"): value for name, value in more.items()}


def newest(session: Session) -> SalesOrder:
    return session.scalars(select(SalesOrder).order_by(SalesOrder.id.desc())).all()[0]


def lines_of(session: Session, order: SalesOrder) -> list[tuple[str, int, int | None]]:
    query = select(OrderLine).filter_by(order_id=order.id).order_by(OrderLine.position)
    return [
        (line.sku, line.ordered, line.unit_price_minor) for line in session.scalars(query)
    ]


def candles(ports: Ports, *, in_stock: int = 10) -> None:
    """Put candles on the shelf."""
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_lot(session, item=candle, quantity=in_stock * PIECE)


def counted(ports: Ports) -> tuple[int, int]:
    """Count orders and messages."""
    with ports.database.reading() as session:
        orders = session.scalar(select(func.count(SalesOrder.id))) or 0
        return orders, session.scalar(select(func.count(InboundMessage.id))) or 0


def test_an_order_is_typed_saved_and_opened(anywhere: Ports, boss: Visitor) -> None:
    candles(anywhere)
    more = form(
        requested_on="2026-12-03",
        note="ring twice",
        priority="0",
        ship_line1="Calle Sol 3",
        ship_country="es",
        number="T-7",
    )

    page = boss.did("/orders/new", **more)

    with anywhere.database.reading() as session:
        order = newest(session)
        place = session.get_one(Address, order.ship_to_id)
        assert (order.number, order.priority, order.note) == ("T-7", 0, "ring twice")
        assert str(order.requested_on) == "2026-12-03"
        assert (place.name, place.line1, place.country) == (
            "Carla Ros",
            "Calle Sol 3",
            "ES",
        )
        assert lines_of(session, order) == [("CANDLE", 2, 650)]
    assert "The order is here." in page
    assert "T-7" in page


def test_a_form_sent_twice_is_one_order(ports: Ports, owner: Visitor) -> None:
    candles(ports)

    first = owner.press("/orders/new", **form())
    second = owner.press("/orders/new", **form())

    assert first.location == second.location
    assert counted(ports) == (1, 1)


def test_each_new_form_has_a_key_of_its_own(owner: Visitor) -> None:
    keys = [KEY.findall(owner.see("/orders/new"))[0] for _ in range(2)]

    assert keys[0] != keys[1]


def test_save_and_next_begins_another_and_names_the_last(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)

    page = owner.did("/orders/new", **form(do="next"))

    assert "Saved before:" in page
    assert "H-0001" in page
    assert 'value="Carla Ros"' not in page


def test_what_cannot_be_is_named_and_nothing_typed_is_lost(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)
    wrong = {
        "quantity-1": {"quantity__1": "some"},
        "price-1": {"price__1": "1,2,3"},
        "currency": {"currency": "EURO"},
        "sku-1": {"sku__1": "CHEESE"},
        "name": {"name": ""},
        "email": {"email": "carla at home"},
        "requested_on": {"requested_on": "soon"},
        "ship_country": {"ship_country": "Spain"},
        "number": {"number": "H-0001"},
    }

    for field, change in wrong.items():
        again = owner.press("/orders/new", **form(note="ring twice", **change))

        assert again.status_code == 422, field
        assert "ring twice" in again.text
        assert (
            re.search(rf'name="{field}"[^>]*aria-invalid="true"', again.text)
            or field == "name"
        ), field
        assert 'id="trouble-entry"' in again.text
    assert counted(ports) == (0, 0)


def test_what_nobody_knows_is_taken_only_where_a_person_says_so(
    ports: Ports, owner: Visitor
) -> None:
    refused = owner.press("/orders/new", **form(sku__1="Cake for Ana"))
    owner.did("/orders/new", **form(sku__1="Cake for Ana", as_it_is__1="1"))

    with ports.database.reading() as session:
        line = session.scalars(select(OrderLine)).one()
    assert 'name="as_it_is-1"' in refused.text
    assert (line.title, line.state) == ("Cake for Ana", "unmapped")


def test_the_same_twice_is_warned_of_and_added_up(ports: Ports, owner: Visitor) -> None:
    candles(ports)
    twice = form(sku__2="candle", quantity__2="3", price__2="6.50")

    seen = owner.press("/orders/new/look", **twice)
    owner.did("/orders/new", **twice)

    with ports.database.reading() as session:
        assert lines_of(session, newest(session)) == [("CANDLE", 5, 650)]
    assert "Also on line 1" in seen.text


def test_a_title_is_enough_where_it_means_one_thing(ports: Ports, owner: Visitor) -> None:
    candles(ports)
    with ports.database.begin() as session:
        make_item(session, code="SOAP")

    owner.did("/orders/new", **form(sku__1="olive"))

    with ports.database.reading() as session:
        assert lines_of(session, newest(session))[0][0] == "SOAP"


def test_beside_each_line_it_is_said_where_it_would_come_from(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        order_to_make(session, pieces=1, wax_grams=4000)
        soap = make_item(session, code="SOAP")
        make_lot(session, item=soap, quantity=5 * PIECE)
        make_item(session, code="BALM")
        replan(session, now=NOW)
    before = counted(anywhere)
    more = form(sku__2="SOAP", sku__3="BALM", sku__4="CHEESE", quantity__1="12")

    seen = boss.press("/orders/new/look", **more).text

    said = {at: seen.split(f'id="answer-{at}"')[1].split("</div>")[0] for at in "1234"}
    assert "Can be made, ready" in said["1"]
    assert "In stock" in said["2"]
    assert "Short 1 pcs Lip balm" in said["3"]
    assert "Nothing here is called" in said["4"]
    assert "Nobody can say yet for which day" in seen
    assert counted(anywhere) == before


def test_the_day_it_could_be_promised_is_said_and_nothing_is_written(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)

    seen = owner.press("/orders/new/look", **form()).text

    assert "Could be promised for Mon 23 Nov" in seen
    assert counted(ports) == (0, 0)


def test_what_others_were_promised_is_not_offered_again(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_lot(session, item=candle, quantity=3 * PIECE)
        make_order(session, account=make_account(session), lines={candle: 2})
        replan(session, now=NOW)

    seen = owner.press("/orders/new/look", **form()).text

    assert "Short 1 pcs" in seen


def test_a_caller_is_found_by_name_mail_or_street(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_order(session, account=make_account(session), lines={candle: 2})

    for text in ("ruiz", "MARIA.RUIZ@", "cera granada", "maria 18009"):
        found = owner.open(f"/orders/new/buyers?q={text}").text
        assert "Maria Ruiz" in found, text
        assert "Calle de la Cera 7" in found
    assert "Maria" not in owner.open("/orders/new/buyers?q=%25").text


def test_a_known_caller_brings_the_last_address_and_the_same_as_last_time(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        order = make_order(session, account=make_account(session), lines={candle: 2})
        customer = str(order.customer_id)

    picked = owner.press("/orders/new", **form(do=f"pick:{customer}", sku__1="")).text
    same = owner.press(
        "/orders/new", **form(do="last", customer_id=customer, sku__1="")
    ).text

    assert "Calle de la Cera 7" in picked
    assert "Same as last time" in picked
    assert re.search(r'name="sku-\d+" value="CANDLE"', same)
    assert 'value="12.50"' in same


def test_a_caller_known_from_a_shop_becomes_one_customer_of_ours(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        order = make_order(session, account=make_account(session), lines={candle: 2})
        known = order.customer_id

    for key in ("one", "two"):
        owner.did("/orders/new", **form(key=key, customer_id=str(known)))

    with ports.database.reading() as session:
        ours = {newest(session).customer_id}
        ours |= set(session.scalars(select(SalesOrder.customer_id))) - {known}
        assert len(ours) == 1
        assert session.get_one(Customer, known).name == "Maria Ruiz"


def test_a_customer_of_ours_keeps_what_is_known_of_them(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)
    owner.did("/orders/new", **form())
    with ports.database.reading() as session:
        known = newest(session).customer_id

    owner.did("/orders/new", **form(key="b", customer_id=str(known), name="Somebody"))

    with ports.database.reading() as session:
        assert newest(session).customer_id == known
        assert session.get_one(Customer, known).name == "Carla Ros"


def test_enter_adds_a_line_and_keeps_what_is_typed(owner: Visitor) -> None:
    page = owner.press("/orders/new", **form(do="enter", note="ring twice")).text

    assert 'name="sku-2"' in page
    assert 'value="CANDLE"' in page
    assert "ring twice" in page


def test_goods_are_found_by_code_and_title_and_never_more_than_twenty(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        for number in range(30):
            make_item(session, code=f"GLASS-{number:02d}")

    many = owner.open("/orders/new/goods?sku-3=glass").text
    one = owner.open("/orders/new/goods?sku-3=glass-07").text

    assert (many.count("<option"), one.count("<option")) == (20, 1)


def test_what_no_form_of_ours_sends_is_no_error_of_ours(owner: Visitor) -> None:
    nobody = "9" * 30
    tries = [
        form(do=f"pick:{nobody}"),
        form(do="pick:٣"),
        form(do="last"),
        form(do="", customer_id=nobody),
        form(customer_id="77"),
        form(sku__1="x" * 300),
        form(quantity__1="9" * 9),
        form(priority="9" * 9),
        form(key="k" * 400, name="n" * 600),
        form(requested_on="0001-01-01", do="enter"),
    ]

    statuses = [owner.press("/orders/new", **each).status_code for each in tries]
    looked = [owner.press("/orders/new/look", **each).status_code for each in tries]

    assert all(status in {200, 303, 422} for status in statuses), statuses
    assert set(looked) == {200}
