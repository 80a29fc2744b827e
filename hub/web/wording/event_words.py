"""What happened, as a timeline says it: the history's machine words in people's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hub.domain.planning.explain import from_data
from hub.models.records.history import History
from hub.web.wording.channel_words import CAPABILITIES
from hub.web.wording.field_words import field_word
from hub.web.wording.finding_words import finding_words
from hub.web.wording.formats import write_day
from hub.web.wording.language import N_, gettext
from hub.web.wording.plan_words import explained
from hub.web.wording.who_words import who_words
from hub.web.wording.words import KINDS_OF_NEWS, MODES, PHASES, ROLES, said

EVENTS: Mapping[str, str] = {
    "order.received": N_("The order came in"),
    "order.changed": N_("The shop changed the order"),
    "order.phase": N_("%(to)s"),
    "order.intent": N_("The shop's word: %(to)s"),
    "order.promised": N_("Earliest date is now %(to)s"),
    "order.at_risk": N_("Will miss the date it was given: %(day)s"),
    "order.on_time": N_("Can keep the date it was given again: %(day)s"),
    "order.returned": N_("Goods of %(to)s came back. %(why)s"),
    "order.shipped": N_("A parcel left: %(why)s"),
    "order.person_erased": N_("The buyer's data was erased"),
    "order.note": N_("Note: %(why)s"),
    "order.open": N_("Goes on"),
    "order.link_renewed": N_("The buyer's link was made anew"),
    "order.on_hold": N_("Put on hold"),
    "order.cancelled": N_("Cancelled"),
    "order.closed": N_("Closed"),
    "order.held_at_channel": N_("The shop is to show it as on hold. %(why)s"),
    "order.hold_released_at_channel": N_("The shop is to let it go on"),
    "task.opened": N_("To be done by hand at the shop. %(why)s"),
    "task.done": N_("Done by hand at the shop"),
    "task.reopened": N_("Open again: it was ticked by mistake"),
    "order.priority": N_("Priority %(to)s, it was %(from)s. %(why)s"),
    "order.gave": N_("Gave %(to)s to %(why)s: a person changed who goes first"),
    "order.later": N_("Leaves later: %(why)s goes first now"),
    "channel.connected": N_("The channel was connected"),
    "channel.authorised": N_("The shop let us in"),
    "channel.reconnected": N_("It was given new credentials"),
    "channel.edited": N_("Its settings changed: %(fields)s"),
    "channel.named": N_("It was called %(from)s and is called %(to)s now"),
    "channel.needs_reconnect": N_("It needs to be reconnected. %(why)s"),
    "channel.disconnected": N_("The app was removed in the shop"),
    "channel.mode": N_("Its mode changed from %(from)s to %(to)s"),
    "channel.switch": N_("The switch %(why)s changed from %(from)s to %(to)s"),
    "channel.backfill_started": N_("Orders placed since %(day)s are fetched. %(why)s"),
    "channel.backfill_running": N_("Fetching old orders goes on"),
    "channel.backfill_paused": N_("Fetching old orders paused"),
    "channel.backfill_stopped": N_("Fetching old orders stopped"),
    "channel.place": N_("Where its stock is kept changed"),
    "channel.catalogue_asked": N_("Its catalogue was asked for"),
    "listing.published": N_("The shop is told its stock again"),
    "listing.unpublished": N_("The shop is no longer told its stock"),
    "inbound.replayed": N_("A message was read again"),
    "outbound.retried": N_("A message was sent again"),
    "item.added": N_("The item was added"),
    "item.edited": N_("The item changed"),
    "item.recipe": N_("Its recipe was written, version %(to)s"),
    "item.alternate": N_("What may stand in for it changed"),
    "work_centre.opened": N_("Open on %(from_day)s, though it is usually shut. %(why)s"),
    "decision.plan_more": N_("More wanted, %(to)s: it is planned"),
    "decision.run_grows": N_("More wanted, %(to)s: its run grows"),
    "decision.run_shrinks": N_("%(to)s less: %(why)s shrinks"),
    "decision.run_keeps_size": N_(
        "%(to)s less: %(why)s keeps its size, the surplus goes to who waits"
    ),
    "decision.stock_freed": N_("%(to)s given back to stock"),
    "decision.second_parcel": N_("More wanted, %(to)s: it needs another parcel"),
    "decision.unpack": N_("%(to)s must come out of parcel %(why)s"),
    "decision.keep_back": N_("Parcel %(why)s must not leave"),
    "decision.relabel": N_("Parcel %(why)s needs a new label"),
    "decision.intercept": N_("Parcel %(why)s is on its way to the old address"),
    "decision.expect_return": N_("Something left with parcel %(why)s that is not wanted"),
    "decision.take_out": N_("The shop says that %(to)s was sent by hand"),
    "decision.date_anew": N_("The address changed: the date is worked out anew"),
    "decision.done": N_("Seen to"),
    "decision.taken": N_("It is gone, as the shop says"),
    "decision.still_here": N_("It is still here: put back into its lot"),
    "line.changed": N_("A line changed"),
    "channel.told": N_("The shop knows: %(to)s"),
    "run.opened": N_("%(run)s planned (batches: %(to)s)"),
    "run.grew": N_("%(run)s grew (batches: %(to)s)"),
    "run.shrank": N_("%(run)s shrank (batches: %(to)s)"),
    "run.pin_missed": N_("%(run)s cannot start on %(from_day)s. %(why)s"),
    "run.pinned": N_("%(run)s pinned to %(day)s"),
    "run.unpinned": N_("%(run)s no longer pinned to a day"),
    "run.relinked": N_("%(run)s is shared out anew"),
    "run.moved": N_("%(run)s is needed on another day"),
    "run.cut": N_("%(run)s cut to what can be made now (batches: %(to)s)"),
    "run.enlarged": N_("%(run)s enlarged by hand (batches: %(to)s)"),
    "run.recipe": N_("%(run)s follows the new recipe"),
    "run.completed": N_("A part of %(run)s came out"),
    "run.substituted": N_("%(run)s takes something else: %(why)s"),
    "run.takes_its_own": N_("%(run)s takes what its recipe asks for: %(why)s"),
    "run.other_lot": N_("%(run)s takes another lot, %(to)s"),
    "run.undone": N_("A step of %(run)s was taken back"),
    "production_order.released": N_("%(run)s released"),
    "production_order.running": N_("%(run)s started"),
    "production_order.done": N_("%(run)s finished"),
    "production_order.cancelled": N_("%(run)s cancelled"),
    "work_centre.added": N_("The work centre was added"),
    "work_centre.hours": N_("Its hours changed"),
    "work_centre.closed": N_("Shut from %(from_day)s to %(day)s. %(why)s"),
    "work_centre.reopened": N_("Open again on %(day)s"),
    "workshop.habits": N_("How the workshop plans and ships changed"),
    "workshop.transit": N_("How long parcels take changed"),
    "workshop.shipping_closed": N_(
        "No parcel leaves from %(from_day)s to %(day)s. %(why)s"
    ),
    "workshop.shipping_reopened": N_("Parcels leave again on %(day)s"),
    "shipment.packed": N_("Packed"),
    "shipment.shipped": N_("Handed to the carrier"),
    "shipment.delivered": N_("Arrived"),
    "shipment.cancelled": N_("Parcel cancelled"),
    "shipment.tracking": N_("Tracking changed"),
    "lot.received": N_("Received"),
    "lot.produced": N_("Produced"),
    "lot.adjusted": N_("Counted"),
    "lot.sent_by_hand": N_("Taken out: sent by hand for %(why)s"),
    "lot.still_here": N_("Put back: it was not sent for %(why)s"),
    "lot.confirmed": N_("Counted: as it should be"),
    "lot.scrapped": N_("Thrown away"),
    "lot.undone": N_("A move was taken back"),
    "lot.available": N_("Available"),
    "lot.quarantined": N_("Put in quarantine"),
    "lot.recalled": N_("Recalled"),
    "channel.freshness": N_("Goods must keep %(to)s days when they leave"),
    "channel.letters": N_("What its buyers are told by mail changed"),
    "workshop.brand": N_("How the workshop shows itself to buyers changed"),
    "workshop.letters": N_("Who writes our letters changed"),
    "letter.rewritten": N_("The words of a letter changed"),
    "letter.withdrawn": N_("The words Hornada brings along count again"),
    "letter.bounced": N_("A letter of ours came back"),
    "letter.asked": N_("The customer was asked something by mail"),
    "customer.freshness": N_("Goods must keep %(to)s days when they leave"),
    "customer.added": N_("The customer was written down"),
    "customer.changed": N_("What is known of them changed"),
    "customer.sender": N_("An address of theirs was added"),
    "customer.alias": N_("“%(to)s” is %(why)s"),
    "customer.alias_gone": N_("“%(to)s” is no longer known"),
    "customer.pack": N_("“%(to)s” holds %(why)s"),
    "customer.pack_gone": N_("How much “%(to)s” holds is no longer known"),
    "customer.price": N_("A price of %(to)s was agreed"),
    "customer.price_gone": N_("No price of %(to)s is agreed any more"),
    "customer.form": N_("It was shown how their mails are laid out"),
    "customer.form_gone": N_("A way to read their mails is no longer used"),
    "order.by_mail": N_("Read from a mail"),
    "order.address_by_mail": N_("Its address came with a mail of the shop"),
    "order.mail_asks_change": N_("A mail asks to change it: a person decides"),
    "order.mail_asks_cancel": N_("A mail asks to cancel it: a person decides"),
    "order.mail_accepted": N_("A person accepted a mail about it"),
    "review.accepted": N_("Accepted"),
    "review.rejected": N_("Rejected"),
    "review.asked": N_("The sender was asked"),
    "listing.mapped": N_("Mapped"),
    "listing.undone": N_("A mapping was taken back"),
    "line.choice_unknown": N_("“%(to)s” waits: its buyer chose what is not offered"),
    "line.choice_offered": N_("“%(to)s” goes on: what its buyer chose is offered now"),
    "recall.started": N_("Recall started"),
    "recall.grew": N_("More was found"),
    "recall.closed": N_("Recall closed"),
    "purchase_order.drafted": N_("Written as a draft"),
    "purchase_order.changed": N_("The draft changed"),
    "purchase_order.ordered": N_("Ordered"),
    "purchase_order.expected": N_("Now expected on %(to)s"),
    "purchase_order.arrived": N_("Goods came in"),
    "purchase_order.received": N_("All of it is here"),
    "purchase_order.closed": N_("No more is expected of it"),
    "purchase_order.cancelled": N_("Called off"),
    "user.added": N_("Added as %(to)s"),
    "user.invited": N_("Invited as %(to)s"),
    "user.joined": N_("Chose a password and came in"),
    "user.link": N_("A link to a new password was made"),
    "user.password": N_("The password changed"),
    "user.renamed": N_("The name changed"),
    "user.role": N_("Now %(to)s, was %(from)s"),
    "user.alerts": N_("Letters when the workshop needs somebody: %(to)s"),
    "user.disabled": N_("May not log in any more"),
    "user.enabled": N_("May log in again"),
    "user.logged_out": N_("Logged out everywhere"),
    "user.log_in": N_("Logged in"),
    "user.log_in_late": N_("Logged in (failed tries before: %(to)s)"),
    "user.tried": N_("Too many tries to log in: %(to)s within 15 minutes"),
    "user.second_on": N_("A second proof is asked for"),
    "user.second_off": N_("No second proof is asked for any more"),
    "user.second_reset": N_("The second proof was taken away"),
    "user.spare_new": N_("New spare codes were made"),
    "user.spare_used": N_("Came in with a spare code (left: %(to)s)"),
    "token.made": N_("Token made: %(to)s"),
    "token.revoked": N_("Token revoked"),
    "token.stopped": N_("Token stopped: who made it may not log in any more"),
    "token.role": N_("Now %(to)s, was %(from)s"),
    "token.resumed": N_("Token works again: who made it may log in again"),
    "supplier.added": N_("The supplier was added"),
    "supplier.changed": N_("The supplier changed"),
    "supplier.offer": N_("What they sell changed: %(why)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a timeline."""

    at: datetime
    words: str
    why: str
    who: str


DATED = frozenset({"order.promised", "purchase_order.expected"})
"""What leads to a day."""
OF_A_ROLE = frozenset(
    {"user.added", "user.invited", "user.role", "token.made", "token.role"}
)
"""What leads from one role to another."""
OF_A_MODE = frozenset({"channel.mode", "channel.switch"})
"""What leads from off, rehearsal or live to another."""
SWITCHES: Mapping[str, str] = {"on": N_("on"), "off": N_("off")}


def events(
    rows: list[History], *, runs: Mapping[int, str], actors: Mapping[str, str]
) -> list[Event]:
    """Say what happened, newest first. `runs` are numbers by id, `actors` names by who they are."""
    return [_event(row, runs=runs, actors=actors) for row in reversed(rows)]


def _event(row: History, *, runs: Mapping[int, str], actors: Mapping[str, str]) -> Event:
    known = EVENTS.get(row.what, "")
    explanation = from_data(row.detail)
    if explanation is not None:
        words = explained(explanation)
    else:
        words = gettext(known, **_params(row, runs)) if known else row.what
    is_said = "%(why)s" in known
    is_worker = row.who in {"system", "worker"} and row.what != "channel.told"
    is_machine = is_worker or row.what == "order.phase"
    return Event(
        at=row.at,
        words=words,
        why="" if is_said or is_machine else row.why,
        who=who_words(row.who, names=actors),
    )


def _params(row: History, runs: Mapping[int, str]) -> dict[str, str]:
    to = row.to_state
    if row.what == "order.phase" and to in PHASES:
        to = gettext(PHASES[to].text)
    if row.what == "channel.told":
        to = said(KINDS_OF_NEWS, str(row.detail.get("kind", "")))
    if row.what in DATED and to:
        to = write_day(date.fromisoformat(to))
    why = finding_words(row.why)
    if row.what == "run.pin_missed":
        why = said(WHY_NOT_PINNED, row.why)
    was = row.from_state
    if row.what in OF_A_ROLE:
        to, was = said(ROLES, to), said(ROLES, was)
    if row.what == "user.alerts":
        to = said(SWITCHES, to)
    if row.what in OF_A_MODE:
        to, was = _mode(to), _mode(was)
        why = said(CAPABILITIES, row.why)
    return {
        "fields": _fields(row),
        "to": to or gettext("unknown"),
        "from": was,
        "day": _day(row.to_state),
        "from_day": _day(row.from_state),
        "why": why,
        "run": runs.get(row.subject_id, "") if row.subject == "production_order" else "",
    }


def _fields(row: History) -> str:
    labels = row.detail.get("labels")
    return (
        ", ".join(field_word(str(each)) for each in labels)
        if isinstance(labels, list)
        else ""
    )


def _mode(mode: str) -> str:
    return gettext(MODES[mode].text) if mode in MODES else mode


def _day(written: str) -> str:
    try:
        return write_day(date.fromisoformat(written))
    except ValueError:
        return written


WHY_NOT_PINNED: Mapping[str, str] = {
    "day_passed": N_("That day has passed."),
    "waits": N_("What it is made from is not there by then."),
    "no_room": N_("Its work centre has no room left."),
    "shut": N_("Its work centre is shut."),
    "no_material_date": N_("Nobody knows when its materials come."),
    "no_capacity": N_("No work centre has room for it within three years."),
    "waits_for_run": N_("It needs another run that has no day itself."),
}
