"""A plain model of a whole workshop: what was said and done in it, in a few dictionaries.

It is told of deeds, knows nothing of plans, and works out for itself what must be in every lot,
what every line still asks for, and what came out of what.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class PlainLot:
    """What the model knows of a lot."""

    item_id: int
    on_hand: int
    is_bought: bool
    state: str = "available"


@dataclass
class PlainLine:
    """A line of an order: pieces of a listing, each made of so much of some items."""

    line_id: int
    wanted: int
    parts: dict[int, int]
    shipped: int = 0

    @property
    def left(self) -> int:
        """The pieces that are still to be sent."""
        return max(0, self.wanted - self.shipped)


@dataclass
class PlainOrder:
    """An order as its shop told it last, and what became of it here."""

    external_id: str
    lines: dict[str, PlainLine] = field(default_factory=dict)
    intent: str = "open"
    versions: int = 0

    @property
    def left(self) -> int:
        """The pieces that are still to be sent."""
        return sum(line.left for line in self.lines.values())


@dataclass
class PlainParcel:
    """What left in a parcel, of which lots, and which lots came back of it."""

    order_id: int
    lines: dict[int, int]
    picked: dict[int, int]
    lots_back: dict[int, int] = field(default_factory=dict)
    """So much of each lot that came back."""


@dataclass
class PlainPart:
    """One completion of a run."""

    lot: int | None
    produced: int
    scrapped: int
    used: dict[int, int]


@dataclass
class PlainRun:
    """A run and its completions, those that were taken back left out."""

    item_id: int
    state: str = "planned"
    parts: list[PlainPart] = field(default_factory=list)

    @property
    def produced(self) -> int:
        return sum(part.produced for part in self.parts)

    @property
    def scrapped(self) -> int:
        return sum(part.scrapped for part in self.parts)

    @property
    def used(self) -> set[int]:
        """The lots that went into it."""
        return {lot for part in self.parts for lot, much in part.used.items() if much}

    @property
    def made(self) -> set[int]:
        """The lots that came out of it."""
        return {part.lot for part in self.parts if part.lot is not None}


@dataclass
class PlainPurchase:
    """What was ordered of an item from its supplier, and what of it came."""

    item_id: int
    ordered: int
    received: int = 0
    is_over: bool = False


@dataclass
class PlainWorkshop:
    """The whole model."""

    lots: dict[int, PlainLot] = field(default_factory=dict)
    orders: dict[int, PlainOrder] = field(default_factory=dict)
    runs: dict[int, PlainRun] = field(default_factory=dict)
    parcels: dict[int, PlainParcel] = field(default_factory=dict)
    purchases: dict[int, PlainPurchase] = field(default_factory=dict)
    recalls: dict[int, int] = field(default_factory=dict)
    """Of each open recall in earnest, the lot it began with."""
    links: dict[int, tuple[int, int | None, int | None]] = field(default_factory=dict)
    """Every link that was ever seen: which run is for which demand or need."""

    @property
    def lines(self) -> Iterator[PlainLine]:
        """All lines of all orders."""
        for order in self.orders.values():
            yield from order.lines.values()

    def is_suspect(self, lots: Iterator[int] | set[int] | dict[int, int]) -> bool:
        """Say whether any of these lots was put aside."""
        return any(self.lots[lot].state != "available" for lot in lots)

    # What came of what ------------------------------------------------------------------------

    def into(self) -> dict[int, set[int]]:
        """Say into which other lots each lot went: through a run, or out to a buyer and back."""
        edges: dict[int, set[int]] = {lot: set() for lot in self.lots}
        for run in self.runs.values():
            for lot in run.used:
                edges[lot] |= run.made
        for parcel in self.parcels.values():
            for back in parcel.lots_back:
                for lot in parcel.picked:
                    if self.lots[lot].item_id == self.lots[back].item_id:
                        edges[lot].add(back)
        return edges

    def out_of(self) -> dict[int, set[int]]:
        """Say of which other lots each lot was made."""
        edges: dict[int, set[int]] = {lot: set() for lot in self.lots}
        for source, targets in self.into().items():
            for target in targets:
                edges[target].add(source)
        return edges


def everything_from(start: int, edges: dict[int, set[int]]) -> set[int]:
    """Follow edges from one lot to all that it leads to, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        news = edges[waiting.pop()] - found
        found |= news
        waiting += news
    return found
