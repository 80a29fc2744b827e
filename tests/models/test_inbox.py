"""The inbox: written once, claimed by one, settled by whoever still holds it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.models.claims import inbox
from hub.models.claims.leases import LeaseLost
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from tests.factories import NOW, make_account

LEASE = timedelta(seconds=120)
LATER = NOW + LEASE


def deliver(
    session: Session, *, message_id: str = "event-1", body: bytes = b"{}"
) -> int | None:
    account = session.scalars(select(ChannelAccount)).first() or make_account(session)
    return inbox.insert_once(
        session,
        account_id=account.id,
        topic="orders/create",
        message_id=message_id,
        body_hash=body.hex(),
        body=body,
        headers={"x-shopify-topic": "orders/create"},
        source="webhook",
        received_at=NOW,
        triggered_at=None,
        next_try_at=NOW,
    )


def take(
    session: Session, *, owner: str = "anna", limit: int = 10, **when: object
) -> list[int]:
    now = when.get("now", NOW)
    assert isinstance(now, type(NOW))
    claimed = inbox.claim(session, owner=owner, now=now, limit=limit, lease=LEASE)
    return [message.id for message in claimed]


def state_of(session: Session, message_id: int) -> tuple[str, str, int]:
    session.expire_all()
    row = session.get_one(InboundMessage, message_id)
    return row.state, row.result, row.attempts


def test_the_same_message_is_written_once(session: Session) -> None:
    first = deliver(session)

    assert first is not None
    assert deliver(session) is None
    assert deliver(session, body=b'{"id": 7}') not in {None, first}
    assert deliver(session, message_id="event-2") is not None


def test_the_same_message_from_many_at_once_is_written_once(database: Database) -> None:
    with database.begin() as session:
        make_account(session)
    written: list[int | None] = []

    def arrive() -> None:
        written.append(database.run(deliver))

    arrivals = [threading.Thread(target=arrive) for _ in range(8)]
    for each in arrivals:
        each.start()
    for each in arrivals:
        each.join()

    assert len(written) == 8
    assert [each for each in written if each is not None] == [1]


def test_a_claimed_message_is_read_as_it_came(session: Session) -> None:
    message_id = deliver(session, body=b'{"id": 820982911946154508}')

    [message] = inbox.claim(session, owner="anna", now=NOW, limit=1, lease=LEASE)

    assert message.id == message_id
    assert (message.topic, message.message_id) == ("orders/create", "event-1")
    assert message.body == b'{"id": 820982911946154508}'
    assert message.headers == {"x-shopify-topic": "orders/create"}
    assert (message.attempts, message.received_at) == (1, NOW)


def test_two_workers_never_hold_the_same_message(session: Session) -> None:
    ids = [deliver(session, message_id=name) for name in ("first", "second", "third")]

    assert take(session, owner="anna", limit=2) == ids[:2]
    assert take(session, owner="bela", limit=2) == ids[2:]
    assert take(session, owner="carl") == []


@pytest.mark.postgres
def test_a_claim_steps_over_what_another_is_just_claiming(pg_database: Database) -> None:
    with pg_database.begin() as session:
        ids = [deliver(session, message_id=name) for name in ("first", "second")]

    with pg_database.begin() as anna, pg_database.begin() as bela:
        assert take(anna, owner="anna", limit=1) == ids[:1]
        assert take(bela, owner="bela", limit=2) == ids[1:]


def test_the_oldest_message_goes_first(session: Session) -> None:
    late = deliver(session, message_id="late")
    early = deliver(session, message_id="early")
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == late)
        .values(next_try_at=NOW - timedelta(seconds=1))
    )
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == early)
        .values(next_try_at=NOW - timedelta(seconds=2))
    )

    assert take(session, limit=1) == [early]


def test_a_message_is_taken_over_only_when_its_lease_ran_out(session: Session) -> None:
    message_id = deliver(session)
    take(session, owner="anna")

    assert take(session, owner="bela", now=LATER - timedelta(microseconds=1)) == []
    assert take(session, owner="bela", now=LATER) == [message_id]
    assert state_of(session, message_id or 0) == ("waiting", "", 2)


def test_who_lost_the_lease_can_write_nothing(session: Session) -> None:
    message_id = deliver(session) or 0
    take(session, owner="anna")
    take(session, owner="bela", now=LATER)

    assert inbox.fence(session, message_ids=[message_id], owner="anna") == set()
    with pytest.raises(LeaseLost):
        inbox.finish(
            session, message_id=message_id, owner="anna", result="applied", now=LATER
        )
    assert state_of(session, message_id) == ("waiting", "", 2)

    assert inbox.fence(session, message_ids=[message_id], owner="bela") == {message_id}
    inbox.finish(session, message_id=message_id, owner="bela", result="applied", now=LATER)
    assert state_of(session, message_id) == ("done", "applied", 2)


def test_a_settled_message_cannot_be_settled_again(session: Session) -> None:
    message_id = deliver(session) or 0
    take(session)
    inbox.finish(session, message_id=message_id, owner="anna", result="applied", now=NOW)

    assert inbox.fence(session, message_ids=[message_id], owner="anna") == set()
    with pytest.raises(LeaseLost):
        inbox.die(
            session,
            message_id=message_id,
            owner="anna",
            error_class="bug",
            error="",
            now=NOW,
        )


def test_one_patch_takes_every_guard_away(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = deliver(session) or 0
    take(session, owner="anna")
    take(session, owner="bela", now=LATER)
    monkeypatch.setattr(inbox, "held_by", lambda _owner: ())

    assert inbox.fence(session, message_ids=[message_id], owner="anna") == {message_id}
    inbox.finish(session, message_id=message_id, owner="anna", result="applied", now=LATER)

    assert state_of(session, message_id) == ("done", "applied", 2)


def test_a_message_that_failed_waits_for_its_time(session: Session) -> None:
    message_id = deliver(session) or 0
    take(session)

    inbox.retry(
        session,
        message_id=message_id,
        owner="anna",
        next_try_at=LATER,
        error_class="transient",
        error="the shop was away " * 100,
    )

    assert take(session, now=LATER - timedelta(seconds=1)) == []
    assert inbox.due_count(session, now=NOW) == 0
    assert inbox.due_count(session, now=LATER) == 1
    assert take(session, now=LATER) == [message_id]
    assert len(session.get_one(InboundMessage, message_id).last_error or "") == 500


def test_held_and_dead_messages_are_left_alone(session: Session) -> None:
    held, dead = (
        deliver(session, message_id="held") or 0,
        deliver(session, message_id="dead") or 0,
    )
    take(session)

    inbox.hold(
        session, message_id=held, owner="anna", error_class="payload", error="?", now=NOW
    )
    inbox.die(
        session, message_id=dead, owner="anna", error_class="bug", error="KeyError", now=NOW
    )

    assert take(session, owner="bela", now=LATER) == []
    assert state_of(session, held)[0] == "held"
    assert state_of(session, dead)[0] == "dead"
    assert session.get_one(InboundMessage, dead).error_class == "bug"


def test_what_an_account_that_is_off_was_told_waits(session: Session) -> None:
    message_id = deliver(session)
    session.execute(update(ChannelAccount).values(mode="off"))

    assert inbox.due_count(session, now=NOW) == 0
    assert take(session) == []

    session.execute(update(ChannelAccount).values(mode="shadow"))
    assert take(session) == [message_id]


def test_a_wish_to_be_forgotten_does_not_wait_for_a_switch(session: Session) -> None:
    message_id = deliver(session)
    session.execute(update(ChannelAccount).values(mode="off"))

    claimed = inbox.claim(
        session,
        owner="anna",
        now=NOW,
        limit=1,
        lease=LEASE,
        even_when_off=["orders/create"],
    )

    assert [message.id for message in claimed] == [message_id]


def test_a_replay_is_a_new_message_that_names_the_old_one(session: Session) -> None:
    message_id = deliver(session) or 0
    take(session)
    inbox.die(
        session, message_id=message_id, owner="anna", error_class="bug", error="x", now=NOW
    )

    again = inbox.replay(session, message_id=message_id, who="user:1", now=LATER)

    new = session.get_one(InboundMessage, again)
    assert (new.source, new.replay_of, new.state) == ("replay", message_id, "waiting")
    assert (new.attempts, new.body) == (1, b"{}")
    assert state_of(session, message_id) == ("done", "replayed", 1)
    assert take(session, now=LATER) == [again]
    assert state_of(session, again)[2] == 2
    [told] = session.scalars(select(History)).all()
    assert (told.subject, told.subject_id, told.who) == ("inbound", message_id, "user:1")


def test_a_replay_may_carry_a_mended_body(session: Session) -> None:
    message_id = deliver(session, body=b"{") or 0
    take(session)
    inbox.hold(
        session,
        message_id=message_id,
        owner="anna",
        error_class="payload",
        error="",
        now=NOW,
    )

    again = inbox.replay(session, message_id=message_id, who="user:1", now=NOW, body=b"{}")
    once_more = inbox.replay(
        session, message_id=message_id, who="user:1", now=NOW, body=b"{}"
    )

    assert session.get_one(InboundMessage, again).body == b"{}"
    assert once_more != again


def test_what_waits_or_was_forgotten_cannot_be_replayed(session: Session) -> None:
    message_id = deliver(session) or 0

    with pytest.raises(inbox.CannotReplay, match="waits"):
        inbox.replay(session, message_id=message_id, who="user:1", now=NOW)
    with pytest.raises(inbox.CannotReplay, match="there is no"):
        inbox.replay(session, message_id=404, who="user:1", now=NOW)

    take(session)
    inbox.finish(session, message_id=message_id, owner="anna", result="applied", now=NOW)
    inbox.forget_bodies(session, done_before=LATER, now=LATER)
    with pytest.raises(inbox.CannotReplay, match="forgotten"):
        inbox.replay(session, message_id=message_id, who="user:1", now=LATER)


def test_bodies_are_forgotten_and_duplicates_still_known(session: Session) -> None:
    done, dead = deliver(session) or 0, deliver(session, message_id="dead") or 0
    take(session)
    inbox.finish(session, message_id=done, owner="anna", result="applied", now=NOW)
    inbox.die(session, message_id=dead, owner="anna", error_class="bug", error="", now=NOW)

    assert inbox.forget_bodies(session, done_before=NOW, now=LATER) == 0
    assert inbox.forget_bodies(session, done_before=LATER, now=LATER) == 1
    assert inbox.forget_bodies(session, done_before=LATER, now=LATER) == 0

    session.expire_all()
    assert session.get_one(InboundMessage, done).body is None
    assert session.get_one(InboundMessage, dead).body == b"{}"
    assert deliver(session) is None
