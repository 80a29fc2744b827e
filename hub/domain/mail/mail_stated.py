"""What a letter states beside its lines, and whether a former order says the same already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from hub.domain.mail.mail_dates import NotOneDay, read_day
from hub.domain.mail.mail_drafts import Drafts
from hub.domain.mail.mail_known import Known, PastOrder
from hub.domain.mail.mail_places import is_named, whole_address
from mapping.canonical import Address
from mapping.letter import Draft, Letter
from mapping.listing import sku_key


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The number, the day, the place and the goods a letter names."""

    letter: Letter
    known: Known
    drafts: Drafts
    today: date

    @cached_property
    def po(self) -> str:
        """The customer's own number of it; empty where the letter has none, or several."""
        for draft in self.drafts.all_drafts:
            if draft.po_number.strip():
                return draft.po_number.strip()
        counts = {meant.line.quantity for read in self.drafts.every for meant in read.lines}
        numbers = {
            sku_key(each): each.strip()
            for each in self.letter.order_numbers
            if each.strip() not in counts and sku_key(each) not in self.known.catalogue
        }
        return next(iter(numbers.values())) if len(numbers) == 1 else ""

    @cached_property
    def goods(self) -> frozenset[tuple[str, int]]:
        """Everything it asks for, as `PastOrder.goods` says it."""
        found: dict[str, int] = {}
        for meant in self.drafts.main.lines if self.drafts.main else ():
            for item, thousandths in meant.goods:
                found[str(item)] = found.get(str(item), 0) + thousandths
        return frozenset(found.items())

    @property
    def requested_on(self) -> date | None:
        """The day its goods are wanted on.

        :raises NotOneDay: it cannot be told, or is over.
        """
        days = {self.day(draft) for draft in self.drafts.all_drafts} - {None}
        return next(iter(days), None)

    @property
    def repeated(self) -> PastOrder | None:
        """The order this one says once more, word by word."""
        past = self.known.orders.get(sku_key(self.po)) if self.po else None
        return past if past is not None and self.is_same(past) else None

    def is_same(self, past: PastOrder) -> bool:
        """Say whether a former order asks for the same goods, for the same day."""
        try:
            days = {self.day(draft) for draft in self.drafts.all_drafts} - {None}
        except NotOneDay:
            return False
        return (
            not past.is_cancelled
            and past.goods == self.goods
            and days <= {past.requested_on}
        )

    def day(self, draft: Draft) -> date | None:
        """Return the day a draft wants its goods on, or None where it names none.

        :raises NotOneDay: it cannot be told, or is over.
        """
        return read_day(draft.requested, today=self.today)

    def difference(self, past: PastOrder) -> Mapping[str, object]:
        """Put a former order and this one side by side."""
        now = [
            [meant.read.item or meant.read.sku, meant.read.quantity]
            for meant in (self.drafts.main.lines if self.drafts.main else ())
        ]
        return {
            "order_id": past.id,
            "order": past.number,
            "po": past.po,
            "before": [list(line) for line in past.lines],
            "now": now,
            "is_cancelled": past.is_cancelled,
        }

    @property
    def ship_to(self) -> Address | None:
        """Where it goes, if the letter names a whole address."""
        for draft in self.drafts.all_drafts:
            if draft.ship_to is not None and is_named(draft.ship_to):
                return whole_address(draft.ship_to)
        return None
