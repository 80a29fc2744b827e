"""Settings: read once, in words a person can act on when they cannot be right."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.settings import BadSettings, Settings, is_loopback, load

ANYWHERE = "0.0.0.0"  # noqa: S104
SECRET = "kZ8!vQ2#mN5%tR7&wE9*yU1(oP3)aS4_"


def test_nothing_needs_to_be_set() -> None:
    settings = load({})

    assert settings.database == "sqlite:///var/hornada.db"
    assert settings.redis_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8470)
    assert settings.url == "http://127.0.0.1:8470"
    assert settings.key_file == Path("var/hornada.key")
    assert not settings.is_open_to_others
    assert not settings.allow_loopback


def test_the_environment_is_read_and_arguments_win() -> None:
    environ = {
        "HORNADA_DATA": "shop",
        "HORNADA_PORT": "9000",
        "HORNADA_ALLOW_LOOPBACK": "1",
        "HORNADA_TRUSTED_HOSTS": "shop.example, www.example",
        "HORNADA_TIMEZONE": "Europe/Madrid",
        "REDIS_URL": "redis://queue/0",
        "PATH": "/bin",
    }

    settings = load(environ, port=9001, host=None)

    assert settings.database == "sqlite:///shop/hornada.db"
    assert (settings.port, settings.host) == (9001, "127.0.0.1")
    assert settings.allow_loopback
    assert settings.redis_url == "redis://queue/0"
    assert settings.zone.key == "Europe/Madrid"
    assert {"shop.example", "www.example", "localhost"} <= settings.hosts


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_spelling_of_postgresql_will_do(scheme: str) -> None:
    settings = load({"DATABASE_URL": f"{scheme}://hornada@db/hornada"})

    assert settings.database == "postgresql+psycopg://hornada@db/hornada"


def test_any_setting_may_be_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("postgresql://hornada@db/hornada\n")

    settings = load({"DATABASE_URL_FILE": str(path), "HORNADA_KEY_FILE": str(path)})

    assert settings.database.startswith("postgresql+psycopg://")
    assert settings.key == "postgresql://hornada@db/hornada"


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BadSettings, match="HORNADA_KEY_FILE: /no/such cannot be read"):
        load({"HORNADA_KEY_FILE": "/no/such"})


def test_a_misspelt_setting_is_refused_with_the_right_name() -> None:
    with pytest.raises(BadSettings, match="did you mean HORNADA_TRUSTED_HOSTS"):
        load({"HORNADA_TRUSTED_HOST": "shop.example"})
    with pytest.raises(BadSettings, match="HORNADA_ZZZ is not a setting$"):
        load({"HORNADA_ZZZ": "1"})


def test_what_the_tests_and_the_start_script_read_is_not_ours() -> None:
    load({"HORNADA_TEST_PG": "x", "HORNADA_VENDOR": "x", "HORNADA_PYTHON": "python3.12"})


@pytest.mark.parametrize(
    "name,value",
    [
        ("HORNADA_PORT", "70000"),
        ("HORNADA_PORT", "often"),
        ("HORNADA_TIMEZONE", "Europe/Granada"),
        ("HORNADA_LOCALE", "fr"),
        ("HORNADA_PUBLIC_URL", "shop.example"),
        ("HORNADA_DATABASE_URL", "mysql://db"),
        ("HORNADA_PROXY_HOPS", "-1"),
        ("HORNADA_BODY_DAYS", "0"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        load({name: value})


def test_a_refusal_never_shows_a_value() -> None:
    with pytest.raises(BadSettings) as refused:
        load({"DATABASE_URL": "mysql://maria:hunter2@db", "HORNADA_HOST": ANYWHERE})

    assert "hunter2" not in str(refused.value)


def test_settings_do_not_change_and_do_not_show_their_secrets() -> None:
    settings = load({"HORNADA_SECRET_KEY": SECRET, "HORNADA_KEY": SECRET})

    assert SECRET not in repr(settings)
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Settings(colour="blue")  # type: ignore[call-arg]


@pytest.mark.parametrize("host", [ANYWHERE, "::", "192.168.1.5", "shop.example", ""])
@pytest.mark.parametrize(
    "name,value",
    [
        ("debug", "1"),
        ("secret_key", "dev"),
        ("secret_key", "change-me-change-me-change-me"),
        ("secret_key", "a" * 64),
        ("allow_loopback", "1"),
    ],
)
def test_weak_settings_are_refused_where_others_can_reach_us(
    host: str, name: str, value: str
) -> None:
    with pytest.raises(BadSettings, match="open to other machines"):
        load({"HORNADA_HOST": host, f"HORNADA_{name.upper()}": value})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.9.10"])
def test_on_this_machine_alone_they_are_allowed(host: str) -> None:
    settings = load({"HORNADA_DEBUG": "1", "HORNADA_SECRET_KEY": "dev"}, host=host)

    assert is_loopback(host)
    assert settings.debug


def test_good_settings_may_be_open_to_others() -> None:
    settings = load(
        {
            "HORNADA_HOST": ANYWHERE,
            "HORNADA_PUBLIC_URL": "https://hornada.example/",
            "HORNADA_SECRET_KEY": SECRET,
        }
    )

    assert settings.is_open_to_others
    assert settings.url == "https://hornada.example"
    assert "hornada.example" in settings.hosts
    assert ANYWHERE not in settings.hosts
