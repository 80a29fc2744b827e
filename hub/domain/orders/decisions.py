"""What follows when an order changes after work on it has begun: one table, and on what it falls.

No cell cuts a link: what a run was made for stays written, only what it is still to give is less.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Change(StrEnum):
    """What the buyer, the shop or we did to an order."""

    GROWN = "grown"
    SHRUNK = "shrunk"
    """Fewer pieces of a line that is still wanted."""
    CANCELLED = "cancelled"
    """A whole line or the whole order, by whomever; also an order its shop put away unfinished."""
    REFUNDED = "refunded"
    """Money went back, for pieces taken off or for all of it."""
    HELD = "held"
    """It may not be worked on for now: a person or the shop holds it."""
    ADDRESS_CHANGED = "address_changed"
    SENT_ELSEWHERE = "sent_elsewhere"
    """The shop counts pieces as sent that did not leave in a parcel of ours."""


class Stage(StrEnum):
    """How far the goods for a line are."""

    WAITING = "waiting"
    """Nothing holds them: they are short, on order, or not planned yet."""
    PLANNED = "planned"
    RELEASED = "released"
    """Its size is fixed: released, or planned and pinned or about to start."""
    RUNNING = "running"
    DONE = "done"
    """In a lot, reserved for the line."""
    PACKED = "packed"
    SHIPPED = "shipped"


class Follows(StrEnum):
    """What follows for the goods."""

    NOTHING = "nothing"
    PLAN_MORE = "plan_more"
    """What is missing is planned: from stock, from what others leave over, or a run of its own."""
    RUN_GROWS = "run_grows"
    RUN_SHRINKS = "run_shrinks"
    RUN_KEEPS_SIZE = "run_keeps_size"
    """The surplus is offered to whoever waits, then it is stock."""
    STOCK_FREED = "stock_freed"
    SECOND_PARCEL = "second_parcel"
    UNPACK = "unpack"
    KEEP_BACK = "keep_back"
    RELABEL = "relabel"
    INTERCEPT = "intercept"
    EXPECT_RETURN = "expect_return"
    TAKE_OUT = "take_out"
    """The pieces left the lot they were reserved in, unless a person says they are still here."""
    DATE_ANEW = "date_anew"
    """The parcel has no label yet; only the promised date may be another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One cell: what follows for the goods, and whether a person must do or answer something."""

    follows: Follows
    needs_person: bool = False


Row = Mapping[Stage, Decision]


def _then(follows: Follows) -> Decision:
    return Decision(follows=follows)


def _person(follows: Follows) -> Decision:
    return Decision(follows=follows, needs_person=True)


_LESS: Row = {
    Stage.WAITING: _then(Follows.NOTHING),
    Stage.PLANNED: _then(Follows.RUN_SHRINKS),
    Stage.RELEASED: _then(Follows.RUN_KEEPS_SIZE),
    Stage.RUNNING: _then(Follows.RUN_KEEPS_SIZE),
    Stage.DONE: _then(Follows.STOCK_FREED),
    Stage.PACKED: _person(Follows.UNPACK),
    Stage.SHIPPED: _person(Follows.EXPECT_RETURN),
}
"""What is no longer wanted goes the same way, whatever took it off."""

TABLE: Mapping[Change, Row] = MappingProxyType(
    {
        Change.GROWN: MappingProxyType(
            {
                Stage.WAITING: _then(Follows.PLAN_MORE),
                Stage.PLANNED: _then(Follows.RUN_GROWS),
                Stage.RELEASED: _then(Follows.PLAN_MORE),
                Stage.RUNNING: _then(Follows.PLAN_MORE),
                Stage.DONE: _then(Follows.PLAN_MORE),
                Stage.PACKED: _person(Follows.SECOND_PARCEL),
                Stage.SHIPPED: _then(Follows.SECOND_PARCEL),
            }
        ),
        Change.SHRUNK: MappingProxyType(_LESS),
        Change.CANCELLED: MappingProxyType(_LESS),
        Change.REFUNDED: MappingProxyType(_LESS),
        Change.HELD: MappingProxyType(
            {
                **_LESS,
                Stage.PACKED: _person(Follows.KEEP_BACK),
                Stage.SHIPPED: _then(Follows.NOTHING),
            }
        ),
        Change.ADDRESS_CHANGED: MappingProxyType(
            {
                Stage.WAITING: _then(Follows.DATE_ANEW),
                Stage.PLANNED: _then(Follows.DATE_ANEW),
                Stage.RELEASED: _then(Follows.DATE_ANEW),
                Stage.RUNNING: _then(Follows.DATE_ANEW),
                Stage.DONE: _then(Follows.DATE_ANEW),
                Stage.PACKED: _person(Follows.RELABEL),
                Stage.SHIPPED: _person(Follows.INTERCEPT),
            }
        ),
        Change.SENT_ELSEWHERE: MappingProxyType(
            {
                **_LESS,
                Stage.DONE: _person(Follows.TAKE_OUT),
                Stage.SHIPPED: _then(Follows.NOTHING),
            }
        ),
    }
)
"""Every change at every stage. Nothing else decides what a change does to work already begun."""


class Answer(StrEnum):
    """What a person may say to a decision that waits for them."""

    DONE = "done"
    TAKEN = "taken"
    """The pieces are gone, as the shop says."""
    STILL_HERE = "still_here"
    """They are where they were, or somebody counted them out already."""


def answers_to(follows: Follows) -> tuple[Answer, ...]:
    """Return what may be answered."""
    if follows is Follows.TAKE_OUT:
        return (Answer.TAKEN, Answer.STILL_HERE)
    return (Answer.DONE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """So much that a line holds at a stage; `ref` is the run, lot or parcel, 0 where none is."""

    stage: Stage
    quantity: int
    ref: int = 0


LOOSEST_FIRST: Mapping[Stage, int] = {
    Stage.WAITING: 0,
    Stage.PLANNED: 1,
    Stage.DONE: 2,
    Stage.RELEASED: 3,
    Stage.RUNNING: 3,
    Stage.PACKED: 4,
    Stage.SHIPPED: 5,
}
"""What is given back first. A run that is under way keeps its buyer before a lot does: whoever
waits can have the lot today."""
AT_HAND_FIRST: Mapping[Stage, int] = {
    Stage.DONE: 0,
    Stage.PACKED: 1,
    Stage.RUNNING: 2,
    Stage.RELEASED: 3,
    Stage.PLANNED: 4,
    Stage.WAITING: 5,
    Stage.SHIPPED: 6,
}
"""Where pieces were that somebody sent by hand."""


def fall(
    holds: Sequence[Hold], *, quantity: int, order: Mapping[Stage, int] = LOOSEST_FIRST
) -> tuple[Hold, ...]:
    """Say on which holds a change of so much falls.

    Among holds of one place in the order the last named is the first to go, so the caller lists
    them best first: earliest run, earliest best before. That is how netting chooses, so planning
    again agrees with it. What is left when nothing is held any more falls on nothing.
    """
    first = sorted(reversed(range(len(holds))), key=lambda i: order[holds[i].stage])
    left = max(quantity, 0)
    struck: list[Hold] = []
    for index in first:
        hold = holds[index]
        part = min(max(hold.quantity, 0), left)
        if part:
            struck.append(Hold(stage=hold.stage, quantity=part, ref=hold.ref))
            left -= part
    return tuple(struck)


def without(holds: Sequence[Hold], *, gone: Iterable[Hold]) -> tuple[Hold, ...]:
    """Say what is held after `gone` fell away."""
    less: dict[tuple[Stage, int], int] = {}
    for hold in gone:
        place = (hold.stage, hold.ref)
        less[place] = less.get(place, 0) + hold.quantity
    kept: list[Hold] = []
    for hold in holds:
        place = (hold.stage, hold.ref)
        part = min(hold.quantity, less.get(place, 0))
        less[place] = less.get(place, 0) - part
        if hold.quantity > part:
            kept.append(Hold(stage=hold.stage, quantity=hold.quantity - part, ref=hold.ref))
    return tuple(kept)


def furthest(holds: Iterable[Hold]) -> Stage:
    """Say how far the furthest of these goods is; WAITING when nothing is held."""
    return max(
        (hold.stage for hold in holds if hold.quantity > 0),
        key=list(Stage).index,
        default=Stage.WAITING,
    )
