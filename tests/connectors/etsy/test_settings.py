"""What may be typed to connect a shop, and where that makes us call."""

import pytest

from connectors.errors import Rejected
from connectors.etsy.channel import REGISTRATION, SPEC
from connectors.etsy.settings import where_of
from connectors.protocol import Connection

APP = {"keystring": "1aa2bb33c44d55eeeeee6fff", "shared_secret": "a1b2c3d4e5"}
SECRET = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldA=="
HERE = "http://127.0.0.1:8471"


def typed(
    *,
    credentials: dict[str, str] | None = None,
    secrets: tuple[str, ...] = (SECRET,),
    allow_loopback: bool = False,
    **settings: str,
) -> Connection:
    return Connection(
        settings={"shop_id": "42", **settings},
        credentials=APP if credentials is None else credentials,
        webhook_secrets=secrets,
        allow_loopback=allow_loopback,
    )


def test_an_app_of_ones_own_and_the_shops_number_are_enough() -> None:
    assert REGISTRATION.check(typed()) == {}
    assert REGISTRATION.check(typed(secrets=())) == {}


@pytest.mark.parametrize("shop_id", ["", "CeraYSal", "-1", "0", "4 2", "٤٢", "1" * 20])
def test_a_shop_is_a_number(shop_id: str) -> None:
    assert "settings.shop_id" in REGISTRATION.check(typed(shop_id=shop_id))


@pytest.mark.parametrize(
    "credentials,where",
    [
        ({}, "credentials.keystring"),
        ({"keystring": "abcdef"}, "credentials.shared_secret"),
        ({**APP, "keystring": "abc:def"}, "credentials.keystring"),
        ({**APP, "keystring": "with space"}, "credentials.keystring"),
        ({**APP, "shared_secret": "señal"}, "credentials.shared_secret"),
        ({**APP, "refresh_token": "a b"}, "credentials.refresh_token"),
    ],
)
def test_a_key_that_was_not_copied_whole_is_named(
    credentials: dict[str, str], where: str
) -> None:
    assert where in REGISTRATION.check(typed(credentials=credentials))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64", "whsec_ñ"])
def test_a_webhook_secret_must_hold_a_key(secret: str) -> None:
    assert "webhook_secrets" in REGISTRATION.check(typed(secrets=(SECRET, secret)))


def test_an_account_calls_etsy_and_nobody_else() -> None:
    where = where_of(typed())

    assert where.origin == "https://openapi.etsy.com"
    assert where.token_origin + where.token_path == (
        "https://api.etsy.com/v3/public/oauth/token"
    )
    assert where.consent == "https://www.etsy.com/oauth/connect"


@pytest.mark.parametrize("field", ["base_url", "oauth_url"])
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "https://openapi.etsy.com.evil.example",
        "https://openapi.etsy.com@evil.example",
        "http://openapi.etsy.com",
        "http://10.0.0.1",
        "http://127.0.0.1:1/?x=1",
        "ftp://127.0.0.1",
        "http://[",
        "127.0.0.1",
    ],
)
def test_no_other_host_may_stand_in_for_etsy(field: str, address: str) -> None:
    connection = Connection(
        settings={"shop_id": "42", field: address}, credentials=APP, allow_loopback=True
    )

    assert f"settings.{field}" in REGISTRATION.check(connection)
    with pytest.raises(Rejected, match="host_not_allowed"):
        where_of(connection)


def test_this_machine_is_only_for_sandboxes() -> None:
    assert "settings.base_url" in REGISTRATION.check(typed(base_url=HERE))
    assert REGISTRATION.check(typed(base_url=HERE, allow_loopback=True)) == {}


def test_what_is_typed_for_a_sandbox_is_never_sent_to_etsy() -> None:
    where = where_of(typed(base_url=HERE + "/", allow_loopback=True))

    assert (where.origin, where.token_origin) == (HERE, HERE)
    assert where.consent == f"{HERE}/oauth/connect"


def test_the_host_etsy_calls_equal_may_be_named() -> None:
    where = where_of(
        typed(
            base_url="https://api.etsy.com",
            oauth_url="https://openapi.etsy.com/v3/public/oauth/token",
        )
    )

    assert where.origin == "https://api.etsy.com"
    assert where.token_origin == "https://openapi.etsy.com"
    assert where.consent == "https://www.etsy.com/oauth/connect"


def test_every_field_a_person_types_is_one_the_check_knows() -> None:
    connection = Connection(settings={}, credentials={}, webhook_secrets=[""])
    required = {field.name for field in SPEC.fields if field.is_required}

    assert required <= REGISTRATION.check(connection).keys()
    assert all(
        field.is_secret for field in SPEC.fields if not field.name.startswith("settings.")
    )
