"""When a workshop works and ships, as a program says it and sees what follows from it."""

from tests.web.api.program import Program, entries, order_of, stock_up

BENCH = {"code": "BENCH", "name": "Bench", "open_minutes": [480, 480, 480, 480, 480, 0, 0]}
KILO = {"amount": "1", "unit": "kg"}


def a_bench(owner: Program) -> None:
    owner.post("/work-centres", BENCH)
    recipe = {
        "item": "SOAP",
        "batch_size": {"amount": "10", "unit": "each"},
        "steps": [
            {"name": "pour", "work_centre": "BENCH", "batch_minutes": 300, "rest_days": 1},
            {"name": "cut", "work_centre": "TABLE", "setup_minutes": 15},
        ],
        "lines": [{"item": "LYE", "quantity": KILO}],
    }
    assert owner.post("/recipes", recipe).status == 201
    stock_up(owner)


def test_a_recipe_of_several_steps_has_a_place_for_each(soap_maker: Program) -> None:
    a_bench(soap_maker)

    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()

    [recipe] = soap_maker.get("/recipes?item=SOAP&active=1").items
    run = soap_maker.get("/production-orders").items[0]
    assert [step["work_centre"] for step in entries(recipe, "steps")] == ["BENCH", "TABLE"]
    assert (recipe["work_centre"], recipe["setup_minutes"], recipe["rest_days"]) == (
        "BENCH",
        15,
        1,
    )
    assert [
        (place["step"], place["work_centre"], place["starts_on"], place["ends_minute"])
        for place in entries(run, "places")
    ] == [("pour", "BENCH", "2026-11-23", 300), ("cut", "TABLE", "2026-11-25", 15)]


def test_the_load_of_a_centre_says_what_is_taken_and_by_whom(soap_maker: Program) -> None:
    a_bench(soap_maker)
    soap_maker.call("PATCH", "/work-centres/BENCH", {"open_minutes": [240] * 7})
    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()

    load = soap_maker.get("/work-centres/BENCH/load?from=2026-11-23&to=2026-11-25").json

    number = str(soap_maker.get("/production-orders").items[0]["number"])
    assert [
        (each["on"], each["open_minutes"], each["taken_minutes"], each["production_orders"])
        for each in entries(load, "days")
    ] == [
        ("2026-11-23", 240, 240, [number]),
        ("2026-11-24", 240, 60, [number]),
        ("2026-11-25", 240, 0, []),
    ]
    [slot] = entries(load, "slots")
    assert (slot["item"], slot["step"], slot["minutes"]) == ("SOAP", "pour", 300)


def test_a_closure_moves_what_is_made_there_and_can_be_taken_back(
    soap_maker: Program,
) -> None:
    a_bench(soap_maker)
    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()

    path = "/work-centres/BENCH/closures"
    shut = soap_maker.post(
        path, {"on": "2026-11-23", "until": "2026-11-24", "why": "boiler"}
    )
    soap_maker.plan()
    moved = soap_maker.get("/production-orders").items[0]["starts_on"]
    soap_maker.call("DELETE", f"{path}/2026-11-23")
    soap_maker.plan()

    assert shut.json["closures"] == [
        {"on": "2026-11-23", "why": "boiler"},
        {"on": "2026-11-24", "why": "boiler"},
    ]
    assert moved == "2026-11-25"
    assert soap_maker.get("/production-orders").items[0]["starts_on"] == "2026-11-23"


def test_hours_are_changed(soap_maker: Program) -> None:
    soap_maker.post("/work-centres", BENCH)

    changed = soap_maker.call(
        "PATCH",
        "/work-centres/BENCH",
        {"open_minutes": [60] * 7, "opens_at": "09:30", "keeps_holidays": False},
    )

    assert changed.status == 200
    assert changed.json | {"open_minutes": 60} == {
        "id": "BENCH",
        "code": "BENCH",
        "name": "Bench",
        "open_minutes": 60,
        "opens_at": "09:30",
        "keeps_holidays": False,
        "closures": [],
    }


def test_a_run_is_pinned_and_let_go(soap_maker: Program) -> None:
    a_bench(soap_maker)
    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()
    number = soap_maker.get("/production-orders").items[0]["number"]

    pinned = soap_maker.post(f"/production-orders/{number}/pin", {"on": "2026-11-26"})
    soap_maker.plan()
    moved = soap_maker.get(f"/production-orders/{number}").json
    soap_maker.post(f"/production-orders/{number}/unpin")
    soap_maker.plan()

    assert pinned.json["pinned_on"] == "2026-11-26"
    assert moved["starts_on"] == "2026-11-26"
    free = soap_maker.get(f"/production-orders/{number}").json
    assert (free["pinned_on"], free["starts_on"]) == (None, "2026-11-23")


def test_the_workshops_habits_are_said_once_and_kept_to(soap_maker: Program) -> None:
    before = soap_maker.get("/workshop").json

    after = soap_maker.call(
        "PATCH",
        "/workshop",
        {"country": "es", "region": "CT", "cut_off": "14:00", "transit_days": 2},
    ).json

    assert after == before | {
        "country": "ES",
        "region": "CT",
        "cut_off": "14:00",
        "transit_days": 2,
    }
    again = soap_maker.call("PATCH", "/workshop", {"cut_off": "", "transit_days": -1}).json
    assert again == before | {"country": "ES", "region": "CT"}


def test_ways_and_shipping_days_decide_when_an_order_is_there(soap_maker: Program) -> None:
    soap_maker.post("/lots", {"item": "SOAP", "quantity": 9})
    ways = {"ways": [{"country": "es", "method": "Express", "days": 1}, {"days": 3}]}

    put = soap_maker.call("PUT", "/transit", ways).json
    shut = soap_maker.post("/shipping-closures", {"on": "2026-11-23"})
    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()

    assert entries(put, "ways") == [
        {"country": "", "method": "", "days": 3},
        {"country": "ES", "method": "express", "days": 1},
    ]
    assert soap_maker.get("/transit").json == put
    assert shut.items == [{"on": "2026-11-23", "why": ""}]
    order = soap_maker.get("/orders/T-1").json
    assert order["earliest_on"] == "2026-11-27"
    assert (order["at_risk"], order["risk"]) == (False, {})
    gone = soap_maker.call("DELETE", "/shipping-closures/2026-11-23")
    assert gone.items == []


def test_orders_at_risk_are_listed_with_the_cause(soap_maker: Program) -> None:
    a_bench(soap_maker)
    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.post("/orders", order_of(1, number="T-2"))
    soap_maker.plan()
    assert soap_maker.get("/orders?at_risk=1").items == []
    path = "/work-centres/BENCH/closures"
    soap_maker.post(path, {"on": "2026-11-23", "until": "2026-12-01"})

    soap_maker.plan()

    late = soap_maker.get("/orders?at_risk=1").items
    assert [order["number"] for order in late] == ["T-2", "T-1"]
    risk = late[0]["risk"]
    assert isinstance(risk, dict)
    assert (risk["kind"], risk["days_late"]) == ("run", 9)
