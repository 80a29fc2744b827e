"""Decisions about changed orders: what followed, what waits for a person, and who goes first."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.orders.answer import answer_decision
from hub.flow.orders.prioritise import prioritise
from hub.flow.refusal import Missing
from hub.models.by_id import by_id
from hub.models.orders.decision_views import decision_views, find_decisions
from hub.models.records.decisions import Decision
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path, order_in_field, order_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.decisions import (
    AnswerIn,
    DecisionOut,
    DecisionQuery,
    PriorityIn,
    PriorityOut,
    PriorityQuery,
    show_decision,
    show_priority,
)
from hub.web.api.shapes import Page, Path

TAG = Tag(
    name="Decisions", description="What follows when an order changes, and who goes first."
)


class DecisionPath(Path):
    """Which decision."""

    decision_id: str


class OrderPath(Path):
    """Which order, by its id or number."""

    order_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of decisions and of an order's place."""

    @api.get("/decisions", tags=[TAG], responses={"200": Page[DecisionOut]})
    def list_decisions(query: DecisionQuery) -> Response:
        """List what followed from changes of orders; open ones wait for a person."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/decisions/<decision_id>/done", tags=[TAG], responses={"200": DecisionOut})
    def answer(path: DecisionPath, body: AnswerIn) -> Response:
        """Say that a decision was carried out, or what is true of the goods."""
        decision_id = id_in_path(path.decision_id, what="decision")
        return door.write(
            lambda asked: answer_decision(
                asked.session,
                decision_id=decision_id,
                answer=body.answer,
                who=asked.who,
                now=asked.now,
            ),
            show=lambda asked, _: _show(asked, decision_id),
        )

    @api.patch("/orders/<order_id>", tags=[TAG], responses={"200": PriorityOut})
    def change_order(path: OrderPath, query: PriorityQuery, body: PriorityIn) -> Response:
        """Let an order go first, or last; `dry_run` answers who would win and who would lose."""
        if query.dry_run:
            return door.rehearse(
                lambda asked: _place(asked, door, path, body, dry_run=True)
            )
        return door.write(
            lambda asked: _place(asked, door, path, body, dry_run=False),
            show=lambda _asked, shown: shown,
        )


def _page(asked: Asked, query: DecisionQuery) -> Page[DecisionOut]:
    order_id = None
    if query.order:
        order_id = order_in_field(asked.session, query.order, field="order")
    found = find_decisions(
        asked.session, state=query.state or "", order_id=order_id, window=window(query)
    )
    views = decision_views(asked.session, decisions=found.rows)
    return Page(items=[show_decision(view) for view in views], next=cursor(found.next))


def _show(asked: Asked, decision_id: int) -> DecisionOut:
    row = asked.session.get(Decision, decision_id)
    if row is None:
        raise Missing("There is no such decision.")
    return show_decision(decision_views(asked.session, decisions=[row])[0])


def _place(
    asked: Asked, door: Door, path: OrderPath, body: PriorityIn, *, dry_run: bool
) -> PriorityOut:
    session = asked.session
    done = prioritise(
        session,
        order_id=order_in_path(session, path.order_id),
        priority=body.priority,
        reason=body.reason,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
        channels=door.ports.channels,
    )
    held = {share.item_id for effect in done.effects for share in effect.shares}
    given = {gift.item_id for gift in done.gifts}
    people = {each for gift in done.gifts for each in (gift.giver, gift.taker)}
    return show_priority(
        done,
        items=by_id(session, Item, ids=held | given),
        orders=by_id(session, SalesOrder, ids=people),
        dry_run=dry_run,
    )
