"""Only the shop's own messages get in, whatever the proof, the headers or the secrets look like."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import SignatureInvalid
from connectors.shopify.verify import verify

SECRET = "shpss_current"
OLD_SECRET = "shpss_previous"
SHOP_SECRET = "secret of the shop's own notifications"
SECRETS = (SECRET, OLD_SECRET, SHOP_SECRET)
BODY = '{"id":820982911946154508,"note":"Größe – 100 % 🕯"}'.encode()
SHOP = "taller-alba.myshopify.com"


def proof(body: bytes, *, secret: str = SECRET) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def headers(**also: str) -> dict[str, str]:
    return {
        "X-Shopify-Hmac-Sha256": proof(BODY),
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Event-Id": "event-1",
        "X-Shopify-Webhook-Id": "webhook-1",
        "X-Shopify-Triggered-At": "2026-11-22T10:00:00.123456789Z",
        "X-Shopify-API-Version": "2026-10",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Forwarded-For": "203.0.113.7",
        **{
            f"X-Shopify-{name.replace('_', '-').title()}": value
            for name, value in also.items()
        },
    }


def test_a_proven_message_says_what_it_is() -> None:
    delivery = verify(body=BODY, headers=headers(), secrets=SECRETS, shop=SHOP)

    assert delivery.topic == "orders/create"
    assert delivery.message_id == "event-1"
    assert delivery.api_version == "2026-10"
    assert delivery.triggered_at == datetime(2026, 11, 22, 10, 0, 0, 123456, UTC)


def test_what_is_kept_of_the_headers_holds_no_proof_and_no_address() -> None:
    delivery = verify(body=BODY, headers=headers(), secrets=SECRETS)

    assert delivery.headers == {
        "x-shopify-topic": "orders/create",
        "x-shopify-shop-domain": SHOP,
        "x-shopify-event-id": "event-1",
        "x-shopify-webhook-id": "webhook-1",
        "x-shopify-triggered-at": "2026-11-22T10:00:00.123456789Z",
        "x-shopify-api-version": "2026-10",
    }


def test_the_next_family_of_headers_is_read_alike() -> None:
    classic = headers()
    coming = {
        name.lower().replace("x-shopify-", "shopify-"): classic[name] for name in classic
    }

    delivery = verify(body=BODY, headers=coming, secrets=SECRETS, shop=SHOP)

    assert (delivery.topic, delivery.message_id) == ("orders/create", "event-1")
    assert delivery.headers["shopify-webhook-id"] == "webhook-1"


def test_both_families_at_once_are_taken_where_they_agree() -> None:
    both = {
        **headers(),
        "shopify-hmac-sha256": proof(BODY),
        "shopify-topic": "orders/create",
    }

    assert verify(body=BODY, headers=both, secrets=SECRETS).topic == "orders/create"


def test_both_families_at_once_are_refused_where_they_disagree() -> None:
    both = {**headers(), "shopify-hmac-sha256": proof(BODY, secret=OLD_SECRET)}

    with pytest.raises(SignatureInvalid):
        verify(body=BODY, headers=both, secrets=SECRETS)


@pytest.mark.parametrize("secret", SECRETS)
def test_every_secret_of_the_account_is_good(secret: str) -> None:
    signed = headers(hmac_sha256=proof(BODY, secret=secret))

    assert verify(body=BODY, headers=signed, secrets=SECRETS).message_id == "event-1"


def test_every_secret_is_tried_even_after_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    compare = hmac.compare_digest

    def counted(ours: bytes, theirs: bytes) -> bool:
        tried.append(ours)
        return compare(ours, theirs)

    monkeypatch.setattr("connectors.shopify.verify.hmac.compare_digest", counted)
    verify(body=BODY, headers=headers(), secrets=SECRETS)

    assert len(set(tried)) == len(SECRETS)


@pytest.mark.parametrize("secrets", [(), ("",), ("somebody else's",)])
def test_without_the_right_secret_nothing_gets_in(secrets: tuple[str, ...]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body=BODY, headers=headers(), secrets=secrets)


def test_an_empty_secret_proves_nothing() -> None:
    signed = headers(
        hmac_sha256=base64.b64encode(hmac.digest(b"", BODY, "sha256")).decode()
    )

    with pytest.raises(SignatureInvalid):
        verify(body=BODY, headers=signed, secrets=("", SECRET))


@pytest.mark.parametrize(
    "bad",
    [
        "",
        " ",
        "garbage",
        "é",
        "\N{SNOWMAN}" * 44,
        "\ud800",
        "\0",
        proof(BODY) + "\n",
        " " + proof(BODY),
        proof(BODY).rstrip("="),
        proof(BODY) + "," + proof(BODY),
        proof(BODY) + ", " + proof(BODY),
        proof(BODY).lower(),
        proof(BODY).replace("/", "_").replace("+", "-") + "=",
        hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest(),
    ],
)
def test_a_proof_that_is_not_written_as_the_shop_writes_it_is_refused(bad: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body=BODY, headers=headers(hmac_sha256=bad), secrets=SECRETS)


@pytest.mark.parametrize("none", [{}, {"X-Shopify-Topic": "orders/create"}])
def test_a_message_without_proof_is_refused(none: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body=BODY, headers=none, secrets=SECRETS)


def test_a_header_that_is_there_twice_is_refused() -> None:
    twice = {**headers(), "x-shopify-hmac-sha256": proof(BODY)}

    with pytest.raises(SignatureInvalid, match="twice"):
        verify(body=BODY, headers=twice, secrets=SECRETS)


def test_a_message_of_another_shop_is_refused_although_the_app_s_secret_signed_it() -> None:
    with pytest.raises(SignatureInvalid, match="another shop"):
        verify(body=BODY, headers=headers(), secrets=SECRETS, shop="other.myshopify.com")


def test_a_shop_is_known_however_it_is_capitalised() -> None:
    verify(body=BODY, headers=headers(), secrets=SECRETS, shop=SHOP.upper())


def test_a_message_that_names_no_shop_is_taken_by_its_proof() -> None:
    nameless = {name: v for name, v in headers().items() if "Shop-Domain" not in name}

    assert verify(body=BODY, headers=nameless, secrets=SECRETS, shop=SHOP).headers


def test_without_an_event_id_the_webhook_id_stands_in() -> None:
    eventless = headers(event_id="")

    assert verify(body=BODY, headers=eventless, secrets=SECRETS).message_id == "webhook-1"


def test_a_proven_message_may_say_nothing_else() -> None:
    bare = {"X-Shopify-Hmac-Sha256": proof(BODY)}

    delivery = verify(body=BODY, headers=bare, secrets=SECRETS)

    assert (delivery.topic, delivery.message_id, delivery.triggered_at) == ("", "", None)
    assert delivery.headers == {}


@pytest.mark.parametrize(
    "odd", ["", "yesterday", "2026-99-99", "9999-12-31T23:59:59-23:59"]
)
def test_an_odd_time_is_no_reason_to_refuse(odd: str) -> None:
    delivery = verify(body=BODY, headers=headers(triggered_at=odd), secrets=SECRETS)

    assert delivery.triggered_at is None


def test_what_is_kept_of_a_header_fits_a_column() -> None:
    long = headers(webhook_id="\0" + "9" * 5000)

    kept = verify(body=BODY, headers=long, secrets=SECRETS).headers["x-shopify-webhook-id"]

    assert len(kept) == 255
    assert "\0" not in kept


def test_every_flipped_bit_of_the_body_is_noticed() -> None:
    for bit in range(len(BODY) * 8):
        flipped = bytearray(BODY)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SignatureInvalid):
            verify(body=bytes(flipped), headers=headers(), secrets=SECRETS)


def test_every_flipped_bit_of_the_proof_is_noticed() -> None:
    good = proof(BODY).encode("latin-1")
    for bit in range(len(good) * 8):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SignatureInvalid):
            verify(
                body=BODY,
                headers=headers(hmac_sha256=flipped.decode("latin-1")),
                secrets=SECRETS,
            )


@given(body=st.binary(max_size=200), secret=st.text(min_size=1, max_size=40))
def test_whatever_the_body_and_the_secret_the_right_proof_fits(
    body: bytes, secret: str
) -> None:
    secret = secret.encode(errors="replace").decode()
    signed = headers(hmac_sha256=proof(body, secret=secret))

    assert (
        verify(body=body, headers=signed, secrets=(SECRET, secret)).topic == "orders/create"
    )


@given(
    st.dictionaries(
        st.sampled_from(
            [*headers(), "shopify-hmac-sha256", "shopify-topic", "X-SHOPIFY-TOPIC"]
        ),
        st.text(max_size=60),
    )
)
def test_whatever_the_headers_a_message_without_proof_is_only_ever_refused(
    odd: dict[str, str],
) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body=BODY, headers=odd, secrets=SECRETS)


def test_shopify_s_vectors_hold(vendor: Path) -> None:
    vectors = json.loads((vendor / "shopify" / "hmac_vectors.json").read_text())

    for vector in vectors:
        body, signed = base64.b64decode(vector["body_b64"]), vector["hmac"]
        given_headers = {"X-Shopify-Hmac-Sha256": signed}
        if vector.get("expect", True):
            verify(body=body, headers=given_headers, secrets=(OLD_SECRET, vector["secret"]))
        else:
            with pytest.raises(SignatureInvalid):
                verify(body=body, headers=given_headers, secrets=(vector["secret"],))
    assert len(vectors) >= 8
