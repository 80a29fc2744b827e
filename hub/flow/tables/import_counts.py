"""Counts from a table: the sheet people take along the shelves, with what they found."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.stock.counting import CountReason
from hub.flow.stock.counts import count
from hub.flow.tables.import_cells import Cells
from hub.flow.tables.import_kind import Came, Kind, amount
from hub.models.records.items import Item
from hub.models.stock.lots import LotStock, lot_coded

COLUMNS = ("item", "lot", "on_hand", "counted", "reason", "note")


def take_count(session: Session, rows: Sequence[Cells], who: str, now: datetime) -> Came:
    """Write down what was counted of one lot; a row in which nothing was counted is left alone.

    `on_hand` is what the sheet said when it was printed, for the eye only.

    :raises RowRefused: a cell that cannot be read, or no such lot.
    :raises Refusal: what a count cannot be.
    """
    (row,) = rows
    if not row.has("counted"):
        return Came.UNCHANGED
    item = row.item(session, "item")
    lot = lot_coded(session, item_id=item.id, code=row.needed("lot"))
    if lot is None:
        raise row.refused("lot", "This item has no lot with this code.")
    difference = count(
        session,
        lot_id=lot.id,
        quantity=row.quantity_of("counted", item) or 0,
        reason=row.text("reason") or CountReason.COUNTED,
        note=row.text("note"),
        who=who,
        now=now,
    )
    return Came.UPDATED if difference else Came.UNCHANGED


def count_row(lot: LotStock, *, item: Item) -> dict[str, str]:
    """Write a lot on the sheet, with room for what is found."""
    return {
        "item": item.code,
        "lot": lot.code,
        "on_hand": amount(lot.on_hand, unit=item.unit),
    }


COUNTS = Kind(
    columns=COLUMNS,
    required=("item", "lot", "counted"),
    items=("item",),
    take=take_count,
)
