"""The test bench: what the newest orders would ask for if the drafts counted; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import folded
from hub.flow.meaning.line_options import ChoiceUnknown, buyers_choice, chosen_items
from hub.flow.meaning.mapping_meaning import Meaning, read_meaning
from hub.models.meaning.mapping_queries import drafts
from hub.models.records.listings import Listing
from hub.models.records.orders import Demand, OrderLine, SalesOrder

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a line comes to: what one piece holds by item in thousandths, or why it waits."""

    state: str
    """mapped | ignored | service | unmapped | suggested"""
    per_piece: Mapping[int, int]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One order line as it is, and as the draft would have it."""

    order: SalesOrder
    line: OrderLine
    now: Side
    draft: Side

    @property
    def differs(self) -> bool:
        """Say whether the draft would change anything."""
        return (self.now.state, self.now.per_piece) != (
            self.draft.state,
            self.draft.per_piece,
        )

    @property
    def is_fixed(self) -> bool:
        """Say whether it stays as it is whatever is said: it left, or its order is over."""
        return self.line.shipped > 0 or self.order.intent not in {"open", "on_hold"}


def replay(session: Session, *, most: int, now: datetime) -> list[Replayed]:
    """Hold the lines of the newest orders against the drafts, the newest order first."""
    meanings = _by_listing(session)
    if not meanings:
        return []
    newest = (
        select(SalesOrder.id)
        .order_by(SalesOrder.id.desc())
        .limit(min(most, MOST))
        .subquery()
    )
    query = (
        select(OrderLine, SalesOrder)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(SalesOrder.id.in_(select(newest.c.id)))
        .where(OrderLine.listing_id.in_(meanings))
        .order_by(SalesOrder.id.desc(), OrderLine.position, OrderLine.id)
    )
    rows = [(line, order) for line, order in session.execute(query)]
    asked = _asked(session, [line.id for line, _ in rows])
    return [
        Replayed(
            order=order,
            line=line,
            now=Side(state=line.state, per_piece=asked.get(line.id, {})),
            draft=_drafted(session, line, meanings[line.listing_id or 0], now=now),
        )
        for line, order in rows
    ]


def _by_listing(session: Session) -> dict[int, Meaning]:
    """Return what each listing would mean: its draft, or that of its SKU where it goes so far."""
    kept = {each.listing_id: read_meaning(each.meaning) for each in drafts(session)}
    found = dict(kept)
    sources = {
        each.id: each
        for each in session.scalars(select(Listing).where(Listing.id.in_(kept)))
    }
    for listing_id, source in sources.items():
        meaning = kept[listing_id]
        if not source.sku_key or meaning.said_for == "listing":
            continue
        kin = select(Listing.id).where(
            Listing.sku_key == source.sku_key, Listing.matched_by != "person"
        )
        if meaning.said_for == "account":
            kin = kin.where(Listing.account_id == source.account_id)
        for each in session.scalars(kin):
            found.setdefault(each, meaning)
    return found


def _asked(session: Session, line_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    query = select(Demand).where(Demand.order_line_id.in_(line_ids), Demand.quantity > 0)
    for demand in session.scalars(query.order_by(Demand.item_id)):
        found.setdefault(demand.order_line_id, {})[demand.item_id] = demand.per_piece
    return found


def _drafted(session: Session, line: OrderLine, meaning: Meaning, *, now: datetime) -> Side:
    if line.state == "service" and not line.matched_by:
        return Side(state="service", per_piece={})
    if meaning.state == "not_produced":
        return Side(state="service" if meaning.is_ignored else "ignored", per_piece={})
    try:
        items = chosen_items(
            session,
            meaning.components,
            filled={folded(name): choice for name, choice in meaning.options.items()},
            said=buyers_choice(line),
            now=now,
            opens=False,
        )
    except ChoiceUnknown as problem:
        return Side(state="unmapped", per_piece={}, why=str(problem))
    return Side(state="mapped", per_piece=items)
