"""How the API says no: application/problem+json (RFC 9457), naming the field, echoing nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Response, request
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from connectors.errors import ChannelError
from hub.flow.refusal import Refusal
from hub.models.claims.inbox import CannotReplay
from hub.models.claims.outbox import CannotRetry
from hub.models.session import DatabaseDown
from hub.request_id import request_id

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
KIND = "urn:hornada:problem:"
RETRY_SECONDS = "30"

STATUS_OF = {"conflict": 409, "invalid": 422, "missing": 404}
"""What a Refusal's kind becomes."""

CODES = {
    400: "malformed",
    401: "unauthorised",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    500: "internal",
    503: "unavailable",
}

_WORDS = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "int_type": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "string_type": "Write text.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "date_parsing": "Write a date such as 2026-11-30.",
    "date_from_datetime_parsing": "Write a date such as 2026-11-30.",
    "date_from_datetime_inexact": "Write a date such as 2026-11-30, without a time.",
    "date_type": "Write a date such as 2026-11-30.",
    "model_type": "Write an object.",
    "model_attributes_type": "Write an object.",
    "dict_type": "Write an object.",
    "list_type": "Write a list.",
}
"""Plainer words than pydantic's, by its error types."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and the field it is in: `lines.0.quantity`."""

    field: str
    message: str
    row: int | None = None
    """In a table, the row it is in."""


class Problem(Exception):
    """A request that is not done, as its sender is told."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str = "",
        errors: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.more = more or {}
        self.status = status
        self.detail = detail
        self.code = code or CODES.get(status, "problem")
        self.errors = tuple(errors)
        self.headers = headers or {}


def answer(problem: Problem) -> Response:
    """Write a problem as the answer to the request being handled."""
    told = {
        "type": KIND + problem.code,
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "errors": [_told(each) for each in problem.errors],
        **problem.more,
        "request_id": request_id(),
    }
    return Response(
        json.dumps(told, ensure_ascii=False),
        status=problem.status,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def _told(fault: Fault) -> dict[str, object]:
    row = {} if fault.row is None else {"row": fault.row}
    return {**row, "field": fault.field, "message": fault.message}


def answer_error(error: Exception) -> Response:
    """Answer any exception of the API. This function will show nothing of what happened inside."""
    return answer(as_problem(error))


def answer_invalid(error: ValidationError) -> Response:
    """Answer a body or query that has not the right shape, naming each field."""
    return answer(invalid(error))


def invalid(error: ValidationError) -> Problem:
    """Turn what pydantic says into a problem, without what was sent."""
    faults = [
        Fault(
            ".".join(str(part) for part in each["loc"]),
            _WORDS.get(each["type"], each["msg"]),
        )
        for each in error.errors(
            include_input=False, include_url=False, include_context=False
        )
    ]
    return Problem(422, "Some fields cannot be right.", errors=faults)


def field_problem(field: str, message: str) -> Problem:
    """Make the problem of one field."""
    return Problem(422, message, errors=[Fault(field, message)])


def as_problem(error: Exception) -> Problem:  # noqa: PLR0911 - a table, by kind of error
    """Say what an exception means to whoever sent the request."""
    match error:
        case Problem():
            return error
        case Refusal():
            faults = [Fault(error.field, error.message)] if error.field else []
            return Problem(STATUS_OF.get(error.kind, 409), error.message, errors=faults)
        case HTTPException():
            return _of_http(error)
        case ValidationError():
            return invalid(error)
        case CannotReplay() | CannotRetry() | ChannelError():
            return Problem(409, str(error))
        case IntegrityError():
            log.warning("api.collision", path=request.path, error=type(error).__name__)
            return Problem(409, "Somebody else changed the same thing: try again.")
        case OperationalError() | InterfaceError() | DatabaseDown():
            return _database_away(error)
        case _:
            log.error("api.failed", path=request.path, exc_info=error)
            return Problem(500, "Something went wrong here; nothing was changed.")


def _database_away(error: Exception) -> Problem:
    log.error("api.database_away", path=request.path, error=type(error).__name__)
    headers = {"Retry-After": RETRY_SECONDS}
    return Problem(503, "The database does not answer: try again.", headers=headers)


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    kept = {
        name: value
        for name, value in error.get_headers()
        if name in {"Allow", "Retry-After"}
    }
    detail = {
        404: "There is nothing here.",
        405: "This cannot be done here.",
    }.get(status, HTTPStatus(status).phrase + ".")
    return Problem(status, detail, headers=kept)
