"""Says who wrote a mail, and whether our own mail server or a signature proves it."""

import re
from collections.abc import Iterator

import authres
import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from connectors.email.headers import Headers, addresses_of
from connectors.email.keys import TxtLookup
from connectors.email.mail_settings import MailSettings
from connectors.email.mime import Opened
from mapping.letter import Proof, Sender

MOST_SIGNATURES = 5
_MOST_RESULTS = 4_000
_MIN_KEY = 1_024
_ADDRESS = re.compile(
    r"[^\s\"'(),:;<>@\[\\\]\x00-\x1f\x7f]{1,64}@([^\s@\"'(),:;<>\[\\\]]{1,250})"
)
_BRACKETS = re.compile(r"=<([^<>\s;\"]*)>")
"""Some servers write smtp.mailfrom=<a@b.example>, which the grammar does not know."""
_QUOTED = re.compile(r'"[^"]*"')
_ONCE = (
    "from", "sender", "reply-to", "to", "subject", "date", "message-id", "content-type",
    "content-transfer-encoding", "mime-version",
)  # fmt: skip
"""Fields a mail has once (RFC 5322, 3.6). Of two, one signature may cover the one nobody reads."""

_GOOD, _BAD, _NO_KEY = "good", "bad", "no key"


def sender_of(opened: Opened, *, settings: MailSettings, lookup: TxtLookup) -> Sender:
    """Say who wrote a mail. Never raises; what cannot be told is unknown."""
    name, address = _author(opened.headers)
    if not address:
        return Sender(
            address="", name=name, proof=Proof.NO, how="From names no single address"
        )
    twice = next((each for each in _ONCE if len(opened.headers.all(each)) > 1), "")
    if twice:
        return Sender(
            address=address, name=name, proof=Proof.NO, how=f"{twice} stands there twice"
        )
    proof, how = _proof(opened, _domain(address), settings=settings, lookup=lookup)
    return Sender(address=address, name=name, proof=proof, how=how)


def _author(headers: Headers) -> tuple[str, str]:
    """Return the one name and address of From; no address where it is written to deceive."""
    written = headers.all("from")
    named = addresses_of(headers, "from")
    if len(written) != 1 or len(named) != 1:
        return (named[0][0] if named else "", "")
    name, address = named[0]
    raw = written[0]
    unquoted = _QUOTED.sub("", raw)
    is_plain = unquoted.count("<") <= 1 and not set(unquoted) & set(":;()")
    is_plain = is_plain and address in raw.lower()
    if not _ADDRESS.fullmatch(address) or not is_plain:
        return name, ""
    shown = re.search(r"[^\s<>@]+@[^\s<>@]+", name)
    return ("" if shown and shown[0].lower().strip("\"'()") != address else name, address)


def _proof(
    opened: Opened, domain: str, *, settings: MailSettings, lookup: TxtLookup
) -> tuple[Proof, str]:
    told = _told_by_our_server(opened.headers, domain, settings=settings)
    return told or _signed(opened, domain, lookup=lookup)


def _domain(address: str) -> str:
    domain = address.rpartition("@")[2].rstrip(".").lower()
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def is_aligned(signer: str, domain: str) -> bool:
    """Say whether who signs may speak for a domain: the same one, or one it belongs to.

    A parent must have two labels at least: nobody speaks for everybody under "example".
    """
    who = signer.strip().rstrip(".").lower()
    return who == domain or ("." in who and domain.endswith(f".{who}"))


# What our own mail server found (RFC 8601) --------------------------------------------------


def _told_by_our_server(
    headers: Headers, domain: str, *, settings: MailSettings
) -> tuple[Proof, str] | None:
    """Read the topmost results that bear our own server's name; any others prove nothing."""
    if not settings.authserv_id:
        return None
    for value in headers.all("authentication-results"):
        read = _results(value)
        if read is None and settings.authserv_id in value.lower():
            return None  # perhaps ours: what stands below it may be a stranger's
        if read is not None and str(read.authserv_id or "").lower() == settings.authserv_id:
            return _judged(read.results, domain)
    return None


def _results(value: str) -> authres.AuthenticationResultsHeader | None:
    """Read one such header; None for what cannot be read."""
    plain = _BRACKETS.sub(r"=\1", value[:_MOST_RESULTS])
    try:
        return authres.AuthenticationResultsHeader.parse_value(plain)
    except Exception:  # noqa: BLE001 - anybody writes these, and anything
        return None


def _judged(
    results: list[authres.core.AuthenticationResult], domain: str
) -> tuple[Proof, str] | None:
    passes = [each for each in results if getattr(each, "result", "") == "pass"]
    for each in passes:
        if _speaks_for(each, domain):
            return Proof.YES, f"{each.method} {domain}, says our mail server"
    for each in results:
        if getattr(each, "method", "") == "dmarc" and each.result == "fail":
            return Proof.NO, "dmarc failed, says our mail server"
    return None


def _speaks_for(result: authres.core.AuthenticationResult, domain: str) -> bool:
    said = {
        (each.type, each.name): str(each.value or "").lower() for each in result.properties
    }
    match result.method:
        case "dmarc":
            return said.get(("header", "from")) == domain
        case "dkim":
            signer = said.get(("header", "d")) or said.get(("header", "i"), "")
            return is_aligned(signer.rpartition("@")[2], domain)
        case "spf":
            return is_aligned(said.get(("smtp", "mailfrom"), "").rpartition("@")[2], domain)
        case _:
            return False


# Signatures (RFC 6376) ----------------------------------------------------------------------


def _signed(opened: Opened, domain: str, *, lookup: TxtLookup) -> tuple[Proof, str]:
    found = list(_signatures(opened, domain))
    if not found:
        others = opened.headers.all("dkim-signature")
        return Proof.UNKNOWN, "no signature of the sender's" if others else "no signature"
    said = ""
    for index, signer in found:
        verdict = _verify(opened.raw, index, lookup=lookup)
        if verdict == _GOOD:
            return Proof.YES, f"dkim {signer}"
        said = verdict if said != _BAD else said
    if said == _NO_KEY:
        return Proof.UNKNOWN, "the key of the signature could not be asked for"
    return Proof.NO, "the signature does not fit"


def _signatures(opened: Opened, domain: str) -> Iterator[tuple[int, str]]:
    """Find the signatures that may prove something, by their place among all of them.

    One that covers only the first bytes (l=) proves nothing of what was added below them, one
    that leaves From out nothing of who wrote.
    """
    for index, value in enumerate(opened.headers.all("dkim-signature")[:MOST_SIGNATURES]):
        try:
            tags = parse_tag_value(value.encode("ascii", "replace"))
        except InvalidTagValueList:
            continue
        signed = [each.strip().lower() for each in tags.get(b"h", b"").split(b":")]
        signer = tags.get(b"d", b"").decode("ascii", "replace").lower()
        if b"l" not in tags and b"from" in signed and is_aligned(signer, domain):
            yield index, signer


class _Silence:
    """Takes what dkimpy would log: the words of strangers, and nothing anybody can mend."""

    def debug(self, *_words: object) -> None:
        """Say nothing."""

    info = warning = error = debug


def _verify(raw: bytes, index: int, *, lookup: TxtLookup) -> str:
    could_ask = True

    def txt(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - as dkimpy calls it
        nonlocal could_ask
        record = lookup(name.decode("ascii", "replace").rstrip("."))
        could_ask = could_ask and record is not None
        return record or None

    try:
        message = dkim.DKIM(raw, logger=_Silence(), minkey=_MIN_KEY)
        is_good = message.verify(idx=index, dnsfunc=txt)
    except Exception:  # noqa: BLE001 - dkimpy raises many kinds on what strangers write
        is_good = False
    if is_good:
        return _GOOD
    return _BAD if could_ask else _NO_KEY
