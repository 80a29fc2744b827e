"""The second proof of who somebody is: codes of a device of theirs (TOTP), and spare ones."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from secrets import choice, token_bytes

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.flow.people.entrance import WrongLogin, come_in
from hub.flow.people.sessions import HalfIn, close_all, close_others, hash_secret
from hub.flow.refusal import Missing, Refusal
from hub.models.records.history import record
from hub.models.records.people import RecoveryCode, User, UserSession
from hub.models.vault import Place, Vault

STEP, DIGITS, AROUND = 30, 6, 1
"""RFC 6238: steps of 30 s, codes of 6 digits, and a clock may be one step off (5.2)."""
SECRET_BYTES = 20
"""As long as SHA-1's result (RFC 4226, 4); what authenticators know is SHA-1."""
ISSUER = "Hornada"
CODES, CODE_SIGNS, GROUP = 10, 16, 4
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No sign of a spare code looks like another; 16 of them are 79 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What a device must know to make codes, while it is being set up."""

    secret: str
    """In base 32, to be typed where no picture can be read."""
    uri: str
    """otpauth://…, for the QR code."""


def begin(session: Session, *, vault: Vault, user_id: int) -> None:
    """Make a secret for a device. This function will ask for nothing until a code confirms it.

    :raises Refusal: there is a second proof already.
    """
    user = session.get_one(User, user_id)
    if user.totp_since is not None:
        raise Refusal("A second proof is set up already: turn it off first.")
    user.totp_secret = vault.seal(token_bytes(SECRET_BYTES), place=_place(user_id))
    user.totp_step = None
    session.flush()


def pending(session: Session, *, vault: Vault, user_id: int) -> Pending | None:
    """Return what to show of a secret that awaits its first code; None if none does."""
    user = session.get_one(User, user_id)
    if user.totp_secret is None or user.totp_since is not None:
        return None
    key = vault.open(user.totp_secret, place=_place(user_id))
    return Pending(
        secret=base64.b32encode(key).decode("ascii"),
        uri=_totp(key).get_provisioning_uri(user.email, ISSUER),
    )


def confirm(
    session: Session, *, vault: Vault, user_id: int, code: str, keep: int, now: datetime
) -> list[str]:
    """Ask for codes from now on, since the first one is right; return the spare codes.

    They are shown once. The user's other sessions end: they came in with one proof only.

    :raises Refusal: nothing awaits a code.
    :raises WrongLogin: the code is wrong.
    """
    user = session.get_one(User, user_id)
    if user.totp_secret is None or user.totp_since is not None:
        raise Refusal("No second proof waits for its first code: start again.")
    _check_code(session, user, vault=vault, code=code, now=now)
    user.totp_since = now
    close_others(session, user_id=user_id, keep=keep, now=now)
    _note(session, user_id, "user.second_on", who=f"user:{user_id}", now=now)
    return _make_codes(session, user_id)


def finish(
    session: Session,
    *,
    vault: Vault,
    half: HalfIn,
    code: str,
    address: str,
    now: datetime,
) -> str:
    """Log somebody in whose password was right, by the second proof; return a new secret.

    The half session is used up in the same breath, so one password is good for one log-in.

    :raises WrongLogin: the code is wrong, or was used before.
    """
    ended = session.execute(
        update(UserSession)
        .where(UserSession.id == half.session_id, UserSession.is_half)
        .where(UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .values(revoked_at=now)
        .returning(UserSession.id)
    )
    if ended.first() is None:
        raise WrongLogin("That took too long: log in again.")
    user = session.get_one(User, half.user_id)
    prove(session, vault=vault, user=user, code=code, now=now)
    return come_in(session, user=user, now=now, device=half.device, address=address)


def prove(session: Session, *, vault: Vault, user: User, code: str, now: datetime) -> None:
    """Take a code of the device, or a spare one in its place; each is taken once.

    :raises WrongLogin: it is wrong, or was used before.
    """
    tidy = "".join(code.split()).replace("-", "").casefold()
    if len(tidy) == CODE_SIGNS:
        _use_spare(session, user, spare=tidy, now=now)
    else:
        _check_code(session, user, vault=vault, code=tidy, now=now)


def new_codes(
    session: Session, *, vault: Vault, user_id: int, code: str, now: datetime
) -> list[str]:
    """Make new spare codes against a code of the device; the older ones end.

    :raises Refusal: there is no second proof.
    :raises WrongLogin: the code is wrong, or was used before.
    """
    user = _with_proof(session, user_id)
    _check_code(session, user, vault=vault, code=code, now=now)
    _note(session, user_id, "user.spare_new", who=f"user:{user_id}", now=now)
    return _make_codes(session, user_id)


def turn_off(
    session: Session, *, vault: Vault, user_id: int, code: str, now: datetime
) -> None:
    """Ask for one proof again, of somebody who just gave both.

    :raises Refusal: there is no second proof.
    :raises WrongLogin: the code is wrong, or was used before.
    """
    user = _with_proof(session, user_id)
    prove(session, vault=vault, user=user, code=code, now=now)
    _forget(session, user)
    _note(session, user_id, "user.second_off", who=f"user:{user_id}", now=now)


def reset(session: Session, *, email: str, who: str, now: datetime) -> None:
    """Take the second proof from somebody who lost device and spare codes; log them out.

    :raises Missing: there is no such person.
    """
    user = session.scalar(select(User).filter_by(email=email.strip().casefold()))
    if user is None:
        raise Missing("There is no such person.")
    _forget(session, user)
    close_all(session, user_id=user.id, now=now)
    _note(session, user.id, "user.second_reset", who=who, now=now)


def spare_left(session: Session, *, user_id: int) -> int:
    """Count the spare codes that were not used yet."""
    query = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def step_of(code: str, *, key: bytes, now: datetime) -> int | None:
    """Return the step of time whose code this is, within what a clock may be off; None if none."""
    present = int(now.timestamp()) // STEP
    totp, found = _totp(key), None
    for step in range(present - AROUND, present + AROUND + 1):
        # Every step is compared, so that the time taken tells nothing.
        if hmac.compare_digest(totp.generate(step * STEP), code.encode()):
            found = step
    return found


def _check_code(
    session: Session, user: User, *, vault: Vault, code: str, now: datetime
) -> None:
    if user.totp_secret is None:
        raise WrongLogin("The code is wrong.", field="code", kind="invalid")
    key = vault.open(user.totp_secret, place=_place(user.id))
    step = step_of("".join(code.split()), key=key, now=now)
    taken = step is not None and session.scalar(
        update(User)
        .where(User.id == user.id)
        .where(User.totp_step.is_(None) | (User.totp_step < step))
        .values(totp_step=step)
        .returning(User.id)
    )
    if not taken:
        raise WrongLogin(
            "The code is wrong, or was used before: wait for the next one.",
            field="code",
            kind="invalid",
        )


def _use_spare(session: Session, user: User, *, spare: str, now: datetime) -> None:
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
        .where(RecoveryCode.code_hash == hash_secret(spare))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used.first() is None:
        raise WrongLogin("The code is wrong.", field="code", kind="invalid")
    left = spare_left(session, user_id=user.id)
    who = f"user:{user.id}"
    _note(session, user.id, "user.spare_used", who=who, now=now, to=str(left))


def _make_codes(session: Session, user_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = ["".join(choice(SIGNS) for _ in range(CODE_SIGNS)) for _ in range(CODES)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=hash_secret(code)) for code in codes
    )
    session.flush()
    groups = range(0, CODE_SIGNS, GROUP)
    return ["-".join(code[at : at + GROUP] for at in groups) for code in codes]


def _with_proof(session: Session, user_id: int) -> User:
    user = session.get_one(User, user_id)
    if user.totp_since is None:
        raise Refusal("There is no second proof to turn off.")
    return user


def _forget(session: Session, user: User) -> None:
    user.totp_secret = user.totp_since = user.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.flush()


def _totp(key: bytes) -> TOTP:
    return TOTP(key, DIGITS, SHA1(), STEP)  # noqa: S303 - an HMAC of it, as the RFC says


def _place(user_id: int) -> Place:
    return (User.__tablename__, user_id, "totp_secret")


def _note(
    session: Session, user_id: int, what: str, *, who: str, now: datetime, to: str = ""
) -> None:
    record(
        session, at=now, who=who, subject="user", subject_id=user_id, what=what,
        to_state=to,
    )  # fmt: skip
