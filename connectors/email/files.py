"""Says what a file is, by its first bytes and its name together, and whether it may be opened."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.email.parts import Kind

MOST_ENTRIES = 500
"""Files inside a workbook. The report's ten refuse real ones: a plain XLSX of LibreOffice holds
11, each further sheet one or two. 500 is a book of a hundred sheets, far from a bomb of files."""
MOST_RATIO = 100
MOST_UNPACKED = 200 * 1024 * 1024
SMALL_PICTURE = 64 * 1024
"""Attached pictures below this are logos; a photographed order is larger."""

_BY_TYPE: Mapping[str, str] = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/csv": "csv",
    "text/comma-separated-values": "csv",
    "text/tab-separated-values": "tsv",
    "text/html": "html",
    "text/plain": "txt",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_KINDS: Mapping[str, Kind] = {
    "pdf": Kind.PDF,
    "xml": Kind.XML,
    "csv": Kind.CSV,
    "tsv": Kind.CSV,
    "txt": Kind.TEXT,
    "html": Kind.HTML,
    "htm": Kind.HTML,
    "xlsx": Kind.SHEET,
    "xls": Kind.SHEET,
    "ods": Kind.SHEET,
}
_ASIDE = frozenset(
    ["ics", "vcs", "vcf", "p7s", "asc", "sig", "pgp", "gif", "ico", "svg", "emf", "wmz",
     "css"]
)  # fmt: skip
_ASIDE_TYPES = frozenset(
    {
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
        "text/directory",
        "application/ics",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "message/disposition-notification",
        "message/delivery-status",
        "text/rfc822-headers",
        "image/gif",
        "image/svg+xml",
    }
)
_PICTURES = frozenset(["png", "jpg", "jpeg", "bmp", "webp", "heic", "tif", "tiff"])
_LOGO = re.compile(r"(?i)image\d{1,4}\.|.{0,30}(logo|firma|signature|banner)")
_ARCHIVES = frozenset(
    ["zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "cab", "iso", "arj"]
)
_MACROS = frozenset(["xlsm", "xlsb", "xltm", "docm", "pptm", "xlam"])
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS_IN_OLE = "_VBA_PROJECT".encode("utf-16-le")
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file turned out to be."""

    kind: Kind
    why: str = ""
    """Why it may not be opened; empty for a file that may."""
    may_be_order: bool = True


def look_at(
    data: bytes, *, name: str, media_type: str, is_shown_inside: bool = False
) -> Found:
    """Say what a file is. Name and bytes must agree; `is_shown_inside` is a picture of the text."""
    ending = ending_of(name, media_type=media_type)
    if is_aside(ending, media_type=media_type):
        return Found(kind=Kind.OTHER, may_be_order=False)
    if ending in _PICTURES or media_type.startswith("image/"):
        beside = is_shown_inside or len(data) < SMALL_PICTURE or bool(_LOGO.match(name))
        why = "" if beside else "a picture"
        return Found(kind=Kind.OTHER, why=why, may_be_order=not beside)
    kind = _KINDS.get(ending)
    if kind is None:
        return Found(kind=Kind.OTHER, why=_why_not(ending, data))
    return Found(kind=kind, why=_problem(kind, ending, data))


def ending_of(name: str, *, media_type: str) -> str:
    """Return what a file's name ends with; its media type says it for a name without an end."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if re.fullmatch(r"[a-z0-9]{1,5}", ending):
        return ending
    return _BY_TYPE.get(media_type, "")


def is_aside(ending: str, *, media_type: str) -> bool:
    """Say whether nobody orders by such a file: calendars, cards, signatures, drawings."""
    return ending in _ASIDE or media_type in _ASIDE_TYPES


def _why_not(ending: str, data: bytes) -> str:
    if ending in _MACROS:
        return "a file with macros"
    if ending in _ARCHIVES or data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "an archive"
    return "a kind of file that is not opened"


def _problem(kind: Kind, ending: str, data: bytes) -> str:
    """Say why a file of a known kind may not be opened; empty when it may."""
    if not data.strip(b"\x00 \t\r\n"):
        return "an empty file"
    match kind:
        case Kind.PDF:
            return _pdf_problem(data)
        case Kind.SHEET:
            return _xls_problem(data) if ending == "xls" else _book_problem(data, ending)
        case Kind.XML:
            return "" if _looks_like_markup(data) else "not what its name says"
        case _:
            return "" if _looks_like_text(data) else "not what its name says"


def _pdf_problem(data: bytes) -> str:
    if b"%PDF-" not in data[:1024]:
        return "not what its name says"
    return "an encrypted PDF" if b"/Encrypt" in data else ""


def _xls_problem(data: bytes) -> str:
    if not data.startswith(_OLE):
        return "not what its name says"
    return "a file with macros" if _MACROS_IN_OLE in data else ""


def _looks_like_markup(data: bytes) -> bool:
    start = data[:1024].removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")
    return start.lstrip(b"\xff\xfe \t\r\n").startswith(b"<")


def _looks_like_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    binary = (b"PK\x03\x04", b"%PDF-", _OLE, b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff")
    return b"\x00" not in data and not data.startswith(binary)


def _book_problem(data: bytes, ending: str) -> str:
    """Look at the list of a workbook's files without unpacking any but the smallest."""
    if data.startswith(_OLE):
        return "encrypted, or not what its name says"
    if not data.startswith(b"PK\x03\x04"):
        return "not what its name says"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return _bomb(book.infolist(), len(data)) or _foreign(book, ending)
    except Exception:  # noqa: BLE001 - a damaged archive raises whatever it likes
        return "damaged"


def _bomb(entries: list[zipfile.ZipInfo], size: int) -> str:
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 1 for entry in entries):
        return "encrypted"
    if len(entries) > MOST_ENTRIES or packed > size:
        return "too many files in it, or they overlap"
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 1):
        return "it unpacks to far too much"
    return ""


def _foreign(book: zipfile.ZipFile, ending: str) -> str:
    """Say what in a workbook we do not open: macros, what lies elsewhere, another kind of file."""
    names = set(book.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names) or any(
        name.startswith(("Basic/", "xl/macrosheets/")) for name in names
    ):
        return "a file with macros"
    if ending == "ods":
        return _ods_problem(book, names)
    if "xl/workbook.xml" not in names:
        return "not what its name says"
    links = "xl/_rels/workbook.xml.rels"
    if any(name.startswith("xl/externalLinks/") for name in names) or (
        links in names and _EXTERNAL.search(_start_of(book, links))
    ):
        return "it takes from files elsewhere"
    return ""


def _ods_problem(book: zipfile.ZipFile, names: set[str]) -> str:
    if "content.xml" not in names or "spreadsheet" not in _start_of(
        book, "mimetype"
    ).decode("ascii", "replace"):
        return "not what its name says"
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in _start_of(book, manifest):
        return "encrypted"
    return ""


def _start_of(book: zipfile.ZipFile, name: str, *, most: int = 1024 * 1024) -> bytes:
    with book.open(name) as entry:
        return entry.read(most)
