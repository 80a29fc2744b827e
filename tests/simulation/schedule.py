"""One schedule: things happen and processes die in an order drawn from a seed; then all is well."""

import traceback
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hub.flow.telling.tasks import CANCEL
from hub.invariants import check
from hub.models.claims.inbox import replay
from hub.models.records.channels import Backfill, ChannelStream
from hub.models.records.completions import Completion
from hub.models.records.history import History
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.recalls import Recall
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot, StockMove
from hub.models.records.upkeep import ManualTask
from mapping.effects import Fulfil
from tests.simulation.acts import (
    ACTS,
    a_buyer_orders,
    a_maker_makes,
    a_packer_ships,
    post_arrives,
)
from tests.simulation.ground import Ground
from tests.simulation.mail_acts import MAIL_ACTS
from tests.simulation.mail_wrongs import (
    is_mail_waiting,
    mail_facts,
    mail_wrongs,
    settle_mail,
)
from tests.simulation.world import World
from workers.jobs import JOBS
from workers.read import LOST

STEPS = 24
MAIL_DAYS = 5
"""Every so manyth schedule is a day of mail."""
ROUNDS = 60
"""So many rounds of quiet everything must have come to its end in."""
A_ROUND = timedelta(minutes=140)
"""Longer than the time between two readings of the shop's list."""


@dataclass(frozen=True)
class Ended:
    """What a schedule came to."""

    seed: int
    violations: tuple[str, ...]
    crashes: Counter[str]
    facts: Counter[str]


def run_schedule(
    ground: Ground, *, seed: int, steps: int = STEPS, has_mail: bool | None = None
) -> Ended:
    """Run one schedule to its end and say what is wrong then.

    `has_mail` makes it a day of mail, or not; else its seed does.
    """
    is_mail_day = seed % MAIL_DAYS == 0 if has_mail is None else has_mail
    world = World(ground=ground, seed=seed, has_mail=is_mail_day)
    world.bystander = lambda: JOBS["sweep"](world.ports)
    acts = [
        act for weight, act in (MAIL_ACTS if is_mail_day else ACTS) for _ in range(weight)
    ]
    try:
        _morning(world)
        for _ in range(steps):
            world.random.choice(acts)(world)
        settle(world)
        with world.eyes.reading() as session:
            found = tuple(wrongs(world, session))
            facts = _facts(session)
    except Exception as error:  # noqa: BLE001 - a mistake of ours is a finding like any other
        where = traceback.extract_tb(error.__traceback__)[-1]
        found = (f"uncaught {type(error).__name__}: {error} in {where.name}",)
        facts = Counter()
    finally:
        ground.end()
    return Ended(seed=seed, violations=found, crashes=world.crashes, facts=facts)


def _morning(world: World) -> None:
    """Begin with two orders on the books and work under way: there is something to break."""
    for _ in range(2):
        a_buyer_orders(world)
    world.pass_time(timedelta(minutes=2))
    post_arrives(world)
    world.run(JOBS["sweep"])
    for act in (a_packer_ships, a_maker_makes, a_maker_makes):
        act(world)


def settle(world: World) -> None:
    """Let the storm pass: the shop behaves, nobody dies, and time goes by until nothing waits."""
    world.is_calm = True
    world.shop.misbehaves = world.post.misbehaves = False
    for _ in range(ROUNDS):
        world.pass_time(A_ROUND)
        post_arrives(world)
        if world.has_mail:
            settle_mail(world)
        JOBS["sweep"](world.ports)
        if not _replayed(world) and not _cancelled_there(world) and not _waits(world):
            return


def _replayed(world: World) -> int:
    """Press replay on every message that was put aside because its readers kept dying."""
    with world.ports.database.begin() as session:
        dead = session.scalars(
            select(InboundMessage.id).where(
                InboundMessage.state == "dead", InboundMessage.error_class == LOST
            )
        ).all()
        answered = set(session.scalars(select(InboundMessage.replay_of)))
        waiting = [message_id for message_id in dead if message_id not in answered]
        for message_id in waiting:
            replay(session, message_id=message_id, who="user:1", now=world.clock.at)
    return len(waiting)


def _cancelled_there(world: World) -> int:
    """Cancel at the shop what somebody cancelled here: a person is asked to, until they did."""
    asked = (
        select(SalesOrder.external_id)
        .join(ManualTask, ManualTask.order_id == SalesOrder.id)
        .where(ManualTask.kind == CANCEL, ManualTask.state == "open")
    )
    with world.eyes.reading() as session:
        names = session.scalars(asked).all()
    open_there = [each for each in names if world.shop.orders[each].cancelled_at is None]
    for order_id in open_there:
        world.shop.orders[order_id].cancelled_at = world.clock.at
        world.shop.change(order_id, "orders/cancelled")
    return len(open_there)


def _waits(world: World) -> bool:
    with world.eyes.reading() as session:
        return bool(
            not all(envelope.taken for envelope in world.shop.envelopes)
            or session.scalar(select(func.count()).where(InboundMessage.state == "waiting"))
            or session.scalar(
                select(func.count()).where(
                    OutboundMessage.state.in_(("waiting", "sending", "unknown"))
                )
            )
            or session.scalar(select(func.count(Replan.id)))
            or session.scalar(select(func.count()).where(Backfill.state == "running"))
            or _is_behind(world, session)
            or (world.has_mail and is_mail_waiting(world, session))
        )


def _is_behind(world: World, session: Session) -> bool:
    """Say whether the shop's list was not read since its last order changed."""
    read_at = session.scalar(
        select(ChannelStream.read_at).filter_by(account_id=world.company.account_id)
    )
    changes = [order.updated_at for order in world.shop.orders.values()]
    return read_at is None or max(changes) >= read_at


def wrongs(world: World, session: Session) -> list[str]:
    """Say everything that is wrong now: inside, and between us and the shop."""
    return [
        *(f"{each.code} {each.subject} {each.subject_id}: {each.what}"
          for each in check(session, now=world.clock.at)),
        *_lost_messages(world, session),
        *_unfinished(session),
        *_untrue_results(world, session),
        *_steps_taken_twice(session),
        *_wrong_orders(world, session),
        *_wrong_parcels(world, session),
        *(mail_wrongs(world, session) if world.has_mail else ()),
    ]  # fmt: skip


def _lost_messages(world: World, session: Session) -> list[str]:
    """I1: whatever was answered with a 2xx has its row, and one only."""
    first = InboundMessage.replay_of.is_(None)
    query = select(InboundMessage.topic, InboundMessage.message_id).where(first)
    query = query.where(
        InboundMessage.topic != "mail"
    )  # those are counted letter by letter
    rows = Counter((row.topic, row.message_id) for row in session.execute(query))
    promised = {(topic, message_id) for topic, message_id in world.accepted}
    lost = [
        f"I1 {each} was answered and is not there" for each in promised if each not in rows
    ]
    return lost + [
        f"I1 {each} is there {count} times" for each, count in rows.items() if count > 1
    ]


def _unfinished(session: Session) -> list[str]:
    """I2 and I18: every message came to an end, and none of these should need a person."""
    inbound = session.execute(
        select(InboundMessage.id, InboundMessage.state, InboundMessage.last_error)
        .where(InboundMessage.state != "done")
        .where(InboundMessage.error_class.is_distinct_from(LOST))
    )
    outbound = session.execute(
        select(OutboundMessage.id, OutboundMessage.state, OutboundMessage.last_error)
        .where(OutboundMessage.state.not_in(("sent", "shadowed")))
        .where(~OutboundMessage.error_class.in_(("Conflict", "NotToldYet")))
        .where(OutboundMessage.kind != "mail")
    )
    backfills = session.execute(
        select(Backfill.id, Backfill.state, Backfill.last_error).where(
            Backfill.state != "done"
        )
    )
    return [
        *(f"I2 backfill {row.id} is {row.state}: {row.last_error}" for row in backfills),
        *(f"I2 inbound {row.id} is {row.state}: {row.last_error}" for row in inbound),
        *(f"I18 outbound {row.id} is {row.state}: {row.last_error}" for row in outbound),
    ]


def _untrue_results(world: World, session: Session) -> list[str]:
    """I2: results say what messages came to: as many changed an order as changes are noted."""
    changing = InboundMessage.result.in_(("created", "applied"))
    noted = History.what.in_(("order.received", "order.changed"))
    of_the_shop = History.subject_id.in_(
        select(SalesOrder.id).filter_by(account_id=world.company.account_id)
    )
    said = session.scalar(select(func.count(InboundMessage.id)).where(changing)) or 0
    done = session.scalar(select(func.count(History.id)).where(noted, of_the_shop)) or 0
    told = session.scalar(select(func.count(History.id)).filter_by(what="channel.told"))
    said_something = OutboundMessage.outcome != "nothing_to_do"
    sent = session.scalar(
        select(func.count(OutboundMessage.id)).where(said_something).filter_by(state="sent")
    )
    return [
        *([f"I2 {done} changes are noted, {said} messages say so"] if said != done else []),
        *(
            [f"I2 {told} messages are noted as told, {sent} as sent"]
            if told != sent
            else []
        ),
    ]


def _steps_taken_twice(session: Session) -> list[str]:
    """I9: no run is started or finished twice, but for what was taken back in between."""
    query = select(History).where(History.what.like("production_order.%"))
    taken: Counter[tuple[int, str]] = Counter()
    for row in session.scalars(query):
        if row.detail.get("undo"):
            taken[row.subject_id, row.from_state] -= 1
        else:
            taken[row.subject_id, row.to_state] += 1
    return [
        f"I9 run {run_id} took the step to {state} {times} times"
        for (run_id, state), times in taken.items()
        if times > 1
    ]


def _wrong_orders(world: World, session: Session) -> list[str]:
    """I3 and I4: every order of the shop is here once, as its newest version."""
    wrong = []
    for order_id, theirs in world.shop.orders.items():
        ours = session.scalars(select(SalesOrder).filter_by(external_id=order_id)).all()
        if len(ours) != 1:
            wrong.append(f"I3 order {order_id} is here {len(ours)} times")
            continue
        lines = session.scalars(select(OrderLine).filter_by(order_id=ours[0].id))
        here = sorted((line.sku, line.ordered, line.cancelled) for line in lines)
        there = sorted((line.sku, line.ordered, line.cancelled) for line in theirs.lines)
        if here != there:
            wrong.append(f"I4 order {order_id} is {here} here and {there} there")
        if theirs.cancelled_at and ours[0].intent != "cancelled":
            wrong.append(f"I4 order {order_id} was cancelled there")
    return wrong


def _wrong_parcels(world: World, session: Session) -> list[str]:
    """I11: every parcel that left is held by the shop once, with its pieces, and none else is."""
    there = Counter(effect.tracking.number for effect in world.shop.fulfilled)
    wrong = [
        f"I11 parcel {number} is there {n} times" for number, n in there.items() if n > 1
    ]
    news = Counter(each for each in world.shop.told if not isinstance(each, Fulfil))
    wrong += [
        f"I11 it was told {n} times there: {each}" for each, n in news.items() if n > 1
    ]
    query = (
        select(Shipment.tracking_number, OutboundMessage.state, OutboundMessage.error_class)
        .join(OutboundMessage, OutboundMessage.shipment_id == Shipment.id)
        .where(OutboundMessage.kind == "fulfil")
    )
    rows = session.execute(query).all()
    ours = {row.tracking_number: row for row in rows}
    wrong += [
        f"I11 parcel {number} was written down {n} times"
        for number, n in Counter(row.tracking_number for row in rows).items()
        if n > 1
    ]
    for number, row in ours.items():
        if (number in there) != (row.state == "sent"):
            wrong.append(
                f"I11 parcel {number} is {row.state} here, {there[number]} times there"
            )
    return wrong + [
        f"I11 parcel {number} never left here" for number in there if number not in ours
    ]


def _facts(session: Session) -> Counter[str]:
    phases = session.execute(
        select(SalesOrder.phase, func.count()).group_by(SalesOrder.phase)
    )
    facts = Counter({f"orders {phase}": count for phase, count in phases})
    facts["backfills"] = session.scalar(select(func.count(Backfill.id))) or 0
    facts["taken back"] = _count(session, History.what == "run.undone")
    facts["returns"] = _count(session, StockMove.kind == "returned")
    facts["bought"] = _count(session, Lot.purchase_line_id.is_not(None))
    facts["in parts"] = _count(session, Completion.number > 1)
    facts["put back"] = _count(session, StockMove.reverses_id.is_not(None))
    facts["recalls"] = _count(session, Recall.is_drill.is_(False))
    facts.update(mail_facts(session))
    facts["parcels"] = session.scalar(select(func.count(Shipment.id))) or 0
    return facts


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(which)) or 0
