"""Webhooks of the pretend Etsy: thin, signed, retried under one id, and as troubled as asked."""

import base64
import hashlib
import hmac
import json

import pytest

from connectors.sandbox.deliveries import SHORT_RETRIES
from connectors.sandbox.etsy.webhooks import key_of
from connectors.sandbox.faults import Fault
from connectors.sandbox.messages import Signed
from tests.connectors.sandbox.etsy.stall import NOW, Stall

URL = "http://127.0.0.1:1/hooks"


@pytest.fixture
def told(stall: Stall) -> Stall:
    stall.shop.subscribe_all(URL)
    return stall


def proof(stall: Stall, message: Signed) -> str:
    """Sign as the documents say, without the sandbox's own hand in it."""
    secret = stall.shop.webhook_secret.removeprefix("whsec_")
    content = b".".join(
        (
            message.headers["webhook-id"].encode(),
            message.headers["webhook-timestamp"].encode(),
            message.body,
        )
    )
    digest = hmac.new(base64.b64decode(secret), content, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def test_a_message_is_thin_and_names_the_receipt(told: Stall) -> None:
    order = told.order(SOAP=1)

    [message] = told.post()

    assert json.loads(message.body) == {
        "event_type": "order.paid",
        "resource_url": f"https://openapi.etsy.com/v3/application/shops/42/receipts/{order}",
        "shop_id": 42,
    }
    assert message.url == URL
    assert message.headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_bodies_may_be_as_untidy_as_the_documents() -> None:
    stall = Stall(untidy_bodies=True)
    stall.shop.subscribe_all(URL)
    order = stall.order(SOAP=1)

    [message] = stall.post()

    body = json.loads(message.body)
    assert body["shop_id"] == "42"
    assert body["resource_url"].endswith(f"/receipts/{order}\n")


@pytest.mark.parametrize("style, prefix", [("v1", "v1,"), ("bare", "")])
def test_it_is_signed_as_standard_webhooks_are(style: str, prefix: str) -> None:
    stall = Stall(signature_style=style)
    stall.shop.subscribe_all(URL)
    stall.order(SOAP=1)

    [message] = stall.post()

    assert message.headers["webhook-signature"] == prefix + proof(stall, message)


def test_each_of_the_four_events_is_told_once_and_nothing_else(told: Stall) -> None:
    first, second = told.order(SOAP=1, paid=False), told.order(SOAP=2)
    told.shop.mark_paid(first)
    told.shop.refund(second, "1.00")
    told.shop.cancel_order(second)
    told.track(first, tracking_code="1", carrier_name="gls")
    told.track(first, tracking_code="2", carrier_name="gls")
    told.shop.change_dispatch_date(first, told.at)
    told.shop.deliver(first)

    topics = [message.topic for message in told.post()]

    assert topics == [
        "order.paid",
        "order.paid",
        "order.canceled",
        "order.shipped",
        "order.delivered",
    ]


def test_a_retry_keeps_id_body_and_proof(told: Stall) -> None:
    told.answers = [500, 0, 200]
    told.order(SOAP=1)

    first, second, third = told.post()

    assert first == second == third
    assert told.shop.webhooks.stats()["delivered"] == 1


def test_an_address_that_never_answers_is_kept(told: Stall) -> None:
    told.answers = [500] * (1 + len(SHORT_RETRIES))
    told.order(SOAP=1)

    assert len(told.post()) == 1 + len(SHORT_RETRIES)
    told.order(SOAP=1)

    assert told.shop.webhooks.stats()["failed"] == 1
    assert len(told.post()) == 1


def test_an_event_can_be_sent_again_by_hand(told: Stall) -> None:
    told.order(SOAP=1)
    [message] = told.post()

    told.shop.webhooks.redeliver(message.event_id)

    assert told.post() == [message]


def test_it_can_be_lost_doubled_forged_and_wrong_about_the_time(told: Stall) -> None:
    for kind in ("lose", "duplicate", "bad_signature", "clock_skew"):
        seconds = -7200.0 if kind == "clock_skew" else None
        told.shop.faults.add(Fault(kind=kind, operation="order.paid", seconds=seconds))
        told.order(SOAP=1)
        sent = told.post()
        told.shop.faults.clear()

        ids = {message.headers["webhook-id"] for message in sent}
        real = {m.headers["webhook-signature"] == "v1," + proof(told, m) for m in sent}
        stamps = {int(m.headers["webhook-timestamp"]) - int(NOW.timestamp()) for m in sent}
        assert (len(sent), len(ids), real, stamps) == {
            "lose": (0, 0, set(), set()),
            "duplicate": (2, 1, {True}, {0}),
            "bad_signature": (1, 1, {False}, {0}),
            "clock_skew": (1, 1, {True}, {-7200}),
        }[kind]


def test_it_can_be_late_and_out_of_order(told: Stall) -> None:
    told.shop.faults.add(Fault(kind="delay", operation="order.paid", seconds=60))
    late, early = told.order(SOAP=1), told.order(SOAP=1)

    sent = told.post()

    named = [json.loads(m.body)["resource_url"].rpartition("/")[2] for m in sent]
    assert named == [early, late]


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        key_of("whsec_not base64!")
