"""Who gets in at the pretend Etsy: keys, tokens, scopes, the connect page, and the rates."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from connectors.sandbox.etsy.grants import challenge_of
from connectors.sandbox.wire import Call
from tests.connectors.sandbox.etsy.stall import Json, Stall

PING = "/v3/application/openapi-ping"
BACK = "https://hub.example/oauth/etsy"
VERIFIER = "v" * 43
FORM = "application/x-www-form-urlencoded"


def page(stall: Stall, **changes: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": stall.shop.keystring,
        "redirect_uri": BACK,
        "scope": "transactions_r shops_r",
        "state": "s & t",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    } | changes
    return f"/oauth/connect?{urlencode(asked)}"


def code(stall: Stall) -> str:
    return dict(parse_qsl(urlsplit(stall.shop.consent(page(stall))).query))["code"]


def redeem(stall: Stall, **changes: str) -> tuple[int, Json]:
    given = {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return stall.trade(**(given | changes))


def renew(stall: Stall, token: object) -> tuple[int, Json]:
    return stall.trade(grant_type="refresh_token", refresh_token=str(token))


@pytest.mark.parametrize(
    "key, words",
    [
        ("", "Missing x-api-key header"),
        ("sandboxkeystring", "Shared secret is required in x-api-key header."),
        ("sandboxkeystring:", "Shared secret is required in x-api-key header."),
        ("a:b:c", "Invalid API key: should be in the format 'keystring:shared_secret'."),
        (
            "sandboxkeystring:wrong",
            "API key not found or not active, or incorrect shared secret for API key.",
        ),
        (
            "sandboxkeystring:sandboxsecrét",
            "API key not found or not active, or incorrect shared secret for API key.",
        ),
    ],
)
def test_the_key_must_be_keystring_and_secret(stall: Stall, key: str, words: str) -> None:
    made = stall.raw("GET", PING, key=key)

    assert (made.status, json.loads(made.body)) == (403, {"error": words})


def test_a_ping_needs_no_token(stall: Stall) -> None:
    assert stall.raw("GET", PING, token="").status == 200


@pytest.mark.parametrize("token", ["", "nonsense", "9000042.sandbox-refresh"])
def test_a_token_that_is_none_is_refused(stall: Stall, token: str) -> None:
    made = stall.raw("GET", "/v3/application/shops/42/receipts", token=token)

    assert made.status == 401
    assert json.loads(made.body)["error"] == "invalid_token"


def test_an_access_token_dies_after_an_hour(stall: Stall) -> None:
    stall.move(3599)
    assert stall.call("GET", "/users/me")[0] == 200

    stall.move(1)

    assert stall.call("GET", "/users/me") == (
        401,
        {"error": "invalid_token", "error_description": "access token is expired"},
    )


@pytest.mark.parametrize(
    "method, path, scope",
    [
        ("GET", "/shops/42/receipts", "transactions_r"),
        ("GET", "/users/me", "shops_r"),
        ("GET", "/shops/42/listings", "listings_r"),
        ("POST", "/shops/42/receipts/1/tracking", "transactions_w"),
        ("PUT", "/listings/1/inventory", "listings_w"),
    ],
)
def test_each_operation_needs_its_scope(
    stall: Stall, method: str, path: str, scope: str
) -> None:
    everything = {"transactions_r", "transactions_w", "shops_r", "listings_r", "listings_w"}
    stall.shop.narrow_scopes(everything - {scope})

    assert stall.call(method, path, {}) == (
        403,
        {"error": "insufficient_scope", "error_description": "Insufficient scope"},
    )


def test_the_scopes_of_a_token_can_be_asked(stall: Stall) -> None:
    stall.shop.narrow_scopes({"shops_r"})

    asked = stall.form("POST", "/v3/application/scopes", token=stall.token)

    assert asked == (200, {"scopes": ["shops_r"]})
    assert stall.form("POST", "/v3/application/scopes", token="x")[0] == 401
    assert stall.form("POST", "/v3/application/scopes")[0] == 400


def test_another_shop_is_not_ours(stall: Stall) -> None:
    assert stall.call("GET", "/shops/43/receipts")[0] == 403
    assert stall.call("GET", "/shops/43")[0] == 404
    assert stall.call("GET", "/nowhere")[0] == 404
    assert stall.call("DELETE", "/shops/42")[0] == 404


def test_a_person_lets_the_app_in_and_gets_a_pair(stall: Stall) -> None:
    back = stall.shop.consent(page(stall))

    answer = dict(parse_qsl(urlsplit(back).query))
    status, pair = redeem(stall, code=answer["code"])

    assert back.startswith(f"{BACK}?")
    assert answer["state"] == "s & t"
    assert (status, pair["token_type"], pair["expires_in"]) == (200, "Bearer", 3600)
    assert str(pair["access_token"]).startswith(f"{stall.shop.books.user_id}.")
    stall.token = str(pair["access_token"])
    assert stall.call("GET", "/users/me")[1]["shop_id"] == 42
    assert stall.call("GET", "/shops/42/listings")[0] == 403  # not asked for, not granted


def test_a_person_who_refuses_is_sent_back_without_a_code(stall: Stall) -> None:
    back = stall.shop.consent(page(stall), grant=False)

    answer = dict(parse_qsl(urlsplit(back).query))
    assert (answer["error"], answer["state"]) == ("access_denied", "s & t")
    assert "code" not in answer


def test_the_page_shows_what_is_asked_and_keeps_text_text(stall: Stall) -> None:
    path, _, query = page(stall, state='"><script>').partition("?")

    made = stall.shop.answer(Call(method="GET", path=path, headers={}, query=query))

    assert made.status == 200
    assert b"<li>transactions_r</li>" in made.body
    assert b"<script>" not in made.body


@pytest.mark.parametrize(
    "wrong",
    [
        {"response_type": "token"},
        {"client_id": "sandboxkeystring:sandboxsecret"},
        {"redirect_uri": "javascript:1"},
        {"scope": "everything"},
        {"scope": ""},
        {"state": ""},
        {"code_challenge": "short"},
        {"code_challenge_method": "plain"},
    ],
    ids=str,
)
def test_the_page_refuses_what_etsy_refuses(stall: Stall, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot connect"):
        stall.shop.consent(page(stall, **wrong))


def test_only_registered_addresses_are_gone_back_to(stall: Stall) -> None:
    stall.shop._connect.redirect_uris = {BACK}

    assert stall.shop.consent(page(stall))
    with pytest.raises(ValueError, match="not registered"):
        stall.shop.consent(page(stall, redirect_uri=f"{BACK}/"))


def test_a_code_is_good_once(stall: Stall) -> None:
    got = code(stall)

    assert redeem(stall, code=got)[0] == 200
    assert redeem(stall, code=got) == (
        400,
        {
            "error": "invalid_grant",
            "error_description": "code has been used previously",
        },
    )


@pytest.mark.parametrize(
    "wrong, error",
    [
        ({"code": "made-up"}, "invalid_grant"),
        ({"redirect_uri": "https://hub.example/other"}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "ñ" * 43}, "invalid_grant"),
        ({"code_verifier": "v" * 42}, "invalid_request"),
        ({"code_verifier": "v" * 129}, "invalid_request"),
        ({"client_id": "sandboxkeystring:sandboxsecret"}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
    ids=str,
)
def test_a_code_is_only_traded_for_all_it_was_made_with(
    stall: Stall, wrong: dict[str, str], error: str
) -> None:
    given = {"code": code(stall), "grant_type": "authorization_code"}
    given |= {"redirect_uri": BACK, "code_verifier": VERIFIER}
    given |= {"client_id": stall.shop.keystring} | wrong

    status, body = stall.form("POST", "/v3/public/oauth/token", **given)

    assert status in {400, 401}
    assert body["error"] == error


def test_a_code_grows_old(stall: Stall) -> None:
    got = code(stall)
    stall.move(600)

    assert redeem(stall, code=got)[1]["error_description"] == "code is expired"


def test_the_token_endpoint_takes_forms_only(stall: Stall) -> None:
    given = {"grant_type": "refresh_token", "refresh_token": stall.shop.refresh_token}
    body = json.dumps(given | {"client_id": stall.shop.keystring}).encode()

    made = stall.raw(
        "POST", "/v3/public/oauth/token", body=body, content_type="application/json"
    )

    assert (made.status, json.loads(made.body)["error"]) == (400, "invalid_request")


def test_a_refresh_token_dies_when_used_and_gives_another(stall: Stall) -> None:
    first = stall.shop.refresh_token

    status, pair = renew(stall, first)

    assert status == 200
    assert pair["refresh_token"] != first
    assert renew(stall, first) == (
        400,
        {"error": "invalid_grant", "error_description": "refresh_token is revoked"},
    )
    assert renew(stall, pair["refresh_token"])[0] == 200
    assert stall.shop.grants.refreshed == 2
    assert stall.call("GET", "/users/me")[0] == 200  # the older access token lives its hour


def test_a_used_refresh_token_may_be_given_a_moment_of_grace() -> None:
    stall = Stall(refresh_grace=10.0)
    first = stall.shop.refresh_token
    renew(stall, first)

    stall.move(9)
    within = renew(stall, first)[0]
    stall.move(1)
    after = renew(stall, first)[0]

    assert (within, after) == (200, 400)


def test_a_refresh_token_lives_ninety_days(stall: Stall) -> None:
    stall.move(timedelta(days=90).total_seconds())

    assert renew(stall, stall.shop.refresh_token)[1] == {
        "error": "invalid_grant",
        "error_description": "refresh_token is expired",
    }


def test_a_new_password_ends_every_token(stall: Stall) -> None:
    stall.shop.revoke_tokens()

    assert stall.call("GET", "/users/me")[0] == 401
    assert renew(stall, stall.shop.refresh_token)[1]["error"] == "invalid_grant"


def test_every_answer_says_what_is_left() -> None:
    stall = Stall(rates=(3, 5))

    headers = stall.raw("GET", "/v3/application/nowhere").headers

    assert headers["x-limit-per-second"] == "3"
    assert headers["x-remaining-this-second"] == "2"
    assert headers["x-limit-per-day"] == "5"
    assert headers["x-remaining-today"] == "4"


def test_the_second_is_looked_at_first_and_slides() -> None:
    stall = Stall(rates=(2, 100))
    stall.raw("GET", PING)
    stall.move(0.5)
    stall.raw("GET", PING)

    limited = stall.raw("GET", PING)
    stall.move(0.6)
    again = stall.raw("GET", PING)

    assert (limited.status, limited.headers["retry-after"]) == (429, "1")
    assert "error" in cast(Json, json.loads(limited.body))
    assert again.status == 200
    assert stall.raw("GET", PING).status == 429  # the one of half a second ago still counts


def test_the_day_slides_too_and_says_how_long_to_wait() -> None:
    stall = Stall(rates=(100, 2))
    stall.raw("GET", PING)
    stall.move(3600)
    stall.raw("GET", PING)

    limited = stall.raw("GET", PING)
    stall.move(23 * 3600)

    assert limited.headers["retry-after"] == str(23 * 3600)
    assert limited.headers["x-remaining-today"] == "0"
    assert stall.raw("GET", PING).status == 200


def test_a_refused_call_is_not_counted() -> None:
    stall = Stall(rates=(1, 2))
    for _ in range(5):
        stall.raw("GET", PING)
    stall.move(2)

    assert stall.raw("GET", PING).headers["x-remaining-today"] == "0"


def test_workers_who_call_at_once_get_no_more_than_the_second_allows() -> None:
    stall = Stall(rates=(50, 1_000))

    with ThreadPoolExecutor(8) as workers:
        made = list(workers.map(lambda _: stall.raw("GET", PING).status, range(200)))

    assert made.count(200) == 50
