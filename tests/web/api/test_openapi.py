"""The description of the API: whole, valid, and true."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import cast

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from hub.web.api.openapi import ONLY_WITH_BODY, REFUSALS
from hub.web.api.shapes import In, Out, Patch
from hub.web.guard.api_roles import ALLOWED, OPEN, PREFIX
from tests.web.api.program import Json


@pytest.fixture
def document(client: FlaskClient) -> Json:
    """The description, as anybody may read it."""
    answer = client.get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    return cast(Json, answer.get_json())


def operations(document: Json) -> dict[str, Json]:
    paths = cast("dict[str, dict[str, Json]]", document["paths"])
    return {
        f"{method.upper()} {path}": operation
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def references(value: object) -> set[str]:
    """Collect every $ref in a document."""
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    if isinstance(value, list):
        return set().union(*map(references, value))
    return set()


def shapes(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Give every shape that is written down; what pydantic fills in is none."""
    for shape in base.__subclasses__():
        if "[" not in shape.__name__ and shape.__module__.startswith("hub."):
            yield shape
        yield from shapes(shape)


@pytest.mark.usefixtures("document")
def test_no_two_shapes_share_a_name() -> None:
    names = Counter(shape.__name__ for base in (In, Out, Patch) for shape in shapes(base))

    assert len(names) > 50
    assert [name for name, many in names.items() if many > 1] == []


def test_the_document_is_openapi_3_1_with_a_bearer_scheme(document: Json) -> None:
    assert document["openapi"] == "3.1.0"
    components = cast("dict[str, Json]", document["components"])
    assert components["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}


def test_every_route_is_described_and_nothing_else(document: Json) -> None:
    written = {
        name.replace(" ", f" {PREFIX}", 1)
        .replace("<path:", "{")
        .replace("<", "{")
        .replace(">", "}")
        for name in ALLOWED.keys() - OPEN
    }

    assert operations(document).keys() == written


def test_every_operation_says_who_may_call_it_and_how_it_refuses(document: Json) -> None:
    for name, operation in operations(document).items():
        responses = cast("dict[str, Json]", operation["responses"])
        expected = set(REFUSALS) - (set() if "requestBody" in operation else ONLY_WITH_BODY)
        assert expected <= responses.keys(), name
        for status in expected:
            content = cast(Json, responses[status]["content"])
            assert list(content) == ["application/problem+json"], name
        assert operation["security"] == [{"bearer": []}], name
        assert "Roles: " in cast(str, operation["description"]), name
        assert operation["summary"], name


def test_every_post_may_carry_an_idempotency_key(document: Json) -> None:
    for name, operation in operations(document).items():
        parameters = cast("list[Json]", operation.get("parameters", []))
        has_key = any(each["name"] == "Idempotency-Key" for each in parameters)
        assert has_key is name.startswith("POST "), name


def test_every_reference_leads_somewhere(document: Json) -> None:
    for reference in references(document):
        place: object = document
        for part in reference.removeprefix("#/").split("/"):
            place = cast(Json, place)[part]
        assert isinstance(place, dict), reference


def test_operation_ids_are_different(document: Json) -> None:
    ids = [operation["operationId"] for operation in operations(document).values()]

    assert len(set(cast("list[str]", ids))) == len(ids)


def test_the_document_is_the_same_each_time(document: Json, client: FlaskClient) -> None:
    again = client.get(f"{PREFIX}/openapi.json").get_json()

    assert json.dumps(again, sort_keys=True) == json.dumps(document, sort_keys=True)


def test_every_parameter_of_a_path_is_described(document: Json) -> None:
    for name, operation in operations(document).items():
        in_path = {part[1:-1] for part in name.split("/") if part.startswith("{")}
        parameters = cast("list[Json]", operation.get("parameters", []))
        described = {each["name"] for each in parameters if each["in"] == "path"}
        assert described == in_path, name
