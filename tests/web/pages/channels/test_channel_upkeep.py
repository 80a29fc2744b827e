"""A shop's page: its switches, its lists, old orders, the catalogue, and what was rehearsed."""

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.channels.channels import change_switches
from hub.flow.telling.drift import note_order
from hub.flow.telling.tasks import close_for, open_task
from hub.models.records.channels import Backfill, ChannelAccount, ChannelStream
from hub.models.records.messages import OutboundMessage
from hub.ports import Ports
from tests.factories import NOW, make_account
from tests.web.pages.conftest import As
from tests.web.pages.goods import order_of, shop
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken


@pytest.fixture
def account_id(anywhere: Ports) -> int:
    with anywhere.database.begin() as session:
        return make_account(session).id


def account(ports: Ports, account_id: int) -> ChannelAccount:
    with ports.database.reading() as session:
        return session.get_one(ChannelAccount, account_id)


def test_each_kind_of_channel_is_connected_by_a_form_of_its_own_words(
    owner: Visitor,
) -> None:
    kinds = owner.see("/channels/connect")
    etsy = owner.see("/channels/connect/etsy")

    assert "/channels/connect/shopify" in kinds
    assert "/channels/connect/etsy" in kinds
    assert "/channels/connect/manual" not in kinds
    assert 'name="settings.shop_id"' in etsy
    assert 'name="credentials.keystring" type="password"' in etsy
    assert "/channels/authorised" in etsy
    assert owner.open("/channels/connect/manual").status_code == 404
    assert owner.press("/channels/connect/nobody").status_code == 404


def test_an_etsy_shop_is_connected_in_rehearsal_and_asks_for_permission(
    ports: Ports, owner: Visitor
) -> None:
    page = owner.did(
        "/channels/connect/etsy",
        **{
            "settings.shop_id": "12345678",
            "credentials.keystring": "abcdefghijklmnopqrstuvwx",
            "credentials.shared_secret": "abcdefghij",
        },
    )

    with ports.database.reading() as session:
        made = session.scalars(select(ChannelAccount)).one()
    assert (made.channel, made.mode, made.name) == ("etsy", "shadow", "12345678")
    assert f"/channels/{made.id}/authorise" in page
    assert "abcdefghij" not in page


def test_a_capability_goes_live_by_its_own_switch_while_the_shop_stays_in_rehearsal(
    anywhere: Ports, boss: Visitor, account_id: int
) -> None:
    page = boss.did(
        f"/channels/{account_id}/mode",
        **{"mode": "shadow", "switch.fulfil": "live", "switch.hold": ""},
    )

    found = account(anywhere, account_id)
    assert found.mode == "shadow"
    assert found.capabilities == {"fulfil": "live"}
    assert "Parcels and tracking" in page


def test_a_switch_of_something_the_channel_cannot_do_is_not_taken(
    anywhere: Ports, boss: Visitor, account_id: int
) -> None:
    boss.did(f"/channels/{account_id}/mode", **{"mode": "live", "switch.teleport": "live"})

    assert account(anywhere, account_id).capabilities == {}


def test_the_lists_are_read_now_and_the_reading_job_is_woken(
    anywhere: Ports, boss: Visitor, account_id: int, woken: Woken
) -> None:
    with anywhere.database.begin() as session:
        session.add(
            ChannelStream(
                account_id=account_id,
                name="updated",
                next_at=NOW.replace(year=NOW.year + 1),
                last_error="Shopify asks us to slow down",
            )
        )
    before = boss.see(f"/channels/{account_id}")

    boss.did(f"/channels/{account_id}/poll")

    with anywhere.database.reading() as session:
        assert session.scalars(select(ChannelStream.next_at)).all() == [NOW]
    assert "Shopify asks us to slow down" in before
    assert "poll" in woken.kinds


def test_a_shop_that_is_off_says_why_it_is_not_read(
    anywhere: Ports, boss: Visitor, account_id: int
) -> None:
    with anywhere.database.begin() as session:
        change_switches(session, account_id=account_id, mode="off", who="test", now=NOW)

    response = boss.press(f"/channels/{account_id}/poll")

    assert response.status_code == 409
    assert "This connection is off." in response.text


def test_old_orders_show_how_far_they_are_and_can_be_paused_and_stopped(
    anywhere: Ports, boss: Visitor, account_id: int
) -> None:
    begun = boss.did(f"/channels/{account_id}/backfill", since="2026-01-31")
    paused = boss.did(f"/channels/{account_id}/backfill/pause")
    boss.did(f"/channels/{account_id}/backfill/resume")
    stopped = boss.did(f"/channels/{account_id}/backfill/stop")

    assert "<progress" in begun
    assert "going on" in begun
    assert "paused" in paused
    assert "<progress" not in stopped
    with anywhere.database.reading() as session:
        assert session.scalars(select(Backfill.state)).all() == ["stopped"]


@pytest.mark.parametrize("since", ["", "last year", "2999-01-01", "2026-13-01"])
def test_a_day_nobody_can_begin_with_is_refused_beside_the_form(
    ports: Ports, owner: Visitor, since: str
) -> None:
    with ports.database.begin() as session:
        made = make_account(session).id

    response = owner.press(f"/channels/{made}/backfill", since=since)

    assert response.status_code == 422
    with ports.database.reading() as session:
        assert session.scalars(select(Backfill)).all() == []


def test_the_catalogue_is_asked_for_and_a_place_of_stock_chosen_among_those_there_are(
    anywhere: Ports, boss: Visitor, account_id: int
) -> None:
    with anywhere.database.begin() as session:
        made = session.get_one(ChannelAccount, account_id)
        made.places = [{"external_id": "7", "name": "Madrid", "is_active": True}]

    asked = boss.did(f"/channels/{account_id}/catalogue")
    chosen = boss.did(f"/channels/{account_id}/place", place="7")
    elsewhere = boss.press(f"/channels/{account_id}/place", place="8")

    assert "It is being read." in asked
    assert "Madrid" in chosen
    assert account(anywhere, account_id).settings["place"] == "7"
    assert elsewhere.status_code == 404


def test_what_the_last_look_found_is_said_with_the_way_out(
    anywhere: Ports, boss: Visitor, account_id: int
) -> None:
    with anywhere.database.begin() as session:
        made = session.get_one(ChannelAccount, account_id)
        made.findings = [
            {"code": "x", "words": "It is <b>old</b>.", "way_out": "Press it."}
        ]

    page = boss.see(f"/channels/{account_id}")
    listed = boss.see("/channels")

    assert "It is &lt;b&gt;old&lt;/b&gt;." in page
    assert "Press it." in page
    assert "It is &lt;b&gt;old" in listed


def test_what_differs_shows_on_the_page_and_is_counted_in_the_list(
    anywhere: Ports, boss: Visitor, account_id: int
) -> None:
    with anywhere.database.begin() as session:
        note_order(
            session,
            account_id=account_id,
            external_id="4711",
            ours="never read",
            theirs="version of 10:00",
            now=NOW,
        )

    page = boss.see(f"/channels/{account_id}")

    assert "4711" in page
    assert "version of 10:00" in page
    assert '<td class="number" data-label="Differs">1</td>' in boss.see("/channels")


def test_what_was_rehearsed_is_shown_beside_what_the_shop_has(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
        session.add(
            OutboundMessage(
                account_id=shop(session).id,
                order_id=order_id,
                kind="fulfil",
                idempotency_key="fulfil:1",
                payload={"tracking": {"carrier": "Correos", "number": "PK123"}},
                state="shadowed",
                next_try_at=NOW,
                created_at=NOW,
                done_at=NOW,
            )
        )

    page = owner.see("/channels/1/rehearsed")

    assert "Correos PK123" in page
    assert "0 of 2 pieces sent" in page


def test_a_task_by_hand_says_what_to_copy_and_is_done_once(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
        task_id = open_task(
            session,
            account_id=shop(session).id,
            order_id=order_id,
            key="ship:1",
            kind="ship",
            why="This shop does not let us.",
            now=NOW,
        )

    first = owner.see("/")
    todo = owner.see("/tasks")
    done = owner.did(f"/tasks/{task_id}/done")
    again = owner.press(f"/tasks/{task_id}/done")

    assert "1 task by hand at a shop" in first
    assert "Mark it as sent" in todo
    assert "H-0001" in todo
    assert "Nothing is to be done by hand" in done
    assert again.status_code == 409
    assert "H-0001" in owner.see("/tasks?state=done")


def test_a_task_ticked_by_mistake_is_open_again_and_one_the_shop_closed_is_not(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
        account_id = shop(session).id
        by_hand, by_shop = (
            open_task(
                session, account_id=account_id, order_id=order_id, key=key, kind="ship",
                why="This shop does not let us.", now=NOW,
            )
            for key in ("ship:1", "ship:2")
        )  # fmt: skip
        close_for(session, key="ship:2", account_id=account_id, now=NOW)
    boss.did(f"/tasks/{by_hand}/done")
    listed = boss.see("/tasks?state=done")

    page = boss.did(f"/tasks/{by_hand}/reopen")
    again = boss.press(f"/tasks/{by_hand}/reopen")
    seen = boss.press(f"/tasks/{by_shop}/reopen")

    assert f'action="/tasks/{by_hand}/reopen"' in listed
    assert f'action="/tasks/{by_shop}/reopen"' not in listed
    assert f'action="/tasks/{by_hand}/done"' in page
    assert (again.status_code, seen.status_code) == (409, 409)
    assert "Open again" in boss.see(f"/orders/{order_id}")


def test_a_packer_does_tasks_by_hand_and_sees_no_shop(be: As) -> None:
    packer = be(Role.PACKER)

    assert packer.open("/tasks").status_code == 200
    assert packer.open("/channels").status_code == 403
