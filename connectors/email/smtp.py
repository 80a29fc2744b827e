"""Hands a letter to the mail server it leaves by, and says for sure or not what became of it.

One connection a letter. The point of no return is the end of DATA: what fails before surely did
not happen, what fails while the answer to it is awaited may have (RFC 5321, 4.2.5).
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import socket

from connectors.addresses import AddressRefused
from connectors.email.settings import Login, Security, Server
from connectors.errors import (
    AuthExpired,
    ChannelError,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Retryable,
)
from connectors.sockets import open_socket
from connectors.words import plain_words

TIMEOUT = 30.0
"""Seconds, of the connection and of each answer."""
_GO_AHEAD = 354


class _Connection(smtplib.SMTP):
    """Speaks over a socket whose address was looked at, inside TLS from the first byte or later."""

    def __init__(self, server: Server, context: ssl.SSLContext, *, ehlo: str) -> None:
        self._server = server
        self._context = context
        super().__init__(server.host, server.port, local_hostname=ehlo, timeout=TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        plain = open_socket(
            host,
            port=port,
            timeout=timeout,
            only_here=self._server.security is Security.NONE,
            may_be_here=self._server.allow_loopback,
        )
        if self._server.security is not Security.TLS:
            return plain
        return self._context.wrap_socket(plain, server_hostname=self._server.host)

    def hand_over(self, letter: bytes) -> tuple[int, bytes]:
        """Send a letter after the server said it may come, and return its answer.

        :raises OutcomeUnknown: nobody knows whether it took the letter.
        """
        lines = letter.replace(b"\r\n.", b"\r\n..")
        try:
            self.send((lines if lines.endswith(b"\r\n") else lines + b"\r\n") + b".\r\n")
            code, words = self.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise OutcomeUnknown(_LOST) from error
        if code not in range(200, 600):
            raise OutcomeUnknown(_LOST)
        return code, words


_LOST = "the mail server did not say whether it took the letter: it may have been sent"


def send(
    letter: bytes,
    *,
    sender: str,
    recipient: str,
    server: Server,
    login: Login,
    context: ssl.SSLContext | None = None,
) -> None:
    """Give one letter to the mail server, once. Without TLS only to this machine.

    :raises Retryable: it surely did not take it now: not reached, busy, greylisting (4xx).
    :raises Rejected: it refuses the letter or somebody's address for good (5xx), in its words.
    :raises OutcomeUnknown: the connection was lost after the letter; it may have been sent.
    :raises AuthExpired: it does not take our name and password, or our token.
    """
    if server.security is Security.NONE and not server.allow_loopback:
        raise Rejected("host_not_allowed: only a sandbox is spoken to without TLS")
    verified = context or ssl.create_default_context()
    with _named_errors():
        connection = _Connection(server, verified, ehlo=sender.rpartition("@")[2])
        try:
            _enter(connection, server, login, verified)
            _offer(connection, sender=sender, recipient=recipient)
            _taken(connection.hand_over(letter))
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()  # it has the letter; how it says good-bye changes nothing
        finally:
            connection.close()


def log_in(
    *, sender: str, server: Server, login: Login, context: ssl.SSLContext | None = None
) -> None:
    """Open the mail server, log in and leave again; raises as `send` does."""
    if server.security is Security.NONE and not server.allow_loopback:
        raise Rejected("host_not_allowed: only a sandbox is spoken to without TLS")
    verified = context or ssl.create_default_context()
    with _named_errors():
        connection = _Connection(server, verified, ehlo=sender.rpartition("@")[2])
        try:
            _enter(connection, server, login, verified)
        finally:
            connection.close()


def _enter(
    connection: _Connection, server: Server, login: Login, context: ssl.SSLContext
) -> None:
    if server.security is Security.STARTTLS:
        connection.starttls(context=context)
    connection.ehlo_or_helo_if_needed()
    if login.token:
        connection.auth(
            "XOAUTH2",
            _bearer(login),
            initial_response_ok=True,
        )
    elif login.password:
        connection.login(login.username, login.password)


def _bearer(login: Login) -> "_Bearer":
    return _Bearer(f"user={login.username}\1auth=Bearer {login.token}\1\1")


class _Bearer:
    """What XOAUTH2 says first; to a challenge, which holds the error, it says nothing."""

    def __init__(self, first: str) -> None:
        self._first = first

    def __call__(self, challenge: bytes | None = None, /) -> str:
        return self._first if challenge is None else ""


def _offer(connection: _Connection, *, sender: str, recipient: str) -> None:
    _taken(connection.mail(sender))
    _taken(connection.rcpt(recipient))
    code, words = connection.docmd("DATA")
    if code != _GO_AHEAD:
        raise _refusal(code, words)


def _taken(reply: tuple[int, bytes]) -> None:
    code, words = reply
    if code not in range(200, 300):
        raise _refusal(code, words)


def _refusal(code: int, words: bytes) -> ChannelError:
    said = plain_words(f"{code} {words.decode('utf-8', 'replace')}")
    if code in range(500, 600):
        return Rejected(f"the mail server refuses the letter: {said}")
    return Retryable(f"the mail server does not take the letter now: {said}")


@contextmanager
def _named_errors() -> Iterator[None]:
    """Turn whatever goes wrong before the letter is handed over into the contract's errors."""
    try:
        yield
    except ChannelError:
        raise
    except AddressRefused as error:
        raise Rejected(
            "host_not_allowed: the name leads to an address that is not public"
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise Retryable(
            "the mail server's certificate does not prove that it is it"
        ) from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        # "from None": the text of these may quote what was sent, and so a password.
        raise _named(error) from None


def _named(error: Exception) -> ChannelError:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return PermissionDenied(
            "the mail server cannot do what its settings ask for (STARTTLS, or this login)"
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _no_login(error)
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal(error.smtp_code, _as_bytes(error.smtp_error))
    if isinstance(error, UnicodeError):
        return Rejected("the login holds letters that the mail server cannot be told")
    return Retryable("the mail server could not be reached, or did not answer in time")


def _no_login(error: smtplib.SMTPAuthenticationError) -> ChannelError:
    if error.smtp_code in range(400, 500):
        return Retryable(f"the mail server lets nobody in now: {error.smtp_code}")
    return AuthExpired(f"the mail server does not take the login ({error.smtp_code})")


def _as_bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words
