"""What a list is declared as: its columns, filters, search, and what may be done to many rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from hub.models.records.base import Record
from hub.models.sorted_pages import Sortable
from hub.web.page_door import Deed, PageDoor
from hub.web.wording.language import gettext

RecordT = TypeVar("RecordT", bound=Record)

Cell = str | int | Decimal | date | datetime | None
"""What a list that is taken away holds: numbers and times stay what they are."""
Option = tuple[str, str]
"""A value of a filter and what it is called, in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. Without `sort` it cannot be sorted by."""

    key: str
    label: str | Callable[[], str]
    """What it is called: a message, or what says it where the message alone is not clear."""
    sort: Sortable | None = None
    is_number: bool = False
    is_down_first: bool = False
    """Whether the first press on it shows the greatest first: dates, sums."""
    is_for_people: bool = False
    """Whether only roles see it that may see who buys (page_roles.PEOPLE)."""
    is_shown: bool = True
    """False: only in what is taken away."""
    is_taken: bool = True
    """False: only on the page, such as a column of buttons."""

    @property
    def name(self) -> str:
        """What it is called in the reader's language; empty for a column of buttons."""
        if callable(self.label):
            return self.label()
        return gettext(self.label) if self.label else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One question a list may be narrowed by: one of a few answers, or a day."""

    key: str
    label: str
    options: Callable[[Session], Sequence[Option]] | None = None
    """Its answers, "all" left out; None: a day."""
    is_tabs: bool = False
    """Whether it is so much the first question that its answers stand above the list."""
    otherwise: str = ""
    """What counts where the address says nothing; "all" takes it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkUndo:
    """How a deed for many is taken back: by who did it and the moment, which is one for all."""

    view: str
    """Where it is pressed: undo_bulk_orders."""
    left: Callable[[Session, str, datetime], int]
    """Counts the rows that still are as that press left them."""
    back: Callable[[Deed, datetime], None]
    """Takes those back, or refuses."""
    did: str
    """What the page says then (done_words.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDeed:
    """What may be done to many rows at once, each as its own page would do it."""

    key: str
    label: str
    view: str
    """The page deed whose roles may press it: hold_order."""
    one: Callable[[PageDoor, Deed, int], object] | None = None
    """Does it to one row, or refuses; None: a page of its own shows first what it comes to."""
    did: str = ""
    """What the page says when every row was done (done_words.py)."""
    undo: BulkUndo | None = None
    """How it is taken back; None: it is not, or each row has a way of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkField:
    """A field of the bar, for the deeds that ask for it."""

    key: str
    label: str
    view: str
    """The page deed whose roles are asked it."""
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """All of a list that does not depend on what its rows are."""

    page: str
    """Its view: list_orders."""
    file: str
    """What a file of it is called, without its ending."""
    columns: tuple[Column, ...]
    sort: str
    """What it is sorted by unless asked otherwise; "-placed": the greatest first."""
    filters: tuple[Filter, ...] = ()
    search: str = ""
    """What its search field says; empty: nothing is searched."""
    search_people: str = ""
    """What it says to those who may search by buyer."""
    deeds: tuple[BulkDeed, ...] = ()
    fields: tuple[BulkField, ...] = ()
    bulk: str = ""
    """The view that does deeds to many."""
    tick: str = "row"
    """The name of the boxes that are ticked."""
    anchor: str = ""
    """Where on its page the list begins, if something stands above it."""
    wake: tuple[str, ...] = ()
    """Whom a deed wakes."""

    def column(self, key: str) -> Column | None:
        """Return the column of that name."""
        return next((each for each in self.columns if each.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of a list, already checked: empty parts ask for nothing."""

    values: Mapping[str, str] = field(default_factory=dict)
    """By filter."""
    text: str = ""
    is_for_people: bool = False
    """Whether whoever asks may see who buys."""
    today: date = date.min

    def value(self, key: str) -> str:
        """Return what a filter asks for; empty for all."""
        return self.values.get(key, "")

    def day(self, key: str) -> date | None:
        """Return the day a filter asks for."""
        found = self.values.get(key, "")
        return date.fromisoformat(found) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSpec(Frame, Generic[RecordT]):
    """A list of records."""

    record: type[RecordT]
    template: str
    """Its page."""
    context: Callable[[PageDoor, Session, Sequence[RecordT]], Mapping[str, object]]
    """What its templates need beside the rows."""
    query: Callable[[Session, Wish], Select[RecordT]]
    """Chooses the rows that fit, in no order."""
    cells: Callable[[Session, Sequence[RecordT], Wish], list[Mapping[str, Cell]]]
    """Says each row by column, for what is taken away."""
    part: str = ""
    """The part of its page that stays fresh; empty: none does."""
    options: Sequence[ORMOption] = ()
    """How its rows are loaded."""
    name: Callable[[RecordT], str] | None = None
    """What a row is called where it refused a deed for many."""
