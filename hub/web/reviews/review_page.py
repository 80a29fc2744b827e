"""Mail that waits for a person: the queue, and the page with mail and lines side by side."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TypedDict

from flask import Response, abort
from sqlalchemy.orm import Session

from hub.domain.mail.review_lines import from_json
from hub.flow.mail.ask_customer import LONGEST_QUESTION
from hub.flow.mail.teach import teach
from hub.flow.refusal import Invalid
from hub.flow.reviews.review_again import understand_again
from hub.flow.reviews.review_question import ask_sender as send_question
from hub.flow.reviews.review_question import may_ask
from hub.flow.reviews.reviews import accept, reject
from hub.models.mail.customer_views import every_customer
from hub.models.mail.review_letters import letter_of
from hub.models.mail.review_views import (
    STATES,
    find_reviews,
    items_to_pick,
    lines_of_order,
    raw_mail,
    review_counts,
    review_rows,
)
from hub.models.newest import Window
from hub.models.records.items import Item
from hub.models.records.mails import Review
from hub.models.records.orders import Customer, OrderLine, SalesOrder
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show,
    show_live,
    typed,
    went,
)
from hub.web.reviews.review_form import (
    answer_of,
    day_of,
    line_rows,
    requested,
    ship_to,
    taught_of,
)
from hub.web.reviews.review_marks import show_mail
from hub.web.reviews.review_words import (
    COLUMNS,
    advice,
    detail_words,
    how_words,
    proof_words,
)

ROWS = 50
EVERY = 1_000


def list_reviews(door: PageDoor) -> Response:
    """Show the mails that wait for a person, or those that were decided on."""
    state = asked("state") if asked("state") in STATES else "open"
    with door.reading() as session:
        window = Window(ROWS, asked_id("after"))
        found = find_reviews(session, state=state, text=asked("q"), window=window)
        return show_live(
            "reviews/queue.html",
            "reviews/_queue.html",
            rows=review_rows(session, reviews=found.rows),
            next=found.next,
            state=state,
            tabs=STATES,
            counts=review_counts(session),
            advice=advice,
        )


def show_review(door: PageDoor, review_id: int) -> Response:
    """Show a mail and what was read of it, side by side."""
    return _page(door, review_id)


def take_suggestion(door: PageDoor, review_id: int) -> Response:
    """Put a suggestion into its line and keep all that was typed. Nothing is written."""
    return _page(door, review_id)


def accept_review(door: PageDoor, review_id: int) -> Response:
    """Do what the mail asks for, as the form says."""

    def change(deed: Deed) -> int:
        review = deed.session.get(Review, review_id) or abort(404)
        done = accept(
            deed.session,
            review_id=review_id,
            answer=answer_of(review),
            who=deed.who,
            now=deed.now,
            channels=door.ports.channels,
        )
        return done.order_id

    did = "mail_remembered" if typed("remember") == "1" else "mail_accepted"
    return door.press(
        change,
        done=lambda order_id: went("pages.show_order", did, order_id=order_id),
        again=lambda trouble: _page(door, review_id, trouble=trouble),
        about="review",
    )


def reject_review(door: PageDoor, review_id: int) -> Response:
    """Say that the mail is nothing to be done."""

    def change(deed: Deed) -> None:
        reject(
            deed.session,
            review_id=review_id,
            reason=typed("reason"),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.list_reviews", "mail_rejected"),
        again=lambda trouble: _page(door, review_id, trouble=trouble),
        about="reject",
    )


def ask_sender(door: PageDoor, review_id: int) -> Response:
    """Ask whoever wrote the mail what it leaves open; the mail goes on waiting."""

    def change(deed: Deed) -> None:
        send_question(
            deed.session,
            review_id=review_id,
            question=typed("question", longest=LONGEST_QUESTION),
            who=deed.who,
            now=deed.now,
            channels=door.ports.channels,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_review", "mail_asked", review_id=review_id),
        again=lambda trouble: _page(door, review_id, trouble=trouble),
        about="ask",
    )


def teach_form(door: PageDoor, review_id: int) -> Response:
    """Keep which column, or which words of a line, is what in this customer's mails."""
    return door.press(
        partial(_teach, review_id=review_id),
        done=lambda _: went("pages.show_review", "form_taught", review_id=review_id),
        again=lambda trouble: _page(door, review_id, trouble=trouble),
        about=f"teach-{typed('part', longest=100) or 'text'}",
    )


def download_mail(door: PageDoor, review_id: int) -> Response:
    """Give the mail as it came, as a file: it is never shown by the browser itself."""
    with door.reading() as session:
        review = session.get(Review, review_id) or abort(404)
        raw = raw_mail(session, review=review)
        if raw is None:
            abort(404)
        return Response(
            raw,
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="mail-{review_id}.eml"'},
        )


def _page(door: PageDoor, review_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        review = session.get(Review, review_id) or abort(404)
        letter = letter_of(review)
        lines = from_json(review.lines)
        offered = _choices(session, review)
        row = review_rows(session, reviews=[review])[0]
        return show(
            "reviews/review.html",
            review=review,
            row=row,
            letter=letter,
            shown=show_mail(letter, lines=lines) if letter else None,
            advice=advice(review.reason),
            details=detail_words(review.detail),
            proof=proof_words(letter.sender) if letter else "",
            how_proven=how_words(letter.sender) if letter else "",
            lines=line_rows(
                review, lines, letter, ordered=_ordered(review, offered["order_lines"])
            ),
            read=lines,
            columns=COLUMNS,
            ship_to=ship_to(letter),
            requested=requested(letter),
            day=day_of(letter, today=door.today()),
            has_raw=raw_mail(session, review=review) is not None,
            may_ask=may_ask(session, review, channels=door.ports.channels),
            trouble=trouble,
            **offered,
        )


def _ordered(review: Review, lines: Sequence[OrderLine]) -> dict[str, int]:
    """Say how many pieces of each SKU an order holds that a mail asks to change."""
    if review.kind != "change":
        return {}
    times = Counter(line.sku for line in lines)
    return {
        line.sku: line.ordered - line.cancelled for line in lines if times[line.sku] == 1
    }


class Offered(TypedDict):
    """What the form offers: items, customers, and the lines of the order it is about."""

    there: SalesOrder | None
    items: list[Item]
    customers: list[Customer]
    order_lines: list[OrderLine]


def _choices(session: Session, review: Review) -> Offered:
    about = _about(session, review)
    return {
        "there": about if review.kind == "order" and review.state == "open" else None,
        "items": items_to_pick(session, most=EVERY),
        "customers": every_customer(session, most=EVERY),
        "order_lines": lines_of_order(session, order_id=about.id) if about else [],
    }


def _about(session: Session, review: Review) -> SalesOrder | None:
    """Return the order it asks to change, or the one it may repeat."""
    named = review.detail.get("order_id") if review.kind == "order" else review.order_id
    return session.get(SalesOrder, named) if isinstance(named, int) else None


def _teach(deed: Deed, *, review_id: int) -> None:
    review = deed.session.get(Review, review_id) or abort(404)
    letter = letter_of(review)
    if review.customer_id is None or letter is None:
        raise Invalid("Say whose order this is.", field="customer")
    shown = taught_of(letter)
    teach(
        deed.session,
        customer_id=review.customer_id,
        kind=shown.kind,
        definition=shown.definition,
        name=shown.name,
        who=deed.who,
        now=deed.now,
    )
    understand_again(deed.session, review, now=deed.now)


ROUTES: Routes = (
    ("GET", "/reviews", list_reviews),
    ("GET", "/reviews/<id:review_id>", show_review),
    ("POST", "/reviews/<id:review_id>/take", take_suggestion),
    ("POST", "/reviews/<id:review_id>/accept", accept_review),
    ("POST", "/reviews/<id:review_id>/reject", reject_review),
    ("POST", "/reviews/<id:review_id>/ask", ask_sender),
    ("POST", "/reviews/<id:review_id>/teach", teach_form),
    ("GET", "/reviews/<id:review_id>/mail.eml", download_mail),
)
