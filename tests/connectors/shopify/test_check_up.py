"""A check-up says which shop it is, what is missing, and what to press; it raises for no person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Retryable
from connectors.protocol import ChecksUp, Finding, Health, Token
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.channel import SPEC
from tests.pretend_shopify import (
    CLIENT_ID,
    CLIENT_SECRET,
    NOW,
    TOKEN,
    Hands,
    connect,
    open_store,
)

APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture
def store() -> Iterator[Storefront]:
    made = open_store(Hands())
    made.add_location("Madrid")
    yield made
    made.close()


def found(
    store: Storefront, *, now: datetime = NOW, version: str = ""
) -> dict[str, Finding]:
    settings = {"api_version": version} if version else {}
    health = connect(store, settings=settings).check_up(now=now)
    return {one.code: one for one in health.findings}


def test_a_connection_in_order_names_its_shop_and_finds_nothing_to_press(
    store: Storefront,
) -> None:
    channel = connect(store)

    health = channel.check_up(now=NOW)

    assert isinstance(channel, ChecksUp)
    assert (health.shop_ref, health.shop_name) == (str(store.shop.id), "Taller")
    assert health.version_served == SPEC.api_version
    assert health.granted is not None
    assert health.granted >= SPEC.scopes
    assert [one.code for one in health.findings if one.way_out] == []


@pytest.mark.parametrize("scope", sorted(SPEC.scopes))
def test_each_missing_right_says_what_stops_and_what_to_press(
    store: Storefront, scope: str
) -> None:
    others = {one for one in SPEC.scopes if one.removeprefix("write_") not in scope}
    store.scopes = (SPEC.scopes & others) - {scope}

    finding = found(store)[f"scope_missing:{scope}"]

    assert scope in finding.words
    assert "cannot" in finding.words
    assert "Versions" in finding.way_out
    assert scope in finding.way_out


def test_to_write_a_thing_is_to_read_it(store: Storefront) -> None:
    store.scopes = frozenset({"write_orders", *SPEC.scopes} - {"read_orders"})

    assert "scope_missing:read_orders" not in found(store)


def test_the_short_history_is_said_and_asks_for_nothing(store: Storefront) -> None:
    assert found(store)["history_60_days"].way_out == ""

    store.scopes = store.scopes | {"read_all_orders"}

    assert "history_60_days" not in found(store)


def test_another_version_than_asked_for_is_a_finding(store: Storefront) -> None:
    store.faults.add(Fault(kind="fall_forward", version="2027-01", times=None))

    assert "2027-01" in found(store)["version_served"].words


@pytest.mark.parametrize(
    "now, codes",
    [
        (datetime(2027, 1, 1, tzinfo=UTC), set()),
        (datetime(2027, 2, 1, tzinfo=UTC), {"version_old"}),
    ],
)
def test_a_version_near_its_end_is_said_in_time(
    store: Storefront, now: datetime, codes: set[str]
) -> None:
    said = found(store, now=now, version="2026-04")

    assert {code for code in said if code.startswith("version")} == codes


def test_people_the_shop_withholds_are_noticed(store: Storefront) -> None:
    store.place_order([Wanted(title="Soap", price="1.00")])
    assert "protected_data" not in found(store)

    store.sees_people = False

    assert "Protected customer data" in found(store)["protected_data"].way_out


def test_people_the_shop_refuses_to_show_are_noticed(store: Storefront) -> None:
    store.faults.add(Fault(kind="access_denied", operation="CheckUpPeople"))

    assert "protected_data" in found(store)


def test_a_shop_without_a_place_to_send_from_is_noticed() -> None:
    bare = open_store(Hands())

    assert "no_location" in found(bare)
    bare.close()


@pytest.mark.parametrize(
    "kind, code",
    [
        ("unauthorised", "token_refused"),
        ("payment_required", "shop_closed"),
        ("locked", "shop_closed"),
        ("forbidden", "shop_closed"),
    ],
)
def test_a_shop_that_lets_nobody_in_is_a_finding(
    store: Storefront, kind: str, code: str
) -> None:
    store.faults.add(Fault(kind=kind))

    health = connect(store).check_up(now=NOW)

    assert health.shop_ref == ""
    [finding] = health.findings
    assert (finding.code, bool(finding.way_out)) == (code, True)
    assert TOKEN not in finding.words


def test_an_account_without_a_token_yet_is_a_finding(store: Storefront) -> None:
    health = connect(store, credentials=APP).check_up(now=NOW)

    assert [one.code for one in health.findings] == ["token_refused"]


def test_a_shop_that_is_away_is_asked_later(store: Storefront) -> None:
    store.faults.add(Fault(kind="outage"))

    with pytest.raises(Retryable):
        connect(store).check_up(now=NOW)


def test_what_the_owner_allowed_is_said_to_end_before_it_does(store: Storefront) -> None:
    def checked(left: timedelta) -> Health:
        token = replace(minted, refresh="r", refresh_expires_at=NOW + left)
        return connect(store, credentials=APP, token=token).check_up(now=NOW)

    minted: Token = connect(store, credentials=APP).renew(now=NOW)
    long, short = checked(timedelta(days=80)), checked(timedelta(days=6))

    assert "sign_in_ends" not in {one.code for one in long.findings}
    assert "sign_in_ends" in {one.code for one in short.findings}
