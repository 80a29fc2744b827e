"""The page of all mail: what became of each and why, and handing one in as a file."""

import re
from io import BytesIO

from sqlalchemy import select

from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage
from hub.ports import Ports
from tests.doors import connect_shop
from tests.factories import NOW
from tests.web.pages.visitor import Visitor

HOSTILE = "<script>alert(1)</script>"
MAIL = b"From: ana@sol.example\r\nMessage-ID: <po-7@sol.example>\r\n\r\nSOAP-1 x 12\r\n"


def a_box(ports: Ports) -> int:
    return connect_shop(
        ports,
        channel="email",
        settings={"address": "orders@cera.example"},
        credentials={"username": "orders"},
    ).id


def a_mail(ports: Ports, account_id: int, **known: object) -> None:
    with ports.database.begin() as session:
        session.add(
            InboundMail(
                account_id=account_id,
                message_id="po-1@sol.example",
                size=100,
                received_at=NOW,
                **known,
            )
        )


def test_every_mail_says_what_became_of_it_and_why(ports: Ports, owner: Visitor) -> None:
    box = a_box(ports)
    a_mail(ports, box, subject="Boletín", state="ignored", reason="automatic")
    a_mail(ports, box, subject=HOSTILE, state="failed", filed_into="Failed")

    everything, ignored = owner.see("/mails"), owner.see("/mails?state=ignored")

    assert "Boletín" in everything
    assert "A machine wrote it" in everything
    assert "Failed" in everything
    assert HOSTILE not in everything
    assert "Could not be read" in everything.split("<tbody>")[1]
    assert "Boletín" in ignored
    assert '<td data-label="Filed"><div>Failed' not in ignored


def with_a_server(ports: Ports, account_id: int) -> None:
    """Let a mailbox be read, and its mail be filed, at a server."""
    with ports.database.begin() as session:
        account = session.get_one(ChannelAccount, account_id)
        account.settings = {**account.settings, "imap_host": "imap.cera.example"}


def test_where_mail_is_filed_is_a_column_only_where_a_mailbox_files(
    ports: Ports, owner: Visitor
) -> None:
    box = a_box(ports)
    a_mail(ports, box, subject="Boletín", state="ignored", reason="automatic")

    without = owner.see("/mails")
    with_a_server(ports, box)
    beside = owner.see("/mails")

    assert "Filed</th>" not in without
    assert 'data-label="Filed"' not in without
    assert without.count('<th scope="col"') == 5
    assert "Filed</th>" in beside
    assert 'data-label="Filed"' in beside


def test_what_was_filed_once_is_shown_also_when_the_server_is_gone(
    ports: Ports, owner: Visitor
) -> None:
    a_mail(ports, a_box(ports), state="failed", filed_into="Failed")

    assert '<td data-label="Filed"><div>Failed' in owner.see("/mails")


def test_more_mails_than_fit_are_a_link_away(ports: Ports, owner: Visitor) -> None:
    box = a_box(ports)
    for number in range(51):
        a_mail(ports, box, subject=f"Mail {number}.", state="ignored", reason="bounce")

    newest = owner.see("/mails?state=ignored")

    [older] = re.findall(r'rel="next" href="([^"]*)"', newest)
    assert "Mail 0." not in newest
    assert "Mail 0." in owner.see(older.replace("&amp;", "&"))


def test_nothing_is_taken_without_a_file_or_for_a_shop(
    ports: Ports, owner: Visitor
) -> None:
    a_box(ports)
    shop = connect_shop(ports).id

    no_file = owner.press("/mails", page="/mails", channel_id=str(shop))

    assert no_file.status_code == 422
    assert "Choose a file." in no_file.text


def test_a_mail_handed_in_as_a_file_is_stored_as_it_is(
    ports: Ports, owner: Visitor
) -> None:
    box = a_box(ports)

    sent = owner.client.post(
        "/mails",
        data={
            "csrf": owner.token("/mails"),
            "channel_id": str(box),
            "file": (BytesIO(MAIL), "order.eml"),
        },
        content_type="multipart/form-data",
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert sent.status_code == 303

    with ports.database.reading() as session:
        [message] = session.scalars(select(InboundMessage))
        [mail] = session.scalars(select(InboundMail))
    assert (message.body, message.source) == (MAIL, "manual")
    assert mail.inbound_message_id == message.id
