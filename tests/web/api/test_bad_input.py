"""Bad input: a 4xx that names the field, and nothing half-written."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.models.session import Database
from tests.factories import NOW
from tests.web.api.bad_buying import purchases, suppliers
from tests.web.api.bad_calls import Bad
from tests.web.api.bad_channels import channels, letters, messages, upkeep
from tests.web.api.bad_goods import (
    alternates,
    items,
    lots,
    mappings,
    recipe_steps,
    recipes,
    variants,
)
from tests.web.api.bad_making import calendars, habits, pins, production, what_ifs
from tests.web.api.bad_orders import customers, orders, recalls, reviews, shipments
from tests.web.api.bad_questions import questions
from tests.web.api.program import (
    SHOP,
    Program,
    make_soap,
    order_of,
    stock_up,
)
from tests.web.ports import make_ports

CASES = [
    *channels(),
    *what_ifs(),
    *upkeep(),
    *recalls(),
    *letters(),
    *customers(),
    *reviews(),
    *items(),
    *alternates(),
    *variants(),
    *recipes(),
    *recipe_steps(),
    *calendars(),
    *habits(),
    *pins(),
    *lots(),
    *mappings(),
    *orders(),
    *production(),
    *shipments(),
    *suppliers(),
    *purchases(),
    *messages(),
    *questions(),
]


@pytest.fixture(scope="module")
def workshop(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """One workshop for all cases, because none of them may change anything.

    It has a shop, a listing, an order that waits, a run that is going on and one that waits.
    """
    path = tmp_path_factory.mktemp("bad-input") / "workshop.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    ports = make_ports(database)
    token = database.run(
        lambda session: make_token(session, name="ci", role=Role.OWNER, now=NOW)
    )
    program = Program(create_app(ports).test_client(), token=token, ports=ports)
    furnish(program)
    yield program
    database.dispose()


def furnish(program: Program) -> None:
    make_soap(program)
    bench = {"code": "BENCH", "name": "Bench", "open_minutes": [480] * 5 + [0, 0]}
    program.post("/work-centres", bench)
    program.post("/channels", SHOP)
    stock_up(program)
    aside = program.post("/lots", {"item": "SOAP", "quantity": 1, "code": "SOAP-A"})
    program.post(f"/lots/{aside.id}/quarantine")
    program.post("/orders", order_of(4, number="T-1"))
    program.plan()
    program.post("/production-orders/1/start")
    program.post("/orders", order_of(20, number="T-2"))
    program.plan()
    program.post("/suppliers", {"code": "CERES", "name": "Ceres"})
    oil = {"supplier": "CERES", "lines": [{"item": "OIL", "quantity": 5}]}
    program.post("/purchase-orders", oil)
    program.post("/purchase-orders", oil | {"place": True})
    program.plan()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input_is_named_and_nothing_is_written(workshop: Program, case: Bad) -> None:
    before = workshop.rows()

    answer = workshop.call(case.method, case.path, case.body)

    assert answer.status == case.status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert case.field in [*answer.fields, ""]
    assert workshop.rows() == before


def test_the_furnished_workshop_is_as_the_cases_take_it(workshop: Program) -> None:
    running, waiting = (workshop.get(f"/production-orders/{n}").json for n in (1, 2))

    assert (running["state"], waiting["state"]) == ("running", "planned")
    assert workshop.get("/channels/1").json["channel"] == "shopify"
    assert workshop.get("/lots/1").json["code"] == "LYE-A"
    assert workshop.get("/invariants").json == {"violations": []}


def test_a_case_exists_for_every_route_that_writes(app: Flask) -> None:
    rules = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH"}
    }
    adapter = app.url_map.bind("localhost")
    covered = set()
    for case in CASES:
        path = "/api/v1" + case.path.partition("?")[0]
        rule, _ = adapter.match(path, method=case.method, return_rule=True)
        covered.add(f"{case.method} {rule.rule}")

    assert rules - covered == set()
