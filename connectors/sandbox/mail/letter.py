"""A customer's mail before it is written, and the bytes a mail server makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from connectors.sandbox.mail.sheet import XLSX, Row, xlsx


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a customer writes.

    `name` makes the Message-ID; `table` is pasted into the mail, `sheet` is attached as a
    workbook; `answers` is the Message-ID of a mail it replies to. What is not `proven` carries
    no word of the mail server about who wrote it. `automatic` is a machine's answer.
    """

    name: str
    sender: str
    subject: str
    text: str = ""
    table: Sequence[Row] = ()
    sheet: Sequence[Row] = ()
    sheet_name: str = "pedido.xlsx"
    answers: str = ""
    proven: bool = True
    automatic: bool = False
    headers: Sequence[tuple[str, str]] = ()

    @property
    def domain(self) -> str:
        """Where the sender's mail comes from."""
        return address_of(self.sender).rpartition("@")[2]

    @property
    def message_id(self) -> str:
        """The Message-ID, without brackets."""
        return f"{self.name}@{self.domain}"


def address_of(sender: str) -> str:
    """Take the bare address out of `Name <address>`."""
    return sender.rpartition("<")[2].rstrip("> ").strip()


def write(letter: Letter, *, to: str, mx: str, at: datetime) -> bytes:
    """Write a mail as it lies in the mailbox `to`, after the mail server `mx` looked at it.

    Who wrote is proven as RFC 8601 has it, by what the mailbox's own server says it found. The
    same letter at the same time gives the same bytes.
    """
    made = EmailMessage(policy=SMTP)
    if letter.proven:
        made["Authentication-Results"] = _found(letter.domain, by=mx)
    when = format_datetime(at)
    made["Received"] = f"from mail.{letter.domain} by {mx}; {when}"
    made["From"], made["To"], made["Subject"] = letter.sender, to, letter.subject
    made["Date"], made["Message-ID"] = when, f"<{letter.message_id}>"
    if letter.answers:
        made["In-Reply-To"] = made["References"] = f"<{letter.answers}>"
    if letter.automatic:
        made["Auto-Submitted"] = "auto-replied"
    for header, value in letter.headers:
        made[header] = value
    if letter.table:
        made.set_content(_page(letter), subtype="html")
    else:
        made.set_content(letter.text)
    if letter.sheet:
        main, _, sub = XLSX.partition("/")
        made.add_attachment(
            xlsx(letter.sheet), maintype=main, subtype=sub, filename=letter.sheet_name
        )
        made.set_boundary(f"=_{letter.name}")  # else it would be drawn from nobody's dice
    return made.as_bytes()


def _found(domain: str, *, by: str) -> str:
    return (
        f"{by}; dkim=pass header.d={domain} header.s=s1; "
        f"spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"
    )


def _page(letter: Letter) -> str:
    """Write the words and the table as web mail does when a table is pasted; "%" is its place."""
    before, _, after = letter.text.partition("\n%\n")
    head, *rest = letter.table
    rows = "".join(f"<tr>{_cells(row, 'td')}</tr>" for row in rest)
    table = f'<table border="1"><tr>{_cells(head, "th")}</tr>{rows}</table>'
    return f"<html><body>{_lines(before)}{table}{_lines(after)}</body></html>"


def _cells(row: Row, tag: str) -> str:
    return "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in row)


def _lines(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
