"""Where a card of the production board may be moved, and by which button of the run."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.states import PRODUCTION_STEPS, PRODUCTION_UNDO, Production
from hub.models.making.run_views import RunRow

BOARD: tuple[Production, ...] = (
    Production.PLANNED,
    Production.RELEASED,
    Production.RUNNING,
    Production.DONE,
)
"""The columns, from left to right. Cancelling is no move: it asks why, on the run's page."""

VIEW_FORWARD: Mapping[Production, str] = {
    Production.RELEASED: "release_run",
    Production.RUNNING: "start_run",
    Production.DONE: "finish_page",
}
VIEW_BACK = "undo_step"
AT_ONCE = (Production.PLANNED, Production.RUNNING)
"""Start is pressed on a planned run too: it is released with the same press."""


@dataclass(frozen=True, slots=True)
class Move:
    """A column a card may go to, and the view whose right it takes."""

    to: Production
    view: str
    is_back: bool = False


def move_between(old: Production, new: Production) -> Move | None:
    """Say which button leads from a column to another; None when none does."""
    if new not in BOARD:
        return None
    if new in PRODUCTION_STEPS[old] or (old, new) == AT_ONCE:
        return Move(new, VIEW_FORWARD[new])
    if new in PRODUCTION_UNDO[old]:
        return Move(new, VIEW_BACK, is_back=True)
    return None


def moves_of(row: RunRow) -> list[Move]:
    """Say where a card may be moved now, as far as its page shows it.

    A run starts when lots are reserved for all it needs, and its start is taken back while it has
    given nothing: what came out is taken back first.
    """
    found = (move_between(Production(row.run.state), new) for new in BOARD)
    return [move for move in found if move is not None and _is_open(row, move)]


def _is_open(row: RunRow, move: Move) -> bool:
    if move.to is Production.RUNNING and not move.is_back:
        return row.is_covered
    if move.to is Production.RELEASED and move.is_back:
        return all(made.completion.undone_at is not None for made in row.made)
    return True
