"""A message's own page: its cause in words, nobody's data; and a look before many are replayed."""

import json
from pathlib import Path

from sqlalchemy import func, select

from hub.domain.people.roles import Role
from hub.flow.intake.accept import accept
from hub.flow.reading.replay_look import FETCHED, GONE, MAIL, WAITS
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from hub.ports import Ports
from hub.web.wording.message_words import WHYS
from tests.factories import NOW
from tests.web.pages.conftest import As
from tests.web.pages.goods import shop
from tests.web.pages.mail.test_messages import dead_outbound, held_inbound
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken

SAMPLE = Path(__file__).resolve().parents[3] / "samples/shopify/plain_paid.json"
THEIRS = ("maria.ruiz", "Maria", "Calle", "612345678")


def held_order(ports: Ports, *, message_id: str = "m-2", **changed: object) -> int:
    """Write a message that carries a whole order, and hold it."""
    body = order_body()
    with ports.database.begin() as session:
        made = accept(
            session,
            account_id=shop(session).id,
            topic="orders/create",
            message_id=message_id,
            body=json.dumps({**body, **changed}).encode(),
            headers={"content-type": "application/json"},
            source="webhook",
            now=NOW,
        )
        message = session.get_one(InboundMessage, made.id)
        message.state, message.last_error = "held", "The order has no id."
        return message.id


def order_body() -> dict[str, object]:
    """Return a whole order as a shop sends it."""
    found: dict[str, object] = json.loads(SAMPLE.read_bytes())
    body = found["rest"]
    assert isinstance(body, dict)
    return body


def orders(ports: Ports) -> int:
    """Count the orders there are."""
    with ports.database.reading() as session:
        return session.scalar(select(func.count()).select_from(SalesOrder)) or 0


def test_a_held_message_says_why_and_shows_its_shape_without_the_people(
    ports: Ports, owner: Visitor
) -> None:
    message_id = held_order(
        ports,
        email="maria.ruiz@example.com",
        customer={"id": 7, "first_name": "Maria", "phone": "612345678"},
        shipping_address={"address1": "Calle Mayor 1", "country_code": "ES"},
        note="for Maria",
    )

    page = owner.see(f"/messages/in/{message_id}")

    assert "The order has no id." in page
    assert "financial_status" in page
    assert "country_code" in page
    assert [word for word in THEIRS if word in page] == []


def test_a_body_that_was_forgotten_says_so_and_offers_no_reading_again(
    ports: Ports, owner: Visitor
) -> None:
    message_id = held_inbound(ports)
    with ports.database.begin() as session:
        session.get_one(InboundMessage, message_id).body = None

    page = owner.see(f"/messages/in/{message_id}")

    assert "Its text was forgotten" in page
    assert "Read again" not in page


def test_a_message_that_reads_another_again_leads_to_it_and_back(
    ports: Ports, owner: Visitor
) -> None:
    message_id = held_order(ports)
    owner.did(f"/messages/in/{message_id}/replay")

    old, new = owner.see(f"/messages/in/{message_id}"), owner.see("/messages/in/2")

    assert "Read again as" in old
    assert f"/messages/in/{message_id}" in new


def test_a_refused_parcel_shows_its_cause_and_its_payload(
    ports: Ports, owner: Visitor
) -> None:
    message_id = dead_outbound(ports)

    page = owner.see(f"/messages/out/{message_id}")

    assert "tracking code rejected" in page
    assert "Set it right and send it again" in page
    assert "order_id" in page


def test_a_tracking_is_set_right_on_the_parcel_too_and_told_again(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    message_id = dead_outbound(anywhere)

    page = boss.did(
        f"/messages/out/{message_id}/tracking",
        carrier="Correos",
        tracking="PK0042",
        tracking_url="https://track.example/PK0042",
    )

    with anywhere.database.reading() as session:
        message = session.get_one(OutboundMessage, message_id)
        shipment = session.scalars(select(Shipment)).one()
        told = session.scalar(select(func.count()).select_from(OutboundMessage))
    assert message.state == "waiting"
    assert message.payload["tracking"] == {
        "carrier": "Correos",
        "number": "PK0042",
        "url": "https://track.example/PK0042",
    }
    assert (shipment.carrier, shipment.tracking_number) == ("Correos", "PK0042")
    assert told == 1
    assert woken.kinds == ["push"]
    assert "The shop is told again." in page


def test_a_tracking_that_cannot_be_or_is_not_stuck_is_refused_and_changes_nothing(
    ports: Ports, owner: Visitor
) -> None:
    message_id = dead_outbound(ports)

    wrong = owner.press(f"/messages/out/{message_id}/tracking", tracking_url="ftp://x")
    with ports.database.begin() as session:
        session.get_one(OutboundMessage, message_id).state = "sent"
    late = owner.press(f"/messages/out/{message_id}/tracking", tracking="PK9")
    unknown = owner.press("/messages/out/99/tracking", tracking="PK9")

    assert [each.status_code for each in (wrong, late, unknown)] == [422, 409, 404]
    with ports.database.reading() as session:
        assert session.scalars(select(Shipment.tracking_number)).all() == ["PK1"]


def test_a_look_at_a_replay_says_what_would_change_and_writes_nothing(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    message_id = held_order(anywhere)

    response = boss.press("/messages/in/replay/look", id=str(message_id))

    assert response.status_code == 200
    assert "nothing is changed yet" in response.text
    assert "<ins>" in response.text
    assert "Total" in response.text
    assert orders(anywhere) == 0
    assert woken.kinds == []
    with anywhere.database.reading() as session:
        states = session.scalars(select(InboundMessage.state)).all()
    assert states == ["held"]


def test_the_look_shows_old_beside_new_and_what_would_hang_again(
    ports: Ports, owner: Visitor
) -> None:
    broken = held_inbound(ports)
    thin = held_order(ports, message_id="m-3")
    with ports.database.begin() as session:
        session.get_one(InboundMessage, thin).topic = "hornada/changed"

    client_form = {"csrf": owner.token(), "id": [str(broken), str(thin)]}
    response = owner.client.post(
        "/messages/in/replay/look",
        data=client_form,
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert response.status_code == 200
    assert response.text.count('class="tone-amber"') == 2
    assert "it is fetched anew" in response.text
    assert orders(ports) == 0


def test_many_are_read_again_together_or_none_is(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    first, second = held_order(ports), held_order(ports, message_id="m-3")
    with ports.database.begin() as session:
        session.get_one(InboundMessage, second).state = "waiting"
    form = {"csrf": owner.token(), "id": [str(first), str(second)]}
    headers = {"Sec-Fetch-Site": "same-origin"}

    none = owner.client.post("/messages/in/replay", data=form, headers=headers)
    with ports.database.begin() as session:
        session.get_one(InboundMessage, second).state = "held"
    both = owner.client.post("/messages/in/replay", data=form, headers=headers)

    assert (none.status_code, both.status_code) == (409, 303)
    with ports.database.reading() as session:
        states = session.scalars(select(InboundMessage.state).order_by(InboundMessage.id))
        assert states.all() == ["done", "done", "waiting", "waiting"]


def test_nothing_ticked_or_too_much_is_refused(owner: Visitor) -> None:
    nothing = owner.press("/messages/in/replay/look")
    many = owner.client.post(
        "/messages/in/replay/look",
        data={"csrf": owner.token(), "id": [str(n) for n in range(51)]},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    ghost = owner.press("/messages/in/replay/look", id="99")

    assert [each.status_code for each in (nothing, many, ghost)] == [422, 422, 409]


def test_why_nobody_can_tell_beforehand_is_said_in_the_readers_language() -> None:
    assert set(WHYS) == {FETCHED, MAIL, GONE, WAITS}


def test_there_is_no_page_of_a_message_that_is_none_and_none_for_the_floor(
    be: As, owner: Visitor
) -> None:
    assert owner.open("/messages/in/99").status_code == 404
    assert owner.open("/messages/out/99").status_code == 404
    assert be(Role.MAKER).open("/messages/in/1").status_code == 403
