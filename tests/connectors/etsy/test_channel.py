"""Etsy as a channel, from end to end against the pretended shop."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from connectors.errors import (
    AuthExpired,
    CursorExpired,
    NotFound,
    RateLimited,
    Retryable,
    SignatureInvalid,
    Unsupported,
)
from connectors.etsy.channel import SPEC, Etsy
from connectors.protocol import PORT_OF, CatalogueItem, Change, Token
from connectors.registry import CHANNELS
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.etsy.wanted import Wanted
from connectors.sandbox.faults import Fault
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from connectors.spec import Capability
from mapping.canonical import Line, LineKind, Money, Payment, Release
from mapping.listing import listing_ref
from tests.connectors.etsy_oas import EtsyOas
from tests.pretend_etsy import (
    KEYSTRING,
    Hands,
    InProcess,
    connect,
    connection_to,
    open_shop,
)

REDIRECT = "https://hub.example/callback"
VERIFIER = "v" * 64
HOUR = timedelta(hours=1)
WHILE = timedelta(minutes=9)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def shop(hands: Hands) -> Iterator[EtsyShop]:
    made = open_shop(hands)
    made.add_listing(title="Lavender soap", sku="LAV-100", price="6.50", quantity=90)
    made.add_listing(title="Candle", vary_by={"Size": ["Small", "Large"]}, price="9.00")
    yield made
    made.close()


def all_of(etsy: Etsy, hands: Hands, stream: str, cursor: str = "") -> list[Change]:
    met, more = list[Change](), True
    while more:
        page = etsy.changes(stream, cursor=cursor, now=hands.now(), limit=2)
        met += page.changes
        cursor, more = page.cursor, page.more
    return met


def catalogue_of(etsy: Etsy, limit: int = 2) -> list[CatalogueItem]:
    found, cursor, more = list[CatalogueItem](), "", True
    while more:
        page = etsy.catalogue(cursor=cursor, limit=limit)
        found += page.items
        cursor, more = page.cursor, page.more
    return found


def test_it_is_registered_and_is_all_it_says(shop: EtsyShop) -> None:
    etsy = connect(shop)

    assert CHANNELS["etsy"].spec is SPEC
    assert all(isinstance(etsy, PORT_OF[one]) for one in SPEC.capabilities)
    assert {stream.name for stream in SPEC.streams} == {"updated", "cancelled", "unshipped"}
    assert etsy.places() == ()


# Orders ---------------------------------------------------------------------------------


def test_an_order_is_fetched_from_its_own_address(shop: EtsyShop) -> None:
    wanted = [Wanted(sku="LAV-100", quantity=2, personalisation=((5, "Name", "Sam & Co"),))]
    number, carried = shop.place_order(wanted), InProcess(shop)

    order = connect(shop, transport=carried).fetch_order(number)

    [found] = order.lines
    assert [sent.path for sent in carried.sent] == [
        f"/v3/application/shops/42/receipts/{number}"
    ]
    assert (order.payment, order.release) == (Payment.PAID, Release.READY)
    assert (found.kind, found.ordered, found.sku) == (LineKind.PRODUCT, 2, "LAV-100")
    assert found.personalisation == (("Name", "Sam & Co"),)
    assert found.unit_price == Money(minor=650, currency="EUR")


def test_a_receipt_only_the_list_knows_is_no_order(shop: EtsyShop, hands: Hands) -> None:
    ghost, etsy = shop.add_phantom([Wanted(sku="LAV-100")]), connect(shop)
    before = str(int(hands.seconds()))
    hands.move(WHILE)

    assert [one.external_id for one in all_of(etsy, hands, "updated", before)] == [ghost]
    with pytest.raises(NotFound):
        etsy.fetch_order(ghost)


@pytest.mark.parametrize("number", ["", "x", "1/../2", "0", "12345", "1" * 30])
def test_what_is_no_receipt_of_this_shop_is_not_found(shop: EtsyShop, number: str) -> None:
    with pytest.raises(NotFound):
        connect(shop).fetch_order(number)


def test_another_sellers_receipt_is_not_taken(shop: EtsyShop) -> None:
    number = shop.place_order([Wanted(sku="LAV-100")])
    etsy = connect(shop)
    shop.books.user_id += 1

    with pytest.raises(NotFound):
        etsy.fetch_order(number)


def test_a_refund_that_moves_no_time_is_met_by_the_hourly_list(
    shop: EtsyShop, hands: Hands
) -> None:
    number, etsy = shop.place_order([Wanted(sku="LAV-100", quantity=3)]), connect(shop)
    hands.move(WHILE)
    [before] = all_of(etsy, hands, "unshipped")

    shop.refund(number, "2.00")
    [after] = all_of(etsy, hands, "unshipped")

    assert before.updated_at == after.updated_at
    assert before.revision != after.revision
    assert etsy.fetch_order(number).payment is Payment.PART_REFUNDED


def test_a_cancelled_order_is_in_the_list_of_the_cancelled_alone(
    shop: EtsyShop, hands: Hands
) -> None:
    stays, goes = (shop.place_order([Wanted(sku="LAV-100")]) for _ in range(2))
    etsy = connect(shop)
    shop.cancel_order(goes)
    hands.move(WHILE)

    assert [one.external_id for one in all_of(etsy, hands, "cancelled")] == [goes]
    assert stays in {one.external_id for one in all_of(etsy, hands, "unshipped")}
    assert etsy.fetch_order(goes).release is Release.CANCELLED


def test_a_list_nobody_knows_is_said_to_be_none(shop: EtsyShop, hands: Hands) -> None:
    with pytest.raises(Unsupported):
        connect(shop).changes("inventory", cursor="", now=hands.now(), limit=9)


def test_the_past_counts_what_there_is(shop: EtsyShop, hands: Hands) -> None:
    for _ in range(5):
        shop.place_order([Wanted(sku="LAV-100")])
        hands.move(WHILE)
    since, until = hands.now() - 5 * WHILE, hands.now() - WHILE

    page = connect(shop).history(since=since, until=until, cursor="", limit=2)

    assert (len(page.changes), page.more, page.total) == (2, True, 4)


# Catalogue ------------------------------------------------------------------------------


def test_the_catalogue_names_things_as_an_orders_lines_do(shop: EtsyShop) -> None:
    candle = next(row for row in shop.listings() if row["title"] == "Candle")
    number = shop.place_order(
        [
            Wanted(sku="LAV-100"),
            Wanted(listing_id=str(candle["id"]), values=("Large",)),
        ]
    )
    etsy = connect(shop)

    sold = {listing_ref(line).key for line in etsy.fetch_order(number).lines}
    listed = {
        listing_ref(
            Line(
                external_id="",
                kind=LineKind.PRODUCT,
                title=item.title,
                ordered=0,
                sku=item.sku,
                product_id=item.product_id,
                variant_id=item.variant_id,
                variant_title=item.variant_title,
            )
        ).key
        for item in catalogue_of(etsy, limit=1)
    }

    assert sold < listed
    assert len(listed) == 3


def test_products_of_one_sku_are_one_thing_and_downloads_are_none(shop: EtsyShop) -> None:
    shop.add_listing(title="Pattern", sku="PDF", price="4.00", digital=True)
    shop.add_listing(title="Old soap", sku="OLD", price="1.00", state="sold_out")

    found = catalogue_of(connect(shop))

    assert {(item.sku, item.variant_title, item.is_active) for item in found} == {
        ("LAV-100", "", True),
        ("", "Small", True),
        ("", "Large", True),
        ("OLD", "", True),
    }
    assert {item.price.currency for item in found if item.price} == {"EUR"}


def test_a_catalogue_that_moves_while_it_is_read_is_read_anew(shop: EtsyShop) -> None:
    etsy = connect(shop)
    page = etsy.catalogue(cursor="", limit=1)
    gone = page.items[0].product_id

    shop.delete_listing(gone)

    with pytest.raises(CursorExpired):
        etsy.catalogue(cursor=page.cursor, limit=1)


@pytest.mark.parametrize("cursor", ["x", "9:1:1", "0:x:1", "0", ":"])
def test_a_place_in_no_catalogue_begins_again(shop: EtsyShop, cursor: str) -> None:
    with pytest.raises(CursorExpired):
        connect(shop).catalogue(cursor=cursor, limit=1)


# How it is ------------------------------------------------------------------------------


def codes(etsy: Etsy, hands: Hands) -> list[str]:
    return [finding.code for finding in etsy.check_up(now=hands.now()).findings]


def test_a_sound_connection_has_no_findings(shop: EtsyShop, hands: Hands) -> None:
    shop.place_order([Wanted(sku="LAV-100")])

    health = connect(shop).check_up(now=hands.now())

    assert (health.shop_ref, health.shop_name) == ("42", "CeraYSal")
    assert (health.granted, health.cannot) == (SPEC.scopes, frozenset())
    assert (health.findings, health.version_served) == ((), "v3")


def test_a_scope_that_is_missing_is_named_with_what_it_keeps_us_from(
    shop: EtsyShop, hands: Hands
) -> None:
    shop.narrow_scopes(SPEC.scopes - {"transactions_w", "listings_w"})

    health = connect(shop).check_up(now=hands.now())

    assert {finding.code for finding in health.findings} == {
        "scope_missing:transactions_w",
        "scope_missing:listings_w",
    }
    assert health.cannot == {Capability.FULFIL, Capability.STOCK}
    assert all(finding.words and finding.way_out for finding in health.findings)


def test_withheld_addresses_tell_that_tracking_is_refused_too(
    shop: EtsyShop, hands: Hands
) -> None:
    shop.place_order([Wanted(sku="LAV-100")])
    shop.deny()

    health = connect(shop).check_up(now=hands.now())

    assert health.cannot == {Capability.FULFIL}
    assert [finding.code for finding in health.findings] == ["addresses_withheld"]
    assert not [
        sent for sent in shop.requests() if sent["operation"] == "createReceiptShipment"
    ]


def test_a_shop_without_parcels_says_nothing_of_addresses(
    shop: EtsyShop, hands: Hands
) -> None:
    shop.deny()

    assert codes(connect(shop), hands) == []


def test_a_token_of_another_shop_is_a_finding(shop: EtsyShop, hands: Hands) -> None:
    etsy = connect(shop, settings={"shop_id": "43"})

    assert "shop_changed" in codes(etsy, hands)


def test_a_revoked_token_and_a_wrong_key_are_findings_and_no_errors(
    shop: EtsyShop, hands: Hands
) -> None:
    wrong = {"keystring": KEYSTRING, "shared_secret": "another-secret"}
    by_key = codes(connect(shop, credentials=wrong), hands)
    shop.revoke_tokens()

    by_token = connect(shop).check_up(now=hands.now())

    assert by_key == ["reconnect"]
    assert "reconnect" in {finding.code for finding in by_token.findings}
    assert shop.access_token not in repr(by_token)


def test_who_is_not_let_in_yet_is_told_what_to_press(shop: EtsyShop, hands: Hands) -> None:
    connection = connection_to(shop)
    bare = type(connection)(
        settings=connection.settings, credentials=connection.credentials
    )

    assert codes(Etsy(bare, transport=InProcess(shop)), hands) == ["reconnect"]


@pytest.mark.parametrize("days_left,is_told", [(15, True), (16, False), (-1, True)])
def test_a_permission_that_ends_soon_is_told_at_75_days(
    shop: EtsyShop, hands: Hands, days_left: int, is_told: bool
) -> None:
    ends = hands.now() + timedelta(days=days_left)
    token = Token(
        value=shop.access_token, expires_at=None, refresh="r", refresh_expires_at=ends
    )

    assert ("permission_ends" in codes(connect(shop, token=token), hands)) is is_told


def test_etsy_having_a_bad_day_is_no_finding(shop: EtsyShop, hands: Hands) -> None:
    shop.faults.add(Fault(kind="fail_before_apply", times=None))

    with pytest.raises(Retryable):
        connect(shop).check_up(now=hands.now())


def test_too_fast_is_told_with_a_wait(shop: EtsyShop) -> None:
    shop.faults.add(Fault(kind="rate_limited", seconds=7))

    with pytest.raises(RateLimited) as caught:
        connect(shop).fetch_order("1")

    assert caught.value.retry_after == timedelta(seconds=7)


# Being let in ---------------------------------------------------------------------------


def let_in(etsy: Etsy, shop: EtsyShop, hands: Hands) -> Token:
    page = etsy.authorise(redirect_uri=REDIRECT, state="s" * 20, verifier=VERIFIER)
    back = dict(parse_qsl(urlsplit(shop.consent(page)).query))
    return etsy.finish(
        redirect_uri=REDIRECT, verifier=VERIFIER, answer=back, now=hands.now()
    )


def test_an_owner_lets_us_in_and_the_token_is_renewed_again_and_again(
    shop: EtsyShop, hands: Hands
) -> None:
    number = shop.place_order([Wanted(sku="LAV-100")])
    token = let_in(connect(shop), shop, hands)
    used = {token.refresh}

    for _ in range(3):
        hands.move(HOUR)
        token = connect(shop, token=token).renew(now=hands.now())
        assert token.refresh not in used
        used.add(token.refresh)

    assert connect(shop, token=token).fetch_order(number).external_id == number


def test_a_refresh_token_is_good_once_and_a_code_too(shop: EtsyShop, hands: Hands) -> None:
    etsy = connect(shop)
    page = etsy.authorise(redirect_uri=REDIRECT, state="s" * 20, verifier=VERIFIER)
    back = dict(parse_qsl(urlsplit(shop.consent(page)).query))
    etsy.finish(redirect_uri=REDIRECT, verifier=VERIFIER, answer=back, now=hands.now())
    etsy.renew(now=hands.now())

    with pytest.raises(AuthExpired):
        etsy.finish(redirect_uri=REDIRECT, verifier=VERIFIER, answer=back, now=hands.now())
    with pytest.raises(AuthExpired, match="press Connect"):
        etsy.renew(now=hands.now())


def test_an_owner_who_refuses_is_told_so(shop: EtsyShop, hands: Hands) -> None:
    etsy = connect(shop)
    page = etsy.authorise(redirect_uri=REDIRECT, state="s" * 20, verifier=VERIFIER)
    back = dict(parse_qsl(urlsplit(shop.consent(page, grant=False)).query))

    with pytest.raises(AuthExpired, match="did not let"):
        etsy.finish(redirect_uri=REDIRECT, verifier=VERIFIER, answer=back, now=hands.now())


def test_the_owner_of_another_shop_does_not_connect_this_one(
    shop: EtsyShop, hands: Hands
) -> None:
    with pytest.raises(SignatureInvalid):
        let_in(connect(shop, settings={"shop_id": "43"}), shop, hands)


# On the wire ----------------------------------------------------------------------------


def test_all_of_it_works_over_sockets() -> None:
    shop = EtsyShop("42", rng=random.Random(7), background=False)
    shop.add_listing(title="Soap", sku="LAV-100", price="6.50")
    number = shop.place_order([Wanted(sku="LAV-100")])
    with serve(create_sandbox([shop])) as served:
        connection = connection_to(
            shop, settings={"base_url": served.url}, allow_loopback=True
        )
        etsy, now = Etsy(connection), shop.books.now()

        page = etsy.changes("updated", cursor="", now=now, limit=100)
        order = etsy.fetch_order(page.changes[0].external_id)
        items = etsy.catalogue(cursor="", limit=100).items
        health = etsy.check_up(now=now)
        consent = etsy.authorise(redirect_uri=REDIRECT, state="s", verifier=VERIFIER)
        token = etsy.renew(now=now)

    shop.close()
    assert (order.external_id, [item.sku for item in items]) == (number, ["LAV-100"])
    assert (health.findings, token.refresh != shop.refresh_token) == ((), True)
    assert consent.startswith(f"{served.url}/oauth/connect?")


def test_every_call_is_one_that_etsys_own_file_allows(
    vendor: Path, shop: EtsyShop, hands: Hands
) -> None:
    oas, carried = EtsyOas(vendor), InProcess(shop)
    etsy = connect(shop, transport=carried)
    number = shop.place_order([Wanted(sku="LAV-100")])
    hands.move(WHILE)

    etsy.fetch_order(number)
    for stream in SPEC.streams:
        all_of(etsy, hands, stream.name, cursor="")
    for _ in range(3):
        shop.place_order([Wanted(sku="LAV-100")])
    all_of(etsy, hands, "updated")
    etsy.history(since=hands.now() - WHILE, until=hands.now(), cursor="", limit=1)
    catalogue_of(etsy)
    etsy.check_up(now=hands.now())

    calls = [sent for sent in carried.sent if "/oauth/" not in sent.path]
    assert {oas.operation(sent.method, sent.path) is not None for sent in calls} == {True}
    for sent in calls:
        faults = oas.request_faults(
            sent.method,
            sent.path,
            query=urlencode(sent.query),
            content_type=sent.headers.get("Content-Type", ""),
            body=sent.body,
        )
        assert faults == [], sent
