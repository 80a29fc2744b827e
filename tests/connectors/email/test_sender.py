"""Who wrote a mail is what From alone says, and it is proven by our own server or a signature."""

import base64

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connectors.email.keys import ask_nobody
from connectors.email.sender import is_aligned
from mapping.letter import Letter, Proof
from tests.connectors.email.mails import MX, letter_of, mail

PRIVATE = generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
PUBLIC = base64.b64encode(
    PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)
RECORD = b"v=DKIM1; k=rsa; p=" + PUBLIC


def one_key(name: str) -> bytes | None:
    """Know the key of shop.example and of nobody else."""
    known = {"s1._domainkey.shop.example", "s1._domainkey.mail.shop.example"}
    return RECORD if name in known else b""


def signed(raw: bytes, *, domain: bytes = b"shop.example", length: bool = False) -> bytes:
    headers = [b"from", b"to", b"subject"]
    made: bytes = dkim.sign(raw, b"s1", domain, PEM, include_headers=headers, length=length)
    return made + raw


def told(*results: str, sender: str = "ana@shop.example") -> Letter:
    headers = [f"Authentication-Results: {each}" for each in results]
    return letter_of(mail("x", *headers, sender=sender))


# From ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written,address,name",
    [
        ("Ana Paz <Ana@Shop.Example>", "ana@shop.example", "Ana Paz"),
        ("ana@shop.example", "ana@shop.example", ""),
        ("=?utf-8?q?Ana_P=C3=A9rez?= <ana@shop.example>", "ana@shop.example", "Ana Pérez"),
        ('"ana@shop.example" <ana@shop.example>', "ana@shop.example", "ana@shop.example"),
        ('"boss@shop.example" <jon@nowhere.example>', "jon@nowhere.example", ""),
        (
            "=?utf-8?q?boss=40shop.example?= <jon@nowhere.example>",
            "jon@nowhere.example",
            "",
        ),
    ],
)
def test_the_sender_is_the_address_and_a_name_that_pretends_another_is_dropped(
    written: str, address: str, name: str
) -> None:
    sender = letter_of(mail("x", sender=written)).sender

    assert (sender.address, sender.name) == (address, name)


@pytest.mark.parametrize(
    "written",
    [
        "ana@shop.example, jon@nowhere.example",
        "ana@shop.example <jon@nowhere.example>",
        "<ana@shop.example> <jon@nowhere.example>",
        "jon@nowhere.example (ana@shop.example)",
        "shop: ana@shop.example;",
        "ana@shop.example@nowhere.example",
        "ana",
        "Ana Paz",
        "",
        "=?utf-8?q?ana=40shop.example?=",
        "ana @shop.example",
    ],
)
def test_a_from_that_does_not_name_exactly_one_address_names_none(written: str) -> None:
    sender = letter_of(mail("x", sender=written)).sender

    assert (sender.address, sender.proof) == ("", Proof.NO)


def test_two_from_name_nobody() -> None:
    raw = b"From: ana@shop.example\r\n" + mail("x", sender="ana@shop.example")

    assert letter_of(raw).sender.address == ""


@pytest.mark.parametrize(
    "field", ["Subject: Cheap", "Content-Type: text/html", "To: b@c.example"]
)
def test_a_field_that_stands_there_twice_takes_the_proof_away(field: str) -> None:
    proof = f"Authentication-Results: {MX}; dmarc=pass header.from=shop.example"
    twice = mail("x", proof, "Content-Type: text/plain", sender="ana@shop.example")

    sender = letter_of(field.encode() + b"\r\n" + twice).sender

    assert sender.proof is Proof.NO
    assert "twice" in sender.how


# What our own server says -------------------------------------------------------------------


@pytest.mark.parametrize(
    "results",
    [
        f"{MX}; dmarc=pass (p=REJECT) header.from=shop.example",
        f"{MX} 1; dkim=pass header.d=shop.example header.b=ab/C+d=",
        f"{MX}; dkim=pass header.i=@shop.example",
        f"{MX}; dkim=fail header.d=other.example; dkim=pass header.d=shop.example",
        f"{MX}; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=bounces@shop.example",
        f"{MX}; spf=pass smtp.mailfrom=<ana@shop.example>",
        f"{MX.upper()}; dkim=pass header.d=SHOP.example",
    ],
)
def test_what_our_own_server_proved_is_proven(results: str) -> None:
    assert told(results).sender.proof is Proof.YES


@pytest.mark.parametrize(
    "results",
    [
        f"{MX}; none",
        f"{MX}; dkim=pass header.d=other.example",
        f"{MX}; dkim=pass header.d=notshop.example",
        f"{MX}; dkim=pass header.d=example",
        f"{MX}; dkim=pass header.d=mail.shop.example",
        f"{MX}; spf=pass smtp.mailfrom=ana@evil.example",
        f"{MX}; dmarc=pass header.from=evil.example",
        f"{MX}; dmarc=pass",
        f"{MX}; dkim=temperror header.d=shop.example",
        f"{MX}; dkim=fail (dkim=pass header.d=shop.example) header.d=shop.example",
        f'{MX}; dkim=fail reason="; dkim=pass header.d=shop.example" header.d=shop.example',
        f"{MX}; auth=pass smtp.auth=ana@shop.example",
        "mx.evil.example; dmarc=pass header.from=shop.example",
        f"{MX}.evil.example; dmarc=pass header.from=shop.example",
        f"evil.example ({MX}); dmarc=pass header.from=shop.example",
        f"{MX}; ;;; dkim=pass=; (((",
        "(" * 3_000 + f"{MX}; dmarc=pass header.from=shop.example",
    ],
)
def test_what_it_did_not_prove_is_not(results: str) -> None:
    assert told(results).sender.proof is not Proof.YES


def test_only_the_topmost_results_of_our_own_server_count() -> None:
    good, bad = (
        f"{MX}; dmarc={each} header.from=shop.example" for each in ("pass", "fail")
    )
    other = "mx.evil.example; dmarc=pass header.from=shop.example"

    assert told(other, good).sender.proof is Proof.YES
    assert told(bad, good).sender.proof is Proof.NO
    assert told(f"{MX}; none", good).sender.proof is Proof.UNKNOWN
    assert told(f"{MX}; a=b=c;;", good).sender.proof is Proof.UNKNOWN


def test_without_a_name_of_our_own_server_no_results_count() -> None:
    raw = mail("x", "Authentication-Results: ; dmarc=pass header.from=shop.example")

    assert letter_of(raw).sender.proof is Proof.UNKNOWN


# Signatures ---------------------------------------------------------------------------------


def test_a_signature_of_the_senders_domain_proves_it() -> None:
    sender = letter_of(signed(mail("12 x A-1\n")), lookup=one_key).sender

    assert (sender.proof, sender.how) == (Proof.YES, "dkim shop.example")


def test_a_parent_may_sign_and_a_child_may_not() -> None:
    raw = mail("x\n", sender="ana@mail.shop.example")

    assert letter_of(signed(raw), lookup=one_key).sender.proof is Proof.YES
    child = signed(mail("x\n", sender="ana@shop.example"), domain=b"mail.shop.example")
    assert letter_of(child, lookup=one_key).sender.proof is Proof.UNKNOWN


def test_a_signature_of_somebody_else_proves_nothing() -> None:
    raw = signed(mail("x\n", sender="ana@bigshop.example"))

    assert letter_of(raw, lookup=one_key).sender.proof is Proof.UNKNOWN


def test_a_changed_body_subject_or_sender_disproves_it() -> None:
    raw = signed(mail("12 x A-1\n"))

    for old, new in ((b"12 x", b"99 x"), (b"Subject: Order", b"Subject: Ordeg")):
        sender = letter_of(raw.replace(old, new), lookup=one_key).sender
        assert (sender.proof, sender.how) == (Proof.NO, "the signature does not fit")


def test_a_signature_that_covers_only_the_first_bytes_is_refused() -> None:
    raw = signed(mail("12 x A-1\n"), length=True) + b"99 x B-2\r\n"

    assert dkim.verify(raw, dnsfunc=lambda *_, **__: RECORD)
    assert letter_of(raw, lookup=one_key).sender.proof is Proof.UNKNOWN


def test_a_second_subject_under_a_good_signature_is_seen() -> None:
    raw = b"Subject: Another\r\n" + signed(mail("12 x A-1\n"))

    assert letter_of(raw, lookup=one_key).sender.proof is Proof.NO


def test_keys_that_cannot_be_asked_for_prove_and_disprove_nothing() -> None:
    raw = signed(mail("12 x A-1\n"))

    assert letter_of(raw, lookup=ask_nobody).sender.proof is Proof.UNKNOWN


@pytest.mark.parametrize(
    "record", [b"", b"v=DKIM1; p=", b"nonsense", b"v=DKIM1; k=rsa; p=AAAA"]
)
def test_a_withdrawn_or_missing_key_disproves(record: bytes) -> None:
    raw = signed(mail("12 x A-1\n"))

    assert letter_of(raw, lookup=lambda _: record).sender.proof is Proof.NO


@pytest.mark.parametrize(
    "written",
    ["", "v=1", "v=1; a=rsa-sha256; d=shop.example; s=s1; h=from; bh=; b=", ";;;=", "a" * 9_000,
     "v=1; a=rsa-sha256; c=x/y; d=shop.example; s=s1; h=from:from; bh=AAAA; b=AAAA"],
)  # fmt: skip
def test_nonsense_for_a_signature_is_no_proof(written: str) -> None:
    raw = mail("x\n", f"DKIM-Signature: {written}")

    assert letter_of(raw, lookup=one_key).sender.proof is not Proof.YES


@pytest.mark.parametrize(
    "signer,domain,speaks",
    [
        ("shop.example", "shop.example", True),
        ("SHOP.example.", "shop.example", True),
        ("shop.example", "eu.shop.example", True),
        ("eu.shop.example", "shop.example", False),
        ("example", "shop.example", False),
        ("hop.example", "shop.example", False),
        ("", "shop.example", False),
    ],
)
def test_only_the_domain_or_one_above_it_speaks_for_it(
    signer: str, domain: str, speaks: bool
) -> None:
    assert is_aligned(signer, domain) is speaks
