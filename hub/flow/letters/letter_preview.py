"""How a letter would read: with a real order's words, or with made-up ones."""

from sqlalchemy.orm import Session

from hub.domain.days.promise import count_on
from hub.domain.letters.notices import Facts
from hub.flow.letters.letter_rendering import Rendered, Template
from hub.flow.letters.letter_settings import house_of
from hub.flow.letters.letter_words import SAMPLE_LINK, House, order_words
from hub.flow.letters.notification_templates import current, event_called, preview
from hub.flow.refusal import Missing
from hub.models.records.orders import Customer, SalesOrder
from hub.models.shipping.sent import shipments_of

ADDRESS = "orders@example.com"
"""Stands for the mailbox's own where none is set up."""


def preview_letter(
    session: Session,
    *,
    event: str,
    locale: str,
    template: Template | None = None,
    order_id: int | None = None,
) -> Rendered:
    """Show a letter as it would be sent; without a template, with the words that count now.

    :raises Invalid: a word that is not known, or no template; the message says the line.
    :raises Missing: there is no such letter, language or order.
    """
    kind = event_called(event, locale=locale)
    shown = template or current(session, event=kind, locale=locale).template
    if order_id is None:
        return preview(shown, locale=locale)
    order = session.get(SalesOrder, order_id)
    if order is None:
        raise Missing("There is no such order.", field="order")
    customer = (
        session.get(Customer, order.customer_id) if order.customer_id is not None else None
    )
    words = order_words(
        session,
        order=order,
        customer=customer,
        facts=_facts(session, order),
        house=House(name=house_of(session).name, address=ADDRESS),
        language=locale,
    )
    # The link itself is put in when a letter leaves, and for its buyer's eyes.
    words = {**words, "status_url": SAMPLE_LINK}
    return preview(shown, locale=locale, words=words)


def _facts(session: Session, order: SalesOrder) -> Facts:
    parcels = shipments_of(session, order_id=order.id)
    return Facts(
        on=count_on(order.promised_on, earliest_on=order.earliest_on),
        was_on=order.promised_on,
        reason=str(order.risk.get("kind", "")),
        shipment_id=parcels[-1].id if parcels else None,
    )
