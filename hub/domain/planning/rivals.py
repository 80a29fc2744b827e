"""Who gave what to whom between two plans: the same lot or run, in other hands."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[int, str, int]
"""An item, and where so much of it is: "lot" or "run", and its id."""
Hands = Mapping[Place, Mapping[int, int]]
"""What each order has at each place; thousandths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """So much of an item that one order gave to another."""

    item_id: int
    giver: int
    taker: int
    quantity: int


def gifts(before: Hands, *, after: Hands) -> tuple[Gift, ...]:
    """Say who gave what to whom, in ascending ids.

    Only what changed hands at one place counts, and what went back at another is taken off: two
    orders that merely swapped runs gave each other nothing. What became free is no gift.
    """
    given: dict[tuple[int, int, int], int] = defaultdict(int)
    for place in sorted({*before, *after}):
        had, has = before.get(place, {}), after.get(place, {})
        moved = {order: has.get(order, 0) - had.get(order, 0) for order in {*had, *has}}
        givers = sorted((order, -more) for order, more in moved.items() if more < 0)
        takers = sorted((order, more) for order, more in moved.items() if more > 0)
        for giver, taker, quantity in _matched(givers, takers):
            given[place[0], giver, taker] += quantity
    return tuple(
        Gift(item_id=item_id, giver=giver, taker=taker, quantity=net)
        for (item_id, giver, taker), quantity in sorted(given.items())
        if (net := quantity - given.get((item_id, taker, giver), 0)) > 0
    )


def totals(hands: Hands, *, order_id: int) -> dict[tuple[int, str], int]:
    """Add up what an order has of each item: in lots and in runs."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    for (item_id, kind, _), shares in hands.items():
        if shares.get(order_id):
            found[item_id, kind] += shares[order_id]
    return dict(found)


def _matched(
    givers: list[tuple[int, int]], takers: list[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    left = dict(takers)
    for giver, gave in givers:
        rest = gave
        for taker, wants in list(left.items()):
            part = min(rest, wants)
            if part:
                found.append((giver, taker, part))
                left[taker] -= part
                rest -= part
    return found
