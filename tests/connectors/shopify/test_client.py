"""What the Admin API's answers mean; over GraphQL most refusals come with status 200."""

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from connectors.errors import (
    AuthExpired,
    ChannelError,
    Conflict,
    OutcomeUnknown,
    PayloadError,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from connectors.http import Http
from connectors.shopify.answers import Node, UserError
from connectors.shopify.client import AdminApi, api_path, covered, is_version, shop_domain
from connectors.transport import Answer, AnswerLost, NotSent
from tests.canned import CannedTransport, answered

TOKEN = "shpat_canary0123456789"
QUESTION = "{ shop { name } }"


def api_with(*answers: Answer | Exception) -> tuple[AdminApi, CannedTransport]:
    transport = CannedTransport(answers)
    origin = "https://taller.myshopify.com"
    http = Http(title="Shopify", origin=origin, transport=transport)
    return AdminApi(http=http, version="2026-10", token=TOKEN), transport


def failure(message: str, **extensions: object) -> Mapping[str, object]:
    return {"message": message, "extensions": extensions}


def test_a_document_is_sent_with_our_token_to_the_pinned_version() -> None:
    api, transport = api_with(answered({"data": {"shop": {"name": "Taller"}}}))

    data = api.execute(QUESTION, {"id": "gid://shopify/Order/1"})

    [sent] = transport.sent
    assert data == {"shop": {"name": "Taller"}}
    assert sent.url == "https://taller.myshopify.com/admin/api/2026-10/graphql.json"
    assert sent.headers["X-Shopify-Access-Token"] == TOKEN
    assert sent.content == {"query": QUESTION, "variables": {"id": "gid://shopify/Order/1"}}


def test_two_shops_at_once_each_keep_their_own_token() -> None:
    ours, to_ours = api_with(answered({"data": {}}))
    theirs = AdminApi(
        http=Http(
            title="Shopify",
            origin="https://other.myshopify.com",
            transport=(to_theirs := CannedTransport([answered({"data": {}})])),
        ),
        version="2026-07",
        token="other-token",
    )

    theirs.execute(QUESTION)
    ours.execute(QUESTION)

    assert to_ours.sent[0].headers["X-Shopify-Access-Token"] == TOKEN
    assert to_theirs.sent[0].headers["X-Shopify-Access-Token"] == "other-token"


def test_another_version_than_the_one_asked_for_is_noticed() -> None:
    api, _ = api_with(
        answered({"data": {}}, x_shopify_api_version="2026-10"),
        answered({"data": {}}, x_shopify_api_version="2027-01"),
    )

    api.execute(QUESTION)
    before = api.fell_forward
    api.execute(QUESTION)

    assert (before, api.fell_forward, api.served_version) == (False, True, "2027-01")


# Throttling ----------------------------------------------------------------------------


def throttled(**cost: object) -> Answer:
    errors = [failure("Throttled", code="THROTTLED")]
    return answered({"errors": errors, "extensions": {"cost": cost} if cost else {}})


@pytest.mark.parametrize("write", [True, False])
def test_a_throttled_question_waits_until_the_bucket_is_full_enough(write: bool) -> None:
    status = {"maximumAvailable": 2000, "currentlyAvailable": 12, "restoreRate": 100}
    api, _ = api_with(throttled(requestedQueryCost=512, throttleStatus=status))

    with pytest.raises(RateLimited) as caught:
        api.execute(QUESTION, write=write)

    assert caught.value.retry_after == timedelta(seconds=5)


@pytest.mark.parametrize(
    "available,rate,wait",
    [(12, 0, None), (12, -1, None), (600, 100, 1), (-9e9, 1, 3600)],
)
def test_an_odd_bucket_never_asks_for_an_odd_wait(
    available: float, rate: float, wait: int | None
) -> None:
    status = {"currentlyAvailable": available, "restoreRate": rate}
    api, _ = api_with(throttled(requestedQueryCost=512, throttleStatus=status))

    with pytest.raises(RateLimited) as caught:
        api.execute(QUESTION)

    assert caught.value.retry_after == (wait and timedelta(seconds=wait))


def test_a_question_dearer_than_the_whole_bucket_is_not_asked_again() -> None:
    status = {"maximumAvailable": 40, "currentlyAvailable": 40, "restoreRate": 2}
    api, _ = api_with(throttled(requestedQueryCost=51, throttleStatus=status))

    with pytest.raises(Rejected):
        api.execute(QUESTION, write=True)


def test_a_throttled_question_without_its_cost_names_no_wait() -> None:
    api, _ = api_with(throttled())

    with pytest.raises(RateLimited) as caught:
        api.execute(QUESTION)

    assert caught.value.retry_after is None


# Errors beside the data ----------------------------------------------------------------


def said(error: Mapping[str, object], **rest: object) -> Answer:
    return answered({"errors": [error], **rest})


@pytest.mark.parametrize(
    "answer,reading,writing",
    [
        pytest.param(
            said(failure("Access denied for order", code="ACCESS_DENIED")),
            PermissionDenied,
            PermissionDenied,
            id="a scope is missing",
        ),
        pytest.param(
            said(
                {
                    "message": "Access denied for fulfillmentCreate",
                    "path": ["fulfillmentCreate"],
                    "extensions": {"code": "ACCESS_DENIED"},
                },
                data={"fulfillmentCreate": None},
            ),
            PermissionDenied,
            PermissionDenied,
            id="the change itself is not allowed",
        ),
        pytest.param(
            said(
                {
                    "message": "Access denied for location",
                    "path": ["fulfillmentCreate", "fulfillment", "location"],
                    "extensions": {"code": "ACCESS_DENIED"},
                },
                data={"fulfillmentCreate": {"fulfillment": {"location": None}}},
            ),
            PermissionDenied,
            OutcomeUnknown,
            id="the change was made, telling of it is not allowed",
        ),
        pytest.param(
            said(failure("Internal error", code="INTERNAL_SERVER_ERROR")),
            Retryable,
            OutcomeUnknown,
            id="it failed inside",
        ),
        pytest.param(
            said(failure("Something new", code="BRAND_NEW"), data={"x": None}),
            Rejected,
            OutcomeUnknown,
            id="a code nobody knows, after it began",
        ),
        pytest.param(
            said(failure("Field 'x' doesn't exist", code="undefinedField")),
            Rejected,
            Rejected,
            id="the document is wrong",
        ),
        pytest.param(
            said(failure("Query cost is 1200", code="MAX_COST_EXCEEDED")),
            Rejected,
            Rejected,
            id="the document is too dear",
        ),
    ],
)
def test_an_error_beside_the_data_is_a_doubt_only_once_a_change_began(
    answer: Answer, reading: type[ChannelError], writing: type[ChannelError]
) -> None:
    api, _ = api_with(answer, answer)

    with pytest.raises(ChannelError) as read:
        api.execute(QUESTION, write=False)
    with pytest.raises(ChannelError) as written:
        api.execute(QUESTION, write=True)

    assert (type(read.value), type(written.value)) == (reading, writing)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>Bad gateway</html>",
        "null",
        "[]",
        "{}",
        '{"data": null}',
        '{"data": 5}',
        '{"errors": "Not Found"}',
        '{"errors": [5]}',
        '{"data": {}',
        "[" * 5000,
        '{"data": {"a": NaN}',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_an_answer_nobody_can_read_leaves_only_a_write_in_doubt(body: str) -> None:
    api, _ = api_with(answered(body), answered(body))

    with pytest.raises((PayloadError, Retryable)):
        api.execute(QUESTION, write=False)
    with pytest.raises(OutcomeUnknown):
        api.execute(QUESTION, write=True)


class _Name(Node):
    name: str


class _Shop(Node):
    shop: _Name


def test_an_answer_of_another_shape_says_where_and_quotes_nothing() -> None:
    body = {"data": {"shop": {"name": ["canary"]}}}
    api, _ = api_with(answered(body), answered(body))

    with pytest.raises(PayloadError) as read:
        api.ask("check_up", {}, into=_Shop)
    with pytest.raises(OutcomeUnknown):
        api.ask("check_up", {}, into=_Shop, write=True)

    assert "shop.name" in str(read.value)
    assert "canary" not in str(read.value)


def test_lost_and_unsent_questions_keep_their_meaning() -> None:
    api, _ = api_with(AnswerLost(), AnswerLost(), NotSent())

    with pytest.raises(OutcomeUnknown):
        api.execute(QUESTION, write=True)
    with pytest.raises(Retryable):
        api.execute(QUESTION, write=False)
    with pytest.raises(Retryable):
        api.execute(QUESTION, write=True)


def test_a_shop_that_is_not_there_is_to_be_connected_again() -> None:
    api, _ = api_with(answered({"errors": "Not Found"}, status=404))

    with pytest.raises(AuthExpired, match="no shop of this name"):
        api.execute(QUESTION)


# Refusals in userErrors ----------------------------------------------------------------


@pytest.mark.parametrize(
    "refused,error",
    [
        (UserError(message="is closed"), Conflict),
        (UserError(message="is closed", field=["fulfillment"]), Conflict),
        (UserError(message="bad", field=["fulfillment", "trackingInfo", "url"]), Rejected),
        (UserError(message="bad", field=["trackingInfoInput", "url"]), Rejected),
        (UserError(message="no", code="INVALID_ACCESS"), PermissionDenied),
    ],
)
def test_a_refusal_is_the_orders_state_unless_the_shop_says_otherwise(
    refused: UserError, error: type[ChannelError]
) -> None:
    api, _ = api_with()

    made = api.refusal([refused], doing="take the shipment")

    assert type(made) is error
    assert str(made).startswith("Shopify would not take the shipment")


def test_a_refusal_says_what_is_known_of_the_shops_words() -> None:
    refused = UserError(
        message="Reason notes is too long (maximum is 256 characters) at Amargura 13",
        code="INVALID_REASON",
        field=["progressReport", "reasonNotes"],
    )
    api, _ = api_with()

    assert str(api.refusal([refused], doing="do it")) == (
        "Shopify would not do it: is too long: INVALID_REASON, progressReport, reasonNotes"
    )


def test_no_error_shows_a_secret_or_a_person_even_if_the_shop_repeats_them() -> None:
    words = f"the token {TOKEN} of ana@example.com, Amargura 13, +34 958 555 013, is bad"
    api, _ = api_with(
        answered({"errors": [failure(words, code="ACCESS_DENIED")]}),
        answered(json.dumps({"errors": words}), status=401),
    )

    echoed = UserError(message=words, code=words, field=[words])
    shown = [str(api.refusal([echoed], doing="do it"))]
    for _ in range(2):
        with pytest.raises(ChannelError) as caught:
            api.execute(QUESTION)
        shown.append(f"{caught.value} {caught.value.__cause__}")

    hidden = (TOKEN, "ana@", "Amargura", "958")
    assert not any(word in one for word in hidden for one in shown)


# Names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed,domain",
    [
        ("taller.myshopify.com", "taller.myshopify.com"),
        ("Taller.MyShopify.com ", "taller.myshopify.com"),
        ("taller", "taller.myshopify.com"),
        ("https://taller.myshopify.com", "taller.myshopify.com"),
        ("taller-2.myshopify.com", "taller-2.myshopify.com"),
        ("", ""),
        ("evil.com", ""),
        ("taller.myshopify.com.evil.com", ""),
        ("evil.com/taller.myshopify.com", ""),
        ("evil.com#taller.myshopify.com", ""),
        ("evil.com?taller.myshopify.com", ""),
        ("user@taller.myshopify.com", ""),
        ("taller.myshopify.com:8443", ""),
        ("a.taller.myshopify.com", ""),
        ("-taller.myshopify.com", ""),
        ("tallér.myshopify.com", ""),
        ("taller.myshopify.com\nevil.com", ""),
        ("127.0.0.1", ""),
        ("x" * 62 + ".myshopify.com", ""),
    ],
)
def test_only_a_shops_own_domain_is_taken_for_one(typed: str, domain: str) -> None:
    assert shop_domain(typed) == domain


@pytest.mark.parametrize("version", ["2026-04", "2026-07", "2026-10", "2027-01"])
def test_a_quarter_we_can_speak_is_a_version(version: str) -> None:
    assert is_version(version)
    assert api_path(version) == f"/admin/api/{version}"


@pytest.mark.parametrize(
    "version",
    ["", "2026-01", "2025-10", "2026-11", "2026-1", "latest", "unstable", "9999-99"],
)
def test_anything_else_is_not(version: str) -> None:
    assert not is_version(version)


def test_the_right_to_write_covers_the_right_to_read() -> None:
    granted = {"write_orders", "read_products", "some-new-kind-of-scope"}

    found = covered({"read_orders", "read_products", "read_locations"}, by=granted)

    assert found == {"read_orders", "read_products"}
