"""The last steps of connecting a shop: what it brings, what would be told, and going live."""

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.channels.channels import change_switches
from hub.models.records.channels import Backfill
from hub.models.records.messages import OutboundMessage
from hub.ports import Ports
from tests.factories import NOW, make_account
from tests.web.pages.channels.connecting.steps import STAGES, account, connect
from tests.web.pages.conftest import As
from tests.web.pages.goods import order_of, shop
from tests.web.pages.visitor import Visitor
from tests.web.ports import StandingClock
from workers.sweep import sweep


def test_the_catalogue_is_read_with_progress_and_counts_what_it_brought(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)

    asked = owner.did(f"{address}/catalogue", stage="bring")

    assert "It is being read: 0 listings so far." in asked
    for _ in range(3):
        sweep(ports)
    done = owner.see(f"{address}/connect/bring")
    assert "It is being read" not in done
    assert "listings are here" in done or "listing is here" in done


def test_old_orders_of_so_many_days_are_fetched_and_stopped_on_the_step_itself(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)

    begun = owner.did(f"{address}/backfill", stage="bring", days="60")
    stopped = owner.did(f"{address}/backfill/stop", stage="bring")

    assert "<progress" in begun
    assert "Go on" not in stopped or "stopped" in stopped
    with ports.database.reading() as session:
        made = session.scalars(select(Backfill)).one()
    assert (made.until - made.since).days == 60
    assert made.state == "stopped"


@pytest.mark.parametrize("days", ["0", "-1", "1e3", "99999", "x"])
def test_days_nobody_can_go_back_are_refused_on_the_step(
    ports: Ports, owner: Visitor, days: str
) -> None:
    address = connect(ports, owner)

    response = owner.press(f"{address}/backfill", stage="bring", days=days)

    assert response.status_code == 422
    assert "How far back?" in response.text


def test_what_would_have_been_told_is_shown_beside_what_the_shop_has(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
        account_id = shop(session).id
    empty = owner.see(f"/channels/{account_id}/connect/rehearse")
    with ports.database.begin() as session:
        session.add(
            OutboundMessage(
                account_id=account_id, order_id=order_id, kind="fulfil",
                idempotency_key="fulfil:1", state="shadowed",
                payload={"tracking": {"carrier": "Correos", "number": "PK123"}},
                next_try_at=NOW, created_at=NOW, done_at=NOW,
            )
        )  # fmt: skip

    page = owner.see(f"/channels/{account_id}/connect/rehearse")

    assert "Work as if it were live" in empty
    assert "Correos PK123" in page
    assert "0 of 2 pieces sent" in page


def test_going_live_says_before_what_changes_and_offers_to_put_it_back(
    ports: Ports, owner: Visitor
) -> None:
    address = connect(ports, owner)
    before = owner.see(f"{address}/connect/live")

    live = owner.did(f"{address}/mode", **{"mode": "live", "switch.stock": "live"})
    gone = account(ports)
    back = owner.did(f"{address}/mode/undo")

    assert "This overwrites what is there." in before
    assert "Put them back as they were" in live
    assert (gone.mode, gone.capabilities) == ("live", {"stock": "live"})
    found = account(ports)
    assert (found.mode, found.capabilities) == ("shadow", {})
    assert "The switches are as they were before." in back


def test_switches_nobody_changed_cannot_be_put_back(ports: Ports, owner: Visitor) -> None:
    address = connect(ports, owner)

    assert "Put them back" not in owner.see(address)
    assert owner.press(f"{address}/mode/undo").status_code == 409
    assert owner.press("/channels/99/mode/undo").status_code == 404


def test_a_change_of_long_ago_is_no_longer_offered_to_be_put_back(
    ports: Ports, owner: Visitor, clock: StandingClock
) -> None:
    with ports.database.begin() as session:
        made = make_account(session).id
        change_switches(
            session, account_id=made, mode="off", who="test", now=NOW.replace(year=2020)
        )

    assert "Put them back" not in owner.see(f"/channels/{made}")


def test_the_planner_sees_the_steps_and_switches_nothing(be: As, ports: Ports) -> None:
    address = connect(ports, be(Role.OWNER))
    planner = be(Role.PLANNER)

    for stage in STAGES:
        assert "The owner does this." in planner.see(f"{address}/connect/{stage}") or (
            stage != "live"
        )
    assert planner.press(f"{address}/mode/undo").status_code == 403
