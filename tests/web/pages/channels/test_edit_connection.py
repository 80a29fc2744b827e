"""Changing a connection's settings and credentials later: tried first, kept secret, told."""

import pytest
from sqlalchemy import select

from connectors.protocol import Connection, Token
from connectors.sandbox.shopify.storefront import Storefront
from connectors.transport import NotSent
from hub.domain.people.roles import Role
from hub.flow.channels.channels import keep_token, open_connection
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.ports import Ports
from tests.factories import NOW
from tests.pretend_shopify import (
    CLIENT_ID,
    CLIENT_SECRET,
    DOMAIN,
    TOKEN,
    Hands,
    InProcess,
)
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken
from tests.web.pretended import one_location, with_shops
from workers.sweep import sweep

SECRET = "whsec-long-enough"
FORM = {
    "settings.shop": DOMAIN,
    "credentials.access_token": TOKEN,
    "webhook_secrets": SECRET,
}
OTHER_TOKEN = "shpat_of_the_other_shop"


@pytest.fixture
def store() -> Storefront:
    """Our pretended shop."""
    return one_location()


@pytest.fixture
def other() -> Storefront:
    """Somebody else's shop, which another token opens."""
    made = Storefront(
        "norte.myshopify.com", access_token=OTHER_TOKEN, clock=Hands(at=NOW).now,
        monotonic=Hands(at=NOW).seconds, background=False,
    )  # fmt: skip
    made.add_location("Norte")
    return made


@pytest.fixture
def ports(ports: Ports, store: Storefront, other: Storefront) -> Ports:
    """The ports of the app: which pretended shop is opened depends on the token."""

    def choose(connection: Connection) -> Storefront:
        token = connection.credentials.get("access_token")
        return other if token == OTHER_TOKEN else store

    return with_shops(ports, choose)


@pytest.fixture
def address(ports: Ports, owner: Visitor) -> str:
    """The page of the connected shop, which was looked at."""
    owner.did("/channels/connect/shopify", **FORM)
    sweep(ports)
    return f"/channels/{account(ports).id}"


def account(ports: Ports) -> ChannelAccount:
    with ports.database.reading() as session:
        return session.scalars(select(ChannelAccount)).one()


def opened(ports: Ports) -> Connection:
    return open_connection(account(ports), vault=ports.vault)


def told(ports: Ports, what: str) -> list[History]:
    with ports.database.reading() as session:
        return list(session.scalars(select(History).filter_by(what=what)))


def edit(owner: Visitor, address: str, **typed: str) -> str:
    """Press the button of the paste step with what is typed, and return the page that follows."""
    form = {"stage": "paste", "name": "taller", "settings.shop": DOMAIN, **typed}
    return owner.did(f"{address}/edit", **form)


# What is shown ----------------------------------------------------------------------------------


def test_settings_can_be_edited_where_they_were_pasted_and_secrets_say_they_are_kept(
    owner: Visitor, address: str
) -> None:
    page = owner.see(f"{address}/connect/paste")

    assert f'name="settings.shop" type="text" value="{DOMAIN}"' in page
    assert "Kept; paste to replace." in page
    assert TOKEN not in page
    assert SECRET not in page
    assert "If it opens another shop, nothing is saved" in page


def test_only_the_owner_edits(be: As, address: str) -> None:
    planner = be(Role.PLANNER)

    assert "/edit" not in planner.see(f"{address}/connect/paste")
    assert planner.press(f"{address}/edit").status_code == 403


# What is saved ----------------------------------------------------------------------------------


def test_a_setting_is_changed_and_all_secrets_stay(
    ports: Ports, owner: Visitor, address: str
) -> None:
    page = edit(owner, address, name="El taller", **{"settings.api_version": "2026-10"})

    found, told_of = account(ports), told(ports, "channel.edited")
    assert "Tried and saved" in page
    assert found.name == "El taller"
    assert found.settings == {"shop": DOMAIN, "api_version": "2026-10"}
    assert opened(ports).credentials == {"access_token": TOKEN}
    assert opened(ports).webhook_secrets == (SECRET,)
    assert [row.detail["labels"] for row in told_of] == [["API version"]]
    assert [row.to_state for row in told(ports, "channel.named")] == ["El taller"]
    assert told(ports, "channel.reconnected") == []


def test_a_setting_is_emptied_again_and_what_the_form_does_not_ask_for_stays(
    ports: Ports, owner: Visitor, address: str
) -> None:
    edit(owner, address, **{"settings.api_version": "2026-10"})
    with ports.database.begin() as session:
        found = session.scalars(select(ChannelAccount)).one()
        found.settings = {**found.settings, "place": "7"}

    edit(owner, address, **{"settings.api_version": ""})

    assert account(ports).settings == {"shop": DOMAIN, "place": "7"}


def test_a_new_secret_is_tried_then_kept_and_ends_the_problem(
    ports: Ports, owner: Visitor, address: str, store: Storefront, woken: Woken
) -> None:
    with ports.database.begin() as session:
        found = session.scalars(select(ChannelAccount)).one()
        found.needs_reconnect, found.problem = True, "The token was revoked."
    store.api.keys.permanent = "shpat_new_and_shiny"

    edit(
        owner, address,
        **{"credentials.access_token": "shpat_new_and_shiny", "webhook_secrets": "whsec-new"},
    )  # fmt: skip

    found = account(ports)
    assert (found.needs_reconnect, found.problem) == (False, "")
    assert opened(ports).credentials == {"access_token": "shpat_new_and_shiny"}
    assert opened(ports).webhook_secrets == ("whsec-new", SECRET)
    assert len(told(ports, "channel.reconnected")) == 1
    assert "sweep" in woken.kinds


def test_another_kind_of_credentials_replaces_what_is_ticked_to_be_taken_away(
    ports: Ports, owner: Visitor, address: str
) -> None:
    edit(
        owner, address,
        **{
            "credentials.client_id": CLIENT_ID, "credentials.client_secret": CLIENT_SECRET,
            "forget.credentials.access_token": "yes",
        },
    )  # fmt: skip

    found = opened(ports)
    assert set(found.credentials) == {"client_id", "client_secret"}
    assert found.token is not None  # fetched for the trial, and kept


def test_pressed_with_nothing_new_it_only_tries_and_tells_nobody(
    ports: Ports, owner: Visitor, address: str
) -> None:
    edit(owner, address)

    assert told(ports, "channel.edited") == told(ports, "channel.reconnected") == []


# What is not ------------------------------------------------------------------------------------


def refused(owner: Visitor, address: str, **typed: str) -> str:
    form = {"stage": "paste", "name": "taller", "settings.shop": DOMAIN, **typed}
    response = owner.press(f"{address}/edit", **form)
    assert response.status_code in {409, 422}
    assert "What was pasted" in response.text
    return response.text


def test_credentials_the_shop_does_not_take_are_not_saved(
    ports: Ports, owner: Visitor, address: str
) -> None:
    page = refused(owner, address, **{"credentials.access_token": "shpat_mistyped"})

    assert "Nothing was saved" in page
    assert "Shopify does not let us in" in page
    assert "shpat_mistyped" not in page
    assert opened(ports).credentials == {"access_token": TOKEN}


def test_credentials_of_another_shop_are_not_saved_and_it_is_said_what_they_would_mean(
    ports: Ports, owner: Visitor, address: str
) -> None:
    page = refused(owner, address, **{"credentials.access_token": OTHER_TOKEN})

    assert "These credentials open another shop" in page
    assert "connect the other shop by itself" in page
    assert opened(ports).credentials == {"access_token": TOKEN}
    assert not account(ports).needs_reconnect


def test_a_shop_that_is_connected_already_is_not_connected_by_editing_another(
    ports: Ports, owner: Visitor, address: str
) -> None:
    owner.did(
        "/channels/connect/shopify",
        **{**FORM, "name": "second", "credentials.access_token": OTHER_TOKEN},
    )
    with ports.database.reading() as session:
        second = session.scalars(select(ChannelAccount).filter_by(name="second")).one()

    page = refused(
        owner,
        f"/channels/{second.id}",
        **{"name": "second", "credentials.access_token": TOKEN},
    )

    assert "is connected already, as “taller”" in page
    assert address.endswith("/1")


def test_what_cannot_be_typed_that_way_is_said_before_anybody_is_called(
    ports: Ports, owner: Visitor, address: str
) -> None:
    assert "name.myshopify.com" in refused(
        owner, address, **{"settings.shop": "evil.example"}
    )
    assert "A version is a quarter" in refused(
        owner, address, **{"settings.api_version": "soon"}
    )
    assert account(ports).settings == {"shop": DOMAIN}


def test_a_shop_that_cannot_be_asked_now_leaves_everything_as_it_was(
    ports: Ports, owner: Visitor, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise NotSent("nobody answers")

    monkeypatch.setattr(InProcess, "_carry", away)

    page = refused(owner, address, **{"settings.api_version": "2026-10"})

    assert "cannot be asked now" in page
    assert account(ports).settings == {"shop": DOMAIN}


def test_a_name_that_is_taken_is_refused(
    ports: Ports, owner: Visitor, address: str
) -> None:
    owner.did(
        "/channels/connect/shopify",
        **{**FORM, "name": "second", "credentials.access_token": OTHER_TOKEN},
    )

    assert "is already called" in refused(owner, address, name="second")
    assert ports.database is not None


# Shops whose owner must let us in ---------------------------------------------------------------


ETSY = {
    "settings.shop_id": "12345678",
    "credentials.keystring": "keystring0123456789",
    "credentials.shared_secret": "secret0123",
}


def test_what_only_the_owner_can_open_is_saved_untried_when_that_is_ticked(
    ports: Ports, owner: Visitor
) -> None:
    owner.did("/channels/connect/etsy", **ETSY)
    address = f"/channels/{account(ports).id}"
    with ports.database.begin() as session:
        mine = session.get_one(ChannelAccount, account(ports).id)
        keep_token(mine, Token(value="1.t", expires_at=None), vault=ports.vault, now=NOW)
    typed = {
        "stage": "paste", "name": "mine", "settings.shop_id": "12345678",
        "credentials.shared_secret": "secret9876",
    }  # fmt: skip

    first = owner.press(f"{address}/edit", **typed)
    page = owner.did(f"{address}/edit", untried="yes", **typed)

    assert first.status_code == 409
    assert "Save it untried" in first.text
    assert "Now press Connect" in page
    assert opened(ports).credentials == {
        "keystring": "keystring0123456789", "shared_secret": "secret9876",
    }  # fmt: skip


def test_a_secret_mistyped_before_anybody_was_let_in_is_put_right_at_once(
    ports: Ports, owner: Visitor
) -> None:
    owner.did("/channels/connect/etsy", **ETSY)
    address = f"/channels/{account(ports).id}"

    page = owner.did(f"{address}/edit", **{"credentials.shared_secret": "secret9876"})

    assert "Now press Connect" in page
    assert opened(ports).credentials["shared_secret"] == "secret9876"


def test_a_name_and_what_messages_are_signed_with_need_no_trial(
    ports: Ports, owner: Visitor
) -> None:
    owner.did("/channels/connect/etsy", **ETSY)
    address = f"/channels/{account(ports).id}"

    page = owner.did(
        f"{address}/edit", stage="paste", name="Mine",
        **{"settings.shop_id": "12345678", "webhook_secrets": "whsec_c2VjcmV0IQ=="},
    )  # fmt: skip

    assert "Nothing of it had to be tried" in page
    assert account(ports).name == "Mine"
    assert opened(ports).webhook_secrets == ("whsec_c2VjcmV0IQ==",)
