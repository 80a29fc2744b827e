"""Each thing done at a channel hangs on its own switch, what the shop allows, and the account."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.flow.channels.channels import change_switches
from hub.flow.channels.switches import is_by_hand, mode_of
from hub.flow.refusal import Invalid
from hub.flow.telling.push import is_owed_in_shadow, rehearse_instead
from hub.models.claims.outbox import add_once, claim, due_count
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.listings import Listing
from hub.models.records.messages import OutboundMessage
from hub.models.records.planning import Replan
from tests.factories import NOW, PIECE, make_account, make_item, make_listing

LEASE = timedelta(seconds=90)
KINDS = ("fulfil", "amend_tracking", "hold", "release_hold", "progress", "delivered")


def owe(
    session: Session, account: ChannelAccount, kind: str, *, state: str = "waiting"
) -> int:
    row = add_once(
        session, account_id=account.id, kind=kind, payload={}, now=NOW, state=state,
        idempotency_key=f"{kind}:{account.id}",
    )  # fmt: skip
    return row or 0


def taken(session: Session) -> set[str]:
    assert due_count(session, now=NOW) == len(
        claimed := claim(session, owner="anna", now=NOW, lease=LEASE, limit=99)
    )
    return {each.kind for each in claimed}


@pytest.mark.parametrize(
    "mode, switches, kinds",
    [
        ("live", {}, set(KINDS)),
        ("shadow", {}, set()),
        ("off", {"fulfil": "live"}, set()),
        ("shadow", {"fulfil": "live"}, {"fulfil", "amend_tracking"}),
        ("live", {"fulfil": "shadow"}, {"hold", "release_hold", "progress", "delivered"}),
        ("live", {"hold": False}, set(KINDS) - {"hold"}),
        ("shadow", {"hold": True}, {"hold", "release_hold"}),
    ],
)
def test_only_what_is_live_leaves(
    session: Session, mode: str, switches: dict[str, object], kinds: set[str]
) -> None:
    account = make_account(session, mode=mode)
    account.capabilities = switches
    session.flush()
    for kind in KINDS:
        owe(session, account, kind)

    assert taken(session) == kinds


def test_one_accounts_switch_is_not_the_others(session: Session) -> None:
    first, second = make_account(session), make_account(session, name="Other")
    second.capabilities = {"fulfil": "shadow"}
    session.flush()
    for account in (first, second):
        owe(session, account, "fulfil")

    claimed = claim(session, owner="anna", now=NOW, lease=LEASE, limit=9)

    assert [each.account_id for each in claimed] == [first.id]


def test_what_went_back_into_rehearsal_is_rehearsed_and_what_is_off_waits(
    session: Session,
) -> None:
    account = make_account(session)
    account.capabilities = {"fulfil": "shadow", "progress": "off"}
    session.flush()
    for kind in ("fulfil", "progress", "delivered"):
        owe(session, account, kind)

    assert is_owed_in_shadow(session)
    assert rehearse_instead(session, now=NOW) == 1

    states = session.execute(select(OutboundMessage.kind, OutboundMessage.state)).all()
    assert {kind: state for kind, state in states} == {
        "fulfil": "shadowed", "progress": "waiting", "delivered": "waiting",
    }  # fmt: skip
    assert not is_owed_in_shadow(session)


def test_going_live_does_not_send_the_past(session: Session) -> None:
    account = make_account(session, mode="shadow")
    owe(session, account, "fulfil", state="shadowed")

    change_switches(
        session, account_id=account.id, capabilities={"fulfil": "live"}, who="user:1",
        now=NOW,
    )  # fmt: skip

    assert taken(session) == set()


def test_a_shop_that_denies_a_thing_turns_it_off_and_leaves_it_to_people(
    session: Session,
) -> None:
    account = make_account(session)

    assert mode_of(account, Capability.FULFIL, CHANNELS) is Mode.LIVE
    assert not is_by_hand(account, Capability.FULFIL, CHANNELS)
    account.cannot = ["fulfil"]
    assert mode_of(account, Capability.FULFIL, CHANNELS) is Mode.OFF
    assert is_by_hand(account, Capability.FULFIL, CHANNELS)
    account.mode = "shadow"
    assert not is_by_hand(account, Capability.FULFIL, CHANNELS)


def test_what_a_channel_cannot_do_is_off_whatever_the_switch(session: Session) -> None:
    account = make_account(session, channel="manual")
    account.capabilities = {"fulfil": "live"}

    assert mode_of(account, Capability.FULFIL, CHANNELS) is Mode.OFF


def test_stock_going_live_has_everything_of_the_account_stated_anew(
    session: Session,
) -> None:
    account, other = make_account(session), make_account(session, name="Other")
    candle, soap = make_item(session), make_item(session, code="SOAP")
    make_listing(session, account=account, components={candle: PIECE})
    make_listing(session, account=other, components={soap: PIECE})

    for wanted in ("live", "live"):
        change_switches(
            session, account_id=account.id, capabilities={"stock": wanted}, who="user:1",
            now=NOW,
        )  # fmt: skip

    assert session.scalars(select(Replan.item_id)).all() == [candle.id]
    told = select(History.from_state, History.to_state, History.why)
    assert [tuple(row) for row in session.execute(told)] == [("shadow", "live", "stock")]
    assert session.scalars(select(Listing.stock_turn)).all() == [0, 0]


def test_a_switch_knows_three_words(session: Session) -> None:
    account = make_account(session)

    with pytest.raises(Invalid) as refused:
        change_switches(
            session, account_id=account.id, capabilities={"stock": "on"}, who="user:1",
            now=NOW,
        )  # fmt: skip

    assert refused.value.field == "capabilities.stock"
