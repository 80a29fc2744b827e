"""What proves a webhook of Etsy's, and everything that does not."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError, SignatureInvalid
from connectors.etsy.read import RECEIPT_EVENTS, read
from connectors.etsy.verify import verify
from connectors.readings import Ignored, Message, OrderChanged

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SENT = str(int(NOW.timestamp()))
SECRET = "whsec_" + base64.b64encode(b"an-app-of-ours-0123456789").decode()
OTHER = "whsec_" + base64.b64encode(b"somebody-else-s-9876543210").decode()
RESOURCE = "https://openapi.etsy.com/v3/application/shops/42/receipts/54321"
EVENT: dict[str, object] = {
    "event_type": "order.paid",
    "resource_url": RESOURCE,
    "shop_id": 42,
}
BODY = json.dumps(EVENT).encode()


def signed(body: bytes = BODY, *, secret: str = SECRET, sent: str = SENT) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b"msg_1." + sent.encode() + b"." + body
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def headers(proof: str | None = None, *, sent: str = SENT) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": sent,
        "webhook-signature": signed(sent=sent) if proof is None else proof,
        "x-forwarded-for": "192.0.2.1",
    }


def prove(
    body: bytes = BODY, given: dict[str, str] | None = None, *, now: datetime = NOW
) -> str:
    delivery = verify(
        body=body,
        headers=headers(signed(body)) if given is None else given,
        secrets=[OTHER, SECRET],
        shop_id="42",
        now=now,
    )
    return delivery.topic


def test_a_signed_message_is_taken_with_its_id_and_time_and_no_proof_is_kept() -> None:
    delivery = verify(body=BODY, headers=headers(), secrets=[SECRET], shop_id="42", now=NOW)

    assert (delivery.topic, delivery.message_id) == ("order.paid", "msg_1")
    assert delivery.triggered_at == NOW
    assert delivery.headers == {"webhook-id": "msg_1", "webhook-timestamp": SENT}


@pytest.mark.parametrize(
    "proof",
    [
        signed(),
        f"v1,{signed()}",
        f"v1,{signed(secret=OTHER)} v1,{signed()}",
        f"v1a,c29tZXRoaW5n {signed()}",
    ],
    ids=["bare", "v1", "several", "another version beside it"],
)
def test_each_way_etsy_may_write_a_proof_is_read(proof: str) -> None:
    assert prove(given=headers(proof)) == "order.paid"


@pytest.mark.parametrize(
    "proof",
    [
        "",
        " ",
        "v1,",
        f"v2,{signed()}",
        signed()[:-1],
        signed().swapcase(),
        signed(secret="whsec_" + base64.b64encode(b"nobody").decode()),
        signed(b"{}"),
        "ñ" * 44,
        "v1,é " + "\u0661" * 20,
        hashlib.sha256(BODY).hexdigest(),
    ],
)
def test_any_other_proof_is_refused(proof: str) -> None:
    with pytest.raises(SignatureInvalid):
        prove(given=headers(proof))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_of_the_proof_must_be_there_once(name: str) -> None:
    missing = {key: value for key, value in headers().items() if key != name}
    doubled = {**headers(), name.upper(): headers()[name]}

    for given_headers in (missing, doubled):
        with pytest.raises(SignatureInvalid):
            prove(given=given_headers)


@pytest.mark.parametrize("sent", ["", "soon", "-5", "1e9", "9" * 12, "9" * 13, "١٢٣"])
def test_a_time_that_is_none_is_refused(sent: str) -> None:
    with pytest.raises(SignatureInvalid):
        prove(given=headers(sent=sent))


@pytest.mark.parametrize(
    "age,is_taken",
    [
        (timedelta(hours=48), True),
        (timedelta(hours=48, seconds=1), False),
        (timedelta(seconds=-300), True),
        (timedelta(seconds=-301), False),
    ],
)
def test_late_tries_are_taken_for_two_days_and_the_future_is_not(
    age: timedelta, is_taken: bool
) -> None:
    if is_taken:
        assert prove(now=NOW + age) == "order.paid"
        return

    with pytest.raises(SignatureInvalid):
        prove(now=NOW + age)


@pytest.mark.parametrize(
    "said",
    [
        {"shop_id": 43, "resource_url": RESOURCE.replace("/42/", "/43/")},
        {"shop_id": "43"},
        {"resource_url": RESOURCE.replace("/42/", "/43/")},
    ],
)
def test_another_shops_message_is_refused_though_the_secret_fits(
    said: dict[str, object],
) -> None:
    with pytest.raises(SignatureInvalid):
        prove(json.dumps(EVENT | said).encode())


@pytest.mark.parametrize(
    "said", [{"shop_id": "42"}, {"resource_url": RESOURCE + "\n"}, {"more": {"a": 1}}]
)
def test_what_etsy_writes_in_several_ways_is_read_in_all(said: dict[str, object]) -> None:
    body = json.dumps(EVENT | said).encode()

    assert prove(body) == "order.paid"
    assert read(Message(topic="order.paid", body=body)) == OrderChanged(external_id="54321")


def test_a_proven_message_nobody_can_read_is_left_to_be_held() -> None:
    assert prove(b"no json") == ""

    with pytest.raises(PayloadError):
        read(Message(topic="", body=b"no json"))


@pytest.mark.parametrize("secrets", [[], ["whsec_"], ["whsec_not base64!"], [""]], ids=repr)
def test_an_account_without_a_usable_secret_proves_nothing(secrets: list[str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body=BODY, headers=headers(), secrets=secrets, shop_id="42", now=NOW)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_byte_of_the_body_can_be_changed(where: int, by: int) -> None:
    changed = bytearray(BODY)
    changed[where] ^= by

    with pytest.raises(SignatureInvalid):
        prove(bytes(changed), headers())


@given(st.binary(max_size=60), st.text(max_size=80), st.text(max_size=20))
def test_nothing_else_than_a_refusal_comes_of_any_message(
    body: bytes, proof: str, sent: str
) -> None:
    with pytest.raises(SignatureInvalid):
        prove(body, headers(proof) | {"webhook-timestamp": sent})


# What it says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "topic", ["order.paid", "order.canceled", "order.shipped", "order.delivered"]
)
def test_every_event_of_an_order_only_says_which_receipt_to_fetch(topic: str) -> None:
    body = json.dumps(EVENT | {"event_type": topic}).encode()

    assert read(Message(topic=topic, body=body)) == OrderChanged(external_id="54321")


def test_etsys_own_example_names_its_receipt(vendor: Path) -> None:
    sample = vendor / "etsy" / "samples" / "etsy_webhook_samples.json"
    samples = json.loads(sample.read_text())
    body = json.dumps(samples["order.paid"]).encode()

    assert set(samples["events"]) == RECEIPT_EVENTS
    assert read(Message(topic="order.paid", body=body)) == OrderChanged(external_id="54321")


def test_an_event_we_do_not_know_is_ignored_by_name() -> None:
    reading = read(Message(topic="listing.updated", body=b"{}"))

    assert isinstance(reading, Ignored)
    assert "listing.updated" in reading.why


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "http://openapi.etsy.com/v3/application/shops/42/receipts/1",
        "https://openapi.etsy.com.evil.example/v3/application/shops/42/receipts/1",
        "https://evil.example/https://openapi.etsy.com/v3/application/shops/42/receipts/1",
        RESOURCE + "/../2",
        RESOURCE + "?x=1",
        "https://openapi.etsy.com/v3/application/shops/42/receipts/0",
        "https://169.254.169.254/v3/application/shops/42/receipts/1",
    ],
)
def test_an_address_that_is_not_exactly_a_receipts_names_none(address: object) -> None:
    body = json.dumps(EVENT | {"resource_url": address}).encode()

    with pytest.raises(PayloadError):
        read(Message(topic="order.paid", body=body))
