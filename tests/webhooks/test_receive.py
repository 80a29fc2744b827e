"""What the front door takes, and that it stores before it answers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import calls_of, connect_shop, make_ports
from tests.webhooks.posting import an_order, signed
from webhooks.receive import make_blueprint


@pytest.fixture
def ports(database: Database) -> Ports:
    return make_ports(database)


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


def test_a_proven_message_is_written_down_byte_for_byte_and_its_reader_called(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    body = b'{"id": 1,  "note": "\xc3\xa9", "price": 1.10 }\n'

    answer = client.post(path_of(account), data=body, headers=signed(body))

    [message] = stored(ports)
    assert answer.status_code == 200
    assert message.body == body
    assert (message.topic, message.source, message.state) == (
        "orders/create",
        "webhook",
        "waiting",
    )
    assert message.message_id == "98880550-7158-44d4-b7cd-2c97c8a091b5"
    assert message.triggered_at == datetime(2026, 11, 23, 8, 59, 58, 123000, tzinfo=UTC)
    assert calls_of(ports) == ["read_messages"]


def test_a_duplicate_is_answered_alike_and_writes_no_row(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    body = an_order()

    answers = [
        client.post(path_of(account), data=body, headers=signed(body)).status_code
        for _ in range(3)
    ]

    assert answers == [200, 200, 200]
    assert len(stored(ports)) == 1
    assert calls_of(ports) == ["read_messages"]


def test_the_same_id_with_another_body_is_another_message(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    for note in ("first", "second"):
        body = an_order(note=note)
        client.post(path_of(account), data=body, headers=signed(body))

    assert len(stored(ports)) == 2


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b"null", b'"\\u0000"'],
    ids=["cut", "empty", "not UTF-8", "deep", "NaN", "null", "NUL"],
)
def test_malformed_json_with_a_good_proof_is_stored_as_it_is(
    client: FlaskClient, ports: Ports, account: ChannelAccount, body: bytes
) -> None:
    answer = client.post(path_of(account), data=body, headers=signed(body))

    [message] = stored(ports)
    assert answer.status_code == 200
    assert message.body == body


def test_what_comes_for_an_account_that_is_off_is_kept_for_later(
    client: FlaskClient, ports: Ports
) -> None:
    account = connect_shop(ports, mode="off")
    body = an_order()

    answer = client.post(path_of(account), data=body, headers=signed(body))

    assert answer.status_code == 200
    assert [message.state for message in stored(ports)] == ["waiting"]


def test_the_version_the_channel_speaks_is_noted(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    body = an_order()

    client.post(
        path_of(account), data=body, headers=signed(body, **{"API-Version": "2027-01"})
    )

    with ports.database.reading() as session:
        assert session.get_one(ChannelAccount, account.id).api_version_seen == "2027-01"


def test_twenty_at_once_with_one_message_store_it_once(
    ports: Ports, account: ChannelAccount
) -> None:
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(ports))
    body, answers = an_order(), []

    def post() -> None:
        answer = app.test_client().post(path_of(account), data=body, headers=signed(body))
        answers.append(answer.status_code)

    threads = [Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 20
    assert len(stored(ports)) == 1


def test_with_the_database_away_the_sender_is_asked_to_come_back(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    first, second = an_order(), an_order(note="while it is away")
    client.post(path_of(account), data=first, headers=signed(first))

    with ports.database.begin() as session:
        session.execute(text("ALTER TABLE inbound_message RENAME TO elsewhere"))
    away = client.post(path_of(account), data=second, headers=signed(second))
    with ports.database.begin() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO inbound_message"))
    back = client.post(path_of(account), data=second, headers=signed(second))

    assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
    assert back.status_code == 200
    assert len(stored(ports)) == 2


def test_an_account_that_cannot_be_looked_up_is_no_reason_to_say_it_is_unknown(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    with ports.database.begin() as session:
        session.execute(text("ALTER TABLE channel_account RENAME TO elsewhere"))

    answer = client.post(path_of(account), data=b"{}", headers=signed(b"{}"))

    assert answer.status_code == 503
