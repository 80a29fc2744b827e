"""Where settled mail is filed: folders of their own, named and made as the server wants them."""

from collections.abc import Sequence
from dataclasses import dataclass

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from connectors.email.imap import Imap

SETTLED = ("Processed", "Review", "Ignored", "Failed")
"""The folders there are, by what became of a mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """How a server names a person's own folders."""

    prefix: str
    delimiter: str

    def name(self, into: str, *, under: str) -> str:
        """Return the full name of a folder, below `under` if that names one."""
        above = [part for part in under.replace("/", "\0").split("\0") if part]
        return self.prefix + (self.delimiter or "/").join([*above, into])


def tree_of(imap: Imap) -> Tree:
    """Ask a server how it names folders (RFC 2342, or what LIST says of itself)."""
    if imap.has_capability("NAMESPACE"):
        own = imap.namespace()[0]
        if own:
            prefix, delimiter = own[0]
            return Tree(prefix=prefix, delimiter=delimiter or "")
    for _, delimiter_found, _ in imap.list_folders("", ""):
        return Tree(
            prefix="", delimiter=(delimiter_found or b"").decode("ascii", "replace")
        )
    return Tree(prefix="", delimiter="/")


def make_sure(imap: Imap, folder: str) -> None:
    """Make a folder if it is missing, and show it in the person's mail program."""
    if _is_there(imap.list_folders("", folder)):
        return
    try:
        imap.create_folder(folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        if not _is_there(imap.list_folders("", folder)):  # else somebody else was faster
            raise
    _show(imap, folder)


def _is_there(listed: Sequence[tuple[Sequence[bytes], bytes | None, str]]) -> bool:
    unreal = {b"\\noselect", b"\\nonexistent"}
    return any(not unreal & {flag.lower() for flag in flags} for flags, _, _ in listed)


def _show(imap: Imap, folder: str) -> None:
    try:
        imap.subscribe_folder(folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        return  # it is there all the same
