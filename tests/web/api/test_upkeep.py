"""Keeping a channel in step by the API: lists, old orders, switches, tasks by hand."""

import pytest

from hub.flow.telling.drift import note_order
from hub.flow.telling.tasks import open_task
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from tests.factories import NOW
from tests.web.api.program import SHOP, Program, entries, order_of


@pytest.fixture
def shop(owner: Program) -> str:
    return owner.post("/channels", SHOP).id


def test_a_poll_makes_every_list_of_the_channel_due_at_once(
    owner: Program, shop: str
) -> None:
    answer = owner.post(f"/channels/{shop}/poll")

    assert answer.status == 202
    health = owner.get(f"/channels/{shop}/health").json
    assert health["streams"] == answer.json["streams"]


def test_old_orders_are_fetched_paused_resumed_and_stopped(
    owner: Program, shop: str
) -> None:
    begun = owner.post(f"/channels/{shop}/backfill", {"since": "2026-01-01"})

    path = f"/channels/{shop}/backfill"
    states = [
        owner.post(f"{path}/{step}").json["state"] for step in ("pause", "resume", "stop")
    ]

    assert (begun.status, begun.json["state"], begun.json["found"]) == (202, "running", 0)
    assert states == ["paused", "running", "stopped"]
    assert owner.get(path).json["job"] == begun.json["job"]


def test_only_one_fetching_of_old_orders_goes_on_at_a_time(
    owner: Program, shop: str
) -> None:
    owner.post(f"/channels/{shop}/backfill", {"since": "2026-01-01"})

    again = owner.call("POST", f"/channels/{shop}/backfill", {"since": "2025-01-01"})

    assert again.status == 409
    assert "already" in str(again.json["detail"])


def test_each_capability_says_how_far_it_goes(owner: Program, shop: str) -> None:
    wanted = {"fulfil": "live", "hold": False, "progress": True}

    changed = owner.call("PATCH", f"/channels/{shop}", {"capabilities": wanted}).json

    switches = changed["switches"]
    assert isinstance(switches, dict)
    assert (switches["fulfil"], switches["hold"], switches["progress"]) == (
        "live",
        "off",
        "live",
    )
    assert (switches["delivered"], switches["stock"]) == ("shadow", "shadow")


def test_what_differs_is_listed_until_it_is_healed(
    owner: Program, ports: Ports, shop: str
) -> None:
    with ports.database.begin() as session:
        note_order(
            session,
            account_id=int(shop),
            external_id="1001",
            ours="never read",
            theirs="version of 10:00",
            now=NOW,
        )

    drift = owner.get(f"/channels/{shop}/drift").json

    assert drift["count"] == 1
    assert entries(drift, "open")[0]["external_id"] == "1001"
    assert owner.get(f"/channels/{shop}/health").json["open_drift_count"] == 1


def test_a_task_by_hand_is_listed_and_done_once(
    soap_maker: Program, ports: Ports, shop: str
) -> None:
    order = soap_maker.post("/orders", order_of(1, number="T-1"))
    with ports.database.begin() as session:
        task_id = open_task(
            session,
            account_id=session.get_one(ChannelAccount, int(shop)).id,
            order_id=int(order.id),
            key="ship:1",
            kind="ship",
            why="This shop does not let us.",
            now=NOW,
        )

    [listed] = soap_maker.get("/manual-tasks?state=open").items
    done = soap_maker.post(f"/manual-tasks/{task_id}/done")
    again = soap_maker.call("POST", f"/manual-tasks/{task_id}/done", {})

    assert (listed["kind"], listed["order_number"]) == ("ship", "T-1")
    assert (done.json["state"], again.status) == ("done", 409)
    assert soap_maker.get("/manual-tasks?state=open").items == []
