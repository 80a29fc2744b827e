"""What a message may show of itself: its shape, ids and states, and nothing about a person.

Nothing is shown unless it is known to be harmless: numbers, and text that names a state, a time,
an id or a thing we sell. All else is blotted out, so that a channel nobody here knew, or a field it
adds tomorrow, gives nobody away.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from email import policy
from email.parser import BytesHeaderParser
from email.utils import parseaddr

BLOT = "•••"
DEEPEST = 40
LONGEST = 60_000
"""Characters of a payload that are shown."""

PERSONAL = frozenset(
    [
        "name",
        "firstname",
        "lastname",
        "fullname",
        "username",
        "nickname",
        "company",
        "email",
        "contactemail",
        "phone",
        "mobile",
        "fax",
        "address",
        "address1",
        "address2",
        "line1",
        "line2",
        "firstline",
        "secondline",
        "street",
        "streetaddress",
        "city",
        "town",
        "zip",
        "postcode",
        "postalcode",
        "province",
        "region",
        "county",
        "latitude",
        "longitude",
        "lat",
        "lng",
        "formattedaddress",
        "note",
        "notes",
        "message",
        "messagefrombuyer",
        "messagefromseller",
        "giftmessage",
        "comment",
        "body",
        "text",
        "html",
        "subject",
        "from",
        "to",
        "cc",
        "bcc",
        "replyto",
        "sender",
        "recipient",
        "browserip",
        "clientip",
        "ip",
        "useragent",
        "birthday",
        "dob",
        "vat",
        "taxid",
        "iban",
        "card",
        "lastfour",
        "token",
        "secret",
        "password",
        "authorization",
        "cookie",
        "signature",
        "personalization",
    ]
)
"""Keys whose value is somebody's, whatever it looks like; written folded, as `folded` does."""

PEOPLE = frozenset(
    [
        "customer",
        "buyer",
        "recipient",
        "billingaddress",
        "shippingaddress",
        "defaultaddress",
        "addresses",
        "destination",
        "contact",
        "clientdetails",
        "billto",
        "shipto",
        "receiver",
        "sender",
    ]
)
"""Keys that hold a person: of what is inside only countries and kinds are shown."""

HARMLESS = frozenset(
    [
        "sku",
        "title",
        "varianttitle",
        "producttitle",
        "currency",
        "currencycode",
        "currencyiso",
        "countrycode",
        "countryiso",
        "country",
        "locale",
        "topic",
        "event",
        "eventtype",
        "kind",
        "type",
        "status",
        "state",
        "result",
        "reason",
        "code",
        "unit",
        "carrier",
        "carriername",
        "trackingcompany",
        "trackingnumber",
        "trackingcode",
        "gateway",
        "sourcename",
        "vendor",
        "barcode",
        "handle",
    ]
)
"""Keys whose text is shown where no person is about."""

ENDINGS = (
    "status",
    "state",
    "type",
    "kind",
    "currency",
    "code",
    "at",
    "on",
    "id",
    "version",
)
"""So end the names of what is a state, a time or an id."""

_FOLD = re.compile(r"[^a-z0-9]")
_MACHINE = re.compile(
    r"[+-]?\d+([.,]\d+)?%?"
    r"|\d{4}-\d\d-\d\d([T ][\d:.,]+(Z|[+-]\d\d:?\d\d)?)?"
    r"|gid://[a-z]+/[A-Za-z]+/\d+"
    r"|[A-Z]{3}",
    re.ASCII,
)
"""A number, a time, a global id, a currency."""
_CODE = re.compile(_MACHINE.pattern + r"|[A-Za-z]{2,12}", re.ASCII)
"""The same, or a country or a kind."""
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:# -]{0,79}", re.ASCII)
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_LONG_DIGITS = re.compile(r"(?<!\d)\+?\d(?:[ .-]?\d){8,}(?!\d)")

SHOWN_HEADERS = ("Date", "Content-Type", "MIME-Version", "Auto-Submitted", "Precedence")
DOMAIN_HEADERS = ("From", "To", "Cc", "Reply-To", "Return-Path", "Message-ID")
HIDDEN_HEADERS = ("Subject",)


def folded(key: str) -> str:
    """Write a key as it is compared: small letters and digits only."""
    return _FOLD.sub("", key.casefold())


def masked(value: object) -> object:
    """Return a JSON value with everything about people blotted out; its shape stays."""
    return _masked(value, key="", is_person=False, depth=0)


def masked_body(body: bytes, *, content_type: str = "") -> str:
    """Write a message's bytes as they may be shown: JSON or a mail's headers, masked.

    What is neither is only measured.
    """
    found = _as_json(body)
    if found is not None:
        text = json.dumps(masked(found), indent=2, ensure_ascii=False)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n…"
    if _is_mail(body, content_type=content_type):
        return "\n".join(masked_headers(body))
    return f"{BLOT} ({len(body)} bytes)"


def masked_headers(raw: bytes) -> Iterator[str]:
    """Yield the lines of a mail's head that may be shown, people's addresses as their domains."""
    head = BytesHeaderParser(policy=policy.compat32).parsebytes(raw[:LONGEST])
    for name in (*SHOWN_HEADERS, *DOMAIN_HEADERS, *HIDDEN_HEADERS):
        for value in head.get_all(name, []):
            yield f"{name}: {_header(name, ' '.join(str(value).split()))}"


def plain(words: str) -> str:
    """Blot mail addresses and telephone numbers out of a text."""
    return _LONG_DIGITS.sub(BLOT, _ADDRESS.sub(BLOT, words))


def _masked(value: object, *, key: str, is_person: bool, depth: int) -> object:
    if depth > DEEPEST:
        return BLOT
    if isinstance(value, Mapping):
        return {
            _key(str(name)): _masked(
                part,
                key=folded(str(name)),
                is_person=is_person or folded(str(name)) in PEOPLE,
                depth=depth + 1,
            )
            for name, part in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [
            _masked(part, key=key, is_person=is_person, depth=depth + 1) for part in value
        ]
    return _leaf(value, key=key, is_person=is_person)


def _leaf(value: object, *, key: str, is_person: bool) -> object:
    if value is None or isinstance(value, bool) or value == "":
        return value
    if key in PERSONAL:
        return BLOT
    if isinstance(value, int | float):
        return BLOT if is_person and not key.endswith("id") else value
    text = str(value)
    if is_person:
        is_kind = key.endswith(("countrycode", "countryiso", "type", "id"))
        return text if is_kind and _CODE.fullmatch(text) else BLOT
    if key in HARMLESS:
        return plain(text)
    if key.endswith(ENDINGS) and (_MACHINE.fullmatch(text) or _WORD.fullmatch(text)):
        return text if _MACHINE.fullmatch(text) else plain(text)
    return text if _MACHINE.fullmatch(text) and not _LONG_DIGITS.search(text) else BLOT


def _key(name: str) -> str:
    """Return a key as it is shown: one that is itself somebody's is blotted out."""
    return plain(name) if len(name) <= 80 else BLOT  # noqa: PLR2004 - no field is called so long


def _header(name: str, value: str) -> str:
    if name in SHOWN_HEADERS:
        return plain(value)[:200]
    domain = parseaddr(value)[1].rpartition("@")[2].strip("<>")
    if name in DOMAIN_HEADERS and domain and _WORD.fullmatch(domain):
        return f"{BLOT}@{domain}"
    return BLOT


def _as_json(body: bytes) -> object | None:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _is_mail(body: bytes, *, content_type: str) -> bool:
    head = body.lstrip()[:200].partition(b"\n")[0]
    has_header = re.match(rb"[A-Za-z-]{2,40}:", head) is not None
    return content_type.startswith("message/") or has_header
