"""Where tokens come from, when they are renewed, and what to click when there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import (
    AuthExpired,
    ChannelError,
    PayloadError,
    PermissionDenied,
    RateLimited,
    Retryable,
)
from connectors.http import Http
from connectors.protocol import Token
from connectors.shopify.auth import App, fetch_token
from connectors.transport import Answer, AnswerLost
from tests.canned import CannedTransport, answered

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SECRET = "shpss_canary0123456789"


def fetch(answer: Answer | Exception) -> tuple[Token, CannedTransport]:
    transport = CannedTransport([answer])
    origin = "https://taller.myshopify.com"
    http = Http(title="Shopify", origin=origin, transport=transport)
    app = App(http=http, client_id="the-client", client_secret=SECRET)
    token = fetch_token(app, now=NOW)
    return token, transport


def test_a_days_token_is_fetched_with_the_apps_id_and_secret() -> None:
    body = {"access_token": "day", "scope": "read_orders, write_x,", "expires_in": 86399}

    token, transport = fetch(answered(body))

    [sent] = transport.sent
    assert sent.url == "https://taller.myshopify.com/admin/oauth/access_token"
    assert sent.content == {
        "grant_type": "client_credentials",
        "client_id": "the-client",
        "client_secret": SECRET,
    }
    assert token.value == "day"
    assert token.expires_at == NOW + timedelta(seconds=86399)
    assert token.scopes == {"read_orders", "write_x"}


@pytest.mark.parametrize(
    "answer,error,words",
    [
        (answered({"error": "app_not_installed"}, status=400), AuthExpired, "Install app"),
        (
            answered({"error": "shop_not_permitted"}, status=400),
            PermissionDenied,
            "same organisation",
        ),
        (answered({"error": "invalid_client"}, status=401), AuthExpired, "copy both again"),
        (answered({"error": "brand_new"}, status=400), AuthExpired, "copy both again"),
        (answered("<html>", status=400), AuthExpired, "copy both again"),
        (answered({"error": 5}, status=400), AuthExpired, "copy both again"),
        (answered("", status=403), PermissionDenied, "403"),
        (answered("", status=404), AuthExpired, "no shop of this name"),
        (answered("", status=429, retry_after="3"), RateLimited, "slow down"),
        (answered("", status=503), Retryable, "503"),
        (AnswerLost(), Retryable, "in time"),
        (answered({"access_token": ""}), PayloadError, "cannot be read"),
        (answered({"access_token": "x", "expires_in": -1}), PayloadError, "cannot be read"),
        (answered("canary"), Retryable, "cannot be read"),
    ],
)
def test_a_shop_that_gives_no_token_says_what_to_do(
    answer: Answer | Exception, error: type[ChannelError], words: str
) -> None:
    with pytest.raises(ChannelError) as caught:
        fetch(answer)

    assert type(caught.value) is error
    assert words in str(caught.value)
    assert SECRET not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_token_does_not_show_itself() -> None:
    assert "for good" not in repr(Token(value="for good", expires_at=None))
