"""The rows of one order in a table, read into an order's parts, each problem named by its row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from connectors.manual.read import MOST_LINES, MOST_PIECES, ManualLine
from hub.domain.tables.order_days import country_code, read_moment, read_on
from hub.domain.tables.order_state import SENT, Standing, UnknownState, is_sent, standing
from hub.domain.tables.order_words import LINE_WORDS, OWN, Form
from hub.domain.tables.table import BadCell
from hub.flow.tables.import_cells import Cells, RowRefused
from mapping.canonical import Address, Customer, Money
from mapping.listing import sku_key
from mapping.money import make_money
from mapping.units import UnitProblem

LONGEST_SKU = 200
LONGEST_TEXT = 500
AHEAD = timedelta(days=2)
"""Clocks and zones differ; an order placed later than this is a slip of the hand."""
SHIP = {
    "name": "ship_name",
    "company": "ship_company",
    "line1": "ship_line1",
    "line2": "ship_line2",
    "city": "ship_city",
    "region": "ship_region",
    "postcode": "ship_postcode",
    "phone": "ship_phone",
}


@dataclass(frozen=True, slots=True)
class OrderRows:
    """The rows of one order: what they say together, and the lines they are."""

    rows: Sequence[Cells]
    form: Form

    def text(self, word: str, *, most: int = LONGEST_TEXT) -> str:
        """Return what the order says under a word.

        :raises RowRefused: it is too long, or our own table says two things.
        """
        said = [row for row in self.rows if row.has(word)]
        if not said:
            return ""
        first = said[0].text(word)
        for row in said:
            if self.form is OWN and row.text(word) != first:
                raise row.refused(word, "The rows of this order say two things here.")
        if len(first) > most:
            raise said[0].refused(word, f"Write at most {most} characters.")
        return first

    def refused(self, word: str, message: str) -> RowRefused:
        """Say what is wrong with what the order says under a word."""
        named = [row for row in self.rows if row.has(word)]
        return (named or self.rows)[0].refused(word, message)

    def standing(self) -> Standing:
        """Say how the order stands at its shop."""
        try:
            return standing(self.text)
        except UnknownState as problem:
            raise self.refused(problem.field, str(problem)) from problem

    def placed_at(self, now: datetime) -> datetime | None:
        """Return when it was placed, None if nobody says."""
        written = self.text("placed_on")
        if not written:
            return None
        try:
            placed_at = read_moment(written, days=self.form.days)
        except BadCell as problem:
            raise self.refused("placed_on", str(problem)) from problem
        if placed_at > now + AHEAD:
            raise self.refused("placed_on", "That day is still to come.")
        return placed_at

    def requested_on(self) -> date | None:
        """Return the day it is wanted for."""
        written = self.text("requested_on")
        try:
            return read_on(written, days=self.form.days) if written else None
        except BadCell as problem:
            raise self.refused("requested_on", str(problem)) from problem

    def customer(self) -> Customer | None:
        """Return who buys; the same address is the same person."""
        first_last = f"{self.text('name_first')} {self.text('name_last')}".strip()
        name = self.text("customer") or first_last or self._ship_name()
        email = self.text("email")
        if email and (email.count("@") != 1 or any(c.isspace() for c in email)):
            raise self.refused("email", "This is no e-mail address.")
        if not (name or email):
            return None
        return Customer(
            external_id=f"email:{email.casefold()}" if email else "",
            name=name,
            email=email,
            phone=self.text("phone"),
        )

    def _ship_name(self) -> str:
        first_last = f"{self.text('ship_first')} {self.text('ship_last')}".strip()
        return self.text("ship_name") or first_last

    def ship_to(self) -> Address | None:
        """Return where it goes."""
        said = {part: self.text(word) for part, word in SHIP.items()}
        said["postcode"] = said["postcode"].removeprefix("'")
        said["name"] = self._ship_name()
        country = self.text("ship_country")
        if not (country or any(said.values())):
            return None
        try:
            code = country_code(country) if country else ""
        except BadCell as problem:
            raise self.refused("ship_country", str(problem)) from problem
        return Address(country=code, **said)

    def lines(self) -> tuple[list[ManualLine], list[RowRefused]]:
        """Return what is still to be made, and the rows that are not."""
        seen: dict[str, int] = {}
        lines: list[ManualLine] = []
        left_out: list[RowRefused] = []
        for row in self._line_rows():
            why_not = _not_for_us(row)
            line = None if why_not else self._line(row, seen=seen)
            if line is not None:
                lines.append(line)
            elif why_not:
                left_out.append(why_not)
        if len(lines) > MOST_LINES:
            raise self.rows[0].refused("order", f"At most {MOST_LINES} lines an order.")
        if not lines and not left_out:
            left_out.append(self.rows[0].refused("quantity", "It has no lines."))
        return lines, left_out

    def _line_rows(self) -> Iterator[Cells]:
        is_own = self.form is OWN
        for row in self.rows:
            if is_own or any(row.has(word) for word in LINE_WORDS):
                yield row

    def _line(self, row: Cells, *, seen: dict[str, int]) -> ManualLine | None:
        row.needed("quantity")
        quantity = row.whole("quantity") or 0
        if quantity == 0 and self.form is not OWN:
            return None
        if not 1 <= quantity <= MOST_PIECES:
            raise row.refused("quantity", f"Write a number from 1 to {MOST_PIECES}.")
        sku = _short(row, "sku", most=LONGEST_SKU)
        title = _short(row, "title", most=LONGEST_TEXT) or sku
        if not title:
            raise row.refused("sku", "Say what is ordered: a SKU or a title.")
        variant = _short(row, "variant", most=LONGEST_TEXT)
        return ManualLine(
            external_id=_line_id(row, sku=sku, title=title, variant=variant, seen=seen),
            sku=sku,
            title=title,
            variant_title=variant,
            quantity=quantity,
            unit_price=self._price(row, quantity=quantity),
        )

    def _price(self, row: Cells, *, quantity: int) -> Money | None:
        currency = self.text("currency")
        word = "unit_price" if row.has("unit_price") else "line_total"
        amount = row.number(word)
        if amount is None:
            return None
        if not currency:
            if self.form is OWN:
                raise row.refused("currency", "Say in which currency, such as EUR.")
            return None
        try:
            money = make_money(amount, currency=currency)
        except UnitProblem as problem:
            raise row.refused(word, problem.way_out) from problem
        if word == "unit_price":
            return money
        each, left = divmod(money.minor, quantity)
        return None if left else Money(minor=each, currency=money.currency)


def _not_for_us(row: Cells) -> RowRefused | None:
    """Say why a line of an open order is not to be made; None if it is."""
    if is_sent(row.text("line_sent")):
        return row.refused("line_sent", SENT)
    if row.has("sent_on"):
        return row.refused("sent_on", SENT)
    if row.text("ships").casefold() == "false":
        return row.refused("ships", "It is nothing that is sent.")
    return None


def _short(row: Cells, word: str, *, most: int) -> str:
    written = " ".join(row.text(word).split())
    if len(written) > most:
        raise row.refused(word, f"Write at most {most} characters.")
    return written


def _line_id(
    row: Cells, *, sku: str, title: str, variant: str, seen: dict[str, int]
) -> str:
    """Name a line by what it sells, so that a file sorted anew has the same lines."""
    what = (
        row.text("line_id") or f"{sku_key(sku) or title.casefold()}\n{variant.casefold()}"
    )
    digest = sha256(what.encode()).hexdigest()[:16]
    seen[digest] = seen.get(digest, 0) + 1
    return f"{digest}-{seen[digest]}"
