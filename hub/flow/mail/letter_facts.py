"""Gathers what the hub knows for the rule about mails (hub/domain/mail/review_rule.py)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.domain.mail.mail_known import (
    RECENT_DAYS,
    Form,
    Goods,
    Known,
    KnownCustomer,
    Pack,
    PastOrder,
    Sold,
)
from hub.domain.mail.senders import is_freemail
from hub.models.mail import letter_queries as queries
from hub.models.mail.mail_queries import order_answered, orders_named
from hub.models.meaning.listing_queries import components_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import Customer, SalesOrder
from mapping.letter import Intent, Letter
from mapping.listing import barcode_key, sku_key

SOLD = frozenset(["product", "intermediate"])
"""Kinds of items that can be ordered by their own code; what is bought needs a listing first."""


def known_of(
    session: Session, *, account: ChannelAccount, letter: Letter, now: datetime
) -> Known:
    """Return everything that decides about a letter beside its own words."""
    is_staff = letter.sender.address.rpartition("@")[2] in own_domains(account)
    is_forward = is_staff and letter.forwarded is not None
    inner = letter.forwarded.address.lower() if letter.forwarded else ""
    customer = queries.customer_writing(
        session, address=inner if is_forward else letter.sender.address
    )
    known = Known(
        is_staff=is_staff,
        is_forward=is_forward,
        trusts_forwards=trusts_forwards(account),
        catalogue=_catalogue(session),
        barcodes=_barcodes(queries.barcodes(session)),
    )
    if customer is None:
        return known
    return _of_customer(session, known, customer, letter, now=now)


def trusts_forwards(account: ChannelAccount) -> bool:
    """Say whether what our own people pass on counts as written by whom they name."""
    return str(account.settings.get("trust_forwards", "")).strip().lower() == "yes"


def own_domains(account: ChannelAccount) -> frozenset[str]:
    """Return the domains our own people write from: those named, and the mailbox's own.

    A mailbox where anybody can have one is nobody's domain.
    """
    named = str(account.settings.get("own_domains", "")).lower().replace(";", ",")
    domains = {each.strip().removeprefix("@") for each in named.split(",")}
    home = str(account.settings.get("address", "")).lower().rpartition("@")[2]
    if not is_freemail(home):
        domains.add(home)
    return frozenset(domains - {""})


# The customer -------------------------------------------------------------------------------


def _of_customer(
    session: Session, known: Known, customer: Customer, letter: Letter, *, now: datetime
) -> Known:
    mine = customer.id
    recent = queries.orders_since(
        session, customer_id=mine, since=now - timedelta(days=RECENT_DAYS)
    )
    numbered = queries.orders_with_number(session, customer_id=mine)
    about = order_about(session, letter=letter, customer_id=mine)
    return Known(
        customer=_customer(session, customer),
        is_staff=known.is_staff,
        is_forward=known.is_forward,
        trusts_forwards=known.trusts_forwards,
        catalogue=known.catalogue,
        barcodes=known.barcodes,
        orders={sku_key(order.po_number): past(session, order) for order in numbered},
        recent=tuple(past(session, order) for order in recent),
        waiting={
            sku_key(ref): review_id
            for ref, review_id in queries.open_review_refs(session, customer_id=mine)
        },
        about=None if about is None else past(session, about),
    )


def _customer(session: Session, customer: Customer) -> KnownCustomer:
    mine = customer.id
    return KnownCustomer(
        id=mine,
        locale=customer.locale,
        auto_accept=customer.auto_accept,
        always_review=customer.always_review,
        orders=queries.orders_so_far(session, customer_id=mine),
        aliases={
            alias.text_key: Sold(
                sku=item.code, holds=((item.id, alias.quantity),), title=alias.text
            )
            for alias, item in queries.aliases_of(session, customer_id=mine)
        },
        packs=tuple(
            Pack(unit=pack.unit, sku_key=pack.sku_key, pieces=pack.pieces)
            for pack in queries.packs_of(session, customer_id=mine)
        ),
        prices={
            (price.sku_key, price.currency): price.price_minor
            for price in queries.prices_of(session, customer_id=mine)
        },
        forms=tuple(
            Form(name=form.name, kind=form.kind, definition=form.definition)
            for form in queries.forms_of(session, customer_id=mine)
        ),
    )


# What was ordered before --------------------------------------------------------------------


def order_about(session: Session, *, letter: Letter, customer_id: int) -> SalesOrder | None:
    """Return the customer's own order a letter answers or names; None if none, or several.

    Their own number tells it only where the letter asks to change something: an order letter
    brings the number of a new one.
    """
    chain = [letter.in_reply_to, *reversed(letter.references)]
    found = order_answered(
        session, message_ids=[each for each in chain if each], customer_id=customer_id
    )
    if found is None:
        ours, theirs = orders_named(
            session, numbers=_numbers(letter), customer_id=customer_id
        )
        asks = letter.intent in {Intent.CHANGE, Intent.CANCEL}
        named = ours or (theirs if asks else [])
        found = named[0] if len(named) == 1 else None
    return None if found is None else queries.order_with_lines(session, order_id=found)


def _numbers(letter: Letter) -> list[str]:
    stated = [draft.po_number for draft in letter.drafts if draft.po_number]
    return [*letter.order_numbers, *stated]


def past(session: Session, order: SalesOrder) -> PastOrder:
    """Return an order as the rule compares it with a letter."""
    demands = queries.demands_of(session, lines=order.lines)
    goods: dict[str, int] = {}
    for line in order.lines:
        asked = [(str(each.item_id), each.quantity) for each in demands[line.id]]
        wanted = max(0, line.ordered - line.cancelled)
        for key, quantity in asked or [(f"sku:{sku_key(line.sku)}", wanted * 1000)]:
            goods[key] = goods.get(key, 0) + quantity
    return PastOrder(
        id=order.id,
        number=order.number,
        po=order.po_number,
        goods=frozenset(goods.items()),
        lines=tuple(
            (line.sku or line.title, line.ordered - line.cancelled) for line in order.lines
        ),
        requested_on=order.requested_on,
        is_cancelled=order.intent == "cancelled",
    )


# What is sold -------------------------------------------------------------------------------


def _catalogue(session: Session) -> Mapping[str, Sold]:
    """Return what every SKU means, leaving out those that mean two things."""
    found: dict[str, list[Sold]] = {}
    for item in queries.every_item(session):
        if item.kind not in SOLD:
            continue
        sold = Sold(
            sku=item.code,
            holds=((item.id, 1000),),
            title=item.name,
            is_counted=item.unit == "each",
        )
        found.setdefault(item.code_key, []).append(sold)
    for listing in queries.said_listings(session):
        holds: Goods = tuple(
            (each.item_id, each.quantity) for each in components_of(listing)
        )
        if holds:
            sold = Sold(sku=listing.sku, holds=holds, title=listing.title)
            found.setdefault(listing.sku_key, []).append(sold)
    found.pop("", None)
    return {key: _one(several) for key, several in found.items() if _agree(several)}


def _agree(several: list[Sold]) -> bool:
    counted = [each for each in several if each.is_counted]
    return len({each.holds for each in counted or several}) == 1


def _one(several: list[Sold]) -> Sold:
    """Take the item's own code first; what is weighed only where no listing says what one is."""
    return next((each for each in several if each.is_counted), several[0])


def _barcodes(rows: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return the SKU key of each barcode that names one thing."""
    found: dict[str, set[str]] = {}
    for barcode, key in rows:
        if barcode_key(barcode):
            found.setdefault(barcode_key(barcode), set()).add(key)
    return {barcode: keys.pop() for barcode, keys in found.items() if len(keys) == 1}
