"""Reads what servers say of letters of ours that were not taken (RFC 3464), or not yet."""

import re
from collections.abc import Iterator

from connectors.email.charsets import decode
from connectors.email.clean import one_line
from connectors.email.headers import MOST_HEAD, Headers, addresses_of, read_headers
from connectors.email.loops import OUR_ID_HEADER
from connectors.email.mime import Leaf, Opened
from mapping.letter import Bounce

_REPORTS = frozenset(["message/delivery-status", "message/global-delivery-status"])
_RETURNED = frozenset(["message/rfc822", "text/rfc822-headers", "message/global"])
_SERVERS = ("mailer-daemon@", "postmaster@", "mail-daemon@")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_MESSAGE_ID = re.compile(
    r"(?im)^[> \t]*(message-id|x-hub-message-id)\s*:\s*<?([!-;=?-~]{1,250})>?"
)
_ANY_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]{1,64}@[A-Za-z0-9.-]{1,190}")
_LOOKED_THROUGH = 20_000
_FAILED, _DELAYED = "failed", "delayed"


def bounce_of(opened: Opened) -> Bounce | None:
    """Read a report on a letter that was not taken; None for every other mail.

    What says that a letter was delivered, passed on or read is none.
    """
    report = next(
        (leaf for leaf in opened.leaves if leaf.type.media_type in _REPORTS), None
    )
    if report is not None:
        return _from_report(opened, report)
    senders = [address for _, address in addresses_of(opened.headers, "from")]
    if opened.headers.raw("x-failed-recipients") or (
        senders and all(sender.startswith(_SERVERS) for sender in senders)
    ):
        return _from_words(opened)
    return None


def _from_report(opened: Opened, report: Leaf) -> Bounce | None:
    told = next(_recipients(opened.data(report)), None)
    if told is None:
        return None
    returned = _returned(opened)
    status = _STATUS.search(told.text("status"))
    recipient = told.text("final-recipient") or told.text("original-recipient")
    words = told.text("diagnostic-code").partition(";")
    return Bounce(
        message_id=next(iter(returned.ids("message-id")), ""),
        our_id=_bare(returned.raw(OUR_ID_HEADER)),
        recipient=_address(recipient),
        status=status[1] if status else "",
        words=one_line(words[2] or words[0]),
        is_final=told.word("action") == _FAILED,
    )


def _recipients(report: bytes) -> Iterator[Headers]:
    """Find the recipients it says no of; the first group is of the message as a whole."""
    groups = re.split(rb"\r?\n[ \t]*\r?\n", report[:MOST_HEAD], maxsplit=50)
    found = [read_headers(group.strip(b"\r\n") + b"\r\n") for group in groups]
    refused = [each for each in found if each.word("action") in {_FAILED, _DELAYED}]
    yield from sorted(refused, key=lambda each: each.word("action") != _FAILED)


def _returned(opened: Opened) -> Headers:
    """Return the head of our letter as the report brings it back."""
    for leaf in opened.leaves:
        if leaf.type.media_type in _RETURNED:
            data = opened.data(leaf)
            return read_headers(
                re.split(rb"\r?\n\r?\n", data[: MOST_HEAD * 2], maxsplit=1)[0]
            )
    return Headers()


def _from_words(opened: Opened) -> Bounce | None:
    """Read a report that is plain words, as far as they hold an id of ours or a status."""
    texts = [leaf for leaf in opened.leaves if leaf.type.media_type.startswith("text/")]
    words = "\n".join(
        decode(opened.data(leaf)[:_LOOKED_THROUGH], charset=leaf.type.charset)
        for leaf in texts[:5]
    )
    ids = {name.lower(): value for name, value in _MESSAGE_ID.findall(words)}
    returned = _returned(opened)
    status = _STATUS.search(words)
    named = opened.headers.text("x-failed-recipients") or words
    return Bounce(
        message_id=next(iter(returned.ids("message-id")), ids.get("message-id", "")),
        our_id=_bare(returned.raw(OUR_ID_HEADER)) or ids.get(OUR_ID_HEADER, ""),
        recipient=_address(named),
        status=status[1] if status else "",
        words=one_line(words, most=300),
        is_final=status is None or status[1].startswith("5"),
    )


def _address(text: str) -> str:
    found = _ANY_ADDRESS.search(text.rpartition(";")[2] or text)
    return found[0].lower() if found else ""


def _bare(written: str) -> str:
    return written.strip().removeprefix("<").removesuffix(">")[:250]
