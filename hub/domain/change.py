"""What a held thing gives back when the demand that holds it shrinks or disappears."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class HoldKind(StrEnum):
    """How a demand holds goods, in the order they are given back: the loosest first."""

    PLANNED_LINK = "planned_link"
    """A share of a run that is only planned: the run shrinks."""
    INCOMING = "incoming"
    """A share of a purchase on its way."""
    RESERVATION = "reservation"
    """A soft hold on a lot in stock."""
    FIRM_LINK = "firm_link"
    """A share of a run that is released or running: it keeps its size, others get it."""
    PACKED = "packed"
    """In a parcel: only a person can take it out again."""
    SHIPPED = "shipped"
    """Gone."""


NEVER_GIVEN_BACK = frozenset({HoldKind.PACKED, HoldKind.SHIPPED})
LOOSEST_FIRST = {kind: place for place, kind in enumerate(HoldKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """So much that a demand holds of one thing; `ref` names the run, lot, purchase, parcel."""

    kind: HoldKind
    ref: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """What a change sets free, what stays held, and what came too late."""

    returned: tuple[Hold, ...]
    kept: tuple[Hold, ...]
    stuck: int
    """Held beyond what is wanted, but packed or gone: a person decides."""


def give_back(holds: Sequence[Hold], *, keep: int) -> GivenBack:
    """Give back the loosest holds until no more than `keep` is held.

    Among holds of one kind the last given is the first to go, so the caller lists them
    best first: earliest run, earliest best before. What is packed or shipped stays.
    This is the order in which netting would choose, so planning again agrees with it.
    """
    too_much = max(sum(hold.quantity for hold in holds) - keep, 0)
    order = sorted(reversed(range(len(holds))), key=lambda i: LOOSEST_FIRST[holds[i].kind])
    left = [hold.quantity for hold in holds]
    returned: list[Hold] = []
    for index in order:
        hold = holds[index]
        quantity = 0 if hold.kind in NEVER_GIVEN_BACK else min(hold.quantity, too_much)
        if quantity:
            returned.append(Hold(kind=hold.kind, ref=hold.ref, quantity=quantity))
            left[index] -= quantity
            too_much -= quantity
    kept = tuple(
        Hold(kind=hold.kind, ref=hold.ref, quantity=quantity)
        for hold, quantity in zip(holds, left, strict=True)
        if quantity
    )
    return GivenBack(returned=tuple(returned), kept=kept, stuck=too_much)
