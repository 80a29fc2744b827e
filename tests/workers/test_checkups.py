"""Each connection is looked at once an hour, and what shops tell us is mended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from sqlalchemy import update

from connectors.errors import AuthExpired, Retryable
from connectors.protocol import (
    Connection,
    Finding,
    Health,
    Registration,
    Token,
    WebhookAudit,
)
from connectors.readings import Message, Reading
from connectors.spec import Capability, Spec
from hub.flow.reading.checkups import EVERY, LEASE, ask_check_up, code_of
from hub.models.records.channels import ChannelAccount, ChannelStream
from hub.models.session import Database
from tests.doors import HandClock, connect_shop, make_ports
from workers.checkups import check_up_due
from workers.shops import Shops

SPEC = Spec(
    key="shopify",
    title="A shop",
    api_version="2026-10",
    capabilities=frozenset({Capability.WEBHOOKS}),
)
TOPICS = ("orders/create", "orders/updated")
WELL = Health(
    shop_ref="7",
    shop_name="Cera y Sal",
    granted=frozenset({"read_orders"}),
    version_served="1",
)
REFUSED = Health(findings=(Finding(code="token_refused", words="No.", way_out="Again."),))


@dataclass
class Shop:
    """What the shop says, and what it was asked."""

    says: list[Health | Exception] = field(default_factory=list)
    subscribed: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    served: str = ""
    addresses: set[str] = field(default_factory=set)

    def registration(self) -> Registration:
        return Registration(
            spec=SPEC, connect=lambda told: AtTheShop(self, told), check=lambda _told: {}
        )


class AtTheShop:
    spec: ClassVar[Spec] = SPEC

    def __init__(self, shop: Shop, _told: Connection) -> None:
        self.shop = shop

    @property
    def served_version(self) -> str:
        return self.shop.served

    def read(self, message: Message) -> Reading:
        raise NotImplementedError

    def renew(self, *, now: datetime) -> Token:
        self.shop.asked.append("renew")
        return Token(value="new", expires_at=now + timedelta(hours=24))

    def check_up(self, *, now: datetime) -> Health:  # noqa: ARG002
        self.shop.asked.append("check_up")
        said = self.shop.says.pop(0) if self.shop.says else WELL
        if isinstance(said, Exception):
            raise said
        return said

    def audit_webhooks(self, address: str) -> WebhookAudit:
        self.shop.asked.append("audit")
        self.shop.addresses.add(address)
        return WebhookAudit(
            present=tuple(one for one in TOPICS if one in self.shop.subscribed),
            missing=tuple(one for one in TOPICS if one not in self.shop.subscribed),
        )

    def ensure_webhooks(self, address: str) -> WebhookAudit:
        self.shop.asked.append("ensure")
        self.shop.subscribed |= set(TOPICS) - self.shop.refused.keys()
        return replace(self.audit_webhooks(address), refused=self.shop.refused)

    def remove_webhooks(self, address: str) -> None:
        raise NotImplementedError


class Bench:
    """An account, its shop, and a clock."""

    def __init__(self, database: Database, *, switches: Mapping[str, object]) -> None:
        self.shop, self.clock = Shop(), HandClock()
        self.during: list[Callable[[], None]] = []
        """What happens while the shop is being asked."""
        self.ports = make_ports(
            database,
            clock=self.clock,
            channels={"shopify": self.shop.registration()},
            failpoint=lambda _name: self.during.pop()() if self.during else None,
        )
        self.account = connect_shop(self.ports, credentials={"client_id": "a"})
        self.set(capabilities=dict(switches))

    def look(self) -> list[str]:
        """Do what is due; return what the shop was asked for it."""
        self.shop.asked.clear()
        check_up_due(self.ports)
        return list(self.shop.asked)

    def ask(self) -> None:
        """Ask for a look, as a person does."""
        with self.ports.database.begin() as session:
            ask_check_up(session, self.account.id, self.clock.now())

    def set(self, **values: object) -> None:
        with self.ports.database.begin() as session:
            session.execute(update(ChannelAccount).values(values))

    @property
    def now_there(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def codes(self) -> list[str]:
        return [code_of(one) for one in self.now_there.findings]


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database, switches={"webhooks": "live"})


@pytest.fixture
def either(database: Database) -> Bench:
    return Bench(database, switches={"webhooks": "live"})


def test_a_new_account_is_looked_at_at_once_and_then_every_hour(either: Bench) -> None:
    first, at_once = either.look(), either.look()
    either.clock.move(EVERY)

    assert "check_up" in first
    assert at_once == []
    assert "check_up" in either.look()


def test_what_was_found_is_kept(either: Bench) -> None:
    either.look()

    there = either.now_there
    assert (there.shop_ref, there.shop_name) == ("7", "Cera y Sal")
    assert (there.granted_scopes, there.findings) == (["read_orders"], [])
    assert there.checked_at == either.clock.now()


def test_who_asks_is_heard_also_while_somebody_looks(bench: Bench) -> None:
    bench.during.append(bench.ask)
    bench.look()

    assert "check_up" in bench.look()
    assert bench.look() == []
    bench.ask()
    assert "check_up" in bench.look()


def test_two_workers_look_once(either: Bench) -> None:
    either.set(check_at=either.clock.now() + LEASE)

    assert either.look() == []


@pytest.mark.parametrize("values", [{"mode": "off"}, {"needs_reconnect": True}])
def test_an_account_that_is_off_or_stopped_is_left_alone(
    bench: Bench, values: dict[str, object]
) -> None:
    bench.set(**values)

    assert bench.look() == []


def test_a_shop_that_is_away_is_asked_again_soon_and_keeps_what_is_known(
    bench: Bench,
) -> None:
    bench.look()
    bench.clock.move(EVERY)
    bench.shop.says.append(Retryable("away"))
    bench.look()

    assert bench.look() == []
    bench.clock.move(LEASE)
    assert "check_up" in bench.look()
    assert bench.now_there.shop_ref == "7"


def test_a_mistake_of_ours_keeps_no_other_account_waiting(bench: Bench) -> None:
    connect_shop(bench.ports, name="Otra", credentials={"client_id": "b"})
    bench.shop.says.append(ZeroDivisionError("a mistake"))

    assert bench.look().count("check_up") == 2


def test_an_account_of_a_channel_that_is_gone_is_left_alone(bench: Bench) -> None:
    bench.set(channel="gone")

    assert bench.look() == []


def test_another_shop_behind_the_same_credentials_stops_the_account(either: Bench) -> None:
    either.look()
    either.shop.says.append(replace(WELL, shop_ref="8", shop_name="Otra"))
    either.clock.move(EVERY)

    asked = either.look()

    there = either.now_there
    assert asked == ["check_up"]
    assert (there.shop_ref, there.shop_name) == ("7", "Cera y Sal")
    assert there.needs_reconnect
    assert "Otra" in there.problem
    assert either.codes() == ["shop_changed"]


def test_a_refused_token_is_fetched_anew_once_before_it_is_a_finding(bench: Bench) -> None:
    bench.look()
    bench.clock.move(EVERY)
    bench.shop.says.append(REFUSED)

    asked = bench.look()

    assert asked[:3] == ["check_up", "renew", "check_up"]
    assert bench.codes() == []


def test_a_shop_that_stays_shut_is_a_finding_and_keeps_what_is_known(bench: Bench) -> None:
    bench.look()
    bench.clock.move(EVERY)
    bench.shop.says += [REFUSED, REFUSED]

    bench.look()

    assert bench.codes() == ["token_refused"]
    assert bench.now_there.shop_name == "Cera y Sal"
    assert bench.now_there.granted_scopes == ["read_orders"]


def test_an_account_without_a_token_to_be_had_is_a_finding(bench: Bench) -> None:
    bench.shop.says.append(AuthExpired("the owner must come"))

    bench.look()

    assert bench.codes() == ["no_access"]


# Webhooks ------------------------------------------------------------------------------


def test_missing_webhooks_are_made_when_their_switch_is_live(either: Bench) -> None:
    either.look()

    there = either.now_there
    address = f"{either.ports.settings.url}/webhooks/shopify/{there.key}"
    assert either.shop.subscribed == set(TOPICS)
    assert either.shop.addresses == {address}
    assert there.webhooks == {
        "present": list(TOPICS),
        "missing": [],
        "refused": {},
        "address": address,
    }


@pytest.mark.parametrize("switches", [{}, {"webhooks": "shadow"}, {"webhooks": "off"}])
def test_without_the_switch_webhooks_are_looked_at_and_left(
    sqlite_database: Database, switches: dict[str, object]
) -> None:
    bench = Bench(sqlite_database, switches=switches)

    assert "ensure" not in bench.look()
    assert bench.now_there.webhooks["missing"] == list(TOPICS)


def test_right_webhooks_are_not_touched(bench: Bench) -> None:
    bench.shop.subscribed = set(TOPICS)

    assert "ensure" not in bench.look()


def test_a_topic_the_shop_refuses_is_kept_with_its_words(bench: Bench) -> None:
    bench.shop.refused = {"orders/create": "Ask for protected customer data."}

    bench.look()

    assert bench.now_there.webhooks["refused"] == bench.shop.refused
    assert bench.now_there.webhooks["missing"] == ["orders/create"]


def test_the_gap_is_read_when_webhooks_had_to_be_made_again(either: Bench) -> None:
    either.look()
    _rest_of_the_day(either)
    either.shop.subscribed.discard("orders/updated")
    either.clock.move(EVERY)
    either.look()

    assert _next_at(either) <= either.clock.now()


def test_without_a_gap_lists_keep_their_time(bench: Bench) -> None:
    bench.look()
    later = _rest_of_the_day(bench)
    bench.clock.move(EVERY)
    bench.look()

    assert _next_at(bench) == later


def _rest_of_the_day(bench: Bench) -> datetime:
    later = bench.clock.now() + timedelta(hours=12)
    with bench.ports.database.begin() as session:
        session.add(
            ChannelStream(account_id=bench.account.id, name="orders", next_at=later)
        )
    return later


def _next_at(bench: Bench) -> datetime:
    with bench.ports.database.reading() as session:
        return session.query(ChannelStream).one().next_at


# The version that answers --------------------------------------------------------------


def _use(bench: Bench, served: str) -> None:
    shops = Shops(bench.ports)
    shops.caller(bench.account.id)
    bench.shop.served = served
    shops.note_versions()


def test_another_version_is_noted_after_any_call_and_forgotten_when_it_is_over(
    either: Bench,
) -> None:
    _use(either, "2027-01")
    noted = either.now_there.findings
    _use(either, "2026-10")

    assert [code_of(one) for one in noted] == ["version_served"]
    assert "2027-01" in str(noted)
    assert either.codes() == []


def test_the_version_asked_for_writes_nothing(bench: Bench) -> None:
    _use(bench, "2026-10")
    before = bench.now_there.findings

    _use(bench, "")

    assert (before, bench.codes()) == ([], [])


def test_a_version_note_leaves_other_findings_alone(bench: Bench) -> None:
    found = Finding(code="scope_missing:x", words="No x.", way_out="Grant x.")
    bench.shop.says.append(replace(WELL, findings=(found,)))
    bench.look()

    _use(bench, "2027-01")
    _use(bench, "2027-01")

    assert bench.codes() == ["scope_missing:x", "version_served"]
