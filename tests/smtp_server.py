"""A real mail server on this machine that takes letters, or refuses them as it is told."""

import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
USER, PASSWORD, TOKEN = "orders@cerasal.example", "app password", "ya29-of-the-mailbox"


@dataclass
class PostOffice:
    """What the server took, and what it answers next."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    """By stage (mail, rcpt, data): answers it gives in turn instead of its own."""
    deaths: int = 0
    """So often it takes a letter and goes away before it says so."""
    logins: list[str] = field(default_factory=list)

    @property
    def letters(self) -> list[EmailMessage]:
        """What it took, read."""
        return [_read(raw) for raw in self.taken]

    def refuse(self, stage: str, answer: str) -> None:
        """Give this answer the next time."""
        self.answers.setdefault(stage, []).append(answer)

    def answer(self, stage: str) -> str:
        """Take the next scripted answer; empty when there is none."""
        waiting = self.answers.get(stage, [])
        return waiting.pop(0) if waiting else ""

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str,
        options: list[str],
    ) -> str:  # fmt: skip
        """Hear who writes."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answer("mail") or "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str,
        _options: list[str],
    ) -> str:  # fmt: skip
        """Hear to whom."""
        refused = self.answer("rcpt")
        if not refused:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the letter, or refuse it, or take it and go away."""
        if refused := self.answer("data"):
            return refused
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        if self.deaths:
            self.deaths -= 1
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 taken"

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Look at a token the way Google does."""
        self.logins.append("XOAUTH2")
        expected = f"user={USER}\1auth=Bearer {TOKEN}\1\1"
        is_right = b64decode(args[1]).decode() == expected
        return AuthResult(success=is_right, handled=False)

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str,
        given: object,
    ) -> AuthResult:  # fmt: skip
        """Look at a name and a password."""
        assert isinstance(given, LoginPassword)
        self.logins.append(mechanism)
        is_right = given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)


def _read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A certificate for this machine, for the server, and who believes in it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def prove(folder: Path) -> Proof:
    """Make a certificate of this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = folder / "mail.pem"
    written.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(written)
    return Proof(server=server, client=ssl.create_default_context(cafile=str(written)))


class _OnAnyPort(Controller):
    """Looks for itself where it really listens."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def post_office(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
) -> Iterator[PostOffice]:
    """Open a mail server on a free port of this machine."""
    office = PostOffice()
    controller = _OnAnyPort(
        office,
        hostname=HOST,
        port=0,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        auth_require_tls=False,
        authenticator=office.authenticate,
    )
    controller.start()
    try:
        office.port = controller.port
        yield office
    finally:
        controller.stop()
