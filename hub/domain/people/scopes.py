"""What a program's token may be held to: a closed list of nouns and verbs."""

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    """One thing a token may do; what writes does not read unless that is given, too."""

    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    MAPPING_READ = "mapping:read"
    MAPPING_WRITE = "mapping:write"
    PRODUCTION_READ = "production:read"
    PRODUCTION_WRITE = "production:write"
    STOCK_READ = "stock:read"
    STOCK_WRITE = "stock:write"
    PURCHASES_READ = "purchases:read"
    PURCHASES_WRITE = "purchases:write"
    SHIPMENTS_READ = "shipments:read"
    SHIPMENTS_WRITE = "shipments:write"
    CHANNELS_READ = "channels:read"
    CHANNELS_WRITE = "channels:write"
    LETTERS_READ = "letters:read"
    LETTERS_WRITE = "letters:write"
    WORKSHOP_READ = "workshop:read"
    WORKSHOP_WRITE = "workshop:write"
    TABLES_READ = "tables:read"
    TABLES_WRITE = "tables:write"


def unknown_scopes(names: Collection[str]) -> list[str]:
    """Return the names that are no scope, in order."""
    known = {scope.value for scope in Scope}
    return sorted(set(names) - known)


def permits(held: Collection[object], *, needed: Scope | None) -> bool:
    """Say whether a token's scopes reach what a route needs.

    A token that holds none is held to its role alone; one that holds some may do just those, and
    nothing where nobody said what is needed.
    """
    if not held:
        return True
    return needed is not None and needed.value in held
