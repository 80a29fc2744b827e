"""Whether all that a run needs is there on the day it starts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from hub.domain.making.picking import is_usable
from hub.flow.making.parts import Part, parts_of
from hub.flow.making.run_lock import Run
from hub.flow.making.scanned import Pick
from hub.flow.refusal import Refusal
from hub.models.planning.held import Held
from hub.models.records.items import Item
from mapping.units import say


class ShortOfMaterial(Refusal):
    """The run's materials are not all there; the message names each that is missing."""


def check_materials(
    session: Session, run: Run, *, picks: Sequence[Pick], on: date
) -> list[Held]:
    """Refuse a start that lacks something; return what is reserved but may not be used.

    Of a need in `picks` is used what these chose, and nothing else.

    :raises ShortOfMaterial: something is missing; the message says what and how much.
    """
    chosen = {pick.need.id for pick in picks}
    missing = [
        _say(session.get_one(Item, pick.need.item_id), pick.chosen.short)
        for pick in picks
        if pick.chosen.short
    ]
    unusable: list[Held] = []
    for part in parts_of(session, needs=run.needs):
        if part.need.id not in chosen:
            aside = _unusable(part, on=on)
            unusable += aside
            lacking = part.rest - part.there + sum(held.quantity for held in aside)
            if lacking > 0:
                missing.append(_say(part.item, lacking, aside=aside))
    if missing:
        raise ShortOfMaterial(f"{run.record.number} still lacks {'; '.join(missing)}.")
    return unusable


def _unusable(part: Part, *, on: date) -> list[Held]:
    return [
        held
        for held in part.held
        if not held.is_firm and not is_usable(held.as_lot(), used_on=on)
    ]


def _say(item: Item, quantity: int, *, aside: Sequence[Held] = ()) -> str:
    codes = ", ".join(held.lot_code for held in aside)
    note = f" (lot {codes} is too old or put aside)" if codes else ""
    return f"{say(quantity, base=item.unit)} of {item.name}{note}"
