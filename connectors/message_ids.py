"""The name of a raw mail: its Message-ID, or one made from its bytes."""

import re
from hashlib import sha256

HEAD_BYTES = 256 * 1024
"""So much of a mail is searched for the header; a longer head is a flood."""

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\r\r")
_HEADER = re.compile(rb"(?im)^message-id[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")
_SANE = re.compile(r"[!-;=?-~]{1,250}", re.ASCII)


def message_id_of(raw: bytes) -> str:
    """Return a mail's Message-ID without its brackets, or `sha256-<hex>` of its bytes.

    The same mail gives the same, whichever way it came. The bytes name it where the header is
    missing, there twice with different words, too long, or holds anything but plain characters.
    """
    ends = _END_OF_HEAD.search(raw, 0, HEAD_BYTES)
    head = raw[: ends.start() if ends else HEAD_BYTES]
    found = {_bare(each) for each in _HEADER.findall(head)}
    only = found.pop() if len(found) == 1 else ""
    return only if _SANE.fullmatch(only) else f"sha256-{sha256(raw).hexdigest()}"


def _bare(written: bytes) -> str:
    """Take a header's value out of its folds, blanks and brackets."""
    text = written.decode("ascii", "replace").strip()
    return text.removeprefix("<").removesuffix(">").strip()
