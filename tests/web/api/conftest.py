"""Programs with tokens of every role, and a workshop that makes soap."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from hub.domain.people.roles import Role
from hub.ports import Ports
from tests.web.api.program import Program, make_soap


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
    make_soap(owner)
    return owner
