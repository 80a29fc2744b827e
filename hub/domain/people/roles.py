"""The roles a person or a token may have. What each may do is said at the doors."""

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is in the workshop."""

    OWNER = "owner"
    PLANNER = "planner"
    MAKER = "maker"
    PACKER = "packer"
    VIEWER = "viewer"
