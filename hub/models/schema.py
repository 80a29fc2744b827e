"""Every record in one place, so that the schema is whole wherever it is compared."""

from hub.models import (
    alternates,
    channels,
    completions,
    decisions,
    forecasts,
    history,
    items,
    listings,
    messages,
    orders,
    people,
    planning,
    production,
    purchasing,
    recalls,
    recipe_parts,
    shipping,
    stock,
    upkeep,
    workshop,
)
from hub.models.base import Record

MODULES = (
    alternates,
    channels,
    completions,
    decisions,
    forecasts,
    history,
    items,
    listings,
    messages,
    orders,
    people,
    planning,
    production,
    purchasing,
    recalls,
    recipe_parts,
    shipping,
    stock,
    upkeep,
    workshop,
)
metadata = Record.metadata
