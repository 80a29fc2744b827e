"""Second proofs: codes taken once, spare ones, and nothing opened by half a log-in."""

from base64 import b32decode
from datetime import UTC, datetime, timedelta
from os import urandom

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people import second_proof
from hub.flow.people.entrance import WrongLogin, add_user, log_in
from hub.flow.people.sessions import HALF_LASTS, find_half, find_session, open_session
from hub.flow.refusal import Missing, Refusal
from hub.models.records.history import History
from hub.models.records.people import RecoveryCode, User
from hub.models.vault import SealBroken, Vault, forget_sealed, rotate_keys, vault_of
from tests.factories import NOW

PASSWORD = "seven candles in a row"
MARIA = "maria@cerysal.example"
KEY = urandom(32)


@pytest.fixture
def vault() -> Vault:
    return vault_of([KEY])


@pytest.fixture
def maria(session: Session) -> int:
    """An owner without a second proof."""
    return add_user(
        session, email=MARIA, name="Maria", password=PASSWORD, role=Role.OWNER,
        who="setup", now=NOW,
    )  # fmt: skip


def code_at(secret: str, at: datetime) -> str:
    """Return the code a device shows at a time."""
    totp = TOTP(b32decode(secret), 6, SHA1(), 30)  # noqa: S303 - as the RFC says
    return totp.generate(int(at.timestamp())).decode()


def set_up(session: Session, vault: Vault, user_id: int) -> tuple[str, list[str]]:
    """Set a second proof up at NOW; return its secret and the spare codes."""
    second_proof.begin(session, vault=vault, user_id=user_id)
    pending = second_proof.pending(session, vault=vault, user_id=user_id)
    assert pending is not None
    codes = second_proof.confirm(
        session, vault=vault, user_id=user_id, code=code_at(pending.secret, NOW), keep=0,
        now=NOW,
    )  # fmt: skip
    return pending.secret, codes


def come_in(session: Session, vault: Vault, *, code: str, now: datetime) -> str:
    """Log Maria in by password and then by a code; return the session's secret."""
    half = log_in(session, email=MARIA, password=PASSWORD, now=now)
    found = find_half(session, secret=half.secret, now=now)
    assert found is not None
    return second_proof.finish(
        session, vault=vault, half=found, code=code, address="", now=now
    )


def test_codes_are_those_of_the_rfc() -> None:
    # RFC 6238, appendix B, SHA-1: the last six of the eight digits there.
    key = b"12345678901234567890"

    for seconds, code in (
        (59, "287082"),
        (1_111_111_109, "081804"),
        (2_000_000_000, "279037"),
    ):
        at = datetime.fromtimestamp(seconds, UTC)
        assert second_proof.step_of(code, key=key, now=at) == seconds // 30


@pytest.mark.parametrize(
    "off, is_taken", [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_a_clock_may_be_one_step_off(off: int, is_taken: bool) -> None:
    key = b"12345678901234567890"
    at = datetime.fromtimestamp(1_111_111_109 + off, UTC)

    assert (second_proof.step_of("081804", key=key, now=at) is not None) is is_taken


def test_nothing_is_asked_for_before_the_first_code_is_right(
    session: Session, vault: Vault, maria: int
) -> None:
    second_proof.begin(session, vault=vault, user_id=maria)

    with pytest.raises(WrongLogin):
        second_proof.confirm(
            session, vault=vault, user_id=maria, code="000000", keep=0, now=NOW
        )

    assert not log_in(session, email=MARIA, password=PASSWORD, now=NOW).is_half


def test_a_password_alone_opens_half_a_session_that_opens_nothing_and_ends_soon(
    session: Session, vault: Vault, maria: int
) -> None:
    set_up(session, vault, maria)

    entered = log_in(session, email=MARIA, password=PASSWORD, now=NOW)

    late = NOW + HALF_LASTS
    assert entered.is_half
    assert find_session(session, secret=entered.secret, now=NOW) is None
    assert find_half(session, secret=entered.secret, now=NOW) is not None
    assert find_half(session, secret=entered.secret, now=late) is None


def test_a_code_is_taken_once_and_the_secret_of_the_session_is_new(
    session: Session, vault: Vault, maria: int
) -> None:
    secret, _ = set_up(session, vault, maria)
    later = NOW + timedelta(minutes=5)
    code = code_at(secret, later)
    half = log_in(session, email=MARIA, password=PASSWORD, now=later)

    whole = come_in(session, vault, code=code, now=later)

    assert whole != half.secret
    assert find_session(session, secret=whole, now=later) is not None
    with pytest.raises(WrongLogin):
        come_in(session, vault, code=code, now=later)
    with pytest.raises(WrongLogin):  # and none of an earlier step after it
        come_in(
            session, vault, code=code_at(secret, later - timedelta(seconds=30)), now=later
        )


def test_the_code_that_set_it_up_logs_nobody_in(
    session: Session, vault: Vault, maria: int
) -> None:
    secret, _ = set_up(session, vault, maria)

    with pytest.raises(WrongLogin):
        come_in(session, vault, code=code_at(secret, NOW), now=NOW)


def test_half_a_session_is_good_for_one_log_in(
    session: Session, vault: Vault, maria: int
) -> None:
    secret, spare = set_up(session, vault, maria)
    later = NOW + timedelta(minutes=5)
    entered = log_in(session, email=MARIA, password=PASSWORD, now=later)
    half = find_half(session, secret=entered.secret, now=later)
    assert half is not None
    second_proof.finish(
        session, vault=vault, half=half, code=code_at(secret, later), address="", now=later
    )

    with pytest.raises(WrongLogin):
        second_proof.finish(
            session, vault=vault, half=half, code=spare[0], address="", now=later
        )


def test_a_spare_code_is_taken_once_however_it_is_typed_and_none_is_stored(
    session: Session, vault: Vault, maria: int
) -> None:
    _, spare = set_up(session, vault, maria)
    stored = session.scalars(select(RecoveryCode.code_hash)).all()

    come_in(session, vault, code=spare[0].upper().replace("-", " "), now=NOW)

    assert len(set(spare)) == 10
    assert not any(code.replace("-", "") in kept for code in spare for kept in stored)
    assert second_proof.spare_left(session, user_id=maria) == 9
    with pytest.raises(WrongLogin):
        come_in(session, vault, code=spare[0], now=NOW)


def test_setting_it_up_ends_the_sessions_that_came_in_with_one_proof(
    session: Session, vault: Vault, maria: int
) -> None:
    other = open_session(session, user_id=maria, now=NOW)
    this = open_session(session, user_id=maria, now=NOW)
    here = find_session(session, secret=this, now=NOW)
    assert here is not None
    second_proof.begin(session, vault=vault, user_id=maria)
    pending = second_proof.pending(session, vault=vault, user_id=maria)
    assert pending is not None

    second_proof.confirm(
        session, vault=vault, user_id=maria, code=code_at(pending.secret, NOW),
        keep=here.session_id, now=NOW,
    )  # fmt: skip

    assert find_session(session, secret=this, now=NOW) is not None
    assert find_session(session, secret=other, now=NOW) is None


def test_it_is_not_begun_twice_so_nobody_puts_their_own_device_in_its_place(
    session: Session, vault: Vault, maria: int
) -> None:
    set_up(session, vault, maria)

    with pytest.raises(Refusal):
        second_proof.begin(session, vault=vault, user_id=maria)
    assert second_proof.pending(session, vault=vault, user_id=maria) is None


def test_turning_it_off_takes_a_code_and_forgets_all_of_it(
    session: Session, vault: Vault, maria: int
) -> None:
    secret, _ = set_up(session, vault, maria)
    later = NOW + timedelta(minutes=5)

    with pytest.raises(WrongLogin):
        second_proof.turn_off(session, vault=vault, user_id=maria, code="000000", now=later)
    second_proof.turn_off(
        session, vault=vault, user_id=maria, code=code_at(secret, later), now=later
    )

    user = session.get_one(User, maria)
    assert (user.totp_secret, user.totp_since) == (None, None)
    assert session.scalars(select(RecoveryCode)).all() == []
    assert not log_in(session, email=MARIA, password=PASSWORD, now=later).is_half


def test_who_lost_everything_is_let_in_by_the_command_line_and_logged_out(
    session: Session, vault: Vault, maria: int
) -> None:
    set_up(session, vault, maria)
    secret = open_session(session, user_id=maria, now=NOW)

    second_proof.reset(session, email=" Maria@CerySal.example ", who="console", now=NOW)

    assert find_session(session, secret=secret, now=NOW) is None
    assert not log_in(session, email=MARIA, password=PASSWORD, now=NOW).is_half
    assert "user.second_reset" in session.scalars(select(History.what)).all()
    with pytest.raises(Missing):
        second_proof.reset(session, email="eve@x.example", who="console", now=NOW)


def test_a_secret_is_sealed_in_its_own_row_and_its_key_can_be_changed_or_lost(
    session: Session, vault: Vault, maria: int
) -> None:
    secret, _ = set_up(session, vault, maria)
    user = session.get_one(User, maria)
    sealed = user.totp_secret
    assert sealed is not None
    assert b32decode(secret) not in sealed
    with pytest.raises(SealBroken):
        vault.open(sealed, place=("user_account", maria + 1, "totp_secret"))

    both = vault_of([urandom(32), KEY])
    assert rotate_keys(session, both) == 1
    session.expire_all()
    later = NOW + timedelta(minutes=5)
    come_in(session, both, code=code_at(secret, later), now=later)

    forget_sealed(session)
    session.expire_all()
    assert not log_in(session, email=MARIA, password=PASSWORD, now=later).is_half
