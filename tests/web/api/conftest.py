"""Programs with tokens of every role, and a workshop that makes soap."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from hub.domain.roles import Role
from hub.ports import Ports
from tests.web.api.program import Program


@pytest.fixture
def program_of(
    client: FlaskClient, ports: Ports, token_of: Callable[[Role], str]
) -> Callable[[Role], Program]:
    """Makes a program whose token has a role."""
    return lambda role: Program(client, token=token_of(role), ports=ports)


@pytest.fixture
def owner(program_of: Callable[[Role], Program]) -> Program:
    """A program that may do everything."""
    return program_of(Role.OWNER)


@pytest.fixture
def soap_maker(owner: Program) -> Program:
    """The same, in a workshop that makes soap: ten a batch of 1 kg lye and 2 l oil."""
    owner.post(
        "/items", {"code": "SOAP", "name": "Soap", "kind": "product", "unit": "each"}
    )
    owner.post("/items", {"code": "LYE", "name": "Lye", "kind": "material", "unit": "g"})
    oil = {
        "code": "OIL",
        "name": "Oil",
        "kind": "material",
        "unit": "ml",
        "density": "0.92",
    }
    owner.post("/items", oil)
    recipe = {
        "item": "SOAP",
        "batch_size": {"amount": "10", "unit": "each"},
        "lines": [
            {"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}},
            {"item": "OIL", "quantity": {"amount": "2", "unit": "l"}},
        ],
    }
    owner.post("/recipes", recipe)
    return owner
