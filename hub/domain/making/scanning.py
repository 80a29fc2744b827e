"""What a run takes when somebody scans lots: these first, then what was reserved before."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.making.completing import stands_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """So much of a lot may be taken for a need; `substitute` of it stand for `replaces`."""

    item_id: int
    lot_id: int
    most: int
    """Thousandths of what is in the lot."""
    substitute: int = 1
    replaces: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """So much of a lot is taken for a need, and stands for so much of it; thousandths."""

    item_id: int
    lot_id: int
    quantity: int
    counts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is taken, in the order offered, and what nothing covers."""

    taken: tuple[Taken, ...]
    short: int


def choose(offers: Iterable[Offer], *, needed: int) -> Chosen:
    """Take what is offered in its order, no more of each than is still needed."""
    taken: list[Taken] = []
    for offer in offers:
        wanted = -(-needed * offer.substitute // offer.replaces)
        quantity = min(offer.most, wanted)
        counts = min(
            needed,
            stands_for(quantity, substitute=offer.substitute, replaces=offer.replaces),
        )
        if counts > 0:
            taken.append(
                Taken(
                    item_id=offer.item_id,
                    lot_id=offer.lot_id,
                    quantity=quantity,
                    counts=counts,
                )
            )
            needed -= counts
    return Chosen(taken=tuple(taken), short=needed)
