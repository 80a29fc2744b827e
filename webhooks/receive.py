"""The address channels post to: POST /webhooks/<channel>/<account key>."""

import json

import structlog
from flask import Blueprint, Request, Response, request
from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import PayloadError, SignatureInvalid
from hub.ports import Ports
from hub.request_body import LengthMismatch, TooLarge, read_body
from hub.request_id import request_id
from webhooks.accounts import Accounts, CannotProve, Known
from webhooks.intake import Arrived, Intake, IntakeClosed, make_intake

log = structlog.get_logger()

MIB = 1024 * 1024

COME_BACK = {"Retry-After": "30"}

TITLES = {
    400: "Malformed request",
    401: "Bad signature",
    404: "Unknown connection",
    413: "Too large",
    415: "Unsupported media type",
    503: "Not stored, send it again",
}


class Refused(Exception):
    """The message is not taken; `status` and the words say why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def make_blueprint(ports: Ports, *, intake: Intake | None = None) -> Blueprint:
    """Make the front door: it answers 2xx only for what is committed, and reads nothing.

    A message that proves itself is stored whatever it says, also malformed JSON and
    also for an account that is off: the reading job holds what it cannot read, and an
    account that is turned on again finds what came meanwhile.
    """
    blueprint = Blueprint("webhooks", __name__)
    accounts = Accounts(ports)
    store = intake or make_intake(ports.database, clock=ports.clock)

    @blueprint.post("/webhooks/<channel>/<key>")
    def receive(channel: str, key: str) -> Response:
        try:
            arrived = _arrived(request, accounts=accounts, at=(channel, key))
            is_new = store.store(arrived)
        except Refused as refused:
            return problem(refused.status, str(refused))
        except (IntakeClosed, CannotProve, SQLAlchemyError) as error:
            log.warning("webhook.not_stored", channel=channel, error=type(error).__name__)
            return problem(503, "the message could not be stored")
        if is_new:
            ports.wake.wake("read_messages")
        return Response("", status=200)

    return blueprint


def problem(status: int, detail: str) -> Response:
    """Answer a refusal as application/problem+json, without any of what was sent."""
    answer = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "errors": [],
        "request_id": request_id(),
    }
    return Response(
        json.dumps(answer),
        status=status,
        headers=COME_BACK if status == 503 else {},
        content_type="application/problem+json",
    )


def _arrived(request: Request, *, accounts: Accounts, at: tuple[str, str]) -> Arrived:
    known = accounts.find(*at)
    if known is None:
        raise Refused(404, "no connection has this address")
    types = known.spec.webhook_types
    if request.mimetype not in types:
        raise Refused(415, f"send {' or '.join(sorted(types))}")
    body = _body(request, limit=known.spec.webhook_limit)
    return _proven(known, body=body, accounts=accounts, at=at)


def _body(request: Request, *, limit: int) -> bytes:
    """Read a body no longer than its channel's messages are (facts: reliability S9, S11)."""
    try:
        return read_body(request, limit=limit)
    except TooLarge as error:
        raise Refused(413, f"a message may hold {limit // MIB} MiB") from error
    except LengthMismatch as error:
        raise Refused(400, "the body is not as long as Content-Length says") from error


def _proven(
    known: Known, *, body: bytes, accounts: Accounts, at: tuple[str, str]
) -> Arrived:
    headers = {name.lower(): value for name, value in request.headers}
    try:
        known, delivery = accounts.prove(known, at=at, body=body, headers=headers)
    except SignatureInvalid as error:
        raise Refused(401, "nothing proves that this comes from the channel") from error
    except PayloadError as error:
        raise Refused(400, str(error)) from error
    seen = delivery.api_version
    return Arrived(
        account_id=known.account_id,
        delivery=delivery,
        body=body,
        is_new_version=bool(seen) and seen != known.api_version_seen,
    )
