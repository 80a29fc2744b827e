"""The description of the API, OpenAPI 3.1, at /api/v1/openapi.json."""

from collections.abc import Iterator, Mapping

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel, Field

from hub.domain.people.roles import Role
from hub.web.api.idempotency import HEADER, LONGEST
from hub.web.api.problems import MEDIA_TYPE
from hub.web.guard.api_roles import ALLOWED, EVERYBODY, PREFIX

INFO = Info(
    title="Hornada",
    version="1",
    description=(
        "Orders from every channel into production, and production back into shipped orders.\n\n"
        "Quantities are `{amount, unit}` with a decimal string and are shown in the item's own"
        " unit; money is `{amount, currency}`; times are RFC 3339 in UTC, dates ISO. Ids are"
        " opaque strings; an item's id is its code, and orders, production orders and shipments"
        " may also be named by their number. Lists are newest first.\n\n"
        "A write is done when it is answered, but what follows from it (planning, promises, what"
        " channels are told) is worked out by the workers within a moment and shows in later"
        " answers. Problems are application/problem+json and name the field."
    ),
)
SECURITY_SCHEMES = {"bearer": {"type": "http", "scheme": "bearer"}}
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]

REFUSALS = {
    "400": "Malformed: not JSON, or not as long as was said",
    "401": "No token, or one that is unknown or revoked",
    "403": "The token's role may not do that",
    "404": "There is no such thing",
    "409": "The state of things does not allow it; the answer says why",
    "413": "Longer than 1 MiB",
    "415": "Not application/json",
    "422": "Fields that cannot be right, each by name",
    "500": "Something went wrong here",
    "503": "The database does not answer",
}
ONLY_WITH_BODY = frozenset({"400", "413", "415"})
RAW = {
    "/channels/{channel_id}/messages": {
        "413": "Longer than 25 MiB",
        "415": "Not message/rfc822",
    }
}
"""Routes whose body is sent as it is, by path, and what they refuse in other words."""


class ProblemError(BaseModel):
    """One field that cannot be right."""

    field: str = Field(description="Where it is, such as `lines.0.quantity`.")
    message: str
    row: int | None = Field(None, description="In a table, the row as spreadsheets count.")


class ProblemDetails(BaseModel):
    """Why a request was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError]
    request_id: str


def describe(api: APIBlueprint) -> dict[str, object]:
    """Describe routes that were made to be described: problems, roles and headers included."""
    app = OpenAPI(
        "hub.web.api",
        info=INFO,
        security_schemes=dict(SECURITY_SCHEMES),
        doc_ui=False,
        validation_error_model=ProblemDetails,
    )
    app.register_api(api)
    described: dict[str, object] = app.api_doc
    for method, path, operation in _operations(described):
        raw = RAW.get(path.removeprefix(PREFIX))
        has_body = raw is not None or "requestBody" in operation
        _add_problems(operation, has_body=has_body, words={**REFUSALS, **(raw or {})})
        _add_roles(operation, method=method, path=path)
        if method == "post":
            _add_idempotency(operation)
    return described


def _operations(
    document: dict[str, object],
) -> Iterator[tuple[str, str, dict[str, object]]]:
    paths = document["paths"]
    for path, methods in paths.items() if isinstance(paths, dict) else ():
        for method, operation in methods.items():
            yield method, path, operation


def _add_problems(
    operation: dict[str, object], *, has_body: bool, words: Mapping[str, str]
) -> None:
    responses = operation["responses"]
    if not isinstance(responses, dict):
        return
    for status, description in words.items():
        if status in ONLY_WITH_BODY and not has_body:
            continue
        schema = {"$ref": "#/components/schemas/ProblemDetails"}
        responses[status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }


def _add_roles(operation: dict[str, object], *, method: str, path: str) -> None:
    roles = _roles_by_path().get(f"{method.upper()} {path.removeprefix(PREFIX)}", EVERYBODY)
    names = ", ".join(sorted(role.value for role in roles))
    text = str(operation.get("description", ""))
    operation["description"] = f"{text}\n\nRoles: {names}.".strip()


def _roles_by_path() -> dict[str, frozenset[Role]]:
    return {
        name.replace("<path:", "{").replace("<", "{").replace(">", "}"): roles
        for name, roles in ALLOWED.items()
    }


def _add_idempotency(operation: dict[str, object]) -> None:
    parameters = operation.setdefault("parameters", [])
    if isinstance(parameters, list):
        parameters.append(
            {
                "name": HEADER,
                "in": "header",
                "required": False,
                "description": "The same key and request are done once and answered the same.",
                "schema": {"type": "string", "maxLength": LONGEST},
            }
        )
