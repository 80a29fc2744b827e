"""Reads what programs send: JSON, strictly, and never more than the limit."""

from functools import cached_property
from typing import cast

from flask import Request, request

from hub.request_body import LengthMismatch, TooLarge, read_body
from hub.web.api.problems import Problem
from mapping.strict_json import JsonRefused, read_strict

LIMIT = 1024 * 1024
"""Bytes of the longest body the API takes (facts: reliability S11)."""


def sent_body() -> bytes:
    """Return the body of the call being handled, whatever it holds.

    :raises Problem: it is too long, or not as long as was said.
    """
    return cast("StrictRequest", request).body


def sent_bytes(limit: int) -> bytes:
    """Return the body of a call that may be longer than others: up to `limit` bytes.

    :raises Problem: it is longer still, or not as long as was said.
    """
    asked = cast("StrictRequest", request)
    asked.most_bytes = limit
    return asked.body


class StrictRequest(Request):
    """A request whose JSON is read by our own rules; all else is Flask's.

    What validates bodies for us asks for `get_json`, so this is the one place to be strict.
    """

    most_bytes = LIMIT

    @cached_property
    def body(self) -> bytes:
        """The whole body of an API call.

        :raises Problem: it is too long, or not as long as was said.
        """
        try:
            return read_body(self, limit=self.most_bytes)
        except TooLarge as error:
            most = self.most_bytes // LIMIT
            raise Problem(413, f"A request may hold {most} MiB.") from error
        except LengthMismatch as error:
            detail = "The body is not as long as Content-Length says."
            raise Problem(400, detail) from error

    def get_json(
        self,
        force: bool = False,  # noqa: ARG002 - the signature is Flask's
        silent: bool = False,  # noqa: ARG002
        cache: bool = True,  # noqa: ARG002
    ) -> dict[str, object]:
        """Read the body as one JSON object; no body at all is an empty one.

        :raises Problem: it is anything else.
        """
        if not self.body:
            return {}
        if self.mimetype != "application/json":
            raise Problem(415, "Send application/json.")
        try:
            value = read_strict(self.body)
        except JsonRefused as refused:
            raise Problem(400, str(refused), code="invalid_json") from refused
        if not isinstance(value, dict):
            raise Problem(422, "Send one JSON object.")
        return dict(value)
