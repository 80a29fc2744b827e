"""A recall as tables: its buyers, one row a lot in a parcel, and what became of its lots."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime

from hub.domain.stock.trace import MassBalance
from hub.models.recalls.recall_parcels import LotReached, ParcelReached
from hub.models.recalls.recall_views import (
    OrderReached,
    RecallPage,
)
from hub.web.documents.recall_drafts import draft_for
from hub.web.documents.safe_csv import write_csv
from hub.web.wording.message_words import account_name
from mapping.units import format_quantity

BUYERS = (
    "channel",
    "connection",
    "order",
    "channel_order",
    "external_id",
    "sent",
    "customer",
    "email",
    "way",
    "language",
    "told_at",
    "shipment",
    "state",
    "carrier",
    "tracking_number",
    "tracking_url",
    "shipped_at",
    "delivered_at",
    "item",
    "lot",
    "quantity",
    "unit",
)
BALANCE = tuple(field.name for field in fields(MassBalance))
LOTS = (
    "lot",
    "item",
    "item_name",
    "supplier_lot",
    "best_before",
    "state",
    "state_before",
    *BALANCE,
    "difference",
    "unit",
)


def buyers_csv(page: RecallPage, *, locale: str) -> bytes:
    """Write whom to ask goods back from, and whose were stopped before they left."""
    return write_csv(
        BUYERS, (row for each in page.orders for row in _buyer(each, page, locale=locale))
    )


def lots_csv(page: RecallPage) -> bytes:
    """Write the lots and their mass balances, each in its item's own unit."""
    return write_csv(LOTS, (_lot(each) for each in page.lots))


def _buyer(
    reached: OrderReached, page: RecallPage, *, locale: str
) -> Iterator[tuple[object, ...]]:
    order, customer = reached.order, reached.customer
    draft = draft_for(reached, page=page, locale=locale)
    who = (
        reached.account.channel,
        account_name(reached.account),
        order.number,
        order.external_number,
        order.external_id,
        "yes" if reached.is_sent else "no",
        customer.name if customer else "",
        customer.email if customer else "",
        draft.way if draft else "",
        draft.letter.language if draft else "",
        _moment(reached.row.told_at),
    )
    if not reached.parcels:
        yield (*who, *("",) * (len(BUYERS) - len(who)))
    for parcel in reached.parcels:
        for part in parcel.parts:
            shown = format_quantity(part.quantity, base=part.item.unit, unit=part.item.unit)
            lot = (part.item.code, part.lot.code, shown["amount"], shown["unit"])
            yield (*who, *_parcel(parcel), *lot)


def _parcel(parcel: ParcelReached) -> tuple[object, ...]:
    shipment = parcel.shipment
    return (
        shipment.number,
        shipment.state,
        shipment.carrier,
        shipment.tracking_number,
        shipment.tracking_url,
        _moment(shipment.shipped_at),
        _moment(shipment.delivered_at),
    )


def _lot(reached: LotReached) -> tuple[object, ...]:
    lot, unit = reached.lot, reached.item.unit
    figures = [getattr(reached.balance, name) for name in (*BALANCE, "difference")]
    return (
        lot.code,
        reached.item.code,
        reached.item.name,
        lot.supplier_lot,
        lot.best_before,
        lot.state,
        reached.row.state_before,
        *(format_quantity(each, base=unit, unit=unit)["amount"] for each in figures),
        unit,
    )


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
