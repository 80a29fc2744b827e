"""How much of its materials a run uses for a part of what it makes, and how well it did."""

PIECE = 1000
"""Thousandths of one piece."""


def share(rest: int, *, now: int, left: int, is_counted: bool = False) -> int:
    """Say how much of what is left of a material goes into a part of what is left to make.

    `now` comes out now of the `left` that was still to come; who makes all of it, or more, uses
    all of the rest. The part is rounded down to a thousandth; of materials counted in pieces whole
    pieces are used, rounded up, as long as the rest is whole.
    """
    if now >= left:
        return rest
    part = rest * now // left
    if is_counted and rest % PIECE == 0:
        part = min(rest, -(-rest * now // (left * PIECE)) * PIECE)
    return part


def still_to_come(planned: int, *, produced: int, scrapped: int) -> int:
    """Say how much good output a run may still give: what was scrapped comes no more."""
    return max(0, planned - produced - scrapped)


def countable(quantity: int, *, is_counted: bool, or_nothing: bool = False) -> int:
    """Leave of what is expected, in thousandths, what somebody can count: of pieces whole ones.

    Less than one piece stays as it is, so that a plan does not read as nothing, unless the rest
    may be nothing: 30 pieces less 3.5 % loss are planned as 28.95 and counted as 28.
    """
    whole = quantity // PIECE * PIECE
    return whole if is_counted and (whole or or_nothing) else quantity


def stands_for(quantity: int, *, substitute: int, replaces: int) -> int:
    """Say what a quantity of a substitute stands for, where `substitute` stands for `replaces`.

    Rounded down, so that nothing counts as there that is not; all of it stands for all.
    """
    return quantity * replaces // substitute if substitute else 0


def yield_tenths(produced: int, *, planned: int) -> int:
    """Say what a run gave of what was planned, in tenths of a percent, to the nearest."""
    return (2000 * produced + planned) // (2 * planned)
