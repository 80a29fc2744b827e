"""Decodes text whose charset a stranger names: what is named wrong or badly is read as well."""

import binascii
import re

from connectors.email.clean import clean

_KNOWN = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-?(\d|1[0-6])(-[ie])?|windows-?125\d|cp125\d"
    r"|cp850|cp437|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-(jp|kr)|shift_?jis|iso-2022-(jp|kr)"
    r"|latin-?1|macintosh|utf-?7"
)
"""Charsets of mail. Python knows more codecs, some of which are no charsets or take for ever."""
_WESTERN = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii", ""}
_LABEL_MOST = 40
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?\s]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")


def known_charset(label: str) -> str:
    """Return a charset's name as Python takes it; empty where it is none of mail's."""
    name = label.strip().strip("\"'").lower()[:_LABEL_MOST]
    if not _KNOWN.fullmatch(name):
        return ""
    return {"macintosh": "mac-roman", "iso-8859-8-i": "iso-8859-8"}.get(name, name)


def decode(data: bytes, *, charset: str = "") -> str:
    """Decode text, whatever its label says: as labelled, else as UTF-8, else as Western.

    Never raises. What no charset explains becomes U+FFFD.
    """
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return clean(data.decode(name, "replace").removeprefix("\ufeff"))
    label = known_charset(charset)
    tries = ["utf-8", "cp1252"] if label in _WESTERN else [label, "utf-8", "cp1252"]
    for name in tries:
        try:
            return clean(data.decode(name))
        except (UnicodeError, LookupError, ValueError):
            continue
    return clean(_nearly(data, label))


def _nearly(data: bytes, label: str) -> str:
    """Decode what is damaged: as UTF-8 where most of it is, else byte by byte."""
    as_utf8 = data.decode("utf-8", "replace")
    damaged = as_utf8.count("\ufffd")
    beyond = sum(character > "\x7f" for character in as_utf8)
    if label == "utf-8" or damaged * 4 <= beyond:
        return as_utf8
    return data.decode("cp1252", "replace")


def decode_header(value: str) -> str:
    """Decode the encoded words of a header (RFC 2047); what is none stays as it is."""
    joined = _BETWEEN_WORDS.sub(r"\1", value)
    return clean(_WORD.sub(_decoded_word, joined))


def _decoded_word(found: re.Match[str]) -> str:
    label, how, words = found[1].partition("*")[0], found[2], found[3]
    raw = words.encode("ascii", "replace")
    try:
        data = from_base64(raw) if how in "bB" else binascii.a2b_qp(raw, header=True)
    except binascii.Error:
        return found[0]
    return decode(data, charset=label)


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ENDS = re.compile(rb"=+")
_MOST_PIECES = 1_000


def from_base64(data: bytes) -> bytes:
    """Decode base64 as far as it goes: junk between is skipped, a cut end is dropped.

    What was joined from several pieces, each with its own padding, is read whole.
    """
    pieces = _ENDS.split(data, maxsplit=_MOST_PIECES)
    return b"".join(_from_base64(each) for each in pieces)


def _from_base64(piece: bytes) -> bytes:
    kept = _NOT_BASE64.sub(b"", piece)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
