"""One page of the ledger, of an item or of one lot: each move with what made it and who did it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.domain.stock.counting import CountReason
from hub.models.by_id import by_id
from hub.models.newest import Newest
from hub.models.people.people_views import names_of
from hub.models.records.stock import Lot, StockMove
from hub.models.stock.ledger_views import taken_back
from hub.models.stock.move_sources import Source, sources_of
from hub.web.wording.language import N_
from hub.web.wording.who_words import who_words
from hub.web.wording.words import COUNTS, SCRAP, said

REASONS: Mapping[str, str] = {
    **COUNTS,
    **SCRAP,
    "sent_elsewhere": N_("sent without Hornada"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One move, as a page tells it."""

    move: StockMove
    lot: Lot
    source: Source | None
    """What made it; None where somebody did it to the lot itself."""
    reason: str
    """Why it was counted or thrown away, in words; empty where nobody said."""
    who: str
    is_taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One page of moves, the newest first, and where the next page begins."""

    rows: list[LedgerRow]
    next: int | None


def ledger_of(session: Session, found: Newest[StockMove]) -> Ledger:
    """Tell a page of moves."""
    moves = list(found.rows)
    lots = by_id(session, Lot, ids={move.lot_id for move in moves})
    sources = sources_of(session, moves=moves)
    actors = names_of(session, whos={move.who for move in moves})
    back = taken_back(session, move_ids=[move.id for move in moves])
    return Ledger(
        rows=[
            LedgerRow(
                move=move,
                lot=lots[move.lot_id],
                source=sources.get(move.id),
                reason=_reason(move),
                who=who_words(move.who, names=actors),
                is_taken_back=move.id in back,
            )
            for move in moves
        ],
        next=found.next,
    )


def _reason(move: StockMove) -> str:
    """Say why, unless that is what the move's own word says already."""
    return "" if move.reason == CountReason.COUNTED else said(REASONS, move.reason)
