"""What a person may type to connect a mailbox, and what is refused before any call."""

import pytest

from connectors.email.settings import (
    Security,
    check,
    filed_under,
    imap_of,
    login_of,
    mail_settings_of,
    smtp_of,
    uses_tokens,
)
from connectors.protocol import Connection, Token

GOOD = {"address": "Orders@Cera.example", "imap_host": "imap.cera.example"}
PASSWORD = {"password": "abcd efgh ijkl mnop"}


def typed(
    settings: dict[str, str] | None = None,
    credentials: dict[str, str] | None = None,
    *,
    allow_loopback: bool = False,
    secrets: tuple[str, ...] = (),
) -> Connection:
    return Connection(
        settings=GOOD | (settings or {}),
        credentials=PASSWORD if credentials is None else credentials,
        webhook_secrets=secrets,
        allow_loopback=allow_loopback,
    )


def test_the_usual_ports_need_not_be_typed() -> None:
    told = typed({"smtp_host": "smtp.cera.example", "smtp_security": "starttls"})

    imap, smtp = imap_of(told), smtp_of(told)

    assert check(told) == {}
    assert imap is not None
    assert smtp is not None
    assert (imap.port, imap.security) == (993, Security.TLS)
    assert (smtp.port, smtp.security) == (587, Security.STARTTLS)


def test_without_servers_mail_comes_by_other_ways_only() -> None:
    told = Connection(settings={"address": "orders@cera.example"}, credentials={})

    assert check(told) == {}
    assert imap_of(told) is None
    assert smtp_of(told) is None


def test_the_address_is_the_user_name_unless_another_is_typed() -> None:
    assert login_of(typed()).username == "orders@cera.example"
    assert login_of(typed(None, PASSWORD | {"username": "u7"})).username == "u7"


@pytest.mark.parametrize(
    "settings, field",
    [
        ({"address": "orders"}, "address"),
        ({"address": "orders@cera.example\nBcc: x"}, "address"),
        ({"imap_host": "127.0.0.1"}, "imap_host"),
        ({"imap_host": "localhost"}, "imap_host"),
        ({"imap_host": "[::1]"}, "imap_host"),
        ({"imap_host": "::1"}, "imap_host"),
        ({"imap_host": "10.1.2.3"}, "imap_host"),
        ({"imap_host": "169.254.169.254"}, "imap_host"),
        ({"imap_host": "::ffff:10.0.0.1"}, "imap_host"),
        ({"imap_host": "mail"}, "imap_host"),
        ({"imap_host": "imap.cera.example/x"}, "imap_host"),
        ({"imap_security": "none"}, "imap_host"),
        ({"imap_security": "ssl"}, "imap_security"),
        ({"imap_port": "0"}, "imap_port"),
        ({"imap_port": "65536"}, "imap_port"),
        ({"imap_port": "٩٩٣"}, "imap_port"),
        ({"smtp_port": "465"}, "smtp_host"),
        ({"authserv_id": "mx cera"}, "authserv_id"),
        ({"own_domains": "cera.example, @x"}, "own_domains"),
        ({"trust_forwards": "maybe"}, "trust_forwards"),
        ({"auth": "basic"}, "auth"),
        ({"folder": "IN*"}, "folder"),
        ({"filed_under": 'a"b'}, "filed_under"),
    ],
)
def test_what_cannot_be_right_is_named(settings: dict[str, str], field: str) -> None:
    assert f"settings.{field}" in check(typed(settings))


def test_this_machine_is_for_sandboxes_only() -> None:
    here = {"imap_host": "127.0.0.1", "imap_port": "1143", "imap_security": "none"}

    assert check(typed(here, allow_loopback=True)) == {}
    assert check(typed({"imap_security": "none"}, allow_loopback=True)) != {}


def test_a_mailbox_wants_a_password_or_a_token() -> None:
    assert "credentials.password" in check(typed(None, {}))
    assert check(typed({"auth": "xoauth2"}, {"access_token": "ya29.abc"})) == {}
    assert "credentials.refresh_token" in check(typed({"auth": "xoauth2"}, {}))
    assert "credentials.client_id" in check(typed(None, {"refresh_token": "1//abc"}))


def test_where_a_token_is_renewed_is_known_or_must_be_typed() -> None:
    given = {"refresh_token": "1//abc", "client_id": "app"}
    google = {"imap_host": "imap.gmail.com"}

    assert check(typed(google, given)) == {}
    assert "settings.oauth_url" in check(typed(None, given))
    for wrong in ("http://evil.example/token", "https://evil.example", "nonsense"):
        assert "settings.oauth_url" in check(typed({"oauth_url": wrong}, given))


def test_the_newest_token_is_the_one_that_is_used() -> None:
    given = {"refresh_token": "1//abc", "client_id": "app", "access_token": "old"}
    told = Connection(
        settings=GOOD, credentials=given, token=Token(value="new", expires_at=None)
    )

    assert uses_tokens(told)
    assert login_of(told).token == "new"
    assert login_of(told).password == ""


def test_a_short_webhook_secret_is_refused() -> None:
    assert check(typed(secrets=("long-enough-secret",))) == {}
    assert "webhook_secrets" in check(typed(secrets=("short",)))


def test_what_reading_needs_is_written_alike() -> None:
    told = mail_settings_of(
        typed({"own_domains": " Cera.example,", "authserv_id": "MX.Cera.example"})
    )

    assert told.address == "orders@cera.example"
    assert told.own_domains == {"cera.example"}
    assert told.authserv_id == "mx.cera.example"
    assert told.instance
    assert filed_under(typed({"filed_under": "/Hornada/"})) == "Hornada"


def test_nothing_shown_says_a_password() -> None:
    assert "mnop" not in repr(login_of(typed())) + repr(typed())
