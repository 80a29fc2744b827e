"""Where the vault's keys are kept: HORNADA_KEY, or a key file only its owner can read."""

import base64
import binascii
import json
import os
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from sqlalchemy.orm import Session

from hub.models.vault import KEY_BYTES, KeyMissing, Vault, missing_key, vault_of

PRIVATE = 0o600


class BadKey(Exception):
    """The key cannot be used, in words that say what to do; never the key itself."""


def from_env(value: str) -> Vault:
    """Read keys as HORNADA_KEY holds them: base64 of 32 bytes, several separated by commas.

    The first seals; the others are older and only open.

    :raises BadKey: one of them is not such a key.
    """
    return vault_of(_env_keys(value))


def from_file(path: Path) -> Vault:
    """Read a key file.

    :raises BadKey: it is not one, or others than its owner may read it.
    """
    return vault_of(_file_keys(path))


def create_file(path: Path, *, now: datetime) -> Vault:
    """Write a key file with one new key. This function will never write over one that is there.

    It is there whole or not at all, so that a process that starts beside us never reads half.

    :raises FileExistsError: there is one.
    """
    aside = path.with_suffix(f".{token_hex(8)}")
    _write(aside, [(new_key(), now.isoformat())])
    try:
        os.link(aside, path)
    finally:
        aside.unlink()
    return from_file(path)


def add_key(path: Path, *, now: datetime) -> Vault:
    """Put a new key in front of the file's; seal with it and `rotate_keys` after that.

    :raises BadKey: the file is not a key file.
    """
    entries = [(new_key(), now.isoformat()), *_entries(path)]
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    _write(aside, entries)
    aside.replace(path)
    return from_file(path)


def new_key() -> str:
    """Make a key, as HORNADA_KEY and key files spell it."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def open_vault(
    session: Session, *, key: str | None, key_file: Path, now: datetime
) -> Vault:
    """Find the workshop's keys; a first start makes them. This function will not guess.

    `key` is what HORNADA_KEY holds. It seals; the keys of the file then only open, so moving
    from the file to the environment is: set HORNADA_KEY, rotate, remove the file.

    :raises KeyMissing: secrets are stored that none of the keys at hand opens.
    :raises BadKey: a key at hand cannot be used.
    """
    keys = _env_keys(key) if key else []
    keys += _file_keys(key_file) if key_file.exists() else []
    vault = vault_of(keys) if keys else None
    problem = missing_key(session, vault=vault)
    if problem:
        raise KeyMissing(problem)
    return vault or _first_key(key_file, now=now)


def _first_key(path: Path, *, now: datetime) -> Vault:
    try:
        return create_file(path, now=now)
    except FileExistsError:
        return from_file(path)  # somebody who started beside us was first


def _env_keys(value: str) -> list[bytes]:
    return [_decode(each, where="HORNADA_KEY") for each in value.split(",")]


def _file_keys(path: Path) -> list[bytes]:
    if path.stat().st_mode & 0o077:
        raise BadKey(f"{path} can be read by others than its owner: chmod 600 {path}")
    return [_decode(key, where=str(path)) for key, _ in _entries(path)]


def _entries(path: Path) -> list[tuple[str, str]]:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadKey(f"{path} is not a key file") from error
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(e, dict) for e in keys):
        raise BadKey(f"{path} is not a key file")
    return [(str(each.get("key")), str(each.get("created_at"))) for each in keys]


def _write(path: Path, entries: list[tuple[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        keys = [{"key": key, "created_at": created_at} for key, created_at in entries]
        json.dump(
            {"note": "The first key seals. Keep a copy elsewhere.", "keys": keys}, file
        )
        file.flush()
        os.fsync(file.fileno())


def _decode(text: str, *, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey(f"{where} holds something that is not a key in base64") from error
    if len(key) != KEY_BYTES:
        raise BadKey(f"{where} holds a key of {len(key)} bytes; {KEY_BYTES} are needed")
    return key
