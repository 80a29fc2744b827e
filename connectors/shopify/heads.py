"""Lists of orders as Shopify gives them: ids and times, nothing else."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import field_validator

from connectors.errors import CursorExpired, Rejected
from connectors.protocol import Change
from connectors.shopify.answers import Gid, Node
from connectors.shopify.client import AdminApi
from connectors.shopify.ids import number
from connectors.shopify.paging import Page
from connectors.shopify.read_words import moment


class Head(Node):
    """An order that changed, and when."""

    id: Gid
    updated_at: str

    @field_validator("updated_at")
    @classmethod
    def _is_a_time(cls, given: str) -> str:
        if moment(given) is None:
            raise ValueError("this is no time")
        return given


class Orders(Page):
    nodes: list[Head]


class Count(Node):
    count: int


class Heads(Node):
    """A page of a list of orders, and how many there are where that was asked."""

    orders: Orders
    orders_count: Count | None = None


def ask_heads(
    api: AdminApi, name: str, asked: Mapping[str, object], *, restart: str = ""
) -> Heads:
    """Ask for a page of orders.

    :raises CursorExpired: Shopify refuses the place we had kept.
    """
    try:
        return api.ask(name, asked, into=Heads)
    except Rejected as e:
        if not asked.get("after"):
            raise
        # The same question without a place in it is a good one: it can only be the place.
        what = "Shopify no longer knows our place in its list of orders"
        raise CursorExpired(what, restart=restart) from e


def changes_of(heads: Heads) -> tuple[Change, ...]:
    """Return the rows in Shopify's order; the time of change names the version."""
    return tuple(
        Change(
            external_id=number(head.id),
            revision=head.updated_at,
            updated_at=moment(head.updated_at),
        )
        for head in heads.orders.nodes
    )


def stamp(at: datetime) -> str:
    """Write a time as Shopify does: UTC, whole seconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
