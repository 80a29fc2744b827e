"""The outbox: owed once, sent in order, and never again before somebody looked."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.models.claims import outbox
from hub.models.claims.leases import LeaseLost
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from hub.models.session import Database
from tests.factories import NOW, make_account, make_item, make_order

LEASE = timedelta(seconds=300)
LATER = NOW + LEASE


@pytest.fixture
def account(session: Session) -> ChannelAccount:
    return make_account(session)


@pytest.fixture
def order(session: Session, account: ChannelAccount) -> SalesOrder:
    return make_order(session, account=account, lines={make_item(session): 2})


def owe(session: Session, *, order: SalesOrder, key: str = "progress:1") -> int:
    added = outbox.add_once(
        session,
        account_id=order.account_id,
        order_id=order.id,
        kind="progress",
        idempotency_key=key,
        payload={"order_id": order.external_id},
        now=NOW,
    )
    return added or 0


def take(
    session: Session, *, owner: str = "anna", now: datetime = NOW
) -> list[tuple[int, str]]:
    claimed = outbox.claim(session, owner=owner, now=now, lease=LEASE, limit=10)
    return [(message.id, message.state) for message in claimed]


def row(session: Session, message_id: int) -> OutboundMessage:
    session.expire_all()
    return session.get_one(OutboundMessage, message_id)


def test_the_same_thing_is_owed_once(session: Session, order: SalesOrder) -> None:
    assert owe(session, order=order) > 0
    assert owe(session, order=order) == 0
    assert owe(session, order=order, key="progress:2") > 0


def test_a_rehearsal_is_written_and_never_sent(session: Session, order: SalesOrder) -> None:
    shadowed = outbox.add_once(
        session,
        account_id=order.account_id,
        kind="progress",
        idempotency_key="progress:1",
        payload={},
        now=NOW,
        state="shadowed",
    )

    assert take(session) == []
    assert row(session, shadowed or 0).done_at == NOW


def test_a_shipment_is_told_once_whatever_the_key(
    session: Session, order: SalesOrder
) -> None:
    shipment = Shipment(number="S-0001", order_id=order.id, state="shipped", created_at=NOW)
    session.add(shipment)
    session.flush()

    def tell(key: str) -> int | None:
        return outbox.add_once(
            session,
            account_id=order.account_id,
            order_id=order.id,
            shipment_id=shipment.id,
            kind="fulfil",
            idempotency_key=key,
            payload={},
            now=NOW,
        )

    tell("fulfil:1")
    with pytest.raises(IntegrityError):
        tell("fulfil:1 again")


def test_what_an_order_is_owed_goes_out_in_turn(
    session: Session, order: SalesOrder
) -> None:
    first, second = (
        owe(session, order=order, key="hold"),
        owe(session, order=order, key="release"),
    )

    assert take(session, owner="anna") == [(first, "waiting")]
    assert take(session, owner="bela") == []

    outbox.begin_sending(session, message_id=first, owner="anna", now=NOW, lease=LEASE)
    assert take(session, owner="bela") == []
    outbox.settle(
        session, message_id=first, owner="anna", state="unknown", now=NOW, next_try_at=LATER
    )
    assert take(session, owner="bela") == []
    assert take(session, owner="bela", now=LATER) == [(first, "unknown")]
    outbox.settle(session, message_id=first, owner="bela", state="sent", now=LATER)

    assert take(session, owner="carl", now=LATER) == [(second, "waiting")]


@pytest.mark.parametrize("end", ["held", "dead", "sent", "shadowed"])
def test_what_is_over_holds_nothing_up(
    session: Session, order: SalesOrder, end: str
) -> None:
    first, second = (
        owe(session, order=order, key="one"),
        owe(session, order=order, key="two"),
    )
    take(session)

    outbox.settle(session, message_id=first, owner="anna", state=end, now=NOW)

    assert take(session, owner="bela") == [(second, "waiting")]
    assert row(session, first).done_at == NOW


def test_orders_do_not_wait_for_each_other(
    session: Session, order: SalesOrder, account: ChannelAccount
) -> None:
    soap = make_item(session, code="SOAP")
    other = make_order(session, account=account, lines={soap: 1})
    ids = [owe(session, order=order, key="one"), owe(session, order=other, key="two")]

    assert take(session) == [(message_id, "waiting") for message_id in ids]


@pytest.mark.parametrize(
    "why",
    [
        {"mode": "off"},
        {"mode": "shadow"},
        {"needs_reconnect": True},
        {"paused_until": NOW + timedelta(seconds=1)},
    ],
)
def test_an_account_that_cannot_take_it_is_passed_over(
    session: Session, order: SalesOrder, why: dict[str, object]
) -> None:
    message_id = owe(session, order=order)
    session.execute(update(ChannelAccount).values(why))

    assert take(session) == []
    assert outbox.due_count(session, now=NOW) == 0

    well: dict[str, object] = {
        "mode": "live",
        "needs_reconnect": False,
        "paused_until": NOW,
    }
    session.execute(update(ChannelAccount).values(well))
    assert outbox.due_count(session, now=NOW) == 1
    assert take(session) == [(message_id, "waiting")]


def test_a_sender_that_died_leaves_a_message_to_be_looked_up(
    session: Session, order: SalesOrder
) -> None:
    message_id = owe(session, order=order)
    take(session)
    begun = NOW + timedelta(seconds=20)
    outbox.begin_sending(
        session, message_id=message_id, owner="anna", now=begun, lease=LEASE
    )

    assert row(session, message_id).first_sent_at == begun
    assert (
        take(session, owner="bela", now=LATER) == []
    )  # the lease started anew with the call
    assert take(session, owner="bela", now=begun + LEASE) == [(message_id, "unknown")]
    assert row(session, message_id).attempts == 2


def test_a_worker_that_died_before_sending_leaves_a_message_to_be_sent(
    session: Session, order: SalesOrder
) -> None:
    message_id = owe(session, order=order)
    take(session)

    assert take(session, owner="bela", now=LATER) == [(message_id, "waiting")]


def test_a_message_sent_again_remembers_its_first_time(
    session: Session, order: SalesOrder
) -> None:
    message_id = owe(session, order=order)
    take(session)
    outbox.begin_sending(session, message_id=message_id, owner="anna", now=NOW, lease=LEASE)
    take(session, owner="bela", now=LATER)

    outbox.begin_sending(
        session, message_id=message_id, owner="bela", now=LATER, lease=LEASE
    )

    assert row(session, message_id).state == "sending"
    assert row(session, message_id).first_sent_at == NOW


def test_who_lost_the_lease_may_neither_send_nor_settle(
    session: Session, order: SalesOrder
) -> None:
    message_id = owe(session, order=order)
    take(session)
    take(session, owner="bela", now=LATER)

    with pytest.raises(LeaseLost):
        outbox.begin_sending(
            session, message_id=message_id, owner="anna", now=LATER, lease=LEASE
        )
    with pytest.raises(LeaseLost):
        outbox.settle(session, message_id=message_id, owner="anna", state="sent", now=LATER)
    assert row(session, message_id).state == "waiting"

    outbox.settle(
        session,
        message_id=message_id,
        owner="bela",
        state="sent",
        now=LATER,
        outcome="created",
        remote_ref="gid://shopify/Fulfillment/1",
    )
    assert row(session, message_id).remote_ref == "gid://shopify/Fulfillment/1"
    with pytest.raises(LeaseLost):
        outbox.settle(session, message_id=message_id, owner="bela", state="dead", now=LATER)


def test_one_patch_takes_every_guard_away(
    session: Session, order: SalesOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = owe(session, order=order)
    take(session)
    take(session, owner="bela", now=LATER)
    monkeypatch.setattr(outbox, "held_by", lambda _owner: ())

    outbox.begin_sending(
        session, message_id=message_id, owner="anna", now=LATER, lease=LEASE
    )
    outbox.settle(session, message_id=message_id, owner="anna", state="sent", now=LATER)

    assert row(session, message_id).state == "sent"


def test_a_person_may_try_again_what_was_given_up(
    session: Session, order: SalesOrder
) -> None:
    never_sent, sent = (
        owe(session, order=order, key="one"),
        owe(session, order=order, key="two"),
    )
    take(session)
    outbox.settle(session, message_id=never_sent, owner="anna", state="held", now=NOW)
    take(session)
    outbox.begin_sending(session, message_id=sent, owner="anna", now=NOW, lease=LEASE)
    outbox.settle(session, message_id=sent, owner="anna", state="dead", now=NOW)

    outbox.retry(session, message_id=sent, now=LATER)
    assert take(session, now=LATER) == [(sent, "unknown")]

    outbox.settle(session, message_id=sent, owner="anna", state="sent", now=LATER)
    outbox.retry(session, message_id=never_sent, now=LATER)
    assert take(session, now=LATER) == [(never_sent, "waiting")]
    with pytest.raises(outbox.CannotRetry):
        outbox.retry(session, message_id=sent, now=LATER)


@pytest.mark.postgres
def test_a_claim_steps_over_what_another_is_just_claiming(pg_database: Database) -> None:
    with pg_database.begin() as session:
        account = make_account(session)
        orders = [
            make_order(session, account=account, lines={make_item(session, code=code): 1})
            for code in ("SOAP", "BALM")
        ]
        ids = [owe(session, order=order, key=order.number) for order in orders]

    with pg_database.begin() as anna, pg_database.begin() as bela:
        [first] = outbox.claim(anna, owner="anna", now=NOW, lease=LEASE)
        [second] = outbox.claim(bela, owner="bela", now=NOW, lease=LEASE)

    assert [first.id, second.id] == ids
    with pg_database.begin() as session:
        owners = session.scalars(select(OutboundMessage.lease_owner)).all()
    assert sorted(owner or "" for owner in owners) == ["anna", "bela"]
