"""Sends a mail of the corpus through the hub and says what became of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors.email.topic import TOPIC
from connectors.message_ids import message_id_of
from hub.flow.intake.accept import accept
from hub.models.records.items import Item
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Address, Demand, OrderLine, SalesOrder
from hub.ports import Ports
from tests.factories import PIECE
from tests.letters.corpus.shop_mails import KNOWN
from tests.letters.expected import (
    Auto,
    Case,
    Enriches,
    LetAlone,
    NoOrder,
    Proposal,
    Reviewed,
)
from tests.letters.workshop import trust_forwards
from workers.read import read_messages

NUMBER = b"@@NUMBER@@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An order a mail became."""

    pieces: Mapping[str, int]
    lines: int
    po: str
    on: date | None
    is_mapped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one mail."""

    is_new: bool = True
    orders: tuple[Made, ...] = ()
    changed: tuple[str, ...] = ()
    """Numbers of older orders that are no longer what they were."""
    review: str = ""
    kind: str = ""
    is_about: bool = False
    """Whether the review names the order that was made before."""
    names_an_order: bool = False
    state: str = ""
    reason: str = ""
    message: str = ""
    """What the message's own row says."""
    city: str = ""
    """Where the shop's waiting order now goes."""

    def __str__(self) -> str:
        """Say it in one line, for whoever reads a failed test."""
        made = [f"{dict(each.pieces)} po={each.po!r} on={each.on}" for each in self.orders]
        return (
            f"orders {made or 'none'}; review {self.review or 'none'} {self.kind}; "
            f"mail {self.state} {self.reason}; message {self.message}; {self.changed}"
        )


def outcome_of(ports: Ports, *, account_id: int, case: Case) -> Outcome:
    """Let the mails before it in, then the mail itself, and look."""
    if case.trusting:
        ports.database.run(lambda session: trust_forwards(session, account_id))
    number = b""
    for earlier in case.before:
        _let_in(ports, account_id, earlier)
    with ports.database.reading() as session:
        before = _state_of(session)
        mails = session.scalar(select(func.max(InboundMail.id))) or 0
        newest = session.scalar(
            select(SalesOrder).filter_by(account_id=account_id).order_by(SalesOrder.id)
        )
        first_id = newest.id if newest else None
        number = newest.number.encode() if newest else b"H-9999"
    message_id = _let_in(ports, account_id, case.raw.replace(NUMBER, number))
    if message_id is None:
        return Outcome(is_new=False)
    with ports.database.reading() as session:
        return _look(
            session, message_id=message_id, mails=mails, before=before, first=first_id
        )


def _let_in(ports: Ports, account_id: int, raw: bytes) -> int | None:
    def work(session: Session) -> int | None:
        return accept(
            session,
            account_id=account_id,
            topic=TOPIC,
            message_id=message_id_of(raw),
            body=raw,
            headers={},
            source="email",
            now=ports.clock.now(),
        ).id

    made = ports.database.run(work)
    read_messages(ports)
    return made


def _state_of(session: Session) -> dict[int, tuple[object, ...]]:
    """Write down each order as it is, so that it shows when a mail changed it."""
    told = select(OrderLine.order_id, OrderLine.sku, OrderLine.ordered, OrderLine.cancelled)
    lines: defaultdict[int, list[object]] = defaultdict(list)
    for line in session.execute(told.order_by(OrderLine.id)):
        lines[line.order_id].append((line.sku, line.ordered, line.cancelled))
    orders = select(
        SalesOrder.id, SalesOrder.number, SalesOrder.intent, SalesOrder.po_number
    )
    return {
        key: (number, intent, po, tuple(lines[key]))
        for key, number, intent, po in session.execute(orders)
    }


def _look(
    session: Session,
    *,
    message_id: int,
    mails: int,
    before: Mapping[int, tuple[object, ...]],
    first: int | None,
) -> Outcome:
    now = _state_of(session)
    mail = session.scalars(
        select(InboundMail).where(InboundMail.id > mails).order_by(InboundMail.id.desc())
    ).first()
    review = session.scalar(select(Review).filter_by(inbound_message_id=message_id))
    message = session.get_one(InboundMessage, message_id)
    return Outcome(
        orders=tuple(_made(session, key) for key in now if key not in before),
        changed=tuple(str(was[0]) for key, was in before.items() if now[key] != was),
        review=review.reason if review else "",
        kind=review.kind if review else "",
        is_about=review is not None and first is not None and review.order_id == first,
        names_an_order=review is not None and review.order_id is not None,
        state=mail.state if mail else "",
        reason=mail.reason if mail else "",
        message=f"{message.state} {message.error_class or ''} {message.last_error or ''}",
        city=_city(session),
    )


def _made(session: Session, order_id: int) -> Made:
    order = session.get_one(SalesOrder, order_id)
    lines = session.scalars(select(OrderLine).filter_by(order_id=order_id)).all()
    wanted = (
        select(Item.code, Demand.quantity)
        .join(Demand, Demand.item_id == Item.id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id == order_id)
    )
    pieces: Counter[str] = Counter()
    for code, quantity in session.execute(wanted):
        whole, rest = divmod(quantity, PIECE)
        assert rest == 0, f"{code}: {quantity} is no whole number of pieces"
        pieces[code] += whole
    return Made(
        pieces=dict(pieces),
        lines=len(lines),
        po=order.po_number,
        on=order.requested_on,
        is_mapped=all(line.state == "mapped" for line in lines),
    )


def _city(session: Session) -> str:
    known = select(SalesOrder).filter_by(external_id=KNOWN)
    order = session.scalars(known).one()
    return session.get_one(Address, order.ship_to_id).city if order.ship_to_id else ""


# The verdict --------------------------------------------------------------------------------


def fault(case: Case, outcome: Outcome) -> str:
    """Say what is wrong with what became of a mail; empty when nothing is."""
    if outcome.changed:
        return f"it changed an order: {outcome}"
    match case.becomes:
        case Auto() as wanted if outcome.orders or not wanted.or_reasons:
            return _order_fault(wanted, outcome)
        case Auto(or_reasons=reasons) | Reviewed(reasons=reasons) as wanted:
            return _review_fault(reasons, outcome) or _about_fault(wanted, outcome)
        case Proposal(kind=kind):
            good = outcome.review == "change_or_cancel_intent" and outcome.is_about
            good = good and outcome.kind == kind and not outcome.orders
            return "" if good else f"no {kind} of the order before: {outcome}"
        case LetAlone() as wanted:
            return _left_fault(wanted, outcome)
        case Enriches(city=city):
            good = outcome.city == city and not outcome.orders and not outcome.review
            return "" if good else f"no address from {city}: {outcome.city!r} {outcome}"
        case NoOrder():
            return _settled_fault(outcome)


def _order_fault(wanted: Auto, outcome: Outcome) -> str:
    if len(outcome.orders) != 1 or outcome.review:
        return f"expected {dict(wanted.lines)}: {outcome}"
    made = outcome.orders[0]
    if dict(made.pieces) != dict(wanted.lines) or not made.is_mapped:
        return f"expected {dict(wanted.lines)}: {outcome}"
    if made.lines != len(wanted.lines):
        return f"expected {len(wanted.lines)} lines, not {made.lines}: {outcome}"
    if (made.po, made.on) != (wanted.po, wanted.on):
        return f"expected po {wanted.po!r} and day {wanted.on}: {outcome}"
    return "" if outcome.state == "processed" else f"not processed: {outcome}"


def _review_fault(reasons: frozenset[str], outcome: Outcome) -> str:
    good = outcome.review in reasons and not outcome.orders
    if not good:
        return f"expected {' or '.join(sorted(reasons))}: {outcome}"
    told = (outcome.state, outcome.reason) == ("review", outcome.review)
    return "" if told else f"the mail's own row says otherwise: {outcome}"


def _about_fault(wanted: Auto | Reviewed, outcome: Outcome) -> str:
    silent = isinstance(wanted, Reviewed) and wanted.is_about_no_order
    wrong = silent and outcome.names_an_order
    return f"it names an order of somebody else: {outcome}" if wrong else ""


def _left_fault(wanted: LetAlone, outcome: Outcome) -> str:
    if outcome.orders or outcome.city:
        return f"expected nothing: {outcome} {outcome.city}"
    if not outcome.is_new:
        return "" if "duplicate" in wanted.reasons else "it was taken for a copy"
    if outcome.review:
        return "" if wanted.or_reviewed else f"expected nothing: {outcome}"
    good = outcome.state == "ignored" and outcome.reason in wanted.reasons
    return "" if good else f"expected {' or '.join(sorted(wanted.reasons))}: {outcome}"


def _settled_fault(outcome: Outcome) -> str:
    if outcome.orders:
        return f"it became an order: {outcome}"
    settled = not outcome.is_new or outcome.state in {"review", "ignored", "failed"}
    return "" if settled else f"nobody wrote down what became of it: {outcome}"
