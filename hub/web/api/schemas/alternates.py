"""Alternates as the API takes and gives them."""

from decimal import Decimal

from pydantic import Field

from hub.domain.planning.substitutes import MILLION
from hub.models.records.alternates import Alternate
from hub.models.records.items import Item
from hub.web.api.quantities import Amount
from hub.web.api.shapes import Days, In, Name, Out, Query
from mapping.units import plain


class AlternateIn(In):
    """An item that runs may take where another is short."""

    substitute: Name
    factor: Amount | None = Field(
        None,
        description="How much of the substitute stands in for one unit of the item; one for one"
        " if both are counted in the same unit.",
        examples=["1.2"],
    )
    rank: Days = Field(100, description="Of several, the lower is taken first.")
    allowed: bool = Field(True, description="Whether the planner may use it unasked.")
    note: str = Field("", max_length=500)


class AlternateOut(Out):
    """An item that may stand in for another, or may not."""

    item: str
    substitute: str
    factor: str
    rank: int
    allowed: bool
    note: str


class AlternateQuery(Query):
    """Which of them."""

    substitute: str = Field(min_length=1)


def show_alternate(alternate: Alternate, *, item: Item, substitute: Item) -> AlternateOut:
    """Write an alternate of an item."""
    return AlternateOut(
        item=item.code,
        substitute=substitute.code,
        factor=plain(Decimal(alternate.factor_ppm) / MILLION),
        rank=alternate.rank,
        allowed=alternate.is_allowed,
        note=alternate.note,
    )
