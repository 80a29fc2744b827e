"""How this workshop works: its days off, its way to the buyer, and how calm its plans are."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record

WORKING_DAYS: list[object] = [0, 1, 2, 3, 4]


class Workshop(Record):
    """The one row of what the workshop decides about itself; without it the defaults hold."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("id = 1", "only_one"),
        CheckConstraint("window_days >= 0 AND freeze_days >= 0", "calm"),
        CheckConstraint("pack_days >= 0 AND offer_days >= 0", "days"),
        CheckConstraint(
            "cut_off_minute IS NULL OR (cut_off_minute >= 0 AND cut_off_minute < 1440)",
            "cut_off",
        ),
    )

    country: Mapped[str] = mapped_column(default="")
    """Two letters, for its public holidays; empty: none are kept."""
    region: Mapped[str] = mapped_column(default="")
    """The part of the country as the holidays library names it, such as CT."""
    window_days: Mapped[int] = mapped_column(default=3)
    """Orders due within so many days of the first share a run."""
    freeze_days: Mapped[int] = mapped_column(default=0)
    """A run that starts within so many days is not resized; 0 freezes none."""
    shipping_weekdays: Mapped[list[object]] = mapped_column(default=lambda: [*WORKING_DAYS])
    """Monday is 0."""
    cut_off_minute: Mapped[int | None]
    """Minutes after midnight; what is ready later leaves the next shipping day."""
    pack_days: Mapped[int] = mapped_column(default=0)
    transit_days: Mapped[int | None]
    """Where no line of `transit` fits; None: a parcel's way is not counted."""
    offer_days: Mapped[int] = mapped_column(default=14)
    """What can be made within so many days may be sold."""
    lot_pattern: Mapped[str] = mapped_column(default="")
    """How lot codes are made (hub/domain/codes.py); empty: the house's own way."""
    name: Mapped[str] = mapped_column(default="", server_default="")
    """What the workshop calls itself in its letters."""
    locale: Mapped[str] = mapped_column(default="en", server_default="en")
    """In which language people are written to whose own is not known."""
    mail_account_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("channel_account.id")
    )
    """The mailbox our letters leave from; empty: the only one that can send."""
    colour: Mapped[str] = mapped_column(default="", server_default="")
    """The colour of the buyers' page and of documents, as #rrggbb; empty is ours."""
    site: Mapped[str] = mapped_column(default="", server_default="")
    """Where the buyers' page leads back to; empty leads nowhere."""
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_type: Mapped[str] = mapped_column(default="", server_default="")
    """image/png or image/jpeg; SVG can hold scripts and is not taken."""
    shows_lots: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a buyer sees lots and allergens once their parcel left."""
    updated_at: Mapped[datetime]


class ShippingClosure(Record):
    """A day on which no parcel leaves."""

    __tablename__ = "shipping_closure"
    __table_args__ = (UniqueConstraint("day"),)

    day: Mapped[date]
    why: Mapped[str] = mapped_column(default="")


class Transit(Record):
    """How long a parcel takes to a country by a method; empty words fit any."""

    __tablename__ = "transit"
    __table_args__ = (
        UniqueConstraint("country", "method"),
        CheckConstraint("days >= 0", "days"),
    )

    country: Mapped[str] = mapped_column(default="")
    method: Mapped[str] = mapped_column(default="")
    """As the channel names it, folded to small letters."""
    days: Mapped[int]
