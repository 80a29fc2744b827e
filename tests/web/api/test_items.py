"""Items, their recipes and lots by the API."""

from tests.web.api.program import Json, Program, entries, order_of, stock_up


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
