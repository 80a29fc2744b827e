"""What reading a mail needs to know of the account it came to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """What reading a mail needs to know of the account it came to."""

    address: str
    """Where orders are sent, lower case; a mail from it is our own."""
    authserv_id: str = ""
    """What our own mail server calls itself in Authentication-Results; empty trusts none."""
    own_domains: frozenset[str] = frozenset()
    """Lower case; people there pass on what customers wrote to them."""
    trust_forwards: bool = False
    """Whether what they pass on counts as written by whom they name."""
    instance: str = ""
    """What our own mails carry in X-Hub-Loop."""
