"""Listings and their mappings as the API takes and gives them."""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from hub.models.meaning.listing_queries import components_of
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.web.api.quantities import Quantity, QuantityIn, quantity
from hub.web.api.schemas.variants import Options
from hub.web.api.shapes import In, Out, PageQuery, Query
from mapping.bundle import Components
from mapping.match import Suggestion

State = Literal["unmapped", "suggested", "mapped", "not_produced"]


Scope = Literal["listing", "account", "everywhere"]


class ComponentIn(In):
    """How much of an item one piece of the listing holds."""

    item: str
    options: Options = Field(
        {}, description="What is chosen of what the item's recipe offers; see its variants."
    )
    quantity: QuantityIn


class MappingIn(In):
    """What one piece of a listing means, or that it is not made here."""

    components: list[ComponentIn] = Field([], max_length=100)
    not_produced: bool = False
    ignored: bool = Field(
        False,
        description="With not_produced: nothing is sent for it at all, such as a tip.",
    )
    applies_to: Scope | None = Field(
        None,
        description="How far it goes by the SKU: this listing, its shop, or everywhere. "
        "Left out: everywhere for what is made here, else this listing.",
    )
    buyer_options: dict[str, str] | None = Field(
        None,
        max_length=20,
        description="Which choice of a recipe each option of the buyer fills, such as "
        '{"Scent": "scent"}. Left out: as it is.',
    )


class ComponentOut(Out):
    """How much of an item one piece of the listing holds."""

    item: str
    quantity: Quantity


class SuggestionReason(Out):
    """What speaks for a suggestion."""

    kind: str
    about: str


class SuggestionOut(Out):
    """What a listing might mean."""

    components: list[ComponentOut]
    reasons: list[SuggestionReason]
    score: int


class ListingOut(Out):
    """Something a channel sells, and what it means to us."""

    id: str
    channel: str
    channel_id: str
    external_id: str
    sku: str
    title: str
    variant: str
    state: str
    is_ignored: bool
    matched_by: str
    applies_to: str
    components: list[ComponentOut]
    waiting_orders: int
    publishes_stock: bool = Field(
        description="Whether people want its stock told to the channel."
    )
    suggestions: list[SuggestionOut]


class PublishingIn(In):
    """Whether the channel is told how many of a listing can be bought."""

    publishes_stock: bool


class ListingQuery(PageQuery):
    """Which listings; "unmapped" is all that waits for a person."""

    state: State | None = None
    channel: str = ""
    sku: str = ""
    q: str = Field("", max_length=200, description="Words of the title or the SKU.")


class MappingQuery(Query):
    """Whether to save, or only to say what saving would change."""

    dry_run: bool = False


class DemandChange(Out):
    """What the open orders ask for of an item, before and after."""

    item: str
    before: Quantity
    after: Quantity


class MovedOrder(Out):
    """An order whose lines are mapped anew."""

    id: str
    number: str
    phase: str


class MappingOut(Out):
    """What saving a mapping changed, or would change."""

    dry_run: bool
    listing: ListingOut
    orders: list[MovedOrder]
    demand: list[DemandChange]


def show_listing(
    listing: Listing,
    *,
    channel: str,
    items: Mapping[int, Item],
    waiting: int,
    suggestions: Iterable[Suggestion],
) -> ListingOut:
    """Write a listing; `items` holds every item it or a suggestion names."""
    kind, _, rest = listing.key.partition(":")
    return ListingOut(
        id=str(listing.id),
        channel=channel,
        channel_id=str(listing.account_id),
        external_id=rest.partition(":")[0] if kind in {"variant", "product"} else "",
        sku=listing.sku,
        title=listing.title,
        variant=listing.variant_title,
        state=listing.state,
        is_ignored=listing.is_ignored,
        applies_to=listing.said_for,
        matched_by=listing.matched_by,
        components=_components(components_of(listing), items=items),
        waiting_orders=waiting,
        publishes_stock=listing.publishes,
        suggestions=[
            SuggestionOut(
                components=_components(each.components, items=items),
                reasons=[
                    SuggestionReason(kind=reason.hint.value, about=reason.about)
                    for reason in each.reasons
                ],
                score=each.score,
            )
            for each in suggestions
        ],
    )


def _components(components: Components, *, items: Mapping[int, Item]) -> list[ComponentOut]:
    return [
        ComponentOut(
            item=items[each.item_id].code,
            quantity=quantity(each.quantity, unit=items[each.item_id].unit),
        )
        for each in components
    ]
