"""Shops on the pages: connected in rehearsal, switched, and reconnected."""

import re
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.channels.channels import open_connection
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken

FORM = {
    "settings.shop": "Taller.myshopify.com",
    "credentials.access_token": "shpat_0123456789abcdef",
    "webhook_secrets": "whsec-long-enough",
}


def account(ports: Ports) -> ChannelAccount:
    """Read the one shop."""
    with ports.database.reading() as session:
        return session.scalars(select(ChannelAccount)).one()


def test_a_shop_is_connected_in_rehearsal_with_its_secrets_sealed(
    anywhere: Ports, boss: Visitor
) -> None:
    page = boss.did("/channels/connect/shopify", **FORM)

    found = account(anywhere)
    assert found.mode == "shadow"
    assert found.name == "taller"
    assert f"/webhooks/shopify/{found.key}" in page
    assert "shpat_0123456789abcdef" not in page
    assert b"shpat_" not in (found.credentials or b"")
    opened = open_connection(found, vault=anywhere.vault)
    assert opened.credentials == {"access_token": "shpat_0123456789abcdef"}
    assert opened.webhook_secrets == ("whsec-long-enough",)


def test_a_shop_may_give_client_credentials_instead(ports: Ports, owner: Visitor) -> None:
    owner.did(
        "/channels/connect/shopify",
        **{
            "settings.shop": "taller.myshopify.com",
            "credentials.client_id": "0123456789",
            "credentials.client_secret": "shpss_0123456789",
        },
    )

    opened = open_connection(account(ports), vault=ports.vault)
    assert set(opened.credentials) == {"client_id", "client_secret"}


@pytest.mark.parametrize(
    "change,words",
    [
        ({"settings.shop": "evil.example"}, "name.myshopify.com"),
        ({"settings.shop": ""}, "name.myshopify.com"),
        ({"credentials.access_token": ""}, "access token"),
        ({"credentials.access_token": "with spaces in it"}, "not copied whole"),
        ({"webhook_secrets": ""}, "at least one secret"),
    ],
)
def test_what_cannot_be_a_shop_is_refused_beside_the_form_and_secrets_are_not_echoed(
    ports: Ports, owner: Visitor, change: dict[str, str], words: str
) -> None:
    response = owner.press("/channels/connect/shopify", **{**FORM, **change})

    assert response.status_code == 422
    assert words in response.text
    assert "shpat_0123456789abcdef" not in response.text
    with ports.database.reading() as session:
        assert session.scalar(select(ChannelAccount)) is None


def test_the_same_shop_twice_is_refused(owner: Visitor) -> None:
    owner.did("/channels/connect/shopify", **FORM)

    response = owner.press("/channels/connect/shopify", **FORM)

    assert response.status_code == 409
    assert "is already called" in response.text


def test_the_switch_goes_off_and_live_and_wakes_the_workers(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    boss.did("/channels/connect/shopify", **FORM)
    address = f"/channels/{account(anywhere).id}"

    for mode in ("live", "off", "shadow"):
        boss.did(f"{address}/mode", mode=mode)
        assert account(anywhere).mode == mode

    assert {"read_messages", "push"} <= set(woken.kinds)
    assert boss.press(f"{address}/mode", mode="loud").status_code == 422


def test_a_channel_that_must_be_reconnected_says_why_and_what_to_press(
    anywhere: Ports, boss: Visitor
) -> None:
    boss.did("/channels/connect/shopify", **FORM)
    with anywhere.database.begin() as session:
        found = session.scalars(select(ChannelAccount)).one()
        found.needs_reconnect, found.problem = True, "The token was revoked."

    address = f"/channels/{account(anywhere).id}"
    assert "The token was revoked." in boss.see("/channels")
    assert "Press Connect below" in boss.see(address)


@pytest.mark.parametrize("code", ["reconnect", "token_refused", "mailbox_refused"])
def test_a_shop_that_is_shut_out_says_so_once(
    ports: Ports, owner: Visitor, code: str
) -> None:
    owner.did("/channels/connect/shopify", **FORM)
    with ports.database.begin() as session:
        found = session.scalars(select(ChannelAccount)).one()
        found.needs_reconnect, found.problem = True, "The token was revoked."
        found.findings = [
            {"code": code, "words": "Nobody lets us in", "way_out": "Press Connect again."},
            {"code": "no_location", "words": "No location", "way_out": "Open one."},
        ]

    page = owner.see(f"/channels/{account(ports).id}")
    with ports.database.begin() as session:
        session.scalars(select(ChannelAccount)).one().needs_reconnect = False

    assert "Nobody lets us in" not in page
    assert "No location" in page
    assert "Nobody lets us in" in owner.see(f"/channels/{account(ports).id}")


def test_a_switch_nobody_set_says_what_it_comes_to(ports: Ports, owner: Visitor) -> None:
    owner.did("/channels/connect/shopify", **FORM)
    address = f"/channels/{account(ports).id}"

    rehearsing = unset_switches(owner.see(address))
    live = unset_switches(owner.did(f"{address}/mode", mode="live"))

    assert rehearsing["fulfil"] == "as the shop: Rehearsal"
    assert live["fulfil"] == "as the shop: Live"
    assert rehearsing["stock"] == live["stock"] == "Rehearsal, until chosen"
    assert rehearsing["promised"] == live["promised"] == "Off, until chosen"


def unset_switches(page: str) -> dict[str, str]:
    """Return what the switches say that nobody set, by what they switch."""
    pattern = r'name="switch\.(\w+)"[^>]*>\s*<option value="" selected>([^<]*)<'
    return dict(re.findall(pattern, page))


def test_a_new_workshop_is_led_to_connect_a_shop(owner: Visitor) -> None:
    first = owner.see("/")

    assert "Three steps to the first batch" in first
    assert "/channels/connect" in first


def test_there_is_no_page_for_a_shop_that_is_none(owner: Visitor) -> None:
    assert owner.open("/channels/77").status_code == 404
    assert owner.press("/channels/77/mode", mode="off").status_code == 404
    assert owner.press("/channels/77/edit", **FORM).status_code == 404


def test_the_page_tells_who_connected_switched_and_paused_it(
    ports: Ports, owner: Visitor
) -> None:
    owner.did("/channels/connect/shopify", **FORM)
    address = f"/channels/{account(ports).id}"
    owner.did(f"{address}/mode", **{"mode": "live", "switch.hold": "off"})
    owner.did(f"{address}/backfill", days="30")
    owner.did(f"{address}/backfill/pause")

    page = owner.see(address)

    happened = page.partition("What happened")[2]
    told = (
        "Fetching old orders paused",
        "are fetched",
        "The switch Orders that wait for stock changed from Live to Off",
        "Its mode changed from Rehearsal to Live",
        "The channel was connected",
    )
    places = [happened.find(each) for each in told]
    assert -1 not in places
    assert places == sorted(places)
    assert f"/audit?about=channel:{account(ports).id}" in unquote(happened)


def test_a_planner_reads_what_happened_and_is_not_sent_to_the_audit_log(
    be: As, owner: Visitor, ports: Ports
) -> None:
    owner.did("/channels/connect/shopify", **FORM)

    page = be(Role.PLANNER).see(f"/channels/{account(ports).id}")

    assert "The channel was connected" in page
    assert "/audit" not in page.partition("What happened")[2]
