"""The packing slip: what lies in a parcel, of which lots, in its buyer's language; no price."""

from collections.abc import Iterable, Iterator, Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from hub.models.records.orders import Address
from hub.models.shipping.paper_views import LotPart, Slip, SlipLine
from hub.web.documents.frame import (
    HEAD,
    LARGE,
    SMALL,
    TITLE,
    Look,
    Rows,
    Sheet,
    best_before,
    cell,
    draw,
    facts,
    sheet,
    table,
    tick_box,
)
from hub.web.wording.formats import write_country, write_long_day, write_quantity
from hub.web.wording.language import LANGUAGES, gettext, speaking

WIDTHS = (0.05, 0.12, 0.41, 0.42)


def slips_pdf(slips: Sequence[Slip], *, look: Look, otherwise: str) -> bytes:
    """Draw slips into one file, each in its buyer's language, else in `otherwise`."""
    numbers = ", ".join(dict.fromkeys(slip.order.number for slip in slips))
    return draw(
        [_sheet(slip, otherwise=otherwise) for slip in slips], title=numbers, look=look
    )


def _sheet(slip: Slip, *, otherwise: str) -> Sheet:
    code = slip.locale.lower().replace("_", "-").partition("-")[0]
    with speaking(code if code in LANGUAGES else otherwise):
        label = f"{gettext('Packing slip')} {slip.order.number}"
        return sheet(label, [*_head(slip), *_goods(slip), *_note(slip)])


def _head(slip: Slip) -> list[Flowable]:
    order, parcel = slip.order, slip.shipment
    known = [
        (gettext("Order"), order.number),
        (gettext("Your number"), order.po_number or order.external_number),
        (gettext("Ordered on"), write_long_day(order.placed_at.date())),
        (gettext("Parcel"), parcel.number if parcel else ""),
        (gettext("Sent with"), _way(slip)),
    ]
    return [
        cell(gettext("Packing slip"), TITLE),
        Spacer(1, 1 * mm),
        cell("\n".join(_address(slip.ship_to)), LARGE),
        Spacer(1, 5 * mm),
        facts(known),
        Spacer(1, 4 * mm),
    ]


def _way(slip: Slip) -> str:
    parcel = slip.shipment
    return (
        " ".join(filter(None, (parcel.carrier, parcel.tracking_number))) if parcel else ""
    )


def _address(place: Address | None) -> list[str]:
    if place is None:
        return []
    lines = (
        place.name,
        place.company,
        place.line1,
        place.line2,
        " ".join(filter(None, (place.postcode, place.city))),
        ", ".join(filter(None, (place.region, write_country(place.country)))),
    )
    return [line for line in lines if line.strip()]


def _goods(slip: Slip) -> list[Flowable]:
    header = ["", gettext("Pieces"), gettext("What"), gettext("Lots")]
    rows: Rows = [
        [tick_box(), str(each.pieces), _what(each), "\n".join(_lots(each.lots))]
        for each in slip.lines
    ]
    return [table(header, rows, WIDTHS, style=LARGE)]


def _what(each: SlipLine) -> str:
    line = each.line
    said = "\n".join(": ".join(pair) for pair in _personal(line.personalisation))
    named = (
        line.title or line.sku,
        line.variant_title,
        line.sku if line.title else "",
        said,
    )
    return "\n".join(part for part in named if part.strip())


def _personal(pairs: Iterable[object]) -> Iterator[list[str]]:
    """Read what the buyer wrote on a piece: pairs of a question and its answer."""
    for pair in pairs:
        if isinstance(pair, list | tuple):
            yield [str(each) for each in pair]


def _lots(lots: Sequence[LotPart]) -> Iterator[str]:
    for lot in lots:
        known = (
            lot.code,
            best_before(lot.best_before),
            write_quantity(lot.quantity, lot.unit),
        )
        yield " · ".join(part for part in known if part)


def _note(slip: Slip) -> list[Flowable]:
    """Print what the buyer wrote with the order, which is where a gift's message stands."""
    if not slip.order.note.strip():
        return [Spacer(1, 4 * mm), cell(gettext("Thank you for your order."), SMALL)]
    words: list[Flowable] = [
        cell(gettext("Your message"), HEAD),
        cell(slip.order.note, LARGE),
    ]
    return [KeepTogether(words)]
