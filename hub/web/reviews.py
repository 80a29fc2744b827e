"""Mail that waits for a person: the queue, and the page with mail and lines side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import Response, abort, request
from sqlalchemy.orm import Session

from hub.domain.mail_dates import NotOneDay, day_first, read_day
from hub.domain.mail_places import country_code
from hub.domain.mail_quantity import PIECES, read_count, unit_key
from hub.domain.review_lines import ReadLine, from_json
from hub.flow.refusal import Invalid
from hub.flow.review_learning import draft_line
from hub.flow.review_lines import Chosen
from hub.flow.reviews import Answer, accept, reject
from hub.flow.teach import line_form, table_name, teach
from hub.models.customer_views import every_customer
from hub.models.mails import Review
from hub.models.newest import Window
from hub.models.review_letters import letter_of
from hub.models.review_views import (
    STATES,
    find_reviews,
    items_to_pick,
    lines_of_order,
    raw_mail,
    review_counts,
    review_rows,
)
from hub.web.formats import read_day as read_typed_day
from hub.web.formats import read_pieces
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show,
    show_live,
    typed,
    went,
)
from hub.web.review_marks import show_mail
from hub.web.review_words import COLUMNS, advice, proof_words
from mapping.canonical import Address
from mapping.letter import Letter

ROWS = 50
SPARE = 2
"""Empty lines of the form, for what nobody read."""
MOST_LINES = 300
EVERY = 1_000
ADDRESS = ("name", "company", "line1", "line2", "postcode", "city", "region", "country")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One line of the form: what was read, and what stands in its fields."""

    number: int
    read: ReadLine | None
    item: str
    quantity: str
    pieces: str
    pack: str
    """Their unit, where it is one of unknown size."""


def list_reviews(door: PageDoor) -> Response:
    """Show the mails that wait for a person, or those that were decided on."""
    state = asked("state") if asked("state") in STATES else "open"
    with door.reading() as session:
        window = Window(ROWS, asked_id("after"))
        found = find_reviews(session, state=state, text=asked("q"), window=window)
        return show_live(
            "reviews/queue.html",
            "reviews/_queue.html",
            rows=review_rows(session, reviews=found.rows),
            next=found.next,
            state=state,
            tabs=STATES,
            counts=review_counts(session),
            advice=advice,
        )


def show_review(door: PageDoor, review_id: int) -> Response:
    """Show a mail and what was read of it, side by side."""
    return _page(door, review_id)


def take_suggestion(door: PageDoor, review_id: int) -> Response:
    """Put a suggestion into its line and keep all that was typed. Nothing is written."""
    return _page(door, review_id)


def accept_review(door: PageDoor, review_id: int) -> Response:
    """Do what the mail asks for, as the form says."""

    def change(deed: Deed) -> int:
        review = deed.session.get(Review, review_id) or abort(404)
        done = accept(
            deed.session,
            review_id=review_id,
            answer=_answer(review),
            who=deed.who,
            now=deed.now,
            channels=door.ports.channels,
        )
        return done.order_id

    did = "mail_remembered" if typed("remember") == "1" else "mail_accepted"
    return door.press(
        change,
        done=lambda order_id: went("pages.show_order", did, order_id=order_id),
        again=lambda trouble: _page(door, review_id, trouble=trouble),
        about="review",
    )


def reject_review(door: PageDoor, review_id: int) -> Response:
    """Say that the mail is nothing to be done."""

    def change(deed: Deed) -> None:
        reject(
            deed.session,
            review_id=review_id,
            reason=typed("reason"),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.list_reviews", "mail_rejected"),
        again=lambda trouble: _page(door, review_id, trouble=trouble),
        about="reject",
    )


def teach_form(door: PageDoor, review_id: int) -> Response:
    """Keep which column, or which words of a line, is what in this customer's mails."""
    return door.press(
        partial(_teach, review_id=review_id),
        done=lambda _: went("pages.show_review", "form_taught", review_id=review_id),
        again=lambda trouble: _page(door, review_id, trouble=trouble),
        about=f"teach-{typed('part', longest=100) or 'text'}",
    )


def download_mail(door: PageDoor, review_id: int) -> Response:
    """Give the mail as it came, as a file: it is never shown by the browser itself."""
    with door.reading() as session:
        review = session.get(Review, review_id) or abort(404)
        raw = raw_mail(session, review=review)
        if raw is None:
            abort(404)
        return Response(
            raw,
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="mail-{review_id}.eml"'},
        )


def _page(door: PageDoor, review_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        review = session.get(Review, review_id) or abort(404)
        letter = letter_of(review)
        lines = from_json(review.lines)
        row = review_rows(session, reviews=[review])[0]
        return show(
            "reviews/review.html",
            review=review,
            row=row,
            letter=letter,
            shown=show_mail(letter, lines=lines) if letter else None,
            advice=advice(review.reason),
            proof=proof_words(letter.sender) if letter else "",
            lines=_rows(review, lines, letter),
            read=lines,
            columns=COLUMNS,
            ship_to=_ship_to(letter),
            requested=_requested(letter),
            day=_day(
                letter, row.customer.locale if row.customer else "", today=door.today()
            ),
            has_raw=raw_mail(session, review=review) is not None,
            trouble=trouble,
            **_choices(session, review),
        )


def _choices(session: Session, review: Review) -> dict[str, object]:
    """What the form offers: items, customers, and the lines of the order it is about."""
    about = review.order_id if review.kind != "order" else None
    return {
        "items": items_to_pick(session, most=EVERY),
        "customers": every_customer(session, most=EVERY),
        "order_lines": lines_of_order(session, order_id=about) if about else [],
    }


def _rows(
    review: Review, lines: Sequence[ReadLine], letter: Letter | None
) -> list[LineRow]:
    taken = _taken()
    spare = 0 if review.kind == "cancel" else SPARE
    every: list[ReadLine | None] = [*lines[:MOST_LINES], *([None] * spare)]
    return [
        _row(number, line, letter, taken=taken.get(number))
        for number, line in enumerate(every)
    ]


def _row(
    number: int, read: ReadLine | None, letter: Letter | None, *, taken: str | None
) -> LineRow:
    form = request.form
    quantity = "" if read is None or read.quantity is None else str(read.quantity)
    return LineRow(
        number=number,
        read=read,
        item=taken or form.get(f"item-{number}", read.item if read else ""),
        quantity=form.get(f"quantity-{number}", quantity),
        pieces=form.get(f"pieces-{number}", ""),
        pack=_pack(read, letter),
    )


def _pack(read: ReadLine | None, letter: Letter | None) -> str:
    """Return their unit of a line, where nobody knows yet how many pieces it holds."""
    draft = draft_line(letter, read)
    if draft is None or (read is not None and read.quantity is not None):
        return ""
    return "" if unit_key(draft.unit) in PIECES | {""} else draft.unit


def _taken() -> Mapping[int, str]:
    """Read which suggestion was pressed: the number of its line and the item."""
    number, _, item = typed("take").partition(":")
    is_one = number.isascii() and number.isdigit() and len(number) < 4
    return {int(number): item} if is_one else {}


def _answer(review: Review) -> Answer:
    chosen = typed("customer")
    return Answer(
        lines=None if review.kind == "cancel" else _lines(review),
        customer_id=int(chosen) if chosen.isascii() and chosen.isdigit() else None,
        new_customer=typed("new_customer", longest=200),
        requested_on=read_typed_day(typed("requested_on"), field="requested_on"),
        is_day_said=True,
        ship_to=_address(),
        is_second=typed("second") == "1",
        remember=typed("remember") == "1",
        remember_sender=typed("remember_sender") == "1",
    )


def _lines(review: Review) -> list[Chosen]:
    """Read the lines of the form: item-0, quantity-0, pieces-0, and so on."""
    letter, read = letter_of(review), from_json(review.lines)
    rows = [*read[:MOST_LINES], *([None] * SPARE)]
    found = [_line(number, each, letter) for number, each in enumerate(rows)]
    return [line for line in found if line is not None]


def _line(number: int, read: ReadLine | None, letter: Letter | None) -> Chosen | None:
    item, quantity = typed(f"item-{number}"), typed(f"quantity-{number}")
    packs = typed(f"pieces-{number}")
    if not item and not quantity:
        return None
    pieces = read_pieces(packs, field=f"pieces-{number}") if packs else None
    return Chosen(
        position=read.position if read else 0,
        item=item,
        quantity=_quantity(quantity, read, letter, pieces=pieces, number=number),
        pieces=pieces,
    )


def _quantity(
    written: str,
    read: ReadLine | None,
    letter: Letter | None,
    *,
    pieces: int | None,
    number: int,
) -> int:
    """Read how many pieces; left empty it is their number times what one of theirs holds."""
    field = f"quantity-{number}"
    if written == "0":
        return 0
    if written or pieces is None:
        return read_pieces(written, field=field)
    draft = draft_line(letter, read)
    count = read_count(draft.quantity) if draft else None
    if count is None:
        return read_pieces(written, field=field)
    return count * pieces


def _address() -> Address | None:
    """Read the address of the form; None where none was written."""
    parts = {name: typed(f"to-{name}", longest=300) for name in ADDRESS}
    if not any(parts.values()):
        return None
    parts["country"] = parts["country"].upper()
    if len(parts["country"]) not in {0, 2}:
        raise Invalid("Write a country in two letters, such as ES.", field="to-country")
    return Address(**parts)


def _ship_to(letter: Letter | None) -> Mapping[str, str]:
    """Return where the mail wants it sent, its country in two letters if that is clear."""
    for draft in letter.drafts if letter else ():
        if draft.ship_to is not None:
            place = draft.ship_to
            country = country_code(place.country) or ""
            return {name: getattr(place, name) for name in ADDRESS} | {"country": country}
    return dict.fromkeys(ADDRESS, "")


def _requested(letter: Letter | None) -> str:
    """Return the day it is wanted on, as the mail says it."""
    drafts = letter.drafts if letter else ()
    return next((draft.requested for draft in drafts if draft.requested), "")


def _day(letter: Letter | None, locale: str, *, today: date) -> str:
    """Return the same as a day, where it can only be one."""
    try:
        day = read_day(_requested(letter), is_day_first=day_first(locale), today=today)
    except NotOneDay:
        return ""
    return "" if day is None else day.isoformat()


def _teach(deed: Deed, *, review_id: int) -> None:
    review = deed.session.get(Review, review_id) or abort(404)
    letter = letter_of(review)
    if review.customer_id is None or letter is None:
        raise Invalid("Say whose order this is.", field="customer")
    kind = "table" if typed("part", longest=100) else "text"
    if kind == "table":
        headings = _headings(letter)
        definition: dict[str, object] = {"columns": headings}
        name = table_name(headings)
    else:
        words = {field: typed(f"is-{field}") for field in COLUMNS if typed(f"is-{field}")}
        line = line_form(typed("line"), words=words)
        definition, name = {"line": line}, line[:200]
    teach(
        deed.session,
        customer_id=review.customer_id,
        kind=kind,
        definition=definition,
        name=name,
        who=deed.who,
        now=deed.now,
    )


def _headings(letter: Letter) -> dict[str, str]:
    """Read which column is what: col-0, col-1, … under the row that names them."""
    part, row = typed("part", longest=100), typed("heading") or "0"
    table = next((each for each in letter.tables if each.part == part), None)
    number = int(row) if row.isascii() and row.isdigit() and len(row) < 6 else 0
    if table is None or number >= len(table.rows):
        raise Invalid("There is no such table in this mail.", field="heading")
    found: dict[str, str] = {}
    for column, heading in enumerate(table.rows[number]):
        field = typed(f"col-{column}")
        if field in COLUMNS:
            found[field] = heading
    return found


ROUTES: Routes = (
    ("GET", "/reviews", list_reviews),
    ("GET", "/reviews/<id:review_id>", show_review),
    ("POST", "/reviews/<id:review_id>/take", take_suggestion),
    ("POST", "/reviews/<id:review_id>/accept", accept_review),
    ("POST", "/reviews/<id:review_id>/reject", reject_review),
    ("POST", "/reviews/<id:review_id>/teach", teach_form),
    ("GET", "/reviews/<id:review_id>/mail.eml", download_mail),
)
