"""Says what a look at a connection found, and what a channel would not do, in the page's language.

Connectors speak English and know no page. What they find, what there is to press, why a shop
refuses a subscription and why a person must act is known here by its words, as refusals are; a
test collects it all from their code and fails on what is missing. A channel's own words stay as
they are.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from hub.web.wording.formats import write_long_day
from hub.web.wording.language import N_
from hub.web.wording.phrases import is_known, say

FINDINGS: tuple[str, ...] = (
    # Shopify
    N_("Shopify does not let us in: %(reason)s."),
    N_("Shopify answers nothing about this shop: %(reason)s."),
    N_("The app may not %(scope)s in this shop: %(without)s."),
    N_(
        "Shopify withholds buyers' names and addresses from this app, so labels and "
        "packing "
        "slips stay without them. What to make is known all the same."
    ),
    N_(
        "Orders older than 60 days cannot be fetched: the app lacks read_all_orders, which "
        "Shopify grants on request."
    ),
    N_("Shopify no longer answers for version %(version)s of its API."),
    N_("Shopify answers for version %(version)s of its API only until %(until)s."),
    N_("What the shop's owner allowed ends on %(until)s."),
    N_("The shop has no place that things are sent from."),
    N_(
        "Shopify sends messages only to an https address that the internet can reach, "
        "so orders "
        "are asked for every few minutes instead. Set HORNADA_PUBLIC_URL to such an "
        "address to "
        "get them at once."
    ),
    N_(
        "Shopify withholds this from apps that may not see protected customer data. In "
        "Shopify's "
        "Dev Dashboard open the app, press API access requests, choose Protected "
        "customer data "
        "access and save a reason; then check this connection again."
    ),
    N_("Shopify took the wish and does not list it: check this connection again."),
    # Etsy
    N_("The app was not let into the shop yet."),
    N_("We may not %(doing)s: the permission %(scope)s is missing."),
    N_("The app was let into shop %(other)s, and this connection is of shop %(shop)s."),
    N_(
        "Etsy withholds the buyers' addresses from this app, and then takes no tracking "
        "numbers "
        "from it either; it does so for new apps in some countries."
    ),
    N_("Etsy's permission ends in %(days)s days if it is not renewed before."),
    # Mailboxes
    N_("The mailbox has no folder of the name that is to be read."),
    N_(
        "The mail server can neither move mail nor take single mails away, so what is "
        "settled is copied to its folder and stays in the inbox, marked as deleted."
    ),
    N_("The mail server does not let us into the mailbox."),
    N_("The mail server says that this mailbox may not be read this way."),
    N_(
        "The mailbox server cannot be trusted: its name, its certificate or its TLS is "
        "not what was typed."
    ),
    N_("The sending server does not let us in, so nothing is sent to your customers."),
    N_(
        "The sending server cannot be trusted or refuses us, so nothing is sent to your "
        "customers."
    ),
    N_("It no longer lies where it was; somebody moved it."),
    # every channel
    N_(
        "These credentials open another shop now (%(other)s), not %(shop)s: nothing is "
        "read or "
        "told until they open the old one again."
    ),
    N_(
        "%(title)s answers with version %(served)s of its API; Hornada asked for %(asked)s."
    ),
    N_("The shop does not let us in: %(reason)s"),
    N_("The shop removed our app. Install it again there, then reconnect here."),
    N_("The channel does not let us say that a parcel left: mark it as sent there."),
    N_("This parcel is followed elsewhere than was said: change its tracking there."),
    N_("It was cancelled here and is still open there: cancel it, or refund the buyer."),
    N_("A mistake in Hornada (%(kind)s); the log has more."),
    N_("Waiting for %(names)s"),
    # Letters of ours
    N_(
        "This letter may have been sent: the mail server's answer was lost. Look "
        "whether it "
        "arrived, or press Send again."
    ),
    N_(
        "%(most)s letters went to this address within two hours. See whether another "
        "machine "
        "answers ours, then press Send again."
    ),
)
"""What was found. What is said more exactly comes before what would also fit."""

WAYS_OUT: tuple[str, ...] = (
    N_("Make that folder in your mail program, or connect again with another."),
    N_("Empty the inbox of what is marked as deleted in your mail program."),
    N_(
        "Gmail, Microsoft and others want an app password: make one in your mail "
        "account's security settings and reconnect with it. Some also have a switch "
        "that turns IMAP on."
    ),
    N_("Turn IMAP on in your mail account's settings, or ask whoever runs it."),
    N_(
        "Compare the server's name, port and security with what your provider says, and "
        "connect again."
    ),
    N_("Reconnect with the password that is for sending, often an app password."),
    N_(
        "Compare the sending server's name, port and security with what your provider "
        "says, and connect again."
    ),
    N_("Press Connect and let the app in."),
    N_("Press Connect again and let the app in with all it asks for."),
    N_("Press Connect and let us in on Shopify's page."),
    N_("Press Reconnect and give the app's credentials again."),
    N_("Reconnect it on its page."),
    N_("Reconnect it with the old shop's credentials, or connect the new shop by itself."),
    N_("Open the shop's admin, see what it asks of you (often its plan), and settle it."),
    N_(
        "In Shopify's Dev Dashboard open the app, press Versions, add %(scope)s to its "
        "scopes "
        "and release the new version; then open the app in the shop's admin and approve it."
    ),
    N_(
        "In Shopify's Dev Dashboard open the app, press API access requests, choose "
        "Protected "
        "customer data access, and ask for name, address, phone and email."
    ),
    N_("In the shop's admin, under Settings and Locations, open one."),
    N_("Update Hornada."),
    N_("Update Hornada before."),
    N_("Update Hornada, or take the version out of this connection's settings."),
    N_("Check the shop's number in the settings of this connection."),
    N_(
        "Sign in to Etsy as the owner of this shop and press Connect again, or make a "
        "connection "
        "of its own for the other shop."
    ),
    N_(
        "Enter tracking numbers at Etsy yourself; each waits here as a task and closes "
        "by itself."
    ),
    N_("Nothing to press: Etsy may have changed its API. Tell us."),
)
"""What there is to press."""

REASONS: tuple[str, ...] = (
    N_("The key to its credentials was lost: connect it again."),
    N_("Our place in a list was lost."),
    N_("%(title)s does not accept our token (any more)"),
    N_("%(title)s says the shop's plan is frozen or unpaid"),
    N_("%(title)s says the shop is locked"),
    N_("%(title)s says we may not do that: %(said)s"),
    N_("%(title)s says we may not do that"),
    N_("%(title)s has no such thing"),
    N_("%(title)s did not get the whole request"),
    N_("%(title)s says its state does not allow that now"),
    N_("%(title)s asks us to slow down"),
    N_("%(title)s refuses the request"),
    N_("%(title)s had a failure of its own: %(said)s"),
    N_("%(title)s had a failure of its own"),
    N_("%(title)s sends us to another address, where we do not follow"),
    N_("%(title)s could not be reached; nothing was sent"),
    N_("%(title)s did not answer in time"),
    N_("%(title)s was told, but its answer was lost"),
    N_("%(title)s's token cannot be read"),
    N_("%(title)s's answer cannot be read"),
    N_("%(title)s's answer says nothing"),
    N_("%(title)s's answer is not as it promises, at %(where)s"),
    N_("%(title)s's answer is not as it promises: %(where)s"),
    N_("%(title)s does not understand the question: %(said)s"),
    N_("%(title)s may have done it, and then stumbled: %(said)s"),
    N_("%(title)s would not %(what)s: %(said)s"),
    N_("the mail server refuses the letter: %(said)s"),
    N_("the mail server does not take the letter now: %(said)s"),
    N_("the mail server did not say whether it took the letter: it may have been sent"),
    N_("the mail server does not take the login (%(code)s)"),
    N_("the mail server cannot do what its settings ask for (STARTTLS, or this login)"),
    # Mailboxes
    N_("the mail server does not let us do that"),
    N_("there is neither a password nor a token yet"),
    N_("there is no refresh token: give one"),
    N_("the permission was taken back or is over: make a new refresh token"),
    N_("the client ID or client secret is not right: copy both again"),
    N_("the mail provider gives no token: make a new refresh token"),
    N_("the mail server does not take this user name and password, or this token"),
    N_("the mail server wants an app password: make one and type it"),
    N_("IMAP is switched off for this mailbox"),
    N_("the mail server says to ask its administrator"),
    N_("the mail server could not be reached, or did not answer in time"),
    N_("the mail server's certificate does not prove that it is it"),
    N_("the mail server ended the connection"),
    N_("the mail server had a failure of its own"),
    N_("the mail server asks us to slow down"),
    N_("the mailbox is full"),
    N_("the mailbox has no such folder"),
    N_("the connection must be made again"),
    N_("the channel asked for patience"),
    # Shopify
    N_(
        "the app is not installed in the shop: open it in Shopify's Dev Dashboard, press "
        "Install app, choose this shop, then connect again"
    ),
    N_(
        "Shopify does not know this client id and secret: copy both again from the app's "
        "settings in the Dev Dashboard"
    ),
    N_(
        "Shopify does not know this client id: copy it again from the app's settings in "
        "the "
        "Dev Dashboard"
    ),
    N_(
        "the app may not sign in to this shop this way: the app and the shop must "
        "belong to the "
        "same organisation in Shopify's Dev Dashboard, or the shop's owner must let it "
        "in: press "
        "Connect on the page of this connection"
    ),
    N_("Shopify does not take this answer of its page (any more): begin again"),
    N_(
        "Shopify does not renew our access any more: the shop's owner must let us in "
        "again on "
        "Shopify's page"
    ),
    N_("Shopify gives no token for this client id and secret: copy both again"),
    N_("Shopify has no shop of this name: check its address and reconnect"),
    N_("this connection has a fixed token: paste a new one"),
    N_("the shop took our access back: its owner must let us in again on Shopify's page"),
    N_("there is no token yet: it must be fetched first"),
    N_("the shop's owner did not let us in"),
    N_("Shopify's page sent no code: begin again"),
    # Etsy
    N_(
        "Etsy does not accept the app's keystring and shared secret: copy both again "
        "from Etsy's "
        "page Your Apps"
    ),
    N_(
        "Etsy no longer accepts our permission: it was taken back, the shop's password was "
        "changed, or it was not used for 90 days; %(advice)s"
    ),
    N_("Etsy does not know this keystring: copy it again from Etsy's page Your Apps"),
    N_("the permission was used already or is too old; %(advice)s"),
    N_("Etsy gives no token; %(advice)s"),
    N_("the shop's owner did not let the app in; %(advice)s"),
    N_("the app was not let into the shop yet: press Connect"),
    N_("there is no token yet: press Connect"),
    N_(
        "Etsy does not let an app tell of parcels in this shop's country: mark the "
        "order as sent "
        "by hand on Etsy"
    ),
    N_(
        "today's calls to Etsy are used up; they come back little by little over 24 "
        "hours, and "
        "orders still arrive by webhook"
    ),
    N_("This is not the answer of Etsy's page: there is no code."),
    N_("there is no token endpoint at this address"),
)
"""Why a channel did not do what was asked, as an error says it."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "doing": (
        N_("read orders"),
        N_("tell Etsy what was sent"),
        N_("read your listings"),
        N_("publish stock"),
        N_("see which shop it is"),
    ),
    "without": (
        N_("orders cannot be read at all"),
        N_("the shop's products cannot be listed to be mapped"),
        N_("the stock the shop shows cannot be compared with ours"),
        N_("the shop's stock cannot be kept up to date"),
        N_("the places the shop keeps stock at cannot be listed"),
        N_("what is still to be sent cannot be seen"),
        N_("shipments, holds and progress cannot be told to the shop"),
        N_("the shop cannot be told that a parcel was delivered"),
        N_("the day an order is promised for cannot be shown on it"),
        N_("part of what Hornada does is not possible"),
    ),
    "names": (N_("%(names)s and %(count)s more"),),
    "advice": (
        N_("press Connect on the page of this connection and let the app in again"),
    ),
}
"""What is filled in by us, by the name of its hole."""

_WITH_STATUS = re.compile(r"(.+) (\(\d{3}\)(?:: .*)?)", re.DOTALL)
_LONG_DAY = "%d %B %Y"


def finding_words(message: str) -> str:
    """Return what was found in the language of the page; what we do not know stays as "
    "it is."""
    found = say(message, among=(*FINDINGS, *WAYS_OUT), part=_part)
    return found or _sentence(message) or _reason(message) or message


def knows_finding(message: str) -> bool:
    """Say whether there are words for what was found."""
    return is_known(message, among=(*FINDINGS, *WAYS_OUT, *REASONS))


def knows_part(name: str, value: str) -> bool:
    """Say whether there are words for what we fill in."""
    return is_known(value, among=PARTS[name])


def _reason(message: str) -> str:
    """Say why, and keep the status and the channel's own words that may follow."""
    if known := say(message, among=REASONS, part=_part):
        return known
    if found := _WITH_STATUS.fullmatch(message):
        why = say(found[1], among=REASONS, part=_part)
        return f"{why} {found[2]}" if why else ""
    return ""


def _sentence(message: str) -> str:
    """Say a reason that was made a sentence, with a capital letter and a full stop."""
    if not message.endswith("."):
        return ""
    bare = message.removesuffix(".")
    words = _reason(bare) or _reason(f"{bare[:1].lower()}{bare[1:]}")
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _part(name: str, value: str) -> str:
    if name == "reason":
        return _reason(value) or value
    if name == "until":
        with suppress(ValueError):
            return write_long_day(datetime.strptime(value, _LONG_DAY).date())  # noqa: DTZ007
    return say(value, among=PARTS.get(name, ())) or value
