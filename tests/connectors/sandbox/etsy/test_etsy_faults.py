"""Bad days at the pretend Etsy: each kind of fault does what its name says."""

import json
from typing import cast

import pytest

from connectors.sandbox.etsy.api import API_KINDS
from connectors.sandbox.faults import Fault
from connectors.sandbox.wire import Dropped
from tests.connectors.sandbox.etsy.stall import Stall

SHIP = "createReceiptShipment"


def ship(stall: Stall, order: str) -> tuple[int, object]:
    """Submit tracking; 0 when nothing is answered."""
    try:
        return stall.track(order, tracking_code="1", carrier_name="gls")
    except Dropped as gone:
        return 0, gone.seconds


@pytest.mark.parametrize(
    "kind, status, mails",
    [
        ("drop_after_apply", 0, 1),
        ("drop_before_apply", 0, 0),
        ("fail_after_apply", 503, 1),
        ("fail_before_apply", 503, 0),
        ("forbidden", 403, 0),
        ("hang_after_apply", 0, 1),
        ("outage", 503, 0),
        ("rate_limited", 429, 0),
        ("slow", 200, 1),
        ("unauthorised", 401, 0),
        ("apply_late", 0, 0),
    ],
)
def test_a_fault_strikes_once_and_applies_or_not(
    stall: Stall, kind: str, status: int, mails: int
) -> None:
    order = stall.order(SOAP=1)
    stall.shop.faults.add(Fault(kind=kind, operation=SHIP))

    stall.receipt(order)  # another operation is spared
    struck = ship(stall, order)[0]

    assert (struck, len(stall.shop.mails())) == (status, mails)
    assert stall.shop.requests()[-1]["fault"] == kind
    assert ship(stall, order)[0] == 200


def test_every_kind_is_tried_above_but_garbage() -> None:
    [mark] = [
        m
        for m in test_a_fault_strikes_once_and_applies_or_not.pytestmark  # type: ignore[attr-defined]
        if m.name == "parametrize"
    ]

    assert {case[0] for case in mark.args[1]} == API_KINDS - {"garbage"}


def test_what_is_applied_late_is_applied_then(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    stall.shop.faults.add(Fault(kind="apply_late", operation=SHIP, seconds=5))
    ship(stall, order)

    [(seconds, act)] = stall.late
    assert callable(act)
    act()

    assert (seconds, len(stall.shop.mails())) == (5, 1)


def test_garbage_is_no_json(stall: Stall) -> None:
    stall.shop.faults.add(Fault(kind="garbage"))

    made = stall.raw("GET", "/v3/application/openapi-ping")

    assert (made.status, made.headers["Content-Type"]) == (200, "text/html")
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(made.body)


def test_a_limit_may_say_how_long_or_not(stall: Stall) -> None:
    stall.shop.faults.add(Fault(kind="rate_limited", seconds=7))
    stall.shop.faults.add(Fault(kind="rate_limited"))

    with_time = stall.raw("GET", "/v3/application/openapi-ping").headers
    without = stall.raw("GET", "/v3/application/openapi-ping").headers

    assert (with_time["retry-after"], "retry-after" in without) == ("7", False)


@pytest.mark.parametrize("operation", ["token", "oauth", None])
def test_the_token_endpoint_has_bad_days_too(stall: Stall, operation: str | None) -> None:
    stall.shop.faults.add(Fault(kind="fail_before_apply", operation=operation, status=500))
    given = {"grant_type": "refresh_token", "refresh_token": stall.shop.refresh_token}

    assert stall.trade(**given)[0] == 500
    assert stall.trade(**given)[0] == 200


def test_a_refresh_whose_answer_is_lost_has_still_used_the_token_up(stall: Stall) -> None:
    stall.shop.faults.add(Fault(kind="drop_after_apply", operation="token"))
    given = {"grant_type": "refresh_token", "refresh_token": stall.shop.refresh_token}

    with pytest.raises(Dropped):
        stall.trade(**given)

    assert stall.trade(**given)[1]["error"] == "invalid_grant"


def test_a_conflict_can_be_had(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    stall.shop.faults.add(Fault(kind="fail_before_apply", operation=SHIP, status=409))

    assert ship(stall, order)[0] == 409


def test_shopifys_own_troubles_are_not_etsys(stall: Stall) -> None:
    with pytest.raises(ValueError, match="throttled"):
        stall.shop.faults.add(Fault(kind="throttled"))


def test_the_log_of_calls_holds_no_secret_and_no_person(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    stall.receipts(limit=1)
    stall.track(order, tracking_code="SECRET1", carrier_name="gls")

    written = json.dumps(stall.shop.requests())

    assert [row["status"] for row in stall.shop.requests()] == [200, 200]
    for word in (stall.token, stall.shop.shared_secret, "SECRET1", "Ana"):
        assert word not in written
    assert cast(list[str], [row["operation"] for row in stall.shop.requests()]) == [
        "getShopReceipts",
        SHIP,
    ]
