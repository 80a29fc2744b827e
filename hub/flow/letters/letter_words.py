"""The words a letter is filled with: what we know of an order, said in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.days.promise import count_on
from hub.domain.letters.notices import Facts
from hub.flow.letters.letter_rendering import Words
from hub.flow.letters.status_link import status_mark
from hub.models.records.orders import Customer, OrderLine, SalesOrder
from hub.models.records.shipping import Shipment, ShipmentLine
from mapping.money import decimals_of
from mapping.units import UnitProblem

LANGUAGES = ("en", "es")
SAMPLE_LINK = "https://hornada.example/o/AbC"
MOST_LINES = 100
"""So many lines are named in one letter."""

DELAYS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "material": "a material comes later than expected",
        "room": "the workshop has more to do than usual",
        "check": "it is still being checked",
        "way": "parcels do not leave every day",
    },
    "es": {
        "material": "un material llega más tarde de lo previsto",
        "room": "el taller tiene más trabajo de lo habitual",
        "check": "todavía se está revisando",
        "way": "los paquetes no salen todos los días",
    },
}
_ABOUT: Mapping[str, str] = {
    "purchase": "material",
    "lead_time": "material",
    "material": "material",
    "material_lead_time": "material",
    "material_no_date": "material",
    "run": "room",
    "capacity": "room",
    "check": "check",
    "material_check": "check",
    "cut_off": "way",
    "shipping_day": "way",
    "no_shipping_day": "way",
    "transit": "way",
}
"""What a buyer is told of each kind of reason; what is not named here is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who writes."""

    name: str
    address: str


def language_of(*wanted: str) -> str:
    """Choose the language of a letter: the first one asked for that we write, else English."""
    folded = (each.lower().replace("_", "-").partition("-")[0] for each in wanted)
    return next((each for each in folded if each in LANGUAGES), "en")


def sample_words(*, language: str) -> Words:
    """Make words of every kind, for a preview and to know which ones there are."""
    lines = [
        _line("Soy candle, fig", variant="180 g", sku="CANDLE-FIG", quantity=12),
        _line("Olive soap", variant="", sku="SOAP-01", quantity=6),
    ]
    day, later = date(2026, 11, 27), date(2026, 12, 2)
    return {
        "order": {
            "name": "H-0042",
            "number": "H-0042",
            "their_number": "PO-2026-118",
            "placed": write_day(date(2026, 11, 20), language=language),
            "total": write_money(18450, currency="EUR", language=language),
            "lines": lines,
        },
        "customer": {"name": "Marta Soler"},
        "workshop": {"name": "Cera y Sal", "address": "pedidos@cerasal.example"},
        "day": write_day(later, language=language),
        "old_day": write_day(day, language=language),
        "reason": DELAYS[language]["material"],
        "status_url": SAMPLE_LINK,
        "parcel": {
            "carrier": "Correos",
            "number": "PK42",
            "link": "https://carrier.example/PK42",
            "lines": lines,
        },
        "question": "250 g?",
        "alert": {
            "title": "SOAP-01",
            "lines": [{"text": "H-0042", "link": "https://hornada.example/orders/42"}],
            "more": "",
            "link": "https://hornada.example/",
        },
    }


def order_words(
    session: Session,
    *,
    order: SalesOrder | None,
    customer: Customer | None,
    facts: Facts,
    house: House,
    language: str,
) -> Words:
    """Say what a letter about an order, or about a question before there is one, can say."""
    shipment = None if facts.shipment_id is None else facts.shipment_id
    return {
        "order": _order(session, order, language=language),
        "customer": {"name": customer.name if customer else ""},
        "workshop": {"name": house.name, "address": house.address},
        "day": write_day(facts.on or _day_of(order), language=language),
        "old_day": write_day(facts.was_on, language=language),
        "reason": delay_words(facts.reason, language=language),
        "status_url": "" if order is None else status_mark(order.id),
        "parcel": {
            **_followed(session, facts),
            "lines": [] if shipment is None else _sent(session, shipment),
        },
        "question": facts.question,
        "alert": {"title": "", "lines": [], "more": "", "link": ""},
    }


def delay_words(kind: str, *, language: str) -> str:
    """Say in a buyer's words why something is later; empty for what is not theirs to know."""
    return DELAYS[language].get(_ABOUT.get(kind, ""), "")


def alert_words(
    *, title: str, lines: Sequence[tuple[str, str]], more: str, link: str
) -> Words:
    """Say what a letter to an owner says; each line is its text and the address of its page."""
    empty = sample_words(language="en")
    blank: dict[str, str | Words | list[Mapping[str, str]]] = {
        name: _blank(value) for name, value in empty.items()
    }
    shown: list[Mapping[str, str]] = [{"text": text, "link": page} for text, page in lines]
    blank["alert"] = {"title": title, "lines": shown, "more": more, "link": link}
    return blank


def write_day(day: date | None, *, language: str) -> str:
    """Write a day in full, with its weekday."""
    return "" if day is None else format_date(day, format="full", locale=language)


def write_money(minor: int | None, *, currency: str, language: str) -> str:
    """Write an amount; empty where it or its currency is not known."""
    if minor is None or not currency:
        return ""
    try:
        amount = Decimal(minor).scaleb(-decimals_of(currency))
    except UnitProblem:
        return ""
    return format_currency(amount, currency, locale=language)


def _order(session: Session, order: SalesOrder | None, *, language: str) -> Words:
    if order is None:
        return {
            "name": "", "number": "", "their_number": "", "placed": "", "total": "",
            "lines": [],
        }  # fmt: skip
    theirs = order.po_number or order.external_number
    is_known = theirs not in ("", order.number)
    return {
        # As its buyer knows it, and as they can quote it to us.
        "name": f"{theirs} ({order.number})" if is_known else order.number,
        "number": order.number,
        "their_number": theirs,
        "placed": write_day(order.placed_at.date(), language=language),
        "total": write_money(order.total_minor, currency=order.currency, language=language),
        "lines": _ordered(session, order.id),
    }


def _day_of(order: SalesOrder | None) -> date | None:
    if order is None:
        return None
    return count_on(order.promised_on, earliest_on=order.earliest_on)


def _ordered(session: Session, order_id: int) -> list[Mapping[str, str]]:
    query = (
        select(OrderLine)
        .where(OrderLine.order_id == order_id, OrderLine.ordered > OrderLine.cancelled)
        .where(OrderLine.state.not_in(("ignored", "service")))
        .order_by(OrderLine.position, OrderLine.id)
        .limit(MOST_LINES)
    )
    return [_shown(line, line.ordered - line.cancelled) for line in session.scalars(query)]


def _sent(session: Session, shipment_id: int) -> list[Mapping[str, str]]:
    query = (
        select(OrderLine, ShipmentLine.quantity)
        .join(ShipmentLine, ShipmentLine.order_line_id == OrderLine.id)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(OrderLine.position, OrderLine.id)
        .limit(MOST_LINES)
    )
    return [_shown(line, quantity) for line, quantity in session.execute(query)]


def _shown(line: OrderLine, quantity: int) -> Mapping[str, str]:
    title = line.title or line.sku
    return _line(title, variant=line.variant_title, sku=line.sku, quantity=quantity)


def _line(title: str, *, variant: str, sku: str, quantity: int) -> Mapping[str, str]:
    """Say one line; what a shop calls a thing is one line of text, whatever it was."""
    return {
        "title": _one_line((title, variant)),
        "sku": sku,
        "quantity": str(quantity),
    }


def _one_line(parts: Iterable[str]) -> str:
    return ", ".join(" ".join(part.split()) for part in parts if part.strip())


def _followed(session: Session, facts: Facts) -> dict[str, str]:
    shipment = (
        session.get(Shipment, facts.shipment_id) if facts.shipment_id is not None else None
    )
    if shipment is None:
        return {"carrier": "", "number": "", "link": ""}
    return {
        "carrier": shipment.carrier,
        "number": shipment.tracking_number,
        "link": shipment.tracking_url,
    }


def _blank(
    value: "str | Words | list[Mapping[str, str]]",
) -> "str | Words | list[Mapping[str, str]]":
    if isinstance(value, Mapping):
        return {name: _blank(each) for name, each in value.items()}
    return [] if isinstance(value, list) else ""
