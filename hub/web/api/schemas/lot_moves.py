"""What happens to a lot outside a run or a parcel, and its ledger, as the API has them."""

from collections.abc import Collection
from datetime import datetime

from pydantic import Field

from hub.domain.making.scrap import ScrapReason
from hub.domain.stock.counting import CountReason
from hub.flow.undoing.undo_move import UNDOABLE
from hub.models.records.stock import StockMove
from hub.web.api.quantities import Quantity, QuantityIn, SignedIn, quantity
from hub.web.api.shapes import In, Out


class CountIn(In):
    """How much of a lot there is."""

    quantity: QuantityIn
    reason: CountReason = CountReason.COUNTED
    note: str = Field("", max_length=500)


class AdjustIn(In):
    """How much more or less of a lot there is than was known."""

    delta: SignedIn
    reason: CountReason
    note: str = Field("", max_length=500)


class ScrapIn(In):
    """How much of a lot was thrown away."""

    quantity: QuantityIn
    reason: ScrapReason
    note: str = Field("", max_length=500)


class MoveOut(Out):
    """One line of the ledger."""

    id: str
    kind: str = Field(
        description="received, produced, returned, consumed, shipped, scrapped or adjusted."
    )
    quantity: Quantity = Field(description="Negative where it left the lot.")
    reason: str = Field(description="A machine word; empty where there is none.")
    note: str
    cause: str = Field(description="What made it move.", examples=["completion:7"])
    at: datetime
    who: str
    reverses: str | None = Field(description="The move that this one takes back.")
    is_undone: bool
    can_undo: bool = Field(
        description="It may be taken back by itself, as long as the goods are there."
    )


def show_move(move: StockMove, *, unit: str, taken_back: Collection[int]) -> MoveOut:
    """Write a line of the ledger; `taken_back` are the moves that others took back."""
    is_undone = move.id in taken_back
    is_free = move.kind in UNDOABLE and move.reverses_id is None
    return MoveOut(
        id=str(move.id),
        kind=move.kind,
        quantity=quantity(move.quantity, unit=unit),
        reason=move.reason,
        note=move.why,
        cause=f"{move.ref_type}:{move.ref_id}",
        at=move.at,
        who=move.who,
        reverses=None if move.reverses_id is None else str(move.reverses_id),
        is_undone=is_undone,
        can_undo=is_free and not is_undone,
    )
