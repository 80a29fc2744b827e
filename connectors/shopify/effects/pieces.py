"""Sharing an order's pieces out over the locations they leave from; pure."""

from collections.abc import Mapping

Pieces = Mapping[str, int]
"""How many pieces of which order line, by its number."""


def by_location(wanted: Pieces, *, room: Mapping[str, Pieces]) -> dict[str, dict[str, int]]:
    """Share pieces out over the locations that have room for them, as few as may be.

    The first location with room for all takes all; else each takes what it can, in the
    order given. The same room always gives the same shares. What no location has room
    for is in no share: `missing` names it.
    """
    left = missing(wanted, have={})
    for location, there in room.items():
        if left and not missing(left, have=there):
            return {location: left}
    shares: dict[str, dict[str, int]] = {}
    for location, there in room.items():
        share = {line: min(n, there.get(line, 0)) for line, n in left.items()}
        share = {line: n for line, n in share.items() if n > 0}
        if share:
            shares[location] = share
            left = missing(left, have=share)
    return shares


def missing(wanted: Pieces, *, have: Pieces) -> dict[str, int]:
    """Return what is wanted beyond what there is; lines with enough are left out."""
    left = {line: n - have.get(line, 0) for line, n in wanted.items()}
    return {line: n for line, n in left.items() if n > 0}


def overlap(wanted: Pieces, *, have: Pieces) -> dict[str, int]:
    """Return the part of what is wanted that there is."""
    both = {line: min(n, have.get(line, 0)) for line, n in wanted.items()}
    return {line: n for line, n in both.items() if n > 0}


def added(one: Pieces, other: Pieces) -> dict[str, int]:
    """Add two heaps of pieces up, line by line."""
    return {
        line: one.get(line, 0) + other.get(line, 0)
        for line in dict.fromkeys([*one, *other])
    }
