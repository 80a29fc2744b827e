"""Listings by the API: what waits to be mapped, what a mapping moves, whose stock is told."""

from tests.web.api.program import Program, entries, order_of


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
