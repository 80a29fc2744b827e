"""Production orders and parcels by the API."""

from typing import cast

from tests.web.api.program import Program, entries, order_of, stock_up


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
