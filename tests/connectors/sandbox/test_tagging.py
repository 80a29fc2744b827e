"""Tags add up, metafields compare and set, subscriptions are listed and made anew."""

from typing import cast

import pytest

from tests.connectors.sandbox.taller import Json, Taller, gid, inside

TAG = """
mutation Tag($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) { node { id ... on Order { tags } } userErrors { message } }
}
"""
UNTAG = TAG.replace("tagsAdd", "tagsRemove")
WRITE = """
mutation Write($m: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $m) {
    metafields { namespace key value compareDigest }
    userErrors { code field message }
  }
}
"""
SUBSCRIBE = """
mutation Subscribe($topic: WebhookSubscriptionTopic!, $wish: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $wish) {
    webhookSubscription { id topic uri }
    userErrors { field message }
  }
}
"""
LISTED = "{ webhookSubscriptions(first: 50) { nodes { id topic uri } } }"


@pytest.fixture
def order(taller: Taller) -> str:
    return gid("Order", taller.order(SOAP=1))


def test_tags_are_added_to_those_there(taller: Taller, order: str) -> None:
    taller.do(TAG, id=order, tags=["hub", "urgent"])
    taller.do(TAG, id=order, tags=["hub", "made"])
    done = taller.do(UNTAG, id=order, tags=["urgent", "never there"])

    assert done["node"] == {"id": order, "tags": ["hub", "made"]}


def test_tagging_what_is_tagged_changes_no_order(taller: Taller, order: str) -> None:
    taller.do(TAG, id=order, tags=["hub"])
    before = taller.store.orders()[0]["updated_at"]
    taller.move(60)

    taller.do(TAG, id=order, tags=["hub"])

    assert taller.store.orders()[0]["updated_at"] == before


def test_a_metafield_is_written_only_over_what_was_read(taller: Taller, order: str) -> None:
    first: Json = {"ownerId": order, "key": "status", "type": "single_line_text_field"}

    made = taller.do(WRITE, m=[first | {"value": "planned", "compareDigest": None}])
    digest = inside(made, "metafields", 0)["compareDigest"]
    taller.do(WRITE, m=[first | {"value": "made", "compareDigest": digest}])
    stale = taller.refusal(WRITE, m=[first | {"value": "lost", "compareDigest": digest}])

    assert stale["code"] == "STALE_OBJECT"
    assert taller.store.orders()[0]["metafields"] == {"app--1.status": "made"}


def test_metafields_are_written_all_or_none(taller: Taller, order: str) -> None:
    good = {"ownerId": order, "key": "a", "value": "1", "type": "number_integer"}

    untyped = taller.refusal(WRITE, m=[good, {"ownerId": order, "key": "b", "value": "2"}])
    blank = taller.refusal(WRITE, m=[good, good | {"value": ""}])
    many = taller.refusal(WRITE, m=[good] * 26)

    assert [each["code"] for each in (untyped, blank, many)] == [
        "BLANK",
        "BLANK",
        "LESS_THAN_OR_EQUAL_TO",
    ]
    assert taller.store.orders()[0]["metafields"] == {}


def test_a_subscription_is_made_once_listed_changed_and_deleted(taller: Taller) -> None:
    wish = {"uri": "https://hub.example/hooks"}
    made = taller.do(SUBSCRIBE, topic="ORDERS_CREATE", wish=wish)
    number = inside(made, "webhookSubscription")["id"]
    taken = taller.refusal(SUBSCRIBE, topic="ORDERS_CREATE", wish=wish)
    taller.store.subscribe("orders/create", "https://toml.example")

    [listed] = cast(
        list[Json], inside(taller.data(LISTED), "webhookSubscriptions")["nodes"]
    )
    changed = taller.do(
        "mutation($id: ID!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: "
        '{uri: "https://new.example"}) { webhookSubscription { uri } userErrors { message } } }',
        id=number,
    )
    taller.do(
        "mutation($id: ID!) { webhookSubscriptionDelete(id: $id)"
        " { deletedWebhookSubscriptionId userErrors { message } } }",
        id=number,
    )

    assert listed == {
        "id": number,
        "topic": "ORDERS_CREATE",
        "uri": "https://hub.example/hooks",
    }
    assert taken["field"] == ["webhookSubscription", "callbackUrl"]
    assert inside(changed, "webhookSubscription")["uri"] == "https://new.example"
    assert inside(taller.data(LISTED), "webhookSubscriptions")["nodes"] == []


@pytest.mark.parametrize(
    "topic,header",
    [
        ("ORDERS_PARTIALLY_FULFILLED", "orders/partially_fulfilled"),
        ("FULFILLMENT_ORDERS_PLACED_ON_HOLD", "fulfillment_orders/placed_on_hold"),
        ("FULFILLMENTS_CREATE", "fulfillments/create"),
        ("INVENTORY_LEVELS_UPDATE", "inventory_levels/update"),
        ("REFUNDS_CREATE", "refunds/create"),
        ("APP_UNINSTALLED", "app/uninstalled"),
    ],
)
def test_a_topics_two_names_are_one(taller: Taller, topic: str, header: str) -> None:
    taller.do(SUBSCRIBE, topic=topic, wish={"uri": "https://hub.example"})

    [made] = taller.store.webhooks.subscriptions.values()
    assert made.topic == header
    [listed] = cast(
        list[Json], inside(taller.data(LISTED), "webhookSubscriptions")["nodes"]
    )
    assert listed["topic"] == topic


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"uri": ""},
        {"uri": "http://hub.example/plain"},
        {"uri": "ftp://127.0.0.1/x"},
        {"uri": "https://hub.example", "format": "XML"},
        {"uri": "https://hub.example", "filter": "id:1"},
    ],
)
def test_a_subscription_that_could_not_be_served_is_refused(
    taller: Taller, wish: Json
) -> None:
    assert taller.refusal(SUBSCRIBE, topic="ORDERS_CREATE", wish=wish)["field"] == [
        "webhookSubscription",
        "callbackUrl",
    ]


def test_the_compliance_topics_cannot_be_subscribed_over_the_api(taller: Taller) -> None:
    answer = taller.ask(
        SUBSCRIBE, topic="CUSTOMERS_REDACT", wish={"uri": "https://hub.example"}
    )

    assert inside(answer, "errors", 0, "extensions")["code"] == "INVALID_VARIABLE"
