"""What would help, in words: one sentence a remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hub.domain.asking.what_if_fixes import FixKind
from hub.flow.asking.what_if_helps import Help
from hub.web.wording.formats import write_day
from hub.web.wording.language import N_, gettext

FIXES: Mapping[FixKind, str] = {
    FixKind.SUBSTITUTE: N_("Let %(substitute)s stand in for %(item)s"),
    FixKind.EXPEDITE: N_(
        "Have %(item)s of %(purchase_order)s come %(days)s days sooner: %(on)s"
    ),
    FixKind.BUY_SOONER: N_(
        "Buy %(item)s of somebody who brings it within %(within_days)s days"
    ),
    FixKind.PRIORITY: N_("Let %(order)s go before everybody"),
    FixKind.SPLIT: N_("Send what is ready of %(order)s, the rest later"),
    FixKind.SMALLER_RUN: N_(
        "Make what the materials suffice for now: %(item)s, batches: %(batches)s"
    ),
    FixKind.OPEN_DAY: N_("Work at %(work_centre)s on %(on)s, though it is shut"),
}
IN_TIME = N_("See that %(item)s of %(purchase_order)s is here by %(on)s")
"""Said of a purchase that is only late because that was asked."""
NAMED = ("item", "substitute")
"""Words of a remedy that are codes of items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A remedy as a page shows it."""

    id: str
    kind: str
    words: str
    help: Help

    @property
    def order_id(self) -> int:
        """The order it is about; 0 for what is about none, or about one only asked about."""
        return max(0, self.help.fix.about.get("order", 0))


def codes_in(helps: Iterable[Help]) -> set[str]:
    """Return the codes of the items that remedies speak of."""
    return {str(each.words[name]) for each in helps for name in NAMED if name in each.words}


def ways(helps: Iterable[Help], *, names: Mapping[str, str]) -> list[WayOut]:
    """Say each remedy; `names` are those of items by code."""
    return [
        WayOut(
            id=each.fix.id,
            kind=each.fix.kind.value,
            words=gettext(_sentence(each), **_words(each, names)),
            help=each,
        )
        for each in helps
    ]


def _sentence(each: Help) -> str:
    is_in_time = each.fix.kind is FixKind.EXPEDITE and not each.can_apply
    return IN_TIME if is_in_time else FIXES[each.fix.kind]


def _words(each: Help, names: Mapping[str, str]) -> dict[str, str]:
    words = {name: str(value) for name, value in each.words.items()}
    for name in NAMED:
        if name in words:
            words[name] = names.get(words[name], words[name])
    if words.get("order") == "":
        words["order"] = gettext("the order you ask about")
    if "on" in words:
        words["on"] = write_day(date.fromisoformat(words["on"]))
    return words
