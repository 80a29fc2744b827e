"""Writes the mails of the corpus as mail programs would, and a few as none would."""

from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from tests.letters.expected import Becomes, Case

MAILBOX = "pedidos@taller.example"
MX = "mx.taller.example"
DATE = "Mon, 23 Nov 2026 09:12:00 +0100"

BOSQUE = "Marta Ruiz <compras@elbosque.example>"
"""A herbalist's, Spanish, a customer of long standing with words, packs and prices agreed."""
LINEN = "Tom Ashby <orders@figandlinen.example>"
"""A shop, English, whose mails are taken from the first one on."""
MERCADO = "Compras Vigo <tienda.vigo@grupomercado.example>"
"""Any address of a chain whose domain is allowed, Spanish."""
MARINA = "Casa Marina <pedidos@casamarina.example>"
"""Lays its orders out in a way a person taught us."""
NUEVA = "Lucía Prado <lucia@tiendanueva.example>"
"""Allowed, but has ordered nothing yet."""
SINSENAS = "Pop-up Retiro <hola@popup.example>"
"""Allowed and taken at once, but nobody knows where they are."""
STRANGER = "Jon Doe <jon@nowhere.example>"
STAFF = "Inés del Taller <ines@taller.example>"

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class File:
    """Something attached."""

    name: str
    data: bytes
    media_type: str = "application/octet-stream"
    inline_id: str = ""
    """Set for pictures inside the HTML."""


def domain_of(sender: str) -> str:
    """Return what stands behind the @."""
    return sender.rpartition("@")[2].rstrip(">")


def address_of(sender: str) -> str:
    """Return the bare address."""
    return sender.rpartition("<")[2].rstrip(">")


def proven(domain: str, *, by: str = MX) -> str:
    """Say as a mail server does that the mail is signed by the domain."""
    return (
        f"{by}; dkim=pass header.d={domain} header.s=s1; "
        f"spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"
    )


def mail(
    name: str,
    text: str = "",
    *,
    sender: str = BOSQUE,
    subject: str = "Pedido",
    html: str = "",
    files: Iterable[File] = (),
    proof: str | None = "",
    headers: Iterable[tuple[str, str]] = (),
    message_id: str | None = "",
    to: str = MAILBOX,
) -> bytes:
    """Write one mail.

    :param name: makes the Message-ID, unless `message_id` gives one; None leaves it out.
    :param proof: Authentication-Results; "" says that it is proven, None leaves it out.
    """
    made = EmailMessage(policy=SMTP)
    if proof is not None:
        made["Authentication-Results"] = proof or proven(domain_of(sender))
    made["Received"] = f"from mail.{domain_of(sender)} by {MX}; {DATE}"
    made["From"], made["To"], made["Subject"], made["Date"] = sender, to, subject, DATE
    if message_id is not None:
        made["Message-ID"] = f"<{message_id or f'{name}@{domain_of(sender)}'}>"
    for header, value in headers:
        made[header] = value
    if text or not html:
        made.set_content(text)
        if html:
            made.add_alternative(html, subtype="html")
    else:
        made.set_content(html, subtype="html")
    for file in files:
        _attach(made, file)
    return made.as_bytes()


def _attach(made: EmailMessage, file: File) -> None:
    main, _, sub = file.media_type.partition("/")
    if main == "message":
        inner = EmailMessage(policy=SMTP)
        inner.set_content(file.data.decode())
        made.add_attachment(inner)
        return
    made.add_attachment(
        file.data,
        maintype=main,
        subtype=sub,
        filename=file.name,
        disposition="inline" if file.inline_id else "attachment",
        cid=f"<{file.inline_id}>" if file.inline_id else None,
    )


def ask(
    name: str,
    becomes: Becomes,
    text: str = "",
    *,
    sender: str = BOSQUE,
    subject: str = "Pedido",
    html: str = "",
    files: Iterable[File] = (),
    proof: str | None = "",
    headers: Iterable[tuple[str, str]] = (),
    message_id: str | None = "",
    before: tuple[bytes, ...] = (),
    trusting: bool = False,
) -> Case:
    """Write one mail and say what must become of it."""
    raw = mail(
        name, text, sender=sender, subject=subject, html=html, files=files, proof=proof,
        headers=headers, message_id=message_id,
    )  # fmt: skip
    return Case(name=name, becomes=becomes, raw=raw, before=before, trusting=trusting)


def raw(name: str, becomes: Becomes, data: bytes, before: tuple[bytes, ...] = ()) -> Case:
    """Take bytes as they are."""
    return Case(name=name, becomes=becomes, raw=data, before=before)


def crlf(text: str) -> bytes:
    """Write text as it stands on the wire."""
    return "\r\n".join(text.splitlines()).encode("utf-8", "surrogateescape") + b"\r\n"


def by_hand(body: str, *, sender: str = BOSQUE, name: str = "", headers: str = "") -> bytes:
    """Write a plain mail line by line, for what mail libraries refuse to write."""
    lines = [
        f"Authentication-Results: {proven(domain_of(sender))}",
        f"From: {sender}",
        f"To: {MAILBOX}",
        f"Date: {DATE}",
    ]
    if name:
        lines.append(f"Message-ID: <{name}@{domain_of(sender)}>")
    lines += [line for line in headers.splitlines() if line]
    return crlf("\n".join([*lines, "", body]))
