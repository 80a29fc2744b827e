"""What a plan did to a run and why, in words: what is said in hub/domain/planning/explain.py."""

from collections.abc import Mapping

from hub.domain.planning.explain import Cause, Explanation
from hub.domain.planning.netting_diff import ChangeKind
from hub.web.wording.formats import write_day
from hub.web.wording.language import N_, gettext, ngettext

NAMED = 3
"""So many causes are named; of a run with a hundred orders the rest is counted."""


def explained(explanation: Explanation) -> str:
    """Say what happened to a run and why.

    For example "P-0012 shrinks from 4 to 3 batches: H-0088 line 1 was cancelled".
    """
    what = _change(explanation)
    why = _causes(explanation.causes)
    return gettext("%(what)s: %(why)s", what=what, why=why) if why else what


def _change(explanation: Explanation) -> str:
    kind, after = explanation.kind, explanation.batches_after
    if kind is ChangeKind.MOVED:
        return _moved(explanation)
    if kind is ChangeKind.OPENED:
        return ngettext(
            "%(run)s is planned with %(num)s batch",
            "%(run)s is planned with %(num)s batches",
            after,
            run=explanation.run,
        )
    if kind is ChangeKind.GROWN:
        return ngettext(
            "%(run)s grows from %(before)s to %(num)s batch",
            "%(run)s grows from %(before)s to %(num)s batches",
            after,
            run=explanation.run,
            before=explanation.batches_before,
        )
    if kind is ChangeKind.SHRUNK:
        return ngettext(
            "%(run)s shrinks from %(before)s to %(num)s batch",
            "%(run)s shrinks from %(before)s to %(num)s batches",
            after,
            run=explanation.run,
            before=explanation.batches_before,
        )
    return gettext(_WHOLE[kind], run=explanation.run)


_WHOLE: Mapping[ChangeKind, str] = {
    ChangeKind.DROPPED: N_("%(run)s is not needed any more"),
    ChangeKind.RELINKED: N_("%(run)s is shared out anew"),
}


def _moved(explanation: Explanation) -> str:
    before, after = explanation.needed_before, explanation.needed_after
    if after is None:
        return gettext("%(run)s is for stock now", run=explanation.run)
    if before is None:
        return gettext(
            "%(run)s is needed %(day)s", run=explanation.run, day=write_day(after)
        )
    return gettext(
        "%(run)s is needed %(day)s, not %(before)s any more",
        run=explanation.run,
        day=write_day(after),
        before=write_day(before),
    )


def _causes(causes: tuple[Cause, ...]) -> str:
    """Say the first causes, one after the other; a word we do not know is left out."""
    said = list(dict.fromkeys(filter(None, map(_cause, causes))))
    shown, rest = said[:NAMED], len(said) - NAMED
    if rest > 0:
        shown.append(gettext("and %(num)s more", num=rest))
    return ", ".join(shown)


def _cause(cause: Cause) -> str:
    if cause.order:
        known = CAUSES_OF_ORDERS.get(cause.what, "")
        return gettext(known, who=_line(cause)) if known else ""
    if cause.run:
        known = CAUSES_OF_RUNS.get(cause.what, "")
        return gettext(known, who=cause.run) if known else ""
    if cause.lot:
        known = CAUSES_OF_LOTS.get(cause.what, "")
        return gettext(known, who=cause.lot) if known else ""
    if cause.purchase:
        known = CAUSES_OF_PURCHASES.get(cause.what, "")
        return gettext(known, who=cause.purchase) if known else ""
    known = OTHER_CAUSES.get(cause.what, "")
    return gettext(known) if known else ""


def _line(cause: Cause) -> str:
    if cause.line is None:
        return cause.order
    return gettext("%(order)s line %(line)s", order=cause.order, line=cause.line)


CAUSES_OF_ORDERS: Mapping[str, str] = {
    "placed": N_("%(who)s came in"),
    "changed": N_("%(who)s was changed"),
    "cancelled": N_("%(who)s was cancelled"),
    "deleted": N_("%(who)s was deleted at the shop"),
    "on_hold": N_("%(who)s was put on hold"),
    "resumed": N_("%(who)s goes on"),
    "mapped": N_("%(who)s was mapped"),
    "raised": N_("%(who)s was given another priority"),
    "shipped": N_("%(who)s was shipped"),
    "counted": N_("%(who)s was sent by hand"),
    "joins": N_("%(who)s joins"),
    "leaves": N_("%(who)s is served otherwise"),
    "wants_less": N_("%(who)s wants less"),
}
CAUSES_OF_RUNS: Mapping[str, str] = {
    "released": N_("%(who)s was released"),
    "started": N_("%(who)s was started"),
    "finished": N_("%(who)s was finished"),
    "taken_back": N_("%(who)s was taken back"),
    "pinned": N_("%(who)s was pinned to a day"),
    "unpinned": N_("%(who)s is no longer pinned"),
    "cancelled": N_("%(who)s was cancelled"),
    "wants_more": N_("%(who)s needs more of it"),
    "wants_less": N_("%(who)s needs less of it"),
}
CAUSES_OF_LOTS: Mapping[str, str] = {
    "received": N_("lot %(who)s came in"),
    "counted": N_("lot %(who)s was counted"),
    "available": N_("lot %(who)s may be used"),
    "quarantined": N_("lot %(who)s was put aside"),
    "recalled": N_("lot %(who)s was recalled"),
}
CAUSES_OF_PURCHASES: Mapping[str, str] = {
    "ordered": N_("%(who)s was ordered"),
    "received": N_("%(who)s came in"),
    "late": N_("%(who)s comes another day"),
    "cancelled": N_("%(who)s was cancelled"),
}
OTHER_CAUSES: Mapping[str, str] = {
    "too_old": N_("a lot grew too old"),
    "recipe": N_("there is a new recipe"),
    "levels": N_("what is kept in stock was changed"),
    "mapped": N_("lines were mapped"),
    "shipped": N_("a parcel left"),
    "received": N_("goods came in"),
    "counted": N_("stock was counted"),
}
