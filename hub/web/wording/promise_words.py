"""Why an order's date is what it is, in words: one sentence a reason of the promise."""

from collections.abc import Iterable, Mapping
from datetime import date

from hub.models.records.items import Item
from hub.web.wording.formats import write_day, write_quantity
from hub.web.wording.language import N_, gettext
from hub.web.wording.words import said

WHY_NO_DATE: Mapping[str, str] = {
    "unmapped": N_("it is not mapped"),
    "no_recipe": N_("nobody wrote down how it is made"),
    "no_stock": N_("it is bought, and neither in stock nor expected"),
    "too_old": N_("what is in stock will be too old"),
    "shelf_life": N_("it would not keep long enough"),
    "no_material_date": N_("nobody knows when its materials come"),
    "no_capacity": N_("no work centre has room for it within three years"),
    "waits_for_run": N_("it needs another run that has no day itself"),
    "purchase_overdue": N_("its purchase is overdue and nobody knows when it comes"),
    "not_planned": N_("it is not planned yet"),
}


def promise_words(reasons: Iterable[object], *, items: Mapping[str, Item]) -> list[str]:
    """Say the reasons of a promise; `items` by code, for their names and units."""
    return [
        _sentence(str(reason.get("kind", "")), reason, items=items)
        for reason in reasons
        if isinstance(reason, dict)
    ]


def item_codes(reasons: Iterable[object]) -> set[str]:
    """Return the codes of the items that reasons speak of."""
    return {
        str(reason["item"])
        for reason in reasons
        if isinstance(reason, dict) and "item" in reason
    }


def _sentence(kind: str, reason: Mapping[str, object], *, items: Mapping[str, Item]) -> str:
    on = _day(reason.get("on"))
    words = {
        "what": _what(reason, items=items),
        "run": str(reason.get("ref", "")),
        "waiter": str(reason.get("run", "")),
        "where": str(reason.get("where") or gettext("a work centre")),
        "day": write_day(on),
        "days": str(reason.get("days", "")),
        "at": str(reason.get("at", "")),
        "why": said(WHY_NO_DATE, str(reason.get("why", ""))),
    }
    pattern = _PATTERNS.get(kind)
    return gettext(pattern, **words) if pattern else kind


def _what(reason: Mapping[str, object], *, items: Mapping[str, Item]) -> str:
    code, quantity = str(reason.get("item", "")), reason.get("quantity")
    item = items.get(code)
    if item is None:
        return code
    if not isinstance(quantity, int):
        return item.name
    return f"{write_quantity(quantity, item.unit)} {item.name}"


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(str(written)) if written else None
    except ValueError:
        return None


_PATTERNS: Mapping[str, str] = {
    "stock": N_("%(what)s: in stock"),
    "run": N_("%(what)s: %(run)s is ready %(day)s"),
    "purchase": N_("%(what)s: %(run)s comes %(day)s"),
    "lead_time": N_("%(what)s: if ordered today, here %(day)s (%(days)s days)"),
    "check": N_("%(what)s: made, lot %(run)s waits for its quality check"),
    "no_date": N_("%(what)s: no date, because %(why)s"),
    "material": N_("%(waiter)s waits for %(what)s, expected %(day)s (%(run)s)"),
    "material_lead_time": N_(
        "%(waiter)s waits for %(what)s: if ordered today, here %(day)s (%(days)s days)"
    ),
    "material_no_date": N_("%(waiter)s waits for %(what)s, and nobody knows when it comes"),
    "material_check": N_(
        "%(waiter)s waits for %(what)s: lot %(run)s waits for its quality check"
    ),
    "capacity": N_("%(waiter)s waits for room: %(where)s is full until %(day)s"),
    "cut_off": N_("too late for today's parcels, which leave at %(at)s"),
    "packing": N_("packing takes %(days)s days"),
    "shipping_day": N_("parcels leave %(day)s"),
    "no_shipping_day": N_("no day is known on which parcels leave"),
    "transit": N_("%(days)s days on the way, there %(day)s"),
}
