"""What was decided about changed orders, and a new place of an order, as the API shows them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from hub.domain.orders.decisions import Change, Follows, Stage, answers_to
from hub.flow.orders.prioritise import Effect, Prioritised, Share
from hub.models.orders.decision_views import DecisionView
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.web.api.quantities import Quantity, quantity
from hub.web.api.shapes import In, Out, PageQuery, Query


class DecisionQuery(PageQuery):
    """Which decisions."""

    state: Literal["open", "done"] | None = Field(
        None, description="Open ones wait for a person; without it, all are listed."
    )
    order: str = Field("", description="Of one order, by its id or number.")


class AnswerIn(In):
    """What a person says."""

    answer: str = Field(
        "",
        max_length=50,
        description="One of the decision's `answers`; `done` needs not be said.",
    )


class TakenOut(Out):
    """So much of a lot was taken out."""

    lot: str
    quantity: Quantity


class DecisionOut(Out):
    """What followed from a change of an order for goods at one stage."""

    id: str
    order: str
    order_number: str
    line: str | None
    item: str | None
    change: Change
    stage: Stage
    decision: Follows
    quantity: Quantity | None = Field(description="Null where it is about no quantity.")
    production_order: str | None = Field(description="By its number.")
    shipment: str | None = Field(description="By its number.")
    taken_out: list[TakenOut] = Field(
        description="What the channel counts as sent by hand left these lots."
    )
    state: Literal["open", "done", "settled"] = Field(
        description="Settled: it waited for nobody."
    )
    answers: list[str] = Field(description="What may be answered while it is open.")
    answer: str
    at: datetime
    done_at: datetime | None
    done_by: str


class PriorityIn(In):
    """An order's place."""

    priority: int = Field(
        ge=0, le=1000, strict=True, description="Lower goes first; 100 is everybody's."
    )
    reason: str = Field("", max_length=500)


class PriorityQuery(Query):
    """Whether only to ask."""

    dry_run: bool = False


class QuantityChange(Out):
    """A quantity before and after."""

    before: Quantity
    after: Quantity


class DateChange(Out):
    """A date before and after; null: nobody knows when."""

    before: date | None
    after: date | None


class ShareOut(Out):
    """What an order has of an item, before and after."""

    item: str
    allocated: QuantityChange = Field(description="Held in lots for it.")
    in_production: QuantityChange = Field(description="Of runs that are not finished.")


class EffectOut(Out):
    """What the new place does to one order."""

    order: str
    number: str
    committed_on: date | None
    earliest_on: DateChange
    is_at_risk: bool
    items: list[ShareOut]


class GiftOut(Out):
    """So much of an item that one order gives to another."""

    item: str
    quantity: Quantity
    giver: str
    taker: str


class PriorityOut(Out):
    """Who wins and who loses by an order's new place."""

    dry_run: bool
    order: str
    number: str
    before: int
    after: int
    effects: list[EffectOut]
    gives: list[GiftOut]


def show_decision(view: DecisionView) -> DecisionOut:
    """Write a decision."""
    row = view.decision
    follows = Follows(row.decision)
    is_open = row.needs_person and row.done_at is None
    unit = view.item.unit if view.item else "each"
    return DecisionOut(
        id=str(row.id),
        order=str(row.order_id),
        order_number=view.order.number,
        line=None if row.order_line_id is None else str(row.order_line_id),
        item=view.item.code if view.item else None,
        change=Change(row.change),
        stage=Stage(row.stage),
        decision=follows,
        quantity=quantity(row.quantity, unit=unit) if view.item and row.quantity else None,
        production_order=view.run.number if view.run else None,
        shipment=view.shipment.number if view.shipment else None,
        taken_out=[
            TakenOut(lot=part.lot.code, quantity=quantity(part.quantity, unit=unit))
            for part in view.taken
        ],
        state="open" if is_open else "done" if row.done_at else "settled",
        answers=[each.value for each in answers_to(follows)] if is_open else [],
        answer=row.answer,
        at=row.at,
        done_at=row.done_at,
        done_by=row.done_by,
    )


def show_priority(
    done: Prioritised,
    *,
    items: Mapping[int, Item],
    orders: Mapping[int, SalesOrder],
    dry_run: bool,
) -> PriorityOut:
    """Write who wins and who loses."""
    return PriorityOut(
        dry_run=dry_run,
        order=str(done.order_id),
        number=done.number,
        before=done.before,
        after=done.after,
        effects=[_effect(each, items=items) for each in done.effects],
        gives=[
            GiftOut(
                item=items[gift.item_id].code,
                quantity=quantity(gift.quantity, unit=items[gift.item_id].unit),
                giver=orders[gift.giver].number,
                taker=orders[gift.taker].number,
            )
            for gift in done.gifts
        ],
    )


def _effect(effect: Effect, *, items: Mapping[int, Item]) -> EffectOut:
    return EffectOut(
        order=str(effect.order_id),
        number=effect.number,
        committed_on=effect.committed_on,
        earliest_on=DateChange(before=effect.earliest_before, after=effect.earliest_after),
        is_at_risk=effect.is_at_risk,
        items=[_share(share, item=items[share.item_id]) for share in effect.shares],
    )


def _share(share: Share, *, item: Item) -> ShareOut:
    def change(before: int, after: int) -> QuantityChange:
        return QuantityChange(
            before=quantity(before, unit=item.unit), after=quantity(after, unit=item.unit)
        )

    return ShareOut(
        item=item.code,
        allocated=change(share.allocated_before, share.allocated_after),
        in_production=change(share.made_before, share.made_after),
    )
