"""The bench over the API: parts, scanned lots, losses, counts, and mistakes taken back."""

from typing import cast

import pytest

from tests.web.api.program import Json, Program, entries, order_of, stock_up


def amount(of: object) -> str:
    return cast("dict[str, str]", of)["amount"]


@pytest.fixture
def path(soap_maker: Program) -> str:
    """A run of ten soaps, four of them ordered, with its materials in LYE-A and OIL-A."""
    soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items
    return f"/production-orders/{run['id']}"


def material(run: Json, item: str) -> Json:
    [found] = [each for each in entries(run, "materials") if each["item"] == item]
    return found


def newest_move(program: Program, lot_id: object) -> Json:
    return program.get(f"/lots/{lot_id}/moves").items[0]


def test_a_run_is_given_in_parts_and_says_how_it_did(
    soap_maker: Program, path: str
) -> None:
    soap_maker.post(f"{path}/start")

    part = {"produced": 3, "scrap": 1, "scrap_reason": "broken", "note": "cold mould"}
    run = soap_maker.post(f"{path}/complete", part).json

    assert (run["state"], run["yield_percent"]) == ("running", None)
    assert [amount(run[each]) for each in ("produced", "scrapped", "still_to_come")] == [
        "3", "1", "6",
    ]  # fmt: skip
    [told] = entries(run, "completions")
    assert (told["number"], told["scrap_reason"], told["note"]) == (
        1, "broken", "cold mould",
    )  # fmt: skip
    soap_maker.post(f"{path}/finish", {"produced": 6})
    run = soap_maker.get(path).json
    assert (run["state"], run["yield_percent"]) == ("done", "90")
    assert len(cast("list[str]", run["lots"])) == 2
    lye = material(run, "LYE")
    assert lye["consumed"] == lye["needed"]
    assert amount(lye["difference"]) == "0"


def test_what_was_used_beyond_the_plan_is_shown(soap_maker: Program, path: str) -> None:
    soap_maker.post(f"{path}/start")
    needed = int(amount(material(soap_maker.get(path).json, "LYE")["needed"]))
    less = {"amount": str(needed - 50), "unit": "g"}

    used = [{"item": "LYE", "lot": "LYE-A", "quantity": less}]
    soap_maker.post(f"{path}/finish", {"consumed": used})

    assert amount(material(soap_maker.get(path).json, "LYE")["difference"]) == "-50"


def test_a_mistake_is_taken_back_step_by_step(soap_maker: Program, path: str) -> None:
    soap_maker.post(f"{path}/start")
    lot = soap_maker.post(f"{path}/finish", {"lot_code": "MON-1"}).json

    run = soap_maker.post(f"{path}/undo", {"reason": "wrong tray"}).json

    assert (run["state"], run["lots"]) == ("running", [])
    [told] = entries(run, "completions")
    assert (told["undone_why"], told["lot_code"]) == ("wrong tray", "MON-1")
    moves = soap_maker.get(f"/lots/{lot['id']}/moves").items
    assert [(each["kind"], amount(each["quantity"])) for each in moves] == [
        ("produced", "-10"), ("produced", "10"),
    ]  # fmt: skip
    assert [each["can_undo"] for each in moves] == [False, False]
    assert (moves[0]["reverses"], moves[1]["is_undone"]) == (moves[1]["id"], True)
    assert soap_maker.post(f"{path}/undo").json["state"] == "released"
    answer = soap_maker.call("POST", f"{path}/undo", {})
    assert (answer.status, "nothing to take back" in answer.text) == (409, True)


def test_a_scanned_lot_is_picked_first(soap_maker: Program, path: str) -> None:
    other = {"item": "LYE", "quantity": {"amount": "100", "unit": "g"}, "code": "LYE-B"}
    lot = soap_maker.post("/lots", other).json

    soap_maker.post(f"{path}/start", {"lots": [{"item": "LYE", "lot": "LYE-B"}]})

    assert amount(soap_maker.get(f"/lots/{lot['id']}").json["reserved"]) == "100"


def test_a_substitute_is_scanned_and_shown(soap_maker: Program, path: str) -> None:
    soap_maker.post(
        "/items", {"code": "POTASH", "name": "Potash", "kind": "material", "unit": "g"}
    )
    stand_in = {"substitute": "POTASH", "factor": "1.4"}
    answer = soap_maker.call("PUT", "/items/LYE/alternates", stand_in)
    assert answer.status in {200, 201}, answer.text
    lot = {"item": "POTASH", "quantity": "140", "code": "POT-A"}
    soap_maker.post("/lots", lot)

    scanned = {"lots": [{"item": "POTASH", "lot": "POT-A", "quantity": "140"}]}
    run = soap_maker.post(f"{path}/start", scanned).json

    [other] = entries(material(run, "LYE"), "substitutes")
    assert (other["item"], amount(other["quantity"]), amount(other["replaces"])) == (
        "POTASH", "140", "100",
    )  # fmt: skip
    soap_maker.post(f"{path}/finish")
    lye = material(soap_maker.get(path).json, "LYE")
    assert lye["consumed"] == lye["needed"]
    [other] = entries(lye, "substitutes")
    assert amount(other["used"]) == "140"


def test_a_count_an_adjustment_and_a_loss_are_told_and_taken_back(
    soap_maker: Program,
) -> None:
    lot = soap_maker.post("/lots", {"item": "LYE", "quantity": "500", "code": "L"}).json
    here = f"/lots/{lot['id']}"

    counted = soap_maker.post(f"{here}/count", {"quantity": "480", "note": "shelf 2"}).json
    assert amount(counted["on_hand"]) == "480"
    move = newest_move(soap_maker, lot["id"])
    assert (move["kind"], move["reason"], move["note"]) == (
        "adjusted", "counted", "shelf 2",
    )  # fmt: skip
    assert move["can_undo"] is True
    soap_maker.post(f"{here}/adjust", {"delta": "-30", "reason": "sample"})
    soap_maker.post(f"{here}/adjust", {"delta": "10", "reason": "found"})
    lost = soap_maker.post(f"{here}/scrap", {"quantity": "60", "reason": "spilt"}).json
    assert amount(lost["on_hand"]) == "400"

    move = newest_move(soap_maker, lot["id"])
    back = soap_maker.post(f"/stock-moves/{move['id']}/undo", {"reason": "it was fine"})

    assert amount(back.json["on_hand"]) == "460"
    undone = newest_move(soap_maker, lot["id"])
    assert (undone["kind"], undone["reverses"]) == ("scrapped", move["id"])
    pages = soap_maker.get(f"{here}/moves?limit=2").json
    assert len(entries(pages, "items")) == 2
    assert pages["next"]


def test_a_lot_waits_for_its_check_and_is_rejected(soap_maker: Program, path: str) -> None:
    answer = soap_maker.call("PATCH", "/items/SOAP", {"quality_hold": True})
    assert answer.status == 200, answer.text
    soap_maker.post(f"{path}/start")
    lot = soap_maker.post(f"{path}/finish").json
    assert lot["state"] == "quarantined"

    rejected = soap_maker.post(f"/lots/{lot['id']}/reject", {"reason": "too soft"}).json

    assert (amount(rejected["on_hand"]), rejected["holders"]) == ("0", [])
    assert newest_move(soap_maker, lot["id"])["reason"] == "rejected"
    answer = soap_maker.call("POST", f"/lots/{lot['id']}/reject", {})
    assert answer.status == 409
