"""The steps of connecting a channel, and the forms on them."""

from sqlalchemy import select

from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from tests.pretend_shopify import DOMAIN, TOKEN
from tests.web.pages.visitor import Visitor

STAGES = ("create", "paste", "test", "bring", "rehearse", "live")
FORM = {
    "settings.shop": DOMAIN,
    "credentials.access_token": TOKEN,
    "webhook_secrets": "whsec-long-enough",
}
MAILBOX = {"settings.address": "orders@taller.example"}


def account(ports: Ports) -> ChannelAccount:
    """Read the one channel."""
    with ports.database.reading() as session:
        return session.scalars(select(ChannelAccount)).one()


def connect(ports: Ports, owner: Visitor) -> str:
    """Connect the pretended shop, and return the address of its page."""
    owner.did("/channels/connect/shopify", **FORM)
    return f"/channels/{account(ports).id}"


def landed(owner: Visitor, address: str) -> str:
    """Say at which step one goes on."""
    response = owner.open(f"{address}/connect")
    assert response.status_code == 303
    return response.location.rpartition("/")[2]
