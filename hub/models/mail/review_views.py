"""Reviews as people list them, and all that one page of a review shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.newest import Newest, Window, newest
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Customer, OrderLine, SalesOrder
from hub.models.substrings import holds

STATES = ("open", "accepted", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A review with whom and what it is about."""

    review: Review
    account: ChannelAccount
    customer: Customer | None
    order: SalesOrder | None


def find_reviews(
    session: Session, *, state: str, text: str = "", window: Window
) -> Newest[Review]:
    """Return one page of the reviews in a state whose sender, subject or number holds a text."""
    query = select(Review)
    if state:
        query = query.where(Review.state == state)
    if text:
        query = query.where(
            or_(
                holds(Review.sender, text),
                holds(Review.subject, text),
                holds(Review.order_ref, text),
            )
        )
    return newest(session, query, record=Review, window=window)


def review_rows(session: Session, *, reviews: Sequence[Review]) -> list[ReviewRow]:
    """Return reviews with whom and what they are about, in the same order."""
    accounts = by_id(session, ChannelAccount, ids={each.account_id for each in reviews})
    buyers = {each.customer_id for each in reviews if each.customer_id is not None}
    customers = by_id(session, Customer, ids=buyers)
    about = {each.order_id for each in reviews if each.order_id is not None}
    orders = by_id(session, SalesOrder, ids=about)
    return [
        ReviewRow(
            review=review,
            account=accounts[review.account_id],
            customer=customers.get(review.customer_id or 0),
            order=orders.get(review.order_id or 0),
        )
        for review in reviews
    ]


def review_counts(session: Session) -> Mapping[str, int]:
    """Count the reviews by state."""
    query = select(Review.state, func.count()).group_by(Review.state)
    return {state: count for state, count in session.execute(query)}


def open_reviews(session: Session) -> int:
    """Count the mails that wait for a person."""
    query = select(func.count()).select_from(Review).filter_by(state="open")
    return session.scalar(query) or 0


def mail_of(session: Session, *, review: Review) -> InboundMail | None:
    """Return the row of the mail a review is about; None if there is none any more."""
    query = select(InboundMail).filter_by(inbound_message_id=review.inbound_message_id)
    return session.scalar(query.order_by(InboundMail.id).limit(1))


def raw_mail(session: Session, *, review: Review) -> bytes | None:
    """Return the mail as it came; None once it was forgotten."""
    query = select(InboundMessage.body).filter_by(id=review.inbound_message_id)
    return session.scalar(query)


def lines_of_order(session: Session, *, order_id: int) -> list[OrderLine]:
    """Return the lines of an order, in their order."""
    query = select(OrderLine).filter_by(order_id=order_id).order_by(OrderLine.position)
    return list(session.scalars(query))


def items_to_pick(session: Session, *, most: int) -> list[Item]:
    """Return the items a line may mean: what is sold first, then the rest; by code."""
    is_product = (Item.kind != "product").label("rank")
    query = select(Item).order_by(is_product, Item.code).limit(most)
    return list(session.scalars(query))
