"""Which pieces of an order may leave today, and from which lots they are taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.domain.making.picking import Cover, is_usable, pick_held, pieces_ready
from hub.flow.refusal import Invalid, Refusal
from hub.models.planning.held import Held
from hub.models.shipping.packing import PackDemand, PackLine


class NotReady(Refusal):
    """So many pieces are not covered by what is held for them; the message names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """So much of a lot for one demand of a packed line; thousandths."""

    demand: PackDemand
    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Whole pieces of a line, and what they are made up of."""

    line: PackLine
    pieces: int
    taken: tuple[Taken, ...]


def pack(
    lines: Sequence[PackLine], *, wanted: Mapping[int, int] | None, on: date
) -> list[Packed]:
    """Choose what goes into the parcel, changing nothing.

    `wanted` is pieces by line id; without it, everything that is ready goes. A piece is ready
    when all that is in it is held in lots that are available and will be good long enough.

    :raises Invalid: a line that is not of this order, or pieces that are none.
    :raises NotReady: nothing is ready, or not so many pieces of a line.
    """
    ready = {line.line.id: ready_pieces(line, on=on) for line in lines}
    chosen = {line_id: pieces for line_id, pieces in ready.items() if pieces}
    if wanted is not None:
        _check(lines, wanted=wanted, ready=ready, on=on)
        chosen = dict(wanted)
    if not chosen:
        raise NotReady(f"Nothing is ready to be shipped.{_why(lines, on=on)}")
    return [
        Packed(
            line=line,
            pieces=chosen[line.line.id],
            taken=_take(line, pieces=chosen[line.line.id], on=on),
        )
        for line in lines
        if line.line.id in chosen
    ]


def ready_pieces(line: PackLine, *, on: date) -> int:
    """Count the whole pieces of a line that may leave today."""
    covers = [
        Cover(
            per_piece=each.demand.per_piece,
            held=sum(held.quantity for held in _usable(each, on=on)),
        )
        for each in line.demands
    ]
    return pieces_ready(covers, wanted=line.open_pieces)


def _usable(demand: PackDemand, *, on: date) -> list[Held]:
    return [
        held
        for held in demand.held
        if is_usable(
            held.as_lot(), used_on=on, min_remaining_days=demand.min_remaining_days
        )
    ]


def _take(line: PackLine, *, pieces: int, on: date) -> tuple[Taken, ...]:
    return tuple(
        Taken(demand=each, lot_id=pick.lot_id, quantity=pick.quantity)
        for each in line.demands
        for pick in pick_held(
            (held.as_lot() for held in _usable(each, on=on)),
            needed=pieces * each.demand.per_piece,
        ).picks
    )


def _check(
    lines: Sequence[PackLine],
    *,
    wanted: Mapping[int, int],
    ready: Mapping[int, int],
    on: date,
) -> None:
    by_id = {line.line.id: line for line in lines}
    if not wanted:
        raise Invalid(
            "Say which lines are in the parcel, or leave them out.", field="lines"
        )
    for line_id, pieces in wanted.items():
        if line_id not in by_id:
            raise Invalid("That is no line of this order.", field="lines")
        title = by_id[line_id].line.title
        if pieces <= 0:
            raise Invalid(f"Say how many of “{title}”: more than none.", field="lines")
        if pieces > ready[line_id]:
            why = _why([by_id[line_id]], on=on)
            raise NotReady(
                f"Of “{title}” {ready[line_id]} can be shipped, not {pieces}.{why}",
                field="lines",
            )


def _why(lines: Sequence[PackLine], *, on: date) -> str:
    """Name the lots that are held for these lines and still may not leave."""
    aside = {
        held.lot_code
        for line in lines
        for each in line.demands
        for held in each.held
        if held not in _usable(each, on=on)
    }
    named = ", ".join(sorted(aside))
    return f" Too old or put aside: lot {named}." if named else ""
