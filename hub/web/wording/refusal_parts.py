"""What is filled in into refusals, where that is words of ours: states, and what a run lacks."""

from collections.abc import Mapping

from hub.web.wording.language import N_

MISSING: tuple[str, ...] = (
    N_("%(quantity)s of %(item)s (lot %(lots)s is too old or put aside)"),
    N_("%(quantity)s of %(item)s"),
)
"""One of several things a run lacks."""

STATES: Mapping[str, str] = {
    "planned": N_("planned"),
    "released": N_("released"),
    "running": N_("running"),
    "done": N_("done"),
    "cancelled": N_("cancelled"),
    "packed": N_("packed"),
    "shipped": N_("shipped"),
    "delivered": N_("delivered"),
    "open": N_("open"),
    "on_hold": N_("on hold"),
    "closed": N_("closed"),
    "draft": N_("a draft"),
    "ordered": N_("ordered"),
    "received": N_("received"),
    "available": N_("available"),
    "quarantined": N_("quarantined"),
    "recalled": N_("recalled"),
    "nothing else": N_("nothing else"),
}
