"""Connecting a shop step by step, against a pretended one: each step, left and entered again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.guide import Guide, Step, Words
from connectors.protocol import Connection, Registration
from connectors.registry import CHANNELS
from connectors.sandbox.shopify.storefront import Storefront
from connectors.shopify.channel import Shopify
from hub.domain.people.roles import Role
from hub.flow.channels.channels import change_switches
from hub.models.records.channels import Backfill, ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.models.session import Database
from hub.ports import Ports
from hub.settings import Settings
from tests.factories import NOW, make_account
from tests.pretend_shopify import DOMAIN, TOKEN, Hands, InProcess, open_store
from tests.web.pages.conftest import As
from tests.web.pages.goods import order_of, shop
from tests.web.pages.visitor import Visitor
from tests.web.ports import StandingClock, Woken, make_ports
from workers.sweep import sweep

STAGES = ("create", "paste", "test", "bring", "rehearse", "live")
FORM = {
    "settings.shop": DOMAIN,
    "credentials.access_token": TOKEN,
    "webhook_secrets": "whsec-long-enough",
}
MAILBOX = {"settings.address": "orders@taller.example"}


@pytest.fixture
def store() -> Storefront:
    """A pretended shop whose app has every scope."""
    made = open_store(Hands(at=NOW))
    made.add_location("Taller")
    return made


@pytest.fixture
def ports(
    app_database: Database,
    clock: StandingClock,
    woken: Woken,
    settings: Settings,
    store: Storefront,
) -> Ports:
    """The ports of the app, whose Shopify is the pretended shop."""

    def open_channel(connection: Connection) -> Shopify:
        return Shopify(connection, transport=InProcess(store))

    pretended = replace(CHANNELS["shopify"], connect=open_channel)
    channels: Mapping[str, Registration] = {**CHANNELS, "shopify": pretended}
    made = make_ports(app_database, clock=clock, wake=woken, settings=settings)
    return replace(made, channels=channels)


def account(ports: Ports) -> ChannelAccount:
    """Read the one channel."""
    with ports.database.reading() as session:
        return session.scalars(select(ChannelAccount)).one()


def connect(ports: Ports, owner: Visitor) -> str:
    """Connect the pretended shop, and return the address of its page."""
    owner.did("/channels/connect/shopify", **FORM)
    return f"/channels/{account(ports).id}"


def landed(owner: Visitor, address: str) -> str:
    """Say at which step one goes on."""
    response = owner.open(f"{address}/connect")
    assert response.status_code == 303
    return response.location.rpartition("/")[2]


# Create and paste -------------------------------------------------------------------------------


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


# Test -------------------------------------------------------------------------------------------


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


# Bring ------------------------------------------------------------------------------------------


def test_the_catalogue_is_read_with_progress_and_counts_what_it_brought(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)

    asked = owner.did(f"{address}/catalogue", stage="bring")

    assert "It is being read: 0 listings so far." in asked
    for _ in range(3):
        sweep(ports)
    done = owner.see(f"{address}/connect/bring")
    assert "It is being read" not in done
    assert "listings are here" in done or "listing is here" in done


def test_old_orders_of_so_many_days_are_fetched_and_stopped_on_the_step_itself(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)

    begun = owner.did(f"{address}/backfill", stage="bring", days="60")
    stopped = owner.did(f"{address}/backfill/stop", stage="bring")

    assert "<progress" in begun
    assert "Go on" not in stopped or "stopped" in stopped
    with ports.database.reading() as session:
        made = session.scalars(select(Backfill)).one()
    assert (made.until - made.since).days == 60
    assert made.state == "stopped"


@pytest.mark.parametrize("days", ["0", "-1", "1e3", "99999", "x"])
def test_days_nobody_can_go_back_are_refused_on_the_step(
    ports: Ports, owner: Visitor, days: str
) -> None:
    address = connect(ports, owner)

    response = owner.press(f"{address}/backfill", stage="bring", days=days)

    assert response.status_code == 422
    assert "How far back?" in response.text


# Rehearse and go live ---------------------------------------------------------------------------


def test_what_would_have_been_told_is_shown_beside_what_the_shop_has(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
        account_id = shop(session).id
    empty = owner.see(f"/channels/{account_id}/connect/rehearse")
    with ports.database.begin() as session:
        session.add(
            OutboundMessage(
                account_id=account_id, order_id=order_id, kind="fulfil",
                idempotency_key="fulfil:1", state="shadowed",
                payload={"tracking": {"carrier": "Correos", "number": "PK123"}},
                next_try_at=NOW, created_at=NOW, done_at=NOW,
            )
        )  # fmt: skip

    page = owner.see(f"/channels/{account_id}/connect/rehearse")

    assert "Work as if it were live" in empty
    assert "Correos PK123" in page
    assert "0 of 2 pieces sent" in page


def test_going_live_says_before_what_changes_and_offers_to_put_it_back(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)
    before = owner.see(f"{address}/connect/live")

    live = owner.did(f"{address}/mode", **{"mode": "live", "switch.stock": "live"})
    gone = account(ports)
    back = owner.did(f"{address}/mode/undo")

    assert "This overwrites what is there." in before
    assert "Put them back as they were" in live
    assert (gone.mode, gone.capabilities) == ("live", {"stock": "live"})
    found = account(ports)
    assert (found.mode, found.capabilities) == ("shadow", {})
    assert "The switches are as they were before." in back


def test_switches_nobody_changed_cannot_be_put_back(ports: Ports, owner: Visitor) -> None:
    address = connect(ports, owner)

    assert "Put them back" not in owner.see(address)
    assert owner.press(f"{address}/mode/undo").status_code == 409
    assert owner.press("/channels/99/mode/undo").status_code == 404


def test_a_change_of_long_ago_is_no_longer_offered_to_be_put_back(
    ports: Ports, owner: Visitor, clock: StandingClock
) -> None:
    with ports.database.begin() as session:
        made = make_account(session).id
        change_switches(
            session, account_id=made, mode="off", who="test", now=NOW.replace(year=2020)
        )

    assert "Put them back" not in owner.see(f"/channels/{made}")


def test_the_planner_sees_the_steps_and_switches_nothing(be: As, ports: Ports) -> None:
    address = connect(ports, be(Role.OWNER))
    planner = be(Role.PLANNER)

    for stage in STAGES:
        assert "The owner does this." in planner.see(f"{address}/connect/{stage}") or (
            stage != "live"
        )
    assert planner.press(f"{address}/mode/undo").status_code == 403


# Mailboxes --------------------------------------------------------------------------------------


def test_a_mailbox_speaks_of_the_mailbox_and_shows_no_inbox_it_does_not_read(
    ports: Ports, owner: Visitor
) -> None:
    owner.did("/channels/connect/email", **MAILBOX)
    address = f"/channels/{account(ports).id}"

    page = owner.see(address)
    bring = owner.see(f"{address}/connect/bring")

    assert "The mailbox is not read and no letter leaves." in page
    assert "told to the shop" not in page
    assert "Read the mailbox now" not in page
    assert "Mail that lies in the mailbox" in bring


def test_a_mailbox_that_is_read_has_its_button_and_its_letters_their_switch(
    ports: Ports, owner: Visitor
) -> None:
    owner.did(
        "/channels/connect/email",
        **{
            **MAILBOX,
            "settings.imap_host": "imap.taller.example",
            "settings.smtp_host": "smtp.taller.example",
            "credentials.password": "correct horse",
        },
    )

    page = owner.see(f"/channels/{account(ports).id}")

    assert "Read the mailbox now" in page
    assert "Letters to customers" in page
    assert "as the mailbox" in page


# Guides -----------------------------------------------------------------------------------------


def words_of(guide: Guide) -> list[Words]:
    """Gather every text of a guide."""
    steps: list[Step] = [step for way in guide.ways for step in way.steps]
    return [guide.about, *(way.title for way in guide.ways), *(s.words for s in steps)]


@pytest.mark.parametrize(
    "key", sorted(key for key, each in CHANNELS.items() if each.spec.fields)
)
def test_every_channel_that_can_be_connected_says_how_in_both_languages(key: str) -> None:
    guide = CHANNELS[key].spec.guide

    assert guide is not None
    assert all(way.steps for way in guide.ways)
    for words in words_of(guide):
        assert words.en.strip()
        assert words.es.strip()
        assert words.en != words.es
        assert words.spoken("es") == words.es


def test_the_page_speaks_the_guides_spanish(owner: Visitor) -> None:
    owner.press("/language", locale="es", next="/")

    page = owner.see("/channels/connect/shopify")

    assert "elige Start from Dev Dashboard" in page
