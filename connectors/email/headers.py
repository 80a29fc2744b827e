"""Reads the head of a mail or of one of its parts, line by line, never raising.

The standard library raises on a tenth of mutated mails (facts: reliability, row 10), so it is
asked for one header at a time, and only for what is hard: parameters and addresses.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message as OneHeader
from email.utils import getaddresses, parsedate_to_datetime

from connectors.email.charsets import decode_header
from connectors.email.clean import one_line

MOST_HEAD = 64 * 1024
"""Bytes of a head that are read."""
MOST_VALUE = 8 * 1024
"""Bytes of one header that are read: parsers of addresses grow slow with the square of more."""
MOST_ADDRESSES = 50

_TELLING = frozenset(
    ["from", "subject", "content-type", "content-disposition", "content-transfer-encoding",
     "authentication-results", "auto-submitted", "precedence"]
)  # fmt: skip
"""Fields that must be read whole; others, such as those of spam filters, are often long."""

_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,76})[ \t]*:")
_ID = re.compile(r"<([!-;=?-~]{1,250})>")


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a head in their order: names in lower case, values as they were sent."""

    fields: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False
    """Whether there was more than anybody needs."""

    def all(self, name: str) -> list[str]:
        """Return every value of a field, undecoded, the topmost first."""
        return [value for known, value in self.fields if known == name]

    def raw(self, name: str) -> str:
        """Return the topmost value of a field, undecoded; empty where there is none."""
        return next((value for known, value in self.fields if known == name), "")

    def text(self, name: str) -> str:
        """Return the topmost value of a field to show, in one line."""
        return one_line(decode_header(self.raw(name)))

    def word(self, name: str) -> str:
        """Return the first word of a field in lower case, what follows ; or ( aside."""
        return re.split(r"[;(,\s]", self.raw(name).strip().lower(), maxsplit=1)[0]

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the message ids a field holds, without brackets."""
        return tuple(_ID.findall(self.raw(name)))


@dataclass(frozen=True, slots=True)
class ContentType:
    """What a part says it is."""

    media_type: str = "text/plain"
    charset: str = ""
    boundary: str = ""
    name: str = ""
    format: str = ""
    report_type: str = ""


def read_headers(head: bytes) -> Headers:
    """Read a head's fields. Folded lines are joined; lines that are no field are passed over."""
    found: list[tuple[str, list[bytes]]] = []
    for ended in head[:MOST_HEAD].split(b"\n"):
        line = ended.removesuffix(b"\r")
        if line[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(line)
        elif name := _NAME.match(line):
            found.append((name[1].decode("ascii").lower(), [line[name.end() :]]))
    cut = len(head) > MOST_HEAD
    values = [(name, b"".join(parts)) for name, parts in found]
    cut = cut or any(name in _TELLING and len(value) > MOST_VALUE for name, value in values)
    return Headers(tuple((name, _text(value)) for name, value in values), is_cut=cut)


def _text(value: bytes) -> str:
    """Decode raw bytes of a header: plain, else UTF-8 (RFC 6532), else Western."""
    cut = value[:MOST_VALUE].replace(b"\x00", b"")
    try:
        return cut.decode("utf-8").strip()
    except UnicodeDecodeError:
        return cut.decode("cp1252", "replace").strip()


def content_type_of(headers: Headers) -> ContentType:
    """Read Content-Type and the name of the file; text where it says nothing sane."""
    one = _one(headers, "content-type")
    disposition = _one(headers, "content-disposition")
    try:
        media_type = one.get_content_type().lower()
    except Exception:  # noqa: BLE001 - the standard library raises where strangers write (see above)
        media_type = "text/plain"
    return ContentType(
        media_type=one_line(media_type, most=100),
        charset=_parameter(one, "charset"),
        boundary=_parameter(one, "boundary").rstrip(),
        name=_file_name(disposition, "filename") or _file_name(one, "name"),
        format=_parameter(one, "format").lower(),
        report_type=_parameter(one, "report-type").lower(),
    )


def _one(headers: Headers, name: str) -> OneHeader:
    """Make the standard library's message of one header; folds and odd signs are out of it."""
    made = OneHeader()
    value = headers.raw(name)[:2_000]
    if value:
        made[name] = value.replace("\r", " ").replace("\n", " ")
    return made


def _parameter(one: OneHeader, name: str) -> str:
    try:
        header = one.keys()[0] if one.keys() else "content-type"
        found = one.get_param(name, "", header=header)
        if isinstance(found, tuple):
            charset, _, value = found
            found = value.encode("latin-1", "replace").decode(charset or "utf-8", "replace")
    except Exception:  # noqa: BLE001 - as above
        return ""
    return str(found or "")


def _file_name(one: OneHeader, parameter: str) -> str:
    """Return a file's name without any folder, to show."""
    name = one_line(decode_header(_parameter(one, parameter)), most=200)
    return re.split(r"[/\\]", name)[-1].strip(" .\"'")


def addresses_of(headers: Headers, name: str) -> list[tuple[str, str]]:
    """Return name and address of everybody a field names, addresses in lower case."""
    try:
        found = getaddresses(headers.all(name)[:10])
    except Exception:  # noqa: BLE001 - as above
        return []
    return [
        (one_line(decode_header(shown), most=200), one_line(address, most=320).lower())
        for shown, address in found[:MOST_ADDRESSES]
        if address
    ]


def sent_at(headers: Headers) -> datetime | None:
    """Return what Date says, in UTC; None where it says nothing that can be."""
    try:
        said = parsedate_to_datetime(headers.raw("date")[:200])
        aware = said if said.tzinfo else said.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except Exception:  # noqa: BLE001 - as above; the years 0 and 10000 among them
        return None
