"""A letter of ours as the bytes that are sent: the same bytes each time for the same letter.

Sources: RFC 5322 (headers), RFC 3834 (Auto-Submitted), [MS-OXCMAIL] (X-Auto-Response-Suppress).
Some relays write Message-ID anew, so it also travels in a header of our own.
"""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from connectors.errors import Rejected
from mapping.effects import Mail

POLICY = SMTP.clone(cte_type="7bit", max_line_length=76)
_MOST_REFERENCES = 20
_LONGEST_NAME = 100


def compose(mail: Mail, *, address: str, instance: str) -> bytes:
    """Write a letter from `address` as it goes over the wire, for one person.

    `instance` is what our own mail is known by when it comes back.

    :raises Rejected: an address or a header that no mail can have.
    """
    message = EmailMessage(policy=POLICY)
    try:
        _set_headers(message, mail, address=address, instance=instance)
        _set_body(message, mail)
        return message.as_bytes(policy=POLICY)
    except (ValueError, UnicodeError) as error:
        raise Rejected("this letter has an address or a header no mail can have") from error


def addressed(text: str) -> Address:
    """Read an address; its domain is written in ASCII (IDNA), its name must be ASCII.

    :raises Rejected: this is no address mail can be sent to.
    """
    name, _, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        found = Address(addr_spec=f"{name}@{ascii_domain}")
    except Exception as error:  # the library's parser raises kinds without a common base
        raise Rejected(_NO_ADDRESS) from error
    if not name.isascii() or not found.username or not found.domain:
        raise Rejected(_NO_ADDRESS)
    return found


_NO_ADDRESS = "no mail can be sent to this address"


def _set_headers(message: EmailMessage, mail: Mail, *, address: str, instance: str) -> None:
    ours = addressed(address)
    name = _one_line(mail.sender_name)[:_LONGEST_NAME]
    message["From"] = Address(name, ours.username, ours.domain)
    message["Reply-To"] = ours
    message["To"] = addressed(mail.to)
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime((mail.written_at or _EPOCH).astimezone(UTC))
    message["Message-ID"] = f"<{_bare(mail.message_id)}>"
    if mail.in_reply_to:
        message["In-Reply-To"] = f"<{_bare(mail.in_reply_to)}>"
    if mail.references:
        kept = mail.references[:1] + mail.references[1:][-_MOST_REFERENCES:]
        message["References"] = " ".join(f"<{_bare(each)}>" for each in kept)
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Hub-Loop"] = instance
    message["X-Hub-Message-Id"] = _bare(mail.message_id)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _set_body(message: EmailMessage, mail: Mail) -> None:
    message.set_content(mail.text, subtype="plain", charset="utf-8")
    message.add_alternative(mail.html, subtype="html", charset="utf-8")
    # The library would draw one: the same letter must be the same bytes.
    digest = sha256(mail.message_id.encode()).hexdigest()[:32]
    message.set_boundary(f"=_{digest}")
    # Only now: what is said of the content before would be said of its first part.
    message["Content-Language"] = _bare(mail.language)


def _one_line(text: str) -> str:
    """Keep what can be shown, on one line: a header ends where a line does."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def _bare(name: str) -> str:
    """Keep of an id what an id may hold."""
    return "".join(each for each in name if "!" <= each <= "~" and each not in "<>")
