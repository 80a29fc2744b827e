"""A webhook is proven on its raw bytes, or it is nobody's."""

import json
from datetime import timedelta

import pytest

from connectors.errors import SignatureInvalid
from connectors.protocol import Delivery
from connectors.readings import Message, OrderChanged, OrderSeen
from connectors.spec import Capability
from tests.contract.asking import may_be, needs, posts, receiver, says_orders, wire
from tests.contract.harness import Harness, Oddity, Posted


def proven(
    h: Harness, posted: Posted, *, secrets: tuple[str, ...] | None = None
) -> Delivery:
    """Have the channel prove a webhook."""
    channel = receiver(h.channel(webhook_secrets=secrets))
    return channel.verify(body=posted.body, headers=posted.headers, now=wire(h).now)


def refused(h: Harness, posted: Posted, *, secrets: tuple[str, ...] | None = None) -> None:
    """Make sure that the channel does not believe a webhook."""
    with pytest.raises(SignatureInvalid):
        proven(h, posted, secrets=secrets)


def with_proof(posted: Posted, proof: str) -> Posted:
    """The same webhook with another proof."""
    headers = {**posted.headers, posted.proof: proof}
    return Posted(body=posted.body, headers=headers, proof=posted.proof)


def a_post(h: Harness) -> Posted:
    """Sign a webhook about a fresh order."""
    needs(h, Capability.ORDERS_WEBHOOK)
    return posts(h).post(h.place())


def test_every_secret_of_the_account_proves_and_none_other(h: Harness) -> None:
    needs(h, Capability.ORDERS_WEBHOOK)
    order_id = h.place()
    new, old = posts(h).webhook_secret, posts(h).older_secret
    by_old = posts(h).post(order_id, secret=old)

    proven(h, by_old, secrets=(new, old))
    proven(h, by_old, secrets=(old, new))
    refused(h, by_old, secrets=(new,))


def test_without_a_secret_nothing_is_believed(h: Harness) -> None:
    posted = a_post(h)

    refused(h, posted, secrets=())
    refused(h, posted, secrets=("",))
    refused(h, posts(h).post(h.place(), secret="another-secret-entirely"))


def test_one_more_byte_is_another_message(h: Harness) -> None:
    posted = a_post(h)

    for body in (posted.body + b" ", b" " + posted.body, posted.body[:-1], b""):
        refused(h, Posted(body=body, headers=posted.headers, proof=posted.proof))


def test_the_proof_is_of_the_bytes_as_they_came(h: Harness) -> None:
    needs(h, Capability.ORDERS_WEBHOOK)
    says_orders(h)
    order_id = h.place()
    spaced = json.dumps(json.loads(posts(h).post(order_id).body), indent=3) + "\n"
    posted = posts(h).post(order_id, body=spaced.encode())

    proven(h, posted)


def test_a_missing_proof_is_none(h: Harness) -> None:
    posted = a_post(h)
    headers = {k: v for k, v in posted.headers.items() if k != posted.proof}

    refused(h, Posted(body=posted.body, headers=headers, proof=posted.proof))
    refused(h, Posted(body=posted.body, headers={}, proof=posted.proof))


@pytest.mark.parametrize(
    "proof",
    ["", " ", "é" * 44, "\N{SNOWMAN}", "\udcff", "=", "v1,", "v1,é", "0", "A" * 9999],
)
def test_a_proof_that_is_none_is_refused_and_breaks_nothing(h: Harness, proof: str) -> None:
    refused(h, with_proof(a_post(h), proof))


def test_a_header_that_is_there_twice_is_refused(h: Harness) -> None:
    posted = a_post(h)
    proof = posted.headers[posted.proof]
    twice = {**posted.headers, posted.proof.swapcase(): "0" * len(proof)}

    refused(h, Posted(body=posted.body, headers=twice, proof=posted.proof))


def test_the_case_of_a_header_does_not_matter(h: Harness) -> None:
    posted = a_post(h)
    shouted = {name.upper(): value for name, value in posted.headers.items()}

    proven(h, Posted(body=posted.body, headers=shouted, proof=posted.proof))


def test_another_shops_message_is_refused_though_our_secret_signed_it(h: Harness) -> None:
    needs(h, Capability.ORDERS_WEBHOOK)
    may_be(h, Oddity.FOREIGN)

    refused(h, posts(h).post(h.place(), shop="another-shop"))


def test_a_message_signed_long_ago_is_refused_though_the_proof_fits(h: Harness) -> None:
    needs(h, Capability.ORDERS_WEBHOOK)
    may_be(h, Oddity.STALE)
    order_id = h.place()

    refused(h, posts(h).post(order_id, age=timedelta(days=30)))
    refused(h, posts(h).post(order_id, age=-timedelta(days=30)))
    proven(h, posts(h).post(order_id, age=timedelta(seconds=30)))


def test_a_delivery_again_has_the_same_id_and_a_new_event_another(h: Harness) -> None:
    needs(h, Capability.ORDERS_WEBHOOK)
    order_id, channel = h.place(), receiver(h.channel())

    first, again, other = (
        channel.verify(body=sent.body, headers=sent.headers, now=wire(h).now)
        for sent in (posts(h).post(order_id, event=one) for one in ("e-1", "e-1", "e-2"))
    )

    assert first.message_id == again.message_id != other.message_id
    assert first.message_id


def test_a_delivery_says_its_topic_and_keeps_no_proof(h: Harness) -> None:
    posted = a_post(h)
    delivery = proven(h, posted)

    kept = dict(delivery.headers)
    assert delivery.topic
    assert all(name == name.lower() for name in kept)
    assert posted.headers[posted.proof] not in kept.values()
    assert delivery.triggered_at is None or delivery.triggered_at.utcoffset() is not None
    for secret in h.secrets():
        assert secret not in repr(delivery)


def test_a_proven_webhook_says_which_order_it_is_about(h: Harness) -> None:
    needs(h, Capability.ORDERS_WEBHOOK)
    says_orders(h)
    order_id = h.place()
    posted = posts(h).post(order_id)
    channel = h.channel()
    delivery = proven(h, posted)

    reading = channel.read(
        Message(topic=delivery.topic, body=posted.body, headers=delivery.headers)
    )

    assert isinstance(reading, OrderSeen | OrderChanged)
    seen = reading.order.external_id if isinstance(reading, OrderSeen) else None
    assert order_id in (seen, getattr(reading, "external_id", None))


def test_a_topic_nobody_knows_is_proven_like_any_other(h: Harness) -> None:
    needs(h, Capability.ORDERS_WEBHOOK)

    proven(h, posts(h).post(h.place(), topic="something/brand_new"))


def test_proving_asks_nobody(h: Harness) -> None:
    posted = a_post(h)
    before = wire(h).calls()

    proven(h, posted)

    assert wire(h).calls() == before
