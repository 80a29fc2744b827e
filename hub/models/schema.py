"""Every record in one place, so that the schema is complete wherever it is created or compared."""

from hub.models import (
    channels,
    history,
    items,
    listings,
    messages,
    orders,
    people,
    planning,
    production,
    shipping,
    stock,
)
from hub.models.base import Record

MODULES = (
    channels, history, items, listings, messages, orders, people, planning, production, shipping, stock,
)  # fmt: skip
metadata = Record.metadata
