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
    upkeep,
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
    upkeep,
)
metadata = Record.metadata
