"""Whether a listing is on sale at Etsy, and taking it off sale and putting it back."""

from connectors.errors import Conflict, OutcomeUnknown, Retryable
from connectors.etsy.client import EtsyApi, Model

ACTIVE, INACTIVE, SOLD_OUT = "active", "inactive", "sold_out"
EMPTY = frozenset({INACTIVE, SOLD_OUT, "expired"})
"""Nobody can buy any of it. A draft, or a state we do not know, is not sold at all."""


class Standing(Model):
    """What a listing says of itself."""

    state: str = ""
    ending_timestamp: int | None = None
    updated_timestamp: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether its time had ended when it was last changed: its owner would pay to renew it."""
        if self.ending_timestamp is None or self.updated_timestamp is None:
            return False
        return self.ending_timestamp <= self.updated_timestamp


def as_state(written: str) -> str:
    """Read a state however it is spelt; an inventory that says none is that of one on sale."""
    return written.strip().lower() or ACTIVE


def switch(api: EtsyApi, *, listing_id: str, to: str) -> None:
    """Take a listing off sale or put it back.

    A listing that sold out must not come here: to activate it renews it, for a fee (Etsy's
    OpenAPI file of `state`).

    :raises OutcomeUnknown: Etsy answered with another state than the one that was asked for.
    """
    path = f"{api.shop_path}/listings/{listing_id}"
    try:
        told = api.patch_form(path, fields={"state": to}, into=Standing)
    except Conflict as e:
        raise Retryable("the listing was being changed on Etsy meanwhile") from e
    if as_state(told.state) != to:
        raise OutcomeUnknown(f"Etsy shows listing {listing_id} otherwise than {to}")
