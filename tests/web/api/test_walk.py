"""The whole walk of an order as a program sees it: every call, and what each answers."""

from tests.web.api.program import Program, entries, order_of, stock_up


def test_an_order_becomes_a_run_a_lot_and_a_parcel(soap_maker: Program) -> None:
    order = soap_maker.post("/orders", order_of(4, number="T-100"))
    soap_maker.plan()

    waiting = soap_maker.get(f"/orders/{order.id}").json
    assert (waiting["phase"], waiting["hold_reasons"]) == (
        "waiting_for_materials",
        ["short"],
    )
    assert waiting["shortages"] == [
        {
            "item": "LYE",
            "quantity": {"amount": "1000", "unit": "g"},
            "reason": "no_stock",
            "expected_on": None,
            "covered": [],
        },
        {
            "item": "OIL",
            "quantity": {"amount": "2000", "unit": "ml"},
            "reason": "no_stock",
            "expected_on": None,
            "covered": [],
        },
    ]

    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders?state=planned").items
    assert (run["item"], run["batches"]) == ("SOAP", 1)
    assert run["orders"] == [
        {
            "id": order.id,
            "number": "T-100",
            "planned": {"amount": "4", "unit": "each"},
            "done": {"amount": "0", "unit": "each"},
        }
    ]

    path = f"/production-orders/{run['id']}"
    assert soap_maker.post(f"{path}/release").json["state"] == "released"
    assert soap_maker.post(f"{path}/start").json["state"] == "running"
    used = {"item": "LYE", "lot": "LYE-A", "quantity": {"amount": "1.1", "unit": "kg"}}
    made = {"amount": "9", "unit": "each"}
    lot = soap_maker.post(
        f"{path}/finish",
        {"produced": made, "consumed": [used], "scrap": {"amount": "1", "unit": "each"}},
    ).json
    assert (lot["item"], lot["on_hand"]) == ("SOAP", made)
    soap_maker.plan()

    ready = soap_maker.get(f"/orders/{order.id}").json
    [line] = entries(ready, "lines")
    [demand] = entries(line, "demands")
    assert ready["phase"] == "ready_to_ship"
    assert demand["allocated"] == {"amount": "4", "unit": "each"}
    assert entries(demand, "linked")[0]["done"] == {"amount": "4", "unit": "each"}

    parcel = soap_maker.post(
        "/shipments", {"order": "T-100", "carrier": "Correos", "tracking_number": "PK1"}
    )
    assert (parcel.json["state"], parcel.json["order"]) == (
        "shipped",
        {"id": order.id, "number": "T-100"},
    )
    soap_maker.post(f"/shipments/{parcel.id}/delivered")

    done = soap_maker.get(f"/orders/{order.id}").json
    assert (done["phase"], entries(done, "lines")[0]["shipped"]) == ("delivered", 4)
    assert soap_maker.get("/invariants").json == {"violations": []}


def test_a_lot_is_traced_from_its_supplier_to_its_buyer_and_back(
    soap_maker: Program,
) -> None:
    order = soap_maker.post("/orders", order_of(4, number="T-100"))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items
    soap_maker.post(f"/production-orders/{run['id']}/start")
    soap = soap_maker.post(f"/production-orders/{run['id']}/finish")
    soap_maker.plan()
    parcel = {"order": order.id, "carrier": "Correos", "tracking_number": "PK1"}
    soap_maker.post("/shipments", parcel)
    [lye] = soap_maker.get("/lots?item=LYE").items

    forward = soap_maker.get(f"/lots/{lye['id']}/trace?direction=forward").json
    backward = soap_maker.get(f"/lots/{soap.id}/trace?direction=backward").json

    kinds = [node["kind"] for node in entries(forward, "nodes")]
    assert kinds == ["lot", "production_order", "lot", "shipment", "order"]
    assert entries(forward, "edges")[0] == {
        "source": f"lot:{lye['id']}",
        "target": f"production_order:{run['id']}",
        "quantity": {"amount": "1000", "unit": "g"},
    }
    [reached] = entries(forward, "orders")
    assert (reached["id"], reached["state"]) == (order.id, "shipped")
    labels = {node["label"] for node in entries(backward, "nodes")}
    assert {"LYE-A", "OIL-A"} <= labels


def test_a_recall_names_the_orders_that_only_hold_a_part_so_far(
    soap_maker: Program,
) -> None:
    order = soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items
    soap_maker.post(f"/production-orders/{run['id']}/start")
    soap = soap_maker.post(f"/production-orders/{run['id']}/finish")

    trace = soap_maker.get(f"/lots/{soap.id}/trace").json

    [meant] = entries(trace, "orders")
    assert (meant["id"], meant["state"]) == (order.id, "reserved")


def test_a_lot_put_aside_is_no_longer_available_until_it_is_released(
    soap_maker: Program,
) -> None:
    stock_up(soap_maker)
    [lot] = soap_maker.get("/lots?item=LYE").items
    path = f"/lots/{lot['id']}"

    aside = soap_maker.post(f"{path}/quarantine", {"reason": "smells odd"}).json
    item = soap_maker.get("/items/LYE").json

    assert (aside["state"], aside["holders"]) == ("quarantined", [])
    assert item["on_hand"] == {"amount": "1500", "unit": "g"}
    assert item["available"] == {"amount": "0", "unit": "g"}
    assert soap_maker.post(f"{path}/release").json["state"] == "available"
    assert soap_maker.post(f"{path}/recall").json["state"] == "recalled"
    assert soap_maker.call("POST", f"{path}/release", {}).status == 409
