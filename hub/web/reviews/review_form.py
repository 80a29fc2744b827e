"""The form of a review: what stands in its fields, and what a person sent with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import request

from hub.domain.mail.mail_dates import NotOneDay, read_day
from hub.domain.mail.mail_places import country_code
from hub.domain.mail.mail_quantity import PIECES, read_count, unit_key
from hub.domain.mail.review_lines import ReadLine, from_json
from hub.domain.mail.review_reasons import Reason
from hub.domain.mail.stated_change import StatedChange, stated_change
from hub.flow.mail.teach import line_form, table_name
from hub.flow.refusal import Invalid
from hub.flow.reviews.review_learning import draft_line
from hub.flow.reviews.review_lines import Chosen
from hub.flow.reviews.reviews import Answer
from hub.models.mail.review_letters import letter_of
from hub.models.records.mails import Review
from hub.web.page_door import typed
from hub.web.reviews.review_words import COLUMNS
from hub.web.wording.formats import read_day as read_typed_day
from hub.web.wording.formats import read_pieces
from mapping.canonical import Address
from mapping.letter import Letter

SPARE = 2
"""Empty lines of the form, for what nobody read."""
MOST_LINES = 300
ADDRESS = ("name", "company", "line1", "line2", "postcode", "city", "region", "country")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A form a person showed on a mail: its kind, what it reads, and its name."""

    kind: str
    definition: Mapping[str, object]
    name: str


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
    change: StatedChange | None
    """What the line says is to become of the order, where it says it whole."""


def line_rows(
    review: Review,
    lines: Sequence[ReadLine],
    letter: Letter | None,
    *,
    ordered: Mapping[str, int],
) -> list[LineRow]:
    """Return the lines of the form as they were read, or as they were typed.

    `ordered` is how many pieces of each SKU the order holds that the mail asks to change.
    """
    taken = _taken()
    spare = 0 if review.kind == "cancel" else SPARE
    every: list[ReadLine | None] = [*lines[:MOST_LINES], *([None] * spare)]
    return [
        _row(number, line, letter, taken=taken.get(number), ordered=ordered)
        for number, line in enumerate(every)
    ]


def _row(
    number: int,
    read: ReadLine | None,
    letter: Letter | None,
    *,
    taken: str | None,
    ordered: Mapping[str, int],
) -> LineRow:
    form, change = request.form, _change(read, ordered)
    item = change.sku if change else read.item if read else ""
    pieces = str(change.becomes) if change else _pieces_read(read, letter)
    return LineRow(
        number=number,
        read=read,
        item=taken or form.get(f"item-{number}", item),
        quantity=form.get(f"quantity-{number}", pieces),
        pieces=form.get(f"pieces-{number}", ""),
        pack=_pack(read, letter),
        change=change,
    )


def _change(read: ReadLine | None, ordered: Mapping[str, int]) -> StatedChange | None:
    """Read what a line nobody could read otherwise says of the order."""
    if read is None or read.quantity is not None:
        return None
    return stated_change(read.text, ordered=ordered)


def _pieces_read(read: ReadLine | None, letter: Letter | None) -> str:
    """Return how many pieces a line plainly asks for, also where only its goods are not known."""
    if read is None or read.quantity is not None:
        return "" if read is None else str(read.quantity)
    draft = draft_line(letter, read) if read.problem == Reason.UNKNOWN_SKU else None
    if draft is None or unit_key(draft.unit) not in PIECES | {""}:
        return ""
    return str(read_count(draft.quantity) or "")


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


def answer_of(review: Review) -> Answer:
    """Read what the form says of a mail.

    :raises Invalid: a field that cannot be; it is named.
    """
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
    if not item and not quantity and read is None:
        return None
    if not item and not quantity and read is not None:
        named = read.text or read.sku
        raise Invalid(
            f"Say which item “{named}” is, or write 0 to leave it out.",
            field=f"lines.{number}.item",
        )
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


def ship_to(letter: Letter | None) -> Mapping[str, str]:
    """Return where the mail wants it sent, its country in two letters if that is clear."""
    for draft in letter.drafts if letter else ():
        if draft.ship_to is not None:
            place = draft.ship_to
            country = country_code(place.country) or ""
            return {name: getattr(place, name) for name in ADDRESS} | {"country": country}
    return dict.fromkeys(ADDRESS, "")


def requested(letter: Letter | None) -> str:
    """Return the day it is wanted on, as the mail says it."""
    drafts = letter.drafts if letter else ()
    return next((draft.requested for draft in drafts if draft.requested), "")


def day_of(letter: Letter | None, *, today: date) -> str:
    """Return the same as a day, where it can only be one."""
    try:
        day = read_day(requested(letter), today=today)
    except NotOneDay:
        return ""
    return "" if day is None else day.isoformat()


def taught_of(letter: Letter) -> Taught:
    """Read a form as it was shown: the columns of a table, or the words of a line.

    :raises Invalid: there is no such table, or the words are not in the line.
    """
    if typed("part", longest=100):
        headings = _headings(letter)
        return Taught(
            kind="table", definition={"columns": headings}, name=table_name(headings)
        )
    words = {field: typed(f"is-{field}") for field in COLUMNS if typed(f"is-{field}")}
    line = line_form(typed("line"), words=words)
    return Taught(kind="text", definition={"line": line}, name=line[:200])


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
