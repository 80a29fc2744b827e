"""Mails whose own signature proves them, or does not; no server of ours says anything."""

from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.letters.expected import Becomes, Case, auto, reviewed
from tests.letters.post import BOSQUE, MERCADO, mail, proven

TAKEN = auto(LAV_100ML=12)
UNPROVEN = reviewed("sender_not_authenticated")
LINE = "LAV-100ML x 12\n"
SIGNED = (b"from", b"to", b"subject", b"date", b"message-id")


@cache
def _pair() -> tuple[bytes, str]:
    """Make the one key everybody here signs with, and what the DNS says of it."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    lines = public.decode().splitlines()[1:-1]
    return private, f"v=DKIM1; k=rsa; p={''.join(lines)}"


def told(name: str) -> bytes | None:
    """Answer as the name servers would: each of these domains has the key as s1, and no other."""
    owners = ("elbosque", "grupomercado", "evil", "bulkmailer")
    known = {f"s1._domainkey.{each}.example" for each in owners}
    return _pair()[1].encode() if name.rstrip(".") in known else b""


def sign(raw: bytes, domain: str, *, selector: str = "s1", length: bool = False) -> bytes:
    """Put a signature of that domain before a mail."""
    signature: bytes = dkim.sign(
        raw, selector.encode(), domain.encode(), _pair()[0], include_headers=list(SIGNED),
        canonicalize=(b"relaxed", b"relaxed"), length=length,
    )  # fmt: skip
    return signature + raw


def _case(name: str, becomes: Becomes, data: bytes) -> Case:
    return Case(name=name, becomes=becomes, raw=data)


def _plain(name: str, sender: str = BOSQUE, proof: str | None = None) -> bytes:
    return mail(name, LINE, sender=sender, proof=proof)


_GOOD = sign(_plain("dkim-good"), "elbosque.example")
_ELSEWHERE = proven("elbosque.example", by="mx.evil.example")

CASES = (
    _case("dkim-good", TAKEN, _GOOD),
    _case("dkim-good-of-allowed-domain", TAKEN,
        sign(_plain("dkim-domain", MERCADO), "grupomercado.example")),
    _case("dkim-of-another-domain", UNPROVEN, sign(_plain("dkim-evil"), "evil.example")),
    _case("dkim-of-a-mailer", UNPROVEN,
        sign(_plain("dkim-mailer"), "bulkmailer.example")),
    _case("dkim-two-signatures", TAKEN, sign(sign(
        _plain("dkim-two"), "elbosque.example"), "bulkmailer.example")),
    _case("dkim-length", UNPROVEN,
        sign(_plain("dkim-length"), "elbosque.example", length=True)),
    _case("dkim-length-and-more-lines", UNPROVEN, sign(
        _plain("dkim-more"), "elbosque.example", length=True) + b"JAB-100G x 500\r\n"),
    _case("dkim-more-lines", UNPROVEN, _GOOD + b"JAB-100G x 500\r\n"),
    _case("dkim-body-changed", UNPROVEN, _GOOD.replace(b"x 12", b"x 92")),
    _case("dkim-subject-changed", UNPROVEN,
        _GOOD.replace(b"Subject: Pedido", b"Subject: Pedido ZZ-1")),
    _case("dkim-from-added", reviewed("sender_not_authenticated", "sender_not_allowed"),
        b"From: a@evil.example\r\n" + _GOOD),
    _case("dkim-key-not-there", UNPROVEN,
        sign(_plain("dkim-key"), "elbosque.example", selector="s9")),
    _case("dkim-signature-broken", UNPROVEN, _GOOD.replace(b" b=", b" b=BBBB", 1)),
    _case("dkim-good-and-another-server-says-no", TAKEN, sign(
        _plain("dkim-says", proof="mx.evil.example; dkim=fail"), "elbosque.example")),
    _case("dkim-bad-and-another-server-says-yes", UNPROVEN, sign(
        _plain("dkim-yes", proof=_ELSEWHERE), "elbosque.example").replace(
        b"x 12", b"x 13")),
    _case("dkim-signature-is-nonsense", UNPROVEN,
        b"DKIM-Signature: v=1; a=;;; d==elbosque.example\r\n" + _plain("dkim-nonsense")),
    _case("dkim-forty-signatures", reviewed("sender_not_authenticated"),
        b"DKIM-Signature: v=1; a=rsa-sha256; d=elbosque.example; s=s1; h=from; bh=AA==;"
        b" b=AA==\r\n" * 40 + _plain("dkim-forty")),
)  # fmt: skip
