"""Lists as people like to see them: a page and what its address asked for, under a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class SavedView(Record):
    """A way to see a list that somebody keeps, for themselves or for everybody."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user_account.id"))
    """Who keeps it."""
    page: Mapped[str]
    """The endpoint of the list, without its blueprint: list_orders."""
    name: Mapped[str]
    query: Mapped[str]
    """What the address asks for, as it stands behind the question mark."""
    is_shared: Mapped[bool] = mapped_column(default=False)
    """Whether everybody who may open the list is offered it."""
    created_at: Mapped[datetime]
