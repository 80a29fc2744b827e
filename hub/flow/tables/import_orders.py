"""Orders from a table: each enters by the door of the hand-typed ones, once, and only if open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from connectors.manual.read import TOPIC, ManualOrder, read, write
from connectors.readings import Message
from hub.domain.tables.order_state import Standing
from hub.domain.tables.order_table import open_orders
from hub.domain.tables.order_words import OWN, REQUIRED, WORDS, Form
from hub.flow.channels.channels import manual_account
from hub.flow.intake.type_order import OUR_OWN, enter
from hub.flow.tables.import_cells import Cells
from hub.flow.tables.import_kind import Came, Done, Kind, Opened
from hub.flow.tables.import_order_rows import OrderRows
from hub.models.orders.typed_orders import (
    customer_writing,
    is_number_taken,
    order_keyed,
    shops_that_bring,
)
from hub.models.records.channels import ChannelAccount
from hub.models.records.column_words import keep_words, words_said
from hub.models.records.orders import SalesOrder
from mapping.canonical import Payment, content_hash

KIND = "orders"
SOURCE = "csv"
LONGEST_NUMBER = 80
LONGEST_NOTE = 5_000
MOMENT = timedelta(microseconds=1)
CAME_CP1252 = (
    "The file is not in UTF-8: its letters were taken for those of Western Windows, as Excel"
    " writes them. Look whether the names are right."
)


def open_table(
    session: Session, raw: bytes, said: Mapping[str, str], who: str, now: datetime
) -> Opened:
    """Read a file of orders as far as it can be read without asking who is there already.

    What somebody says of its columns is remembered for the next file with these headings.

    :raises BadTable: it cannot be read, or a column means nobody knows what.
    """
    known = words_said(session, kind=KIND)
    table = open_orders(raw, said={**known, "": said})
    if said:
        keep_words(
            session,
            kind=KIND,
            headings=table.headings_key,
            words={**known.get(table.headings_key, {}), **said},
            who=who,
            now=now,
        )
    form = table.form
    numbers = {row.cells["order"] for row in table.rows if "order" in row.cells}
    channels = (form.channel,) if form.channel else ()
    taker = _Taker(
        form=form,
        account=manual_account(session, now=now),
        brought=shops_that_bring(session, numbers=numbers, channels=channels),
    )
    notes = () if form is OWN else (f"This is read as an export of {form.title}.",)
    return Opened(
        rows=table.rows,
        take=taker.take,
        named=table.named,
        notes=(*notes, CAME_CP1252) if table.was_cp1252 else notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taker:
    """Takes in the orders of one file."""

    form: Form
    account: ChannelAccount
    brought: Mapping[str, str]
    """By number, the shop that brings the order by itself."""

    def take(
        self, session: Session, rows: Sequence[Cells], who: str, now: datetime
    ) -> Done:
        """Take in one order.

        :raises RowRefused: it cannot be read, or is somebody else's to bring.
        """
        number = self._number(rows[0])
        external_id = f"{self.form.key}:{number}"
        known = order_keyed(session, account_id=self.account.id, external_id=external_id)
        self._check_free(session, rows[0], number=number, known=known)
        head = OrderRows(rows, form=self.form)
        state = head.standing()
        if state.why_not and not (known and state.is_off):
            return _left_out(rows[0], state, known=known)
        if known is not None and state.is_off and known.release == "cancelled":
            return Done(Came.UNCHANGED)
        lines, left_out = head.lines()
        if not lines:
            return Done(Came.LEFT_OUT, tuple(left_out))
        order = ManualOrder(
            external_id=external_id,
            number=number,
            placed_at=head.placed_at(now) or (known.placed_at if known else now),
            updated_at=max(now, known.remote_updated_at + MOMENT) if known else now,
            lines=tuple(lines),
            customer=head.customer(),
            ship_to=head.ship_to(),
            requested_on=head.requested_on(),
            note=head.text("note", most=LONGEST_NOTE),
            cancelled_at=now if state.is_off else None,
            source="manual" if self.form is OWN else SOURCE,
            payment=state.payment if not state.is_off else Payment.UNKNOWN,
        )
        if known is not None and _says_nothing_new(known, order):
            return Done(Came.UNCHANGED, tuple(left_out))
        done = enter(
            session,
            self.account,
            order,
            source=SOURCE,
            customer_id=customer_writing(session, email=head.text("email")),
            who=who,
            now=now,
        )
        came = Came.CREATED if done.outcome == "created" else Came.UPDATED
        return Done(came, tuple(left_out))

    def _number(self, row: Cells) -> str:
        number = row.needed("order")
        if len(number) > LONGEST_NUMBER:
            raise row.refused("order", f"Write at most {LONGEST_NUMBER} characters.")
        if self.form is OWN and OUR_OWN.fullmatch(number):
            words = "Numbers like H-0001 are given by Hornada itself."
            raise row.refused("order", words)
        return number

    def _check_free(
        self, session: Session, row: Cells, *, number: str, known: SalesOrder | None
    ) -> None:
        shop = self.brought.get(number)
        if shop:
            raise row.refused("order", f"This order comes from {shop} by itself.")
        is_own = self.form is OWN and known is None
        if is_own and is_number_taken(
            session, account_id=self.account.id, external_id=number
        ):
            raise row.refused("order", f"There is already an order {number}.")


def _left_out(row: Cells, state: Standing, *, known: SalesOrder | None) -> Done:
    told = row.refused(state.field, state.why_not)
    return Done(Came.UNCHANGED if known else Came.LEFT_OUT, (told,))


def _says_nothing_new(known: SalesOrder, order: ManualOrder) -> bool:
    """Say whether a table repeats what is known: all but when it was read."""
    again = replace(order, updated_at=known.remote_updated_at)
    seen = read(Message(topic=TOPIC, body=write(again))).order
    return content_hash(seen) == known.content_hash


ORDERS = Kind(
    columns=WORDS,
    required=REQUIRED,
    items=(),
    together_by="order",
    open=open_table,
)
