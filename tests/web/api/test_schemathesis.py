"""Calls made up from the description: whatever is sent, no 5xx, and answers as described."""

from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hub.web.guard.api_roles import PREFIX
from tests.web.api.program import SHOP, Program, order_of, stock_up

Operation = APIOperation[Any, Any, Any, Any]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 12
"""Calls made up for each route, right and wrong ones."""

KNOWN: Mapping[str, str] = {
    "channel_id": "1",
    "code": "SOAP",
    "recipe_id": "1",
    "lot_id": "1",
    "listing_id": "1",
    "order_id": "T-1",
    "production_order_id": "1",
    "shipment_id": "1",
    "message_id": "1",
}
"""Things there are, so that calls get past the door."""


@pytest.fixture
def workshop(soap_maker: Program) -> Program:
    """A workshop with one of everything."""
    soap_maker.post("/channels", SHOP)
    stock_up(soap_maker)
    soap_maker.post("/orders", order_of(2, number="T-1"))
    soap_maker.plan()
    soap_maker.post("/production-orders/1/start")
    soap_maker.post("/production-orders/1/finish")
    soap_maker.plan()
    parcel = {"order": "T-1", "carrier": "Correos", "tracking_number": "PK1"}
    soap_maker.post("/shipments", parcel)
    soap_maker.post("/orders", order_of(30, number="T-2"))
    return soap_maker


def test_the_document_is_valid_openapi(app: Flask) -> None:
    schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app).validate()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_made_up_breaks_the_api_or_its_books(
    app: Flask, workshop: Program, request: pytest.FixtureRequest
) -> None:
    document = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)

    for found in document.get_all_operations():
        assert isinstance(found, Ok)
        hammer(found.ok(), workshop, start=request.config.getoption("--seed"))

    assert workshop.get("/invariants").json == {"violations": []}


def hammer(
    operation: APIOperation[Any, Any, Any, Any], workshop: Program, *, start: int
) -> None:
    """Send what can be made up for one route."""
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @seed(start)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, is_known=st.booleans())
    def send(case: Case[Any], is_known: bool) -> None:
        if is_known:
            case.path_parameters |= {
                name: KNOWN[name] for name in case.path_parameters if name in KNOWN
            }
        headers = {"Authorization": f"Bearer {workshop.token}"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
