"""A recall on paper: what happened to which lots, who has some, and how it all adds up."""

from dataclasses import fields
from datetime import UTC, datetime, tzinfo
from itertools import groupby

from reportlab.platypus import Flowable, Spacer

from hub.domain.stock.trace import MassBalance
from hub.models.recalls.recall_views import OrderReached, RecallPage
from hub.web.documents import frame
from hub.web.documents.frame import FINE, HEAD, TITLE, Look, cell, draw, sheet, table
from hub.web.wording.formats import write_day, write_quantity
from hub.web.wording.language import gettext
from hub.web.wording.message_words import account_name
from hub.web.wording.words import BALANCES, LOTS, SHIPMENTS, said

MEDIA_TYPE = frame.MEDIA_TYPE
BALANCE = (*(field.name for field in fields(MassBalance)), "difference")


def recall_pdf(page: RecallPage, *, look: Look | None = None, zone: tzinfo = UTC) -> bytes:
    """Draw a recall in the language of whoever asks. The same recall gives the same bytes.

    Times are those of `zone`, the workshop's.
    """
    story = [*_first(page, zone=zone), *_lots(page), *_buyers(page), *_listings(page)]
    title = _title(page)
    return draw([sheet(title, story)], title=title, look=look or Look())


def _title(page: RecallPage) -> str:
    recall = page.recall
    words = gettext("Recall drill") if recall.is_drill else gettext("Recall")
    return f"{words} {recall.number}"


def _first(page: RecallPage, *, zone: tzinfo) -> list[Flowable]:
    recall, start = page.recall, page.start
    facts = [
        (gettext("Lot"), f"{start.lot.code} · {start.item.name}"),
        (gettext("The supplier's lot"), start.lot.supplier_lot),
        (gettext("Reason"), recall.reason),
        (gettext("Started"), _moment(recall.started_at, zone=zone)),
        (gettext("Closed"), _moment(recall.closed_at, zone=zone)),
        (gettext("Found in"), f"{recall.took_ms} ms" if recall.took_ms is not None else ""),
    ]
    return [cell(_title(page), TITLE), frame.facts(facts), Spacer(1, 6)]


def _moment(at: datetime | None, *, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}" if at else ""


def _lots(page: RecallPage) -> list[Flowable]:
    header = [
        gettext("Lot"),
        gettext("State"),
        *(said(BALANCES, name) for name in BALANCE),
    ]
    rows = [
        [
            f"{each.lot.code} {each.item.name}",
            gettext(LOTS[each.lot.state].text),
            *(
                write_quantity(getattr(each.balance, name), each.item.unit)
                for name in BALANCE
            ),
        ]
        for each in page.lots
    ]
    widths = [0.16, 0.1, *(0.74 / len(BALANCE) for _ in BALANCE)]
    return [cell(gettext("Lots"), HEAD), table(header, rows, widths, head=FINE)]


def _buyers(page: RecallPage) -> list[Flowable]:
    shown: list[Flowable] = []
    for _, orders in groupby(page.orders, key=lambda each: each.account.id):
        several = list(orders)
        name = account_name(several[0].account)
        header = [
            gettext("Order"),
            gettext("Buyer"),
            gettext("Parcel"),
            gettext("Lots"),
            gettext("Told"),
        ]
        rows = [_buyer(each) for each in several]
        shown += [
            cell(f"{gettext('Buyers')}: {name}", HEAD),
            table(header, rows, [0.16, 0.26, 0.26, 0.22, 0.1]),
        ]
    return shown


def _buyer(reached: OrderReached) -> list[str]:
    customer = reached.customer
    parcels = [
        " ".join(
            part
            for part in (
                each.shipment.number,
                gettext(SHIPMENTS[each.shipment.state].text),
                each.shipment.carrier,
                each.shipment.tracking_number,
            )
            if part
        )
        for each in reached.parcels
    ]
    lots = [
        f"{part.lot.code}: {write_quantity(part.quantity, part.item.unit)}"
        for each in reached.parcels
        for part in each.parts
    ]
    told = reached.row.told_at
    return [
        f"{reached.order.number}\n{reached.order.external_number}",
        f"{customer.name}\n{customer.email}" if customer else "",
        "\n".join(parcels) or gettext("Not sent"),
        "\n".join(lots),
        write_day(told.date()) if told else "",
    ]


def _listings(page: RecallPage) -> list[Flowable]:
    if not page.listings:
        return []
    header = [gettext("Shop"), gettext("Listing"), gettext("SKU"), gettext("On sale now")]
    rows = [
        [
            account_name(each.account),
            each.listing.title,
            each.listing.sku,
            "–" if each.listing.stock_wanted is None else str(each.listing.stock_wanted),
        ]
        for each in page.listings
    ]
    return [
        cell(gettext("What shops sell of it"), HEAD),
        table(header, rows, [0.25, 0.4, 0.2, 0.15]),
    ]
