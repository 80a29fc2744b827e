"""Whatever a shop answers, we end with a result or with an error of the contract."""

import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import ChannelError, OutcomeUnknown
from connectors.protocol import Connection, Pushed
from connectors.sandbox.faults import API_KINDS, Fault
from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.channel import Shopify
from connectors.transport import Answer
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    LineQuantity,
    Progress,
    Promised,
    ReleaseHold,
    SetStock,
    StockRef,
    Tracking,
)
from tests.canned import CannedTransport, answered
from tests.pretend_shopify import (
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    Hands,
    InProcess,
    connect,
    open_store,
)

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
PAST = datetime(2026, 10, 1, tzinfo=UTC)
HOOKS = "https://hub.example/webhooks/shopify/key"
CREDENTIALS = {
    "access_token": TOKEN,
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}


@dataclass
class Muddled:
    """Carries to a pretended shop, and changes one thing in each answer."""

    inner: InProcess
    dice: random.Random

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self.inner.get(url, query=query, headers=headers)

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        return self.inner.put_json(url, payload=payload, headers=headers)

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        answer = self.inner.post_json(url, payload=payload, headers=headers)
        body = muddle(json.loads(answer.body), self.dice)
        return Answer(
            status=answer.status, headers=answer.headers, body=json.dumps(body).encode()
        )

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self.inner.post_form(url, fields=fields, headers=headers)

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self.inner.put_form(url, fields=fields, headers=headers)

    def patch_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self.inner.patch_form(url, fields=fields, headers=headers)


ODD: list[object] = [
    None,
    "",
    "x",
    0,
    -1,
    10**30,
    1.5,
    True,
    [],
    {},
    [[]],
    {"id": None},
    "\x00",
]


def muddle(found: object, dice: random.Random) -> object:
    """Go down somewhere in a JSON value and put something odd there."""
    if isinstance(found, dict) and found and dice.random() < 0.95:
        chosen = dice.choice(sorted(found))
        return {**found, chosen: muddle(found[chosen], dice)}
    if isinstance(found, list) and found and dice.random() < 0.95:
        at = dice.randrange(len(found))
        return [*found[:at], muddle(found[at], dice), *found[at + 1 :]]
    return dice.choice(ODD)


SHELF = StockRef(inventory_id="1", place_id="1")


def effects(
    order_id: str = "1", line_id: str = "1", ref: str = "1", shelf: StockRef = SHELF
) -> list[Effect]:
    tracking = Tracking(carrier="Correos", number="A1")
    line = (LineQuantity(line_id=line_id, quantity=1),)
    return [
        Fulfil(order_id=order_id, lines=line, tracking=tracking),
        Fulfil(order_id=order_id, lines=line, tracking=Tracking()),
        AmendTracking(order_id=order_id, fulfilment_refs=(ref,), tracking=tracking),
        Hold(order_id=order_id, handle="hornada-1", reason="other"),
        ReleaseHold(order_id=order_id, handle="hornada-0"),
        Progress(order_id=order_id, note="made"),
        Delivered(order_id=order_id, fulfilment_refs=(ref,), at=NOW),
        Promised(order_id=order_id, on=NOW.date()),
        SetStock(ref=shelf, quantity=7, key="wish"),
    ]


def calls(channel: Shopify, told: list[Effect]) -> list[Callable[[], object]]:
    """List everything the hub may ask of a channel."""
    pushes = [lambda one=one: channel.push(one) for one in told]
    looks = [lambda one=one: channel.look_up(one) for one in told]
    order_id = next(one.order_id for one in told if isinstance(one, Fulfil))
    shelves = [one.ref for one in told if isinstance(one, SetStock)]
    return [
        *pushes,
        *looks,
        lambda: channel.fetch_order(order_id),
        lambda: channel.changes("updated", cursor="", now=NOW, limit=9),
        lambda: channel.history(since=PAST, until=NOW, cursor="", limit=9),
        lambda: channel.catalogue(cursor="", limit=9),
        channel.places,
        lambda: channel.stock(shelves),
        lambda: channel.check_up(now=NOW),
        lambda: channel.audit_webhooks(HOOKS),
        lambda: channel.ensure_webhooks(HOOKS),
        lambda: channel.remove_webhooks(HOOKS),
        lambda: channel.renew(now=NOW),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "errors", "extensions", "order", "message", "access_token", "code"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(body=JSON, status=st.sampled_from([200, 200, 200, 400, 403, 500]))
def test_any_json_is_a_result_or_an_error_of_the_contract(
    body: object, status: int
) -> None:
    connection = Connection(
        settings={"shop": "taller.myshopify.com"}, credentials=CREDENTIALS
    )
    again = [answered(body, status=status)] * 5_000
    channel = Shopify(connection, transport=CannedTransport(again))

    for call in calls(channel, effects()):
        with suppress(ChannelError):
            call()


@pytest.mark.parametrize("seed", range(60))
def test_any_part_of_a_real_answer_may_be_odd(seed: int) -> None:
    store = open_store(Hands(), bucket=(10**6, 10**6))
    madrid = store.add_location("Madrid")
    soap = store.add_variant(sku="SOAP", title="Soap", stock={madrid: 4})
    shelf = StockRef(inventory_id=str(soap["inventory_item_id"]), place_id=madrid)
    order_id = store.place_order([Wanted(sku="SOAP", quantity=9), Wanted(sku="SOAP")])
    line_id = connect(store).fetch_order(order_id).lines[0].external_id
    [first, *_] = effects(order_id, line_id)
    ref = connect(store).push(first).remote_ref
    muddled = Muddled(InProcess(store), random.Random(seed))
    connection = Connection(
        settings={"shop": "taller.myshopify.com"}, credentials=CREDENTIALS
    )
    channel = Shopify(connection, transport=muddled)

    for call in calls(channel, effects(order_id, line_id, ref, shelf)):
        with suppress(ChannelError):
            call()

    store.close()


@pytest.mark.parametrize("kind", sorted(API_KINDS))
def test_no_failure_of_a_shop_shows_a_secret(kind: str) -> None:
    store = open_store(Hands())
    store.add_location("Madrid")
    store.add_variant(sku="SOAP", title="Soap", price="6.50", stock={})
    order_id = store.place_order([Wanted(sku="SOAP")])
    [line] = connect(store).fetch_order(order_id).lines
    message = f"no {TOKEN} and no {CLIENT_SECRET}, says ana@example.com"
    store.faults.add(Fault(kind=kind, times=None, seconds=0.001, message=message))
    channel = connect(store, credentials=CREDENTIALS)

    shown = ""
    for call in calls(channel, effects(order_id, line.external_id)):
        try:
            call()
        except ChannelError as e:
            shown += f"{e!r} {e.__cause__!r}"

    assert not any(one in shown for one in (TOKEN, CLIENT_SECRET, "ana@example.com"))


def test_a_create_whose_answer_is_odd_is_never_taken_for_a_refusal() -> None:
    """What a shop may have done must be looked up, whatever it says about it."""
    for seed in range(80):
        store = open_store(Hands())
        store.add_location("Madrid")
        store.add_variant(sku="SOAP", title="Soap", price="6.50", stock={})
        order_id = store.place_order([Wanted(sku="SOAP")])
        line_id = connect(store).fetch_order(order_id).lines[0].external_id
        [fulfil, *_] = effects(order_id, line_id)
        transport = MuddledCreate(InProcess(store), random.Random(seed))
        connection = Connection(
            settings={"shop": "taller.myshopify.com"}, credentials=CREDENTIALS
        )
        channel = Shopify(connection, transport=transport)

        try:
            pushed: Pushed | None = channel.push(fulfil)
        except OutcomeUnknown:
            pushed = connect(store).look_up(fulfil)

        assert pushed is not None
        assert pushed.remote_ref.isdigit()
        store.close()


@dataclass
class MuddledCreate(Muddled):
    """Changes something only in the `data` of the answer to the create."""

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        answer = self.inner.post_json(url, payload=payload, headers=headers)
        if "fulfillmentCreate" not in str(payload["query"]):
            return answer
        body = json.loads(answer.body)
        body["data"] = muddle(body["data"], self.dice)
        return Answer(
            status=answer.status, headers=answer.headers, body=json.dumps(body).encode()
        )
