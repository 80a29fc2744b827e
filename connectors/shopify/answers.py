"""The shape of every GraphQL answer: data, errors, and what the question cost."""

import math
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Gid = Annotated[
    str, Field(pattern=r"^gid://shopify/[A-Za-z]+/[0-9]{1,20}(\?[^\s]{0,200})?$")
]
"""An id as Shopify writes it; anything else in its place is no answer to our question."""


class Node(BaseModel):
    """A part of an answer: camelCase there, our words here, the rest ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
    )


class UserError(Node):
    """Why a mutation refused, in the shop's words; not every mutation gives a code."""

    message: str
    code: str | None = None
    field: list[str] | None = None


class Throttle(Node):
    maximum_available: float = math.inf
    currently_available: float
    restore_rate: float


class Cost(Node):
    requested_query_cost: float
    throttle_status: Throttle


class Extensions(Node):
    code: str = ""
    cost: Cost | None = None


class TopError(Node):
    message: str = ""
    path: list[str | int] | None = None
    extensions: Extensions = Extensions()


class Envelope(Node):
    data: dict[str, object] | None = None
    errors: list[TopError] = []
    extensions: Extensions = Extensions()


def has_begun(said: Envelope) -> bool:
    """Say whether it was carried out at all: a misunderstood document has no data."""
    return said.data is not None


def has_ended(said: Envelope) -> bool:
    """Say whether the change itself was made and only the telling of it went wrong."""
    told = any(value is not None for value in (said.data or {}).values())
    return told or any(len(error.path or []) > 1 for error in said.errors)


def is_too_dear(cost: Cost | None) -> bool:
    """Say whether the bucket never holds enough, so that no wait helps."""
    if cost is None:
        return False
    return cost.requested_query_cost > cost.throttle_status.maximum_available


def wait_for(cost: Cost | None) -> timedelta | None:
    """Work out when the bucket holds enough again, or nothing where that is not told.

    It is (asked - available) / restored a second, at least a second and at most an hour.
    """
    if cost is None or cost.throttle_status.restore_rate <= 0:
        return None
    missing = cost.requested_query_cost - cost.throttle_status.currently_available
    seconds = math.ceil(missing / cost.throttle_status.restore_rate)
    return timedelta(seconds=min(max(seconds, 1), 3600))
