"""The contract of the API, line by line: what programs rely on from the first release."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.intake.accept import accept
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.people import ApiToken
from tests.factories import NOW
from tests.web.api.program import SHOP, Json, Program, entries, order_of, stock_up
from tests.web.ports import StandingClock, Woken

TOKEN_USED = select(ApiToken.last_used_at)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


# Conventions -----------------------------------------------------------------------------


def test_a_list_has_items_and_next_and_begins_with_the_newest(owner: Program) -> None:
    for code in ("A", "B", "C"):
        owner.post(
            "/items", {"code": code, "name": code, "kind": "product", "unit": "each"}
        )

    first = owner.get("/items?limit=2").json
    rest = owner.get(f"/items?limit=2&cursor={first['next']}").json

    codes = [item["code"] for item in entries(first, "items")]
    assert codes == ["C", "B"]
    assert [item["code"] for item in entries(rest, "items")] == ["A"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/channels",
        "/items",
        "/recipes",
        "/work-centres",
        "/lots",
        "/listings",
        "/orders",
        "/production-orders",
        "/shipments",
        "/inbound-messages",
        "/outbound-messages",
    ],
)
def test_every_list_of_nothing_is_an_empty_list(owner: Program, path: str) -> None:
    assert owner.get(path).json == {"items": [], "next": None}


def test_times_are_rfc_3339_in_utc_and_quantities_decimal_text(soap_maker: Program) -> None:
    stock_up(soap_maker)

    [lot] = soap_maker.get("/lots?item=LYE").items

    assert RFC3339.fullmatch(cast(str, lot["received_at"]))
    assert lot["on_hand"] == {"amount": "1500", "unit": "g"}


def test_a_problem_says_what_is_wrong_and_carries_the_id_of_the_request(
    owner: Program,
) -> None:
    answer = owner.call("POST", "/items", {"code": "X"})

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json.keys() == {
        "type",
        "title",
        "status",
        "detail",
        "errors",
        "request_id",
    }
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_parameter_left_empty_counts_as_not_there(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of())

    assert len(soap_maker.get("/orders?phase=&channel=&external_id=&q=").items) == 1


def test_a_field_that_is_null_counts_as_not_there(soap_maker: Program) -> None:
    customer = {"name": "Ana Gil", "email": None}
    nulls = {"customer": customer, "ship_to": None, "requested_on": None, "number": None}
    order = soap_maker.post("/orders", order_of() | nulls)

    lacking = soap_maker.call("POST", "/orders", order_of() | {"customer": None})

    assert order.json["number"] == "H-0001"
    assert (lacking.status, lacking.fields) == (422, ["customer"])


# Channels --------------------------------------------------------------------------------


def test_a_shop_is_connected_in_shadow_and_told_where_to_send_its_messages(
    owner: Program,
) -> None:
    answer = owner.call("POST", "/channels", SHOP)

    assert answer.status == 201
    assert (answer.json["channel"], answer.json["mode"]) == ("shopify", "shadow")
    url = cast(str, answer.json["webhook_url"])
    assert re.fullmatch(r"http://localhost/webhooks/shopify/[A-Za-z0-9_-]{20,}", url)


def test_a_secret_never_comes_out_again(owner: Program) -> None:
    made = owner.post("/channels", SHOP)

    answers = [made, owner.get(f"/channels/{made.id}"), owner.get("/channels")]

    for answer in [*answers, owner.get(f"/channels/{made.id}/health")]:
        assert "shpat_0123456789abcdef" not in answer.text
        assert "a-secret-of-the-shop" not in answer.text


def test_a_channel_goes_live_and_single_capabilities_are_switched(owner: Program) -> None:
    made = owner.post("/channels", SHOP)

    change = {"mode": "live", "capabilities": {"hold": False}}
    answer = owner.call("PATCH", f"/channels/{made.id}", change)

    assert (answer.status, answer.json["mode"]) == (200, "live")
    switches = cast("dict[str, bool]", answer.json["capabilities"])
    assert (switches["hold"], switches["fulfil"]) == (False, True)


def test_the_health_of_a_channel_counts_what_waits_and_lists_what_hangs(
    owner: Program,
) -> None:
    made = owner.post("/channels", SHOP)
    hold_a_message(owner, account_id=int(made.id))

    health = owner.get(f"/channels/{made.id}/health").json

    assert health["inbound"] == {"waiting": 0, "held": 1, "dead": 0, "done": 0}
    assert health["open_drift"] == []
    assert health["missing_scopes"] is None
    assert health["last_in_at"] is None
    [stuck] = entries(health, "stuck")
    assert (stuck["what"], stuck["error_class"]) == ("orders/create", "PayloadError")


# Items, recipes, lots --------------------------------------------------------------------


def test_an_item_shows_its_five_figures(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)

    lye = soap_maker.get("/items/LYE").json
    soap = soap_maker.get("/items/SOAP").json

    assert lye["on_hand"] == {"amount": "1500", "unit": "g"}
    assert lye["reserved"] == {"amount": "1000", "unit": "g"}
    assert lye["available"] == {"amount": "500", "unit": "g"}
    assert soap["incoming"] == {"amount": "10", "unit": "each"}
    assert soap["available_to_promise"] == {"amount": "6", "unit": "each"}


def test_an_item_that_open_orders_lack_promises_nothing(soap_maker: Program) -> None:
    lye = {"item": "LYE", "quantity": {"amount": "500", "unit": "g"}}
    soap_maker.post("/lots", lye)
    soap_maker.post("/orders", order_of(4))
    soap_maker.plan()

    figures = soap_maker.get("/items/LYE").json

    assert figures["on_hand"] == {"amount": "500", "unit": "g"}
    assert figures["available_to_promise"] == {"amount": "0", "unit": "g"}


def test_an_item_is_named_by_its_code_whatever_is_in_it(owner: Program) -> None:
    code = "SOAP/50 g ñ"
    owner.post("/items", {"code": code, "name": "Soap", "kind": "product", "unit": "each"})

    answer = owner.get("/items/SOAP%2F50%20g%20%C3%B1")

    assert (answer.id, answer.json["code"]) == (code, code)


def test_every_setting_of_an_item_comes_back(owner: Program) -> None:
    sent: Json = {
        "code": "OIL",
        "name": "Olive oil",
        "kind": "material",
        "unit": "ml",
        "policy": "make_to_stock",
        "shelf_life_days": 540,
        "min_remaining_days": 30,
        "lead_time_days": 7,
        "reorder_point": {"amount": "2", "unit": "l"},
        "safety_stock": 500,
        "density": "0.92",
        "allergens": ["none"],
    }

    answer = owner.post("/items", sent).json

    assert answer["reorder_point"] == {"amount": "2000", "unit": "ml"}
    assert answer["safety_stock"] == {"amount": "500", "unit": "ml"}
    same = sent.keys() - {"reorder_point", "safety_stock"}
    assert {name: answer[name] for name in same} == {name: sent[name] for name in same}


def test_a_recipe_takes_effect_as_the_next_version(soap_maker: Program) -> None:
    line = {
        "item": "LYE",
        "quantity": {"amount": "900", "unit": "g"},
        "waste_percent": "2.5",
    }
    recipe = {
        "item": "SOAP",
        "batch_size": {"amount": "12", "unit": "each"},
        "min_batches": 1,
        "max_batches": 4,
        "loss_percent": "5",
        "setup_minutes": 15,
        "batch_minutes": 40,
        "rest_days": 28,
        "work_centre": "KITCHEN",
        "lines": [line],
    }

    answer = soap_maker.post("/recipes", recipe)

    assert (answer.json["version"], answer.json["is_active"]) == (2, True)
    assert (answer.json["loss_percent"], answer.json["work_centre"]) == ("5", "KITCHEN")
    assert answer.json["lines"] == [line]
    [active] = soap_maker.get("/recipes?item=SOAP&active=1").items
    assert active["id"] == answer.id
    [centre] = soap_maker.get("/work-centres").items
    assert centre["open_minutes"] == [480, 480, 480, 480, 480, 0, 0]


def test_a_recipe_in_kilograms_is_kept_in_the_millilitres_of_its_item(
    soap_maker: Program,
) -> None:
    recipe = {
        "item": "SOAP",
        "batch_size": "10",
        "lines": [{"item": "OIL", "quantity": {"amount": "0.92", "unit": "kg"}}],
    }

    answer = soap_maker.post("/recipes", recipe)

    [line] = entries(answer.json, "lines")
    assert line["quantity"] == {"amount": "1000", "unit": "ml"}


def test_goods_are_received_with_all_that_is_known_of_them(soap_maker: Program) -> None:
    sent: Json = {
        "item": "LYE",
        "quantity": {"amount": "5", "unit": "kg"},
        "code": "LYE-7",
        "best_before": "2028-01-31",
        "supplier_lot": "B-99",
        "unit_cost": {"amount": "0.0123", "currency": "EUR"},
    }

    lot = soap_maker.post("/lots", sent)

    assert lot.json["on_hand"] == {"amount": "5000", "unit": "g"}
    same = ("item", "code", "best_before", "supplier_lot", "unit_cost")
    assert {name: lot.json[name] for name in same} == {name: sent[name] for name in same}
    assert soap_maker.get(f"/lots/{lot.id}").json == lot.json


# Listings --------------------------------------------------------------------------------


def test_what_nobody_mapped_waits_in_a_queue_with_suggestions(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(2, sku="SOAP-X6"))

    [listing] = soap_maker.get("/listings?state=unmapped").items

    assert (listing["channel"], listing["sku"], listing["waiting_orders"]) == (
        "manual",
        "SOAP-X6",
        1,
    )
    [suggestion] = entries(listing, "suggestions")
    assert suggestion["components"] == [
        {"item": "SOAP", "quantity": {"amount": "6", "unit": "each"}}
    ]
    kinds = [reason["kind"] for reason in entries(suggestion, "reasons")]
    assert {"sku_stem", "pack"} <= set(kinds)


def test_a_saved_mapping_moves_the_orders_that_waited(soap_maker: Program) -> None:
    order = soap_maker.post("/orders", order_of(2, sku="SOAP-X6"))
    [listing] = soap_maker.get("/listings?state=unmapped").items
    pack = {"components": [{"item": "SOAP", "quantity": {"amount": "6", "unit": "each"}}]}

    path = f"/listings/{listing['id']}/mapping"
    answer = soap_maker.call("PUT", path, pack)

    assert answer.status == 200
    assert [each["id"] for each in entries(answer.json, "orders")] == [order.id]
    assert answer.json["demand"] == [
        {
            "item": "SOAP",
            "before": {"amount": "0", "unit": "each"},
            "after": {"amount": "12", "unit": "each"},
        }
    ]
    assert soap_maker.get("/listings?state=unmapped").items == []


def test_one_listing_s_stock_is_told_no_more_and_then_again(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(2, sku="SOAP-X6"))
    [listing] = soap_maker.get("/listings").items

    path = f"/listings/{listing['id']}/stock"
    off = soap_maker.call("PUT", path, {"publishes_stock": False})
    on = soap_maker.call("PUT", path, {"publishes_stock": True})

    assert listing["publishes_stock"] is True
    assert (off.status, off.json["publishes_stock"]) == (200, False)
    assert on.json == listing


def test_a_dry_run_of_a_mapping_says_the_same_and_changes_nothing(
    soap_maker: Program,
) -> None:
    soap_maker.post("/orders", order_of(2, sku="SOAP-X6"))
    [listing] = soap_maker.get("/listings?state=unmapped").items
    pack = {"components": [{"item": "SOAP", "quantity": 6}]}
    before = soap_maker.rows()

    path = f"/listings/{listing['id']}/mapping"
    rehearsed = soap_maker.call("PUT", f"{path}?dry_run=1", pack)

    assert soap_maker.rows() == before
    assert len(soap_maker.get("/listings?state=unmapped").items) == 1
    saved = soap_maker.call("PUT", path, pack)
    assert rehearsed.json | {"dry_run": False} == saved.json


def test_a_listing_that_is_not_produced_here_lets_its_orders_go(
    soap_maker: Program,
) -> None:
    order = soap_maker.post("/orders", order_of(1, sku="GIFT-WRAP"))
    [listing] = soap_maker.get("/listings?state=unmapped").items

    path = f"/listings/{listing['id']}/mapping"
    soap_maker.call("PUT", path, {"not_produced": True})

    [line] = entries(soap_maker.get(f"/orders/{order.id}").json, "lines")
    assert line["state"] == "ignored"


# Orders ----------------------------------------------------------------------------------


def test_a_typed_order_keeps_its_number_and_its_buyer(soap_maker: Program) -> None:
    sent: Json = {
        "number": "T-100",
        "customer": {"name": "Ana Gil", "email": "ana@example.com"},
        "ship_to": {"name": "Ana Gil", "line1": "Calle 1", "zip": "18009", "country": "es"},
        "requested_on": "2026-12-18",
        "lines": [
            {
                "item": "SOAP",
                "quantity": 2,
                "unit_price": {"amount": "6.50", "currency": "EUR"},
            }
        ],
    }

    made = soap_maker.call("POST", "/orders", sent)

    assert made.status == 201
    assert (made.json["number"], made.json["channel"]) == ("T-100", "manual")
    assert made.json["requested_on"] == "2026-12-18"
    order = soap_maker.get(f"/orders/{made.id}").json
    assert order["customer"] == {
        "id": "1",
        "name": "Ana Gil",
        "email": "ana@example.com",
        "phone": "",
        "min_remaining_days": 0,
    }
    ship_to = cast("dict[str, str]", order["ship_to"])
    assert (ship_to["postcode"], ship_to["country"]) == ("18009", "ES")
    [line] = entries(order, "lines")
    assert (line["sku"], line["title"], line["ordered"], line["state"]) == (
        "SOAP",
        "Soap",
        2,
        "mapped",
    )
    assert line["unit_price"] == {"amount": "6.50", "currency": "EUR"}


def test_an_order_without_a_number_is_given_one(soap_maker: Program) -> None:
    made = soap_maker.post("/orders", order_of())

    assert made.json["number"] == "H-0001"
    assert soap_maker.get("/orders/H-0001").id == made.id


def test_a_typed_order_came_in_by_the_same_inbox_as_all_others(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(number="T-100"))

    [message] = soap_maker.get("/inbound-messages").items

    assert (message["channel"], message["source"], message["state"]) == (
        "manual",
        "api",
        "done",
    )
    assert message["result"] == "created"


@pytest.mark.parametrize(
    "query",
    [
        "phase=new",
        "channel=manual",
        "external_id=T-2",
        "external_id=gid%3A%2F%2Fshopify%2FOrder%2FT-2",
        "q=t-2",
        "q=Berta",
        "q=berta%40example",
    ],
)
def test_an_order_is_found_by(soap_maker: Program, query: str) -> None:
    soap_maker.post("/orders", order_of(number="T-1"))
    berta = {"customer": {"name": "Berta Sol", "email": "berta@example.com"}}
    soap_maker.post("/orders", order_of(number="T-2") | berta)

    found = [order["number"] for order in soap_maker.get(f"/orders?{query}").items]

    assert "T-2" in found
    assert found == ["T-2"] or query in {"phase=new", "channel=manual"}


@pytest.mark.parametrize(
    "query", ["phase=shipped", "channel=etsy", "external_id=T-9", "q=%25"]
)
def test_an_order_is_not_found_by(soap_maker: Program, query: str) -> None:
    soap_maker.post("/orders", order_of(number="T-1"))

    assert soap_maker.get(f"/orders?{query}").items == []


def test_an_order_in_a_list_shows_where_it_is(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(number="T-1"))

    [order] = soap_maker.get("/orders").items

    assert order.keys() >= {
        "id",
        "number",
        "channel",
        "external_id",
        "phase",
        "hold_reasons",
        "placed_at",
        "promised_on",
        "earliest_on",
    }


def test_an_order_shows_how_each_line_is_covered_and_why_it_waits(
    soap_maker: Program,
) -> None:
    made = soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items

    order = soap_maker.get(f"/orders/{made.id}").json

    [line] = entries(order, "lines")
    [demand] = entries(line, "demands")
    assert (line["ordered"], line["cancelled"], line["shipped"]) == (4, 0, 0)
    assert demand["linked"] == [
        {
            "production_order": run["id"],
            "number": run["number"],
            "state": "planned",
            "planned": {"amount": "4", "unit": "each"},
            "done": {"amount": "0", "unit": "each"},
        }
    ]
    assert demand["short"] == {"amount": "0", "unit": "each"}
    promise = cast("Json", order["promise"])
    assert order["earliest_on"] is not None
    assert promise["earliest_on"] == order["earliest_on"]
    what = [event["what"] for event in entries(order, "timeline")]
    assert what[0] == "order.received"
    assert order["totals"] == {"total": None, "ordered": 4, "cancelled": 0, "shipped": 0}


def test_an_order_is_held_released_and_cancelled_with_a_reason(soap_maker: Program) -> None:
    order = soap_maker.post("/orders", order_of())
    path = f"/orders/{order.id}"

    held = soap_maker.post(f"{path}/hold", {"reason": "address unclear"}).json
    going = soap_maker.post(f"{path}/release", {"reason": "she called"}).json
    gone = soap_maker.post(f"{path}/cancel", {"reason": "changed her mind"}).json

    assert (held["intent"], held["hold_reasons"]) == ("on_hold", ["on_hold"])
    assert going["intent"] == "open"
    assert (gone["intent"], gone["phase"]) == ("cancelled", "cancelled")
    told = [(e["what"], e["why"]) for e in entries(gone, "timeline")]
    assert ("order.cancelled", "changed her mind") in told
    assert soap_maker.call("POST", f"{path}/cancel", {}).status == 409


def test_a_buyer_is_shown_only_to_who_answers_or_packs(
    soap_maker: Program, program_of: Callable[[Role], Program]
) -> None:
    order = soap_maker.post("/orders", order_of())

    seen = {
        role: program_of(role).get(f"/orders/{order.id}").json["customer"] for role in Role
    }

    assert {role for role, customer in seen.items() if customer} == {
        Role.OWNER,
        Role.PLANNER,
        Role.PACKER,
    }
    assert program_of(Role.MAKER).get("/orders?q=Ana").items == []


def test_what_a_write_answers_and_is_kept_for_its_repeat_names_nobody(
    soap_maker: Program,
) -> None:
    made = soap_maker.post("/orders", order_of(), Idempotency_Key="k")

    assert "Ana" not in made.text
    assert "ana@example.com" not in made.text


# Production, shipments -------------------------------------------------------------------


def test_a_production_order_shows_what_it_needs_and_for_whom(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(4))
    soap_maker.plan()

    [run] = soap_maker.get("/production-orders?state=planned&item=SOAP").items

    assert run["planned"] == {"amount": "10", "unit": "each"}
    assert run["produced"] == {"amount": "0", "unit": "each"}
    lye: dict[str, object] = {
        "item": "LYE",
        "needed": {"amount": "1000", "unit": "g"},
        "reserved": {"amount": "0", "unit": "g"},
        "consumed": {"amount": "0", "unit": "g"},
        "difference": None,
        "short": {"amount": "1000", "unit": "g"},
        "substitutes": [],
    }
    assert lye in entries(run, "materials")
    assert soap_maker.get(f"/production-orders/{run['number']}").json == run


def test_a_run_of_a_sub_recipe_names_the_order_it_works_for(soap_maker: Program) -> None:
    base = {"code": "BASE", "name": "Soap base", "kind": "intermediate", "unit": "g"}
    soap_maker.post("/items", base)
    lye = {"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}}
    soap_maker.post("/recipes", {"item": "BASE", "batch_size": 5000, "lines": [lye]})
    line = {"item": "BASE", "quantity": {"amount": "2", "unit": "kg"}}
    soap_maker.post("/recipes", {"item": "SOAP", "batch_size": 10, "lines": [line]})
    order = soap_maker.post("/orders", order_of(4))
    soap_maker.plan()

    [run] = soap_maker.get("/production-orders?item=BASE").items

    [served] = entries(run, "orders")
    assert (served["id"], served["planned"]) == (order.id, None)
    [parent] = entries(run, "for_production_orders")
    [soap] = soap_maker.get("/production-orders?item=SOAP").items
    assert parent == {"id": soap["id"], "number": soap["number"]}


def test_a_run_that_lacks_materials_says_which_when_it_is_started(
    soap_maker: Program,
) -> None:
    soap_maker.post("/orders", order_of(4))
    soap_maker.plan()
    [run] = soap_maker.get("/production-orders").items

    answer = soap_maker.call("POST", f"/production-orders/{run['id']}/start")

    assert answer.status == 409
    assert "Lye" in cast(str, answer.json["detail"])


def test_a_cancelled_run_gives_back_what_it_held(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items

    path = f"/production-orders/{run['id']}/cancel"
    answer = soap_maker.post(path, {"reason": "kettle broke"})

    assert answer.json["state"] == "cancelled"
    assert soap_maker.get("/items/LYE").json["reserved"] == {"amount": "0", "unit": "g"}


def test_an_order_and_a_run_that_have_nothing_in_common_any_more_do_not_name_each_other(
    soap_maker: Program,
) -> None:
    gone = soap_maker.post("/orders", order_of(2))
    soap_maker.post("/orders", order_of(3))
    soap_maker.plan()
    soap_maker.post(f"/orders/{gone.id}/cancel")
    soap_maker.plan()

    [run] = soap_maker.get("/production-orders").items
    order = soap_maker.get(f"/orders/{gone.id}").json

    assert gone.id not in [each["id"] for each in entries(run, "orders")]
    [line] = entries(order, "lines")
    assert [demand["linked"] for demand in entries(line, "demands")] == [[]]


def test_a_run_of_which_all_was_lost_has_no_lot(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items
    path = f"/production-orders/{run['id']}"
    soap_maker.post(f"{path}/start")

    lost = {"produced": 0, "scrap": 10}
    answer = soap_maker.call("POST", f"{path}/finish", lost)

    assert (answer.status, answer.text) == (204, "")


def test_a_part_of_an_order_is_shipped_by_naming_lines_and_pieces(
    soap_maker: Program,
) -> None:
    soap_maker.post("/lots", {"item": "SOAP", "quantity": 10, "code": "S-A"})
    order = soap_maker.post("/orders", order_of(4))
    soap_maker.plan()
    [line] = entries(soap_maker.get(f"/orders/{order.id}").json, "lines")

    parcel = soap_maker.call(
        "POST",
        "/shipments",
        {
            "order": order.id,
            "lines": [{"line": line["id"], "quantity": 3}],
            "carrier": "Correos",
            "tracking_number": "PK1",
            "tracking_url": "https://example.com/PK1",
            "notify": False,
        },
    )

    assert parcel.status == 201
    [sent] = entries(parcel.json, "lines")
    assert (sent["line"], sent["quantity"]) == (line["id"], 3)
    [pick] = entries(sent, "lots")
    assert pick["code"] == "S-A"
    assert parcel.json["notify"] is False
    assert soap_maker.get(f"/orders/{order.id}").json["phase"] == "partly_shipped"
    assert [p["id"] for p in soap_maker.get(f"/shipments?order={order.id}").items] == [
        parcel.id
    ]


# Messages --------------------------------------------------------------------------------


def hold_a_message(program: Program, *, account_id: int) -> int:
    """Write down a message that a person must look at."""

    def work(session: Session) -> int:
        done = accept(
            session,
            account_id=account_id,
            topic="orders/create",
            message_id="m-1",
            body=b"{}",
            headers={},
            source="webhook",
            now=NOW,
        )
        message = session.get_one(InboundMessage, done.id)
        message.state, message.error_class, message.last_error = (
            "held",
            "PayloadError",
            "odd",
        )
        message.done_at = NOW
        return message.id

    return program.ports.database.run(work)


def test_a_held_message_is_listed_and_replayed(owner: Program, woken: Woken) -> None:
    channel = owner.post("/channels", SHOP)
    message_id = hold_a_message(owner, account_id=int(channel.id))
    [held] = owner.get("/inbound-messages?state=held").items

    again = owner.call("POST", f"/inbound-messages/{message_id}/replay")

    assert (held["error_class"], held["attempts"], held["state"]) == (
        "PayloadError",
        0,
        "held",
    )
    assert (again.status, again.json["state"]) == (201, "waiting")
    assert again.json["replay_of"] == str(message_id)
    assert "read_messages" in woken.kinds
    assert owner.call("POST", f"/inbound-messages/{again.id}/replay").status == 409


def test_a_message_that_was_given_up_is_tried_again(owner: Program, woken: Woken) -> None:
    channel = owner.post("/channels", SHOP)
    with owner.ports.database.begin() as session:
        message = OutboundMessage(
            account_id=int(channel.id),
            kind="fulfil",
            idempotency_key="fulfil:1",
            payload={},
            state="dead",
            next_try_at=NOW,
            created_at=NOW,
            done_at=NOW,
            error_class="Rejected",
        )
        session.add(message)
    [dead] = owner.get("/outbound-messages?state=dead").items

    again = owner.post(f"/outbound-messages/{dead['id']}/retry")

    assert (dead["kind"], dead["remote_ref"]) == ("fulfil", "")
    assert again.json["state"] == "waiting"
    assert "push" in woken.kinds
    assert owner.call("POST", f"/outbound-messages/{dead['id']}/retry").status == 409


# Around every call -----------------------------------------------------------------------


def test_a_write_wakes_the_planner_and_a_look_wakes_nobody(
    soap_maker: Program, woken: Woken
) -> None:
    woken.kinds.clear()
    soap_maker.get("/orders")
    assert woken.kinds == []

    soap_maker.post("/orders", order_of())

    assert woken.kinds == ["plan", "push"]


def test_the_last_use_of_a_token_is_written_at_most_once_an_hour(
    owner: Program, clock: StandingClock
) -> None:
    def used_at() -> object:
        with owner.ports.database.reading() as session:
            return session.execute(TOKEN_USED).scalar_one()

    owner.get("/items")
    first = used_at()
    clock.time = NOW + timedelta(minutes=59)
    owner.get("/items")
    soon = used_at()
    clock.time = NOW + timedelta(minutes=61)
    owner.get("/items")

    assert (first, soon) == (NOW, NOW)
    assert used_at() == NOW + timedelta(minutes=61)
