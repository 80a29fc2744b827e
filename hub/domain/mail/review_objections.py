"""Everything that keeps a letter from being an order by itself, one condition after the other.

Each condition looks at the whole letter again and trusts nobody who looked before: that a draft is
there says only that somebody read lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.domain.mail.mail_dates import NotOneDay
from hub.domain.mail.mail_drafts import Drafts, ReadDraft, words_at
from hub.domain.mail.mail_known import Known
from hub.domain.mail.mail_meaning import NOBODY
from hub.domain.mail.mail_names import Line, Names
from hub.domain.mail.mail_places import is_named, whole_address
from hub.domain.mail.mail_quantity import PIECES, unit_key
from hub.domain.mail.mail_stated import Stated
from hub.domain.mail.mail_sums import Sums
from hub.domain.mail.mail_words import (
    is_as_ever,
    is_doubtful,
    is_no_order,
    seems_ordered,
    tokens,
)
from hub.domain.mail.review_reasons import Reason
from mapping.letter import Draft, Intent, Letter, Proof, Source, Trouble
from mapping.listing import sku_key

Detail = Mapping[str, object]
HAS_DAY = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}")
ORDERS = frozenset(["", "Order"])
"""What a document of an order calls itself, where its format says so."""
MOST_LINES = 500
"""Lines of an order nobody looks at: who orders more says so in another way, or it is a slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Something that keeps a letter from being an order."""

    reason: Reason
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    """A letter, what was understood of it, and what is known: everything that is asked."""

    letter: Letter
    known: Known
    names: Names
    """Those of the goods in `known`."""
    drafts: Drafts
    stated: Stated

    def every(self) -> Iterator[Objection]:
        """Give everything that keeps it from being an order."""
        yield from self._of_the_sender()
        yield from self._of_what_it_is()
        yield from self._of_what_could_not_be_read()
        if self.drafts.main is not None:
            yield from self._of_its_lines(self.drafts.main)
            yield from self._of_its_sources(self.drafts.main)
        yield from self._of_the_rest_of_the_letter()
        yield from self._of_what_it_says_beside()
        yield from self._of_what_was_ordered()
        yield from self._of_our_habits()

    # Who wrote ------------------------------------------------------------------------------

    def _of_the_sender(self) -> Iterator[Objection]:
        sender, customer = self.letter.sender, self.known.customer
        said: Detail = {"sender": sender.address, "how": sender.how}
        if self.known.is_staff and self.letter.forwarded is not None:
            said = {**said, "forwarded": self.letter.forwarded.address}
            if customer is None:
                yield Objection(reason=Reason.UNKNOWN_CUSTOMER, detail=said)
            elif not self.known.trusts_forwards:
                yield Objection(reason=Reason.SENDER_NOT_AUTHENTICATED, detail=said)
        elif customer is None:
            is_ours = self.known.is_staff and sender.proof is Proof.YES
            why = Reason.UNKNOWN_CUSTOMER if is_ours else Reason.SENDER_NOT_ALLOWED
            yield Objection(reason=why, detail=said)
        elif self.letter.forwarded is not None:
            said = {**said, "forwarded": self.letter.forwarded.address}
            yield Objection(reason=Reason.SENDER_NOT_AUTHENTICATED, detail=said)
        if sender.proof is not Proof.YES or not sender.address:
            yield Objection(reason=Reason.SENDER_NOT_AUTHENTICATED, detail=said)

    # What it is -----------------------------------------------------------------------------

    def _of_what_it_is(self) -> Iterator[Objection]:
        intent, about = self.letter.intent, self.known.about
        for draft in self.drafts.all_drafts:
            if draft.document not in ORDERS:
                said = {"why": draft.document, "intent": Intent.CHANGE.value}
                yield Objection(reason=Reason.CHANGE_OR_CANCEL_INTENT, detail=said)
        if intent in {Intent.CHANGE, Intent.CANCEL}:
            why = {"why": self.letter.why, "intent": intent.value}
            yield Objection(reason=Reason.CHANGE_OR_CANCEL_INTENT, detail=why)
        elif about is not None and (self.drafts.every or self.drafts.open_lines):
            why = {"why": "it answers an order", "order": about.number}
            yield Objection(reason=Reason.CHANGE_OR_CANCEL_INTENT, detail=why)

    # What could not be read -----------------------------------------------------------------

    def _of_what_could_not_be_read(self) -> Iterator[Objection]:
        yield from self._of_its_files()
        if self.letter.is_cut:
            yield Objection(reason=Reason.ATTACHMENT_TOO_BIG, detail={"why": "cut"})
        for draft in self.drafts.all_drafts:
            for fault in draft.faults:
                yield Objection(reason=_of_fault(fault), detail={"fault": fault})
        if all(_is_prose(read) for read in self.drafts.every):
            yield self._of_no_lines()

    def _of_no_lines(self) -> Objection:
        """Say that there is no line, or that there is one of ours nobody could make out."""
        lines = [line.text for line in self.drafts.open_lines]
        for draft in self.drafts.all_drafts:
            lines += [words_at(place, self.letter) for place in draft.unread]
        ours = next((line for line in lines if self.names.within(line)), None)
        if ours is None:
            return Objection(reason=Reason.NO_ORDER_LINES)
        return Objection(reason=Reason.AMBIGUOUS_QUANTITY, detail={"text": ours.strip()})

    def _of_its_files(self) -> Iterator[Objection]:
        for file in self.letter.attached:
            if not file.may_be_order:
                continue
            said = {"name": file.name, "why": file.why}
            if file.trouble is Trouble.TOO_BIG:
                yield Objection(reason=Reason.ATTACHMENT_TOO_BIG, detail=said)
            elif file.trouble is not None or not self._is_accounted_for(file.part):
                yield Objection(reason=Reason.UNREADABLE_ATTACHMENT, detail=said)

    def _is_accounted_for(self, part: str) -> bool:
        """Say whether anything at all was read in a file that may be an order."""
        parts = [
            *(draft.part for draft in self.letter.drafts),
            *(table.part for table in self.letter.tables),
            *(text.part for text in self.letter.texts),
        ]
        return any(each == part or each.startswith(part) for each in parts)

    # Its lines ------------------------------------------------------------------------------

    def _of_its_lines(self, main: ReadDraft) -> Iterator[Objection]:
        if len(main.lines) > MOST_LINES:
            many: Detail = {"why": "lines", "lines": len(main.lines), "most": MOST_LINES}
            yield Objection(reason=Reason.ATTACHMENT_TOO_BIG, detail=many)
        for meant in main.lines:
            if meant.problem:
                yield Objection(
                    reason=Reason(meant.problem),
                    detail={"line": meant.read.position, "text": meant.line.text},
                )
        for draft in self.drafts.all_drafts:
            for place in draft.unread:
                said = {"text": words_at(place, self.letter), "part": place.part}
                yield Objection(reason=Reason.AMBIGUOUS_QUANTITY, detail=said)

    def _of_its_sources(self, main: ReadDraft) -> Iterator[Objection]:
        for other in self.drafts.every[1:]:
            if other.orders != main.orders or None in main.orders.values():
                said = {"parts": [main.draft.part, other.draft.part]}
                yield Objection(reason=Reason.SOURCES_DISAGREE, detail=said)
        for what, values in (("po", self._pos()), ("address", self._addresses())):
            if len(values) > 1:
                yield Objection(reason=Reason.SOURCES_DISAGREE, detail={"about": what})

    def _pos(self) -> set[str]:
        return {sku_key(each.po_number) for each in self.drafts.all_drafts} - {""}

    def _addresses(self) -> set[tuple[str, ...]]:
        named = [each.ship_to for each in self.drafts.all_drafts]
        return {
            tuple(sku_key(each) for each in (one.line1, one.postcode, one.city))
            for one in named
            if one is not None and is_named(one)
        }

    def _of_the_rest_of_the_letter(self) -> Iterator[Objection]:
        own = [text.text for text in self.letter.texts if not text.is_quoted]
        words = is_no_order([self.letter.subject, *own])
        if words:
            yield Objection(reason=Reason.NO_ORDER_LINES, detail={"words": words})
        if self.drafts.main is None:
            return
        words = is_as_ever(own)
        if words:
            yield Objection(reason=Reason.AMBIGUOUS_QUANTITY, detail={"words": words})
        for line in self.drafts.open_lines:
            said = {"text": line.text.strip(), "part": line.part}
            yield Objection(reason=self._of_open_line(line), detail=said)
        if not self._is_subject_understood():
            said = {"about": "subject", "text": self.letter.subject}
            yield Objection(reason=Reason.SOURCES_DISAGREE, detail=said)

    def _of_open_line(self, line: Line) -> Reason:
        """Say that another part speaks of the same goods otherwise; else that a line is unclear."""
        main = self.drafts.main
        named = self.names.within(line.text)
        is_elsewhere = main is not None and line.part != main.draft.part
        if main is not None and is_elsewhere and named and named <= main.orders.keys():
            return Reason.SOURCES_DISAGREE
        return Reason.AMBIGUOUS_QUANTITY

    def _is_subject_understood(self) -> bool:
        """Say whether goods and quantities in the subject are those of the lines."""
        subject = self.letter.subject
        if not self.names.within(subject) and not seems_ordered(subject):
            return True
        lines = [meant for read in self.drafts.every for meant in read.lines]
        said = " ".join(f"{meant.line.text} {meant.read.item}" for meant in lines)
        numbers = " ".join((self.stated.po, *self.letter.order_numbers))
        counts = {word for word in tokens(subject) if any(c.isdigit() for c in word)}
        return counts <= tokens(f"{said} {numbers}") and (
            self.names.within(subject) <= self.names.within(said)
        )

    # What it says beside its lines ----------------------------------------------------------

    def _of_what_it_says_beside(self) -> Iterator[Objection]:
        customer = self.known.customer or NOBODY
        for read in self.drafts.every:
            sums = Sums(read, customer)
            if sums.has_unclear_currency:
                said: Detail = {"currency": read.draft.currency, "why": "currency"}
                yield Objection(reason=Reason.PRICE_MISMATCH, detail=said)
                continue
            price, total = sums.wrong_price(), sums.wrong_total()
            if price is not None:
                yield Objection(reason=Reason.PRICE_MISMATCH, detail=price)
            if total is not None:
                yield Objection(reason=Reason.TOTAL_MISMATCH, detail=total)
        yield from self._of_its_day()
        for draft in self.drafts.all_drafts:
            named = draft.ship_to if is_named(draft.ship_to) else None
            if named is not None and whole_address(named) is None:
                yield Objection(reason=Reason.ADDRESS_MISSING, detail={"why": "partial"})

    def _of_its_day(self) -> Iterator[Objection]:
        days = set()
        for draft in _of_each_day(self.drafts.all_drafts):
            try:
                days.add(self.stated.day(draft))
            except NotOneDay as error:
                said = {"text": draft.requested, "why": str(error)}
                yield Objection(reason=Reason.AMBIGUOUS_DATE, detail=said)
            if draft.requested and self._is_day_in_doubt(draft.requested):
                said = {"text": draft.requested, "why": "there is more beside it"}
                yield Objection(reason=Reason.AMBIGUOUS_DATE, detail=said)
        if len(days - {None}) > 1:
            yield Objection(reason=Reason.AMBIGUOUS_DATE, detail={"why": "several days"})

    def _is_day_in_doubt(self, written: str) -> bool:
        """Say whether the line that names the day has another one, or takes it back."""
        for text in self.letter.texts:
            if text.is_quoted or written not in text.text:
                continue
            for line in text.text.splitlines():
                before, found, behind = line.partition(written)
                if found and (is_doubtful(behind) or HAS_DAY.search(f"{before} {behind}")):
                    return True
        return False

    # What was ordered before ----------------------------------------------------------------

    def _of_what_was_ordered(self) -> Iterator[Objection]:
        key = sku_key(self.stated.po)
        past = self.known.orders.get(key) if key else None
        if past is not None and not self.stated.is_same(past):
            yield Objection(
                reason=Reason.PO_ALREADY_IMPORTED, detail=self.stated.difference(past)
            )
        if key in self.known.waiting and key:
            said = {"review": self.known.waiting[key], "po": self.stated.po}
            yield Objection(reason=Reason.PO_ALREADY_IMPORTED, detail=said)
        for each in self.known.recent:
            is_other = bool(key and each.po)
            if not is_other and self.stated.goods and each.goods == self.stated.goods:
                yield Objection(
                    reason=Reason.PO_ALREADY_IMPORTED, detail=self.stated.difference(each)
                )

    # Our habits -----------------------------------------------------------------------------

    def _of_our_habits(self) -> Iterator[Objection]:
        customer = self.known.customer
        if customer is not None and customer.is_new:
            said = {"orders": customer.orders, "always": customer.always_review}
            yield Objection(reason=Reason.FIRST_ORDERS, detail=said)


def _is_prose(read: ReadDraft) -> bool:
    """Say whether what was read as lines only counts boxes of something: "6 cajas vacías".

    A code, a price, a mark of times or a customer's own word on any of them makes it an order.
    """
    return read.draft.source is Source.TEXT and all(
        meant.problem == Reason.UNKNOWN_SKU
        and not (meant.line.sku or meant.line.barcode or meant.line.price)
        and unit_key(meant.line.unit) not in PIECES | {""}
        for meant in read.lines
    )


def _of_each_day(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """Return one draft of those that ask for the same day."""
    return tuple({draft.requested: draft for draft in drafts}.values())


_FAULTS: Mapping[str, Reason] = {
    "R001": Reason.REPEATED_SKU,
    "R003": Reason.PRICE_MISMATCH,
    "R004": Reason.AMBIGUOUS_QUANTITY,
    "R005": Reason.PRICE_MISMATCH,
    "R006": Reason.PRICE_MISMATCH,
    "R008": Reason.TOTAL_MISMATCH,
    "R024": Reason.TOTAL_MISMATCH,
}
"""What a broken rule of Peppol BIS Order 3 (T01) means for us; any other: it cannot be read."""


def _of_fault(fault: str) -> Reason:
    for rule, reason in _FAULTS.items():
        if rule in fault[:24]:
            return reason
    return Reason.UNREADABLE_ATTACHMENT
