"""The words of mappings: why something is suggested, and what somebody said of a listing."""

from collections.abc import Iterable, Mapping

from hub.flow.meaning.mapping_meaning import Meaning
from hub.models.records.items import Item
from hub.web.guard.browser_session import me
from hub.web.wording.formats import write_amount, write_day, write_quantity
from hub.web.wording.language import gettext
from hub.web.wording.who_words import who_words
from hub.web.wording.words import hint_words, word
from mapping.bundle import Component
from mapping.match import Hint, Reason, Suggestion

Names = Mapping[str, str]
"""People and programs by who they are in history."""


def why_words(suggestion: Suggestion, *, names: Names) -> str:
    """Say what speaks for a suggestion, in one line."""
    return ", ".join(_reason(each, names=names) for each in suggestion.reasons)


def meaning_words(meaning: Meaning, *, items: Mapping[int, Item]) -> str:
    """Say what a listing means: "6 × Lavender candle + 1 × Gift box", or what became of it."""
    if meaning.components:
        return made_of(meaning.components, items=items)
    if meaning.is_ignored:
        return gettext("ignored")
    return word("listing", meaning.state).text


def made_of(components: Iterable[Component], *, items: Mapping[int, Item]) -> str:
    """Say what one piece holds: "6 × Lavender candle + 150 g Soy wax"."""
    return " + ".join(
        _part(each, items[each.item_id]) for each in components if each.item_id in items
    )


def _part(component: Component, item: Item) -> str:
    if item.unit == "each":
        return f"{write_amount(component.quantity, 'each')} × {item.name}"
    return f"{write_quantity(component.quantity, item.unit)} {item.name}"


def _reason(reason: Reason, *, names: Names) -> str:
    if reason.hint is not Hint.DECIDED or reason.at is None:
        return hint_words(reason.hint.value, reason.about)
    day = write_day(reason.at.date())
    if reason.who == me().who:
        return gettext("you mapped “%(about)s” like this on %(day)s",
                       about=reason.about, day=day)  # fmt: skip
    return gettext(
        "%(who)s mapped “%(about)s” like this on %(day)s",
        who=who_words(reason.who, names=names),
        about=reason.about,
        day=day,
    )
