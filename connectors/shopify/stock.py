"""Reading what a shop shows as available, place by place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from connectors.shopify.answers import Gid, Node
from connectors.shopify.client import AdminApi
from connectors.shopify.ids import by_number, gid, number
from connectors.shopify.read_words import id_of
from mapping.effects import StockRef

MOST_AT_ONCE = 50
"""Things asked for in one question: some 200 points of the 1,000 that one may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What a shop says of one thing at one place."""

    tracked: bool
    available: int | None
    """None where it is not stocked there; below zero where more was sold than there was."""
    changed_at: str = ""
    """When the number last changed, as the shop writes it."""


class _Quantity(Node):
    name: str
    quantity: int
    updated_at: str | None = None


class _Level(Node):
    quantities: list[_Quantity]


class _Item(Node):
    id: Gid | None = None
    tracked: bool = False
    inventory_level: _Level | None = None


class _StockAnswer(Node):
    nodes: list[_Item | None]


def stock(api: AdminApi, refs: Sequence[StockRef]) -> Mapping[StockRef, int | None]:
    """Fetch what is shown as available of each, by its inventory item and its location.

    None where the shop does not count it, does not stock it there, or has it no more.
    """
    levels = read_levels(api, {_spot(ref) for ref in refs})
    return {ref: _counted(levels.get(_spot(ref))) for ref in refs}


Spot = tuple[str, str]
"""A location's number and an inventory item's."""


def read_levels(api: AdminApi, spots: Iterable[Spot]) -> Mapping[Spot, Level]:
    """Fetch what the shop says of each; what it does not have is left out."""
    known = sorted(spot for spot in spots if all(map(id_of, spot)))
    return {
        (place, number(item.id)): _level(item)
        for place, batch in _batches(known)
        for item in _ask(api, place=place, items=batch)
        if item is not None and item.id is not None
    }


def _spot(ref: StockRef) -> Spot:
    return ref.place_id, ref.inventory_id


def _batches(known: Sequence[Spot]) -> Iterator[tuple[str, list[str]]]:
    for place, spots in groupby(known, key=lambda spot: spot[0]):
        items = sorted((item for _, item in spots), key=by_number)
        for start in range(0, len(items), MOST_AT_ONCE):
            yield place, items[start : start + MOST_AT_ONCE]


def _ask(api: AdminApi, *, place: str, items: Sequence[str]) -> Sequence[_Item | None]:
    ids = [gid("InventoryItem", item) for item in items]
    asked = {"ids": ids, "place": gid("Location", place)}
    return api.ask("stock", asked, into=_StockAnswer).nodes


def _level(item: _Item) -> Level:
    there = item.inventory_level.quantities if item.inventory_level else []
    found = next((one for one in there if one.name == "available"), None)
    if found is None:
        return Level(tracked=item.tracked, available=None)
    return Level(
        tracked=item.tracked, available=found.quantity, changed_at=found.updated_at or ""
    )


def _counted(level: Level | None) -> int | None:
    return level.available if level is not None and level.tracked else None
