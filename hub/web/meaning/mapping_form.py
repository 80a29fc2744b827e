"""The form that says what a listing means, read: items, how far it goes, and buyers' options."""

from collections.abc import Mapping

from hub.flow.meaning.mapping_meaning import Meaning
from hub.flow.refusal import Invalid
from hub.models.records.items import Item
from hub.web.wording.formats import read_quantity
from mapping.bundle import Component, Components

MOST_COMPONENTS = 12
MOST_OPTIONS = 6


def read_meaning_form(sent: Mapping[str, str], *, items: Mapping[int, Item]) -> Meaning:
    """Read what the form says.

    :raises Invalid: a row of it cannot be read.
    :raises UnitProblem: a quantity cannot be stored.
    """
    return Meaning(
        components=read_components(sent, items=items),
        options=read_options(sent),
        said_for=sent.get("said_for") or "everywhere",
    )


def read_components(sent: Mapping[str, str], *, items: Mapping[int, Item]) -> Components:
    """Read the rows of the form: item-0 and amount-0, item-1 and amount-1, …

    :raises Invalid: an item that is none, or an amount that is none.
    """
    found: list[Component] = []
    for row in range(MOST_COMPONENTS):
        chosen = sent.get(f"item-{row}", "").strip()
        if not chosen:
            continue
        item = items.get(int(chosen)) if chosen.isdigit() and len(chosen) < 19 else None
        if item is None:
            raise Invalid("Choose an item of the list.", field=f"item-{row}")
        written = sent.get(f"amount-{row}", "") or "1"
        quantity = read_quantity(written, base=item.unit, field=f"amount-{row}")
        found.append(Component(item_id=item.id, quantity=quantity))
    return tuple(found)


def read_options(sent: Mapping[str, str]) -> dict[str, str]:
    """Read which choice of a recipe each option of the buyer fills: option-0 and choice-0, …

    :raises Invalid: an option is named twice, or longer than a shop would name it.
    """
    found: dict[str, str] = {}
    for row in range(MOST_OPTIONS):
        name = " ".join(sent.get(f"option-{row}", "").split())
        choice = " ".join(sent.get(f"choice-{row}", "").split())
        if not name or not choice:
            continue
        if len(name) > 200 or len(choice) > 200:
            raise Invalid("Write at most 200 characters.", field=f"option-{row}")
        if name in found:
            raise Invalid("An option is named twice.", field=f"option-{row}")
        found[name] = choice
    return found
