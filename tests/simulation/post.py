"""A mail server that keeps none of its promises but the written ones, for the crash simulation.

Its mailbox is as strict as a real one: every mail has a number that is never given twice, the
numbers mean nothing once the box is made anew, and a folder is not there before it is made. Its
connections end before or after what was asked, and a letter handed to it may arrive though the
answer was lost, or not.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes
from random import Random

from imapclient.exceptions import IMAPClientAbortError

from connectors.email.channel import REGISTRATION, Email
from connectors.email.compose import compose
from connectors.email.keys import ask_nobody
from connectors.email.settings import Login, Server, address_of, instance_of
from connectors.errors import OutcomeUnknown, Retryable, Unsupported
from connectors.protocol import Connection, Health, Pushed, Registration
from mapping.effects import Effect, Mail
from tests.contract.channels.email.mailbox import WRITES, Post, Session

PASSWORD = "pw-of-the-box"  # noqa: S105 - nobody's
ADDRESS = "orders@cera.example"
MX = "mx.cera.example"
SETTINGS = {
    "address": ADDRESS,
    "authserv_id": MX,
    "imap_host": "imap.cera.example",
    "smtp_host": "smtp.cera.example",
}
_NAMED = re.compile(rb"(?im)^message-id:[ \t]*(<[^>\r\n]*>)")


@dataclass
class Letter:
    """A mail somebody wrote: what it should come to, and its copies on their way."""

    name: str
    """Its Message-ID."""
    kind: str
    """order | strange | unreadable | cancel | automatic"""
    raw: bytes
    po: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    about: str = ""
    """The mail whose order it asks to cancel."""


@dataclass
class Parcel:
    """A mail that a server of the customer's hands in by itself, until it is taken."""

    raw: bytes
    taken: bool = False


@dataclass
class PostOffice:
    """Everything that is true at the mail server, and how badly it behaves."""

    random: Random
    now: Callable[[], datetime]
    at_command: Callable[[str], None]
    """Asked around whatever changes a mailbox: a process may die there."""
    misbehaves: bool = True
    letters: dict[str, Letter] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    delivered: Counter[str] = field(default_factory=Counter)
    """How many copies of each mail were laid into the mailbox."""
    arrived: Counter[str] = field(default_factory=Counter)
    """How often each letter of ours arrived, by its Message-ID."""
    put_back_names: set[str] = field(default_factory=set)
    """The mails of which somebody moved a filed copy back into the inbox."""
    last_at: datetime | None = None
    """When something last came into the mailbox."""

    def __post_init__(self) -> None:
        """Open the mailbox; some servers cannot move, only copy and take away."""
        self.box = Box(password=PASSWORD, now=self.now())
        self.box.office = self
        self.can_move = self.random.random() < 0.7

    def lay(self, name: str, raw: bytes) -> None:
        """Let a mail lie in the mailbox."""
        self.box.now = self.last_at = self.now()
        self.box.folders["INBOX"].add(raw)
        self.delivered[name] += 1

    def make_anew(self) -> None:
        """Give everything in the inbox another number."""
        self.last_at = self.now()
        self.box.renumber()

    def put_back(self) -> None:
        """Move a filed mail back into the inbox, as people do."""
        filed = [
            (folder, number)
            for name, folder in sorted(self.box.folders.items())
            for number in folder.mails
            if name != "INBOX"
        ]
        if filed:
            folder, number = self.random.choice(filed)
            self.last_at = self.now()
            mail = folder.mails.pop(number)
            self.put_back_names.add(_name_of(mail).strip("<>"))
            self.box.folders["INBOX"].add(mail)

    def stumble(self, what: str) -> None:
        """End the connection now and then."""
        if what in WRITES:
            self.at_command(f"imap.{what}")
        if self.misbehaves and self.random.random() < 0.03:
            raise IMAPClientAbortError("socket error: it is gone")

    def take(self, raw: bytes) -> None:
        """Take a letter of ours, or fail in one of the ways mail servers fail."""
        fate = self.random.random() if self.misbehaves else 1.0
        if fate < 0.08:
            raise Retryable("451 come again later")
        if fate < 0.14:
            raise OutcomeUnknown("the answer was lost, and it was not taken")
        self.arrived[str(message_from_bytes(raw)["Message-ID"]).strip("<> ")] += 1
        if fate < 0.20:
            raise OutcomeUnknown("the answer was lost, and it was taken")

    def registration(self) -> Registration:
        """Register the channel of mail, with this server behind it."""
        return replace(REGISTRATION, connect=lambda told: ByPost(told, self))


class Box(Post):
    """The mailbox of the simulation."""

    office: PostOffice

    def open(self, server: Server, login: Login) -> Session:
        """Let somebody in who knows the password."""
        super().open(server, login)
        return Visit(self)

    def note(self, what: str) -> None:
        """Go wrong before what is asked is done."""
        super().note(what)
        self.office.stumble(what)

    def lying(self) -> list[tuple[str, str]]:
        """Return every mail there is: its folder, and its Message-ID."""
        return [
            (name, _name_of(mail).strip("<>"))
            for name, folder in self.folders.items()
            for mail in folder.mails.values()
        ]


class Visit(Session):
    """A visit at a server that may die after it did what was asked, too."""

    def __init__(self, box: Box) -> None:
        super().__init__(box)
        self._box = box

    def has_capability(self, capability: str) -> bool:
        """Be a modern server, or one without MOVE."""
        is_move = capability == "MOVE"
        return super().has_capability(capability) and (
            not is_move or self._box.office.can_move
        )

    def search(self, criteria: Sequence[str | bytes]) -> Sequence[int]:
        """Find by number, or by a mail's own name and no other header."""
        if list(criteria[:2]) != ["HEADER", "Message-ID"]:
            return super().search(criteria)
        self._box.note("search")
        mails = self._folder.mails
        return [n for n, mail in mails.items() if _name_of(mail) == criteria[2]]

    def move(self, messages: Sequence[int], folder: str) -> object:
        """Move one mail; the answer may be lost."""
        assert self._box.office.can_move
        done = super().move(messages, folder)
        self._box.office.stumble("move")
        return done

    def copy(self, messages: Sequence[int], folder: str) -> object:
        """Copy one mail; the answer may be lost."""
        self._box.note("copy")
        [number] = messages
        target = self._box.folders[folder]
        there = target.add(self._folder.mails[number])
        self._box.office.stumble("copy")
        return f"COPYUID {target.validity} {number} {there}".encode()

    def add_flags(self, messages: Sequence[int], flags: Sequence[bytes]) -> object:
        """Mark mails as deleted, and as nothing else."""
        self._box.note("add_flags")
        assert not self._is_readonly
        assert list(flags) == [b"\\Deleted"]
        for number in messages:
            assert number in self._folder.mails
            self._folder.flags.setdefault(number, set()).update(flags)
        return {}

    def uid_expunge(self, messages: Sequence[int]) -> object:
        """Take away those that are marked."""
        self._box.note("uid_expunge")
        assert not self._is_readonly
        for number in messages:
            if b"\\Deleted" in self._folder.flags.get(number, ()):
                del self._folder.mails[number], self._folder.flags[number]
        self._box.office.stumble("uid_expunge")
        return []


class ByPost(Email):
    """The channel of mail as it is, with the simulation's servers in place of real ones."""

    def __init__(self, connection: Connection, office: PostOffice) -> None:
        super().__init__(connection, open_imap=office.box.open, lookup=ask_nobody)
        self._told = connection
        self._office = office

    def check_up(self, *, now: datetime) -> Health:  # noqa: ARG002 - the port's
        """Find nothing: there is no real server to log in at."""
        return Health()

    def push(self, effect: Effect) -> Pushed:
        """Hand a letter over, as the bytes it is sent as."""
        if not isinstance(effect, Mail):
            raise Unsupported("a mailbox cannot be told this")
        told = self._told
        self._office.take(
            compose(effect, address=address_of(told), instance=instance_of(told))
        )
        return Pushed(remote_ref=effect.message_id, outcome="created")


def _name_of(mail: bytes) -> str:
    found = _NAMED.search(mail)
    return found[1].decode() if found else ""
