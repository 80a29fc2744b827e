"""What is known of customers who order by mail: their addresses, words, packs, prices and forms."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class CustomerSender(Record):
    """An address or a whole domain whose mail is a customer's."""

    __tablename__ = "customer_sender"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        Index("ix_customer_sender_customer_id", "customer_id"),
        CheckConstraint("kind IN ('email', 'domain')", "kind"),
    )

    customer_id: Mapped[int] = mapped_column(BigId, ForeignKey("customer.id"))
    kind: Mapped[str]
    value: Mapped[str]
    """Lower case; a domain without @."""


class CustomerAlias(Record):
    """What a customer calls an item, confirmed by a person."""

    __tablename__ = "customer_alias"
    __table_args__ = (
        UniqueConstraint("customer_id", "text_key"),
        Index("ix_customer_alias_item_id", "item_id"),
        CheckConstraint("quantity > 0", "quantity"),
    )

    customer_id: Mapped[int] = mapped_column(BigId, ForeignKey("customer.id"))
    text: Mapped[str]
    text_key: Mapped[str]
    """The text as `mapping.listing.sku_key` folds it."""
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    quantity: Mapped[int]
    """Thousandths of the item that one of it is."""
    who: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class CustomerPack(Record):
    """How many pieces a customer's box, dozen or pallet holds, confirmed by a person."""

    __tablename__ = "customer_pack"
    __table_args__ = (
        UniqueConstraint("customer_id", "unit", "sku_key"),
        CheckConstraint("pieces > 0", "pieces"),
    )

    customer_id: Mapped[int] = mapped_column(BigId, ForeignKey("customer.id"))
    unit: Mapped[str]
    """Their word, folded: caja, box, …"""
    sku_key: Mapped[str] = mapped_column(default="")
    """For this one only; empty for whatever comes in it."""
    pieces: Mapped[int]
    who: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class CustomerPrice(Record):
    """What a customer pays for a piece, as a person confirmed it."""

    __tablename__ = "customer_price"
    __table_args__ = (
        UniqueConstraint("customer_id", "sku_key", "currency"),
        CheckConstraint("price_minor >= 0", "price"),
    )

    customer_id: Mapped[int] = mapped_column(BigId, ForeignKey("customer.id"))
    sku_key: Mapped[str]
    price_minor: Mapped[int]
    currency: Mapped[str]
    who: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class ReadingForm(Record):
    """How a customer's mails are laid out, taught by a person: which column or word is what."""

    __tablename__ = "reading_form"
    __table_args__ = (
        UniqueConstraint("customer_id", "name", "version"),
        CheckConstraint("kind IN ('table', 'text')", "kind"),
    )

    customer_id: Mapped[int] = mapped_column(BigId, ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str]
    definition: Mapped[dict[str, object]]
    """hub/domain/mail/reading_form.py."""
    is_active: Mapped[bool] = mapped_column(default=True)
    who: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
