"""What the front door refuses, and how it proves what it takes."""

import io
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from hub.flow.channels.channels import seal_credentials
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import NEW_SECRET, SECRET, calls_of, connect_shop, make_ports
from tests.webhooks.posting import an_order, signed
from webhooks.receive import make_blueprint

LIMIT = 2 * 1024 * 1024
"""What a channel's webhooks may hold unless it says otherwise."""


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    return make_ports(sqlite_database)


@pytest.fixture
def account(ports: Ports) -> ChannelAccount:
    return connect_shop(ports)


@pytest.fixture
def client(ports: Ports) -> Iterator[FlaskClient]:
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(ports))
    with app.test_client() as client:
        yield client


def path_of(account: ChannelAccount) -> str:
    return f"/webhooks/{account.channel}/{account.key}"


def stored(ports: Ports) -> list[InboundMessage]:
    with ports.database.reading() as session:
        return list(session.scalars(select(InboundMessage).order_by(InboundMessage.id)))


def test_of_the_headers_neither_proof_nor_address_is_kept(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    body = an_order()
    headers = signed(body) | {"X-Forwarded-For": "203.0.113.9", "Cookie": "a=b"}

    client.post(path_of(account), data=body, headers=headers)

    [message] = stored(ports)
    kept = json.dumps(message.headers).lower()
    assert "x-shopify-topic" in kept
    assert not any(word in kept for word in ("hmac", "203.0.113.9", "cookie"))


@pytest.mark.parametrize(
    "headers",
    [
        signed(an_order(), secret="somebody-elses-secret"),
        signed(an_order(note="other bytes")),
        {**signed(an_order()), "X-Shopify-Hmac-Sha256": ""},
        {**signed(an_order()), "X-Shopify-Hmac-Sha256": "é"},
        {**signed(an_order()), "X-Shopify-Hmac-Sha256": "=" * 4096},
        {"Content-Type": "application/json"},
    ],
    ids=["other secret", "other bytes", "empty", "not ASCII", "nonsense", "none"],
)
def test_without_proof_nothing_is_stored(
    client: FlaskClient, ports: Ports, account: ChannelAccount, headers: dict[str, str]
) -> None:
    answer = client.post(path_of(account), data=an_order(), headers=headers)

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert stored(ports) == []
    assert calls_of(ports) == []


def test_a_refusal_says_what_is_wrong_and_repeats_nothing_that_was_sent(
    client: FlaskClient, account: ChannelAccount
) -> None:
    answer = client.post(
        path_of(account), data=b'{"note": "canary"}', headers=signed(b"else")
    )

    said = json.loads(answer.data)
    assert {"type", "title", "status", "detail", "errors", "request_id"} == set(said)
    assert said["status"] == 401
    assert b"canary" not in answer.data


def test_old_and_new_secret_both_prove_while_they_are_rotated(
    client: FlaskClient, ports: Ports
) -> None:
    account = connect_shop(ports, webhook_secrets=(NEW_SECRET, SECRET))
    old, new = an_order(note="old"), an_order(note="new")

    answers = [
        client.post(path_of(account), data=old, headers=signed(old)),
        client.post(path_of(account), data=new, headers=signed(new, secret=NEW_SECRET)),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_secret_put_in_a_moment_ago_already_proves(
    ports: Ports, account: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webhooks.accounts.SURE", 0.0)
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(ports))
    client = app.test_client()
    first, second = an_order(), an_order(note="after the change")
    client.post(path_of(account), data=first, headers=signed(first))

    with ports.database.begin() as session:
        seal_credentials(
            session.get_one(ChannelAccount, account.id), vault=ports.vault,
            credentials={"access_token": "shpat_of_the_shop"}, webhook_secrets=[NEW_SECRET],
        )  # fmt: skip
    answer = client.post(
        path_of(account), data=second, headers=signed(second, secret=NEW_SECRET)
    )

    assert answer.status_code == 200


def test_an_account_of_another_shop_does_not_prove_ours(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    other = connect_shop(
        ports, name="Otra", settings={"shop": "otra.myshopify.com"},
        webhook_secrets=("the-secret-of-the-other",),
    )  # fmt: skip
    body = an_order()

    answer = client.post(path_of(other), data=body, headers=signed(body))

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/webhooks/shopify/nobody", "/webhooks/etsy/nobody", "/webhooks/manual/nobody"],
)
def test_an_unknown_address_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.post(path, data=b"{}", headers=signed(b"{}")).status_code == 404


def test_the_address_of_another_channel_is_not_ours(
    client: FlaskClient, account: ChannelAccount
) -> None:
    answer = client.post(
        f"/webhooks/manual/{account.key}", data=b"{}", headers=signed(b"{}")
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_answered(
    client: FlaskClient, account: ChannelAccount, method: str
) -> None:
    assert client.open(path_of(account), method=method).status_code == 405


@pytest.mark.parametrize(
    "content_type", ["text/plain", "multipart/form-data; boundary=x", "", "text/json"]
)
def test_only_json_is_taken(
    client: FlaskClient, ports: Ports, account: ChannelAccount, content_type: str
) -> None:
    body = an_order()

    answer = client.post(
        path_of(account), data=body, headers=signed(body) | {"Content-Type": content_type}
    )

    assert answer.status_code == 415
    assert stored(ports) == []


def test_two_mebibytes_are_taken_and_a_byte_more_is_not(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    whole, longer = b'"' + b"x" * (LIMIT - 2) + b'"', b'"' + b"x" * (LIMIT - 1) + b'"'

    taken = client.post(path_of(account), data=whole, headers=signed(whole))
    refused = client.post(path_of(account), data=longer, headers=signed(longer))

    assert (taken.status_code, refused.status_code) == (200, 413)
    assert [len(message.body or b"") for message in stored(ports)] == [LIMIT]


@pytest.mark.parametrize("said", ["100", "-1", "1e3", "٣"])
def test_a_body_that_is_not_as_long_as_it_says_is_malformed(
    client: FlaskClient, ports: Ports, account: ChannelAccount, said: str
) -> None:
    body = b"{}"

    answer = client.post(
        path_of(account), input_stream=io.BytesIO(body), headers=signed(body),
        environ_overrides={"CONTENT_LENGTH": said},
    )  # fmt: skip

    assert answer.status_code == 400
    assert stored(ports) == []


def test_secrets_that_do_not_open_are_no_reason_to_refuse_a_message(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    with ports.database.begin() as session:
        session.execute(
            update(ChannelAccount).values(credentials=b"HV1\x08deadbeef" + b"x" * 40)
        )

    answer = client.post(path_of(account), data=b"{}", headers=signed(b"{}"))

    assert answer.status_code == 503


def test_every_flipped_bit_of_proof_or_body_is_refused(
    ports: Ports, account: ChannelAccount
) -> None:
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(ports))
    client, body = app.test_client(), an_order()
    good = signed(body)
    proof = good["X-Shopify-Hmac-Sha256"]

    wrong = [
        client.post(path_of(account), data=flipped, headers=good).status_code
        for flipped in _flips(body)
    ] + [
        client.post(
            path_of(account), data=body,
            headers=good | {"X-Shopify-Hmac-Sha256": flipped.decode("latin-1")},
        ).status_code
        for flipped in _flips(proof.encode())
        if not {10, 13, 0} & set(flipped)
    ]  # fmt: skip

    assert set(wrong) == {401}
    assert stored(ports) == []


def _flips(data: bytes) -> Iterator[bytes]:
    for place in range(len(data)):
        for bit in range(8):
            yield data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def test_no_row_is_written_by_an_answer_that_is_not_2xx(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    client.post(path_of(account), data=b"{}", headers=signed(b"other"))
    client.post("/webhooks/shopify/none", data=b"{}", headers=signed(b"{}"))
    client.get(path_of(account))

    with ports.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 0


def test_an_account_forgotten_for_a_while_is_looked_up_again(
    ports: Ports, account: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webhooks.accounts.FRESH", 0.0)
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(ports))
    body = an_order()
    app.test_client().post(path_of(account), data=body, headers=signed(body))

    with ports.database.begin() as session:
        session.execute(update(ChannelAccount).values(key="another"))
    answer = app.test_client().post(path_of(account), data=body, headers=signed(body))

    assert answer.status_code == 404
