"""A plain model of a workshop's stock: a few dictionaries, to hold the real one against."""

from dataclasses import dataclass, field

from hub.domain.stock.lot_states import LotState

Owner = tuple[str, int]
"""("demand" or "need", id)"""


@dataclass
class PlainLot:
    """What the model knows of a lot."""

    item_id: int
    on_hand: int
    state: LotState = LotState.AVAILABLE


@dataclass
class PlainOrder:
    """What the model knows of an order for candles."""

    demand_id: int
    line_id: int
    pieces: int
    shipped: int = 0
    intent: str = "open"


@dataclass
class PlainPart:
    """What the model knows of one completion of a run."""

    lot: int | None
    produced: int
    scrapped: int
    used: dict[int, int]
    given: int


@dataclass
class PlainRun:
    """What the model knows of a run."""

    need_id: int
    needed: int
    planned: int
    made_for: int
    """The order it is for."""
    promised: int
    state: str = "planned"
    parts: list[PlainPart] = field(default_factory=list)
    lots: dict[str, int] = field(default_factory=dict)
    """Lots it made under a code somebody gave, parts that were taken back too."""

    @property
    def produced(self) -> int:
        return sum(part.produced for part in self.parts)

    @property
    def scrapped(self) -> int:
        return sum(part.scrapped for part in self.parts)

    @property
    def used(self) -> int:
        return sum(sum(part.used.values()) for part in self.parts)

    @property
    def given(self) -> int:
        return sum(part.given for part in self.parts)

    @property
    def rest(self) -> int:
        """What it still needs of its wax."""
        return max(0, self.needed - self.used)

    @property
    def left(self) -> int:
        """What it is still to give."""
        return max(0, self.planned - self.produced - self.scrapped)


@dataclass
class PlainMove:
    """A count, an adjustment or a loss that may be taken back."""

    lot: int
    delta: int
    is_undone: bool = False


@dataclass
class Plain:
    """The whole model: what there is, and who holds what of it, oldest reservation first."""

    lots: dict[int, PlainLot] = field(default_factory=dict)
    orders: dict[int, PlainOrder] = field(default_factory=dict)
    runs: dict[int, PlainRun] = field(default_factory=dict)
    held: dict[tuple[int, Owner], int] = field(default_factory=dict)
    firm: set[Owner] = field(default_factory=set)
    moves: dict[int, PlainMove] = field(default_factory=dict)

    def reserved(self, lot_id: int) -> int:
        return sum(quantity for (lot, _), quantity in self.held.items() if lot == lot_id)

    def free(self, lot_id: int) -> int:
        return self.lots[lot_id].on_hand - self.reserved(lot_id)

    def usable(self, owner: Owner) -> dict[int, int]:
        """What an owner holds in available lots, by lot, in ascending id."""
        return {
            lot_id: quantity
            for (lot_id, holder), quantity in sorted(self.held.items())
            if holder == owner and self.lots[lot_id].state is LotState.AVAILABLE
        }

    def picked(self, lot_id: int) -> int:
        """What of a lot is firmly somebody's."""
        return sum(
            quantity
            for (lot, owner), quantity in self.held.items()
            if lot == lot_id and owner in self.firm
        )

    def pick(self, owner: Owner, quantity: int) -> tuple[dict[int, int], int]:
        """Take from what an owner holds, oldest lot first; and say what is missing."""
        taken: dict[int, int] = {}
        for lot_id, holder in sorted(self.held):
            part = min(quantity, self.held[lot_id, holder]) if holder == owner else 0
            if part:
                taken[lot_id] = part
                quantity -= part
        return taken, quantity

    def make_room(self, lot_id: int, quantity: int) -> None:
        """Let go of what is only planned from a lot, latest first, for so much to leave it."""
        missing = quantity - self.free(lot_id)
        for lot, owner in reversed(list(self.held)):
            if lot == lot_id and owner not in self.firm and missing > 0:
                part = min(missing, self.held[lot, owner])
                self.take(lot, owner, part)
                missing -= part

    def give(self, lot_id: int, owner: Owner, quantity: int) -> None:
        if quantity:
            self.held[lot_id, owner] = self.held.get((lot_id, owner), 0) + quantity

    def take(self, lot_id: int, owner: Owner, quantity: int) -> None:
        self.held[lot_id, owner] -= quantity
        if not self.held[lot_id, owner]:
            del self.held[lot_id, owner]

    def let_go(self, owner: Owner) -> None:
        for lot_id, holder in list(self.held):
            if holder == owner:
                del self.held[lot_id, holder]
        self.firm.discard(owner)
