"""The roles a person or a token may have. What each may do is said at the doors."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """Who somebody is in the workshop."""

    OWNER = "owner"
    PLANNER = "planner"
    MAKER = "maker"
    PACKER = "packer"
    VIEWER = "viewer"


HOLDS: Mapping[Role, frozenset[Role]] = {
    Role.OWNER: frozenset(Role),
    Role.PLANNER: frozenset(Role) - {Role.OWNER},
    Role.MAKER: frozenset({Role.MAKER, Role.VIEWER}),
    Role.PACKER: frozenset({Role.PACKER, Role.VIEWER}),
    Role.VIEWER: frozenset({Role.VIEWER}),
}
"""The roles whose every right a role has too."""


def in_common(one: Role, other: Role) -> Role:
    """Return the greatest role that may do nothing but what both may."""
    return max(HOLDS[one] & HOLDS[other], key=lambda role: len(HOLDS[role]))
