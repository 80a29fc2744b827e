"""Secrets at rest: sealed with a key the database never sees, and good only in their own place.

A sealed value is `HV1`, the length of the key's id, that id, a nonce, and AES-256-GCM's cipher
text. Table, row id and column are authenticated with it (the AAD), so a value copied to another
row or column does not open. Keys come from hub/keys.py; the first seals, the others only open.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.models.records.channels import ChannelAccount, OAuthAttempt
from hub.models.records.people import RecoveryCode, User

MARK = b"HV1"
KEY_BYTES = 32
NONCE_BYTES = 12

Place = tuple[str, int, str]
"""Table, row id, column: where a sealed value belongs."""

SEALED: tuple[InstrumentedAttribute[bytes | None], ...] = (
    ChannelAccount.credentials,
    ChannelAccount.token,
    OAuthAttempt.verifier,
    User.totp_secret,
)
"""Every sealed column; a new one goes here, or rotating keys would miss it."""


class KeyMissing(Exception):
    """A secret was sealed with a key that is not here."""


class SealBroken(Exception):
    """A sealed value does not open in this place: it was changed, or moved here from elsewhere."""


@dataclass(frozen=True, slots=True)
class Vault:
    """The keys of one workshop, by id; `current` is the id of the one that seals."""

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise KeyMissing(f"the current key {self.current!r} is not among the keys")
        if any(len(key) != KEY_BYTES for key in self.keys.values()):
            raise ValueError(f"a key is {KEY_BYTES} bytes long")

    def seal(self, plain: bytes, *, place: Place) -> bytes:
        """Seal a value for one place."""
        nonce = os.urandom(NONCE_BYTES)
        name = self.current.encode()
        cipher = AESGCM(self.keys[self.current]).encrypt(nonce, plain, _aad(place))
        return MARK + bytes([len(name)]) + name + nonce + cipher

    def open(self, sealed: bytes, *, place: Place) -> bytes:
        """Open a value in its place.

        :raises KeyMissing: it was sealed with a key we do not have.
        :raises SealBroken: it was changed, or belongs elsewhere.
        """
        key_id = key_id_of(sealed)
        if key_id not in self.keys:
            raise KeyMissing(missing_words(key_id))
        body = sealed[len(MARK) + 1 + len(key_id.encode()) :]
        try:
            return AESGCM(self.keys[key_id]).decrypt(
                body[:NONCE_BYTES], body[NONCE_BYTES:], _aad(place)
            )
        except (InvalidTag, ValueError) as error:
            where = f"{place[0]} {place[1]} {place[2]}"
            raise SealBroken(f"the secret in {where} does not open there") from error

    def seal_json(self, value: Mapping[str, object], *, place: Place) -> bytes:
        """Seal a JSON object for one place."""
        return self.seal(json.dumps(value).encode(), place=place)

    def open_json(self, sealed: bytes, *, place: Place) -> dict[str, object]:
        """Open a JSON object in its place; raises as `open` does."""
        opened: object = json.loads(self.open(sealed, place=place))
        return opened if isinstance(opened, dict) else {}


def _aad(place: Place) -> bytes:
    return json.dumps(place).encode()


def key_id(key: bytes) -> str:
    """Name a key without giving it away: the same bytes have the same id wherever they are kept."""
    return sha256(b"hornada key id" + key).hexdigest()[:8]


def key_id_of(sealed: bytes) -> str:
    """Say which key sealed a value.

    :raises SealBroken: it is no sealed value at all.
    """
    start = len(MARK) + 1
    if not is_sealed(sealed):
        raise SealBroken("a secret is stored that was never sealed")
    return sealed[start : start + sealed[len(MARK)]].decode("ascii", "replace")


def is_sealed(value: bytes) -> bool:
    """Say whether a stored value looks like one of ours."""
    return value.startswith(MARK) and len(value) > len(MARK) + 1 + NONCE_BYTES


def missing_words(missing: str) -> str:
    """Say what to do when a key is not here."""
    return (
        f"HORNADA_KEY missing: stored credentials were sealed with key {missing}, which is not"
        " here. Put the key file back (hornada.key in the data directory), or set HORNADA_KEY to"
        " the key it holds. If it is lost for good, run `hornada keys forget` and connect each"
        " channel again."
    )


def vault_of(keys: list[bytes]) -> Vault:
    """Make a vault: the first key seals, all of them open."""
    return Vault({key_id(key): key for key in keys}, key_id(keys[0]))


def sealed_rows(session: Session) -> Iterator[tuple[Place, bytes]]:
    """Give every sealed value with its place, in the order of tables and rows."""
    for column in SEALED:
        record = column.class_
        query = select(record.id, column).where(column.is_not(None)).order_by(record.id)
        for row_id, sealed in session.execute(query).all():
            yield (record.__tablename__, row_id, column.key), sealed


def missing_key(session: Session, *, vault: Vault | None) -> str:
    """Say in words which key is missing for what is stored; empty when all of it opens."""
    known = vault.keys if vault else {}
    for _, sealed in sealed_rows(session):
        if key_id_of(sealed) not in known:
            return missing_words(key_id_of(sealed))
    return ""


def forget_sealed(session: Session) -> int:
    """Empty every sealed column, when its key is lost for good; return how many accounts.

    They need to be connected again; everything else stays. Who is on their way to a shop's page
    must set out anew, and whoever proved twice who they are sets that up again.
    """
    session.execute(update(OAuthAttempt).values(verifier=None))
    lost = select(User.id).where(User.totp_secret.is_not(None))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id.in_(lost)))
    session.execute(
        update(User)
        .where(User.totp_secret.is_not(None))
        .values(totp_secret=None, totp_since=None, totp_step=None)
    )
    emptied = (
        update(ChannelAccount)
        .where(
            or_(ChannelAccount.credentials.is_not(None), ChannelAccount.token.is_not(None))
        )
        .values(
            credentials=None,
            token=None,
            token_expires_at=None,
            needs_reconnect=True,
            problem="The key to its credentials was lost: connect it again.",
        )
        .returning(ChannelAccount.id)
    )
    return len(session.execute(emptied).all())


def rotate_keys(session: Session, vault: Vault) -> int:
    """Seal everything again that an older key sealed; return how many values.

    The hub may go on running: the rows are locked while they are sealed anew, and both keys open
    until the older one is taken away.

    :raises KeyMissing: one of the older keys is not in the vault; roll back.
    """
    changed = 0
    for column in SEALED:
        record = column.class_
        rows = select(record.id, column).where(column.is_not(None)).order_by(record.id)
        for row_id, sealed in session.execute(rows.with_for_update()).all():
            if key_id_of(sealed) == vault.current:
                continue
            place = (record.__tablename__, row_id, column.key)
            again = vault.seal(vault.open(sealed, place=place), place=place)
            session.execute(
                update(record).where(record.id == row_id).values({column.key: again})
            )
            changed += 1
    return changed
