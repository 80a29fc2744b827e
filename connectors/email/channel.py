"""E-mail as a channel: what it can do, and each thing done by the file of that name."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from ssl import SSLContext
from typing import ClassVar

from connectors.email import settings, tokens
from connectors.email.checkup import check_up
from connectors.email.client import LARGEST, Mailbox
from connectors.email.extract.extract import extract
from connectors.email.guide import GUIDE
from connectors.email.imap import Imap, connect
from connectors.email.keys import TxtLookup, ask
from connectors.email.push import look_up, push
from connectors.email.read import read
from connectors.email.settings import FIELDS, Login, Server, check
from connectors.email.topic import TOPIC
from connectors.email.verify import verify
from connectors.handed import Filed, HandedPage
from connectors.protocol import Connection, Delivery, Health, Pushed, Registration, Token
from connectors.readings import Ignored, Message, Reading
from connectors.spec import Capability, Spec
from connectors.transport import Transport
from mapping.effects import Effect

OpenImap = Callable[[Server, Login], Imap]

SPEC = Spec(
    key="email",
    title="E-mail",
    api_version="1",
    capabilities=frozenset(
        {Capability.ORDERS_WEBHOOK, Capability.MAILBOX, Capability.MAIL}
    ),
    fields=FIELDS,
    guide=GUIDE,
    only_with={Capability.MAILBOX: "imap_host", Capability.MAIL: "smtp_host"},
    read_from=frozenset({"imap_host", "folder"}),
    groups=frozenset({"imap", "smtp"}),
    max_page=50,
    mails_buyers=True,
    ambiguity_horizon=timedelta(minutes=10),
    reads_apart=True,
    webhook_types=frozenset({"message/rfc822", "application/octet-stream", "text/plain"}),
    webhook_limit=LARGEST,
)


class Email:
    """One mailbox, with what it is told of itself; made for one piece of work at a time."""

    spec: ClassVar[Spec] = SPEC

    def __init__(
        self,
        connection: Connection,
        *,
        open_imap: OpenImap | None = None,
        transport: Transport | None = None,
        lookup: TxtLookup = ask,
        context: SSLContext | None = None,
    ) -> None:
        """Take an account's connection; a test brings its own servers and certificates."""
        self._connection = connection
        self._open_imap = open_imap or self._connect
        self._transport = transport
        self._lookup = lookup
        self._context = context

    # Reading: no network but for the keys of signatures ---------------------------------------

    def read(self, message: Message) -> Reading:
        """Say what a mail says; whether it is an order, the hub decides."""
        if message.topic != TOPIC:
            return Ignored(why="no mail")
        told = settings.mail_settings_of(self._connection)
        return read(message, settings=told, extract=extract, lookup=self._lookup)

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        """Prove a posted mail against the secrets of this account."""
        secrets = self._connection.webhook_secrets
        return verify(body=body, headers=headers, secrets=secrets, now=now)

    # The mailbox ------------------------------------------------------------------------------

    def messages(
        self,
        *,
        cursor: str,
        now: datetime,  # noqa: ARG002 - the port's; UIDs know no time
        limit: int,
    ) -> HandedPage:
        """Read the mails after a cursor; an account without a mailbox never has any."""
        if self._mailbox is None:
            return HandedPage(messages=(), cursor=cursor, more=False)
        return self._mailbox.messages(cursor=cursor, limit=limit)

    def file(
        self, *, folder: str, validity: int, number: int, into: str, message_id: str
    ) -> Filed | None:
        """Move a settled mail to its folder."""
        if self._mailbox is None:
            return None
        return self._mailbox.file(
            folder=folder,
            validity=validity,
            number=number,
            into=into,
            message_id=message_id,
        )

    def wait(self, *, seconds: float) -> bool:
        """Say whether mail arrived within that time."""
        return self._mailbox is not None and self._mailbox.wait(seconds=seconds)

    # Letters of ours --------------------------------------------------------------------------

    def push(self, effect: Effect) -> Pushed:
        """Send a letter."""
        return push(self._connection, effect, context=self._context)

    def look_up(self, effect: Effect) -> Pushed | None:
        """Say whether a letter was sent, which nobody can.

        :raises Unsupported: always, with words for the person who decides.
        """
        return look_up(effect)

    # How it is --------------------------------------------------------------------------------

    def check_up(self, *, now: datetime) -> Health:  # noqa: ARG002 - the port's
        """Log in at both servers, open the folder, and say what a person should press."""
        return check_up(self._connection, mailbox=self._mailbox, context=self._context)

    # Ways out ---------------------------------------------------------------------------------

    def _connect(self, server: Server, login: Login) -> Imap:
        return connect(server, login, context=self._context)

    @cached_property
    def _mailbox(self) -> Mailbox | None:
        server = settings.imap_of(self._connection)
        if server is None:
            return None
        login = settings.login_of(self._connection)
        return Mailbox(
            folder=settings.folder_of(self._connection),
            under=settings.filed_under(self._connection),
            open_imap=lambda: self._open_imap(server, login),
        )


class EmailByToken(Email):
    """The same, logged in with tokens that run out and are fetched anew."""

    def renew(self, *, now: datetime) -> Token:
        """Fetch a fresh token with the newest refresh token we have.

        :raises AuthExpired: the mail provider no longer accepts it.
        """
        return tokens.renew(
            self._connection, title=SPEC.title, transport=self._transport, now=now
        )


def make(connection: Connection) -> Email:
    """Make the channel of an account: with a password, or with tokens that are renewed."""
    renews = settings.uses_tokens(connection) and connection.credentials.get(
        "refresh_token"
    )
    return EmailByToken(connection) if renews else Email(connection)


REGISTRATION = Registration(spec=SPEC, connect=make, check=check)
