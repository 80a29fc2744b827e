"""Tokens, versions and bad days, as a caller of the Admin API meets them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest

from connectors.sandbox.faults import API_KINDS, Fault
from connectors.sandbox.wire import Call, Dropped
from tests.connectors.sandbox.taller import (
    CREATE,
    Json,
    Taller,
    inside,
    sending,
)

SHOP = {"query": "{ shop { name } }"}
LOGIN: Json = {
    "grant_type": "client_credentials",
    "client_id": "sandbox-client",
    "client_secret": "shpss_sandbox",
}


def fetch_token(taller: Taller, fields: Json, *, form: bool = False) -> tuple[int, Json]:
    body = "&".join(f"{k}={v}" for k, v in fields.items()) if form else json.dumps(fields)
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    made = taller.store.answer(
        Call(
            method="POST",
            path="/admin/oauth/access_token",
            headers={"Content-Type": kind},
            body=body.encode(),
        )
    )
    return made.status, cast(Json, json.loads(made.body))


@pytest.mark.parametrize("form", [True, False])
def test_client_credentials_give_a_token_for_a_day(taller: Taller, form: bool) -> None:
    status, given = fetch_token(taller, LOGIN, form=form)

    assert (status, given["expires_in"]) == (200, 86399)
    assert "write_orders" in str(given["scope"]).split(",")
    token = str(given["access_token"])
    assert taller.call(SHOP, token=token)[0] == 200
    taller.at += timedelta(days=1)
    assert taller.call(SHOP, token=token)[0] == 401


@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "grant_type"])
def test_wrong_credentials_give_no_token(taller: Taller, wrong: str) -> None:
    status, given = fetch_token(taller, LOGIN | {wrong: "other"})

    assert status == 400
    assert "access_token" not in given


def test_a_call_without_a_good_token_is_401(taller: Taller) -> None:
    for token in ("", "shpat_other"):
        status, body, _ = taller.call(SHOP, token=token)
        assert status == 401
        assert "Invalid API key or access token" in str(body["errors"])


def test_revoked_tokens_are_dead_and_new_ones_live(taller: Taller) -> None:
    _, before = fetch_token(taller, LOGIN)

    taller.store.revoke_token()

    assert taller.call(SHOP)[0] == 401
    assert taller.call(SHOP, token=str(before["access_token"]))[0] == 401
    _, after = fetch_token(taller, LOGIN)
    assert taller.call(SHOP, token=str(after["access_token"]))[0] == 200


def test_an_uninstalled_app_gets_no_token_any_more(taller: Taller) -> None:
    taller.store.uninstall()

    assert taller.call(SHOP)[0] == 401
    assert fetch_token(taller, LOGIN) == (400, {"error": "app_not_installed"})


def test_a_dead_version_is_answered_by_the_oldest_living_one(taller: Taller) -> None:
    served = [
        taller.call(SHOP, version=version)[2]["X-Shopify-API-Version"]
        for version in ("2026-10", "2026-07", "2024-01", "unstable")
    ]

    assert served == ["2026-10", "2026-07", "2026-01", "unstable"]


@pytest.mark.parametrize("version", ["9999-99", "2026-11", "2027-04", "latest", "2026-1"])
def test_a_version_that_never_was_is_404(taller: Taller, version: str) -> None:
    assert taller.call(SHOP, version=version)[0] == 404


def test_what_is_no_graphql_request_is_refused(taller: Taller) -> None:
    bodies: list[object] = [[], {}, {"query": 3}, {**SHOP, "variables": "x"}, None]

    for body in bodies:
        status, answer, _ = taller.call(body)
        assert status == 400
        assert answer == {"errors": {"query": "Required parameter missing or invalid"}}


@pytest.mark.parametrize(
    "text,code,message",
    [
        (
            "{ shop { nope } }",
            "undefinedField",
            "Field 'nope' doesn't exist on type 'Shop'",
        ),
        ("{ nope }", "undefinedField", "Field 'nope' doesn't exist on type 'QueryRoot'"),
        (
            "{ shop(x: 1) { name } }",
            "argumentNotAccepted",
            "Field 'shop' doesn't accept argument 'x'",
        ),
        (
            "{ shop }",
            "selectionMismatch",
            "Field must have selections (field 'shop' returns Shop! but has no selections.)",
        ),
        (
            "{ order { id } }",
            "missingRequiredArguments",
            "Field 'order' is missing required arguments: id",
        ),
        (
            "{ orders(first: 1, sortKey: MOOD) { nodes { id } } }",
            "argumentLiteralsIncompatible",
            "Value 'MOOD' does not exist in 'OrderSortKeys' enum.",
        ),
    ],
)
def test_a_document_the_schema_does_not_know_is_refused_with_a_200(
    taller: Taller, text: str, code: str, message: str
) -> None:
    status, answer, _ = taller.call({"query": text})

    assert status == 200
    assert "data" not in answer
    [mistake] = cast(list[Json], answer["errors"])
    assert inside(mistake, "extensions")["code"] == code
    assert mistake["message"] == message


def test_a_document_that_is_no_graphql_is_a_parse_error(taller: Taller) -> None:
    answer = taller.ask("{ shop { name ")

    assert inside(answer, "errors", 0, "extensions")["code"] == "PARSE_ERROR"


@pytest.mark.parametrize(
    "given",
    [{}, {"fulfillment": None}, {"fulfillment": sending(1, trackingCompany="UPS")}],
    ids=["missing", "null", "a field of the old API"],
)
def test_a_variable_that_does_not_fit_is_refused(taller: Taller, given: Json) -> None:
    answer = taller.ask(CREATE, **given)

    mistake = inside(answer, "errors", 0)
    assert inside(mistake, "extensions")["code"] == "INVALID_VARIABLE"
    assert mistake["message"] == (
        "Variable $fulfillment of type FulfillmentInput! was provided invalid value"
    )


# Faults -----------------------------------------------------------------------------------


@pytest.fixture
def order(taller: Taller) -> str:
    return taller.order(SOAP=2)


def send(taller: Taller, order: str) -> tuple[int, Json, dict[str, str]]:
    """Ask to send everything of an order."""
    [asked] = taller.asked(order)
    return taller.call(
        {"query": CREATE, "variables": {"fulfillment": sending(asked["id"])}}
    )


def is_sent(taller: Taller, order: str) -> bool:
    return taller.store.order(order)["fulfillment_status"] == "FULFILLED"


@pytest.mark.parametrize(
    "kind,status",
    [
        ("rate_limited", 429),
        ("fail_before_apply", 503),
        ("unauthorised", 401),
        ("payment_required", 402),
        ("forbidden", 403),
        ("locked", 423),
        ("outage", 503),
        ("garbage", 200),
    ],
)
def test_a_refused_call_changes_nothing_and_the_next_is_served(
    taller: Taller, order: str, kind: str, status: int
) -> None:
    taller.store.faults.add(Fault(kind=kind))

    [asked] = taller.asked(order)
    made = taller.store.answer(
        Call(
            method="POST",
            path="/admin/api/2026-10/graphql.json",
            headers={"X-Shopify-Access-Token": "shpat_sandbox"},
            body=json.dumps(
                {"query": CREATE, "variables": {"fulfillment": sending(asked["id"])}}
            ).encode(),
        )
    )

    assert made.status == status
    assert not is_sent(taller, order)
    assert send(taller, order)[0] == 200
    assert is_sent(taller, order)


@pytest.mark.parametrize("seconds,header", [(2.0, "2.0"), (None, None)])
def test_429_says_when_to_come_back_only_if_told_to(
    taller: Taller, seconds: float | None, header: str | None
) -> None:
    taller.store.faults.add(Fault(kind="rate_limited", seconds=seconds))

    assert taller.call(SHOP)[2].get("Retry-After") == header


@pytest.mark.parametrize("kind", ["throttled", "user_error", "access_denied"])
def test_a_refusal_inside_a_200_changes_nothing(
    taller: Taller, order: str, kind: str
) -> None:
    taller.store.faults.add(Fault(kind=kind, message="No"))

    status, answer, _ = send(taller, order)

    assert status == 200
    assert not is_sent(taller, order)
    if kind == "user_error":
        refusal = inside(answer, "data", "fulfillmentCreate", "userErrors", 0)
        assert refusal == {"field": None, "message": "No"}
    else:
        code = {"throttled": "THROTTLED", "access_denied": "ACCESS_DENIED"}[kind]
        assert inside(answer, "errors", 0, "extensions")["code"] == code


@pytest.mark.parametrize(
    "kind,applied",
    [
        ("drop_before_apply", False),
        ("drop_after_apply", True),
        ("hang_after_apply", True),
    ],
)
def test_a_hang_up_does_not_say_whether_it_was_done(
    taller: Taller, order: str, kind: str, applied: bool
) -> None:
    taller.store.faults.add(Fault(kind=kind, operation="fulfillmentCreate", seconds=9))

    with pytest.raises(Dropped) as gone:
        send(taller, order)

    assert is_sent(taller, order) is applied
    assert gone.value.seconds == (0.0 if kind == "drop_after_apply" else 9)


def test_a_5xx_may_hide_that_it_was_done(taller: Taller, order: str) -> None:
    taller.store.faults.add(Fault(kind="fail_after_apply", status=502))

    assert send(taller, order)[0] == 502
    assert is_sent(taller, order)


def test_what_was_dropped_may_still_be_done_later(taller: Taller, order: str) -> None:
    taller.store.faults.add(Fault(kind="apply_late", seconds=5))

    with pytest.raises(Dropped):
        send(taller, order)

    assert not is_sent(taller, order)
    [(seconds, act)] = taller.late
    assert seconds == 5
    cast(Callable[[], object], act)()
    assert is_sent(taller, order)


def test_a_slow_answer_is_an_answer(taller: Taller, order: str) -> None:
    before = taller.at
    taller.store.faults.add(Fault(kind="slow", seconds=7))

    assert send(taller, order)[0] == 200
    assert (taller.at - before).total_seconds() == 7


def test_a_version_may_fall_forward_without_a_word(taller: Taller) -> None:
    taller.store.faults.add(Fault(kind="fall_forward", version="2027-01"))

    status, answer, headers = taller.call(SHOP)

    assert (status, headers["X-Shopify-API-Version"]) == (200, "2027-01")
    assert "errors" not in answer


def test_a_fault_strikes_what_it_names_as_often_as_it_says(taller: Taller) -> None:
    store = taller.store
    store.faults.add(Fault(kind="locked", operation="Heads", times=2, after=1))
    heads = {"query": "query Heads { orders(first: 1) { nodes { id } } }"}

    other = [taller.call(SHOP)[0] for _ in range(3)]
    named = [taller.call(heads)[0] for _ in range(5)]

    assert other == [200, 200, 200]
    assert named == [200, 423, 423, 200, 200]
    [standing] = store.faults.standing()
    assert standing["struck"] == 2


def test_a_fault_names_a_root_field_too_and_stands_until_cleared(taller: Taller) -> None:
    taller.store.faults.add(Fault(kind="outage", operation="shop", times=None))

    before = {taller.call(SHOP)[0] for _ in range(5)}
    taller.store.faults.clear()

    assert before == {503}
    assert taller.call(SHOP)[0] == 200


def test_chance_is_the_shops_own_dice() -> None:
    def day() -> list[int]:
        taller = Taller()
        taller.store.faults.add(Fault(kind="locked", times=None, chance=0.3))
        return [taller.call(SHOP)[0] for _ in range(50)]

    first = day()

    assert first == day()
    assert 5 < first.count(423) < 25


def test_an_outage_takes_the_tokens_with_it(taller: Taller) -> None:
    taller.store.faults.add(Fault(kind="outage", times=None))

    assert fetch_token(taller, LOGIN)[0] == 503


def test_no_fault_is_made_up() -> None:
    with pytest.raises(ValueError, match="no such fault: earthquake"):
        Fault(kind="earthquake")


@pytest.mark.parametrize("kind", sorted(API_KINDS))
def test_every_fault_on_the_list_does_something(
    taller: Taller, order: str, kind: str
) -> None:
    """A fault that looks like a good answer would prove nothing."""
    taller.store.faults.add(Fault(kind=kind, seconds=1))
    before = taller.at

    try:
        status, answer, headers = send(taller, order)
    except (Dropped, json.JSONDecodeError):
        return

    good = status == 200 and "errors" not in answer and taller.at == before
    refused = good and inside(answer, "data", "fulfillmentCreate")["userErrors"]
    assert not good or refused or headers["X-Shopify-API-Version"] != "2026-10"


def test_every_call_is_noted_without_its_secrets(taller: Taller, order: str) -> None:
    taller.store.faults.add(Fault(kind="drop_after_apply", operation="Create"))
    taller.call(SHOP)
    with pytest.raises(Dropped):
        send(taller, order)

    calls = [
        (call["operation"], call["roots"], call["status"], call["fault"])
        for call in taller.store.requests()
    ]

    assert calls == [
        ("", ("shop",), 200, None),
        ("Create", ("fulfillmentCreate",), 0, "drop_after_apply"),
    ]
    assert "shpat" not in repr(taller.store.requests())
