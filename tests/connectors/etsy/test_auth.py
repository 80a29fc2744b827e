"""How an owner lets us in, and how a token is renewed: what is sent, and what refusals mean."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.errors import (
    AuthExpired,
    ChannelError,
    PayloadError,
    Rejected,
    Retryable,
    SignatureInvalid,
)
from connectors.etsy.auth import authorise, challenge_of
from connectors.etsy.channel import SPEC, Etsy
from connectors.protocol import Connection, Token
from connectors.transport import Answer, AnswerLost
from tests.canned import CannedTransport, answered

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
REDIRECT = "https://hub.example/channels/callback"
GRANTED = {
    "access_token": "12345.fresh",
    "token_type": "Bearer",
    "expires_in": 3600,
    "refresh_token": "12345.next",
}
APP = {"keystring": "keystring1", "shared_secret": "canary-secret-51c2"}


def etsy(
    transport: CannedTransport,
    *,
    token: Token | None = None,
    **credentials: str,
) -> Etsy:
    connection = Connection(
        settings={"shop_id": "42"}, credentials={**APP, **credentials}, token=token
    )
    return Etsy(connection, transport=transport)


def test_the_challenge_is_the_one_of_the_standard() -> None:
    # RFC 7636, appendix B.
    assert challenge_of(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_page_is_etsys_own_and_asks_for_exactly_our_scopes() -> None:
    page = etsy(CannedTransport([])).authorise(
        redirect_uri=REDIRECT, state="s" * 32, verifier=VERIFIER
    )

    there, asked = page.split("?")
    assert there == "https://www.etsy.com/oauth/connect"
    assert dict(parse_qsl(asked)) == {
        "response_type": "code",
        "client_id": "keystring1",
        "redirect_uri": REDIRECT,
        "scope": "listings_r listings_w shops_r transactions_r transactions_w",
        "state": "s" * 32,
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    assert VERIFIER not in page
    assert "canary-secret" not in page


@pytest.mark.parametrize(
    "keystring,verifier",
    [("", VERIFIER), ("k", "short"), ("k", "ñ" * 50), ("k", "a" * 129)],
)
def test_no_page_is_made_of_half_the_parts(keystring: str, verifier: str) -> None:
    with pytest.raises(Rejected):
        authorise(
            page="https://www.etsy.com/oauth/connect",
            keystring=keystring,
            redirect_uri=REDIRECT,
            state="s",
            verifier=verifier,
            scopes=SPEC.scopes,
        )


def test_a_code_is_traded_with_the_keystring_alone_and_the_shop_is_compared() -> None:
    transport = CannedTransport([answered(GRANTED), answered({"shop_id": 42})])

    token = etsy(transport).finish(
        redirect_uri=REDIRECT, verifier=VERIFIER, answer={"code": "c0de"}, now=NOW
    )

    traded, asked = transport.sent
    assert traded.url == "https://api.etsy.com/v3/public/oauth/token"
    assert traded.content == {
        "grant_type": "authorization_code",
        "client_id": "keystring1",
        "redirect_uri": REDIRECT,
        "code": "c0de",
        "code_verifier": VERIFIER,
    }
    assert urlsplit(asked.url).path == "/v3/application/users/me"
    assert (token.value, token.refresh) == ("12345.fresh", "12345.next")
    assert token.expires_at == NOW + timedelta(hours=1)
    assert token.refresh_expires_at == NOW + timedelta(days=90)
    assert "12345" not in repr(token)


def test_a_token_of_another_shop_is_refused() -> None:
    transport = CannedTransport([answered(GRANTED), answered({"shop_id": 43})])

    with pytest.raises(SignatureInvalid, match="43"):
        etsy(transport).finish(
            redirect_uri=REDIRECT, verifier=VERIFIER, answer={"code": "c0de"}, now=NOW
        )


@pytest.mark.parametrize(
    "answer,error",
    [
        ({"error": "access_denied", "error_description": "no"}, AuthExpired),
        ({"state": "s"}, SignatureInvalid),
        ({"code": ""}, SignatureInvalid),
    ],
)
def test_an_answer_without_a_code_calls_nobody(
    answer: dict[str, str], error: type[ChannelError]
) -> None:
    transport = CannedTransport([])

    with pytest.raises(error):
        etsy(transport).finish(
            redirect_uri=REDIRECT, verifier=VERIFIER, answer=answer, now=NOW
        )

    assert transport.sent == []


def test_the_newest_refresh_token_is_used_and_the_typed_one_only_at_first() -> None:
    kept = Token(value="12345.old", expires_at=NOW, refresh="12345.newest")
    transport = CannedTransport([answered(GRANTED), answered(GRANTED)])

    etsy(transport, refresh_token="12345.typed").renew(now=NOW)
    etsy(transport, refresh_token="12345.typed", token=kept).renew(now=NOW)

    used = [sent.content["refresh_token"] for sent in transport.sent]
    assert used == ["12345.typed", "12345.newest"]
    assert transport.sent[0].content["grant_type"] == "refresh_token"
    assert transport.sent[0].content["client_id"] == "keystring1"


def test_an_answer_without_a_new_refresh_token_keeps_the_old_one() -> None:
    transport = CannedTransport([answered({"access_token": "12345.fresh"})])

    token = etsy(transport, refresh_token="12345.typed").renew(now=NOW)

    assert (token.refresh, token.expires_at) == ("12345.typed", NOW + timedelta(hours=1))


def test_an_account_nobody_connected_says_what_to_press() -> None:
    with pytest.raises(AuthExpired, match="press Connect"):
        etsy(CannedTransport([])).renew(now=NOW)
    with pytest.raises(AuthExpired, match="press Connect"):
        etsy(CannedTransport([])).fetch_order("1")


@pytest.mark.parametrize(
    "said,words",
    [
        ({"error": "invalid_grant", "error_description": "canary"}, "taken back"),
        ({"error": "invalid_client"}, "keystring"),
        ({"error": "something_new"}, "press Connect"),
        ("<html>", "press Connect"),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_renewal_says_what_to_do_and_repeats_nothing(
    said: object, words: str, status: int
) -> None:
    transport = CannedTransport([answered(said, status=status)])

    with pytest.raises(AuthExpired, match=words) as caught:
        etsy(transport, refresh_token="12345.canary").renew(now=NOW)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("failure", [answered("", status=500), AnswerLost("gone")])
def test_the_random_failures_of_the_token_endpoint_are_tried_again(
    failure: Answer | Exception,
) -> None:
    transport = CannedTransport([failure])

    with pytest.raises(Retryable):
        etsy(transport, refresh_token="12345.typed").renew(now=NOW)


@pytest.mark.parametrize("body", ["", "{}", {"access_token": ""}, {"access_token": 5}])
def test_a_token_that_cannot_be_read_is_repeated_nowhere(body: object) -> None:
    with pytest.raises(PayloadError) as caught:
        etsy(CannedTransport([answered(body)]), refresh_token="12345.t").renew(now=NOW)

    assert caught.value.__cause__ is None
