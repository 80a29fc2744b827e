"""Mails that wait for a person, as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from hub.domain.mail.review_lines import ReadLine, from_json
from hub.models.mail.review_views import ReviewRow
from hub.web.api.schemas.lots import Ref
from hub.web.api.schemas.orders import AddressIn
from hub.web.api.shapes import Day, In, Out, PageQuery

Strict = Annotated[bool, Field(strict=True)]
MOST_PIECES = 1_000_000


class ReviewsQuery(PageQuery):
    """Which reviews."""

    state: Literal["open", "accepted", "rejected"] | None = Field(
        None, description="Left out: all of them."
    )
    q: str = Field("", description="Part of a sender, subject or number.")


class AcceptedLineIn(In):
    """A line as it is to be: one of the mail's by its position, or another one."""

    position: int = Field(
        0, strict=True, ge=0, description="Of the mail's line; left out for another one."
    )
    text: str = Field("", description="Taken for nothing: what was read stays as it is.")
    sku: str = Field("", max_length=200)
    item: str = Field("", max_length=200, description="Its code; goes before `sku`.")
    quantity: Annotated[int, Field(strict=True, ge=0, le=MOST_PIECES)] = Field(
        description="Whole pieces; 0 leaves the line out."
    )
    pieces: int | None = Field(
        None, strict=True, ge=1, le=MOST_PIECES, description="So many one of theirs holds."
    )


class AcceptIn(In):
    """What a person says of a mail; what is left out is as it was read."""

    lines: list[AcceptedLineIn] | None = Field(None, max_length=1_000)
    remember: Strict = Field(
        False, description="Keep the words, packs and prices for them."
    )
    customer: str | None = Field(None, max_length=20, description="The id of a customer.")
    new_customer: str = Field("", max_length=200, description="The name of one to add.")
    remember_sender: Strict = Field(False, description="The sender's address is theirs.")
    requested_on: Day | None = None
    ship_to: AddressIn | None = None
    second: Strict = Field(
        False, description="An order of its own, though its number is there already."
    )


class RejectIn(In):
    """Why nothing is done about a mail."""

    reason: str = Field("", max_length=200)


class LikelyItemOut(Out):
    """An item a line may mean."""

    item: str
    why: str
    learned: int | None = Field(
        None, description="After accepting: how much is known of the customer that was not."
    )


class ReviewLineOut(Out):
    """A line of a mail and what was understood of it."""

    position: int
    text: str
    sku: str
    title: str
    quantity: int | None = Field(description="Null where nobody can tell.")
    unit: str
    price: str
    item: str = Field(description="Empty where nobody knows.")
    via: str
    problem: str
    suggestions: list[LikelyItemOut]


class ReviewCustomer(Out):
    """Whose mail it is."""

    id: str
    name: str


class ReviewOut(Out):
    """A mail that a person decides on."""

    id: str
    channel: str
    kind: str = Field(description="order, change or cancel")
    reason: str
    detail: dict[str, object]
    state: str
    subject: str
    sender: str
    order_ref: str = Field(description="The buyer's own number.")
    customer: ReviewCustomer | None
    order: Ref | None = Field(description="The order it is about, or that it made.")
    lines: list[ReviewLineOut]
    inbound_message: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: str
    why: str
    learned: int | None = Field(
        None, description="After accepting: how much is known of them that was not before."
    )


def show_review(row: ReviewRow, *, learned: int | None = None) -> ReviewOut:
    """Write a review."""
    review, buyer = row.review, row.customer
    return ReviewOut(
        id=str(review.id),
        channel=row.account.name,
        kind=review.kind,
        reason=review.reason,
        detail=dict(review.detail),
        state=review.state,
        subject=review.subject,
        sender=review.sender,
        order_ref=review.order_ref,
        customer=ReviewCustomer(id=str(buyer.id), name=buyer.name) if buyer else None,
        order=Ref(id=str(row.order.id), number=row.order.number) if row.order else None,
        lines=[_line(line) for line in from_json(review.lines)],
        inbound_message=str(review.inbound_message_id),
        created_at=review.created_at,
        decided_at=review.decided_at,
        decided_by=review.decided_by,
        why=review.why,
        learned=learned,
    )


def _line(line: ReadLine) -> ReviewLineOut:
    return ReviewLineOut(
        position=line.position,
        text=line.text,
        sku=line.sku,
        title=line.title,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price,
        item=line.item,
        via=line.via,
        problem=line.problem,
        suggestions=[LikelyItemOut(item=s.item, why=s.why) for s in line.suggestions],
    )
