"""Says what the flow refused in the language of the page.

The flow speaks English and knows no page. Each of its refusals is known here by its words, with
names for what is filled in; a test collects them all and fails on one that is missing.
"""

from collections.abc import Mapping

from hub.web.language import N_, gettext
from hub.web.phrases import is_known, say
from hub.web.words import said

STATE_NAMES = frozenset({"old", "new", "state"})

REFUSALS: tuple[str, ...] = (
    N_("A component must be more than nothing."),
    N_("A code has no slash."),
    N_("A cost is nothing or more, and within reason."),
    N_("A lot code has at most %(most)s characters."),
    N_("A part of %(number)s is here: close what is left of it."),
    N_("A new lot cannot be past its best before."),
    N_("A tracking address begins with https://."),
    N_("A %(channel)s connection is already called “%(name)s”."),
    N_("All of %(number)s was shipped: there is nothing left to cancel."),
    N_("An item is named twice: add its quantities up."),
    N_("At most %(most)s days ahead."),
    N_("At most %(most)s days at once."),
    N_("At most %(most)s steps."),
    N_("At most %(most)s ways."),
    N_("It is not shut on that day."),
    N_("It would end before it begins."),
    N_("It would still be open at midnight."),
    N_("Parcels leave on that day already."),
    N_("Say of each step where and how long, or say it once."),
    N_("Say of which country this is a region."),
    N_("Say on which weekdays parcels leave."),
    N_("That day has passed."),
    N_("The regions of %(country)s are not told apart."),
    N_("This way is said twice."),
    N_("Write a country in two letters, such as ES."),
    N_("%(word)s is not one of %(choices)s."),
    N_("Two lots of one day would share a code: add %(word)s."),
    N_("At most %(most)s characters."),
    N_("Choose one of %(choices)s."),
    N_("If nothing came out, say how much was lost."),
    N_("Lot %(lot)s has only %(quantity)s free."),
    N_("A lot is scanned twice: add its quantities up."),
    N_("Lot %(lot)s has another best before: give this a lot of its own."),
    N_("Lot %(lot)s has moved since you looked: count again."),
    N_("Lot %(lot)s has only %(quantity)s for this run."),
    N_("Lot %(lot)s is not whole any more: %(names)s took of it."),
    N_("Lot %(lot)s is not whole any more: look at its moves."),
    N_("Lot %(lot)s is %(state)s: give this a lot of its own."),
    N_("Lot %(lot)s was counted since it came: take that back first."),
    N_("Of lot %(lot)s nothing is left to throw away."),
    N_("There is no such line in the ledger."),
    N_("This belongs to a run or a parcel: take it back there."),
    N_("This took something back: do that again instead."),
    N_("This was taken back already."),
    N_("Lot %(lot)s holds only %(quantity)s."),
    N_("Lot %(lot)s is being called back already: %(number)s."),
    N_("Lot %(lot)s is past its best before, %(day)s."),
    N_("Lot %(lot)s is picked for %(names)s: finish or cancel that first."),
    N_("Lot %(lot)s is %(state)s."),
    N_("More of %(number)s came in: look again."),
    N_("Nobody uses less than nothing."),
    N_("Nothing is to be ordered of %(supplier)s now."),
    N_("Nothing is ready to be shipped. Too old or put aside: lot %(lots)s."),
    N_("Nothing is ready to be shipped."),
    N_("Numbers like H-0001 are given by Hornada itself."),
    N_(
        N_(
            "Of “%(title)s” %(ready)s can be shipped, not %(pieces)s. Too old or "
            "put aside: lot %(lots)s."
        ),
    ),
    N_("Of “%(title)s” %(ready)s can be shipped, not %(pieces)s."),
    N_("One of the lines names no item."),
    N_("Say how long it is open on each of seven days."),
    N_("Say how many of “%(title)s”: more than none."),
    N_("Say how much: more than nothing."),
    N_("Say what came."),
    N_("Say what to order."),
    N_("Say what it is made of."),
    N_("Say why it is called back."),
    N_("Say which items a piece holds, or that it is not produced here."),
    N_("Say which lines are in the parcel, or leave them out."),
    N_("Somebody else was first: look again before you go on."),
    N_("Somebody with this address is here already."),
    N_("That is more than can be."),
    N_("That is no line of this order."),
    N_("That is no lot of this material."),
    N_("That is no material of this run."),
    N_("That day is over."),
    N_("That day is too far away."),
    N_("That is not in this purchase order."),
    N_("That much cannot have been lost."),
    N_("That much cannot have come out."),
    N_("That much of lot %(lot)s is not reserved for it."),
    N_("Tables of %(known)s can be taken out."),
    N_("Tables of %(known)s can be taken in."),
    N_("At least %(least)s batches, in steps of %(step)s."),
    N_("At most %(most)s batches."),
    N_("Say what came back."),
    N_("Say how many pieces."),
    N_("Of %(item)s only %(left)s of %(number)s can come back."),
    N_("This cannot be done from here."),
    N_("Nobody says any more that one could stand in for the other."),
    N_("The channel was not told that this parcel left. Retry that message first."),
    N_("The smallest run would be more than can be."),
    N_("There is already a work centre %(code)s."),
    N_("There is already an item %(code)s."),
    N_("There is already an order %(number)s."),
    N_("There is no item %(number)s."),
    N_("There is no such channel."),
    N_("There is no such item."),
    N_("There is no such listing."),
    N_("There is no such lot."),
    N_("There is no such order."),
    N_("There is no such production order."),
    N_("There is no such purchase order."),
    N_("There is no such supplier."),
    N_("There is already a supplier %(code)s."),
    N_("There is no such recall."),
    N_("There is no such shipment."),
    N_("There is no such token."),
    N_("There is no such work centre."),
    N_("No old orders are fetched now."),
    N_("Nothing was paused here."),
    N_("Old orders of this connection are being fetched already. Stop that first."),
    N_("The channel has no such place."),
    N_("The day to begin with must be in the past."),
    N_("This channel has no list of old orders."),
    N_("This channel has no page of its own to let us in."),
    N_("This connection has no list of changed orders that we read."),
    N_("This connection must be made again first."),
    N_("This page was left open too long, or used before: press Connect again."),
    N_("This was done already."),
    N_("This was answered already."),
    N_("There is no such decision."),
    N_("Answer one of: %(choices)s."),
    N_("A place is from %(least)s to %(most)s."),
    N_("%(number)s is over: nothing of it is planned any more."),
    N_("This is its last line: cancel the order."),
    N_("There is no such task."),
    N_("This link leads nowhere."),
    N_("This link was used already, or is too old. Start again for a new one."),
    N_("This password is one of the first anybody would try. Use a few words of your own."),
    N_("This workshop has an owner already. Ask them to add you."),
    N_("Use %(least)s to %(most)s characters."),
    N_("User or password is wrong."),
    N_("Write 1 to %(most)s characters."),
    N_("Write a number from %(least)s to %(most)s."),
    N_("Write an e-mail address."),
    N_("Write at most %(most)s characters."),
    N_("inbound message %(number)s still waits for its turn"),
    N_("outbound message %(number)s is neither held nor given up"),
    N_("the body of inbound message %(number)s was forgotten"),
    N_("there is no inbound message %(number)s"),
    N_("%(item)s already has a lot %(lot)s."),
    N_("%(item)s would be made of itself: %(way)s."),
    N_("%(item)s would be made of what may stand in for it."),
    N_(
        "%(substitute)s cannot stand in for %(item)s: one goes into the making of the other."
    ),
    N_("%(item)s has nothing to choose from."),
    N_("A choice cannot add the item to itself."),
    N_("A value is offered twice."),
    N_("At most %(most)s choices."),
    N_("Say anew what each choice adds: the batch has another size."),
    N_("Say which %(option)s: %(known)s."),
    N_("There is no option “%(option)s”, only %(known)s."),
    N_("There is no %(option)s “%(value)s”, only %(known)s."),
    N_("Nobody said that this may stand in for it."),
    N_("Nothing stands in for itself."),
    N_("Say how many %(substitute)s stand in for one %(item)s."),
    N_("%(number)s has a new shipment: look again."),
    N_("%(number)s has just changed: look again."),
    N_("%(number)s is not on hold."),
    N_("%(number)s was cancelled at its channel."),
    N_("%(number)s was just planned anew: look again."),
    N_("%(number)s still lacks %(missing)s."),
    N_("%(number)s was cancelled."),
    N_("%(number)s has just these pieces under %(tracking)s."),
    N_("“%(mode)s” is not off, shadow or live."),
    N_("What is %(old)s cannot become %(new)s; it can become %(ways)s."),
    N_("This is the shop's own address: name.myshopify.com."),
    N_("Give the app's access token, or its client id and secret."),
    N_("It was not copied whole: it has no spaces or accents."),
    N_("Both the client id and secret are needed."),
    N_("Give at least one secret that the shop signs its messages with."),
    N_("A secret was not copied whole: it has no spaces or accents."),
    N_("“%(text)s” is what another item is called here: %(item)s."),
    N_("%(place)s is %(name)s's already."),
    N_("A shop says who this buyer is: write down a customer of your own."),
    N_("Anybody can have an address at %(domain)s: name whole addresses."),
    N_("At most %(most)s lines."),
    N_("There is no such customer."),
    N_("This is no longer known of them."),
    N_("This is said twice."),
    N_("Write a domain such as example.com."),
    N_("Write a language such as es or en."),
    N_("Write an address such as ana@example.com."),
    N_("%(number)s has already given something: finish it, or take that back."),
    N_("%(number)s is %(state)s: there is nothing to take back."),
    N_("%(item)s may not stand in for %(asked)s."),
    N_("%(number)s is %(state)s."),
)
"""Tried from the top: what is said more exactly comes before what would also fit."""

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


def in_their_words(message: str) -> str:
    """Return a refusal in the language of the page; one we do not know stays as it is."""
    return say(message, among=REFUSALS, part=_part) or message


def knows(message: str) -> bool:
    """Say whether there are words for a refusal."""
    return is_known(message, among=REFUSALS)


def _part(name: str, value: str) -> str:
    """Say what is filled in, where that is words of ours too."""
    if name == "missing":
        return "; ".join(say(each, among=MISSING) or each for each in value.split("; "))
    if name in STATE_NAMES:
        return said(STATES, value)
    if name == "ways":
        ways = [said(STATES, each) for each in value.split(" or ")]
        return f" {gettext('or')} ".join(ways)
    return value
