"""Mappings from a table: one row a listing, and what one piece of it is, such as 2*CND + 1*BOX."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.domain.tables.table import BadCell, read_number
from hub.flow.meaning.map_lines import save_mapping
from hub.flow.meaning.mapping_bulk import batch_of
from hub.flow.tables.import_cells import Cells
from hub.flow.tables.import_kind import Came, Kind
from hub.models.catalogue.item_views import item_coded
from hub.models.meaning.listing_queries import components_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from mapping.bundle import Component, Components, tidy
from mapping.listing import sku_key
from mapping.units import UnitProblem, format_quantity, parse_quantity

COLUMNS = ("channel", "listing", "sku", "title", "variation", "items", "state", "note")
STATES = ("mapped", "not_produced", "ignored", "unmapped")
PART = re.compile(r"(?:([0-9][0-9., \N{NO-BREAK SPACE}]*)([a-zA-Z]*)\s*[*×x]\s*)?(\S.*)")
"""2*CND, 150 g * WAX, or the code alone for one of it."""


def take_mapping(session: Session, rows: Sequence[Cells], who: str, now: datetime) -> Came:
    """Say what one listing means. A row that says nothing of it is left as it is.

    A listing is known by what the table taken out calls it, else by its SKU in its channel.

    :raises RowRefused: no such channel, listing or item, or a state that cannot be.
    :raises Refusal: what a mapping cannot be.
    """
    (row,) = rows
    listing = _listing(session, row)
    state = row.text("state") or ("mapped" if row.has("items") else "unmapped")
    if state not in STATES:
        raise row.refused("state", f"Write one of {', '.join(STATES)}.")
    parts = _parts(session, row) if state == "mapped" else ()
    if state != "mapped" and row.has("items"):
        raise row.refused("items", "Items are only for what is mapped.")
    if state == "unmapped" or _is_same(listing, state=state, parts=parts):
        return Came.UNCHANGED
    is_new = listing.state in {"unmapped", "suggested"}
    save_mapping(
        session,
        listing_id=listing.id,
        components=parts,
        not_produced=state != "mapped",
        is_ignored=state == "ignored",
        said_for=listing.said_for if listing.matched_by == "person" else None,
        batch=f"csv:{batch_of(who, now=now)}",
        who=who,
        now=now,
    )
    return Came.CREATED if is_new else Came.UPDATED


def mapping_row(
    listing: Listing, *, account: ChannelAccount, items: Mapping[int, Item]
) -> dict[str, str]:
    """Write what a listing means, as it is read back."""
    state = "ignored" if listing.is_ignored else listing.state
    return {
        "channel": account.name,
        "listing": listing.key,
        "sku": listing.sku,
        "title": listing.title,
        "variation": listing.variant_title,
        "items": written(components_of(listing), items=items),
        "state": "unmapped" if state == "suggested" else state,
        "note": listing.matched_by,
    }


def written(components: Iterable[Component], *, items: Mapping[int, Item]) -> str:
    """Write what one piece holds: 2*CND-LAV + 150 g*WAX."""
    return " + ".join(
        _part(each, items[each.item_id]) for each in components if each.item_id in items
    )


def _part(component: Component, item: Item) -> str:
    said = format_quantity(component.quantity, base=item.unit, unit=item.unit)
    unit = "" if item.unit == "each" else f" {said['unit']}"
    return f"{said['amount']}{unit}*{item.code}"


def _listing(session: Session, row: Cells) -> Listing:
    name = row.needed("channel")
    accounts = session.scalars(
        select(ChannelAccount).where(
            (ChannelAccount.name == name) | (ChannelAccount.channel == name)
        )
    ).all()
    if not accounts:
        raise row.refused("channel", "There is no such channel.")
    query = select(Listing).where(
        Listing.account_id.in_([each.id for each in accounts])
    ).options(selectinload(Listing.components))  # fmt: skip
    if row.has("listing"):
        column, query = "listing", query.where(Listing.key == row.text("listing"))
    else:
        column, query = "sku", query.where(Listing.sku_key == sku_key(row.needed("sku")))
    found = session.scalars(query.limit(2)).all()
    if not found:
        raise row.refused(column, "There is no such listing.")
    if len(found) > 1:
        raise row.refused(column, "This may be several listings: take the table out first.")
    return found[0]


def _parts(session: Session, row: Cells) -> Components:
    row.needed("items")
    parts = [
        _read(session, row, each.strip())
        for each in re.split(
            r"\s\+\s|\+(?=\s*[0-9.,]+\s*[a-zA-Z]*\s*[*×])", row.text("items")
        )
    ]
    return tidy(parts)


def _read(session: Session, row: Cells, said: str) -> Component:
    found = PART.fullmatch(said)
    item = item_coded(session, code=said) or (
        item_coded(session, code=found[3].strip()) if found else None
    )
    if found is None or item is None:
        raise row.refused(
            "items", f"There is no item “{said}”: write what one is as 2 × CODE + CODE."
        )
    amount, unit = (found[1], found[2]) if item.code != said else (None, "")
    try:
        number = read_number(row.row, amount.strip()) if amount else "1"
        given = {"amount": number, "unit": unit or item.unit}
        quantity = parse_quantity(
            given, base=item.unit, density_mg_per_ml=item.density_mg_per_ml
        )
    except BadCell as problem:
        raise row.refused("items", str(problem)) from problem
    except UnitProblem as problem:
        raise row.refused("items", problem.way_out) from problem
    return Component(item_id=item.id, quantity=quantity)


def _is_same(listing: Listing, *, state: str, parts: Components) -> bool:
    stands = "ignored" if listing.is_ignored else listing.state
    return stands == state and components_of(listing) == parts


MAPPINGS = Kind(
    columns=COLUMNS,
    required=("channel", "items"),
    items=(),
    take=take_mapping,
)
