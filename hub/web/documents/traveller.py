"""The production traveller: what goes with a run through the workshop, to tick and to fill in."""

from collections.abc import Iterator, Mapping

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from hub.models.making.run_views import Material
from hub.models.planning.held import Held
from hub.models.purchasing.purchase_covers import Covered
from hub.models.records.production import ProductionOrder
from hub.models.shipping.paper_views import Traveller
from hub.web.documents.frame import (
    HEAD,
    LARGE,
    TITLE,
    Look,
    Rows,
    beside,
    best_before,
    blank,
    cell,
    draw,
    facts,
    qr,
    sheet,
    table,
    tick_box,
)
from hub.web.wording.formats import write_day, write_plan, write_quantity
from hub.web.wording.language import gettext
from hub.web.wording.words import RUNS

QR_SIZE = 26 * mm
LONGEST_TITLE, LONGEST_FACT = 120, 400
"""The head of the paper is cut so that it never is higher than a page."""
MOST_BATCHES = 60
"""So many batches have a line of their own to be ticked."""


def traveller_pdf(found: Traveller, *, address: str, look: Look) -> bytes:
    """Draw the traveller; its code leads to `address`, the run's own page."""
    label = f"{gettext('Traveller')} {found.row.run.number}"
    story = [
        *_head(found, address=address),
        *_materials(found),
        *_steps(found),
        *_batches(found),
        *_orders(found),
        *_outcome(),
    ]
    return draw([sheet(label, story)], title=label, look=look)


def _head(found: Traveller, *, address: str) -> list[Flowable]:
    run, item = found.row.run, found.row.item
    known = facts(
        [
            (gettext("Item"), f"{item.name} ({item.code})"[:LONGEST_FACT]),
            (gettext("State"), gettext(RUNS[run.state].text)),
            (gettext("Batches"), str(run.batches)),
            (gettext("Planned"), write_plan(run.planned, item.unit)),
            (gettext("One batch"), _batch_size(found)),
            (gettext("Recipe"), gettext("version %(number)s", number=_version(found))),
            (gettext("Starts"), write_day(run.starts_on) if run.starts_on else ""),
            (gettext("Needed on"), write_day(run.needed_on) if run.needed_on else ""),
            (
                gettext("Allergens"),
                ", ".join(str(each) for each in item.allergens)[:LONGEST_FACT],
            ),
        ]
    )
    title = cell(f"{run.number} · {item.name}"[:LONGEST_TITLE], TITLE)
    return [beside([title, known], qr(address, size=QR_SIZE)), Spacer(1, 4 * mm)]


def _batch_size(found: Traveller) -> str:
    size = _number(found.row.run.recipe, "batch_size")
    return write_quantity(size, found.row.item.unit) if size else ""


def _version(found: Traveller) -> int:
    return _number(found.row.run.recipe, "version")


def _materials(found: Traveller) -> list[Flowable]:
    header = [
        "",
        gettext("Material"),
        gettext("One batch"),
        gettext("All batches"),
        gettext("Lots to pick"),
        gettext("Lot taken"),
    ]
    rows: Rows = [
        [tick_box(), *_material(found, each), blank()] for each in found.row.materials
    ]
    return [
        cell(gettext("Materials"), HEAD),
        table(header, rows, (0.05, 0.26, 0.12, 0.13, 0.26, 0.18)),
    ]


def _material(found: Traveller, material: Material) -> Iterator[str]:
    item, batches = material.item, found.row.run.batches
    yield f"{item.name}\n{item.code}"
    yield write_quantity(round(material.needed / batches), item.unit)
    yield write_quantity(material.needed, item.unit)
    lots = [_lot(held, unit=item.unit) for held in found.picks.get(item.id, ())]
    for each in material.substitutes:
        words = gettext("instead: %(item)s", item=each.item.name)
        lots.append(f"{words} {write_quantity(each.quantity, each.item.unit)}")
        lots += [
            _lot(held, unit=each.item.unit) for held in found.picks.get(each.item.id, ())
        ]
    lots += [_maker(run) for run in found.makers.get(item.id, ())]
    lots += [_coming(part) for part in found.coming.get(item.id, ())]
    if material.short:
        short = write_quantity(material.short, item.unit)
        lots.append(gettext("short: %(quantity)s", quantity=short))
    yield "\n".join(lots)


def _maker(run: ProductionOrder) -> str:
    if run.ready_on is None:
        return gettext("from %(run)s", run=run.number)
    day = write_day(run.ready_on)
    return gettext("from %(run)s, ready %(day)s", run=run.number, day=day)


def _coming(part: Covered) -> str:
    if part.expected_on is None:
        return gettext("with %(purchase)s", purchase=part.purchase.number)
    day = write_day(part.expected_on)
    return gettext(
        "with %(purchase)s, expected %(day)s", purchase=part.purchase.number, day=day
    )


def _lot(held: Held, *, unit: str) -> str:
    known = (
        held.lot_code,
        write_quantity(held.quantity, unit),
        best_before(held.best_before),
    )
    return " · ".join(part for part in known if part)


def _steps(found: Traveller) -> list[Flowable]:
    steps = found.row.run.recipe.get("steps")
    known = (
        [step for step in steps if isinstance(step, dict)]
        if isinstance(steps, list)
        else []
    )
    rows: Rows = [
        [tick_box(), str(number), *_step(found, step), blank(), blank()]
        for number, step in enumerate(known, start=1)
    ]
    header = [
        "",
        "",
        gettext("Step"),
        gettext("Work centre"),
        gettext("Minutes"),
        gettext("Began"),
        gettext("Who"),
    ]
    if not rows:
        return []
    return [
        cell(gettext("Steps"), HEAD),
        table(header, rows, (0.05, 0.05, 0.32, 0.2, 0.12, 0.13, 0.13)),
    ]


def _step(found: Traveller, step: Mapping[str, object]) -> Iterator[str]:
    centre = step.get("work_centre_id")
    minutes = _number(step, "setup_minutes")
    minutes += _number(step, "batch_minutes") * found.row.run.batches
    rest = _number(step, "rest_days")
    resting = gettext("then it rests %(days)s days", days=rest) if rest else ""
    yield "\n".join(filter(None, (str(step.get("name") or gettext("Make it")), resting)))
    yield found.centres.get(centre, "") if isinstance(centre, int) else ""
    yield str(minutes) if minutes else ""


def _batches(found: Traveller) -> list[Flowable]:
    batches = min(found.row.run.batches, MOST_BATCHES)
    rows: Rows = [
        [tick_box(), str(n), blank(), blank(), blank()] for n in range(1, batches + 1)
    ]
    header = ["", gettext("Batch"), gettext("Done at"), gettext("Good"), gettext("Scrap")]
    return [
        cell(gettext("Batches"), HEAD),
        table(header, rows, (0.05, 0.11, 0.28, 0.28, 0.28), style=LARGE),
    ]


def _orders(found: Traveller) -> list[Flowable]:
    unit = found.row.item.unit
    rows = [
        [
            each.order.number,
            write_day(each.order.promised_on),
            "" if each.planned is None else write_quantity(each.planned, unit),
        ]
        for each in found.row.orders
    ]
    if not rows:
        return [cell(gettext("Made for"), HEAD), cell(gettext("for stock"))]
    header = [gettext("Order"), gettext("Promised"), gettext("Quantity")]
    return [cell(gettext("Made for"), HEAD), table(header, rows, (0.34, 0.33, 0.33))]


def _outcome() -> list[Flowable]:
    names = (gettext("New lot"), gettext("Best before"), gettext("Yield"), gettext("Scrap"),
             gettext("Finished by"))  # fmt: skip
    rows: Rows = [[name, blank(18)] for name in names]
    return [cell(gettext("What came of it"), HEAD), table(["", ""], rows, (0.25, 0.75))]


def _number(known: Mapping[str, object], name: str) -> int:
    found = known.get(name)
    return found if isinstance(found, int) else 0
