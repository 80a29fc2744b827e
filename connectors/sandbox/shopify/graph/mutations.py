"""The mutation roots: arguments in, rules asked, payload or userErrors out."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from graphql import GraphQLError

from connectors.sandbox.shopify import fulfilment_orders, fulfilments
from connectors.sandbox.shopify.carriers import parcels
from connectors.sandbox.shopify.graph.fulfilments import event_node, hold_node
from connectors.sandbox.shopify.graph.inventory import inventory_roots
from connectors.sandbox.shopify.graph.node import Info, Node, numbered
from connectors.sandbox.shopify.graph.nodes import Nodes
from connectors.sandbox.shopify.graph.payload import payload
from connectors.sandbox.shopify.graph.subscriptions import (
    SubscriptionInput,
    create_subscription,
    delete_subscription,
    subscription_node,
    update_subscription,
)
from connectors.sandbox.shopify.graph.tagging import tagging_roots
from connectors.sandbox.shopify.graph.visit import Visit
from connectors.sandbox.shopify.records import Milestone, Tracking

FULFILMENT_ORDER_WRITERS = (
    "write_merchant_managed_fulfillment_orders",
    "write_assigned_fulfillment_orders",
    "write_third_party_fulfillment_orders",
)


class TrackingInput(TypedDict, total=False):
    """FulfillmentTrackingInput."""

    company: str | None
    number: str | None
    numbers: Sequence[str] | None
    url: str | None
    urls: Sequence[str] | None


class UnitsInput(TypedDict):
    """FulfillmentOrderLineItemInput."""

    id: str
    quantity: int


class PartInput(TypedDict, total=False):
    """FulfillmentOrderLineItemsInput."""

    fulfillment_order_id: str
    fulfillment_order_line_items: Sequence[UnitsInput] | None


class FulfilmentInput(TypedDict, total=False):
    """FulfillmentInput."""

    line_items_by_fulfillment_order: Sequence[PartInput]
    notify_customer: bool | None
    tracking_info: TrackingInput | None


class HoldInput(TypedDict, total=False):
    """FulfillmentOrderHoldInput."""

    external_id: str | None
    fulfillment_order_line_items: Sequence[UnitsInput] | None
    handle: str | None
    reason: str
    reason_notes: str | None


class EventInput(TypedDict, total=False):
    """FulfillmentEventInput."""

    fulfillment_id: str
    status: str
    happened_at: datetime | None
    estimated_delivery_at: datetime | None
    message: str | None
    address1: str | None
    city: str | None
    province: str | None
    country: str | None
    zip: str | None
    latitude: float | None
    longitude: float | None


class ProgressInput(TypedDict, total=False):
    """FulfillmentOrderReportProgressInput."""

    reason_notes: str | None


def mutation_roots(visit: Visit) -> Node:
    """List every mutation this shop performs."""
    show = Nodes(visit)
    return (
        _sending_roots(visit, show)
        | _sent_roots(visit, show)
        | _holding_roots(visit, show)
        | _progress_roots(visit, show)
        | _subscription_roots(visit)
        | inventory_roots(visit, show)
        | tagging_roots(visit, show)
    )


def _sending_roots(visit: Visit, show: Nodes) -> Node:
    shop = visit.shop

    def create(
        _info: Info, fulfillment: FulfilmentInput, message: str | None = None
    ) -> Node:
        del message
        visit.need("fulfillmentCreate", *FULFILMENT_ORDER_WRITERS)
        parts = [_part(each) for each in fulfillment["line_items_by_fulfillment_order"]]
        tracking = _tracking(fulfillment.get("tracking_info"))
        notify = bool(fulfillment.get("notify_customer"))

        def act() -> Node:
            made = fulfilments.create(shop, parts, tracking=tracking, notify=notify)
            return {"fulfillment": show.fulfilment(shop.order(made.order_id), made)}

        return payload(act)

    def track(
        _info: Info,
        fulfillment_id: str,
        tracking_info_input: TrackingInput,
        notify_customer: bool | None = None,
    ) -> Node:
        visit.need("fulfillmentTrackingInfoUpdate", *FULFILMENT_ORDER_WRITERS)
        number, tracking = (
            numbered(fulfillment_id, "Fulfillment"),
            _tracking(tracking_info_input),
        )

        def act() -> Node:
            made = fulfilments.update_tracking(
                shop, number, tracking=tracking, notify=bool(notify_customer)
            )
            return {"fulfillment": show.fulfilment(shop.order(made.order_id), made)}

        return payload(act)

    return {"fulfillmentCreate": create, "fulfillmentTrackingInfoUpdate": track}


def _sent_roots(visit: Visit, show: Nodes) -> Node:
    shop = visit.shop

    def cancel(_info: Info, id: str) -> Node:
        visit.need("fulfillmentCancel", *FULFILMENT_ORDER_WRITERS)
        number = numbered(id, "Fulfillment")

        def act() -> Node:
            made = fulfilments.cancel(shop, number)
            return {"fulfillment": show.fulfilment(shop.order(made.order_id), made)}

        return payload(act)

    def event(_info: Info, fulfillment_event: EventInput) -> Node:
        visit.need("fulfillmentEventCreate", "write_fulfillments")
        number = numbered(fulfillment_event["fulfillment_id"], "Fulfillment")

        def act() -> Node:
            milestone = _milestone(visit, fulfillment_event)
            return {
                "fulfillmentEvent": event_node(
                    fulfilments.add_event(shop, number, milestone)
                )
            }

        return payload(act)

    return {"fulfillmentCancel": cancel, "fulfillmentEventCreate": event}


def _holding_roots(visit: Visit, show: Nodes) -> Node:
    shop = visit.shop

    def hold(_info: Info, fulfillment_hold: HoldInput, id: str) -> Node:
        visit.need("fulfillmentOrderHold", *FULFILMENT_ORDER_WRITERS)
        number, holding = numbered(id, "FulfillmentOrder"), _holding(fulfillment_hold)

        def act() -> Node:
            held, made, rest = fulfilment_orders.hold(shop, number, holding)
            order = shop.order(held.order_id)
            return {
                "fulfillmentHold": hold_node(show, made),
                "fulfillmentOrder": show.fulfilment_order(order, held),
                "remainingFulfillmentOrder": show.fulfilment_order(order, rest)
                if rest
                else None,
            }

        return payload(act)

    def release(
        _info: Info,
        id: str,
        hold_ids: Sequence[str] | None = None,
        external_id: str | None = None,
    ) -> Node:
        del external_id
        visit.need("fulfillmentOrderReleaseHold", *FULFILMENT_ORDER_WRITERS)
        number = numbered(id, "FulfillmentOrder")
        chosen = None
        if hold_ids is not None:
            chosen = [numbered(each, "FulfillmentHold") for each in hold_ids]

        def act() -> Node:
            freed = fulfilment_orders.release(shop, number, hold_ids=chosen)
            return {
                "fulfillmentOrder": show.fulfilment_order(shop.order(freed.order_id), freed)
            }

        return payload(act)

    return {"fulfillmentOrderHold": hold, "fulfillmentOrderReleaseHold": release}


def _progress_roots(visit: Visit, show: Nodes) -> Node:
    shop = visit.shop

    def report(_info: Info, id: str, progress_report: ProgressInput | None = None) -> Node:
        visit.need("fulfillmentOrderReportProgress", *FULFILMENT_ORDER_WRITERS)
        number = numbered(id, "FulfillmentOrder")
        notes = (progress_report or {}).get("reason_notes")

        def act() -> Node:
            begun = fulfilment_orders.report_progress(shop, number, notes=notes)
            return {
                "fulfillmentOrder": show.fulfilment_order(shop.order(begun.order_id), begun)
            }

        return payload(act)

    def reopen(_info: Info, id: str) -> Node:
        visit.need("fulfillmentOrderOpen", *FULFILMENT_ORDER_WRITERS)
        number = numbered(id, "FulfillmentOrder")

        def act() -> Node:
            opened = fulfilment_orders.mark_open(shop, number)
            return {
                "fulfillmentOrder": show.fulfilment_order(
                    shop.order(opened.order_id), opened
                )
            }

        return payload(act)

    def deadline(
        _info: Info, fulfillment_deadline: datetime, fulfillment_order_ids: Sequence[str]
    ) -> Node:
        visit.need("fulfillmentOrdersSetFulfillmentDeadline", *FULFILMENT_ORDER_WRITERS)
        numbers = [numbered(each, "FulfillmentOrder") for each in fulfillment_order_ids]

        def act() -> Node:
            fulfilment_orders.set_deadline(shop, numbers, by=fulfillment_deadline)
            return {"success": True}

        return {"success": False} | payload(act)

    return {
        "fulfillmentOrderReportProgress": report,
        "fulfillmentOrderOpen": reopen,
        "fulfillmentOrdersSetFulfillmentDeadline": deadline,
    }


def _subscription_roots(visit: Visit) -> Node:
    def create(_info: Info, topic: str, webhook_subscription: SubscriptionInput) -> Node:
        def act() -> Node:
            made = create_subscription(visit, topic, webhook_subscription)
            return {"webhookSubscription": subscription_node(made)}

        return payload(act)

    def update(_info: Info, id: str, webhook_subscription: SubscriptionInput) -> Node:
        def act() -> Node:
            changed = update_subscription(visit, id, webhook_subscription)
            return {"webhookSubscription": subscription_node(changed)}

        return payload(act)

    def delete(_info: Info, id: str) -> Node:
        return payload(
            lambda: {"deletedWebhookSubscriptionId": delete_subscription(visit, id)}
        )

    return {
        "webhookSubscriptionCreate": create,
        "webhookSubscriptionUpdate": update,
        "webhookSubscriptionDelete": delete,
    }


def _part(part: PartInput) -> fulfilments.Part:
    return fulfilments.Part(
        fulfilment_order_id=numbered(part["fulfillment_order_id"], "FulfillmentOrder"),
        lines=_units(part.get("fulfillment_order_line_items")),
    )


def _units(chosen: Sequence[UnitsInput] | None) -> list[tuple[int, int]]:
    return [
        (numbered(each["id"], "FulfillmentOrderLineItem"), each["quantity"])
        for each in chosen or ()
    ]


def _tracking(given: TrackingInput | None) -> list[Tracking]:
    if given is None:
        return []
    number, url = given.get("number"), given.get("url")
    if (url and given.get("urls")) or (number and given.get("numbers")):
        raise GraphQLError(
            "Only one of number and numbers, and one of url and urls, can be given",
            extensions={"code": "BAD_REQUEST"},
        )
    return parcels(
        company=given.get("company"),
        numbers=[number] if number else list(given.get("numbers") or ()),
        urls=[url] if url else list(given.get("urls") or ()),
    )


def _holding(given: HoldInput) -> fulfilment_orders.Holding:
    return fulfilment_orders.Holding(
        reason=given["reason"],
        notes=given.get("reason_notes"),
        handle=given.get("handle") or "",
        external_id=given.get("external_id"),
        lines=_units(given.get("fulfillment_order_line_items")),
    )


def _milestone(visit: Visit, given: EventInput) -> Milestone:
    now = visit.shop.now()
    return Milestone(
        id=visit.shop.ids.next("FulfillmentEvent"),
        status=given["status"],
        happened_at=given.get("happened_at") or now,
        created_at=now,
        message=given.get("message"),
        estimated_delivery_at=given.get("estimated_delivery_at"),
        city=given.get("city"),
        province=given.get("province"),
        country=given.get("country"),
        zip=given.get("zip"),
        address1=given.get("address1"),
        latitude=given.get("latitude"),
        longitude=given.get("longitude"),
    )
