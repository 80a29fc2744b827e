"""Why a plan changed a run, as data: what happened, to whom, and how much of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.domain.planning.netting_diff import ChangeKind, RunChange
from hub.domain.planning.netting_types import Link

Fact = Mapping[str, object]
"""What somebody who marked an item for planning says of why: "what" happened (a word of
`WHATS`), and what it happened to: "order" and "line", "run", "lot" or "purchase", by number."""

WHATS = frozenset(
    {
        "placed",
        "changed",
        "cancelled",
        "on_hold",
        "resumed",
        "deleted",
        "mapped",
        "raised",
        "shipped",
        "released",
        "started",
        "finished",
        "taken_back",
        "pinned",
        "unpinned",
        "received",
        "counted",
        "quarantined",
        "available",
        "recalled",
        "too_old",
        "ordered",
        "late",
        "recipe",
        "levels",
        "joins",
        "leaves",
        "wants_more",
        "wants_less",
    }
)
"""What may have happened; the last four are the planner's own words for a demand it moved."""
MOST_CAUSES = 20
"""So many causes of one change are kept; a run of a thousand orders names the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a demand is, in words people know: a line of an order, or a run."""

    order: str = ""
    line: int | None = None
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that made a difference; thousandths of the run's item, where it is known."""

    what: str
    order: str = ""
    line: int | None = None
    run: str = ""
    lot: str = ""
    purchase: str = ""
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a plan did to a run, and why."""

    kind: ChangeKind
    run: str
    batches_before: int
    batches_after: int
    needed_before: date | None = None
    needed_after: date | None = None
    causes: tuple[Cause, ...] = ()


def explain(
    change: RunChange,
    *,
    run: str,
    owners: Mapping[str, Owner],
    facts: Sequence[Fact],
    wanted: Collection[str],
) -> Explanation:
    """Say why a run changed.

    `owners` names the demands of the change, `facts` are what the item was marked with, and
    `wanted` are the demands that still want something: one that left the run and still wants is
    served otherwise now. Somebody's own news comes first, then who merely moved; what happened
    to no order or run of the change (a lot, a purchase, a recipe) is named where it was to us.
    """
    causes = [
        *_of_links(change.lost, owners=owners, facts=facts, wanted=wanted, word="leaves"),
        *_of_links(change.gained, owners=owners, facts=facts, wanted=(), word="joins"),
    ]
    told = [cause for cause in causes if cause.what not in ("leaves", "joins")]
    moved = [cause for cause in causes if cause.what in ("leaves", "joins")]
    general = [] if told else _general(facts)
    return Explanation(
        kind=change.kind,
        run=run,
        batches_before=change.batches_before,
        batches_after=change.batches_after,
        needed_before=change.needed_before,
        needed_after=change.needed_after,
        causes=tuple([*told, *general, *moved][:MOST_CAUSES]),
    )


def _of_links(
    links: Iterable[Link],
    *,
    owners: Mapping[str, Owner],
    facts: Sequence[Fact],
    wanted: Collection[str],
    word: str,
) -> list[Cause]:
    found: list[Cause] = []
    for link in links:
        owner = owners.get(link.demand)
        if owner is None:
            continue
        what = _what(owner, facts=facts) or _own_word(link, owner, wanted, word)
        found.append(
            Cause(
                what=what,
                order=owner.order,
                line=owner.line,
                run=owner.run,
                quantity=link.quantity,
            )
        )
    return found


def _own_word(link: Link, owner: Owner, wanted: Collection[str], word: str) -> str:
    if owner.run:
        return "wants_more" if word == "joins" else "wants_less"
    return word if word == "joins" or link.demand in wanted else "wants_less"


def _what(owner: Owner, *, facts: Sequence[Fact]) -> str:
    """Find what was said of this owner; of its line rather than of its whole order."""
    of_line = ""
    of_order = ""
    for fact in facts:
        if owner.order and fact.get("order") == owner.order:
            if fact.get("line") == owner.line:
                of_line = of_line or str(fact["what"])
            elif fact.get("line") is None:
                of_order = of_order or str(fact["what"])
        if owner.run and fact.get("run") == owner.run:
            of_line = of_line or str(fact["what"])
    return of_line or of_order


def _general(facts: Sequence[Fact]) -> list[Cause]:
    """Name what happened to no order: lots, purchases, other runs, recipes; each once."""
    found: dict[Cause, None] = {}
    for fact in facts:
        if not fact.get("order"):
            found[_cause(fact)] = None
    return list(found)


def as_data(explanation: Explanation) -> dict[str, object]:
    """Write an explanation for the history."""
    return {
        "kind": explanation.kind.value,
        "run": explanation.run,
        "batches_before": explanation.batches_before,
        "batches_after": explanation.batches_after,
        "needed_before": _iso(explanation.needed_before),
        "needed_after": _iso(explanation.needed_after),
        "causes": [_cause_data(cause) for cause in explanation.causes],
    }


def from_data(data: Mapping[str, object]) -> Explanation | None:
    """Read an explanation from the history; None when it holds none."""
    kind = data.get("kind")
    if kind not in set(ChangeKind):
        return None
    causes = data.get("causes")
    return Explanation(
        kind=ChangeKind(str(kind)),
        run=str(data.get("run") or ""),
        batches_before=_number(data.get("batches_before")) or 0,
        batches_after=_number(data.get("batches_after")) or 0,
        needed_before=_day(data.get("needed_before")),
        needed_after=_day(data.get("needed_after")),
        causes=tuple(
            _cause(each)
            for each in (causes if isinstance(causes, list) else ())
            if isinstance(each, Mapping)
        ),
    )


def _cause(fact: Fact) -> Cause:
    return Cause(
        what=str(fact.get("what") or ""),
        order=str(fact.get("order") or ""),
        line=_number(fact.get("line")),
        run=str(fact.get("run") or ""),
        lot=str(fact.get("lot") or ""),
        purchase=str(fact.get("purchase") or ""),
        quantity=_number(fact.get("quantity")),
    )


def _cause_data(cause: Cause) -> dict[str, object]:
    """Write down what is known of a cause, and no more."""
    every: dict[str, object] = {
        "what": cause.what,
        "order": cause.order or None,
        "line": cause.line,
        "run": cause.run or None,
        "lot": cause.lot or None,
        "purchase": cause.purchase or None,
        "quantity": cause.quantity,
    }
    return {name: value for name, value in every.items() if value is not None}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(written: object) -> date | None:
    return date.fromisoformat(written) if isinstance(written, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
