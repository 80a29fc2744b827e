"""Recognising a shipment of ours among the fulfilments an order already has.

A shipment with a tracking number is known by it. One without is known by its pieces: a
fulfilment counts as ours if it is exactly what we would have created at that location.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.shopify.client import AdminApi
from connectors.shopify.effects.pieces import Pieces, added, by_location, missing, overlap
from connectors.shopify.effects.state import OrderState, Sent, read_pieces
from connectors.shopify.ids import number, split
from mapping.effects import Fulfil


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBefore:
    """The fulfilments that are this shipment already, and the pieces still to be told."""

    refs: tuple[str, ...]
    left: Pieces


def sent_before(
    api: AdminApi,
    *,
    effect: Fulfil,
    wanted: Pieces,
    state: OrderState,
    room: Mapping[str, Pieces],
) -> SentBefore:
    """Find what of a shipment Shopify already holds.

    Fulfilments that were cancelled, or that our earlier shipments made, never count.
    """
    known = set(split(effect.known_refs))
    unknown = [one for one in state.sent if one.stands and number(one.id) not in known]
    ours = effect.tracking.number.strip()
    if ours:
        found = _by_number(api, unknown, ours=ours, wanted=wanted)
    else:
        untracked = [one for one in unknown if not list(_numbers(one))]
        found = _by_pieces(api, untracked, wanted=wanted, room=room)
    refs, left = [], wanted
    for one, pieces in found:
        refs.append(number(one.id))
        left = missing(left, have=pieces)
    return SentBefore(refs=tuple(refs), left=left)


Found = Iterator[tuple[Sent, Pieces]]


def _by_number(api: AdminApi, sent: list[Sent], *, ours: str, wanted: Pieces) -> Found:
    for one in sent:
        if _same(ours) in _numbers(one):
            pieces = overlap(wanted, have=read_pieces(api, fulfilment_id=one.id))
            if pieces:
                yield one, pieces


def _by_pieces(
    api: AdminApi, sent: list[Sent], *, wanted: Pieces, room: Mapping[str, Pieces]
) -> Found:
    """Work out what we would have created had none of these been, and see which it is."""
    candidates = [(one, read_pieces(api, fulfilment_id=one.id)) for one in sent]
    before = dict(room)
    for one, pieces in candidates:
        where = _location(one, room)
        before[where] = added(before.get(where, {}), pieces)
    ours = by_location(wanted, room=before)
    for one, pieces in candidates:
        where = _location(one, room)
        if ours.get(where) == dict(pieces):
            del ours[where]
            yield one, pieces


def _location(one: Sent, room: Mapping[str, Pieces]) -> str:
    """Return where it left from; a location that was deleted counts as the first one."""
    return one.location.id if one.location else next(iter(room), "")


def _numbers(one: Sent) -> Iterator[str]:
    return (_same(info.number) for info in one.tracking_info if info.number)


def _same(tracking_number: str) -> str:
    """Leave out what people and shops change in a number: spaces, dashes and case."""
    return "".join(letter for letter in tracking_number.casefold() if letter.isalnum())
