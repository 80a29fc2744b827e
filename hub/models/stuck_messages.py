"""Messages that wait for a person, both ways, newest first."""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from hub.models.messages import InboundMessage, OutboundMessage
from hub.models.newest import Newest, Window, newest

STUCK = ("held", "dead")


def stuck_inbound(session: Session, *, window: Window) -> Newest[InboundMessage]:
    """Return one page of what we could not read."""
    query = select(InboundMessage).where(InboundMessage.state.in_(STUCK))
    query = query.options(defer(InboundMessage.body))
    return newest(session, query, record=InboundMessage, window=window)


def stuck_outbound(session: Session, *, window: Window) -> Newest[OutboundMessage]:
    """Return one page of what shops did not take."""
    query = select(OutboundMessage).where(OutboundMessage.state.in_(STUCK))
    return newest(session, query, record=OutboundMessage, window=window)
