"""What a run still has to use: each need by the items that meet it, its own and substitutes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.domain.making.completing import stands_for
from hub.models.by_id import by_id
from hub.models.making.completion_queries import UsedOf, used_so_far
from hub.models.planning.held import Held, held_by_needs
from hub.models.planning.substitution_queries import substitutions_of
from hub.models.records.alternates import Substitution
from hub.models.records.items import Item
from hub.models.records.production import ProductionNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One item that meets a need, and how much of it is still to be used; thousandths."""

    need: ProductionNeed
    item: Item
    rest: int
    """Of the item itself, so a substitute's own thousandths."""
    held: tuple[Held, ...]
    """What is reserved of it for this need, lots in ascending id."""
    swap: Substitution | None = None
    """How much of it stands for how much of the need; None: it is the item asked for."""

    @property
    def there(self) -> int:
        """How much of it is reserved for the need."""
        return sum(each.quantity for each in self.held)

    def counts_for(self, quantity: int) -> int:
        """Say how much of the need a quantity of the item meets."""
        if self.swap is None:
            return quantity
        return stands_for(
            quantity, substitute=self.swap.quantity, replaces=self.swap.replaces
        )


def parts_of(session: Session, *, needs: Sequence[ProductionNeed]) -> list[Part]:
    """Return what is left of each need by item: its own item first, then what stands in."""
    need_ids = [need.id for need in needs]
    swaps = substitutions_of(session, need_ids=need_ids)
    used = {
        (each.need_id, each.item_id): each
        for each in used_so_far(session, need_ids=need_ids)
    }
    held: dict[tuple[int, int], list[Held]] = defaultdict(list)
    for each in held_by_needs(session, need_ids=need_ids):
        held[each.need_id or 0, each.item_id].append(each)
    named = {need.item_id for need in needs}
    named |= {swap.item_id for rows in swaps.values() for swap in rows}
    items = by_id(session, Item, ids=named)
    parts: list[Part] = []
    for need in needs:
        mine = swaps.get(need.id, [])
        replaced = sum(_left(swap, used)[1] for swap in mine)
        parts.append(
            Part(
                need=need,
                item=items[need.item_id],
                rest=max(0, need.needed - need.consumed - replaced),
                held=tuple(held[need.id, need.item_id]),
            )
        )
        parts += [
            Part(
                need=need,
                item=items[swap.item_id],
                rest=_left(swap, used)[0],
                held=tuple(held[need.id, swap.item_id]),
                swap=swap,
            )
            for swap in mine
        ]
    return parts


def _left(swap: Substitution, used: dict[tuple[int, int], UsedOf]) -> tuple[int, int]:
    """What is left of a substitution: of the substitute, and of the need."""
    gone = used.get((swap.need_id, swap.item_id))
    if gone is None:
        return swap.quantity, swap.replaces
    return max(0, swap.quantity - gone.quantity), max(0, swap.replaces - gone.counts)
