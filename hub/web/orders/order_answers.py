"""What is said beside the lines of a new order while it is typed; nothing is written for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub.domain.asking.would_order import ItemAnswer
from hub.flow.intake.order_entry import Meant, Spoken, meant, reply
from hub.flow.intake.type_order import USUAL
from hub.flow.orders.prioritise import FIRST, LAST
from hub.flow.refusal import Invalid
from hub.models.by_id import by_id
from hub.models.records.items import Item
from hub.web.orders.entry_form import Entry, EntryLine
from hub.web.page_door import PROBLEMS, PageDoor, trouble_of
from hub.web.wording.formats import read_day, read_pieces, write_quantity

ABOUT = "entry"
LONGEST_SKU = 200
MOST_PIECES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """What is said beside a line."""

    state: str
    """stock | made | coming | short | unknown | wrong, or nothing for an empty line."""
    title: str = ""
    words: str = ""
    on: date | None = None
    twice: int = 0
    """The place of an earlier line that asks for the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is said to the form as a whole."""

    lines: Mapping[int, LineAnswer]
    promised_on: date | None
    is_asked: bool
    """Whether anything was asked for yet."""


NOTHING = Answers(lines={}, promised_on=None, is_asked=False)


def answers_to(door: PageDoor, entry: Entry) -> Answers:
    """Say where everything would come from. This function will write nothing."""
    said: dict[int, LineAnswer] = {}
    spoken: list[tuple[Meant, int]] = []
    ats: list[int] = []
    with door.reading() as session:
        for line in entry.filled():
            try:
                spoken.append((meant_by(session, line), pieces_of(line)))
                ats.append(line.at)
            except PROBLEMS as problem:
                words = trouble_of(problem, about=ABOUT).message
                said[line.at] = LineAnswer(state="wrong", words=words)
        found = reply(
            session,
            spoken=Spoken(
                lines=spoken,
                requested_on=_day(entry),
                priority=_place_in_line(entry),
                country=entry["ship_country"].upper(),
                customer_id=entry.customer_id,
            ),
            now=door.now(),
            zone=door.zone,
        )
        items = by_id(session, Item, ids=set(found.items))
    for place, at in enumerate(ats):
        said[at] = _beside(spoken, place, found.items, items=items)
    is_sure = bool(spoken) and not any(each.state == "wrong" for each in said.values())
    return Answers(
        lines=said,
        promised_on=found.promised_on if is_sure else None,
        is_asked=bool(said),
    )


def _beside(
    spoken: Sequence[tuple[Meant, int]],
    place: int,
    found: Mapping[int, ItemAnswer],
    *,
    items: Mapping[int, Item],
) -> LineAnswer:
    line = spoken[place][0]
    before = [at for at in range(place) if spoken[at][0].sku == line.sku]
    twice = before[0] + 1 if before else 0
    if not line.is_known:
        return LineAnswer(state="unknown", title=line.title, twice=twice)
    parts = [(item_id, found[item_id]) for item_id in line.components]
    short = [f"{_said(each.short, items[at])}" for at, each in parts if each.short]
    if short:
        return LineAnswer(
            state="short", title=line.title, words=", ".join(short), twice=twice
        )
    days = [each.ready_on for _, each in parts if each.ready_on]
    state = "stock"
    if any(each.made for _, each in parts):
        state = "made"
    elif any(each.coming for _, each in parts):
        state = "coming"
    return LineAnswer(
        state=state, title=line.title, on=max(days, default=None), twice=twice
    )


def _said(thousandths: int, item: Item) -> str:
    return f"{write_quantity(thousandths, item.unit)} {item.name}"


def _day(entry: Entry) -> date | None:
    try:
        return read_day(entry["requested_on"], field="requested_on")
    except Invalid:
        return None


def _place_in_line(entry: Entry) -> int:
    try:
        return priority_of(entry)
    except Invalid:
        return USUAL


def meant_by(session: Session, line: EntryLine) -> Meant:
    """Say what a line is.

    :raises Invalid: nobody knows, or it is not counted in pieces.
    """
    where = f"sku-{line.at}"
    if len(line.sku) > LONGEST_SKU:
        raise Invalid(f"Write at most {LONGEST_SKU} characters.", field=where)
    return meant(session, written=line.sku, as_it_is=line.as_it_is, field=where)


def pieces_of(line: EntryLine) -> int:
    """Read how many somebody wants.

    :raises Invalid: it is no number of pieces.
    """
    where = f"quantity-{line.at}"
    pieces = read_pieces(line.quantity, field=where)
    if not 1 <= pieces <= MOST_PIECES:
        raise Invalid(f"Write a number from 1 to {MOST_PIECES}.", field=where)
    return pieces


def priority_of(entry: Entry) -> int:
    """Read the order's place among the others.

    :raises Invalid: it is no number.
    """
    place = read_pieces(entry["priority"] or str(USUAL), field="priority")
    return min(max(place, FIRST), LAST)
