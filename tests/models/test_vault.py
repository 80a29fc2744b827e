"""Secrets at rest: sealed for one place, opened only there, sealed anew when keys change."""

import threading
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub import keys
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database
from hub.models.vault import (
    KeyMissing,
    Place,
    SealBroken,
    Vault,
    forget_sealed,
    is_sealed,
    key_id,
    key_id_of,
    missing_key,
    rotate_keys,
    vault_of,
)
from tests.factories import NOW, make_account

OLD, NEW = b"o" * 32, b"n" * 32
PLACE: Place = ("channel_account", 1, "credentials")


@pytest.fixture
def account(session: Session) -> ChannelAccount:
    made = make_account(session)
    made.credentials = vault_of([OLD]).seal_json({"access_token": "shpat_1"}, place=PLACE)
    made.token = vault_of([OLD]).seal(b"token", place=("channel_account", 1, "token"))
    session.flush()
    return made


def test_a_secret_opens_where_it_was_sealed() -> None:
    vault = vault_of([OLD])

    sealed = vault.seal_json({"access_token": "shpat_1"}, place=PLACE)

    assert b"shpat_1" not in sealed
    assert is_sealed(sealed)
    assert vault.open_json(sealed, place=PLACE) == {"access_token": "shpat_1"}


def test_the_same_secret_never_looks_the_same() -> None:
    vault = vault_of([OLD])

    assert vault.seal(b"s", place=PLACE) != vault.seal(b"s", place=PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        ("channel_account", 2, "credentials"),
        ("channel_account", 1, "token"),
        ("user_account", 1, "credentials"),
        ("channel_account1", 1, "credentials"),
    ],
)
def test_a_secret_moved_elsewhere_does_not_open(elsewhere: Place) -> None:
    vault = vault_of([OLD])
    sealed = vault.seal(b"secret", place=PLACE)

    with pytest.raises(SealBroken, match="does not open there"):
        vault.open(sealed, place=elsewhere)


def test_a_secret_with_any_bit_turned_does_not_open() -> None:
    vault = vault_of([OLD])
    sealed = vault.seal(b"secret", place=PLACE)

    for position in range(len(sealed)):
        for bit in range(8):
            turned = bytearray(sealed)
            turned[position] ^= 1 << bit
            with pytest.raises((SealBroken, KeyMissing)):
                vault.open(bytes(turned), place=PLACE)


@pytest.mark.parametrize(
    "stored", [b"", b"HV1", b'{"access_token": "shpat_1"}', b"HV1\x08short"]
)
def test_what_was_never_sealed_does_not_open(stored: bytes) -> None:
    with pytest.raises(SealBroken):
        vault_of([OLD]).open(stored, place=PLACE)


def test_a_missing_key_says_the_way_out() -> None:
    sealed = vault_of([OLD]).seal(b"secret", place=PLACE)

    with pytest.raises(KeyMissing, match=r"HORNADA_KEY missing.*Put the key file back"):
        vault_of([NEW]).open(sealed, place=PLACE)


def test_a_vault_does_not_show_its_keys() -> None:
    assert "ooo" not in repr(vault_of([OLD]))


def test_a_vault_refuses_keys_that_cannot_work() -> None:
    with pytest.raises(KeyMissing):
        Vault({"one": OLD}, "another")
    with pytest.raises(ValueError, match="32 bytes"):
        Vault({"one": b"short"}, "one")


def test_rotating_seals_everything_with_the_new_key(
    session: Session, account: ChannelAccount
) -> None:
    both = vault_of([NEW, OLD])

    assert rotate_keys(session, both) == 2
    assert rotate_keys(session, both) == 0

    session.expire_all()
    assert account.credentials is not None
    assert key_id_of(account.credentials) == key_id(NEW)
    opened = vault_of([NEW]).open_json(account.credentials, place=PLACE)
    assert opened == {"access_token": "shpat_1"}
    assert missing_key(session, vault=vault_of([NEW])) == ""


def test_rotating_without_the_old_key_stops(
    session: Session, account: ChannelAccount
) -> None:
    with pytest.raises(KeyMissing):
        rotate_keys(session, vault_of([NEW]))

    assert key_id_of(account.credentials or b"") == key_id(OLD)


def test_the_first_start_makes_a_key_file_only_its_owner_can_read(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "var" / "hornada.key"

    made = keys.open_vault(session, key=None, key_file=path, now=NOW)
    again = keys.open_vault(session, key=None, key_file=path, now=NOW)

    assert path.stat().st_mode & 0o777 == 0o600
    assert made == again
    assert NOW.isoformat() in path.read_text()


def test_no_key_is_made_where_secrets_wait_for_the_old_one(
    session: Session, account: ChannelAccount, tmp_path: Path
) -> None:
    path = tmp_path / "hornada.key"

    with pytest.raises(KeyMissing, match="HORNADA_KEY missing"):
        keys.open_vault(session, key=None, key_file=path, now=NOW)
    assert not path.exists()
    with pytest.raises(KeyMissing, match=key_id(OLD)):
        keys.open_vault(session, key=keys.new_key(), key_file=path, now=NOW)


def test_a_lost_key_can_be_given_up(
    session: Session, account: ChannelAccount, tmp_path: Path
) -> None:
    assert forget_sealed(session) == 1

    session.expire_all()
    assert (account.credentials, account.token, account.needs_reconnect) == (
        None,
        None,
        True,
    )
    keys.open_vault(session, key=None, key_file=tmp_path / "hornada.key", now=NOW)


def test_a_new_key_in_the_file_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "hornada.key"
    sealed = keys.create_file(path, now=NOW).seal(b"secret", place=PLACE)

    vault = keys.add_key(path, now=NOW)

    assert key_id_of(vault.seal(b"", place=PLACE)) != key_id_of(sealed)
    assert vault.open(sealed, place=PLACE) == b"secret"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["hornada.key"]


def test_the_environment_seals_and_the_file_still_opens(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "hornada.key"
    sealed = keys.create_file(path, now=NOW).seal(b"secret", place=PLACE)
    key = keys.new_key()

    vault = keys.open_vault(session, key=key, key_file=path, now=NOW)

    assert vault.current == keys.from_env(key).current
    assert vault.open(sealed, place=PLACE) == b"secret"


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "hornada.key"
    keys.create_file(path, now=NOW)

    with pytest.raises(FileExistsError):
        keys.create_file(path, now=NOW)


def test_processes_that_start_at_once_share_the_key_of_the_first(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path, found = tmp_path / "hornada.key", []
    start = threading.Barrier(8)

    def begin() -> None:
        start.wait()
        with sqlite_database.reading() as session:
            vault = keys.open_vault(session, key=None, key_file=path, now=NOW)
        found.append(vault.current)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert [file.name for file in tmp_path.glob("hornada.*")] == ["hornada.key"]


def test_a_key_file_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hornada.key"
    keys.create_file(path, now=NOW)
    path.chmod(0o640)

    with pytest.raises(keys.BadKey, match="chmod 600"):
        keys.from_file(path)


@pytest.mark.parametrize("content", ["", "[]", '{"keys": []}', '{"keys": ["x"]}', "{"])
def test_a_file_that_holds_no_keys_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "hornada.key"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(keys.BadKey, match="not a key file"):
        keys.from_file(path)


@pytest.mark.parametrize("value", ["", "short", "c2hvcnQ=", "ñ" * 44, "b" * 43 + "=,"])
def test_a_key_that_cannot_work_is_refused_unseen(value: str) -> None:
    with pytest.raises(keys.BadKey) as refused:
        keys.from_env(value)

    assert value[:5] not in str(refused.value) or not value
