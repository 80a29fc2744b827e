"""What can go wrong between us and a channel: one kind of error for each thing to do about it.

`workers/retry.py` holds the one table that says what is done.
"""

from datetime import timedelta

from connectors.spec import Capability


class ChannelError(Exception):
    """A call that did not work. `str(error)` is safe to show and to log: no secret, no person."""

    def __init__(
        self, public: str, *, retry_after: timedelta | None = None, request_id: str = ""
    ) -> None:
        super().__init__(public)
        self.retry_after = retry_after
        self.request_id = request_id


class Retryable(ChannelError):
    """It surely did not happen and may work later: no connection, no DNS, a read that got a 5xx."""


class RateLimited(Retryable):
    """Too fast; `retry_after` says when, if the channel did."""


class CursorExpired(Retryable):
    """The place we had kept in a list is gone there: read the list from the last sure moment."""

    def __init__(self, public: str, *, restart: str = "") -> None:
        super().__init__(public)
        self.restart = restart
        """The cursor to go on with that skips nothing, where the channel can say; else empty."""


class StockMoved(Retryable):
    """The channel sold some of a listing since we last looked; nothing was written.

    The orders that took it are read first: `shown` is what the channel shows now.
    """

    def __init__(self, public: str, *, shown: int) -> None:
        super().__init__(public)
        self.shown = shown


class OutcomeUnknown(ChannelError):
    """A write whose answer was lost after sending: look it up before trying again."""


class AuthExpired(ChannelError):
    """The token is revoked or cannot be renewed: reconnect."""


class NotLetInYet(AuthExpired):
    """Nobody let the app in yet: only the owner can say what its credentials are worth."""


class PermissionDenied(ChannelError):
    """A scope or right is missing: a person must grant it."""


class NotAllowedHere(PermissionDenied):
    """This shop may not do through us what the channel can do: a person does it there by hand."""

    def __init__(
        self, public: str, *, capability: Capability, request_id: str = ""
    ) -> None:
        super().__init__(public, request_id=request_id)
        self.capability = capability


class NotFound(ChannelError):
    """The thing is not there (any more)."""


class Conflict(ChannelError):
    """The channel's state forbids it now: already sent, on hold there, cancelled there."""


class Rejected(ChannelError):
    """Refused for good; a person must change something."""


class Unsupported(ChannelError):
    """The channel cannot do this at all; no call was made."""


class PayloadError(ChannelError):
    """What came is not what the channel's documents promise; the raw message is kept."""


class SignatureInvalid(ChannelError):
    """No valid proof that the message comes from the channel."""
