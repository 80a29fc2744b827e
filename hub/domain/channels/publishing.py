"""How many pieces of a listing its channel may sell: whole ones, never more than we can promise.

What is not known for sure is not published: a wrong number sells what is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapping.bundle import Components


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A listing as far as its stock goes."""

    is_mapped: bool
    components: Components
    """What one piece holds; thousandths of each item."""
    is_active: bool
    is_tracked: bool | None
    """Whether the channel counts it; None while nobody has read its catalogue."""
    publishes: bool
    place: str | None
    """Where the channel keeps it, empty where it knows no places; None while nobody chose."""
    most: int | None = None
    """The most pieces the channel can show; None where there is no such bound."""


def wanted(offer: Offer, *, promisable: Mapping[int, int]) -> int | None:
    """Say how many pieces may be sold, given what of each item can be promised (thousandths).

    A kit is as many as its scarcest part makes, and what the channel cannot show is not wished
    for. None is unknown, and is never told to anyone.
    """
    if not is_publishable(offer):
        return None
    if any(part.item_id not in promisable for part in offer.components):
        return None
    makes = min(
        max(promisable[part.item_id], 0) // part.quantity for part in offer.components
    )
    return makes if offer.most is None else min(makes, offer.most)


def is_publishable(offer: Offer) -> bool:
    """Say whether a number for it would mean anything to the channel."""
    return (
        offer.is_mapped
        and bool(offer.components)
        and offer.is_active
        and offer.is_tracked is True
        and offer.publishes
        and offer.place is not None
    )


def place_of(places: Sequence[object], *, chosen: str) -> str | None:
    """Say where stock is told: the place people chose, or the only one there is.

    `places` are an account's, as stored: mappings with external_id and is_active. Empty is a
    channel that knows no places; None is several with none chosen, or one chosen that is gone.
    """
    known = [place for place in places if isinstance(place, dict)]
    active = [str(place.get("external_id")) for place in known if place.get("is_active")]
    if chosen:
        return chosen if chosen in active else None
    if not known:
        return ""
    return active[0] if len(active) == 1 else None
