"""A connection changed later: where it is read from then on, and whoever was first."""

import pytest
from sqlalchemy import select

from connectors.protocol import Connection, Health
from connectors.registry import CHANNELS
from hub.flow.channels.channels import connect
from hub.flow.channels.edit_connection import Draft, Trial, Typed, drafted, save_edit
from hub.flow.refusal import SomebodyWasFirst
from hub.models.records.channels import ChannelAccount, ChannelStream
from hub.models.session import Database
from hub.models.vault import Vault
from tests.factories import NOW

EMAIL = CHANNELS["email"]
VAULT = Vault({"k": bytes(32)}, "k")
SETTINGS = {
    "address": "orders@taller.example",
    "imap_host": "imap.taller.example",
    "smtp_host": "smtp.taller.example",
}


@pytest.fixture
def account(sqlite_database: Database) -> ChannelAccount:
    """A mailbox that was read up to its five hundredth mail."""
    with sqlite_database.begin() as session:
        made = connect(
            session, vault=VAULT, registration=EMAIL, name="box", who="user:1", now=NOW,
            connection=Connection(settings=SETTINGS, credentials={"password": "correct horse"}),
        )  # fmt: skip
        stream = ChannelStream(account_id=made.id, name="mail", cursor="1:500", next_at=NOW)
        session.add(stream)
    return made


def draft_of(account: ChannelAccount, **settings: str) -> Draft:
    """Type other settings."""
    typed = Typed(
        name="", settings=settings, credentials={}, forgotten=(), webhook_secrets=()
    )
    return drafted(account, typed, vault=VAULT, registration=EMAIL, allow_loopback=False)


def keep(database: Database, account: ChannelAccount, draft: Draft) -> str:
    """Keep a draft, and return where reading goes on."""
    with database.begin() as session:
        save_edit(
            session, draft, vault=VAULT, registration=EMAIL, account_id=account.id,
            trial=Trial(health=Health()), who="user:1", now=NOW,
        )  # fmt: skip
    with database.reading() as session:
        return session.scalars(select(ChannelStream)).one().cursor


def test_a_mailbox_at_another_server_is_read_from_its_first_mail(
    sqlite_database: Database, account: ChannelAccount
) -> None:
    draft = draft_of(account, imap_host="imap.other.example")

    assert keep(sqlite_database, account, draft) == ""


def test_another_way_to_send_leaves_the_place_where_it_is_read(
    sqlite_database: Database, account: ChannelAccount
) -> None:
    draft = draft_of(account, smtp_host="smtp.other.example")

    assert keep(sqlite_database, account, draft) == "1:500"


def test_whoever_changed_it_meanwhile_was_first(
    sqlite_database: Database, account: ChannelAccount
) -> None:
    first, second = (draft_of(account, smtp_host=f"{at}.example") for at in ("a", "b"))
    keep(sqlite_database, account, first)

    with pytest.raises(SomebodyWasFirst):
        keep(sqlite_database, account, second)
