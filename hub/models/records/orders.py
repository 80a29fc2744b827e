"""Sales orders, their lines, the people they are for, and what they ask for (demand)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.models.records.base import BigId, Record

AT_RISK = text("is_at_risk")
AT_RISK_SQLITE = text("is_at_risk = 1")
WAITING = text("state IN ('unmapped', 'suggested')")
STILL_OPEN = text("quantity > shipped")


class Customer(Record):
    """A buyer as a channel named them. Personal: emptied when they ask to be forgotten."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_account_id_external_id", "account_id", "external_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("channel_account.id"))
    external_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")
    redacted_at: Mapped[datetime | None]

    min_remaining_days: Mapped[int | None]
    """Days a lot must still be good for when it leaves for them; None: as the channel says."""
    auto_accept: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether mails of theirs become orders by themselves from the first one on."""
    always_review: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a person looks at every mail of theirs, however many orders there were."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    notify: Mapped[dict[str, object]] = mapped_column(default=dict, server_default="{}")
    """What they are told by mail, by event: true or false; else as their channel says."""
    bounces: Mapped[int] = mapped_column(default=0, server_default="0")
    """Letters of ours in a row that came back for good."""
    mail_bad_at: Mapped[datetime | None]
    """Since when their address takes no mail; empty again once a person wrote another one."""


class Address(Record):
    """Where an order goes. Personal, like the customer."""

    __tablename__ = "address"

    name: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    line1: Mapped[str] = mapped_column(default="")
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    redacted_at: Mapped[datetime | None]


class SalesOrder(Record):
    """One order of one channel account, as its newest version states it."""

    __tablename__ = "sales_order"
    __table_args__ = (
        UniqueConstraint("account_id", "external_id"),
        UniqueConstraint("number"),
        Index("ix_sales_order_phase", "phase", "id"),
        Index("ix_sales_order_flow", "phase", "placed_at", "account_id"),
        Index("ix_sales_order_placed_at", "placed_at"),
        Index(
            "ix_sales_order_at_risk",
            "promised_on",
            postgresql_where=AT_RISK,
            sqlite_where=AT_RISK_SQLITE,
        ),
        Index("ix_sales_order_external_id", "external_id"),
        Index("ix_sales_order_external_number", "external_number"),
        Index("ix_sales_order_promised_on", "promised_on", "id"),
        Index("ix_sales_order_total_minor", "total_minor", "id"),
        Index("ix_sales_order_account_id", "account_id", "id"),
        Index("ix_sales_order_phase_promised_on", "phase", "promised_on", "id"),
        Index("ix_sales_order_customer_id", "customer_id"),
        Index("ix_sales_order_ship_to_id", "ship_to_id"),
        CheckConstraint("intent IN ('open', 'on_hold', 'cancelled', 'closed')", "intent"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("channel_account.id"))
    number: Mapped[str]
    external_id: Mapped[str]
    external_number: Mapped[str] = mapped_column(default="")
    remote_updated_at: Mapped[datetime]
    content_hash: Mapped[str]
    remote_read_at: Mapped[datetime | None]
    """When we fetched this version ourselves; None when the channel sent it."""
    placed_at: Mapped[datetime]
    payment: Mapped[str]
    release: Mapped[str]
    intent: Mapped[str] = mapped_column(default="open")
    """open | on_hold | cancelled | closed: what we mean to do with it."""
    intent_why: Mapped[str] = mapped_column(default="")
    phase: Mapped[str] = mapped_column(default="new")
    """Computed by hub/domain/orders/phase.py, kept here for lists."""
    hold_reasons: Mapped[list[object]] = mapped_column(default=list)
    """Computed beside the phase: machine words for what blocks it."""
    priority: Mapped[int] = mapped_column(default=100)
    """Lower goes first."""
    requested_on: Mapped[date | None]
    earliest_on: Mapped[date | None]
    status_turn: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts how often the buyer's link was made anew: the ones before open nothing."""
    promised_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(default="")
    total_minor: Mapped[int | None]
    presentment: Mapped[dict[str, object] | None]
    customer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("customer.id"))
    ship_to_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("address.id"))
    is_test: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[object]] = mapped_column(default=list)
    held_at_channel: Mapped[int] = mapped_column(default=0)
    """The number of the hold we placed there; 0 when we hold nothing."""
    holds_placed: Mapped[int] = mapped_column(default=0)
    progress_told: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    po_number: Mapped[str] = mapped_column(default="", server_default="")
    """The buyer's own number of it."""
    ship_method: Mapped[str] = mapped_column(default="", server_default="")
    """How the buyer wants it sent, as the channel names it, folded to small letters."""
    is_at_risk: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the committed date cannot be kept as things stand."""
    risk: Mapped[dict[str, object]] = mapped_column(default=dict, server_default="{}")
    """What makes it late, as data: the reason that gives the latest day, or no day."""

    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", order_by="OrderLine.position", lazy="raise"
    )


class OrderLine(Record):
    """One line, in whole pieces of the listing sold."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "external_id"),
        CheckConstraint(
            "ordered >= 0 AND cancelled >= 0 AND cancelled <= ordered", "wanted"
        ),
        CheckConstraint("shipped >= 0 AND sent_elsewhere >= 0", "sent"),
        CheckConstraint(
            "state IN ('mapped', 'suggested', 'unmapped', 'ignored', 'service')", "state"
        ),
        Index("ix_order_line_listing_id", "listing_id"),
        Index(
            "ix_order_line_waiting",
            "listing_id",
            "order_id",
            postgresql_where=WAITING,
            sqlite_where=WAITING,
        ),
    )

    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("sales_order.id"))
    external_id: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    sku: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    variant_title: Mapped[str] = mapped_column(default="")
    product_id: Mapped[str] = mapped_column(default="")
    variant_id: Mapped[str] = mapped_column(default="")
    """The channel's own ids of what was sold; empty for custom and deleted ones."""
    listing_key: Mapped[str] = mapped_column(default="")
    listing_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("listing.id"))
    ordered: Mapped[int]
    cancelled: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    """Pieces that left in our own shipments."""
    sent_elsewhere: Mapped[int] = mapped_column(default=0)
    """Pieces the channel counts as sent beyond our shipments."""
    shown_sent: Mapped[int | None]
    """Pieces the channel counted as sent when it last showed the line, whoever sent them."""
    state: Mapped[str]
    """mapped | suggested | unmapped | ignored | service"""
    matched_by: Mapped[str] = mapped_column(default="")
    unit_price_minor: Mapped[int | None]
    personalisation: Mapped[list[object]] = mapped_column(default=list)

    order: Mapped[SalesOrder] = relationship(back_populates="lines", lazy="raise")


class Demand(Record):
    """What one order line asks us to have: an item, and how much of it in all."""

    __tablename__ = "demand"
    __table_args__ = (
        UniqueConstraint("order_line_id", "item_id"),
        CheckConstraint("shipped >= 0 AND shipped <= quantity", "quantity"),
        CheckConstraint("per_piece > 0", "per_piece"),
        Index("ix_demand_item_id", "item_id"),
        Index(
            "ix_demand_open",
            # With quantities in it, SQLite takes it before the index of all demands.
            *("item_id", "order_line_id", "quantity", "shipped"),
            postgresql_where=STILL_OPEN,
            sqlite_where=STILL_OPEN,
        ),
    )

    order_line_id: Mapped[int] = mapped_column(BigId, ForeignKey("order_line.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    per_piece: Mapped[int]
    """Thousandths of the item in one piece of the listing, frozen by the mapping."""
    quantity: Mapped[int]
    """(ordered - cancelled - sent_elsewhere) x per_piece, never below what was shipped."""
    shipped: Mapped[int] = mapped_column(default=0)
    """Thousandths that left in our shipments; `quantity - shipped` is open."""
