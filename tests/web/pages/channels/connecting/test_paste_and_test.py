"""The first steps of connecting a shop: what to create, to paste, and what is found."""

from datetime import timedelta

from sqlalchemy import select

from connectors.registry import CHANNELS
from connectors.sandbox.shopify.storefront import Storefront
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from tests.factories import NOW
from tests.pretend_shopify import DOMAIN, TOKEN
from tests.web.pages.channels.connecting.steps import FORM, STAGES, account, connect, landed
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken
from workers.sweep import sweep


def test_before_anything_is_pasted_it_says_what_to_create_and_which_scopes_to_tick(
    owner: Visitor,
) -> None:
    page = owner.see("/channels/connect/shopify")

    assert "Not connected" in page
    assert "Start from Dev Dashboard" in page
    scopes = CHANNELS["shopify"].spec.scopes
    assert all(f"<code>{scope}</code>" in page for scope in scopes)
    assert ",".join(sorted(scopes)) in page
    assert 'data-copied="Copied"' in page


def test_another_way_in_shows_its_own_steps(owner: Visitor) -> None:
    assert "/channels/authorised" not in owner.see("/channels/connect/shopify")
    assert "/channels/authorised" in owner.see("/channels/connect/shopify?way=1")
    assert "Start from Dev Dashboard" in owner.see("/channels/connect/shopify?way=9x")


def test_a_secret_is_never_shown_again_on_any_step(ports: Ports, owner: Visitor) -> None:
    address = connect(ports, owner)

    for stage in STAGES:
        page = owner.see(f"{address}/connect/{stage}")
        assert TOKEN not in page
        assert "whsec-long-enough" not in page
    assert "taller.myshopify.com" in owner.see(f"{address}/connect/paste")


def test_a_step_that_is_none_has_no_page(ports: Ports, owner: Visitor) -> None:
    address = connect(ports, owner)

    assert owner.open(f"{address}/connect/dance").status_code == 404
    assert owner.open("/channels/99/connect/test").status_code == 404
    assert owner.open("/channels/99/connect").status_code == 404


def test_after_pasting_it_is_looked_at_and_what_is_found_appears(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)
    before = owner.see(f"{address}/connect/test")

    sweep(ports)

    after = owner.see(f"{address}/connect/test")
    assert "It is being looked at." in before
    assert "It is being looked at." not in after
    assert "We are let in" in after
    assert "All scopes are there." in after


def test_a_shop_that_does_not_answer_is_said_to_be_asked_again(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)
    with ports.database.begin() as session:
        session.scalars(select(ChannelAccount)).one().check_at = NOW + timedelta(minutes=5)

    page = owner.see(f"{address}/connect/test")

    assert "It has not answered yet: it is asked again" in page
    assert "in 5 minutes" in page


def test_a_sandbox_is_connected_where_channels_may_live_on_this_machine(
    ports: Ports, owner: Visitor
) -> None:
    url = "http://127.0.0.1:8471"

    owner.did("/channels/connect/shopify", **{**FORM, "settings.base_url": url})

    assert 'name="settings.base_url"' in owner.see("/channels/connect/shopify")
    assert 'name="settings.base_url"' not in owner.see("/channels/connect/email")
    assert account(ports).settings["base_url"] == url


def test_a_missing_scope_is_named_with_what_to_press_and_holds_the_step_open(
    ports: Ports, owner: Visitor, store: Storefront
) -> None:
    store.scopes = CHANNELS["shopify"].spec.scopes - {"write_inventory"}
    address = connect(ports, owner)
    sweep(ports)

    page = owner.see(f"{address}/connect/test")

    assert "The scope write_inventory is missing." in page
    assert "press Versions, add write_inventory to its scopes" in page
    assert landed(owner, address) == "test"
    listed = owner.see(address)
    assert (
        '<code>write_inventory</code> <strong class="tone-red">missing</strong>' in listed
    )


def test_once_the_scope_is_given_a_press_looks_again_and_the_step_is_done(
    ports: Ports, owner: Visitor, store: Storefront, woken: Woken
) -> None:
    store.scopes = CHANNELS["shopify"].spec.scopes - {"write_inventory"}
    address = connect(ports, owner)
    sweep(ports)
    store.scopes = CHANNELS["shopify"].spec.scopes

    page = owner.did(f"{address}/check", stage="test")

    assert "It is being looked at." in page
    assert "sweep" in woken.kinds
    sweep(ports)
    assert landed(owner, address) == "rehearse"  # its catalogue was read meanwhile


def test_credentials_that_are_refused_lead_back_to_pasting_and_new_ones_to_the_test(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)
    with ports.database.begin() as session:
        found = session.scalars(select(ChannelAccount)).one()
        found.needs_reconnect, found.problem = True, "The token was revoked."

    assert landed(owner, address) == "paste"
    form = {"stage": "paste", "settings.shop": DOMAIN}
    wrong = owner.press(f"{address}/edit", **form, **{"credentials.access_token": "a b"})
    right = owner.press(f"{address}/edit", **form, **{"credentials.access_token": TOKEN})

    assert wrong.status_code == 422
    assert "What was pasted" in wrong.text
    assert right.location.startswith(f"{address}/connect/test")
