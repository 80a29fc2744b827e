"""The app as the outside meets it: names it answers to, probes, proxies, ids of requests."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.app import create_app, wsgi
from hub.models import migrate
from hub.models.claims.alive import SILENCE, beat
from hub.models.session import Database
from hub.ports import Ports
from hub.settings import Settings
from hub.web import health
from hub.web.guard.hosts import host_name
from tests.factories import NOW
from tests.web.ports import StandingClock, make_ports


@pytest.fixture
def queue_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue server that answers; the real one is asked in tests of hub/queue.py."""
    monkeypatch.setattr(health, "queue_url", lambda _settings: "redis://127.0.0.1:1/0")
    monkeypatch.setattr(health, "is_queue_alive", lambda _url: True)


def beat_once(ports: Ports) -> None:
    """Do what a worker does every few seconds."""
    ports.database.run(lambda session: beat(session, name="worker", now=NOW))


def test_it_is_healthy_as_soon_as_it_serves(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("queue_is_there")
def test_it_is_ready_when_database_queue_and_worker_are(
    client: FlaskClient, ports: Ports
) -> None:
    beat_once(ports)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json()["checks"] == {"database": "ok", "queue": "ok", "worker": "ok"}


@pytest.mark.usefixtures("queue_is_there")
def test_it_is_not_ready_when_no_worker_was_seen_for_a_while(
    client: FlaskClient, ports: Ports, clock: StandingClock
) -> None:
    beat_once(ports)
    clock.time = NOW + SILENCE + timedelta(seconds=1)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {
        "database": "ok",
        "queue": "ok",
        "worker": "down",
    }


def test_it_is_not_ready_without_a_queue(client: FlaskClient, ports: Ports) -> None:
    beat_once(ports)

    assert client.get("/readyz").get_json()["checks"]["queue"] == "down"


@pytest.mark.usefixtures("queue_is_there")
def test_it_is_not_ready_without_a_database_and_says_so() -> None:
    app = create_app(make_ports(Database("sqlite:////nowhere/at/all.db")))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {
        "database": "down",
        "queue": "ok",
        "worker": "down",
    }
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8470", "", "[", "é"]
)
def test_a_host_that_is_not_ours_is_refused(client: FlaskClient, host: str) -> None:
    sent = host.encode().decode("latin-1")

    answer = client.get("/api/v1/openapi.json", headers={"Host": sent})

    assert answer.status_code == 400
    assert answer.get_json()["type"] == "urn:hornada:problem:bad_host"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8470", "127.0.0.1:9", "[::1]:8470"]
)
def test_our_own_names_are_answered_with_any_port(client: FlaskClient, host: str) -> None:
    answer = client.get("/api/v1/openapi.json", headers={"Host": host})

    assert answer.status_code == 200


def test_names_from_the_settings_are_ours_too(sqlite_database: Database) -> None:
    settings = Settings(
        public_url="https://hornada.example", trusted_hosts=("shop.example",)
    )
    client = create_app(make_ports(sqlite_database, settings=settings)).test_client()

    for host in ("hornada.example", "shop.example"):
        answer = client.get("/api/v1/openapi.json", headers={"Host": host})
        assert answer.status_code == 200


def test_a_probe_is_answered_under_any_name(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200


@pytest.mark.parametrize(
    "host,name",
    [
        ("Shop.Example:80", "shop.example"),
        ("[::1]:8470", "::1"),
        ("shop.example.", "shop.example"),
        ("user@shop.example", "shop.example"),
        ("[", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_host_header(host: str, name: str) -> None:
    assert host_name(host) == name


def test_nobody_is_believed_about_proxies_unless_the_settings_say_so(
    sqlite_database: Database,
) -> None:
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    near = create_app(make_ports(sqlite_database)).test_client()
    behind = create_app(
        make_ports(sqlite_database, settings=Settings(proxy_hops=1))
    ).test_client()

    assert near.get("/api/v1/openapi.json", headers=forwarded).status_code == 200
    assert behind.get("/api/v1/openapi.json", headers=forwarded).status_code == 400


def test_every_answer_carries_the_id_of_its_request(client: FlaskClient) -> None:
    ids = {
        client.get(path).headers["X-Request-Id"] for path in ("/healthz", "/api/x", "/x")
    }

    assert len(ids) == 3


def test_a_server_makes_the_app_from_the_environment(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("HORNADA_DATA", str(data))
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    migrate.upgrade(f"sqlite:///{data / 'hornada.db'}")

    app = wsgi()

    assert isinstance(app, Flask)
    assert app.test_client().get("/healthz").status_code == 200
