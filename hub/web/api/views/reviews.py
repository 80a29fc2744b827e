"""Reviews: the mails that wait for a person, and what the person says of them."""

from functools import partial

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.refusal import Invalid
from hub.flow.reviews.review_lines import Chosen
from hub.flow.reviews.reviews import Accepted, Answer, accept, reject, review_of
from hub.models.by_id import as_id
from hub.models.mail.review_views import find_reviews, review_rows
from hub.models.records.orders import Customer
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.reviews import (
    AcceptIn,
    RejectIn,
    ReviewOut,
    ReviewsQuery,
    show_review,
)
from hub.web.api.shapes import Page, Path
from mapping.canonical import Address

TAG = Tag(name="Reviews", description="Mails that wait for a person.")


class ReviewPath(Path):
    """Which review."""

    review_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of reviews."""

    @api.get("/reviews", tags=[TAG], responses={"200": Page[ReviewOut]})
    def list_reviews(query: ReviewsQuery) -> Response:
        """List the mails that a person decides on, or decided on."""
        return door.read(lambda asked: _page(asked, query))

    @api.get("/reviews/<review_id>", tags=[TAG], responses={"200": ReviewOut})
    def get_review(path: ReviewPath) -> Response:
        """Show one, with each line as it was understood."""
        review_id = id_in_path(path.review_id, what="review")
        return door.read(partial(_show, review_id=review_id))

    @api.post("/reviews/<review_id>/accept", tags=[TAG], responses={"200": ReviewOut})
    def accept_review(path: ReviewPath, body: AcceptIn) -> Response:
        """Do what the mail asks for: make, change or cancel the order. Twice is once."""
        review_id = id_in_path(path.review_id, what="review")
        return door.write(
            lambda asked: _accept(asked, door, review_id, body),
            show=lambda asked, done: _show(
                asked, review_id=review_id, learned=done.learned
            ),
        )

    @api.post("/reviews/<review_id>/reject", tags=[TAG], responses={"200": ReviewOut})
    def reject_review(path: ReviewPath, body: RejectIn) -> Response:
        """Say that nothing is to be done about it."""
        review_id = id_in_path(path.review_id, what="review")
        return door.write(
            lambda asked: reject(
                asked.session,
                review_id=review_id,
                reason=body.reason,
                who=asked.who,
                now=asked.now,
            ),
            show=lambda asked, _: _show(asked, review_id=review_id),
        )


def _page(asked: Asked, query: ReviewsQuery) -> Page[ReviewOut]:
    found = find_reviews(
        asked.session, state=query.state or "", text=query.q, window=window(query)
    )
    rows = review_rows(asked.session, reviews=found.rows)
    return Page(items=[show_review(row) for row in rows], next=cursor(found.next))


def _show(asked: Asked, *, review_id: int, learned: int | None = None) -> ReviewOut:
    review = review_of(asked.session, review_id=review_id)
    row = review_rows(asked.session, reviews=[review])[0]
    return show_review(row, learned=learned)


def _accept(asked: Asked, door: Door, review_id: int, body: AcceptIn) -> Accepted:
    return accept(
        asked.session,
        review_id=review_id,
        answer=_answer(asked, body),
        who=asked.who,
        now=asked.now,
        channels=door.ports.channels,
    )


def _answer(asked: Asked, body: AcceptIn) -> Answer:
    return Answer(
        lines=_lines(body),
        customer_id=_customer(asked, body.customer),
        new_customer=body.new_customer,
        requested_on=body.requested_on,
        is_day_said=body.requested_on is not None,
        ship_to=Address(**body.ship_to.model_dump()) if body.ship_to else None,
        is_second=body.second,
        remember=body.remember,
        remember_sender=body.remember_sender,
    )


def _lines(body: AcceptIn) -> list[Chosen] | None:
    if body.lines is None:
        return None
    return [Chosen(**line.model_dump(exclude={"text"})) for line in body.lines]


def _customer(asked: Asked, named: str | None) -> int | None:
    """Return the customer a field names.

    :raises Invalid: there is none.
    """
    if named is None:
        return None
    found = as_id(named)
    if found is None or asked.session.get(Customer, found) is None:
        raise Invalid("There is no such customer.", field="customer")
    return found
