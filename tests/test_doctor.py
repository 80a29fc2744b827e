"""The doctor: each thing that can be wrong is found, and said with what to do."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from redis import Redis
from sqlalchemy import text, update

from connectors.errors import PermissionDenied, Retryable
from connectors.protocol import Connection, Health, Registration
from connectors.protocol import Finding as CheckFinding
from connectors.readings import Message, Reading
from connectors.spec import Spec
from hub import doctor
from hub.clock import SystemClock
from hub.doctor import Finding, examine
from hub.flow.channels.channels import connect
from hub.keys import open_vault
from hub.models import migrate
from hub.models.claims.alive import beat
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from hub.queue import FORGED
from hub.settings import Settings
from tests.evicting import policy

NOW = SystemClock().now
SPEC = Spec(
    key="shopify", title="A shop", api_version="2026-10", capabilities=frozenset(),
    scopes=frozenset({"read_orders", "write_fulfillments"}),
)  # fmt: skip


class AShop:
    """A shop that says what our token may do."""

    spec: ClassVar[Spec] = SPEC
    granted: ClassVar[frozenset[str] | Exception] = SPEC.scopes

    def __init__(self, _told: Connection) -> None:
        pass

    def read(self, message: Message) -> Reading:
        raise NotImplementedError

    def check_up(self, *, now: datetime) -> Health:  # noqa: ARG002
        if isinstance(self.granted, Exception):
            raise self.granted
        missing = sorted(SPEC.scopes - self.granted)
        findings = (
            CheckFinding(
                code=f"scope_missing:{one}", words=f"It may not {one}.", way_out="Grant it."
            )
            for one in missing
        )
        return Health(shop_ref="1", granted=self.granted, findings=tuple(findings))


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    made = Settings(data=tmp_path, redis_url=redis_url, port=1)
    migrate.upgrade(made.database)
    return made


@pytest.fixture
def database(settings: Settings) -> Database:
    return Database(settings.database)


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch) -> type[AShop]:
    class ThisShop(AShop):
        pass

    registration = Registration(spec=SPEC, connect=ThisShop, check=lambda _told: {})
    monkeypatch.setattr("hub.ports.CHANNELS", {"shopify": registration})
    return ThisShop


def connect_shop(settings: Settings, database: Database) -> ChannelAccount:
    with database.begin() as session:
        vault = open_vault(session, key=None, key_file=settings.key_file, now=NOW())
        return connect(
            session, vault=vault, name="Cera y Sal", who="system", now=NOW(),
            registration=Registration(spec=SPEC, connect=AShop, check=lambda _told: {}),
            connection=Connection(settings={}, credentials={"access_token": "t"}),
        )  # fmt: skip


def wrong(settings: Settings, *, ask: bool = True) -> dict[str, Finding]:
    found = examine(settings, ask_channels=ask, say=lambda _words: None)
    return {finding.what: finding for finding in found if finding.way_out}


def test_a_workshop_in_order_has_nothing_wrong(
    settings: Settings, database: Database
) -> None:
    connect_shop(settings, database)

    found = list(examine(settings, ask_channels=True, say=lambda _words: None))

    assert [finding for finding in found if finding.way_out] == []
    assert {"disk", "database", "key", "queue", "clock", "invariants"} <= {
        finding.what for finding in found
    }


def test_a_schema_that_is_not_current_is_found_and_nothing_after_it_is_asked(
    tmp_path: Path,
) -> None:
    found = wrong(Settings(data=tmp_path))

    assert list(found) == ["database"]
    assert "hornada db upgrade" in found["database"].way_out


def test_a_key_that_is_missing_is_found(settings: Settings, database: Database) -> None:
    connect_shop(settings, database)
    settings.key_file.unlink()

    found = wrong(settings)

    assert "HORNADA_KEY" in found["key"].way_out


def test_a_disk_that_is_full_is_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "ROOM_BYTES", 10**18)

    assert "make room" in wrong(settings)["disk"].way_out


def test_a_queue_that_loses_jobs_is_found(settings: Settings) -> None:
    with policy(str(settings.redis_url), "allkeys-lru"):
        found = wrong(settings)

    assert "noeviction" in found["queue"].way_out


def test_a_queue_that_is_away_is_found(settings: Settings, tmp_path: Path) -> None:
    away = settings.model_copy(update={"redis_url": f"unix://{tmp_path / 'nobody'}"})

    assert "does not answer" in wrong(away)["queue"].words


def test_forged_jobs_are_told(settings: Settings) -> None:
    with Redis.from_url(str(settings.redis_url)) as redis:
        redis.set(FORGED, 3)
        found = wrong(settings)
        redis.delete(FORGED)

    assert "3 jobs" in found["queue"].words


def test_a_clock_that_went_back_is_found(settings: Settings, database: Database) -> None:
    with database.begin() as session:
        beat(session, name="worker", now=NOW() + timedelta(hours=2))

    assert "went back" in wrong(settings)["clock"].words


def test_a_web_without_workers_is_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "is_serving", lambda _settings: True)

    assert "hornada worker" in wrong(settings)["processes"].way_out


def test_a_ledger_that_does_not_add_up_is_found(
    settings: Settings, database: Database
) -> None:
    with database.begin() as session:
        session.execute(
            text(
                "INSERT INTO item (code, code_key, name, kind, unit, policy, reorder_point,"
                " safety_stock, min_remaining_days, allergens, created_at)"
                " VALUES ('WAX', 'wax', 'Wax', 'material', 'g', 'make_to_order', 0, 0, 0, '[]',"
                " '2026-11-23 09:00:00.000000')"
            )
        )
        session.execute(
            text(
                "INSERT INTO lot (item_id, code, state, supplier_lot, currency, received_at)"
                " VALUES (1, 'W-1', 'available', '', '', '2026-11-23 09:00:00.000000')"
            )
        )
        session.execute(
            text(
                "INSERT INTO lot_balance (lot_id, item_id, on_hand, reserved)"
                " VALUES (1, 1, 5000, 0)"
            )
        )

    found = wrong(settings)

    assert any(name.startswith("invariant") for name in found)


def test_messages_that_hang_are_told(settings: Settings, database: Database) -> None:
    account = connect_shop(settings, database)
    with database.begin() as session:
        session.add(
            InboundMessage(
                account_id=account.id,
                topic="t",
                message_id="m",
                body_hash="h",
                source="webhook",
                received_at=NOW(),
                next_try_at=NOW(),
                state="held",
            )  # fmt: skip
        )

    assert wrong(settings)["messages in"].words == "1 held"


@pytest.mark.parametrize(
    "values, said",
    [
        (
            {"needs_reconnect": True, "problem": "The app was removed."},
            "The app was removed.",
        ),
        ({"problem": "a right is missing"}, "a right is missing"),
        ({"channel": "etsy"}, "no channel etsy"),
        ({"api_version_seen": "2027-01"}, "it speaks version 2027-01"),
    ],
    ids=["disconnected", "a problem", "an unknown channel", "another version"],
)
def test_what_ails_a_channel_is_found(
    settings: Settings, database: Database, values: dict[str, object], said: str
) -> None:
    connect_shop(settings, database)
    with database.begin() as session:
        session.execute(update(ChannelAccount).values(values))

    assert said in wrong(settings)["channel Cera y Sal"].words


@pytest.mark.parametrize(
    "granted, said",
    [
        (frozenset({"read_orders"}), "write_fulfillments"),
        (Retryable("the shop is away"), "the shop is away"),
        (PermissionDenied("not allowed"), "not allowed"),
    ],
    ids=["a scope is missing", "away", "refused"],
)
def test_what_a_channel_says_of_our_rights_is_told(
    settings: Settings,
    database: Database,
    shop: type[AShop],
    granted: frozenset[str] | Exception,
    said: str,
) -> None:
    connect_shop(settings, database)
    shop.granted = granted

    found = wrong(settings)
    assert any(said in one.words for what, one in found.items() if "Cera y Sal" in what)
    assert wrong(settings, ask=False) == {}


def test_a_channel_that_is_off_is_left_alone(
    settings: Settings, database: Database
) -> None:
    connect_shop(settings, database)
    with database.begin() as session:
        session.execute(update(ChannelAccount).values(mode="off", problem="old"))

    assert wrong(settings) == {}
