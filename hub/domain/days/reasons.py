"""Why a date is what it is, as data: each reason a kind and the words to fill in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.domain.days.material_wait import MaterialWait, arrives_on


class ReasonKind(StrEnum):
    """What a reason is about; its `params` hold the words to fill in."""

    STOCK = "stock"
    RUN = "run"
    PURCHASE = "purchase"
    LEAD_TIME = "lead_time"
    CHECK = "check"
    """It is made and waits for its quality check; nobody says how long that takes."""
    NO_DATE = "no_date"
    MATERIAL = "material"
    """A run waits for a material that a purchase brings."""
    MATERIAL_LEAD_TIME = "material_lead_time"
    """A run waits for a material nobody ordered; its supplier takes so many days."""
    MATERIAL_NO_DATE = "material_no_date"
    MATERIAL_CHECK = "material_check"
    """A run waits for a material that waits for its own quality check."""
    CAPACITY = "capacity"
    """Until that day a run's work centre has no room for it."""
    CUT_OFF = "cut_off"
    PACKING = "packing"
    SHIPPING_DAY = "shipping_day"
    NO_SHIPPING_DAY = "no_shipping_day"
    TRANSIT = "transit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One step of why a date is what it is, as data; dates in `params` are ISO strings."""

    kind: ReasonKind
    params: Mapping[str, str | int]


def said(kind: ReasonKind, **params: str | int) -> Reason:
    """Make a reason."""
    return Reason(kind=kind, params=params)


def waits_for_material(run: str, *, wait: MaterialWait, today: date) -> Reason:
    """Say that a run, by its number, waits for a material, and until when if anybody knows."""
    if wait.awaits_check:
        return said(ReasonKind.MATERIAL_CHECK, run=run, item=wait.item, ref=wait.ref)
    arrives = arrives_on(wait, today=today)
    if arrives is None:
        return said(ReasonKind.MATERIAL_NO_DATE, run=run, item=wait.item)
    if wait.expected_on is not None and arrives == wait.expected_on:
        return said(
            ReasonKind.MATERIAL, run=run, item=wait.item, ref=wait.ref, on=str(arrives)
        )
    return said(
        ReasonKind.MATERIAL_LEAD_TIME,
        run=run,
        item=wait.item,
        on=str(arrives),
        days=wait.lead_days or 0,
    )


def waits_for_room(run: str, *, full_until: date, where: str) -> Reason:
    """Say that a run waits for room at a work centre, by its name; empty for one of several."""
    named = {"where": where} if where else {}
    return said(ReasonKind.CAPACITY, run=run, on=str(full_until), **named)
