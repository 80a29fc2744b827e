"""The production board: runs by state as cards, what has no run yet, and moving a card on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlencode

from flask import (
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session

from hub.domain.states import PRODUCTION_STEPS, Production
from hub.flow.making.produce import release, start
from hub.flow.making.release_many import release_many
from hub.flow.refusal import Invalid, Missing
from hub.flow.step import expect_step
from hub.flow.undoing.undo_run import undo
from hub.models.catalogue.item_views import find_work_centres
from hub.models.making.board_views import (
    NOT_PLANNED_YET,
    BoardQuery,
    Ghosts,
    board_page,
    ghosts,
)
from hub.models.newest import Window
from hub.models.records.production import ProductionOrder
from hub.web.guard.browser_session import person
from hub.web.guard.page_roles import may_open
from hub.web.making.production_cards import Card, cards_of
from hub.web.making.production_moves import BOARD, Move, move_between
from hub.web.making.production_schedule import gantt_of
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show_live,
    typed,
)
from hub.web.wording.language import gettext
from hub.web.wording.promise_words import WHY_NO_DATE
from hub.web.wording.words import REASONS, said

MOST = 12
"""Cards of a column: as many as one can read; the rest are pages further."""
SHOWN_UNMADE = 12
"""Items wanted and in no run that are shown at first; the rest on asking."""
GANTT_DAYS = 7
MOST_CENTRES = 100
LONGEST_DAY_OF_RUNS = 1_000
FILTERS = ("q", "centre", *(f"{state}_page" for state in BOARD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One state of the board: a page of its cards, and how many runs it has in all."""

    state: str
    cards: list[Card]
    total: int
    page: int

    @property
    def more(self) -> int:
        """How many runs come after this page."""
        return max(0, self.total - self.page * MOST - len(self.cards))

    @property
    def pages(self) -> list[int]:
        """The pages to choose from: the first, those beside this one, and the last."""
        last = max(0, self.total - 1) // MOST
        near = range(self.page - 1, self.page + 2)
        return sorted({0, last, *(each for each in near if 0 <= each <= last)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A move that was made, and the move that takes it back, if the flow knows one."""

    run: ProductionOrder
    back: Production | None


def production_board(door: PageDoor) -> Response:
    """Show runs by state, what has no run yet, and when each work centre works on what."""
    return _board(door)


def move_run(door: PageDoor, run_id: int) -> Response:
    """Move a card to another column: the run's own button, pressed from the board."""
    if typed("to") == Production.DONE:
        return make_response(redirect(url_for("pages.finish_page", run_id=run_id), 303))
    return door.press(
        lambda deed: _move(door, deed, run_id),
        done=_moved,
        again=lambda trouble: _refused(door, trouble),
        about="move",
    )


def release_runs(door: PageDoor) -> Response:
    """Give the chosen planned runs to the workshop."""
    return door.press(
        _release_many,
        done=lambda _: _to_board("runs_released"),
        again=lambda trouble: _board(door, trouble=trouble),
        about="bulk",
    )


def _board(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    text, centre_id = asked("q"), asked_id("centre")
    most = None if asked("unmade") == "all" else SHOWN_UNMADE
    with door.reading() as session:
        return show_live(
            "production/board.html",
            "production/_board.html",
            columns=_columns(door, session, text=text, centre_id=centre_id),
            ghosts=Ghosts() if centre_id else ghosts(session, text=text, limit=most),
            ghost_word=_ghost_word,
            empty_words=_empty_words,
            today=door.today(),
            centres=find_work_centres(session, window=Window(MOST_CENTRES)).rows,
            gantt=gantt_of(door, session, days=GANTT_DAYS, centre_id=centre_id),
            filters=_filters(),
            trouble=trouble,
        )


def _columns(
    door: PageDoor, session: Session, *, text: str, centre_id: int | None
) -> list[Column]:
    """Read all columns, and then all cards at once."""
    zone, today = door.zone, door.today()
    midnight = datetime.combine(today, time(), tzinfo=zone)
    pages = {state: asked_id(f"{state}_page") or 0 for state in BOARD}
    found = {
        state: board_page(
            session,
            BoardQuery(
                state=state,
                centre_id=centre_id,
                text=text,
                done_since=midnight if state is Production.DONE else None,
                limit=MOST,
                skip=min(pages[state], LONGEST_DAY_OF_RUNS) * MOST,
            ),
        )
        for state in BOARD
    }
    runs = [run for page in found.values() for run in page.runs]
    cards = {card.row.run.id: card for card in cards_of(session, runs=runs, today=today)}
    return [
        Column(
            state=state,
            cards=[_allowed(cards[run.id]) for run in page.runs],
            total=page.total,
            page=page.skipped // MOST,
        )
        for state, page in found.items()
    ]


def _allowed(card: Card) -> Card:
    """Leave only the moves whose button this person may press."""
    return card.only([move for move in card.moves if _may(move)])


def _may(move: Move) -> bool:
    known = person()
    return known is not None and may_open(known.role, view=f"pages.{move.view}")


def _move(door: PageDoor, deed: Deed, run_id: int) -> Moved:
    run = deed.session.get(ProductionOrder, run_id)
    if run is None:
        raise Missing("There is no such production order.")
    if typed("to") not in set(BOARD):
        raise Invalid(gettext("Choose a column of the board."), field="to")
    old, new = Production(run.state), Production(typed("to"))
    move = move_between(old, new)
    if move is None:
        expect_step(run, table=PRODUCTION_STEPS, new=new)
        raise Invalid(gettext("It is there already."), field="to")
    if not _may(move):
        abort(403)
    _deed_of(door, move)(deed, run_id)
    back = move_between(new, old) or move_between(new, Production.RELEASED)
    return Moved(run=run, back=back.to if back is not None and _may(back) else None)


def _deed_of(door: PageDoor, move: Move) -> Callable[[Deed, int], None]:
    if move.is_back:
        return _back
    return _release if move.to is Production.RELEASED else _starter(door)


def _release(deed: Deed, run_id: int) -> None:
    release(deed.session, production_order_id=run_id, who=deed.who, now=deed.now)


def _starter(door: PageDoor) -> Callable[[Deed, int], None]:
    zone = door.zone

    def pressed(deed: Deed, run_id: int) -> None:
        start(
            deed.session, production_order_id=run_id, who=deed.who, now=deed.now, zone=zone
        )

    return pressed


def _back(deed: Deed, run_id: int) -> None:
    undo(
        deed.session,
        production_order_id=run_id,
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _release_many(deed: Deed) -> int:
    chosen = {int(each) for each in request.form.getlist("run") if _is_id(each)}
    return release_many(deed.session, run_ids=chosen, who=deed.who, now=deed.now)


def _is_id(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) <= 18


def _moved(moved: Moved) -> Response:
    if not _is_script():
        return _to_board(f"run_now_{moved.run.state}")
    return make_response(
        render_template("production/_moved.html", moved=moved, trouble=None)
    )


def _refused(door: PageDoor, trouble: Trouble) -> Response:
    if not _is_script():
        return _board(door, trouble=trouble)
    part = render_template("production/_moved.html", trouble=trouble)
    return make_response(part, trouble.status)


def _ghost_word(reason: str) -> str:
    """Say why something wanted is in no run."""
    if reason == NOT_PLANNED_YET:
        return gettext("Its turn to be planned comes in a moment.")
    return said(REASONS, reason) if reason in REASONS else said(WHY_NO_DATE, reason)


def _empty_words(state: str) -> str:
    """Say what will show in a column, and what brings it there."""
    return {
        "planned": gettext("Runs show here as soon as an order needs something made."),
        "released": gettext("Release a planned run to give it to the workshop."),
        "running": gettext("Start a released run when its materials are at hand."),
        "done": gettext("What is finished today shows here."),
    }[state]


def _is_script() -> bool:
    """Say whether board.js asks, which shows the answer on the board as it is."""
    return "X-Board" in request.headers


def _to_board(did: str) -> Response:
    query = urlencode({**_filters(), "did": did})
    where = f"{url_for('pages.production_board')}?{query}"
    return make_response(redirect(where, code=303))


def _filters() -> Mapping[str, str]:
    """Return what the board is narrowed to, for links and forms that lead back to it."""
    return {name: asked(name) for name in FILTERS if asked(name)}


ROUTES: Routes = (
    ("GET", "/production", production_board),
    ("POST", "/production/release", release_runs),
    ("POST", "/production/<id:run_id>/move", move_run),
)
