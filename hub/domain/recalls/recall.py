"""What a recall reaches: lots, orders that left with them, orders that still wait for them.

Pure: it is told what hangs together (hub/domain/stock/trace.py) and what is spoken for, and adds
up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from hub.domain.stock.trace import Direction, Edge, MassBalance, Node, NodeKind, walk

INSIDE = frozenset({NodeKind.LOT, NodeKind.RUN})
"""Where a lot may go without leaving the house: parcels are many and lead to no lot."""


class Part(NamedTuple):
    """So much of a lot, in thousandths of its item's unit; a tuple: a recall holds thousands."""

    lot_id: int
    quantity: int


class Parcel(NamedTuple):
    """A parcel of an order, and what there is in it of the lots called back."""

    shipment_id: int
    order_id: int
    has_left: bool
    """Packed only, it can still be stopped."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An order with parts of the lots called back that are in no parcel of ours."""

    order_id: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """All that a recall reaches."""

    lots: tuple[int, ...]
    """Those it begins with first, then what was made of them, nearest first."""
    parcels: tuple[Parcel, ...]
    waiting: tuple[Waiting, ...]
    """Reserved, and not sent yet."""
    by_hand: tuple[Waiting, ...] = ()
    """Sent by hand, as their shop says."""

    @property
    def sent(self) -> frozenset[int]:
        """The orders whose goods must be asked back."""
        left = {each.order_id for each in self.parcels if each.has_left}
        return frozenset(left | {each.order_id for each in self.by_hand})

    @property
    def unsent(self) -> frozenset[int]:
        """The orders that can still be stopped, also those of which another part was sent."""
        packed = {each.order_id for each in self.parcels if not each.has_left}
        return frozenset({each.order_id for each in self.waiting} | packed)

    @property
    def orders(self) -> tuple[int, ...]:
        """Every order, each once, in ascending id."""
        return tuple(sorted(self.sent | self.unsent))


def affected_lots(edges: Iterable[Edge], *, start: Collection[int]) -> tuple[int, ...]:
    """Return the lots that hold, or came of, what was in the first ones, nearest first.

    It is the same for a lot we made and for one a supplier sent: what must come back is what was
    made of it. What went into it, and what else was made of that, is not suspect for its sake.
    """
    begin = [Node(kind=NodeKind.LOT, id=lot_id) for lot_id in start]
    inside = (edge for edge in edges if edge.target.kind in INSIDE)
    return walk(inside, start=begin, direction=Direction.FORWARD).lots


def reach(
    edges: Iterable[Edge],
    *,
    lots: Sequence[int],
    left: Collection[int],
    reserved: Mapping[int, Collection[Part]],
) -> Reach:
    """Say what a recall of these lots (`affected_lots`) reaches.

    `left` are the shipments that are on their way or arrived, `reserved` what orders hold.
    """
    inside: dict[int, list[Part]] = defaultdict(list)
    order_of: dict[int, int] = {}
    by_hand: dict[int, list[Part]] = defaultdict(list)
    among = frozenset(lots)
    for edge in edges:
        if edge.target.kind is NodeKind.SHIPMENT and edge.source.id in among:
            part = Part(lot_id=edge.source.id, quantity=edge.quantity)
            inside[edge.target.id].append(part)
        elif edge.source.kind is NodeKind.SHIPMENT:
            order_of[edge.source.id] = edge.target.id
        elif edge.target.kind is NodeKind.ORDER:
            part = Part(lot_id=edge.source.id, quantity=edge.quantity)
            by_hand[edge.target.id].append(part)
    return Reach(
        lots=tuple(lots),
        parcels=tuple(
            Parcel(
                shipment_id=shipment_id,
                order_id=order_of[shipment_id],
                has_left=shipment_id in left,
                parts=tuple(sorted(parts)),
            )
            for shipment_id, parts in sorted(inside.items())
        ),
        waiting=_by_order(reserved),
        by_hand=_by_order(by_hand),
    )


def _by_order(parts: Mapping[int, Collection[Part]]) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(order_id=order_id, parts=tuple(sorted(each)))
        for order_id, each in sorted(parts.items())
    )


def total(balances: Iterable[MassBalance]) -> MassBalance:
    """Add up what became of several lots of one item."""
    sums = {each.name: 0 for each in fields(MassBalance)}
    for balance in balances:
        for name in sums:
            sums[name] += getattr(balance, name)
    return MassBalance(**sums)
