"""Goods called back, and what is shown of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.recalls import recall as flow
from hub.models.recalls.recall_views import RecallPage, recall_page
from hub.models.records.schema import metadata
from hub.models.records.stock import Lot
from tests.factories import NOW, PIECE
from tests.flow.bench import WHO, demand_of, hold
from tests.flow.recalls.ancestry import Workshop

MOULD = "mould in the oil"
OWN_TABLES = {"recall", "recall_lot", "recall_order", "counter"}


def start(session: Session, lot: Lot, **more: object) -> int:
    asked: dict[str, object] = {"reason": MOULD, "is_drill": False, "who": WHO, "now": NOW}
    return flow.start_recall(session, lot_id=lot.id, **(asked | more))  # type: ignore[arg-type]


def page(session: Session, recall_id: int) -> RecallPage:
    session.flush()
    session.expire_all()
    return recall_page(session, recall_id=recall_id)


def states(session: Session, *lots: Lot) -> list[str]:
    session.expire_all()
    return [session.get_one(Lot, lot.id).state for lot in lots]


def codes(found: RecallPage) -> list[str]:
    return [each.lot.code for each in found.lots]


def dump(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Read every row of every table."""
    session.flush()
    return {
        table.name: [
            tuple(row) for row in session.execute(select(table).order_by(table.c.id))
        ]
        if "id" in table.c
        else [tuple(row) for row in session.execute(select(table))]
        for table in metadata.sorted_tables
    }


def a_busy_past(workshop: Workshop, session: Session) -> Lot:
    oil = workshop.bought("OIL")
    soap = workshop.made_of("SOAP", oil)
    workshop.send(workshop.order("SOAP"), soap)
    waits = workshop.order("SOAP")
    hold(
        session,
        soap,
        owner=demand_of(session, waits, workshop.item("SOAP")),
        quantity=2 * PIECE,
    )
    return oil
