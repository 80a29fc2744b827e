"""What becomes of mails on bad days before anybody signs them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

AGAIN = "Sent again from my telephone."


def altered(raw: bytes) -> bytes:
    """Write a mail once more under its own Message-ID, with other words in it."""
    mail = message_from_bytes(raw, _class=EmailMessage, policy=SMTP)
    words = mail.get_body(("plain", "html"))
    if words is None:
        return raw + b"\r\n"
    kind, said = words.get_content_subtype(), words.get_content()
    more = f"<p>{AGAIN}</p>" if kind == "html" else f"\n{AGAIN}\n"
    words.set_content(said + more, subtype=kind)
    return mail.as_bytes()


def damaged(raw: bytes) -> bytes:
    """Lose the last third of a mail, as a line that breaks does."""
    return raw[: len(raw) * 2 // 3]
