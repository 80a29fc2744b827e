"""A shop's own mail gives its order an address we lack, whichever came first; never an order."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.intake.upsert import upsert_order
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.mails import ShopNotice
from hub.models.records.orders import Address, SalesOrder
from mapping.canonical import Address as Stated
from mapping.letter import DraftAddress, Forwarded, Intent, Letter, Notice, Proof, Sender
from tests.domain.mail.letters import letter
from tests.factories import NOW, make_account
from tests.flow.mail.letter_mail import Post, open_post
from tests.flow.orders_of_the_shop import a_line, an_order

ETSY = Sender(address="transaction@etsy.com", proof=Proof.YES)
WHERE = DraftAddress(name="Ana", line1="12 High St", city="Leeds", country="United Kingdom")


@pytest.fixture
def post(session: Session) -> Post:
    return open_post(session)


@pytest.fixture
def shop(session: Session) -> ChannelAccount:
    return make_account(session, channel="etsy", name="Cera")


def sale(**more: object) -> Letter:
    notice = Notice(shop="etsy", order_number="4025790946", ship_to=WHERE, home="etsy.com")
    given: dict[str, object] = {
        "intent": Intent.NOTICE, "sender": ETSY, "notice": notice, **more,
    }  # fmt: skip
    return letter(**given)


def let_in(
    session: Session, shop: ChannelAccount, ship_to: Stated | None = None
) -> SalesOrder:
    order = replace(
        an_order(a_line("CANDLE")), external_id="4025790946", number="4025790946",
        ship_to=ship_to,
    )  # fmt: skip
    done = upsert_order(session, account=shop, order=order, who="channel:1", now=NOW)
    return session.get_one(SalesOrder, done.order_id)


def city(session: Session, order: SalesOrder) -> str:
    session.flush()
    session.expire_all()
    return session.get_one(Address, order.ship_to_id).city if order.ship_to_id else ""


def test_the_order_that_is_here_gets_its_address(
    post: Post, shop: ChannelAccount, session: Session
) -> None:
    order = let_in(session, shop, ship_to=Stated(country="GB"))

    outcome = post.take(sale())

    assert outcome == "ignored: notice"
    assert city(session, order) == "Leeds"
    assert session.get_one(Address, order.ship_to_id).country == "GB"
    notice = session.scalars(select(ShopNotice)).one()
    assert (notice.order_id, notice.applied_at, notice.ship_to) == (order.id, NOW, {})
    assert "order.address_by_mail" in session.scalars(select(History.what)).all()


def test_what_came_first_waits_for_its_order(
    post: Post, shop: ChannelAccount, session: Session
) -> None:
    post.take(sale())
    assert len(post.orders()) == 1

    order = let_in(session, shop)

    assert city(session, order) == "Leeds"


def test_an_address_the_shop_told_us_stays(
    post: Post, shop: ChannelAccount, session: Session
) -> None:
    order = let_in(
        session, shop, ship_to=Stated(line1="1 Sea Rd", city="Hull", country="GB")
    )

    post.take(sale())

    assert city(session, order) == "Hull"


@pytest.mark.parametrize(
    "sender",
    [
        Sender(address="transaction@etsy.com", proof=Proof.UNKNOWN),
        Sender(address="transaction@etsy.com.evil.example", proof=Proof.YES),
        Sender(address="transaction@notetsy.com", proof=Proof.YES),
    ],
)
def test_what_is_not_proven_to_be_the_shops_moves_nobodys_goods(
    post: Post, shop: ChannelAccount, session: Session, sender: Sender
) -> None:
    order = let_in(session, shop)

    outcome = post.take(sale(sender=sender))

    assert outcome == "ignored: notice"
    assert city(session, order) == ""
    assert session.scalars(select(ShopNotice)).all() == []


@pytest.mark.parametrize("trusted, where", [("yes", "Leeds"), ("", "")])
def test_our_own_people_may_pass_it_on_once_trusted(
    post: Post, shop: ChannelAccount, session: Session, trusted: str, where: str
) -> None:
    order = let_in(session, shop)
    post.account.settings = {**post.account.settings, "trust_forwards": trusted}
    ours = Sender(address="ines@taller.example", proof=Proof.YES)

    post.take(sale(sender=ours, forwarded=Forwarded(address="transaction@etsy.com")))

    assert city(session, order) == where


def test_a_number_two_shops_use_is_nobodys(
    post: Post, shop: ChannelAccount, session: Session
) -> None:
    first = let_in(session, shop)
    second = let_in(session, make_account(session, channel="etsy", name="Sal"))

    post.take(sale())

    assert (city(session, first), city(session, second)) == ("", "")
