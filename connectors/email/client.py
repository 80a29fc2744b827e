"""A mailbox as we use it: take what is new, file what is settled, wait for news.

Nothing is ever deleted, no mail is ever marked as seen, and what people do in the same box
disturbs nothing: the numbers of the mails (UIDs) are what we go by, never their flags.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from connectors.email.folders import make_sure, tree_of
from connectors.email.imap import PASSING, Imap, named_errors
from connectors.errors import NotFound, PayloadError
from connectors.handed import Filed, Handed, HandedPage
from connectors.message_ids import message_id_of

LARGEST = 25 * 1024 * 1024
"""Bytes of the largest mail taken whole; of a larger one only its head."""
LARGEST_PAGE = 32 * 1024 * 1024
"""Bytes of mail in one page, but always at least one mail."""
HEAD = "BODY.PEEK[HEADER]<0.262144>"
WHOLE = "BODY.PEEK[]"

_CURSOR = re.compile(r"([0-9]{1,10}):([0-9]{1,10})", re.ASCII)
_COPYUID = re.compile(rb"COPYUID ([0-9]+) [0-9:,]+ ([0-9]+)\b")
_PLAIN_ID = re.compile(r"[!#-;=?-\[\]-~]{1,250}", re.ASCII)

Open = Callable[[], Imap]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is fetched of each mail before its body."""

    size: int
    received_at: datetime | None


class Mailbox:
    """One mailbox, opened when first needed and again after any failure."""

    def __init__(self, *, folder: str, under: str, open_imap: Open) -> None:
        """Take the folder to read and the one to file under; `open_imap` connects."""
        self._folder = folder
        self._under = under
        self._open = open_imap
        self._imap: Imap | None = None
        self._selected: tuple[str, bool] | None = None

    def messages(self, *, cursor: str, limit: int) -> HandedPage:
        """Read the mails after a cursor (`validity:last uid`), the oldest first.

        A folder made anew has other numbers: it is read from its beginning.
        """
        with self._session() as imap:
            validity, last = self._begin(imap, cursor)
            # "n:*" also names the last mail when its number is below n (RFC 3501, 6.4.8).
            found = imap.search(["UID", f"{last + 1}:*"])
            numbers = sorted(number for number in found if number > last)
            taken, upto = self._take(imap, numbers[:limit], validity=validity)
            upto = max(upto, last)
            return HandedPage(
                messages=tuple(taken),
                cursor=f"{validity}:{upto}",
                more=any(number > upto for number in numbers),
            )

    def file(
        self, *, folder: str, validity: int, number: int, into: str, message_id: str
    ) -> Filed | None:
        """Move a mail to a folder of ours; None where it lies neither here nor there."""
        with self._session() as imap:
            target = tree_of(imap).name(into, under=self._under)
            if target == folder:
                return Filed(folder=folder, validity=validity, number=number)
            if self._lies(imap, folder, validity=validity, number=number):
                make_sure(imap, target)
                return self._move(imap, number, target=target, message_id=message_id)
            return self._find(imap, target, message_id=message_id)

    def wait(self, *, seconds: float) -> bool:
        """Say whether mail arrived within that time; False at once where it cannot be told."""
        with self._session() as imap:
            if not imap.has_capability("IDLE"):
                return False
            self._select(imap, self._folder, readonly=True, again=False)
            # What came since the last wait is told here, not at the beginning of IDLE.
            if _arrived(imap.noop()[1]):
                return True
            imap.idle()
            said = imap.idle_check(timeout=seconds)
            # What came together with the last line read is handed over only by this.
            return _arrived([*said, *imap.idle_done()[1]])

    def look(self) -> bool:
        """Open the mailbox and its folder; say whether mail can be moved from it.

        :raises NotFound: there is no such folder.
        """
        with self._session() as imap:
            self._select(imap, self._folder, readonly=True)
            return any(imap.has_capability(one) for one in ("MOVE", "UIDPLUS"))

    def close(self) -> None:
        """Say good-bye, if there is anybody to say it to."""
        imap, self._imap, self._selected = self._imap, None, None
        if imap is not None:
            with suppress(IMAPClientError, OSError):
                imap.logout()

    def __del__(self) -> None:
        """Leave no connection open that nobody holds any more."""
        imap, self._imap = self._imap, None
        if imap is not None:
            with suppress(IMAPClientError, OSError):
                imap.shutdown()

    # The connection -----------------------------------------------------------------------

    @contextmanager
    def _session(self) -> Iterator[Imap]:
        """Lend the connection; one on which anything failed is never used again."""
        try:
            with named_errors():
                if self._imap is None:
                    self._imap = self._open()
                yield self._imap
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        imap, self._imap, self._selected = self._imap, None, None
        if imap is not None:
            with suppress(IMAPClientError, OSError):
                imap.shutdown()

    def _select(
        self, imap: Imap, folder: str, *, readonly: bool, again: bool = True
    ) -> Mapping[bytes, object]:
        """Open a folder; its news since then are seen only when it is opened `again`.

        :raises NotFound: there is no such folder.
        """
        if not again and self._selected == (folder, readonly):
            return {}
        self._selected = None
        try:
            said = imap.select_folder(folder, readonly=readonly)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as e:
            if any(sign in str(e).upper() for sign in PASSING):
                raise
            raise NotFound("the mailbox has no such folder") from None
        self._selected = (folder, readonly)
        return said

    # Taking -------------------------------------------------------------------------------

    def _begin(self, imap: Imap, cursor: str) -> tuple[int, int]:
        """Open the folder, and say its validity and the last number we have of it."""
        said = self._select(imap, self._folder, readonly=True)
        validity = _number(said.get(b"UIDVALIDITY"))
        known = _CURSOR.fullmatch(cursor)
        is_same = known is not None and int(known[1]) == validity
        return validity, int(known[2]) if known is not None and is_same else 0

    def _take(
        self, imap: Imap, numbers: Sequence[int], *, validity: int
    ) -> tuple[list[Handed], int]:
        """Fetch mails until a page is full; also say up to which number nothing is left out."""
        if not numbers:
            return [], 0
        heads = _heads(imap.fetch(numbers, ["RFC822.SIZE", "INTERNALDATE"]))
        taken: list[Handed] = []
        bytes_taken, upto = 0, 0
        for number in numbers:
            head = heads.get(number)
            if taken and head and bytes_taken + min(head.size, LARGEST) > LARGEST_PAGE:
                break
            upto = number
            if head is not None:  # else it was taken away meanwhile
                taken.append(self._fetch(imap, number, head, validity=validity))
                bytes_taken += len(taken[-1].body)
        return taken, upto

    def _fetch(self, imap: Imap, number: int, head: _Found, *, validity: int) -> Handed:
        body = b"" if head.size > LARGEST else _part(imap, number, WHOLE)
        is_whole = 0 < len(body) <= LARGEST
        if not is_whole:
            body = _part(imap, number, HEAD)
        unnamed = f"uid-{validity}-{number}"
        return Handed(
            message_id=message_id_of(body) if body else unnamed,
            body=body,
            folder=self._folder,
            validity=validity,
            number=number,
            size=max(head.size, len(body)),
            is_whole=is_whole,
            received_at=head.received_at,
        )

    # Filing -------------------------------------------------------------------------------

    def _lies(self, imap: Imap, folder: str, *, validity: int, number: int) -> bool:
        try:
            said = self._select(imap, folder, readonly=False)
        except NotFound:
            return False
        is_same = _number(said.get(b"UIDVALIDITY")) == validity
        return is_same and number in imap.search(["UID", str(number)])

    def _move(self, imap: Imap, number: int, *, target: str, message_id: str) -> Filed:
        if imap.has_capability("MOVE"):
            return _filed(imap.move([number], target), target)
        source = self._selected
        size = _sizes(imap, [number]).get(number)
        there = self._find(imap, target, message_id=message_id, size=size)
        if source is not None:
            self._select(imap, source[0], readonly=False)
        # A copy made before a crash is not made again; another mail of that name is no copy.
        filed = there or _filed(imap.copy([number], target), target)
        imap.add_flags([number], [b"\\Deleted"])
        if imap.has_capability("UIDPLUS"):
            # Only this one: a plain EXPUNGE would take what a person marked, too.
            imap.uid_expunge([number])
        return filed

    def _find(
        self, imap: Imap, folder: str, *, message_id: str, size: int | None = None
    ) -> Filed | None:
        """Look for a mail in a folder by its name, and its size if that is known."""
        if not _PLAIN_ID.fullmatch(message_id) or message_id.startswith("sha256-"):
            return None
        try:
            said = self._select(imap, folder, readonly=True)
        except NotFound:
            return None
        found = imap.search(["HEADER", "Message-ID", f"<{message_id}>"])
        if found and size is not None:
            sizes = _sizes(imap, found)
            found = [each for each in found if sizes.get(each) == size]
        if not found:
            return None
        validity = _number(said.get(b"UIDVALIDITY"))
        return Filed(folder=folder, validity=validity, number=max(found))


def _arrived(said: Sequence[Sequence[object]]) -> bool:
    return any(b"EXISTS" in line for line in said)


def _filed(said: object, target: str) -> Filed:
    """Read where a mail went from the answer to a MOVE or COPY (RFC 4315, COPYUID)."""
    found = _COPYUID.search(_bytes_in(said))
    if found is None:
        return Filed(folder=target, validity=None, number=None)
    return Filed(folder=target, validity=int(found[1]), number=int(found[2]))


def _bytes_in(said: object) -> bytes:
    if isinstance(said, bytes):
        return said
    if isinstance(said, list | tuple):
        return b" ".join(_bytes_in(one) for one in said)
    return b""


def _part(imap: Imap, number: int, what: str) -> bytes:
    """Fetch one part of one mail; nothing if the server will not give it."""
    try:
        fetched = imap.fetch([number], [what]).get(number, {})
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        # One mail that a server cannot give must not keep the others waiting for ever.
        return b""
    for name, value in fetched.items():
        if name.startswith(b"BODY[") and isinstance(value, bytes):
            return value
    return b""


def _sizes(imap: Imap, numbers: Sequence[int]) -> dict[int, int]:
    heads = _heads(imap.fetch(numbers, ["RFC822.SIZE", "INTERNALDATE"]))
    return {number: head.size for number, head in heads.items()}


def _heads(fetched: Mapping[int, Mapping[bytes, object]]) -> dict[int, _Found]:
    return {
        number: _Found(
            size=_number(said.get(b"RFC822.SIZE")),
            received_at=_time(said.get(b"INTERNALDATE")),
        )
        for number, said in fetched.items()
        if b"RFC822.SIZE" in said
    }


def _number(value: object) -> int:
    if isinstance(value, int):
        return value
    raise PayloadError("the mail server says no number where there must be one")


def _time(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    # IMAPClient gives the time of this machine's zone, without saying so.
    return value.astimezone(UTC)
