"""The channel as the hub holds it: connected, renewed, asked and told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from connectors.errors import (
    AuthExpired,
    NotFound,
    PermissionDenied,
    Rejected,
    Retryable,
    SignatureInvalid,
)
from connectors.protocol import Connection
from connectors.readings import Message, OrderSeen
from connectors.registry import CHANNELS
from connectors.sandbox.faults import Fault
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.channel import SPEC, Shopify
from mapping.effects import Fulfil, LineQuantity, Tracking
from tests.pretend_shopify import (
    CLIENT_ID,
    CLIENT_SECRET,
    DOMAIN,
    NOW,
    TOKEN,
    Hands,
    connect,
    open_store,
)

APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def store(hands: Hands) -> Iterator[Storefront]:
    made = open_store(hands)
    madrid = made.add_location("Madrid")
    made.add_variant(sku="SOAP", title="Soap", price="6.50", stock={madrid: 400})
    yield made
    made.close()


# Orders --------------------------------------------------------------------------------


def test_an_order_is_fetched_as_it_is_now(store: Storefront) -> None:
    order_id = store.place_order([Wanted(sku="SOAP", quantity=2)], email="ana@example.com")

    order = connect(store).fetch_order(order_id)

    assert (order.external_id, order.number) == (order_id, "#1001")
    assert [(line.sku, line.ordered) for line in order.lines] == [("SOAP", 2)]


def test_an_order_of_250_lines_is_fetched_whole(store: Storefront) -> None:
    wanted = [Wanted(title=f"Soap {n}", price="1.00") for n in range(250)]
    order_id = store.place_order(wanted)

    order = connect(store).fetch_order(order_id)

    assert [line.title for line in order.lines] == [f"Soap {n}" for n in range(250)]


def test_an_order_that_changes_while_it_is_read_is_to_be_read_again(
    store: Storefront, hands: Hands
) -> None:
    wanted = [Wanted(title=f"Soap {n}", price="1.00") for n in range(60)]
    order_id = store.place_order(wanted, financial_status="PENDING")

    def change_between_the_pages(name: str) -> None:
        if name == "http.after_answer" and len(store.requests()) == 1:
            hands.move(timedelta(seconds=5))
            store.mark_paid(order_id)

    with pytest.raises(Retryable, match="changed while it was being read"):
        connect(store, failpoint=change_between_the_pages).fetch_order(order_id)


def test_pieces_sent_in_many_parcels_are_all_counted(
    store: Storefront, hands: Hands
) -> None:
    order_id = store.place_order([Wanted(sku="SOAP", quantity=25)])
    channel = connect(store)
    [line] = channel.fetch_order(order_id).lines
    for n in range(22):
        hands.move(timedelta(seconds=5))
        pieces = (LineQuantity(line_id=line.external_id, quantity=1),)
        tracking = Tracking(number=f"N{n}")
        channel.push(Fulfil(order_id=order_id, lines=pieces, tracking=tracking))

    [line] = channel.fetch_order(order_id).lines

    assert (line.ordered, line.fulfilled) == (25, 22)


@pytest.mark.parametrize("order_id", ["999", "", "gid://shopify/Order/1", "١٢", "1 OR 1=1"])
def test_an_order_that_is_not_there_is_not_found(store: Storefront, order_id: str) -> None:
    with pytest.raises(NotFound):
        connect(store).fetch_order(order_id)


def test_another_version_than_ours_is_noticed(store: Storefront) -> None:
    order_id = store.place_order([Wanted(sku="SOAP")])
    store.faults.add(Fault(kind="fall_forward", version="2027-01"))
    channel = connect(store)

    channel.fetch_order(order_id)

    assert channel.served_version == "2027-01"


# Tokens and rights ---------------------------------------------------------------------


def test_a_fetched_token_opens_the_shop_until_its_day_is_over(
    store: Storefront, hands: Hands
) -> None:
    order_id = store.place_order([Wanted(sku="SOAP")])
    token = connect(store, credentials=APP).renew(now=hands.now())
    renewed = connect(store, credentials=APP, token=token)

    assert token.expires_at == NOW + timedelta(seconds=86399)
    assert renewed.fetch_order(order_id).external_id == order_id

    hands.move(timedelta(days=1))
    with pytest.raises(AuthExpired):
        renewed.fetch_order(order_id)


def test_a_fetched_token_names_every_right_it_gives(store: Storefront) -> None:
    store.scopes = frozenset({"write_orders", "write_merchant_managed_fulfillment_orders"})

    token = connect(store, credentials=APP).renew(now=NOW)

    assert token.scopes == {
        "write_orders",
        "read_orders",
        "write_merchant_managed_fulfillment_orders",
        "read_merchant_managed_fulfillment_orders",
    }


def test_an_app_without_a_token_fetches_one_first(store: Storefront) -> None:
    with pytest.raises(AuthExpired, match="fetched first"):
        connect(store, credentials=APP).fetch_order("1")


def test_a_pasted_token_cannot_be_renewed(store: Storefront) -> None:
    with pytest.raises(AuthExpired, match="paste a new one"):
        connect(store).renew(now=NOW)


def test_an_app_the_shop_removed_says_what_to_click(store: Storefront) -> None:
    store.uninstall()

    with pytest.raises(AuthExpired, match="Install app"):
        connect(store, credentials=APP).renew(now=NOW)


def test_the_sandbox_grants_what_we_ask_for(store: Storefront) -> None:
    granted = connect(store).check_up(now=NOW).granted

    assert granted is not None
    assert granted >= SPEC.scopes


def test_a_right_that_is_missing_is_missing_from_what_was_granted(
    store: Storefront,
) -> None:
    store.scopes = frozenset({"write_orders", "read_products"})

    granted = connect(store).check_up(now=NOW).granted

    assert granted is not None
    assert SPEC.scopes - granted == {
        "read_locations",
        "read_inventory",
        "write_inventory",
        "read_merchant_managed_fulfillment_orders",
        "write_merchant_managed_fulfillment_orders",
        "write_fulfillments",
    }


def test_a_right_that_is_missing_is_named_when_it_is_needed(store: Storefront) -> None:
    order_id = store.place_order([Wanted(sku="SOAP")])
    store.scopes = SPEC.scopes - {"read_orders", "write_orders"}

    with pytest.raises(PermissionDenied, match="read_orders"):
        connect(store).fetch_order(order_id)


# Webhooks ------------------------------------------------------------------------------


def test_a_message_without_proof_is_refused(store: Storefront) -> None:
    with pytest.raises(SignatureInvalid):
        connect(store, credentials=APP).verify(body=b"{}", headers={}, now=NOW)


def test_a_stored_message_is_read_without_a_connection() -> None:
    offline = Shopify(Connection(settings={}, credentials={}))
    body = {"id": 1, "name": "#1", "updated_at": "2026-11-22T10:00:00Z"}
    body |= {"created_at": "2026-11-22T10:00:00Z", "line_items": [], "currency": "EUR"}

    reading = offline.read(Message(topic="orders/updated", body=json.dumps(body).encode()))

    assert isinstance(reading, OrderSeen)
    assert reading.order.external_id == "1"


# Over real sockets ---------------------------------------------------------------------


def test_the_whole_channel_works_over_http(store: Storefront) -> None:
    order_id = store.place_order([Wanted(sku="SOAP", quantity=2)])
    with serve(create_sandbox([store]), port=0) as served:
        connection = Connection(
            settings={"shop": DOMAIN, "base_url": served.url},
            credentials=APP,
            allow_loopback=True,
        )
        assert CHANNELS["shopify"].check(connection) == {}
        token = Shopify(connection).renew(now=NOW)
        channel = Shopify(replace(connection, token=token))
        [line] = channel.fetch_order(order_id).lines
        pieces = (LineQuantity(line_id=line.external_id, quantity=2),)
        fulfil = Fulfil(order_id=order_id, lines=pieces, tracking=Tracking(number="A1"))

        pushed = channel.push(fulfil)
        found = channel.look_up(fulfil)

    assert found is not None
    assert found.remote_ref == pushed.remote_ref


def test_a_sandbox_is_not_called_where_none_is_allowed(httpserver: HTTPServer) -> None:
    settings = {"shop": DOMAIN, "base_url": httpserver.url_for("").rstrip("/")}
    connection = Connection(settings=settings, credentials={"access_token": TOKEN})

    with pytest.raises(Rejected, match="host_not_allowed"):
        Shopify(connection).fetch_order("1")

    assert httpserver.log == []
