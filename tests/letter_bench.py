"""Letters as reading a mail makes them, and a workshop they reach."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.intake.accept import accept
from hub.flow.mail.letters import take
from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import Review
from mapping.letter import (
    Draft,
    DraftAddress,
    DraftLine,
    Intent,
    Letter,
    Place,
    Proof,
    Sender,
    Source,
    Table,
    Text,
)
from tests.factories import NOW, make_account

ANA = "ana@sol.example"
HOME = DraftAddress(
    name="Tienda Sol", line1="Calle Luna 1", city="Madrid", postcode="28001", country="ES"
)


def mailbox(session: Session) -> ChannelAccount:
    """Return the mailbox, connecting it the first time."""
    known = session.scalar(select(ChannelAccount).filter_by(channel="email"))
    if known is not None:
        return known
    account = make_account(session, channel="email", name="Pedidos")
    account.settings = {"address": "pedidos@taller.example"}
    session.flush()
    return account


def line(
    text: str,
    *,
    sku: str = "",
    quantity: str = "",
    unit: str = "",
    title: str = "",
    price: str = "",
    start: int = 0,
) -> DraftLine:
    """A line of the mail's text, which begins at `start`."""
    return DraftLine(
        text=text,
        place=Place(part="1", start=start, end=start + len(text)),
        sku=sku,
        quantity=quantity,
        unit=unit,
        title=title,
        price=price,
    )


def letter_of(
    *lines: DraftLine,
    message_id: str = "m1@sol.example",
    sender: str = ANA,
    proof: Proof = Proof.YES,
    intent: Intent = Intent.ORDER,
    po_number: str = "",
    currency: str = "",
    requested: str = "",
    ship_to: DraftAddress | None = HOME,
    subject: str = "Pedido",
    text: str = "",
    tables: Sequence[Table] = (),
    order_numbers: Sequence[str] = (),
    unread: Sequence[Place] = (),
) -> Letter:
    """Write a letter that orders these lines of its text."""
    words = text or "\n".join(each.text for each in lines)
    draft = Draft(
        source=Source.TEXT,
        part="1",
        lines=lines,
        unread=tuple(unread),
        po_number=po_number,
        currency=currency,
        requested=requested,
        ship_to=ship_to,
    )
    return Letter(
        message_id=message_id,
        our_id="",
        content_hash=sha256(f"{words}{message_id}".encode()).hexdigest(),
        size=len(words),
        sender=Sender(address=sender, name="Ana", proof=proof, how="dkim sol.example"),
        subject=subject,
        intent=intent,
        language="es",
        texts=(Text(part="1", text=words),),
        tables=tuple(tables),
        drafts=(draft,) if lines or unread else (),
        order_numbers=tuple(order_numbers),
    )


def arrive(session: Session, letter: Letter, *, body: bytes = b"") -> str:
    """Let a letter reach the workshop, and say what it came to."""
    account = mailbox(session)
    accepted = accept(
        session,
        account_id=account.id,
        topic="mail",
        message_id=letter.message_id,
        body=body or f"Message-ID: <{letter.message_id}>\n\n{letter.subject}".encode(),
        headers={},
        source="upload",
        now=NOW,
    )
    assert accepted.id is not None
    return take(
        session, account=account, letter=letter, inbound_message_id=accepted.id, now=NOW
    )


def reviewed(session: Session, letter: Letter, *, body: bytes = b"") -> Review:
    """Let a letter reach the workshop that a person has to look at, and return its review."""
    outcome = arrive(session, letter, body=body)
    assert outcome.startswith("review"), outcome
    review = session.scalar(select(Review).order_by(Review.id.desc()).limit(1))
    assert review is not None
    return review
