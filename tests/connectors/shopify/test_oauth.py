"""An owner lets our app in on Shopify's page, and only what Shopify signed is believed."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import shopify
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import AuthExpired, Rejected, Retryable, SignatureInvalid
from connectors.protocol import AuthorisedByPerson, Token
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.wire import Call
from connectors.shopify.channel import SPEC
from connectors.shopify.oauth import signed
from tests.pretend_shopify import (
    CLIENT_ID,
    CLIENT_SECRET,
    DOMAIN,
    NOW,
    Hands,
    connect,
    open_store,
    press,
)

APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
BACK = "https://hub.example/oauth/shopify"
HOUR = timedelta(minutes=60)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def store(hands: Hands) -> Iterator[Storefront]:
    made = open_store(hands)
    made.add_location("Madrid")
    yield made
    made.close()


def let_in(store: Storefront, *, decision: str = "grant") -> dict[str, str]:
    url = connect(store, credentials=APP).authorise(
        redirect_uri=BACK, state="a-state", verifier="unused"
    )
    assert urlsplit(url).netloc == DOMAIN
    return press(store, url, decision=decision)


def finish(store: Storefront, hands: Hands, answer: dict[str, str]) -> Token:
    return connect(store, credentials=APP).finish(
        redirect_uri=BACK, verifier="unused", answer=answer, now=hands.now()
    )


def test_an_owner_who_lets_us_in_gives_a_pair_that_runs_out(
    store: Storefront, hands: Hands
) -> None:
    answer = let_in(store)

    token = finish(store, hands, answer)

    assert isinstance(connect(store), AuthorisedByPerson)
    assert answer["state"] == "a-state"
    assert token.scopes == SPEC.scopes
    assert token.expires_at == NOW + HOUR
    assert token.refresh_expires_at == NOW + timedelta(days=90)
    assert connect(store, credentials=APP, token=token).check_up(now=NOW).shop_ref


def test_the_page_shows_what_is_asked_for(store: Storefront) -> None:
    url = connect(store, credentials=APP).authorise(
        redirect_uri=BACK, state="s", verifier="v"
    )
    parts = urlsplit(url)

    page = store.answer(Call(method="GET", path=parts.path, query=parts.query, headers={}))

    assert page.status == 200
    assert all(scope in page.body.decode() for scope in SPEC.scopes)


def test_an_owner_who_refuses_is_heard(store: Storefront, hands: Hands) -> None:
    answer = let_in(store, decision="refuse")

    with pytest.raises(AuthExpired, match="did not let us in"):
        finish(store, hands, answer)


def test_a_code_works_once(store: Storefront, hands: Hands) -> None:
    answer = let_in(store)
    finish(store, hands, answer)

    with pytest.raises(AuthExpired, match="begin again"):
        finish(store, hands, answer)


def test_a_lost_answer_means_beginning_anew(store: Storefront, hands: Hands) -> None:
    answer = let_in(store)
    store.faults.add(Fault(kind="drop_after_apply", operation="oauth"))

    with pytest.raises(Retryable):
        finish(store, hands, answer)


@pytest.mark.parametrize("name", ["code", "shop", "state", "timestamp", "host", "hmac"])
def test_what_was_changed_on_the_way_is_not_believed(
    store: Storefront, hands: Hands, name: str
) -> None:
    answer = let_in(store)
    answer[name] += "0"

    with pytest.raises(SignatureInvalid):
        finish(store, hands, answer)
    assert not [one for one in store.requests() if one["status"] == 200]


@pytest.mark.parametrize("proof", ["", "señal", "0" * 64, "\ud800"])
def test_a_proof_that_is_none_is_refused(
    store: Storefront, hands: Hands, proof: str
) -> None:
    with pytest.raises(SignatureInvalid):
        finish(store, hands, let_in(store) | {"hmac": proof})


def sign(answer: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in answer.items() if name != "hmac"}
    words = "&".join(f"{name}={plain[name]}" for name in sorted(plain)).encode()
    proof = hmac.new(CLIENT_SECRET.encode(), words, hashlib.sha256).hexdigest()
    return plain | {"hmac": proof}


def test_another_shops_answer_is_refused_though_our_app_signed_it(
    store: Storefront, hands: Hands
) -> None:
    answer = sign(let_in(store) | {"shop": "other.myshopify.com"})

    with pytest.raises(SignatureInvalid, match="another shop"):
        finish(store, hands, answer)


@pytest.mark.parametrize("away", [timedelta(hours=2), timedelta(minutes=-10)])
def test_an_answer_of_another_time_is_refused(
    store: Storefront, hands: Hands, away: timedelta
) -> None:
    answer = let_in(store)
    hands.move(away)

    with pytest.raises(SignatureInvalid, match="too old"):
        finish(store, hands, answer)


@pytest.mark.parametrize("stamp", ["", "soon", "9" * 12, "1" * 40, "١٢٣"])
def test_an_odd_time_is_refused(store: Storefront, hands: Hands, stamp: str) -> None:
    with pytest.raises(SignatureInvalid):
        finish(store, hands, sign(let_in(store) | {"timestamp": stamp}))


@given(st.dictionaries(st.text(max_size=6), st.text(max_size=12), max_size=5))
def test_a_query_is_signed_as_shopifys_own_package_signs_it(answer: dict[str, str]) -> None:
    plain = {
        name: value
        for name, value in answer.items()
        if not name.endswith("[]") and _is_utf8(name + value)
    }
    shopify.Session.setup(secret="s3cret-of-the-app")

    theirs = shopify.Session.calculate_hmac(plain)

    assert signed(plain, secret="s3cret-of-the-app") == theirs.encode()


def _is_utf8(text: str) -> bool:
    return not any(0xD800 <= ord(one) <= 0xDFFF for one in text)


def test_without_an_app_nobody_can_be_sent_to_the_page(store: Storefront) -> None:
    with pytest.raises(Rejected):
        connect(store).authorise(redirect_uri=BACK, state="s", verifier="v")
    with pytest.raises(SignatureInvalid):
        connect(store).finish(redirect_uri=BACK, verifier="v", answer={}, now=NOW)


# Renewing ------------------------------------------------------------------------------


def renew(store: Storefront, hands: Hands, token: Token) -> Token:
    return connect(store, credentials=APP, token=token).renew(now=hands.now())


def ask(store: Storefront, token: Token) -> str:
    return connect(store, credentials=APP, token=token).check_up(now=NOW).shop_ref


def test_a_pair_is_traded_for_the_next_one(store: Storefront, hands: Hands) -> None:
    first = finish(store, hands, let_in(store))
    hands.move(timedelta(minutes=50))

    second = renew(store, hands, first)

    assert second.refresh not in {"", first.refresh}
    assert second.expires_at == hands.now() + HOUR
    assert ask(store, second)


def test_a_pair_nobody_kept_is_not_missed(store: Storefront, hands: Hands) -> None:
    first = finish(store, hands, let_in(store))
    store.faults.add(Fault(kind="drop_after_apply", operation="oauth"))

    with pytest.raises(Retryable):
        renew(store, hands, first)
    second = renew(store, hands, first)

    assert ask(store, second)


def test_a_refresh_token_ends_when_its_successor_is_used(
    store: Storefront, hands: Hands
) -> None:
    first = finish(store, hands, let_in(store))
    second = renew(store, hands, first)
    assert ask(store, second)

    with pytest.raises(AuthExpired, match="let us in again"):
        renew(store, hands, first)
    assert renew(store, hands, second).refresh


def test_an_owner_who_was_away_for_ninety_days_must_let_us_in_again(
    store: Storefront, hands: Hands
) -> None:
    token = finish(store, hands, let_in(store))
    hands.move(timedelta(days=90))

    with pytest.raises(AuthExpired, match="let us in again"):
        renew(store, hands, token)


def test_a_token_without_end_that_is_refused_cannot_be_renewed(
    store: Storefront, hands: Hands
) -> None:
    lasting = Token(value="shpat_lasting", expires_at=None)

    with pytest.raises(AuthExpired, match="let us in again"):
        renew(store, hands, lasting)


def test_a_days_token_is_still_fetched_with_the_apps_id_and_secret(
    store: Storefront, hands: Hands
) -> None:
    day = connect(store, credentials=APP).renew(now=NOW)

    again = renew(store, hands, day)

    assert (day.refresh, again.refresh) == ("", "")
    assert again.value != day.value
