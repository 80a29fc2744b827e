"""Changing a connection by the API: tried at the channel first, and no secret comes back."""

import pytest
from sqlalchemy import select

from connectors.protocol import Connection
from connectors.sandbox.shopify.storefront import Storefront
from hub.flow.channels.channels import open_connection
from hub.flow.channels.edit_connection import NotTried, Trial
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.ports import Ports
from hub.web.api.views import channel_connection
from tests.pretend_shopify import DOMAIN, TOKEN
from tests.web.api.program import SHOP, Program
from tests.web.ports import Woken
from tests.web.pretended import one_location, with_shops

NEW = "shpat_a_wrong_one"
HERE = "/channels/1/connection"


@pytest.fixture
def store() -> Storefront:
    """Our pretended shop."""
    return one_location()


@pytest.fixture
def ports(ports: Ports, store: Storefront) -> Ports:
    """The ports of the app, whose one shop is the pretended one."""
    return with_shops(ports, lambda _: store)


@pytest.fixture
def connected(owner: Program) -> Program:
    """An owner whose shop is connected with a token it does not know any more."""
    owner.post("/channels", SHOP | {"settings": {"shop": DOMAIN}})
    return owner


def opened(ports: Ports) -> Connection:
    with ports.database.reading() as session:
        account = session.get_one(ChannelAccount, 1)
    return open_connection(account, vault=ports.vault)


def test_what_lets_us_in_is_kept_and_shown_without_its_secrets(
    connected: Program, ports: Ports, woken: Woken
) -> None:
    change = {"name": "Taller", "credentials": {"access_token": TOKEN}}

    answer = connected.call("PATCH", HERE, change)

    assert answer.status == 200, answer.text
    assert (answer.json["name"], answer.json["needs_reconnect"]) == ("Taller", False)
    assert TOKEN not in answer.text
    assert "a-secret-of-the-shop" not in answer.text
    assert opened(ports).credentials == {"access_token": TOKEN}
    assert "read_messages" in woken.kinds
    with ports.database.reading() as session:
        whats = session.scalars(select(History.what).filter_by(who="token:1")).all()
    assert {"channel.named", "channel.reconnected"} <= set(whats)


def test_what_does_not_let_us_in_is_not_kept_and_the_answer_says_why(
    connected: Program, ports: Ports
) -> None:
    before = opened(ports)
    change = {"name": "Taller", "credentials": {"access_token": NEW}}

    answer = connected.call("PATCH", HERE, change)

    assert answer.status == 409
    assert "Nothing was saved" in str(answer.json["detail"])
    assert NEW not in answer.text
    assert opened(ports) == before
    assert connected.get("/channels/1").json["name"] != "Taller"


def test_a_name_and_a_secret_to_sign_with_are_kept_without_asking_and_the_old_one_is_believed(
    connected: Program, ports: Ports
) -> None:
    change = {"name": "Taller", "webhook_secrets": ["another-secret"]}

    answer = connected.call("PATCH", HERE, change)

    assert (answer.status, answer.json["name"]) == (200, "Taller")
    secrets = opened(ports).webhook_secrets
    assert secrets == ("another-secret", "a-secret-of-the-shop")


def test_what_its_owner_must_let_in_first_is_kept_untried(
    connected: Program, ports: Ports
) -> None:
    change = {"credentials": {"access_token": NEW}, "untried": True}

    answer = connected.call("PATCH", HERE, change)

    assert answer.status == 200
    assert opened(ports).credentials == {"access_token": NEW}


def test_where_nobody_was_let_in_yet_there_is_nothing_to_lose_and_it_is_kept(
    connected: Program, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_yet(*_: object, **__: object) -> Trial:
        raise NotTried("Nothing was saved.", why="first", for_owner=True, is_first=True)

    monkeypatch.setattr(channel_connection, "tried", not_yet)

    answer = connected.call("PATCH", HERE, {"credentials": {"access_token": NEW}})

    assert answer.status == 200
    assert opened(ports).credentials == {"access_token": NEW}
