"""How a mailbox is: whether we get in at both servers, and what a person should press."""

from collections.abc import Callable
from ssl import SSLContext

from connectors.email.client import Mailbox
from connectors.email.settings import address_of, login_of, smtp_of
from connectors.email.smtp import log_in
from connectors.errors import (
    AuthExpired,
    ChannelError,
    NotFound,
    PermissionDenied,
    Rejected,
    Retryable,
)
from connectors.protocol import Connection, Finding, Health
from connectors.spec import Capability

NO_FOLDER = Finding(
    code="no_folder",
    words="The mailbox has no folder of the name that is to be read.",
    way_out="Make that folder in your mail program, or connect again with another.",
    is_shut=True,
)
NOT_MOVED = Finding(
    code="cannot_move",
    words="The mail server can neither move mail nor take single mails away, so what is "
    "settled is copied to its folder and stays in the inbox, marked as deleted.",
    way_out="Empty the inbox of what is marked as deleted in your mail program.",
)
NO_ENTRY = Finding(
    code="mailbox_refused",
    words="The mail server does not let us into the mailbox.",
    way_out="Gmail, Microsoft and others want an app password: make one in your mail account's "
    "security settings and reconnect with it. Some also have a switch that turns IMAP on.",
    is_shut=True,
)
NOT_ALLOWED = Finding(
    code="imap_off",
    words="The mail server says that this mailbox may not be read this way.",
    way_out="Turn IMAP on in your mail account's settings, or ask whoever runs it.",
    is_shut=True,
)
WRONG_SERVER = Finding(
    code="mailbox_untrusted",
    words="The mailbox server cannot be trusted: its name, its certificate or its TLS is not "
    "what was typed.",
    way_out="Compare the server's name, port and security with what your provider says, and "
    "connect again.",
    is_shut=True,
)
NO_SENDING = Finding(
    code="sending_refused",
    words="The sending server does not let us in, so nothing is sent to your customers.",
    way_out="Reconnect with the password that is for sending, often an app password.",
    is_shut=True,
)
WRONG_SENDING = Finding(
    code="sending_untrusted",
    words="The sending server cannot be trusted or refuses us, so nothing is sent to your "
    "customers.",
    way_out="Compare the sending server's name, port and security with what your provider "
    "says, and connect again.",
    is_shut=True,
)


def check_up(
    connection: Connection, *, mailbox: Mailbox | None, context: SSLContext | None
) -> Health:
    """Log in at both servers and open the folder; nothing is changed and nothing sent.

    :raises Retryable: a server cannot be reached now.
    """
    cannot: set[Capability] = set()
    findings: list[Finding] = []
    if mailbox is None:
        cannot.add(Capability.MAILBOX)
    else:
        findings += _mailbox(mailbox)
    if smtp_of(connection) is None:
        cannot.add(Capability.MAIL)
    else:
        findings += _sending(connection, context=context)
    address = address_of(connection)
    return Health(
        shop_ref=address,
        shop_name=address,
        cannot=frozenset(cannot),
        findings=tuple(findings),
    )


def _mailbox(mailbox: Mailbox) -> list[Finding]:
    can_move = True

    def look() -> None:
        nonlocal can_move
        can_move = mailbox.look()

    try:
        found = _trouble(look, refused=NO_ENTRY, untrusted=WRONG_SERVER)
    except NotFound:
        return [NO_FOLDER]
    return found if can_move else [*found, NOT_MOVED]


def _sending(connection: Connection, *, context: SSLContext | None) -> list[Finding]:
    server = smtp_of(connection)
    if server is None:
        return []
    return _trouble(
        lambda: log_in(
            sender=address_of(connection),
            server=server,
            login=login_of(connection),
            context=context,
        ),
        refused=NO_SENDING,
        untrusted=WRONG_SENDING,
    )


def _trouble(
    act: Callable[[], None], *, refused: Finding, untrusted: Finding
) -> list[Finding]:
    """Do something and turn what a person can mend into a finding."""
    try:
        act()
    except (Retryable, NotFound):
        raise
    except AuthExpired:
        return [refused]
    except PermissionDenied:
        return [NOT_ALLOWED if refused is NO_ENTRY else untrusted]
    except (Rejected, ChannelError):
        return [untrusted]
    return []
