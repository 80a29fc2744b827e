"""The phase of an order that people read, and what blocks it: computed, never set."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hub.domain.planning.netting_types import ShortReason
from hub.domain.states import Intent
from mapping.canonical import Release


class Phase(StrEnum):
    """Where an order is, in the words of the pages."""

    NEW = "new"
    NEEDS_ATTENTION = "needs_attention"
    WAITING_FOR_MATERIALS = "waiting_for_materials"
    MATERIALS_RESERVED = "materials_reserved"
    IN_PRODUCTION = "in_production"
    READY_TO_SHIP = "ready_to_ship"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class HoldReason(StrEnum):
    """What blocks an order, in the order people should look at it."""

    ON_HOLD = "on_hold"
    RISK = "risk"
    UNKNOWN_STATUS = "unknown_status"
    """The channel said something about it that we do not know."""
    UNMAPPED = "unmapped"
    NO_RECIPE = "no_recipe"
    SHELF_LIFE = "shelf_life"
    SHORT = "short"
    ON_ITS_WAY = "on_its_way"
    """Nothing is missing that was not ordered; it has to come."""
    QUALITY_CHECK = "quality_check"
    """It is made, or what it is made of is, and waits for its quality check."""
    PAYMENT = "payment"
    CHANNEL_HOLD = "channel_hold"
    SCHEDULED = "scheduled"
    TEST = "test"


class LineState(StrEnum):
    """Whether we know what a line means to us."""

    MAPPED = "mapped"
    SUGGESTED = "suggested"
    UNMAPPED = "unmapped"
    IGNORED = "ignored"
    """A person said that it is not produced here."""
    SERVICE = "service"
    """Nothing to have in stock: a tip, a gift card, a download."""


NOT_OURS = frozenset({LineState.IGNORED, LineState.SERVICE})
NOT_KNOWN = frozenset({LineState.UNMAPPED, LineState.SUGGESTED})

RELEASE_REASONS = {
    Release.HOLD_RISK: HoldReason.RISK,
    Release.UNKNOWN: HoldReason.UNKNOWN_STATUS,
    Release.HOLD_PAYMENT: HoldReason.PAYMENT,
    Release.HOLD_CHANNEL: HoldReason.CHANNEL_HOLD,
    Release.SCHEDULED: HoldReason.SCHEDULED,
    Release.TEST: HoldReason.TEST,
}
SHORT_REASONS = {
    ShortReason.NO_RECIPE: HoldReason.NO_RECIPE,
    ShortReason.SHELF_LIFE: HoldReason.SHELF_LIFE,
    ShortReason.NO_STOCK: HoldReason.SHORT,
    ShortReason.TOO_OLD: HoldReason.SHORT,
}
FOR_A_PERSON = frozenset(
    {
        HoldReason.ON_HOLD,
        HoldReason.RISK,
        HoldReason.UNKNOWN_STATUS,
        HoldReason.UNMAPPED,
        HoldReason.NO_RECIPE,
        HoldReason.SHELF_LIFE,
    }
)
"""What only a person can clear; the other reasons clear themselves in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFacts:
    """How one item that a line asks for is covered, in thousandths; shipped goods left out."""

    quantity: int
    """What is still to be sent."""
    allocated: int = 0
    """Held in lots of the finished item, packed or not."""
    making: int = 0
    """Linked to runs that are running, or done and not yet allocated."""
    planned: int = 0
    """Linked to planned or released runs whose materials are all in the house."""
    waiting: int = 0
    """Linked to planned or released runs that lack materials nobody ordered."""
    expecting: int = 0
    """Linked to planned or released runs whose missing materials are all on their way."""
    incoming: int = 0
    """Covered by a purchase of the finished item."""
    checking: int = 0
    """Made, and in a lot that waits for its quality check."""
    expecting_check: int = 0
    """Linked to planned or released runs that only lack materials waiting for such a check."""
    short: int = 0
    short_reason: ShortReason | None = None

    @property
    def covered(self) -> int:
        """What planning has an answer for, a shortage included."""
        held = self.allocated + self.making + self.planned + self.waiting
        held += self.checking + self.expecting_check
        return held + self.expecting + self.incoming + self.short

    @property
    def awaits_purchase(self) -> bool:
        """Whether something that was ordered has to come first."""
        return bool(self.expecting or self.incoming)

    @property
    def awaits_material(self) -> bool:
        """Whether it cannot be made, or is not bought, before something else happens."""
        return bool(
            self.short or self.waiting or self.awaits_purchase or self.expecting_check
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One line of an order, in pieces, with what it asks for."""

    state: LineState
    ordered: int
    cancelled: int = 0
    sent_elsewhere: int = 0
    """Pieces the channel counts as sent beyond our parcels."""
    shipped: int = 0
    demands: tuple[DemandFacts, ...] = ()

    @property
    def left(self) -> int:
        """Pieces we are still to send."""
        gone = self.cancelled + self.sent_elsewhere + self.shipped
        return 0 if self.state in NOT_OURS else max(self.ordered - gone, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """All that the phase depends on."""

    intent: Intent
    release: Release
    lines: tuple[LineFacts, ...]
    is_delivered: bool = False
    """Every parcel of ours arrived."""


def phase(order: OrderFacts) -> Phase:
    """Say where an order is: the first answer that fits, the worst line speaking for all.

    Cancelled and finished orders say so. Then comes what needs a person, then what has
    left in part, then what may not begin yet, then how the open lines are covered.
    """
    if _is_cancelled(order):
        return Phase.CANCELLED
    if _is_finished(order):
        return _phase_of_the_finished(order)
    if FOR_A_PERSON.intersection(hold_reasons(order)):
        return Phase.NEEDS_ATTENTION
    if any(line.shipped for line in order.lines):
        return Phase.PARTLY_SHIPPED
    if order.release is not Release.READY:
        return Phase.NEW
    return _phase_of_cover([line for line in order.lines if line.left])


def _is_cancelled(order: OrderFacts) -> bool:
    """An order of which everything was taken back counts as cancelled, whoever says so."""
    if order.intent is Intent.CANCELLED or order.release is Release.CANCELLED:
        return True
    goods = [line for line in order.lines if line.state is not LineState.SERVICE]
    return bool(goods) and all(
        line.cancelled >= line.ordered and not line.shipped for line in goods
    )


def _is_finished(order: OrderFacts) -> bool:
    """Say whether nothing is left to send: all went, or its channel put the order away.

    Shops put away what they gave up or handed over without a parcel. That was their last word
    on it; nothing of it is planned, so it must not ask a person for anything.
    """
    return order.intent is Intent.CLOSED or not any(line.left for line in order.lines)


def _phase_of_the_finished(order: OrderFacts) -> Phase:
    """Name an order of which we have nothing to send, or nothing any more.

    One that never had a piece of ours counts as shipped only once its channel says so.
    """
    if order.is_delivered:
        return Phase.DELIVERED
    has_ours = any(line.state not in NOT_OURS for line in order.lines)
    is_sent = bool(order.lines) and all(
        line.ordered <= line.cancelled + line.sent_elsewhere for line in order.lines
    )
    if has_ours or is_sent or order.intent is Intent.CLOSED:
        return Phase.SHIPPED
    return Phase.NEW


def _phase_of_cover(lines: list[LineFacts]) -> Phase:
    demands = [demand for line in lines for demand in line.demands]
    if not all(line.demands for line in lines) or any(
        demand.covered < demand.quantity for demand in demands
    ):
        return Phase.NEW  # planning has not been here yet
    if any(demand.awaits_material for demand in demands):
        return Phase.WAITING_FOR_MATERIALS
    if any(demand.making or demand.checking for demand in demands):
        return Phase.IN_PRODUCTION
    if any(demand.planned for demand in demands):
        return Phase.MATERIALS_RESERVED
    return Phase.READY_TO_SHIP


def hold_reasons(order: OrderFacts) -> tuple[HoldReason, ...]:
    """Name everything that blocks what is left of an order, most pressing first.

    An order of which nothing is left, or that is cancelled, is blocked by nothing.
    """
    if _is_cancelled(order) or _is_finished(order):
        return ()
    found = set(_reasons(order))
    return tuple(reason for reason in HoldReason if reason in found)


def _reasons(order: OrderFacts) -> Iterator[HoldReason]:
    if order.intent is Intent.ON_HOLD:
        yield HoldReason.ON_HOLD
    if order.release in RELEASE_REASONS:
        yield RELEASE_REASONS[order.release]
    for line in order.lines:
        if line.left and line.state in NOT_KNOWN:
            yield HoldReason.UNMAPPED
        if line.left:
            yield from _lacks(line)


def _lacks(line: LineFacts) -> Iterator[HoldReason]:
    for demand in line.demands:
        if demand.short:
            yield SHORT_REASONS[demand.short_reason or ShortReason.NO_STOCK]
        if demand.waiting:
            yield HoldReason.SHORT
        if demand.awaits_purchase:
            yield HoldReason.ON_ITS_WAY
        if demand.checking or demand.expecting_check:
            yield HoldReason.QUALITY_CHECK
