"""Messages both ways as their lists choose them, in no order; no body is loaded."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select

from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder

STUCK = "stuck"
"""Asks for what waits for a person, whether it was held or given up."""
WAITS_FOR_A_PERSON = ("held", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesWanted:
    """Which messages are wanted; empty parts ask for nothing."""

    state: str = ""
    """One of the states, or STUCK."""
    account_id: int | None = None
    kind: str = ""
    """Of the news we owe."""
    order: str = ""
    """An order's number, here or in its shop."""


def inbound_wanted(wanted: MessagesWanted) -> Select[InboundMessage]:
    """Choose what channels told us."""
    query = select(InboundMessage)
    if wanted.state:
        query = query.where(InboundMessage.state.in_(_states(wanted.state)))
    if wanted.account_id is not None:
        query = query.where(InboundMessage.account_id == wanted.account_id)
    if wanted.order:
        ids = select(SalesOrder.external_id).where(_numbered(wanted.order))
        # All accounts are named so that the index over account and order is walked: bodies lie
        # between the columns of a row, and to look at every row is to read them all.
        query = query.where(
            InboundMessage.account_id.in_(select(ChannelAccount.id)),
            or_(
                InboundMessage.external_order_id == wanted.order,
                InboundMessage.external_order_id.in_(ids),
            ),
        )
    return query


def outbound_wanted(wanted: MessagesWanted) -> Select[OutboundMessage]:
    """Choose what we owe channels."""
    query = select(OutboundMessage)
    if wanted.state:
        query = query.where(OutboundMessage.state.in_(_states(wanted.state)))
    if wanted.account_id is not None:
        query = query.where(OutboundMessage.account_id == wanted.account_id)
    if wanted.kind:
        query = query.where(OutboundMessage.kind == wanted.kind)
    if wanted.order:
        ids = select(SalesOrder.id).where(_numbered(wanted.order))
        query = query.where(OutboundMessage.order_id.in_(ids))
    return query


def _states(state: str) -> tuple[str, ...]:
    return WAITS_FOR_A_PERSON if state == STUCK else (state,)


def _numbered(text: str) -> ColumnElement[bool]:
    return or_(
        SalesOrder.number == text.upper(),
        SalesOrder.external_number == text,
        SalesOrder.external_id == text,
    )
