"""One connection to a mailbox server: made, secured, logged in; every failure by its name."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from socket import socket
from typing import Protocol

from imapclient import IMAPClient
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
    ProtocolError,
)
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import wrap_socket

from connectors.addresses import AddressRefused
from connectors.email.settings import Login, Security, Server
from connectors.errors import (
    AuthExpired,
    ChannelError,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from connectors.sockets import open_socket

PASSING = ("[UNAVAILABLE]", "[SERVERBUG]", "[INUSE]", "[LIMIT]", "THROTTLED")
"""What a server says when something is wrong just now (RFC 5530, section 3)."""

SECONDS = 30.0
"""How long we wait for a connection, and for each answer."""


class Imap(Protocol):
    """What we ask of a mailbox server, in the words of IMAPClient; a test brings its own."""

    def has_capability(self, capability: str) -> bool:
        """Say whether the server can do something."""

    def select_folder(self, folder: str, readonly: bool = False) -> Mapping[bytes, object]:
        """Open a folder."""

    def search(self, criteria: Sequence[str | bytes]) -> Sequence[int]:
        """Return the UIDs of messages in the open folder."""

    def fetch(
        self, messages: Sequence[int], data: Sequence[str]
    ) -> Mapping[int, Mapping[bytes, object]]:
        """Return parts of messages, by UID."""

    def list_folders(
        self, directory: str, pattern: str
    ) -> Sequence[tuple[Sequence[bytes], bytes | None, str]]:
        """Return flags, delimiter and name of folders."""

    def namespace(self) -> Sequence[Sequence[tuple[str, str]] | None]:
        """Return the prefixes and delimiters of the person's own folders first."""

    def create_folder(self, folder: str) -> object:
        """Make a folder."""

    def subscribe_folder(self, folder: str) -> object:
        """Show a folder in the person's mail program."""

    def move(self, messages: Sequence[int], folder: str) -> object:
        """Move messages; all at once or not at all."""

    def copy(self, messages: Sequence[int], folder: str) -> object:
        """Copy messages."""

    def add_flags(self, messages: Sequence[int], flags: Sequence[bytes]) -> object:
        """Mark messages."""

    def uid_expunge(self, messages: Sequence[int]) -> object:
        """Take away those of these that are marked as deleted, and no others."""

    def idle(self) -> None:
        """Begin to wait for news."""

    def idle_check(self, timeout: float | None = None) -> Sequence[Sequence[object]]:
        """Return what the server said meanwhile."""

    def idle_done(self) -> tuple[bytes, Sequence[Sequence[object]]]:
        """Stop waiting; also returns what the server said meanwhile."""

    def noop(self) -> tuple[bytes, Sequence[Sequence[object]]]:
        """Do nothing; also returns what the server has to say."""

    def logout(self) -> object:
        """Say good-bye."""

    def shutdown(self) -> None:
        """Close the connection without a word."""


class _Plain(IMAP4WithTimeout):  # type: ignore[misc]  # the library has no types
    """Speaks over a socket whose address was looked at."""

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__(server.host, server.port, SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket:  # noqa: ARG002
        return _socket_to(self._server)


class _Tls(_Plain):
    """The same, inside TLS from the first byte."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(server)

    def _create_socket(self, timeout: float | None = None) -> socket:  # noqa: ARG002
        secured: socket = wrap_socket(
            _socket_to(self._server), self._context, self._server.host
        )
        return secured


class _Client(IMAPClient):  # type: ignore[misc]  # the library has no types
    """IMAPClient over our own sockets, which tells no log what is said."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self._server = server
        is_tls = server.security is Security.TLS
        super().__init__(
            server.host, server.port, ssl=is_tls, ssl_context=context, timeout=SECONDS
        )
        self._imap.debug = 0  # else every command and every mail goes to the log

    def move(self, messages: Sequence[int], folder: str) -> bytes:
        """Move messages and return where they went: `COPYUID <validity> <from> <to>`."""
        self._imap.untagged_responses.pop("COPYUID", None)
        super().move(messages, folder)
        return self._copyuid()

    def copy(self, messages: Sequence[int], folder: str) -> bytes:
        """Copy messages and return where the copies are, as `move` does."""
        self._imap.untagged_responses.pop("COPYUID", None)
        super().copy(messages, folder)
        return self._copyuid()

    def _copyuid(self) -> bytes:
        # After a MOVE it comes in a line of its own (RFC 6851, 4.3), which IMAPClient drops.
        said = self._imap.untagged_responses.pop("COPYUID", None)
        return b"COPYUID " + said[-1] if said else b""

    def _create_IMAP4(self) -> _Plain:  # noqa: N802 - the library's name
        if self.ssl:
            return _Tls(self._server, self.ssl_context)
        return _Plain(self._server)


def _socket_to(server: Server) -> socket:
    return open_socket(
        server.host,
        port=server.port,
        timeout=SECONDS,
        only_here=server.security is Security.NONE,
        may_be_here=server.allow_loopback,
    )


def connect(server: Server, login: Login, *, context: ssl.SSLContext | None = None) -> Imap:
    """Open a mailbox server and log in. Without TLS only to this machine.

    :raises AuthExpired: it does not take our name and password, or our token.
    :raises Retryable: it cannot be reached, or is busy.
    :raises Rejected: it cannot be trusted, or speaks no STARTTLS.
    """
    if server.security is Security.NONE and not server.allow_loopback:
        raise Rejected("host_not_allowed: only a sandbox is spoken to without TLS")
    verified = context or ssl.create_default_context()
    with named_errors():
        client = _Client(server, verified)
        try:
            _enter(client, server, login, verified)
        except BaseException:
            with suppress(IMAPClientError, OSError):
                client.shutdown()
            raise
    made: Imap = client
    return made


def _enter(client: _Client, server: Server, login: Login, context: ssl.SSLContext) -> None:
    if server.security is Security.STARTTLS:
        client.starttls(context)
    if login.token:
        client.oauth2_login(login.username, login.token)
    elif login.password:
        client.login(login.username, login.password)
    else:
        raise AuthExpired("there is neither a password nor a token yet")


@contextmanager
def named_errors() -> Iterator[None]:
    """Turn whatever a mail server or its connection does wrong into the contract's errors.

    :raises ChannelError: the kind says what it was; its words quote nothing of the server's.
    """
    try:
        yield
    except ChannelError:
        raise
    # "from None" throughout: the text of these quotes what was sent, which may be a password.
    except AddressRefused:
        raise Rejected(
            "host_not_allowed: the name leads to an address that is not public"
        ) from None
    except ssl.SSLCertVerificationError:
        raise Rejected(
            "the mail server's certificate does not prove that it is it"
        ) from None
    except (IMAPClientError, OSError, EOFError) as e:
        raise _named(e) from None


def _named(error: Exception) -> ChannelError:
    if isinstance(error, LoginError):
        return _refused(str(error))
    if isinstance(error, CapabilityError):
        return Rejected("the mail server cannot do what its settings ask for (STARTTLS?)")
    if isinstance(error, IMAPClientAbortError):
        return Retryable("the mail server ended the connection")
    if isinstance(error, ProtocolError):
        return Retryable("the mail server's answer cannot be read")
    if isinstance(error, IMAPClientError):
        return _said_no(str(error))
    return Retryable("the mail server could not be reached, or did not answer in time")


_APP_PASSWORD = "the mail server wants an app password: make one and type it"  # noqa: S105
_NO_LOGIN = "the mail server does not take this user name and password, or this token"

_LOGIN_WORDS: Sequence[tuple[str, type[ChannelError], str]] = (
    ("[UNAVAILABLE]", Retryable, "the mail server cannot check passwords now"),
    ("[INUSE]", Retryable, "the mailbox is in use"),
    ("[LIMIT]", RateLimited, "the mail server has too many connections of ours"),
    ("TOO MANY", RateLimited, "the mail server has too many connections of ours"),
    ("[CONTACTADMIN]", PermissionDenied, "the mail server says to ask its administrator"),
    ("[PRIVACYREQUIRED]", Rejected, "the mail server wants TLS"),
    ("APPLICATION-SPECIFIC", AuthExpired, _APP_PASSWORD),
    ("APP PASSWORD", AuthExpired, _APP_PASSWORD),
    ("NOT ENABLED FOR IMAP", PermissionDenied, "IMAP is switched off for this mailbox"),
    ("IMAP ACCESS IS DISABLED", PermissionDenied, "IMAP is switched off for this mailbox"),
    ("LOGINDISABLED", Rejected, "the mail server takes no passwords over this connection"),
    ("BANDWIDTH LIMITS", RateLimited, "the mail server asks us to slow down"),
)
"""What a refused login says (RFC 5530, section 3), and what large providers write."""


def _refused(said: str) -> ChannelError:
    upper = said.upper()
    for sign, made, words in _LOGIN_WORDS:
        if sign in upper:
            return made(words)
    return AuthExpired(_NO_LOGIN)


def _said_no(said: str) -> ChannelError:
    upper = said.upper()
    if "[OVERQUOTA]" in upper:
        return Rejected("the mailbox is full")
    if "[NOPERM]" in upper:
        return PermissionDenied("the mail server does not let us do that")
    if any(sign in upper for sign in ("[UNAVAILABLE]", "[SERVERBUG]", "[INUSE]")):
        return Retryable("the mail server had a failure of its own")
    if any(sign in upper for sign in ("[LIMIT]", "THROTTLED", "BANDWIDTH LIMITS")):
        return RateLimited("the mail server asks us to slow down")
    return Retryable("the mail server refused what we asked")
