"""Public mails that order nothing make no order, though everybody were believed.

They are other people's and not ours to publish: couriers, shops, spam, reports, malformed ones.
"""

from pathlib import Path

import pytest
from sqlalchemy import select

from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from tests.doors import make_ports
from tests.factories import make_item
from tests.letters.expected import Case, NoOrder
from tests.letters.judging import fault, outcome_of
from tests.letters.reading_here import BELIEVING
from tests.letters.workshop import furnish

KINDS = {".eml", ".msg", ".message"}
CODES_IN_THEM = ("123-1234567-1234567", "92748902410637553123456789", "M575", "1234")


@pytest.fixture
def mails(vendor: Path) -> list[Case]:
    """The public mails, none of which is an order."""
    folder = vendor / "email"
    files = sorted(file for file in folder.glob("*") if file.suffix in KINDS)
    if not files:
        pytest.skip("the public mails are not here (HORNADA_VENDOR names their folder)")
    return [
        Case(name=file.name, becomes=NoOrder(), raw=file.read_bytes()) for file in files
    ]


def test_no_public_mail_becomes_an_order_and_each_is_settled(
    sqlite_database: Database, mails: list[Case]
) -> None:
    """Not even where numbers of parcels and orders in them happen to be codes of ours."""
    ports = make_ports(sqlite_database, channels=BELIEVING)
    account_id = furnish(ports)
    with ports.database.begin() as session:
        for code in CODES_IN_THEM:
            make_item(session, code=code)

    faults = {
        case.name: fault(case, outcome_of(ports, account_id=account_id, case=case))
        for case in mails
    }

    assert {name: words for name, words in faults.items() if words} == {}
    assert len(mails) >= 36
    with ports.database.reading() as session:
        states = session.scalars(select(InboundMessage.state).distinct()).all()
    assert states == ["done"]
