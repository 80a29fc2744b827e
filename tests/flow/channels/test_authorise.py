"""Going to a shop's own page to let us in, and coming back: once, in time, and as oneself."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Token
from hub.flow.channels.authorise import LASTS, NotOurs, SetOut, come_back, let_in, set_out
from hub.flow.channels.channels import open_connection
from hub.flow.refusal import Missing
from hub.models.records.channels import ChannelAccount, OAuthAttempt
from hub.models.vault import Vault, forget_sealed, rotate_keys, vault_of
from tests.factories import NOW, make_account

KEY, NEWER = b"k" * 32, b"n" * 32
OURS = "https://hub.example/channels/authorised"
ANA = "user:1"


@pytest.fixture
def vault() -> Vault:
    return vault_of([KEY])


@pytest.fixture
def account(session: Session) -> ChannelAccount:
    return make_account(session)


@pytest.fixture
def way(session: Session, vault: Vault, account: ChannelAccount) -> SetOut:
    return set_out(
        session, vault=vault, account_id=account.id, redirect_uri=OURS, who=ANA, now=NOW
    )


def test_who_comes_back_gets_the_verifier_they_set_out_with(
    session: Session, vault: Vault, account: ChannelAccount, way: SetOut
) -> None:
    back = come_back(session, vault=vault, state=way.state, who=ANA, now=NOW)

    assert (back.account_id, back.verifier) == (account.id, way.verifier)
    assert back.redirect_uri == OURS


def test_the_secrets_are_fresh_and_neither_is_stored_as_it_is(
    session: Session, vault: Vault, account: ChannelAccount, way: SetOut
) -> None:
    other = set_out(
        session, vault=vault, account_id=account.id, redirect_uri=OURS, who=ANA, now=NOW
    )

    stored = session.scalars(select(OAuthAttempt)).all()
    assert len({way.state, way.verifier, other.state, other.verifier}) == 4
    assert all(43 <= len(one.verifier) <= 128 for one in (way, other))
    assert all(way.verifier.encode() not in (row.verifier or b"") for row in stored)
    assert all(way.state not in row.state_hash for row in stored)


def test_coming_back_twice_is_refused(session: Session, vault: Vault, way: SetOut) -> None:
    come_back(session, vault=vault, state=way.state, who=ANA, now=NOW)

    with pytest.raises(NotOurs):
        come_back(session, vault=vault, state=way.state, who=ANA, now=NOW)


@pytest.mark.parametrize(
    "who,late", [("user:2", timedelta(0)), (ANA, LASTS), (ANA, LASTS * 2)]
)
def test_another_person_or_too_late_is_refused(
    session: Session, vault: Vault, way: SetOut, who: str, late: timedelta
) -> None:
    with pytest.raises(NotOurs):
        come_back(session, vault=vault, state=way.state, who=who, now=NOW + late)


@pytest.mark.parametrize("state", ["", "made up", "ñ" * 200, "\udc80"])
def test_a_state_nobody_set_out_with_is_refused(
    session: Session, vault: Vault, way: SetOut, state: str
) -> None:
    with pytest.raises(NotOurs):
        come_back(session, vault=vault, state=state, who=ANA, now=NOW)


def test_a_way_to_no_account_is_refused(session: Session, vault: Vault) -> None:
    with pytest.raises(Missing):
        set_out(session, vault=vault, account_id=99, redirect_uri=OURS, who=ANA, now=NOW)


def test_the_token_is_kept_and_the_connection_goes_on(
    session: Session, vault: Vault, account: ChannelAccount
) -> None:
    account.needs_reconnect, account.problem = True, "Connect it again."
    token = Token(
        value="secret-1",
        expires_at=NOW + timedelta(hours=1),
        scopes=frozenset({"read"}),
        refresh="secret-2",
        refresh_expires_at=NOW + timedelta(days=90),
    )

    let_in(session, vault=vault, account_id=account.id, token=token, who=ANA, now=NOW)

    opened = open_connection(account, vault=vault)
    assert opened.token == token
    assert (account.needs_reconnect, account.problem) == (False, "")
    assert account.granted_scopes == ["read"]


def test_keys_are_rotated_and_forgotten_under_somebody_on_the_way(
    session: Session, vault: Vault, way: SetOut
) -> None:
    newer = vault_of([NEWER, KEY])

    rotate_keys(session, newer)
    back = come_back(session, vault=vault_of([NEWER]), state=way.state, who=ANA, now=NOW)

    assert back.verifier == way.verifier


def test_a_lost_key_ends_every_way(session: Session, vault: Vault, way: SetOut) -> None:
    forget_sealed(session)

    with pytest.raises(NotOurs):
        come_back(session, vault=vault, state=way.state, who=ANA, now=NOW)
