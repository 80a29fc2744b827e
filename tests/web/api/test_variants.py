"""One base, many finishes, as a program writes it down and as an order asks for it."""

from typing import cast

from sqlalchemy import select

from hub.models.records.orders import OrderLine
from tests.web.api.program import Program, entries, order_of


def offer_scents(program: Program, *more: str) -> None:
    """Let soap be finished with oil, or with nothing."""
    oil = {"item": "OIL", "quantity": {"amount": "0.1", "unit": "l"}}
    program.post(
        "/recipes",
        {
            "item": "SOAP",
            "batch_size": "10",
            "lines": [{"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}}],
            "choices": [
                {"option": "Scent", "value": "Rose", "lines": [oil]},
                {"option": "Scent", "value": "None"},
                *({"option": "Scent", "value": each} for each in more),
            ],
        },
    )


def test_what_a_recipe_offers_is_shown_as_it_was_written(soap_maker: Program) -> None:
    offer_scents(soap_maker)

    [recipe] = soap_maker.get("/recipes?item=SOAP&active=1").items

    oil = {"item": "OIL", "quantity": {"amount": "100", "unit": "ml"}, "waste_percent": "0"}
    assert recipe["choices"] == [
        {"option": "Scent", "value": "Rose", "lines": [oil]},
        {"option": "Scent", "value": "None", "lines": []},
    ]


def test_a_variant_is_opened_once_with_its_recipe(soap_maker: Program) -> None:
    offer_scents(soap_maker)

    opened = soap_maker.post("/items/SOAP/variants", {"options": {"scent": "rose"}})
    found = soap_maker.post("/items/SOAP/variants", {"options": {"Scent": "Rose"}})

    assert found.json == opened.json
    assert (opened.id, opened.json["family"], opened.json["options"]) == (
        "SOAP/rose",
        "SOAP",
        {"Scent": "Rose"},
    )
    assert soap_maker.get("/items/SOAP/rose").json == opened.json
    [recipe] = soap_maker.get("/recipes?item=SOAP/rose").items
    takes = {str(line["item"]): line["quantity"] for line in entries(recipe, "lines")}
    assert takes == {
        "SOAP": {"amount": "10", "unit": "each"},
        "OIL": {"amount": "100", "unit": "ml"},
    }


def test_a_variant_may_be_finished_in_smaller_batches(soap_maker: Program) -> None:
    offer_scents(soap_maker)

    soap_maker.post(
        "/items/SOAP/variants", {"options": {"scent": "rose"}, "batch_size": "2"}
    )

    [recipe] = soap_maker.get("/recipes?item=SOAP/rose").items
    assert recipe["batch_size"] == {"amount": "2", "unit": "each"}


def test_a_listing_means_an_item_with_its_options(soap_maker: Program) -> None:
    offer_scents(soap_maker)
    soap_maker.post("/orders", order_of(4, number="T-1") | {
        "lines": [{"sku": "ROSE-SOAP", "quantity": 4}]})  # fmt: skip
    [listing] = soap_maker.get("/listings?state=unmapped").items
    part = {"item": "SOAP", "options": {"scent": "rose"}, "quantity": 1}
    path = f"/listings/{listing['id']}/mapping"

    rehearsed = soap_maker.call("PUT", f"{path}?dry_run=1", {"components": [part]})
    before = soap_maker.call("GET", "/items/SOAP/rose").status
    saved = soap_maker.call("PUT", path, {"components": [part]})
    soap_maker.plan()

    assert (rehearsed.status, before, saved.status) == (200, 404, 200)
    runs = soap_maker.get("/production-orders").items
    assert {cast(str, run["item"]) for run in runs} == {"SOAP", "SOAP/rose"}
    assert soap_maker.get("/invariants").json == {"violations": []}


def test_an_order_held_for_what_nobody_offered_goes_on_with_the_recipe_that_does(
    soap_maker: Program,
) -> None:
    offer_scents(soap_maker)
    order = soap_maker.post("/orders", order_of(4, sku="ANY-SOAP"))
    [listing] = soap_maker.get("/listings?state=unmapped").items
    with soap_maker.ports.database.begin() as session:
        line = session.scalars(select(OrderLine)).one()
        line.personalisation = [["Scent", "Lavender"]]
    path = f"/listings/{listing['id']}/mapping"
    whole = {"components": [{"item": "SOAP", "quantity": 1}]}
    soap_maker.call("PUT", path, whole | {"buyer_options": {"Scent": "Scent"}})
    held = soap_maker.get(f"/orders/{order.id}").json["hold_reasons"]

    offer_scents(soap_maker, "Lavender")

    soap_maker.plan()
    shown = soap_maker.get(f"/orders/{order.id}").json
    [line_now] = entries(shown, "lines")
    assert held == ["unmapped"]
    assert (line_now["state"], "unmapped" in cast("list[str]", shown["hold_reasons"])) == (
        "mapped",
        False,
    )
    assert soap_maker.get("/invariants").json == {"violations": []}
