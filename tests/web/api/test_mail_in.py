"""Mail handed in over the API: stored as it is, once, and read like any other."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import connect_shop
from tests.factories import NOW
from tests.web.ports import make_ports

MAIL = b"From: ana@sol.example\r\nMessage-ID: <po-7@sol.example>\r\n\r\nSOAP-1 x 12\r\n"
MIB = 1024 * 1024


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    return make_ports(sqlite_database)


@pytest.fixture
def client(ports: Ports) -> FlaskClient:
    app: Flask = create_app(ports)
    with ports.database.begin() as session:
        secret = make_token(session, name="ci", role=Role.OWNER, now=NOW)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def box(ports: Ports) -> str:
    account = connect_shop(
        ports,
        channel="email",
        settings={"address": "orders@cera.example"},
        credentials={"username": "orders"},
    )
    return f"/api/v1/channels/{account.id}/messages"


def test_a_mail_is_stored_to_the_byte_and_again_is_the_same(
    client: FlaskClient, ports: Ports
) -> None:
    path = box(ports)

    answers = [client.post(path, data=MAIL, content_type="message/rfc822") for _ in "12"]

    assert [each.status_code for each in answers] == [202, 202]
    assert answers[0].json == answers[1].json
    with ports.database.reading() as session:
        [message] = session.scalars(select(InboundMessage))
        [mail] = session.scalars(select(InboundMail))
    assert answers[0].json == {"id": str(message.id)}
    assert (message.topic, message.body, message.source) == ("mail", MAIL, "api")
    assert (mail.inbound_message_id, mail.state) == (message.id, "waiting")


def test_a_large_mail_is_taken_and_a_larger_one_is_not(
    client: FlaskClient, ports: Ports
) -> None:
    path, whole = box(ports), MAIL + b"x" * (25 * MIB - len(MAIL))

    taken = client.post(path, data=whole, content_type="message/rfc822")
    refused = client.post(path, data=whole + b"x", content_type="message/rfc822")

    assert (taken.status_code, refused.status_code) == (202, 413)


def test_other_types_and_other_channels_are_refused(
    client: FlaskClient, ports: Ports
) -> None:
    shop = connect_shop(ports)

    by_type = client.post(box(ports), data=MAIL, content_type="text/plain")
    by_channel = client.post(
        f"/api/v1/channels/{shop.id}/messages", data=MAIL, content_type="message/rfc822"
    )
    nowhere = client.post(
        "/api/v1/channels/99/messages", data=MAIL, content_type="message/rfc822"
    )

    codes = [each.status_code for each in (by_type, by_channel, nowhere)]
    assert codes == [415, 409, 404]


def test_servers_are_typed_and_shown_each_as_one_thing(client: FlaskClient) -> None:
    imap = {"host": "imap.cera.example", "port": 993, "security": "tls"}
    settings = {"address": "orders@cera.example", "authserv_id": "mx.cera.example"}

    made = client.post(
        "/api/v1/channels",
        json={
            "channel": "email",
            "name": "orders",
            "settings": settings | {"imap": imap},
            "credentials": {"username": "orders", "password": "an app password"},
        },
    )

    assert made.status_code == 201, made.json
    assert made.json is not None
    assert made.json["settings"] == settings | {"imap": imap}
    assert "an app password" not in made.text


@pytest.mark.parametrize(
    "imap, field",
    [
        ({"host": "imap.cera.example", "port": 0}, "settings.imap_port"),
        ({"host": "10.0.0.7"}, "settings.imap_host"),
        ({"host": "imap.cera.example", "security": "ssl"}, "settings.imap_security"),
        ({"host": "imap.cera.example", "port": ["993"]}, "settings.imap_port"),
    ],
)
def test_a_server_that_cannot_be_right_is_named(
    client: FlaskClient, imap: dict[str, object], field: str
) -> None:
    refused = client.post(
        "/api/v1/channels",
        json={
            "channel": "email",
            "name": "orders",
            "settings": {"address": "orders@cera.example", "imap": imap},
            "credentials": {"password": "an app password"},
        },
    )

    assert refused.status_code == 422
    assert refused.json is not None
    assert [each["field"] for each in refused.json["errors"]] == [field]
