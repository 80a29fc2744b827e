"""What is ready to be sent to a buyer of a recall: the letter in their language, and which way."""

from dataclasses import dataclass

from connectors.registry import CHANNELS
from hub.domain.recalls.recall_letter import About, Letter, language_of, write_letter
from hub.flow.channels.channels import MANUAL
from hub.models.recalls.recall_views import OrderReached, RecallPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter and how it may reach its reader. Worked out when looked at, never kept."""

    letter: Letter
    way: str
    """email | shop: the shop's own messages | none: there is no address."""
    email: str


def draft_for(reached: OrderReached, *, page: RecallPage, locale: str) -> Draft | None:
    """Write to the buyer of an order that was sent; None when nothing was.

    `locale` is the workshop's, for buyers of whom nothing is known.
    """
    if not reached.is_sent:
        return None
    customer = reached.customer
    email = customer.email if customer else ""
    language = language_of(
        locale=customer.locale if customer else "",
        country=reached.country,
        otherwise=locale,
    )
    about = About(
        name=customer.name if customer else "",
        order=reached.order.external_number or reached.order.number,
        shop=_signed(reached, house=page.house),
        reason=page.recall.reason,
        sold=reached.sold,
    )
    way = _way(reached.account.channel, email=email)
    return Draft(
        letter=write_letter(about, language=language),
        way=way,
        email=email if way == "email" else "",
    )


def _signed(reached: OrderReached, *, house: str) -> str:
    """Sign as the shop the buyer knows; what was ordered by hand, they ordered of the workshop."""
    return house if reached.account.channel == MANUAL else reached.account.name


def _way(channel: str, *, email: str) -> str:
    known = CHANNELS.get(channel)
    if known is not None and not known.spec.mails_buyers:
        return "shop"
    return "email" if email else "none"
