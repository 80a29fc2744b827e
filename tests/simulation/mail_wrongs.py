"""What must be so of mail at the end of a schedule: each came to one thing, and lies there."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.flow.mail.mailbox import FOLDERS
from hub.models.records.channels import ChannelStream
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import OrderLine, SalesOrder
from mapping.listing import sku_key
from tests.simulation.mail_acts import decide, mail_is_handed_in
from tests.simulation.post import Letter
from tests.simulation.world import World, press

HELD = ("Unsupported", "TooManyLetters")
"""Why a letter of ours may be left to a person: nobody knows whether it left, or too many did."""


def settle_mail(world: World) -> None:
    """Hand in what was not taken, and decide on whatever waits for a person."""
    mail_is_handed_in(world)
    with world.eyes.reading() as session:
        waiting = session.scalars(select(Review.id).filter_by(state="open")).all()
    for review_id in waiting:
        is_good = world.random.random() < 0.7
        press(world, partial(decide, world, review_id=review_id, is_good=is_good))


def is_mail_waiting(world: World, session: Session) -> bool:
    """Say whether a mail waits to be taken, read, decided on or filed."""
    read_at = session.scalar(
        select(ChannelStream.read_at).filter_by(account_id=world.company.mailbox_id)
    )
    last_at = world.post.last_at
    waits = or_(
        InboundMail.state.in_(("waiting", "review")), InboundMail.file_at.is_not(None)
    )
    return bool(
        read_at is None
        or (last_at is not None and last_at >= read_at)
        or not all(parcel.taken for parcel in world.post.parcels)
        or session.scalar(select(func.count(InboundMail.id)).where(waits))
    )


def mail_wrongs(world: World, session: Session) -> Iterator[str]:
    """Say everything that is wrong with mail now."""
    rows: dict[str, list[InboundMail]] = defaultdict(list)
    for row in session.scalars(select(InboundMail).order_by(InboundMail.id)):
        rows[row.message_id].append(row)
    yield from (
        f"I21 {name} was never written" for name in rows.keys() - world.post.letters
    )
    for letter in world.post.letters.values():
        yield from _wrong_fates(session, letter, rows[letter.name])
        yield from _wrong_orders(world, session, letter, rows[letter.name])
        yield from _wrong_places(world, letter, rows[letter.name])
    yield from _strange_orders(world, session)
    yield from _wrong_letters(world, session)


def _wrong_fates(
    session: Session, letter: Letter, rows: list[InboundMail]
) -> Iterator[str]:
    """I21: a mail is taken once, and its copies are copies."""
    taken = [row for row in rows if row.reason != "duplicate"]
    fates = [(row.state, row.reason) for row in rows]
    if len(taken) != 1 or {row.state for row in rows} & {"waiting", "review", "failed"}:
        yield f"I21 {letter.kind} {letter.name} came to {fates}"
        return
    review = _review(session, taken[0])
    if letter.kind == "automatic" and fates.count(("ignored", "automatic")) != 1:
        yield f"I21 {letter.name} was written by a machine and came to {fates}"
    # The same goods as an order without a number just now: then a person is asked, by the rule.
    may_be_asked = review is None or review.reason == "po_already_imported"
    if letter.kind == "order" and not may_be_asked and review is not None:
        yield f"I21 {letter.name} is a good order and was reviewed: {review.reason}"
    if letter.kind in {"strange", "unreadable", "cancel"} and review is None:
        yield f"I21 {letter.kind} {letter.name} was decided on by nobody: {fates}"


def _wrong_orders(
    world: World, session: Session, letter: Letter, rows: list[InboundMail]
) -> Iterator[str]:
    """I22: a good order is here once, as it was written; what is none makes none."""
    orders = [
        order
        for order in _orders(world, session)
        if order.external_id == _key(world, letter)
    ]
    review = next((each for row in rows if (each := _review(session, row))), None)
    is_rejected = review is not None and review.state == "rejected"
    wanted = int(letter.kind in {"order", "strange"} and not is_rejected)
    if len(orders) != wanted:
        yield f"I22 {letter.kind} {letter.name} is {len(orders)} orders, not {wanted}"
    for order in orders:
        lines = session.scalars(select(OrderLine).filter_by(order_id=order.id))
        here = {line.sku: line.ordered for line in lines}
        if here != letter.lines:
            yield f"I22 {letter.name} asks for {letter.lines}, the order for {here}"
    if letter.kind == "cancel" and review is not None and review.state == "accepted":
        order = session.get_one(SalesOrder, review.order_id)
        if order.intent != "cancelled":
            yield f"I22 {letter.name} was accepted, and {order.number} is {order.intent}"


def _strange_orders(world: World, session: Session) -> Iterator[str]:
    known = {_key(world, letter) for letter in world.post.letters.values()}
    for order in _orders(world, session):
        if order.external_id not in known:
            yield f"I22 nobody wrote the order {order.external_id}"


def _wrong_places(world: World, letter: Letter, rows: list[InboundMail]) -> Iterator[str]:
    """I23: every copy that was laid into the mailbox lies in the folder of its fate."""
    there = Counter(
        folder for folder, name in world.post.box.lying() if name == letter.name
    )
    ours = Counter(FOLDERS[row.state] for row in rows if row.number is not None)
    laid = world.post.delivered[letter.name]
    is_whole, is_known = there.total() == laid, there == ours
    if not world.post.can_move:
        # Of two of the very same bytes in one folder the second counts as the copy of the first.
        is_whole = min(laid, 1) <= there.total() <= laid
        is_known = there <= ours and there.keys() == ours.keys()
    if letter.name in world.post.put_back_names:
        # Which of two copies of the same bytes a person moved back, no mailbox tells.
        is_known = there.keys() <= ours.keys()
    if not is_known or not is_whole:
        yield f"I23 {letter.name} lies in {dict(there)}, should in {dict(ours)} ({laid})"


def _wrong_letters(world: World, session: Session) -> Iterator[str]:
    """I24: a letter arrived once if it counts as sent, and is left to a person if unknown."""
    query = select(Notification.message_id, OutboundMessage).join(
        OutboundMessage, OutboundMessage.notification_id == Notification.id
    )
    arrived = Counter(world.post.arrived)
    for name, owed in session.execute(query).all():
        times = arrived.pop(name, 0)
        is_sent = owed.state == "sent" and owed.outcome == "created"
        if times > 1 or (is_sent and times != 1) or (times and not owed.first_sent_at):
            yield f"I24 letter {owed.id} is {owed.state}, and arrived {times} times"
        is_held = owed.state == "held" and owed.error_class in HELD
        if owed.state != "sent" and not is_held:
            yield f"I24 letter {owed.id} is {owed.state}: {owed.last_error}"
        if owed.state == "sent" and owed.outcome == "nothing_to_do" and times:
            yield f"I24 letter {owed.id} was left out, and arrived"
    yield from (f"I24 letter {name} was never written" for name in arrived)


def _orders(world: World, session: Session) -> list[SalesOrder]:
    query = select(SalesOrder).filter_by(account_id=world.company.mailbox_id)
    return list(session.scalars(query.order_by(SalesOrder.id)))


def _key(world: World, letter: Letter) -> str:
    if letter.po:
        return f"po:{world.company.customer_id}:{sku_key(letter.po)}"
    return f"mail:{letter.name}"


def _review(session: Session, mail: InboundMail) -> Review | None:
    return session.scalar(
        select(Review).filter_by(inbound_message_id=mail.inbound_message_id)
    )


def mail_facts(session: Session) -> Counter[str]:
    """Count what became of the mails of a schedule, and of our letters."""
    fates = session.execute(
        select(InboundMail.state, func.count()).group_by(InboundMail.state)
    )
    letters = session.execute(
        select(OutboundMessage.state, func.count())
        .where(OutboundMessage.kind == "mail")
        .group_by(OutboundMessage.state)
    )
    return Counter(
        {f"mails {state}": count for state, count in fates}
        | {f"letters {state}": count for state, count in letters}
    )
