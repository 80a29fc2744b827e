"""Letting us in on the shop's own page, with a pretended Etsy on this machine."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.protocol import Connection
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from hub.domain.people.roles import Role
from hub.flow.channels.channels import connect, open_connection
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from tests.factories import NOW
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor

LINK = re.compile(r'<a class="button strong wide" href="([^"]+)"')


@pytest.fixture
def etsy() -> Iterator[EtsyShop]:
    shop = EtsyShop("42", granted=False, background=False)
    yield shop
    shop.close()


@pytest.fixture
def account_id(ports: Ports, etsy: EtsyShop) -> Iterator[int]:
    with serve(create_sandbox([etsy])) as served:
        with ports.database.begin() as session:
            made = connect(
                session,
                vault=ports.vault,
                registration=ports.channels["etsy"],
                name="Cera",
                connection=Connection(
                    settings={
                        "shop_id": "42",
                        "base_url": served.url,
                        "oauth_url": f"{served.url}/v3/public/oauth/token",
                    },
                    credentials={
                        "keystring": etsy.keystring,
                        "shared_secret": etsy.shared_secret,
                    },
                    allow_loopback=True,
                ),
                who="test",
                now=NOW,
            )
            account_id = made.id
        yield account_id


def set_out(owner: Visitor, account_id: int) -> str:
    """Press Connect and return the link to the shop's page."""
    page = owner.press(f"/channels/{account_id}/authorise")
    found = LINK.search(page.text)
    assert found is not None, page.text
    return unescape(found[1])


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def account(ports: Ports, account_id: int) -> ChannelAccount:
    with ports.database.reading() as session:
        return session.get_one(ChannelAccount, account_id)


def test_the_owner_goes_to_the_shops_page_comes_back_and_we_are_let_in(
    ports: Ports, owner: Visitor, etsy: EtsyShop, account_id: int
) -> None:
    address = set_out(owner, account_id)

    back = owner.open(path_of(etsy.consent(address, grant=True)))

    assert back.status_code == 303, back.text
    assert "The shop let us in." in owner.see(back.location)
    opened = open_connection(account(ports, account_id), vault=ports.vault)
    assert opened.token is not None
    assert opened.token.refresh
    assert opened.token.value not in owner.see(f"/channels/{account_id}")


def test_what_was_found_while_we_were_shut_out_is_forgotten_once_we_are_let_in(
    ports: Ports, owner: Visitor, etsy: EtsyShop, account_id: int
) -> None:
    finding = {"words": "the app was not let into the shop yet", "way_out": "Press it."}
    with ports.database.begin() as session:
        session.get_one(ChannelAccount, account_id).findings = [finding]

    back = owner.open(path_of(etsy.consent(set_out(owner, account_id), grant=True)))

    assert "not let into the shop" not in owner.see(back.location)


def test_the_way_there_carries_a_challenge_and_no_secret(
    owner: Visitor, etsy: EtsyShop, account_id: int
) -> None:
    address = set_out(owner, account_id)

    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8470/channels/authorised"]
    assert etsy.shared_secret not in address


def test_coming_back_twice_with_the_same_answer_is_refused(
    owner: Visitor, etsy: EtsyShop, account_id: int
) -> None:
    back = path_of(etsy.consent(set_out(owner, account_id), grant=True))
    owner.open(back)

    again = owner.open(back)

    assert again.status_code == 409
    assert "press Connect again" in again.text


def test_an_owner_who_says_no_is_told_so_and_nothing_changes(
    ports: Ports, owner: Visitor, etsy: EtsyShop, account_id: int
) -> None:
    back = owner.open(path_of(etsy.consent(set_out(owner, account_id), grant=False)))

    assert back.status_code == 409
    assert account(ports, account_id).token is None


def test_a_page_that_was_come_back_to_keeps_itself_fresh_at_its_own_address(
    owner: Visitor, etsy: EtsyShop, account_id: int
) -> None:
    back = owner.open(path_of(etsy.consent(set_out(owner, account_id), grant=False)))

    live = back.text.split('<div id="live"')[1].split(">")[0]
    assert f'hx-get="/channels/{account_id}?' in live


def test_what_a_shop_is_missing_ends_before_what_to_do_begins(
    ports: Ports, owner: Visitor, account_id: int
) -> None:
    with ports.database.begin() as session:
        shut = session.get_one(ChannelAccount, account_id)
        shut.needs_reconnect, shut.problem = True, "the shop is closed"

    assert "the shop is closed. Press Connect below" in owner.see(f"/channels/{account_id}")


@pytest.mark.parametrize("query", ["", "state=made-up&code=x", "state=%00&code=x"])
def test_an_answer_nobody_asked_for_is_refused(owner: Visitor, query: str) -> None:
    assert owner.open(f"/channels/authorised?{query}").status_code == 409


def test_only_an_owner_may_let_us_in(be: As, account_id: int) -> None:
    planner = be(Role.PLANNER)

    assert planner.press(f"/channels/{account_id}/authorise").status_code == 403
    assert planner.open("/channels/authorised?state=x&code=y").status_code == 403
