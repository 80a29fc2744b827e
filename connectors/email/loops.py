"""Knows mail that no person sent, by its head: our own come back, answers of machines, lists."""

import re

from connectors.email.headers import Headers, addresses_of
from connectors.email.mail_settings import MailSettings

LOOP_HEADER = "x-hub-loop"
OUR_ID_HEADER = "x-hub-message-id"

_ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")
_ABSENT = re.compile(
    r"(?i)(automatic reply|auto(-| )?reply|out of (the )?office|respuesta autom[aá]tica"
    r"|autorespuesta|fuera de (la )?oficina|ausente)\s*(:|$)"
)
_BULK = frozenset(["bulk", "junk", "list"])
_LISTS = ("list-id", "list-post", "list-unsubscribe", "x-mailer-campaign", "feedback-id")


def our_own(headers: Headers, *, settings: MailSettings) -> str:
    """Say why a mail is one of ours come back; empty when it is not."""
    marks = [value.strip() for value in headers.all(LOOP_HEADER)]
    if settings.instance and settings.instance in marks:
        return "X-Hub-Loop is ours"
    senders = {address for _, address in addresses_of(headers, "from")}
    if settings.address and settings.address.lower() in senders:
        return "From is our own address"
    return ""


def answered_by_machine(headers: Headers, *, media_type: str) -> str:
    """Say why a mail is a report or an answer of a machine; empty when it is not (RFC 3834).

    None of these is ever an order, whoever it is from.
    """
    automatic = headers.word("auto-submitted")
    if automatic.startswith("auto-replied") or automatic.startswith("auto-notified"):
        return f"Auto-Submitted: {automatic}"
    if media_type == "multipart/report":
        return "multipart/report"
    if headers.all("return-path") and headers.raw("return-path").replace(" ", "") == "<>":
        return "Return-Path: <>"
    if headers.word("precedence") in {"auto_reply", "auto-reply"}:
        return "Precedence: auto_reply"
    if _ABSENT.match(headers.text("subject")):
        return "the subject says so"
    return next((name for name in _ANSWERS if headers.word(name) not in {"", "no"}), "")


def sent_by_software(headers: Headers) -> str:
    """Say by which header a mail is a program's or a list's; empty when it is a person's.

    A customer's ERP sends orders like that, newsletters come like that: only a form that a person
    taught us for the sender tells them apart.
    """
    automatic = headers.word("auto-submitted")
    if automatic not in {"", "no"}:
        return f"Auto-Submitted: {automatic}"
    if (precedence := headers.word("precedence")) in _BULK:
        return f"Precedence: {precedence}"
    return next((name for name in _LISTS if headers.all(name)), "")
