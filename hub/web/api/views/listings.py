"""Listings: the mapping queue, and saying what a listing means."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.meaning.map_lines import save_mapping
from hub.flow.meaning.variants import variant_of
from hub.flow.reading.catalogue_import import publish
from hub.flow.refusal import Invalid, Missing
from hub.models.by_id import by_id
from hub.models.channels.message_views import channels_of
from hub.models.meaning.listing_queries import components_of
from hub.models.meaning.listing_views import (
    TO_BE_MAPPED,
    find_listings,
    listing_with_components,
    open_demand,
    waiting_counts,
)
from hub.models.meaning.mapping_queries import suggestions_for
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.orders import SalesOrder
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path, item_named
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import quantity, thousandths
from hub.web.api.schemas.listings import (
    ComponentIn,
    DemandChange,
    ListingOut,
    ListingQuery,
    MappingIn,
    MappingOut,
    MappingQuery,
    MovedOrder,
    PublishingIn,
    show_listing,
)
from hub.web.api.shapes import Page, Path
from mapping.bundle import Component, Components
from mapping.listing import sku_key
from mapping.match import Suggestion

TAG = Tag(
    name="Listings", description="What channels sell, and what that means in our items."
)


class ListingPath(Path):
    """Which listing."""

    listing_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of listings."""

    @api.get("/listings", tags=[TAG], responses={"200": Page[ListingOut]})
    def list_listings(query: ListingQuery) -> Response:
        """List listings; those that wait for a mapping come with suggestions."""
        return door.read(lambda asked: _page(asked, query))

    @api.get("/listings/<listing_id>", tags=[TAG], responses={"200": ListingOut})
    def get_listing(path: ListingPath) -> Response:
        """Show one listing."""
        return door.read(lambda asked: _one(asked, _id(path)))

    @api.put("/listings/<listing_id>/mapping", tags=[TAG], responses={"200": MappingOut})
    def map_listing(path: ListingPath, query: MappingQuery, body: MappingIn) -> Response:
        """Say what one piece of a listing holds; every line that waited for it goes on."""
        if query.dry_run:
            return door.rehearse(
                lambda asked: _map(asked, _id(path), body, is_rehearsal=True)
            )
        return door.write(
            lambda asked: _map(asked, _id(path), body, is_rehearsal=False),
            show=lambda _asked, shown: shown,
        )

    @api.put("/listings/<listing_id>/stock", tags=[TAG], responses={"200": ListingOut})
    def publish_listing(path: ListingPath, body: PublishingIn) -> Response:
        """Say whether the channel is told how many of this one listing can be bought."""
        listing_id = _id(path)
        return door.write(
            lambda asked: publish(
                asked.session,
                listing_id=listing_id,
                publishes=body.publishes_stock,
                who=asked.who,
                now=asked.now,
            ),
            show=lambda asked, _: _one(asked, listing_id),
        )


def _id(path: ListingPath) -> int:
    return id_in_path(path.listing_id, what="listing")


def _page(asked: Asked, query: ListingQuery) -> Page[ListingOut]:
    found = find_listings(
        asked.session,
        state=query.state or "",
        channel=query.channel,
        sku_key=sku_key(query.sku),
        words=query.q,
        window=window(query),
    )
    return Page(items=_shown(asked, found.rows), next=cursor(found.next))


def _one(asked: Asked, listing_id: int) -> ListingOut:
    return _shown(asked, [_listing(asked, listing_id)])[0]


def _listing(asked: Asked, listing_id: int) -> Listing:
    listing = listing_with_components(asked.session, listing_id=listing_id)
    if listing is None:
        raise Missing("There is no such listing.")
    return listing


def _shown(asked: Asked, listings: Sequence[Listing]) -> list[ListingOut]:
    waiting = [each for each in listings if each.state in TO_BE_MAPPED]
    suggestions = suggestions_for(asked.session, waiting)
    items = by_id(asked.session, Item, ids=_item_ids(listings, suggestions))
    ids = [listing.id for listing in listings]
    counts = waiting_counts(asked.session, listing_ids=ids)
    accounts = {listing.account_id for listing in listings}
    channels = channels_of(asked.session, account_ids=accounts)
    return [
        show_listing(
            listing,
            channel=channels[listing.account_id],
            items=items,
            waiting=counts.get(listing.id, 0),
            suggestions=suggestions.get(listing.id, ()),
        )
        for listing in listings
    ]


def _item_ids(
    listings: Iterable[Listing], suggestions: Mapping[int, Iterable[Suggestion]]
) -> set[int]:
    meanings = [components_of(listing) for listing in listings]
    meanings += [each.components for many in suggestions.values() for each in many]
    return {component.item_id for meaning in meanings for component in meaning}


def _map(
    asked: Asked, listing_id: int, body: MappingIn, *, is_rehearsal: bool
) -> MappingOut:
    session = asked.session
    listing = _listing(asked, listing_id)
    before = open_demand(session, listing=listing)
    saved = save_mapping(
        session,
        listing_id=listing_id,
        components=_components(asked, body),
        not_produced=body.not_produced,
        is_ignored=body.ignored,
        options=body.buyer_options,
        said_for=body.applies_to,
        who=asked.who,
        now=asked.now,
    )
    session.flush()
    session.expire_all()
    after = open_demand(session, listing=_listing(asked, listing_id))
    items = by_id(session, Item, ids=before.keys() | after.keys())
    orders = by_id(session, SalesOrder, ids=saved.order_ids)
    return MappingOut(
        dry_run=is_rehearsal,
        listing=_one(asked, listing_id),
        orders=[
            MovedOrder(id=str(order.id), number=order.number, phase=order.phase)
            for _, order in sorted(orders.items())
        ],
        demand=[
            DemandChange(
                item=item.code,
                before=quantity(before.get(item_id, 0), unit=item.unit),
                after=quantity(after.get(item_id, 0), unit=item.unit),
            )
            for item_id, item in sorted(items.items())
        ],
    )


def _components(asked: Asked, body: MappingIn) -> Components:
    found: list[Component] = []
    for position, each in enumerate(body.components):
        field = f"components.{position}"
        item = item_named(asked.session, each.item, field=f"{field}.item")
        amount = thousandths(each.quantity, item=item, field=f"{field}.quantity")
        meant = _finished(asked, item, each, field=field) if each.options else item.id
        found.append(Component(item_id=meant, quantity=amount))
    return tuple(found)


def _finished(asked: Asked, family: Item, component: ComponentIn, *, field: str) -> int:
    try:
        return variant_of(
            asked.session,
            family_id=family.id,
            options=component.options,
            who=asked.who,
            now=asked.now,
        )
    except Invalid as no:
        raise Invalid(no.message, field=f"{field}.{no.field}") from no
