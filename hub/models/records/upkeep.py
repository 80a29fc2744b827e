"""Where a shop and we differ, and what only people can do there."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record

OPEN_DRIFT = text("healed_at IS NULL")
OPEN_TASK = text("state = 'open'")


class Drift(Record):
    """Something the channel and we hold differently, from when it was found until it was healed."""

    __tablename__ = "drift"
    __table_args__ = (
        Index(
            "uq_drift_open",
            "account_id",
            "kind",
            "external_id",
            unique=True,
            postgresql_where=OPEN_DRIFT,
            sqlite_where=OPEN_DRIFT,
        ),
        CheckConstraint("kind IN ('order', 'fulfilment', 'cancel', 'stock')", "kind"),
    )

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    kind: Mapped[str]
    """order (a version we have not read) | fulfilment | cancel | stock"""
    external_id: Mapped[str]
    """The channel's id of the order or listing."""
    order_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sales_order.id"))
    listing_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("listing.id"))
    ours: Mapped[str]
    theirs: Mapped[str]
    found_at: Mapped[datetime]
    healed_at: Mapped[datetime | None]
    how: Mapped[str] = mapped_column(default="")
    """What healed it: read | pushed | agreed | person"""


class ManualTask(Record):
    """Something only a person can do at the channel, until they or the channel say it is done."""

    __tablename__ = "manual_task"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_manual_task_open",
            "account_id",
            "order_id",
            postgresql_where=OPEN_TASK,
            sqlite_where=OPEN_TASK,
        ),
        CheckConstraint("state IN ('open', 'done')", "state"),
        CheckConstraint("kind IN ('ship', 'cancel', 'refund')", "kind"),
    )

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("sales_order.id"))
    shipment_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("shipment.id"))
    key: Mapped[str]
    """`ship:<shipment>`, `amend:<shipment>:<n>`, `cancel:<order>`: the same need twice is one."""
    kind: Mapped[str]
    why: Mapped[str]
    """Why a person must: the channel does not let us, or cannot."""
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    """Who: a person, or `channel:<id>` when the channel showed that it was done."""
