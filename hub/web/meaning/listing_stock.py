"""What a shop is told of one listing's stock, on its page, and the switch that ends it."""

from dataclasses import dataclass

from connectors.spec import Capability
from hub.domain.channels.publishing import Offer
from hub.flow.channels.switches import mode_of
from hub.flow.refusal import Invalid
from hub.flow.telling.stock_facts import offer_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.ports import Ports
from hub.web.page_door import typed
from hub.web.wording.language import gettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a shop is told of a listing, and what keeps it from being told."""

    mode: str
    """How far the channel's own switch goes: off, shadow or live."""
    why_not: str
    """Why no number is known to be told; empty where one is."""


def told_stock(ports: Ports, listing: Listing, account: ChannelAccount) -> Told | None:
    """Say what a shop is told of a listing's stock; None where it is never told any.

    The listing's components are loaded.
    """
    known = ports.channels.get(account.channel)
    if known is None or Capability.STOCK not in known.spec.capabilities:
        return None
    offer = offer_of(listing, account, ports.channels)
    return Told(
        mode=mode_of(account, Capability.STOCK, ports.channels).value,
        why_not=_why_not(offer) if offer.publishes else "",
    )


def read_publishes() -> bool:
    """Read which way a listing's switch is to go.

    :raises Invalid: neither.
    """
    wanted = typed("publishes")
    if wanted not in {"yes", "no"}:
        raise Invalid("Choose one of: yes, no.", field="publishes")
    return wanted == "yes"


def _why_not(offer: Offer) -> str:
    if not offer.is_mapped or not offer.components:
        return gettext("Nobody has said yet what it is made of.")
    if not offer.is_active:
        return gettext("The shop no longer sells it.")
    if offer.is_tracked is None:
        return gettext("Its catalogue was not read yet.")
    if not offer.is_tracked:
        return gettext("The shop does not count it.")
    if offer.place is None:
        return gettext("Nobody chose where its stock is kept.")
    return ""
