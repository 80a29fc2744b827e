"""Channels and their messages by the API: connected, switched, listed, replayed, tried again."""

import re
from typing import cast

from sqlalchemy.orm import Session

from hub.flow.intake.accept import accept
from hub.models.records.messages import InboundMessage, OutboundMessage
from tests.factories import NOW
from tests.web.api.program import SHOP, Program, entries
from tests.web.ports import Woken


def test_a_shop_is_connected_in_shadow_and_told_where_to_send_its_messages(
    owner: Program,
) -> None:
    answer = owner.call("POST", "/channels", SHOP)

    assert answer.status == 201
    assert (answer.json["channel"], answer.json["mode"]) == ("shopify", "shadow")
    url = cast(str, answer.json["webhook_url"])
    assert re.fullmatch(r"http://localhost/webhooks/shopify/[A-Za-z0-9_-]{20,}", url)


def test_a_secret_never_comes_out_again(owner: Program) -> None:
    made = owner.post("/channels", SHOP)

    answers = [made, owner.get(f"/channels/{made.id}"), owner.get("/channels")]

    for answer in [*answers, owner.get(f"/channels/{made.id}/health")]:
        assert "shpat_0123456789abcdef" not in answer.text
        assert "a-secret-of-the-shop" not in answer.text


def test_a_channel_goes_live_and_single_capabilities_are_switched(owner: Program) -> None:
    made = owner.post("/channels", SHOP)

    change = {"mode": "live", "capabilities": {"hold": False}}
    answer = owner.call("PATCH", f"/channels/{made.id}", change)

    assert (answer.status, answer.json["mode"]) == (200, "live")
    switches = cast("dict[str, bool]", answer.json["capabilities"])
    assert (switches["hold"], switches["fulfil"]) == (False, True)


def test_the_health_of_a_channel_counts_what_waits_and_lists_what_hangs(
    owner: Program,
) -> None:
    made = owner.post("/channels", SHOP)
    hold_a_message(owner, account_id=int(made.id))

    health = owner.get(f"/channels/{made.id}/health").json

    assert health["inbound"] == {"waiting": 0, "held": 1, "dead": 0, "done": 0}
    assert health["open_drift"] == []
    assert health["missing_scopes"] is None
    assert health["last_in_at"] is None
    [stuck] = entries(health, "stuck")
    assert (stuck["what"], stuck["error_class"]) == ("orders/create", "PayloadError")


def hold_a_message(program: Program, *, account_id: int) -> int:
    """Write down a message that a person must look at."""

    def work(session: Session) -> int:
        done = accept(
            session,
            account_id=account_id,
            topic="orders/create",
            message_id="m-1",
            body=b"{}",
            headers={},
            source="webhook",
            now=NOW,
        )
        message = session.get_one(InboundMessage, done.id)
        message.state, message.error_class, message.last_error = (
            "held",
            "PayloadError",
            "odd",
        )
        message.done_at = NOW
        return message.id

    return program.ports.database.run(work)


def test_a_held_message_is_listed_and_replayed(owner: Program, woken: Woken) -> None:
    channel = owner.post("/channels", SHOP)
    message_id = hold_a_message(owner, account_id=int(channel.id))
    [held] = owner.get("/inbound-messages?state=held").items

    again = owner.call("POST", f"/inbound-messages/{message_id}/replay")

    assert (held["error_class"], held["attempts"], held["state"]) == (
        "PayloadError",
        0,
        "held",
    )
    assert (again.status, again.json["state"]) == (201, "waiting")
    assert again.json["replay_of"] == str(message_id)
    assert "read_messages" in woken.kinds
    assert owner.call("POST", f"/inbound-messages/{again.id}/replay").status == 409


def test_a_message_that_was_given_up_is_tried_again(owner: Program, woken: Woken) -> None:
    channel = owner.post("/channels", SHOP)
    with owner.ports.database.begin() as session:
        message = OutboundMessage(
            account_id=int(channel.id),
            kind="fulfil",
            idempotency_key="fulfil:1",
            payload={},
            state="dead",
            next_try_at=NOW,
            created_at=NOW,
            done_at=NOW,
            error_class="Rejected",
        )
        session.add(message)
    [dead] = owner.get("/outbound-messages?state=dead").items

    again = owner.post(f"/outbound-messages/{dead['id']}/retry")

    assert (dead["kind"], dead["remote_ref"]) == ("fulfil", "")
    assert again.json["state"] == "waiting"
    assert "push" in woken.kinds
    assert owner.call("POST", f"/outbound-messages/{dead['id']}/retry").status == 409
