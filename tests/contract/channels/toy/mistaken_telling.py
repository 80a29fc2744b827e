"""Mistakes in telling the shop of parcels and stock, one at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.errors import (
    OutcomeUnknown,
    Retryable,
    StockMoved,
)
from connectors.protocol import (
    Pushed,
)
from mapping.effects import Effect, Fulfil, SetStock, StockRef
from tests.contract.channels.toy.channel import Toy


class PushesBlindly(Toy):
    """Makes a parcel without looking whether it is there."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, Fulfil):
            return super().push(replace(effect, known_refs=("P1", "P2", "P3", "P4")))
        return super().push(effect)


class OneParcelPerOrder(Toy):
    """Takes our earlier parcel for this one."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, Fulfil):
            return super().push(replace(effect, known_refs=()))
        return super().push(effect)


class AlwaysTellsTheBuyer(Toy):
    """Writes to buyers who were not to be told."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, Fulfil):
            return super().push(replace(effect, notify=True))
        return super().push(effect)


class RetriesTheUnknown(Toy):
    """Takes a lost answer for a call that never was."""

    def push(self, effect: Effect) -> Pushed:
        try:
            return super().push(effect)
        except OutcomeUnknown as e:
            raise Retryable(str(e)) from e


class TriesAgain(Toy):
    """Tries again on its own."""

    def push(self, effect: Effect) -> Pushed:
        try:
            return super().push(effect)
        except OutcomeUnknown:
            return super().push(effect)


class LooksByWriting(Toy):
    """Looks for a thing by making it."""

    def look_up(self, effect: Effect) -> Pushed | None:
        return self.push(effect)


class RaisesOverSales(Toy):
    """Raises stock over sales nobody has read."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, SetStock):
            return super().push(replace(effect, expected=None))
        return super().push(effect)


class WritesOverASale(Toy):
    """Writes whatever was sold meanwhile."""

    def push(self, effect: Effect) -> Pushed:
        try:
            return super().push(effect)
        except StockMoved as moved:
            assert isinstance(effect, SetStock)
            if effect.expected is not None and moved.shown < effect.expected - 1:
                return super().push(replace(effect, expected=None))
            raise


class UnknownIsNone(Toy):
    """Says that nothing is left of what is not there."""

    def stock(self, refs: Sequence[StockRef]) -> Mapping[StockRef, int | None]:
        return {ref: shown or 0 for ref, shown in super().stock(refs).items()}
