"""The lines of an order as its channel states them, and what changes when it states them anew."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.orders.sales import KnownLine, LineChange, Pieces
from hub.models.records.history import record
from hub.models.records.orders import OrderLine
from mapping.canonical import Line, LineKind, Order
from mapping.listing import listing_ref


def new_line(line: Line, position: int) -> OrderLine:
    """Make a line the way its channel states it, before anybody says what it means."""
    made = OrderLine(
        external_id=line.external_id,
        position=position,
        ordered=line.ordered,
        cancelled=line.cancelled,
        shipped=0,
        sent_elsewhere=line.fulfilled,
        shown_sent=line.fulfilled,
        state="unmapped",
        matched_by="",
    )
    _describe(made, line)
    return made


def known_line(line: OrderLine) -> KnownLine:
    """Return a line as the comparison of versions wants it."""
    return KnownLine(
        external_id=line.external_id,
        kind=LineKind(line.kind),
        pieces=Pieces(
            ordered=line.ordered,
            cancelled=line.cancelled,
            fulfilled=line.shipped + line.sent_elsewhere,
        ),
        shipped=line.shipped,
        sku=line.sku,
        product_id=line.product_id,
        variant_id=line.variant_id,
        personalisation=tuple(
            (str(pair[0]), str(pair[1])) for pair in _pairs(line.personalisation)
        ),
    )


def change_line(
    session: Session, line: OrderLine, changed: LineChange, *, who: str, now: datetime
) -> None:
    """Hold other pieces of a line than before."""
    line.ordered, line.cancelled = changed.after.ordered, changed.after.cancelled
    line.sent_elsewhere = max(0, changed.after.fulfilled - line.shipped)
    record(
        session,
        at=now,
        who=who,
        subject="line",
        subject_id=line.id,
        what="line.changed",
        from_state=_pieces(changed.before),
        to_state=_pieces(changed.after),
    )


def note_sent(lines: dict[str, OrderLine], order: Order) -> None:
    """Remember how many pieces of each line the channel shows as sent."""
    for incoming in order.lines:
        if incoming.external_id in lines:
            lines[incoming.external_id].shown_sent = incoming.fulfilled


def relist(lines: dict[str, OrderLine], order: Order, *, relisted: set[str]) -> None:
    """Take lines that sell another thing now back to where nobody has said what they mean."""
    for incoming in order.lines:
        if incoming.external_id in relisted:
            line = lines[incoming.external_id]
            _describe(line, incoming)
            line.state, line.listing_id = "unmapped", None


def _describe(made: OrderLine, line: Line) -> None:
    made.kind = line.kind
    made.sku = line.sku
    made.title = line.title
    made.variant_title = line.variant_title
    made.product_id, made.variant_id = line.product_id, line.variant_id
    made.listing_key = listing_ref(line).key
    made.unit_price_minor = line.unit_price.minor if line.unit_price else None
    made.personalisation = [list(pair) for pair in line.personalisation]


def _pairs(value: Sequence[object]) -> list[list[object]]:
    return [pair for pair in value if isinstance(pair, list) and len(pair) == 2]


def _pieces(pieces: Pieces) -> str:
    return f"{pieces.ordered - pieces.cancelled} wanted, {pieces.fulfilled} sent"
