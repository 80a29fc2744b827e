"""Questions of "what if", and their answers, as the API takes and gives them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hub.domain.asking.what_if import MovedOrder, MovedRun
from hub.flow.asking.what_if import Answer
from hub.flow.asking.what_if_helps import Help
from hub.web.api.quantities import Amount, MoneyOut, QuantityIn, shown_money
from hub.web.api.shapes import Day, In, Name, Out

LONGEST = 400
MostDays = Annotated[int, Field(strict=True, ge=1, le=LONGEST)]


class PurchaseLateIn(In):
    """A purchase comes later than expected."""

    kind: Literal["purchase_late"]
    purchase_order: Name
    days: MostDays


class LotRejectedIn(In):
    """A lot may not be used any more."""

    kind: Literal["lot_rejected"]
    item: Name
    lot: Name


class DemandTimesIn(In):
    """The open orders want so many times as much of an item."""

    kind: Literal["demand_times"]
    item: Name
    factor: Amount = Field(examples=["1.5"])


class CentreDownIn(In):
    """A work centre does nothing for some days."""

    kind: Literal["work_centre_down"]
    work_centre: Name
    from_on: Day = Field(alias="from")
    to_on: Day | None = Field(
        None, alias="to", description="The last day; the first if left out."
    )


class OrderAddedIn(In):
    """Somebody orders so much of an item for a day."""

    kind: Literal["order_added"]
    item: Name
    quantity: QuantityIn
    needed_on: Day


ChangeIn = Annotated[
    PurchaseLateIn | LotRejectedIn | DemandTimesIn | CentreDownIn | OrderAddedIn,
    Field(discriminator="kind"),
]


class WhatIfIn(In):
    """What would have happened, one after the other."""

    changes: list[ChangeIn] = Field(min_length=1, max_length=20)


class FixIn(In):
    """Which remedy is to be done."""

    fix: Name = Field(description="Its id in an answer that says it can be applied.")


class MovedOrderOut(Out):
    """An order that would be there on another day."""

    id: str | None = Field(description="Null for the order that was only asked about.")
    number: str
    before: date | None
    after: date | None
    days: int | None = Field(description="Later is positive; null where no day is known.")
    committed_on: date | None
    newly_at_risk: bool
    total: MoneyOut | None


class MovedRunOut(Out):
    """A production order that would be ready on another day, or be of another size."""

    id: str
    number: str
    before: date | None
    after: date | None
    batches_before: int
    batches_after: int = Field(description="0: it would not be made.")


class FixOut(Out):
    """What would help, as data to say in any language."""

    id: str
    kind: str
    words: dict[str, str | int] = Field(
        description="What it is about: item, substitute, purchase_order, order, on, days ..."
    )
    saves_days: int = Field(
        description="Late days it takes off the orders in trouble, less what others lose."
    )
    orders: list[str] = Field(description="The numbers of the orders it helps.")
    harms: list[str] = Field(description="The numbers of those that are later with it.")
    can_apply: bool


class WhatIfOut(Out):
    """What the changes would do."""

    orders: list[MovedOrderOut] = Field(description="The latest first.")
    runs: list[MovedRunOut]
    runs_opened: int = Field(description="More runs to plan than before; fewer if below 0.")
    money_at_risk: list[MoneyOut] = Field(description="Of the orders newly at risk.")
    fixes: list[FixOut] = Field(description="What saves most late days first.")


class AppliedOut(Out):
    """A remedy that was done; what is planned next shows in the orders."""

    kind: str


def show_answer(answer: Answer) -> WhatIfOut:
    """Write an answer as the API gives it."""
    found = answer.effects
    return WhatIfOut(
        orders=[_order(order) for order in found.orders],
        runs=[_run(run) for run in found.runs],
        runs_opened=found.runs_opened,
        money_at_risk=[
            total
            for currency, minor in sorted(found.money_at_risk.items())
            if (total := shown_money(minor, currency=currency))
        ],
        fixes=[_fix(each) for each in answer.fixes],
    )


def _order(moved: MovedOrder) -> MovedOrderOut:
    return MovedOrderOut(
        id=str(moved.order_id) if moved.number else None,
        number=moved.number,
        before=moved.before,
        after=moved.after,
        days=moved.days,
        committed_on=moved.committed_on,
        newly_at_risk=moved.is_newly_at_risk,
        total=shown_money(moved.total_minor, currency=moved.currency),
    )


def _run(moved: MovedRun) -> MovedRunOut:
    return MovedRunOut(
        id=str(moved.run_id),
        number=moved.number,
        before=moved.before,
        after=moved.after,
        batches_before=moved.batches_before,
        batches_after=moved.batches_after,
    )


def _fix(each: Help) -> FixOut:
    return FixOut(
        id=each.fix.id,
        kind=each.fix.kind.value,
        words=dict(each.words),
        saves_days=each.fix.saves_days,
        orders=list(each.orders),
        harms=list(each.harms),
        can_apply=each.can_apply,
    )
