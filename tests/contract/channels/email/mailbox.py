"""A pretended mailbox server: strict, in memory, and it stumbles when asked to."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
    ProtocolError,
)

from connectors.email.settings import Login, Server
from tests.contract.harness import PEOPLE, Trouble

WRITES = frozenset({"move", "create_folder", "add_flags", "copy", "uid_expunge"})
AT_LOGIN = frozenset({Trouble.NOT_SENT, Trouble.REVOKED, Trouble.FORBIDDEN})


@dataclass
class Folder:
    """One folder: mails by number, and what the numbers belong to."""

    validity: int
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[bytes]] = field(default_factory=dict)
    next_number: int = 1

    def add(self, mail: bytes) -> int:
        """Let a mail lie here; no number is ever given twice."""
        number, self.next_number = self.next_number, self.next_number + 1
        self.mails[number] = mail
        return number


@dataclass
class Post:
    """The server: its folders, who may enter, and what is to go wrong."""

    password: str
    now: datetime
    folders: dict[str, Folder] = field(default_factory=lambda: {"INBOX": Folder(17)})
    troubles: list[tuple[Trouble, bool]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def open(self, server: Server, login: Login) -> "Session":
        """Let somebody in who knows the password."""
        self.hosts.add(server.host)
        self.note("login")
        if login.password != self.password:
            raise LoginError(f"[AUTHENTICATIONFAILED] {login.password} is wrong")
        return Session(self)

    def note(self, what: str) -> None:
        """Count a command, and go wrong if it is time."""
        self.asked.append(what)
        for place, (trouble, only_writes) in enumerate(self.troubles):
            if not only_writes or what in WRITES:
                del self.troubles[place]
                _stumble(trouble, quoting=f"{self.password} {' '.join(PEOPLE)}")

    @property
    def writes(self) -> int:
        """Count what would have changed something."""
        return sum(what in WRITES for what in self.asked)

    def renumber(self) -> None:
        """Make the inbox anew: the same mails, other numbers."""
        old = self.folders["INBOX"]
        made = Folder(old.validity + 1)
        for number in sorted(old.mails):
            made.add(old.mails[number])
        self.folders["INBOX"] = made


def _stumble(trouble: Trouble, *, quoting: str) -> NoReturn:
    """Go wrong as a real server or its connection does, with an unkind word."""
    raise {
        Trouble.NOT_SENT: ConnectionRefusedError(quoting),
        Trouble.LOST_BEFORE: IMAPClientAbortError(f"socket error: {quoting}"),
        Trouble.LOST_AFTER: TimeoutError(quoting),
        Trouble.FAILURE: IMAPClientError(f"failed: [UNAVAILABLE] {quoting}"),
        Trouble.BUSY: IMAPClientError(f"failed: [LIMIT] {quoting}"),
        Trouble.BUSY_UNSAID: IMAPClientError(f"failed: [LIMIT] {quoting}"),
        Trouble.REVOKED: LoginError(f"[AUTHENTICATIONFAILED] {quoting}"),
        Trouble.FORBIDDEN: LoginError(f"[CONTACTADMIN] {quoting}"),
        Trouble.GONE: IMAPClientError(f"failed: [NONEXISTENT] {quoting}"),
        Trouble.REFUSED: IMAPClientError(f"failed: [NOPERM] {quoting}"),
        Trouble.GARBAGE: ProtocolError(quoting),
        Trouble.ELSEWHERE: ssl.SSLCertVerificationError(quoting),
    }[trouble]


class Session:
    """One visit, in the words of IMAPClient; it refuses what it does not know."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._open = ""
        self._is_readonly = True
        self._known = 0

    def has_capability(self, capability: str) -> bool:
        """Be a modern server."""
        return capability in {"MOVE", "UIDPLUS", "IDLE", "NAMESPACE"}

    def select_folder(self, folder: str, readonly: bool = False) -> Mapping[bytes, object]:
        """Open a folder."""
        self._post.note("select")
        if folder not in self._post.folders:
            raise IMAPClientError("select failed: [NONEXISTENT] no such folder")
        self._open, self._is_readonly = folder, readonly
        self._known = len(self._folder.mails)
        return {b"UIDVALIDITY": self._folder.validity, b"EXISTS": self._known}

    def search(self, criteria: Sequence[str | bytes]) -> Sequence[int]:
        """Find by number or by name; `n:*` names the last mail, as servers do."""
        self._post.note("search")
        mails = self._folder.mails
        match list(criteria):
            case ["UID", str(asked)] if asked.endswith(":*"):
                last = max(mails, default=0)
                found = {n for n in mails if n >= int(asked[:-2])}
                return sorted(found | ({last} if last else set()))
            case ["UID", str(asked)]:
                return [int(asked)] if int(asked) in mails else []
            case ["HEADER", "Message-ID", str(name)]:
                return [n for n, mail in mails.items() if name.encode() in mail]
        raise AssertionError(criteria)

    def fetch(
        self, messages: Sequence[int], data: Sequence[str]
    ) -> Mapping[int, Mapping[bytes, object]]:
        """Give what is asked for; only asking without PEEK would mark a mail as seen."""
        self._post.note("fetch")
        return {number: self._told(number, data) for number in messages}

    def _told(self, number: int, data: Sequence[str]) -> Mapping[bytes, object]:
        mail = self._folder.mails[number]
        match list(data):
            case ["RFC822.SIZE", "INTERNALDATE"]:
                local = datetime.fromtimestamp(self._post.now.timestamp())  # noqa: DTZ006
                return {b"RFC822.SIZE": len(mail), b"INTERNALDATE": local}
            case ["BODY.PEEK[]"]:
                return {b"SEQ": 1, b"BODY[]": mail}
        raise AssertionError(data)

    def list_folders(
        self, directory: str, pattern: str
    ) -> Sequence[tuple[Sequence[bytes], bytes | None, str]]:
        """List one folder."""
        assert directory == ""
        return [((), b"/", name) for name in self._post.folders if name == pattern]

    def namespace(self) -> Sequence[Sequence[tuple[str, str]] | None]:
        """Keep all folders at the top."""
        return [[("", "/")], None, None]

    def create_folder(self, folder: str) -> object:
        """Make a folder, once."""
        self._post.note("create_folder")
        assert folder not in self._post.folders
        self._post.folders[folder] = Folder(100 + len(self._post.folders))
        return b""

    def subscribe_folder(self, folder: str) -> object:
        """Show a folder."""
        assert folder in self._post.folders
        return b""

    def move(self, messages: Sequence[int], folder: str) -> object:
        """Move one mail at once."""
        self._post.note("move")
        assert not self._is_readonly
        [number] = messages
        target = self._post.folders[folder]
        there = target.add(self._folder.mails.pop(number))
        return f"COPYUID {target.validity} {number} {there}".encode()

    def copy(self, messages: Sequence[int], folder: str) -> object:
        """Have no use for it: there is MOVE."""
        raise AssertionError(f"{messages} are copied to {folder}")

    def add_flags(self, messages: Sequence[int], flags: Sequence[bytes]) -> object:
        """Mark nothing: people's marks are theirs."""
        raise AssertionError(f"{messages} are marked {flags!r}")

    def uid_expunge(self, messages: Sequence[int]) -> object:
        """Take nothing away."""
        raise AssertionError(f"{messages} are taken away")

    def noop(self) -> tuple[bytes, Sequence[Sequence[object]]]:
        """Say whether there are more mails than were known."""
        count, known = len(self._folder.mails), self._known
        self._known = count
        return b"", [(count, b"EXISTS")] if count != known else []

    def idle(self) -> None:
        """Begin to wait."""
        self._post.note("idle")

    def idle_check(self, timeout: float | None = None) -> Sequence[Sequence[object]]:
        """Hear nothing."""
        assert timeout is not None
        return []

    def idle_done(self) -> tuple[bytes, Sequence[Sequence[object]]]:
        """Stop waiting."""
        return b"", []

    def logout(self) -> object:
        """Say good-bye."""
        return b""

    def shutdown(self) -> None:
        """Hang up."""

    @property
    def _folder(self) -> Folder:
        return self._post.folders[self._open]


START = datetime(2026, 11, 23, 9, tzinfo=UTC)
