"""Finding anything by a few letters: numbers in any form, buyers for whom they concern, no more."""

import re

import pytest

from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.guard.page_roles import may_open as may_open_page
from tests.factories import PIECE, make_customer, make_lot
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, shop
from tests.web.pages.making.test_production import a_run
from tests.web.pages.shipping.test_shipments import a_parcel
from tests.web.pages.visitor import Visitor

LOT = re.compile(r"/(lots|trace)/[0-9]+")
HIT = re.compile(r'<a href="([^"]+)" data-hit>')


def found(visitor: Visitor, words: str) -> list[str]:
    """Return the addresses the palette offers for these words."""
    response = visitor.client.get(
        "/find", query_string={"q": words}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    return HIT.findall(response.text)


@pytest.mark.parametrize("words", ["1", "h1", "H1", "h-1", "H-0001", "h-000001", " H - 1 "])
def test_an_order_is_found_by_its_number_in_any_form(
    owner: Visitor, an_order: int, words: str
) -> None:
    assert f"/orders/{an_order}" in found(owner, words)


@pytest.mark.parametrize("words", ["#1001", "1001"])
def test_an_order_is_found_by_the_shops_number(
    owner: Visitor, an_order: int, words: str
) -> None:
    assert found(owner, words) == [f"/orders/{an_order}"]


@pytest.mark.parametrize("words", ["h2", "H-0010", "10", "h", "-", "H-", "²", "9" * 30])
def test_another_number_finds_no_order(owner: Visitor, an_order: int, words: str) -> None:
    assert f"/orders/{an_order}" not in found(owner, words)


def test_a_run_a_parcel_and_a_lot_are_found_by_theirs(owner: Visitor, ports: Ports) -> None:
    a_run(ports)
    shipment_id = a_parcel(ports)

    assert "/production/1" in found(owner, "p1")
    assert f"/shipments/{shipment_id}" in found(owner, "s-0001")
    assert f"/shipments/{shipment_id}" in found(owner, "PK1")
    assert [each for each in found(owner, "WAX-1") if LOT.fullmatch(each)]


def test_a_number_alone_offers_all_that_carry_it(owner: Visitor, ports: Ports) -> None:
    a_run(ports)
    a_parcel(ports)

    offered = found(owner, "1")

    assert {"/orders/1", "/production/1", "/shipments/1"} <= set(offered)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("words", ["Maria", "ruiz", "maria.ruiz@example.com"])
def test_buyers_are_found_only_by_whom_they_concern(
    be: As, ports: Ports, role: Role, words: str
) -> None:
    with ports.database.begin() as session:
        make_customer(session, account=shop(session))
    visitor = be(role)

    page = visitor.see(f"/find?q={words}")

    may_open = may_open_page(role, view="pages.show_customer")
    assert ("/customers/1" in page) is may_open
    assert ("Maria Ruiz" in page) is may_open
    assert may_open is (role in {Role.OWNER, Role.PLANNER})


@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_offered_that_is_refused_when_it_is_opened(
    be: As, ports: Ports, role: Role
) -> None:
    a_run(ports)
    a_parcel(ports)
    visitor = be(role)
    offered = {
        each
        for words in ("1", "so", "ca", "wax", "e", "o", "a", "maria")
        for each in found(visitor, words)
    }

    answers = {each: visitor.open(each).status_code for each in offered}

    assert len(offered) > 8
    assert {each: code for each, code in answers.items() if code != 200} == {}


def test_what_is_typed_is_taken_by_the_letter_and_written_as_text(
    owner: Visitor, ports: Ports
) -> None:
    with ports.database.begin() as session:
        make_lot(session, item=item(session, "CANDLE"), quantity=PIECE)

    every = found(owner, "%%")
    page = owner.see("/find?q=<b>x</b>")

    assert every == []
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_a_stranger_finds_nothing(stranger: Visitor) -> None:
    assert stranger.open("/find?q=1").status_code in {302, 303}
