"""What a shop tells us is asked for, mended and ended, and why it does not is said in words."""

from collections.abc import Iterator

import pytest

from connectors.errors import Retryable
from connectors.protocol import ProvisionsWebhooks
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import Storefront
from connectors.shopify.channel import Shopify
from connectors.shopify.subscriptions import TOPICS, problem_of
from tests.pretend_shopify import Hands, connect, open_store

HERE = "https://hub.example/webhooks/shopify/key"
ELSEWHERE = "https://other.example/webhooks/shopify/key"
WISH = (
    "mutation($topic: WebhookSubscriptionTopic!, $wish: WebhookSubscriptionInput!) {"
    " webhookSubscriptionCreate(topic: $topic, webhookSubscription: $wish)"
    " { userErrors { message } } }"
)


@pytest.fixture
def store() -> Iterator[Storefront]:
    made = open_store(Hands())
    yield made
    made.close()


def subscribed(store: Storefront, address: str = HERE) -> list[str]:
    return sorted(
        one.topic for one in store.webhooks.subscriptions.values() if one.uri == address
    )


def wish(channel: Shopify, topic: str, **more: object) -> None:
    channel._api.execute(WISH, {"topic": topic, "wish": {"uri": HERE, **more}})


def test_shopify_provisions_its_own_webhooks(store: Storefront) -> None:
    assert isinstance(connect(store), ProvisionsWebhooks)


def test_an_audit_says_what_is_missing_and_changes_nothing(store: Storefront) -> None:
    found = connect(store).audit_webhooks(HERE)

    assert (found.present, found.missing) == ((), TOPICS)
    assert subscribed(store) == []


def test_what_is_missing_is_subscribed_once_however_often_it_is_asked(
    store: Storefront,
) -> None:
    channel = connect(store)

    first, second = channel.ensure_webhooks(HERE), channel.ensure_webhooks(HERE)

    assert first == second == channel.audit_webhooks(HERE)
    assert (first.present, first.missing, first.refused) == (TOPICS, (), {})
    assert subscribed(store) == sorted(TOPICS)


def test_only_what_was_deleted_is_made_again(store: Storefront) -> None:
    channel = connect(store)
    channel.ensure_webhooks(HERE)
    before = dict(store.webhooks.subscriptions)
    gone = next(number for number, one in before.items() if one.topic == "orders/updated")
    store.webhooks.unsubscribe(gone)

    assert channel.audit_webhooks(HERE).missing == ("orders/updated",)
    channel.ensure_webhooks(HERE)

    kept = before.keys() & store.webhooks.subscriptions.keys()
    assert kept == before.keys() - {gone}
    assert subscribed(store) == sorted(TOPICS)


def test_one_that_leaves_things_out_is_replaced(store: Storefront) -> None:
    channel = connect(store)
    wish(channel, "ORDERS_CREATE", includeFields=["id"])

    assert "orders/create" in channel.audit_webhooks(HERE).missing
    channel.ensure_webhooks(HERE)

    whole = [one for one in store.webhooks.subscriptions.values() if not one.include_fields]
    assert sorted(one.topic for one in whole) == sorted(TOPICS)
    assert subscribed(store) == sorted(TOPICS)


def test_topics_somebody_else_added_and_other_addresses_stay(store: Storefront) -> None:
    channel = connect(store)
    wish(channel, "ORDERS_PAID", includeFields=["id"])
    channel.ensure_webhooks(ELSEWHERE)

    channel.ensure_webhooks(HERE)

    assert subscribed(store) == sorted([*TOPICS, "orders/paid"])
    assert subscribed(store, ELSEWHERE) == sorted(TOPICS)


def test_removing_ends_all_of_our_address_and_no_other(store: Storefront) -> None:
    channel = connect(store)
    channel.ensure_webhooks(HERE)
    channel.ensure_webhooks(ELSEWHERE)

    channel.remove_webhooks(HERE)
    channel.remove_webhooks(HERE)

    assert subscribed(store) == []
    assert subscribed(store, ELSEWHERE) == sorted(TOPICS)


PEOPLES = ("orders/", "refunds/", "fulfillments/")
"""Topics whose messages hold people's names."""
OTHER_RIGHTS = ("fulfillments/", "inventory_levels/", "products/")
"""Topics that take more than the right to read orders."""


def test_a_shop_that_withholds_people_is_told_apart_and_says_what_to_press(
    store: Storefront,
) -> None:
    store.sees_people = False

    found = connect(store).ensure_webhooks(HERE)

    of_people = {topic for topic in TOPICS if topic.startswith(PEOPLES)}
    assert set(found.present) == set(TOPICS) - of_people
    assert set(found.refused) == set(found.missing) == of_people
    assert all("Protected customer data" in why for why in found.refused.values())


def test_a_topic_without_its_scope_is_refused_alone(store: Storefront) -> None:
    store.scopes = frozenset({"read_orders"})

    found = connect(store).ensure_webhooks(HERE)

    others = {topic for topic in TOPICS if topic.startswith(OTHER_RIGHTS)}
    assert set(found.refused) == others
    assert "orders/create" in found.present


def test_a_lost_answer_is_asked_again_without_harm(store: Storefront) -> None:
    channel = connect(store)
    store.faults.add(Fault(kind="drop_after_apply", operation="WebhookCreate"))

    with pytest.raises(Retryable):
        channel.ensure_webhooks(HERE)
    found = channel.ensure_webhooks(HERE)

    assert found.missing == ()
    assert subscribed(store) == sorted(TOPICS)


@pytest.mark.parametrize(
    "address", ["http://hub.example/x", "https://127.0.0.1/x", "hub", ""]
)
def test_an_address_no_shop_can_reach_means_asking_instead(
    store: Storefront, address: str
) -> None:
    found = connect(store).ensure_webhooks(address)

    assert found.missing == TOPICS
    assert "every few minutes" in found.refused["orders/create"]
    assert store.requests() == []


def test_only_a_sandbox_may_send_to_this_machine() -> None:
    assert problem_of("http://127.0.0.1:8010/x", allow_loopback=True) == ""
    assert problem_of("http://127.0.0.1:8010/x", allow_loopback=False) != ""
    assert problem_of("http://hub.example/x", allow_loopback=True) != ""
