"""Mails for the tests of reading, written line by line, and how they are read there."""

from collections.abc import Sequence

from connectors.email.extract.extracted import Extracted
from connectors.email.keys import TxtLookup, ask_nobody
from connectors.email.mail_settings import MailSettings
from connectors.email.parts import Part
from connectors.email.read import Extract, read
from connectors.readings import Message
from mapping.letter import Letter

OURS = "orders@workshop.example"
MX = "mx.workshop.example"
SETTINGS = MailSettings(
    address=OURS,
    authserv_id=MX,
    own_domains=frozenset({"workshop.example"}),
    instance="0123456789abcdef",
)


def mail(
    body: str = "Hello\n", *headers: str, sender: str = "Ana <ana@shop.example>"
) -> bytes:
    """Write a mail; a header given here goes before the usual ones."""
    head = [*headers, f"From: {sender}", f"To: {OURS}", "Subject: Order"]
    given = {line.partition(":")[0].lower() for line in headers}
    kept = head[: len(headers)] + [
        line for line in head[len(headers) :] if line.partition(":")[0].lower() not in given
    ]
    text = "\n".join([*kept, "", body])
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def multipart(*parts: str, kind: str = "mixed", more: str = "") -> bytes:
    """Write a mail of several parts, each with its own head."""
    body = "".join(f"--sep\n{part}\n" for part in parts) + "--sep--\n"
    return mail(
        body, f'Content-Type: multipart/{kind}; boundary="sep"{more}', "MIME-Version: 1.0"
    )


def extract_nothing(parts: Sequence[Part]) -> Extracted:  # noqa: ARG001 - the shape of it
    """Find nothing in any part."""
    return Extracted(troubles={})


def letter_of(
    raw: bytes,
    *,
    settings: MailSettings = SETTINGS,
    lookup: TxtLookup = ask_nobody,
    extract: Extract = extract_nothing,
) -> Letter:
    """Read a mail as the mailbox of the workshop would."""
    message = Message(topic="mail", body=raw)
    return read(message, settings=settings, lookup=lookup, extract=extract).letter


def texts(letter: Letter) -> dict[str, str]:
    """Return the texts of a letter by part."""
    return {text.part: text.text for text in letter.texts}
