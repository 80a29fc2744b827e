"""What waits for a person after an order changed, on the pages: seen, answered, told."""

import pytest

from hub.domain.orders.decisions import TABLE, Answer, Change, Follows
from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.wording.decision_words import ANSWERS, DEEDS, WHY
from hub.web.wording.event_words import EVENTS
from tests.factories import PIECE
from tests.flow.bench import balance
from tests.flow.orders.changed_orders import (
    SENT_BY_HAND,
    TWO_LESS,
    change_to,
    five_candles,
    send_all,
)
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor


def sent_by_hand(ports: Ports) -> int:
    with ports.database.begin() as session:
        lot = five_candles(session)
        change_to(session, SENT_BY_HAND)
        return lot.id


def test_today_and_the_order_ask_whether_it_is_gone(anywhere: Ports, boss: Visitor) -> None:
    sent_by_hand(anywhere)

    for address in ("/", "/orders/1"):
        page = boss.see(address)
        assert "3 pcs Soy candle, fig taken out of lot C1: is it gone?" in page
        assert "The shop counts it as sent by hand." in page


@pytest.mark.parametrize("answer, there", [("taken", 6), ("still_here", 9)])
def test_the_answer_is_one_press(
    anywhere: Ports, boss: Visitor, answer: str, there: int
) -> None:
    lot_id = sent_by_hand(anywhere)

    page = boss.did("/orders/1/decisions/1", answer=answer)

    assert "Noted." in page
    assert "is it gone?" not in page
    assert "is it gone?" not in boss.see("/")
    with anywhere.database.reading() as session:
        assert balance(session, lot_id)[0] == there * PIECE


def test_a_second_press_says_that_somebody_was_first(ports: Ports, owner: Visitor) -> None:
    sent_by_hand(ports)
    owner.did("/orders/1/decisions/1", answer="taken")

    again = owner.press("/orders/1/decisions/1", answer="still_here")

    assert again.status_code == 409
    assert 'id="trouble-decision"' in again.text


def test_a_parcel_that_should_come_back_is_asked_for(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        five_candles(session)
        send_all(session)
        change_to(session, TWO_LESS)

    page = owner.see("/orders/1")

    assert "2 pcs Soy candle, fig left with parcel S-0001: does it come back?" in page
    assert "Seen to" in owner.did("/orders/1/decisions/1", answer="done")


def test_what_followed_by_itself_is_in_the_timeline(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        five_candles(session)
        change_to(session, TWO_LESS)

    page = owner.see("/orders/1")

    assert "given back to stock" in page
    assert "To be decided" not in page


def test_who_only_looks_sees_the_question_and_no_button(ports: Ports, be: As) -> None:
    sent_by_hand(ports)

    page = be(Role.VIEWER).see("/orders/1")

    assert "is it gone?" in page
    assert "/decisions/1" not in page


def test_everything_that_may_be_decided_or_asked_has_words() -> None:
    asked = {
        cell.follows for row in TABLE.values() for cell in row.values() if cell.needs_person
    }

    assert asked == set(DEEDS)
    assert set(WHY) == set(Change)
    assert set(ANSWERS) == set(Answer)
    told = {*(set(Follows) - {Follows.NOTHING}), *Answer}
    assert {f"decision.{each.value}" for each in told} <= set(EVENTS)
