"""The rule that makes a mail an order, or shows it to a person with one reason.

It is boolean: a list of conditions (hub/domain/mail/review_objections.py), and an order only if
every one of them holds. Nothing is weighed, and nothing that only resembles decides. Of several
reasons the first in `review_reasons.Reason` is said.

Not an order by itself, ever: what is weighed or measured (a mail says pieces), a line of packs
without a pack rule, a day written without its year, what a customer forwards from somebody else,
anything with a question on an order line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from hub.domain.mail.mail_drafts import ReadDraft, lines_to_show, read_drafts
from hub.domain.mail.mail_known import Known
from hub.domain.mail.mail_meaning import NOBODY
from hub.domain.mail.mail_names import Names
from hub.domain.mail.mail_stated import Stated
from hub.domain.mail.mail_sums import Sums
from hub.domain.mail.review_lines import ReadLine
from hub.domain.mail.review_objections import Objection, Objections
from hub.domain.mail.review_reasons import PRECEDENCE, Reason
from mapping.canonical import Address
from mapping.letter import Intent, Letter, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """It is an order, and this one."""

    lines: tuple[ReadLine, ...]
    prices: tuple[int | None, ...]
    """Minor units of one piece, line by line, where the letter says them."""
    source: Source
    po: str = ""
    requested_on: date | None = None
    ship_to: Address | None = None
    currency: str = ""
    total_minor: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForReview:
    """A person decides, for this reason."""

    reason: Reason
    detail: Mapping[str, object] = field(default_factory=dict)
    """What the reason is about."""
    lines: tuple[ReadLine, ...] = ()
    kind: str = "order"
    """order | change | cancel"""
    po: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetAlone:
    """Nobody need look, and nothing is made of it."""

    why: str
    """automatic | bounce | notice | own | duplicate"""
    order_id: int | None = None
    """The order it repeats."""


Decision = Taken | ForReview | LetAlone


def decide(letter: Letter, known: Known, *, today: date) -> Decision:
    """Say what becomes of a letter, from what it says and what the hub knows."""
    alone = _let_alone(letter, known)
    if alone is not None:
        return alone
    names = Names(known)
    drafts = read_drafts(letter, known, names=names)
    stated = Stated(letter=letter, known=known, drafts=drafts, today=today)
    against = Objections(
        letter=letter, known=known, names=names, drafts=drafts, stated=stated
    )
    objections = sorted(against.every(), key=lambda one: PRECEDENCE.index(one.reason))
    if _is_mere_repeat(objections) and stated.repeated is not None:
        return LetAlone(why="duplicate", order_id=stated.repeated.id)
    if not objections and drafts.main is not None:
        return _taken(drafts.main, stated, known)
    if not objections:
        objections = [Objection(reason=Reason.NO_ORDER_LINES)]
    return ForReview(
        reason=objections[0].reason,
        detail=objections[0].detail,
        lines=lines_to_show(drafts, letter, known),
        kind=_kind(letter, objections),
        po=stated.po,
        source=drafts.main.draft.source if drafts.main else None,
    )


def _let_alone(letter: Letter, known: Known) -> LetAlone | None:
    if letter.intent is Intent.BOUNCE or letter.bounce is not None:
        return LetAlone(why="bounce")
    if letter.our_id:
        return LetAlone(why="own")
    if letter.intent is Intent.NOTICE:
        return LetAlone(why="notice")
    if letter.intent is Intent.AUTOMATIC and not _is_taught_mailer(letter, known):
        return LetAlone(why="automatic")
    return None


def _is_taught_mailer(letter: Letter, known: Known) -> bool:
    """Say whether a shop system's own mails are orders here, because a person taught their form."""
    customer = known.customer
    return letter.is_known_mailer and customer is not None and bool(customer.forms)


def _is_mere_repeat(objections: Sequence[Objection]) -> bool:
    """Say whether all that is left to say is that its sender is new: they said it before."""
    return all(one.reason is Reason.FIRST_ORDERS for one in objections)


def _kind(letter: Letter, objections: Iterable[Objection]) -> str:
    documents = {draft.document for draft in letter.drafts}
    if letter.intent is Intent.CANCEL or "OrderCancellation" in documents:
        return "cancel"
    asks = any(one.reason is Reason.CHANGE_OR_CANCEL_INTENT for one in objections)
    return "change" if asks else "order"


def _taken(main: ReadDraft, stated: Stated, known: Known) -> Taken:
    """Return the order, once nothing speaks against it."""
    sums = Sums(main, known.customer or NOBODY)
    return Taken(
        lines=tuple(meant.read for meant in main.lines),
        prices=tuple(sums.price_minor(meant) for meant in main.lines),
        source=main.draft.source,
        po=stated.po,
        requested_on=stated.requested_on,
        ship_to=stated.ship_to,
        currency=sums.currency,
        total_minor=sums.total_minor(),
        note=main.draft.note,
    )
