"""Raw mail at the front door: whatever its secret proves is stored, byte for byte, once."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import SECRET, HandClock, calls_of, connect_shop, make_ports
from tests.factories import NOW
from webhooks.receive import make_blueprint

MIB = 1024 * 1024
MAIL = b"From: ana@sol.example\r\nMessage-ID: <po-7@sol.example>\r\n\r\nSOAP-1 x 12\r\n"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ports(sqlite_database: Database, clock: HandClock) -> Ports:
    return make_ports(sqlite_database, clock=clock)


@pytest.fixture
def account(ports: Ports) -> ChannelAccount:
    return connect_shop(
        ports,
        channel="email",
        settings={"address": "orders@cera.example"},
        credentials={"username": "orders"},
    )


@pytest.fixture
def client(ports: Ports) -> Iterator[FlaskClient]:
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(ports))
    with app.test_client() as client:
        yield client


def signed(body: bytes, *, secret: str = SECRET, at: int = 0) -> dict[str, str]:
    """Sign a mail as a person's own program would."""
    stamp = str(int(NOW.timestamp()) + at)
    proof = hmac.digest(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {
        "Content-Type": "message/rfc822",
        "X-Hornada-Timestamp": stamp,
        "X-Hornada-Signature": f"sha256={proof.hex()}",
    }


def post(
    client: FlaskClient, account: ChannelAccount, body: bytes, headers: dict[str, str]
) -> int:
    path = f"/webhooks/{account.channel}/{account.key}"
    return client.post(path, data=body, headers=headers).status_code


def stored(ports: Ports) -> list[InboundMessage]:
    with ports.database.reading() as session:
        return list(session.scalars(select(InboundMessage).order_by(InboundMessage.id)))


def test_a_proven_mail_is_kept_to_the_byte_under_its_own_name(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    assert post(client, account, MAIL, signed(MAIL)) == 200

    [message] = stored(ports)
    assert (message.topic, message.message_id) == ("mail", "po-7@sol.example")
    assert message.body == MAIL
    assert message.headers == {}
    assert calls_of(ports) == ["read_messages"]


def test_a_mail_posted_again_is_there_once(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    later = signed(MAIL, at=100)

    codes = [post(client, account, MAIL, each) for each in (signed(MAIL), later)]

    assert codes == [200, 200]
    assert len(stored(ports)) == 1


@pytest.mark.parametrize("body", [b"", b"\x00\xff{", b"no header at all", b"\r\n\r\n"])
def test_what_is_hardly_a_mail_is_kept_all_the_same(
    client: FlaskClient, ports: Ports, account: ChannelAccount, body: bytes
) -> None:
    assert post(client, account, body, signed(body)) == 200

    [message] = stored(ports)
    assert message.message_id.startswith("sha256-")
    assert message.body == body


@pytest.mark.parametrize(
    "media_type", ["message/rfc822", "application/octet-stream", "text/plain; charset=x"]
)
def test_each_type_a_mail_server_may_give_it_is_taken(
    client: FlaskClient, account: ChannelAccount, media_type: str
) -> None:
    headers = signed(MAIL) | {"Content-Type": media_type}

    assert post(client, account, MAIL, headers) == 200


@pytest.mark.parametrize(
    "media_type", ["application/json", "multipart/form-data; boundary=x", "text/html", ""]
)
def test_other_types_are_not(
    client: FlaskClient, ports: Ports, account: ChannelAccount, media_type: str
) -> None:
    headers = signed(MAIL) | {"Content-Type": media_type}

    assert post(client, account, MAIL, headers) == 415
    assert stored(ports) == []


def test_a_mail_nobody_signed_or_long_ago_is_refused(
    client: FlaskClient, ports: Ports, account: ChannelAccount, clock: HandClock
) -> None:
    good = signed(MAIL)
    unsigned = {"Content-Type": "message/rfc822"}
    by_another = signed(MAIL, secret="somebody-elses-secret")

    assert post(client, account, MAIL, unsigned) == 401
    assert post(client, account, MAIL, by_another) == 401
    assert post(client, account, MAIL + b"SOAP-1 x 99\r\n", good) == 401
    clock.move(timedelta(seconds=301))
    assert post(client, account, MAIL, good) == 401
    assert stored(ports) == []


def test_an_account_without_a_secret_takes_nothing(
    client: FlaskClient, ports: Ports
) -> None:
    account = connect_shop(
        ports,
        channel="email",
        settings={"address": "orders@cera.example"},
        credentials={"username": "orders"},
        webhook_secrets=(),
    )

    assert post(client, account, MAIL, signed(MAIL, secret="")) == 401


def test_twenty_five_mebibytes_are_taken_and_a_byte_more_is_not(
    client: FlaskClient, ports: Ports, account: ChannelAccount
) -> None:
    whole = MAIL + b"x" * (25 * MIB - len(MAIL))

    assert post(client, account, whole, signed(whole)) == 200
    assert post(client, account, whole + b"x", signed(whole + b"x")) == 413
    assert [len(message.body or b"") for message in stored(ports)] == [25 * MIB]
