"""The buyer's link: ours alone, to one order, until it is made anew."""

import base64

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.letters.status_link import (
    Pointed,
    StatusLinks,
    renew_link,
    status_links,
    status_mark,
)
from hub.flow.refusal import Missing
from hub.models.records.history import History
from hub.models.records.orders import SalesOrder
from hub.models.vault import vault_of
from tests.doors import LINKS
from tests.factories import NOW, make_account, make_item, make_order

OLD, NEW = b"o" * 32, b"n" * 32


def an_order(session: Session) -> SalesOrder:
    account = make_account(session)
    return make_order(session, account=account, lines={make_item(session): 1})


def links(*keys: bytes, secret: str | None = None) -> StatusLinks:
    return status_links(
        vault=vault_of([*keys]), secret=secret, base="https://h.example", is_public=True
    )


def test_a_link_leads_back_to_its_order() -> None:
    token = LINKS.token(order_id=42, turn=3)

    assert LINKS.read(token) == Pointed(order_id=42, turn=3)
    assert LINKS.url(order_id=42, turn=3) == f"https://hornada.example/o/{token}"


def test_no_bit_of_a_link_can_be_changed() -> None:
    token = LINKS.token(order_id=42, turn=0)
    held = int.from_bytes(base64.urlsafe_b64decode(token))

    changed = [
        base64.urlsafe_b64encode((held ^ (1 << bit)).to_bytes(30)).decode()
        for bit in range(240)
    ]

    assert [each for each in changed if LINKS.read(each)] == []


@pytest.mark.parametrize(
    "token", ["", "x", "a" * 40, "ñ" * 40, "a" * 41, "=" * 40, "a" * 9999]
)
def test_what_is_no_link_opens_nothing(token: str) -> None:
    assert LINKS.read(token) is None


def test_links_of_two_orders_and_of_two_workshops_differ() -> None:
    assert LINKS.token(order_id=1, turn=0)[20:] != LINKS.token(order_id=2, turn=0)[20:]
    assert links(OLD).read(links(NEW).token(order_id=1, turn=0)) is None


def test_a_new_key_ends_no_link() -> None:
    given_out = links(OLD).token(order_id=1, turn=0)

    for now in (links(NEW, OLD), links(OLD, secret="s" * 32)):
        assert now.read(given_out) == Pointed(order_id=1, turn=0)
        assert now.token(order_id=1, turn=0) != given_out


def test_a_link_made_anew_is_written_down(session: Session) -> None:
    order = an_order(session)

    assert renew_link(session, order_id=order.id, who="user:1", now=NOW) == 1

    session.refresh(order)
    assert order.status_turn == 1
    query = select(History.what).where(History.subject_id == order.id)
    assert "order.link_renewed" in session.scalars(query).all()


def test_no_link_is_made_for_an_order_that_is_none(session: Session) -> None:
    with pytest.raises(Missing):
        renew_link(session, order_id=404, who="user:1", now=NOW)


def test_a_letter_gets_the_link_of_its_own_order_and_no_other(session: Session) -> None:
    order = an_order(session)
    text = f"{status_mark(order.id)} {status_mark(order.id + 1)} {status_mark(order.id)}0"
    link = LINKS.url(order_id=order.id, turn=0)

    filled = LINKS.fill(text, order=order)

    assert filled == f"{link} {status_mark(order.id + 1)} {status_mark(order.id)}0"


def test_a_letter_names_no_address_only_we_can_reach(session: Session) -> None:
    order = an_order(session)
    inside = status_links(
        vault=vault_of([OLD]), secret=None, base="http://127.0.0.1:8470", is_public=False
    )
    mark = status_mark(order.id)
    long = f"<p>{'all of it ' * 40}<a href='{mark}'>see</a></p>"

    assert inside.fill(f"Hello\nSee: {mark}\nBye\n", order=order) == "Hello\nBye\n"
    assert inside.fill(long, order=order, is_html=True) == long.replace(mark, "")
