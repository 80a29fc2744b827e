"""The steps that production orders, shipments and the intent of an order may take."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class Production(StrEnum):
    """How far a production order is."""

    PLANNED = "planned"
    RELEASED = "released"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


UNFINISHED = (
    Production.PLANNED.value,
    Production.RELEASED.value,
    Production.RUNNING.value,
)
"""The states in which a run is still to give something, as they are stored."""


class Shipment(StrEnum):
    """How far a shipment is."""

    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Intent(StrEnum):
    """What the buyer, the channel and the workshop want to happen with an order."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"
    CLOSED = "closed"


StateT = TypeVar("StateT", bound=StrEnum)
Steps = Mapping[StateT, frozenset[StateT]]

PRODUCTION_STEPS: Steps[Production] = {
    Production.PLANNED: frozenset({Production.RELEASED, Production.CANCELLED}),
    Production.RELEASED: frozenset({Production.RUNNING, Production.CANCELLED}),
    Production.RUNNING: frozenset({Production.DONE, Production.CANCELLED}),
    Production.DONE: frozenset(),
    Production.CANCELLED: frozenset(),
}

PRODUCTION_UNDO: Steps[Production] = {
    Production.PLANNED: frozenset(),
    # Another version of the recipe may be in force: its size stays what was released.
    Production.RELEASED: frozenset(),
    Production.RUNNING: frozenset({Production.RELEASED}),
    Production.DONE: frozenset({Production.RUNNING}),
    Production.CANCELLED: frozenset(),
}
"""The steps back, for whoever takes a mistake back; no other button leads there."""

SHIPMENT_STEPS: Steps[Shipment] = {
    Shipment.PACKED: frozenset({Shipment.SHIPPED, Shipment.CANCELLED}),
    Shipment.SHIPPED: frozenset({Shipment.DELIVERED}),
    Shipment.DELIVERED: frozenset(),
    Shipment.CANCELLED: frozenset(),
}

INTENT_STEPS: Steps[Intent] = {
    Intent.OPEN: frozenset({Intent.ON_HOLD, Intent.CANCELLED, Intent.CLOSED}),
    Intent.ON_HOLD: frozenset({Intent.OPEN, Intent.CANCELLED, Intent.CLOSED}),
    # A channel may reopen what it archived, and cancel it later.
    Intent.CLOSED: frozenset({Intent.OPEN, Intent.CANCELLED}),
    Intent.CANCELLED: frozenset(),
}


class StepNotAllowed(Exception):
    """The table of steps does not lead from the old state to the new one."""


def check_step(steps: Steps[StateT], *, old: StateT, new: StateT) -> None:
    """Refuse a step that the table does not hold; staying where one is counts as no step.

    :raises StepNotAllowed: in words a person can act on.
    """
    allowed = steps[old]
    if new in allowed:
        return
    ways = " or ".join(sorted(allowed)) or "nothing else"
    raise StepNotAllowed(f"What is {old} cannot become {new}; it can become {ways}.")
