"""Why a day is what it is, as a chain from what is in the house to the buyer's door."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.domain.states import UNFINISHED
from hub.models.planning.run_slots import SlotPlace
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder
from hub.web.wording.formats import write_day
from hub.web.wording.language import gettext, ngettext
from hub.web.wording.promise_words import promise_words

RANK: Mapping[str, int] = {
    "stock": 0,
    "material": 1,
    "material_lead_time": 1,
    "material_no_date": 1,
    "material_check": 1,
    "capacity": 2,
    "run": 4,
    "cut_off": 6,
    "packing": 7,
    "shipping_day": 8,
    "no_shipping_day": 8,
    "transit": 9,
}
"""Where in the chain a reason stands; the steps of runs have the place before their end."""
AT_THE_BENCH, IN_THE_HOUSE, OTHER = 3, 1, 5
SIGNS: Mapping[str, tuple[str, str]] = {
    "stock": ("✓", "green"),
    "run": ("▸", "blue"),
    "purchase": ("▸", "blue"),
    "no_date": ("!", "red"),
    "material_no_date": ("!", "red"),
    "no_shipping_day": ("!", "red"),
    "material": ("◔", "amber"),
    "material_lead_time": ("◔", "amber"),
    "material_check": ("◔", "amber"),
    "lead_time": ("◔", "amber"),
    "check": ("◔", "amber"),
    "capacity": ("◔", "amber"),
    "cut_off": ("◔", "amber"),
}
PLAIN = ("→", "grey")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One link of the chain."""

    words: str
    sign: str
    tone: str
    rank: int


def chain(
    reasons: Iterable[object],
    *,
    items: Mapping[str, Item],
    runs: Collection[ProductionOrder],
    slots: Mapping[int, list[SlotPlace]],
    covered: Collection[int],
) -> list[Step]:
    """Put the reasons of a promise in the order in which they happen.

    `runs` are those that work for the order, `slots` their steps and `covered` the ids of those
    whose materials are all in the house.
    """
    steps = [*_reasons(reasons, items=items)]
    for run in runs:
        if run.state not in UNFINISHED:
            continue
        if run.id in covered:
            words = gettext("%(run)s: all it needs is in the house", run=run.number)
            steps.append(Step(words=words, sign="✓", tone="green", rank=IN_THE_HOUSE))
        steps += [_at_bench(run, slot) for slot in slots.get(run.id, ())]
    return sorted(steps, key=lambda step: step.rank)


def _reasons(reasons: Iterable[object], *, items: Mapping[str, Item]) -> Iterator[Step]:
    for reason in reasons:
        if not isinstance(reason, dict):
            continue
        kind = str(reason.get("kind", ""))
        sign, tone = SIGNS.get(kind, PLAIN)
        for words in promise_words([reason], items=items):
            yield Step(words=words, sign=sign, tone=tone, rank=RANK.get(kind, OTHER))


def _at_bench(run: ProductionOrder, slot: SlotPlace) -> Step:
    name = slot.step or ngettext("%(num)s batch", "%(num)s batches", run.batches)
    day = write_day(slot.on)
    if slot.minute is not None:
        day = f"{day} {slot.minute // 60 % 24:02d}:{slot.minute % 60:02d}"
    words = gettext(
        "%(run)s: %(step)s, %(day)s, %(long)s",
        run=run.number,
        step=f"{slot.where}, {name}" if slot.where else name,
        day=day,
        long=how_long(slot.minutes),
    )
    return Step(words=words, sign="▸", tone="blue", rank=AT_THE_BENCH)


def how_long(minutes: int) -> str:
    """Write a length of time: "45 min", "6 h", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{rest} min"] if rest or not hours else []
    return "\N{NO-BREAK SPACE}".join(" ".join(parts).split())
