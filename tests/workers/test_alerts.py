"""The owners are written to when somebody is needed: each thing once, one letter a kind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, select, update

from hub.domain.letters.alerts import AGAIN_AFTER
from hub.flow.letters.alert_words import NEWS
from hub.models.records.base import Record
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import SalesOrder
from hub.models.records.people import User
from hub.models.records.planning import Shortage
from hub.models.session import Database
from hub.ports import Ports
from hub.web.wording.spoken import speaker
from hub.web.wording.words import KINDS_OF_NEWS
from tests.doors import HandClock, calls_of, make_ports
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.flow.bench import demand_of
from workers.alerts import EVERY, alert, due_alerts

OWNER = "alba@cerasal.example"


class Bench:
    """A workshop with a mailbox, an owner, an order and a clock."""

    def __init__(self, database: Database) -> None:
        self.clock = HandClock()
        self.ports: Ports = make_ports(database, clock=self.clock)
        with database.begin() as session:
            box = make_account(session, channel="email", name="box")
            box.settings = {"address": "box@cerasal.example", "smtp_host": "s.example"}
            shop = make_account(session)
            item = make_item(session)
            order = make_order(session, account=shop, lines={item: 3})
            self.shop, self.order, self.item = shop.id, order.id, item.id
            session.add_all([_user(OWNER), _user("maker@cerasal.example", role="maker")])

    def look(self) -> list[Notification]:
        """Let time pass, look, and return the letters that are new."""
        self.clock.move(EVERY)
        before = {each.id for each in self.letters()}
        alert(self.ports)
        return [each for each in self.letters() if each.id not in before]

    def letters(self) -> Sequence[Notification]:
        with self.ports.database.reading() as session:
            return session.scalars(select(Notification).order_by(Notification.id)).all()

    def lack(self) -> None:
        with self.ports.database.begin() as session:
            order = session.get_one(SalesOrder, self.order)
            item = session.get_one(Item, self.item)
            session.add(
                Shortage(
                    item_id=item.id, quantity=3 * PIECE, reason="no_stock",
                    demand_id=demand_of(session, order, item).id,
                )
            )  # fmt: skip

    def have(self) -> None:
        with self.ports.database.begin() as session:
            session.execute(delete(Shortage))

    def change(self, record: type[Record], number: int, **values: object) -> None:
        with self.ports.database.begin() as session:
            session.execute(update(record).where(record.id == number).values(**values))

    def fail(self, key: str) -> int:
        with self.ports.database.begin() as session:
            message = OutboundMessage(
                account_id=self.shop, kind="progress", idempotency_key=key, payload={},
                state="dead", error_class="Rejected", last_error="it says no",
                next_try_at=NOW, created_at=NOW, done_at=self.clock.now(),
            )  # fmt: skip
            session.add(message)
            session.flush()
            return message.id


def _user(email: str, *, role: str = "owner", locale: str = "es") -> User:
    return User(
        email=email, name="", password_hash="", role=role, locale=locale, created_at=NOW
    )


@pytest.fixture
def bench(database: Database) -> Bench:
    """A workshop with a mailbox and an owner."""
    return Bench(database)


def test_a_quiet_workshop_writes_to_nobody(bench: Bench) -> None:
    assert bench.look() == []


def test_what_is_short_is_told_once_to_the_owners_only(bench: Bench) -> None:
    bench.lack()

    first, second = bench.look(), bench.look()

    (letter,) = first
    assert second == []
    assert (letter.recipient, letter.event) == (OWNER, "alert")
    assert letter.subject == "Falta 1 artículo"
    assert "CANDLE Soy candle, fig: 3 uds." in letter.text
    assert calls_of(bench.ports) == ["push"]


def test_what_wavers_is_not_told_again_within_a_day(bench: Bench) -> None:
    bench.lack()
    bench.look()
    bench.have()
    bench.look()
    bench.lack()

    assert bench.look() == []


def test_what_comes_back_after_a_day_is_news(bench: Bench) -> None:
    bench.lack()
    bench.look()
    bench.have()
    bench.look()
    bench.clock.move(AGAIN_AFTER)
    bench.lack()

    assert len(bench.look()) == 1


def test_what_happens_together_is_one_letter_a_kind(bench: Bench) -> None:
    bench.fail("a")
    bench.fail("b")
    bench.change(ChannelAccount, bench.shop, needs_reconnect=True, problem="token over")
    bench.change(
        SalesOrder, bench.order, is_at_risk=True, promised_on=date(2026, 11, 27),
        risk={"kind": "material", "days_late": 2},
    )  # fmt: skip

    letters = bench.look()

    assert [letter.subject for letter in letters] == [
        "Hay que volver a conectar 1 canal",
        "2 mensajes te necesitan",
        "1 pedido llegará tarde",
    ]
    assert "Cera y Sal: token over" in letters[0].text
    assert "it says no" in letters[1].text
    assert "27 de noviembre de 2026, 2 días tarde" in letters[2].text


def test_a_message_that_fails_once_more_is_told_once_more(bench: Bench) -> None:
    number = bench.fail("a")
    bench.look()
    bench.change(OutboundMessage, number, done_at=bench.clock.now())

    assert len(bench.look()) == 1


def test_a_letter_about_this_that_does_not_arrive_is_not_told_by_another(
    bench: Bench,
) -> None:
    bench.fail("a")
    (letter,) = bench.look()
    with bench.ports.database.begin() as session:
        session.execute(
            update(OutboundMessage)
            .where(OutboundMessage.notification_id == letter.id)
            .values(state="held", error_class="Rejected", done_at=NOW)
        )

    assert bench.look() == []


@pytest.mark.parametrize("change", [{"gets_alerts": False}, {"is_disabled": True}])
def test_owners_who_do_not_want_it_or_left_are_let_alone(
    bench: Bench, change: dict[str, object]
) -> None:
    with bench.ports.database.begin() as session:
        session.execute(update(User).values(**change))
    bench.lack()

    assert bench.look() == []


def test_what_nobody_could_be_told_is_told_once_somebody_can(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        session.execute(update(User).values(gets_alerts=False))
    bench.lack()
    bench.look()
    with bench.ports.database.begin() as session:
        session.execute(update(User).values(gets_alerts=True))

    assert len(bench.look()) == 1


def test_many_things_are_counted_and_the_first_named(bench: Bench) -> None:
    for n in range(12):
        bench.fail(str(n))

    (letter,) = bench.look()

    assert letter.subject == "12 mensajes te necesitan"
    assert letter.text.count("it says no") == 10
    assert "y 2 más" in letter.text


# What leads to the thing itself ------------------------------------------------------------------


def reached_at(bench: Bench, public_url: str) -> None:
    """Let the workshop be reached there from outside, or nowhere."""
    settings = bench.ports.settings.model_copy(update={"public_url": public_url})
    bench.ports = replace(bench.ports, settings=settings)


def test_each_thing_is_a_link_where_the_workshop_is_reached_from_outside(
    bench: Bench,
) -> None:
    reached_at(bench, "https://taller.example/")
    failed = bench.fail("a")
    bench.change(ChannelAccount, bench.shop, needs_reconnect=True, problem="token over")
    bench.change(SalesOrder, bench.order, is_at_risk=True, risk={"kind": "material"})
    bench.lack()

    letters = {letter.subject: letter for letter in bench.look()}

    for subject, path in (
        ("Falta 1 artículo", f"/stock/{bench.item}"),
        ("1 pedido llegará tarde", f"/orders/{bench.order}"),
        ("Hay que volver a conectar 1 canal", f"/channels/{bench.shop}"),
        ("1 mensaje te necesita", f"/messages/out/{failed}"),
    ):
        link = f"https://taller.example{path}"
        assert f"\n  {link}\n" in letters[subject].text
        assert f'<a href="{link}">' in letters[subject].html
        assert "\nhttps://taller.example/\n" in letters[subject].text


def test_no_letter_names_an_address_that_only_this_machine_can_open(bench: Bench) -> None:
    reached_at(bench, "")
    bench.lack()

    (letter,) = bench.look()

    assert "http" not in letter.text + letter.html
    assert letter.facts == {"about": [f"item:{bench.item}"]}


# The owner's own language ------------------------------------------------------------------------


def test_what_hornada_says_itself_is_said_in_the_owners_language(bench: Bench) -> None:
    bench.ports = replace(bench.ports, say=speaker(bench.ports.settings))
    lost = "Shopify does not accept our token (any more)"
    bench.change(ChannelAccount, bench.shop, needs_reconnect=True, problem=lost)
    bench.fail("a")

    reconnect, failure = bench.look()

    assert "Cera y Sal: Shopify no acepta nuestro token" in reconnect.text
    assert "Cera y Sal, producción empezada: it says no" in failure.text


def test_each_owner_reads_their_own_language(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        session.add(_user("bruno@cerasal.example", locale="en"))
    bench.fail("a")

    letters = bench.look()

    assert [letter.subject for letter in letters] == [
        "1 mensaje te necesita", "1 message needs you",
    ]  # fmt: skip
    assert "Cera y Sal, production started: it says no" in letters[1].text


def test_every_kind_of_news_has_words_in_every_language() -> None:
    kinds = set(KINDS_OF_NEWS)

    assert {language: set(said) for language, said in NEWS.items()} == {
        "en": kinds, "es": kinds,
    }  # fmt: skip


def test_without_a_mailbox_that_sends_nobody_looks(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        accounts = session.scalars(select(ChannelAccount)).all()
        with_box = due_alerts(bench.ports, session, accounts)
        shops = [each for each in accounts if each.channel != "email"]
        without = due_alerts(bench.ports, session, shops)

    assert (with_box, without) == (True, False)
