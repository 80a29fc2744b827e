"""Calls that cannot be done: runs, days, hours, and what would be if."""

from collections.abc import Iterator

from tests.web.api.bad_calls import Bad, without
from tests.web.api.program import (
    Json,
)


def calendars() -> Iterator[Bad]:
    centre: Json = {"code": "K", "name": "Kitchen", "open_minutes": [480] * 7}
    yield Bad("/work-centres", centre | {"opens_at": "25:00"}, "opens_at")
    yield Bad("/work-centres", centre | {"opens_at": "16:01"}, "opens_at")
    path = "/work-centres/BENCH"
    yield Bad(path, {"open_minutes": [480] * 6}, "open_minutes", method="PATCH")
    yield Bad(path, {"opens_at": "20:00"}, "opens_at", method="PATCH")
    yield Bad(path, {"keeps_holidays": "now and then"}, "keeps_holidays", method="PATCH")
    yield Bad("/work-centres/NONE", {"opens_at": "08:00"}, "", 404, "PATCH")
    for shut in (f"{path}/closures", "/shipping-closures"):
        yield Bad(shut, {}, "on")
        yield Bad(shut, {"on": "Christmas"}, "on")
        yield Bad(shut, {"on": "2026-12-24", "until": "2026-12-23"}, "until")
        yield Bad(shut, {"on": "2026-12-24", "until": "2046-12-24"}, "until")
        yield Bad(shut, {"on": "2026-12-24", "why": "x" * 201}, "why")
        yield Bad(f"{shut}/2026-12-24", {}, "", 404, "DELETE")
        yield Bad(f"{shut}/Christmas", {}, "", 404, "DELETE")
    yield Bad("/work-centres/NONE/closures", {"on": "2026-12-24"}, "", 404)
    load = f"{path}/load?from=2026-12-24&to="
    yield Bad(f"{load}2026-12-23", {}, "to", method="GET")
    yield Bad(f"{load}2036-12-23", {}, "to", method="GET")
    yield Bad(f"{load}soon", {}, "to", method="GET")


def habits() -> Iterator[Bad]:
    for change, field in (
        ({"country": "Spain"}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": "ES", "region": "ZZ"}, "region"),
        ({"region": "CT"}, "region"),
        ({"window_days": -1}, "window_days"),
        ({"freeze_days": 366}, "freeze_days"),
        ({"shipping_weekdays": []}, "shipping_weekdays"),
        ({"shipping_weekdays": [7]}, "shipping_weekdays.0"),
        ({"cut_off": "24:00"}, "cut_off"),
        ({"transit_days": 366}, "transit_days"),
        ({"lot_pattern": "{colour}-{nn}"}, "lot_pattern"),
        ({"lot_pattern": "{item}"}, "lot_pattern"),
        ({"mood": "calm"}, "mood"),
    ):
        yield Bad("/workshop", change, field, method="PATCH")
    way: Json = {"country": "ES", "days": 2}
    for ways, field in (
        ([way, way | {"days": 3}], "ways.1"),
        ([way | {"country": "E1"}], "ways.0.country"),
        ([way | {"country": "ESP"}], "ways.0.country"),
        ([way | {"days": 366}], "ways.0.days"),
        ([way | {"days": -1}], "ways.0.days"),
    ):
        yield Bad("/transit", {"ways": ways}, field, method="PUT")
    yield Bad("/transit", {}, "ways", method="PUT")


def pins() -> Iterator[Bad]:
    """Run 1 is running, run 2 planned."""
    path = "/production-orders/2/pin"
    yield Bad(path, {}, "on")
    yield Bad(path, {"on": "2026-11-20"}, "on")
    yield Bad(path, {"on": "2999-01-01"}, "on")
    yield Bad("/production-orders/1/pin", {"on": "2026-12-01"}, "", 409)
    yield Bad("/production-orders/1/unpin", {}, "", 409)
    for what in ("pin", "unpin"):
        body = {"on": "2026-12-01"} if what == "pin" else {}
        yield Bad(f"/production-orders/99/{what}", body, "", 404)


def production() -> Iterator[Bad]:
    for what in ("release", "start", "finish", "cancel", "undo"):
        yield Bad(f"/production-orders/99/{what}", {}, "", 404)
    yield Bad("/production-orders/99/complete", {"produced": 1}, "", 404)
    yield Bad("/production-orders/2/complete", {"produced": 1}, "", 409)
    yield Bad("/production-orders/2/undo", {}, "", 409)
    yield Bad("/production-orders/1/undo", {"reason": 7}, "reason")
    part = "/production-orders/1/complete"
    yield Bad(part, {}, "produced")
    yield Bad(part, {"produced": 0}, "produced")
    yield Bad(part, {"produced": {"amount": "1", "unit": "kg"}}, "produced")
    yield Bad(part, {"produced": 1, "scrap": 1, "scrap_reason": "gremlins"}, "scrap_reason")
    yield Bad(part, {"produced": 1, "lot_code": "SOAP-A"}, "lot_code", 409)
    planned = "/production-orders/2/start"
    yield Bad(planned, {"lots": [{"item": "LYE"}]}, "lots.0.lot")
    yield Bad(planned, {"lots": [{"item": "LYE", "lot": "NONE"}]}, "lots.0.lot")
    lye = {"item": "LYE", "lot": "LYE-A"}
    yield Bad(planned, {"lots": [lye | {"quantity": 0}]}, "lots.0.quantity")
    yield Bad(planned, {"lots": [lye, lye]}, "lots")
    yield Bad(planned, {"lots": [{"item": "SOAP", "lot": "SOAP-A"}]}, "lots")
    yield Bad("/production-orders/2/finish", {}, "", 409)
    yield Bad("/production-orders/2/start", {}, "", 409)
    used = {"item": "LYE", "lot": "LYE-A", "quantity": {"amount": "1", "unit": "kg"}}
    finish = "/production-orders/1/finish"
    yield Bad("/production-orders/1/release", {}, "", 409)
    yield Bad("/production-orders/1/start", {}, "", 409)
    yield Bad(finish, {"produced": {"amount": "1", "unit": "kg"}}, "produced")
    yield Bad(finish, {"produced": "-1"}, "produced")
    yield Bad(finish, {"produced": 0}, "produced")
    yield Bad(finish, {"scrap": "x"}, "scrap.amount")
    yield Bad(finish, {"best_before": "2020-01-01"}, "best_before")
    yield Bad(finish, {"lot_code": ""}, "lot_code")
    yield Bad(finish, {"lot_code": "SOAP-A"}, "lot_code", 409)
    yield Bad(finish, {"consumed": [used | {"item": "NOBODY"}]}, "consumed.0.item")
    yield Bad(finish, {"consumed": [used | {"lot": "NONE"}]}, "consumed.0.lot")
    yield Bad(finish, {"consumed": [used | {"quantity": "-1"}]}, "consumed.0.quantity")
    yield Bad(finish, {"consumed": [without(used, "lot")]}, "consumed.0.lot")
    yield Bad(finish, {"consumed": [used | {"quantity": {"amount": "9", "unit": "kg"}}]},
              "consumed", 409)  # fmt: skip
    soap = {"item": "SOAP", "lot": "SOAP-A", "quantity": 1}
    yield Bad(finish, {"consumed": [soap]}, "consumed")


def what_ifs() -> Iterator[Bad]:
    """Purchase order 1 is a draft, so nothing of it is on its way."""
    yield Bad("/what-if", {}, "changes")
    yield Bad("/what-if", {"changes": []}, "changes")
    yield Bad("/what-if", {"changes": [{"kind": "flood"}]}, "changes.0")
    late: Json = {"kind": "purchase_late", "purchase_order": "2", "days": 3}
    more: Json = {"kind": "demand_times", "item": "SOAP", "factor": "2"}
    down: Json = {"kind": "work_centre_down", "work_centre": "K", "from": "2026-11-30"}
    rush: Json = {"kind": "order_added", "item": "SOAP", "quantity": 1}
    lot: Json = {"kind": "lot_rejected", "item": "LYE", "lot": "LYE-A"}
    for change, field in (
        (late | {"purchase_order": "99"}, "purchase_order"),
        (late | {"purchase_order": "1"}, "purchase_order"),
        (late | {"days": 0}, "days"),
        (late | {"days": 10**6}, "days"),
        (more | {"item": "NOBODY"}, "item"),
        (more | {"factor": "0"}, "factor"),
        (more | {"factor": "101"}, "factor"),
        (more | {"factor": "twice"}, "factor"),
        (down, "work_centre"),
        (rush, "needed_on"),
        (rush | {"needed_on": "2020-01-01"}, "needed_on"),
        (rush | {"needed_on": "2030-01-01", "quantity": 0}, "quantity"),
        (lot | {"lot": "NOBODY"}, "lot"),
    ):
        yield Bad("/what-if", {"changes": [change]}, f"changes.0.{change['kind']}.{field}")
    for fix, status in (
        ("pray", 422),
        ("substitute:1", 422),
        ("split:1", 422),
        ("priority:²", 422),
        ("expedite:1:0", 422),
        ("substitute:1:2", 404),
        ("open_day:99:740000", 404),
        ("priority:" + "9" * 18, 404),
    ):
        yield Bad("/what-if/apply", {"fix": fix}, "fix" if status == 422 else "", status)
