"""When an order can leave and arrive, and why: never a date that nobody can account for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hub.domain.days.material_wait import MaterialWait, arrives_on
from hub.domain.days.reasons import Reason, ReasonKind, said

HORIZON_DAYS = 370
"""If no parcel leaves for a year, none ever does."""
LATEST = date.max - timedelta(days=4 * HORIZON_DAYS)
"""What is ready after that has no date: beyond it calendars end."""


class Source(StrEnum):
    """Where the goods of a line come from."""

    STOCK = "stock"
    RUN = "run"
    PURCHASE = "purchase"
    LEAD_TIME = "lead_time"
    """Not ordered yet; the supplier takes so many days."""
    CHECK = "check"
    """Made, and waits for its quality check: ready as soon as it passes, today at the earliest."""
    NOTHING = "nothing"
    """Nobody knows when: short, not mapped, no recipe, held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """So much of an order's demand and where it comes from."""

    source: Source
    item: str
    """The item's code, for people."""
    quantity: int
    ready_on: date | None = None
    """When it can be packed; None when unknown. What is in stock needs no day."""
    ref: str = ""
    """The number of the run or the purchase."""
    lead_days: int | None = None
    why: str = ""
    """A machine word for what keeps it from having a day."""
    because: tuple[Reason, ...] = ()
    """What a run itself waits for."""


def waited_for(
    wait: MaterialWait, *, quantity: int, today: date, why: str = ""
) -> Coverage:
    """Count on goods that are not in the house yet, or not let go.

    On a check today, on a purchase while its day is to come, then on ordering anew. `why` is
    what there is to say of goods that nobody has ordered.
    """
    day = arrives_on(wait, today=today)
    source = _source(wait, day=day)
    is_overdue = day is None and wait.ref != ""
    return Coverage(
        source=source,
        item=wait.item,
        quantity=quantity,
        ready_on=day,
        ref=wait.ref,
        lead_days=wait.lead_days if source is Source.LEAD_TIME else None,
        why="purchase_overdue" if is_overdue else why,
    )


def _source(wait: MaterialWait, *, day: date | None) -> Source:
    if wait.awaits_check:
        return Source.CHECK
    if day is None:
        return Source.NOTHING
    return Source.PURCHASE if day == wait.expected_on else Source.LEAD_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingDays:
    """When parcels leave the house."""

    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    """Monday is 0."""
    closures: frozenset[date] = frozenset()
    cut_off: time | None = None
    """What is ready later than this leaves the next shipping day."""
    pack_days: int = 0
    """Days between goods being ready and leaving."""

    def first_from(self, day: date) -> date | None:
        """Find the first shipping day from a day on; None if there never is one."""
        for offset in range(HORIZON_DAYS):
            found = day + timedelta(days=offset)
            if found.weekday() in self.weekdays and found not in self.closures:
                return found
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The earliest honest dates of an order, and the way to them."""

    ships_on: date | None
    earliest_on: date | None
    """When the buyer can have it: `ships_on` and the transit, if that is known."""
    reasons: tuple[Reason, ...]


def promise(
    coverage: Iterable[Coverage],
    *,
    local_now: datetime,
    shipping: ShippingDays,
    transit_days: int | None = None,
) -> Promise:
    """Work out when an order can leave: when the last of its goods is ready and packed.

    `local_now` is in the workshop's time zone, because the cut-off is. Goods that come
    in during a day (a run that ends, a purchase) miss that day's cut-off. One part
    without a date leaves the whole order without one, and the reason says which.
    """
    parts = list(coverage)
    reasons = [each for part in parts for each in (_reason(part), *part.because)]
    days = [_ready_on(part, today=local_now.date()) for part in parts]
    known = [day for day in days if day is not None]
    if not known or len(known) < len(days) or max(known) > LATEST:
        return Promise(ships_on=None, earliest_on=None, reasons=tuple(reasons))
    ready_on = max(known)
    comes_in = any(
        part.source is not Source.STOCK and day == ready_on
        for part, day in zip(parts, days, strict=True)
    )
    is_late = _misses_cut_off(
        shipping.cut_off, comes_in=comes_in, local_time=local_now.time()
    )
    ships_on = _ships_on(ready_on, shipping=shipping, is_late=is_late)
    reasons += _way_out(ships_on, shipping=shipping, is_late=is_late)
    if ships_on is None or transit_days is None:
        return Promise(ships_on=ships_on, earliest_on=ships_on, reasons=tuple(reasons))
    arrives_on = ships_on + timedelta(days=transit_days)
    reasons.append(said(ReasonKind.TRANSIT, days=transit_days, on=str(arrives_on)))
    return Promise(ships_on=ships_on, earliest_on=arrives_on, reasons=tuple(reasons))


def comes_on(
    ready_on: date | None,
    *,
    local_now: datetime,
    shipping: ShippingDays,
    transit_days: int | None = None,
) -> date | None:
    """Say when the buyer can have an order whose last goods come in on a day.

    As `promise` says it, without the reasons. None where nobody knows.
    """
    if ready_on is None or ready_on > LATEST:
        return None
    is_late = _misses_cut_off(shipping.cut_off, comes_in=True, local_time=local_now.time())
    ships_on = _ships_on(ready_on, shipping=shipping, is_late=is_late)
    return ships_on and ships_on + timedelta(days=transit_days or 0)


def _ships_on(ready_on: date, *, shipping: ShippingDays, is_late: bool) -> date | None:
    return shipping.first_from(ready_on + timedelta(days=shipping.pack_days + is_late))


def _ready_on(part: Coverage, *, today: date) -> date | None:
    if part.source is Source.STOCK:
        return today
    if part.source is Source.NOTHING or part.ready_on is None:
        return None
    return max(part.ready_on, today)


def _misses_cut_off(cut_off: time | None, *, comes_in: bool, local_time: time) -> bool:
    return cut_off is not None and (comes_in or local_time > cut_off)


def _way_out(
    ships_on: date | None, *, shipping: ShippingDays, is_late: bool
) -> Iterator[Reason]:
    if is_late:
        yield said(ReasonKind.CUT_OFF, at=f"{shipping.cut_off:%H:%M}")
    if shipping.pack_days:
        yield said(ReasonKind.PACKING, days=shipping.pack_days)
    if ships_on is None:
        yield said(ReasonKind.NO_SHIPPING_DAY)
    else:
        yield said(ReasonKind.SHIPPING_DAY, on=str(ships_on))


def _reason(part: Coverage) -> Reason:
    """Say what is known of one part; what is unknown is left out, not invented."""
    has_day = part.source is Source.STOCK or part.ready_on is not None
    if part.source is Source.NOTHING or not has_day:
        kind = ReasonKind.NO_DATE
    else:
        kind = ReasonKind(part.source)
    params: dict[str, str | int] = {"item": part.item, "quantity": part.quantity}
    if part.ref:
        params["ref"] = part.ref
    if part.ready_on is not None:
        params["on"] = str(part.ready_on)
    if part.lead_days is not None:
        params["days"] = part.lead_days
    if part.why:
        params["why"] = part.why
    return Reason(kind=kind, params=params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """The date an order was given, and whether it still holds."""

    committed_on: date | None
    is_at_risk: bool


def commit(committed_on: date | None, *, earliest_on: date | None) -> Commitment:
    """Keep a date once given; give the first one that is known.

    When the computed date passes the given one, or is no longer known, the given one
    stays and is at risk.
    """
    if committed_on is None:
        return Commitment(committed_on=earliest_on, is_at_risk=False)
    is_at_risk = earliest_on is None or earliest_on > committed_on
    return Commitment(committed_on=committed_on, is_at_risk=is_at_risk)


def count_on(committed_on: date | None, *, earliest_on: date | None) -> date | None:
    """Say the day a buyer can count on: the one given, or a later one once it cannot be kept.

    While nobody knows when it will be, the day that was given stands.
    """
    known = [day for day in (committed_on, earliest_on) if day is not None]
    return max(known, default=None)
