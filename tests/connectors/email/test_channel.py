"""The channel as a whole: what it is made of, tokens renewed, and how a mailbox is checked."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from connectors.email.channel import REGISTRATION, Email, EmailByToken
from connectors.email.keys import ask_nobody
from connectors.errors import AuthExpired
from connectors.message_ids import message_id_of
from connectors.protocol import Connection, RenewsToken, Token
from connectors.spec import Capability
from connectors.transport import Answer
from tests.contract.channels.email.mailbox import Post
from tests.factories import NOW

TOLD = Connection(
    settings={"address": "orders@cera.example", "imap_host": "imap.gmail.com"},
    credentials={"refresh_token": "1//old", "client_id": "app", "client_secret": "s3cret"},
)


class Tokens:
    """A token endpoint that answers what a test says."""

    def __init__(self, status: int, **said: object) -> None:
        self.status, self.said = status, said
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Answer a form."""
        assert headers
        self.asked.append((url, fields))
        body = json.dumps(self.said).encode()
        return Answer(status=self.status, headers={}, body=body)


def by_token(tokens: Tokens, told: Connection = TOLD) -> EmailByToken:
    return EmailByToken(told, transport=tokens)  # type: ignore[arg-type]


def test_only_an_account_with_a_refresh_token_renews_one() -> None:
    with_password = replace(TOLD, credentials={"password": "pw"})

    assert isinstance(REGISTRATION.connect(TOLD), RenewsToken)
    assert not isinstance(REGISTRATION.connect(with_password), RenewsToken)


def test_a_token_is_renewed_where_its_provider_does_it() -> None:
    tokens = Tokens(200, access_token="ya29.new", expires_in=3599)

    token = by_token(tokens).renew(now=NOW)

    [(url, fields)] = tokens.asked
    assert url == "https://oauth2.googleapis.com/token"
    assert fields["grant_type"] == "refresh_token"
    assert fields["refresh_token"] == "1//old"
    assert (token.value, token.refresh) == ("ya29.new", "1//old")
    assert token.expires_at is not None
    assert token.expires_at > NOW


def test_a_refresh_token_that_is_replaced_is_the_next_to_be_used() -> None:
    tokens = Tokens(200, access_token="a", refresh_token="1//newer")
    kept = Token(value="x", expires_at=NOW, refresh="1//kept")

    token = by_token(tokens, replace(TOLD, token=kept)).renew(now=NOW)

    assert tokens.asked[0][1]["refresh_token"] == "1//kept"
    assert token.refresh == "1//newer"


def test_a_permission_that_is_over_needs_its_owner() -> None:
    with pytest.raises(AuthExpired, match="taken back"):
        by_token(Tokens(400, error="invalid_grant")).renew(now=NOW)


def test_a_check_says_what_an_account_cannot_do() -> None:
    bare = Connection(settings={"address": "orders@cera.example"}, credentials={})

    health = Email(bare, lookup=ask_nobody).check_up(now=NOW)

    assert health.shop_ref == "orders@cera.example"
    assert health.cannot == {Capability.MAILBOX, Capability.MAIL}
    assert health.findings == ()


def test_a_folder_that_is_not_there_is_found() -> None:
    post = Post(password="pw", now=NOW)
    told = Connection(
        settings={
            "address": "orders@cera.example",
            "imap_host": "imap.cera.example",
            "folder": "Orders",
        },
        credentials={"password": "pw"},
    )

    health = Email(told, open_imap=post.open, lookup=ask_nobody).check_up(now=NOW)

    assert [one.code for one in health.findings] == ["no_folder"]


# Names of mails ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw, name",
    [
        (b"Message-ID: <a@x.example>\r\n\r\nbody", "a@x.example"),
        (b"From: y\nMESSAGE-Id:\n <a@x.example>\n\nbody", "a@x.example"),
        (b"Message-ID: a@x.example\n\n", "a@x.example"),
        (b"Message-ID: <a@x.example>\nMessage-ID: <a@x.example>\n\n", "a@x.example"),
    ],
)
def test_a_mail_is_known_by_its_own_name(raw: bytes, name: str) -> None:
    assert message_id_of(raw) == name


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: x\r\n\r\nMessage-ID: <in-the-body@x.example>\r\n",
        b"Message-ID: <a@x.example>\nMessage-ID: <b@x.example>\n\n",
        b"Message-ID: <a b@x.example>\n\n",
        b"Message-ID: <" + b"a" * 400 + b"@x.example>\n\n",
        "Message-ID: <ñ@x.example>\n\n".encode(),
        b"Message-ID:\n\n",
    ],
)
def test_without_a_sane_name_its_bytes_name_it(raw: bytes) -> None:
    name = message_id_of(raw)

    assert name.startswith("sha256-")
    assert name == message_id_of(raw) != message_id_of(raw + b"x")
