"""What a mail is made of once it is opened: its texts and files, each with an id and a kind."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a part is read as. Its bytes say so, never its name alone."""

    TEXT = "text"
    HTML = "html"
    XML = "xml"
    SHEET = "sheet"
    """XLSX, XLS or ODS: already checked for bombs, macros and encryption."""
    CSV = "csv"
    """Also tab-separated text that came as a file."""
    PDF = "pdf"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One text or file of a mail that may be read."""

    id: str
    """Where it stands in the mail, counted as IMAP does: "1.2"; quoted text has "1.2/quoted"."""
    kind: Kind
    name: str = ""
    """What the sender calls the file; shown, never used as a path."""
    media_type: str = ""
    """Lower case, without parameters."""
    data: bytes = field(default=b"", repr=False)
    """Decoded from its transfer encoding; of html the sender's own words alone, as UTF-8,
    without scripts and what is not shown."""
    text: str = field(default="", repr=False)
    """Of text and html: decoded, without quotes and signature. Empty for files of other kinds."""
    charset: str = ""
    """What `data` is written in, where its header or bytes say so and it is known to Python."""
    is_body: bool = False
    """Whether it is what the mail shows, not a file that came along."""
    repeats: str = ""
    """Of an html body: the id of the plain text beside it that holds the same numbers and codes,
    so that `text` is left empty here. Empty where there is none, or it says otherwise."""
