"""A mailbox, a customer who orders by mail, and letters of theirs, for tests of the flow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.intake.accept import accept
from hub.flow.mail.letters import take
from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import CustomerSender
from hub.models.records.items import Item
from hub.models.records.mails import InboundMail, Review
from hub.models.records.orders import Customer, Demand, SalesOrder
from mapping.letter import Draft, Letter
from tests.domain.mail.letters import text_letter
from tests.factories import NOW, make_account, make_item

ADDRESS = "compras@elbosque.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where mail comes in, and a customer whose mails pass."""

    session: Session
    account: ChannelAccount
    customer: Customer
    items: dict[str, Item]

    def take(
        self, letter: Letter, *, at: datetime = NOW, account: ChannelAccount | None = None
    ) -> str:
        """Let a letter come in and take it."""
        box = account or self.account
        accepted = accept(
            self.session,
            account_id=box.id,
            topic="mail",
            message_id=letter.message_id,
            body=letter.message_id.encode() + letter.subject.encode(),
            headers={},
            source="poll",
            now=at,
        )
        assert accepted.id is not None
        return take(
            self.session, account=box, letter=letter, inbound_message_id=accepted.id, now=at
        )

    def orders(self) -> list[SalesOrder]:
        """Return every order, the oldest first."""
        self.session.expire_all()
        return list(self.session.scalars(select(SalesOrder).order_by(SalesOrder.id)))

    def wanted(self) -> dict[str, int]:
        """Return what is asked for, in thousandths by item code."""
        rows = self.session.execute(
            select(Item.code, Demand.quantity).join(Item, Item.id == Demand.item_id)
        )
        return {code: quantity for code, quantity in rows}

    def mails(self) -> list[InboundMail]:
        """Return every mail, the oldest first."""
        return list(self.session.scalars(select(InboundMail).order_by(InboundMail.id)))

    def review(self) -> Review:
        """Return the only review."""
        return self.session.scalars(select(Review)).one()


def open_post(session: Session) -> Post:
    """Open a mailbox with one customer and four goods."""
    account = make_account(session, channel="email", name="Pedidos")
    account.settings = {"address": "pedidos@taller.example"}
    manual = make_account(session, channel="manual", name="manual")
    customer = Customer(
        account_id=manual.id, name="El Bosque", locale="es", auto_accept=True
    )
    session.add(customer)
    session.flush()
    session.add(CustomerSender(customer_id=customer.id, kind="email", value=ADDRESS))
    codes = ("LAV-100ML", "LAV-10ML", "JAB-100G", "JAB-250G")
    items = {code: make_item(session, code=code) for code in codes}
    settled(session, account, customer)
    return Post(session=session, account=account, customer=customer, items=items)


def settled(session: Session, account: ChannelAccount, customer: Customer) -> None:
    """Let a customer have ordered long ago, so that we know where they are."""
    long_ago = NOW - timedelta(days=90)
    session.add(
        SalesOrder(
            account_id=account.id,
            number="H-9000",
            external_id="mail:long-ago",
            remote_updated_at=long_ago,
            content_hash="x",
            placed_at=long_ago,
            payment="unknown",
            release="ready",
            intent="closed",
            customer_id=customer.id,
            created_at=long_ago,
            updated_at=long_ago,
        )
    )
    session.flush()


def numbered(letter: Letter, po: str) -> Letter:
    """Give a letter's order the customer's own number."""
    return replace(letter, drafts=(replace(letter.drafts[0], po_number=po),))


def order_letter(
    *lines: str, drafts: Sequence[Draft] | None = None, **more: object
) -> Letter:
    """Write an order of a Message-ID of its own, made from its lines unless given."""
    name = "-".join("".join(lines).split()).lower()
    given: dict[str, object] = {
        "message_id": f"{name}@elbosque.example",
        "content_hash": name,
        **more,
    }
    return text_letter(*lines, drafts=drafts, **given)
