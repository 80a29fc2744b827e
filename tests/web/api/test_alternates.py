"""What may stand in for an item, as a program says it and sees it at the run."""

from tests.web.api.program import Program, order_of, stock_up


def test_an_alternate_is_said_listed_changed_and_taken_back(soap_maker: Program) -> None:
    path = "/items/LYE/alternates"

    said = soap_maker.call("PUT", path, {"substitute": "OIL", "factor": "1.25"})
    changed = soap_maker.call(
        "PUT", path, {"substitute": "OIL", "factor": "1.2", "allowed": False, "rank": 5}
    )
    listed = soap_maker.get(path).items
    gone = soap_maker.call("DELETE", f"{path}?substitute=OIL")

    assert (said.status, said.json["factor"], said.json["allowed"]) == (200, "1.25", True)
    assert listed == [changed.json]
    assert changed.json == {
        "item": "LYE",
        "substitute": "OIL",
        "factor": "1.2",
        "rank": 5,
        "allowed": False,
        "note": "",
    }
    assert gone.status == 204
    assert soap_maker.get(path).items == []


def test_a_run_that_is_short_takes_it(soap_maker: Program) -> None:
    soap_maker.post(
        "/items", {"code": "POTASH", "name": "Potash", "kind": "material", "unit": "g"}
    )
    soap_maker.call("PUT", "/items/LYE/alternates", {"substitute": "POTASH"})
    stock_up(soap_maker)
    soap_maker.post("/lots", {"item": "POTASH", "quantity": {"amount": "9", "unit": "kg"}})
    lots = soap_maker.get("/lots?item=LYE").items
    for lot in lots:
        soap_maker.post(f"/lots/{lot['id']}/quarantine")

    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()

    assert soap_maker.get("/orders/T-1").json["phase"] == "materials_reserved"
    potash = soap_maker.get("/items/POTASH").json
    assert potash["reserved"] == {"amount": "1000", "unit": "g"}
    assert soap_maker.get("/invariants").json == {"violations": []}
