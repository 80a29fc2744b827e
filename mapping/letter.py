"""The canonical words for a mail that may be an order: what was read in it, and where.

A letter holds no decision. It says who wrote and whether that is proven, what each part shows, and
which lines look ordered, each with the place it was read from, so that a person can see both side
by side. Whether it is an order is decided from this and from what the hub knows (hub/domain).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Proof(StrEnum):
    """Whether the sender named in From is who sent it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Nothing was signed, or the keys could not be asked for."""


class Intent(StrEnum):
    """What a letter is about, as far as its own words and headers tell."""

    ORDER = "order"
    """Nothing says that it is anything else; there may be no line in it all the same."""
    CHANGE = "change"
    CANCEL = "cancel"
    NOTICE = "notice"
    """A shop's own message about an order the shop itself tells us of."""
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    """Out of office, mailing lists, newsletters, our own mail come back."""


class Source(StrEnum):
    """What a draft was read from, the most trusted first."""

    UBL = "ubl"
    TEMPLATE = "template"
    """A form a person taught us for this sender."""
    SHEET = "sheet"
    HTML = "html"
    PDF = "pdf"
    TEXT = "text"


class Trouble(StrEnum):
    """Why a part could not be read."""

    TOO_BIG = "too_big"
    UNREADABLE = "unreadable"
    """Damaged, encrypted, scanned, of a kind we do not open, or not what its name says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a letter comes from."""

    address: str
    """Lower case; empty when From names nobody, or several."""
    name: str = ""
    proof: Proof = Proof.UNKNOWN
    how: str = ""
    """What proves or disproves it: "dkim bigshop.example", "no signature", …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was read: characters of a text, or a row (and cell) of a table."""

    part: str
    """The id of a part of the same letter."""
    start: int = 0
    """First character in the part's text; in a table the row, counted from 0."""
    end: int = 0
    """Just behind the last character; in a table just behind the last row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line that looks ordered, every field as it was written; empty is not there."""

    text: str
    """The whole line, to show."""
    place: Place
    sku: str = ""
    quantity: str = ""
    unit: str = ""
    title: str = ""
    price: str = ""
    """Of one piece."""
    amount: str = ""
    """Of the whole line."""
    line_id: str = ""
    """The sender's own number of the line."""
    barcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAddress:
    """Where the sender wants it sent, as written."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one part of a letter orders."""

    source: Source
    part: str
    lines: tuple[DraftLine, ...]
    unread: tuple[Place, ...] = ()
    """Lines among the others, or inside the same table, that could not be understood."""
    po_number: str = ""
    currency: str = ""
    """As written: EUR, €, …"""
    total: str = ""
    """Of the lines, before taxes, where the part says so."""
    requested: str = ""
    """The day the goods are wanted, as written."""
    ship_to: DraftAddress | None = None
    note: str = ""
    is_exact: bool = False
    """Whether the format itself says what is what (order XML), so that nothing was guessed."""
    faults: tuple[str, ...] = ()
    """Rules of the format it breaks, in words: "R008: the lines do not add up"."""
    document: str = ""
    """What the format itself says it is: Order, OrderChange, OrderCancellation; mostly empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A part that is text: what the sender wrote now, without quotes and signature."""

    part: str
    text: str
    is_quoted: bool = False
    """Whether this is what the sender answers to or passes on, not their own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A part that is a table, as far as anybody looks at it (`MOST_ROWS`, `MOST_CELLS`)."""

    part: str
    source: Source
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    """The name of the sheet or the file."""
    starts: tuple[int, ...] = ()
    """For a table inside a text: where each row starts in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that came along."""

    part: str
    name: str
    media_type: str
    size: int
    trouble: Trouble | None = None
    why: str = ""
    """What the trouble is, in a few words."""
    may_be_order: bool = True
    """False for logos, signatures, calendars and the like, whose trouble keeps nobody waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A letter somebody passed on: what it says of its own sender proves nothing."""

    address: str = ""
    name: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a shop's own message says of one of its orders."""

    shop: str
    """The key of a channel, or what the shop's software calls itself: etsy, woocommerce, …"""
    order_number: str
    ship_to: DraftAddress | None = None
    home: str = ""
    """The domain this shop's mails come from; empty for software of the workshop's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a server says of a letter of ours (RFC 3464)."""

    message_id: str
    """Ours, as far as the report holds it; else empty."""
    our_id: str
    """Our own header of it, for relays that write Message-ID anew."""
    recipient: str
    status: str
    """Such as 5.1.1."""
    words: str
    is_final: bool
    """False while the server goes on trying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as far as it was read; nothing in it is believed yet."""

    message_id: str
    """From its header, without brackets; made from the bytes where there is none."""
    our_id: str
    """What our own header says, for mail of ours that came back; else empty."""
    content_hash: str
    """Equal for the same words and files, however they travelled."""
    size: int
    sender: Sender
    subject: str
    intent: Intent
    why: str = ""
    """What makes it of that intent: the header or the words."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    sent_at: datetime | None = None
    """What its Date says: shown, never used."""
    language: str = ""
    """es, en, or empty."""
    is_known_mailer: bool = False
    """Whether it is bulk or automatic by its headers alone, which a form for its sender allows."""
    forwarded: Forwarded | None = None
    texts: tuple[Text, ...] = ()
    tables: tuple[Table, ...] = ()
    attached: tuple[Attached, ...] = ()
    drafts: tuple[Draft, ...] = ()
    """In the order of trust."""
    order_numbers: tuple[str, ...] = ()
    """Everything in subject and text that is written like a number of an order, ours or theirs."""
    notice: Notice | None = None
    bounce: Bounce | None = None
    is_cut: bool = False
    """Whether it was too much to be read whole: then nothing of it may be taken for granted."""


MOST_ROWS = 2_000
MOST_CELLS = 60
"""So many rows and cells of a table are read; more is `is_cut`."""
