"""Every record in one place, so that the schema is whole wherever it is compared."""

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
metadata = Record.metadata
