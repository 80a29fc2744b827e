"""A real mailbox server of a test's own: Dovecot on this machine, with a folder of its own.

Tests that need it are skipped by name where Dovecot is not installed or cannot be run (it wants
to be root to drop to another user). `apt-get install dovecot-imapd` installs it.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from imapclient import IMAPClient

PASSWORD = "a-sandbox-password"
MAIL_UID = 5000
READY_SECONDS = 15

CONFIG = """\
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
disable_plaintext_auth = no
ssl = {ssl}
{certificate}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 500
mail_uid = {uid}
mail_gid = {uid}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = allow_all_users=yes uid={uid} gid={uid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def dovecot() -> str:
    """Return where Dovecot is, or skip the test with why it cannot be used."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip("Dovecot is not installed (apt-get install dovecot-imapd)")
    if os.geteuid() != 0:
        pytest.skip("Dovecot is run as root only")
    return found


@dataclass
class Box:
    """One person's mailbox on a running server."""

    port: int
    user: str = field(default_factory=lambda: f"orders-{uuid4().hex[:12]}@cera.example")

    @contextmanager
    def opened(self) -> Iterator[IMAPClient]:
        """Open the mailbox as its owner would."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(self.user, PASSWORD)
        yield client
        client.logout()

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Let mails arrive."""
        with self.opened() as client:
            for mail in mails:
                client.append(folder, mail)

    def mails(self, folder: str) -> list[bytes]:
        """Return all that lies in a folder; none where there is no such folder."""
        with self.opened() as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
            return [found[number][b"BODY[]"] for number in sorted(found)]

    def flags(self, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
        """Return the flags of each mail in a folder."""
        with self.opened() as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search("ALL"))
            return [tuple(found[number]) for number in sorted(found)]


@contextmanager
def running(
    *, separator: str = "/", prefix: str = "", certificate: tuple[Path, Path] | None = None
) -> Iterator[Box]:
    """Run a server of one's own for as long as needed; its first mailbox is empty.

    With a certificate (its file, its key's file) it speaks STARTTLS.
    """
    program, port = dovecot(), _free_port()
    folder = Path(tempfile.mkdtemp(prefix="hornada-imap-"))
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", MAIL_UID, MAIL_UID)
    lines = (
        [f"ssl_cert = <{certificate[0]}", f"ssl_key = <{certificate[1]}"]
        if certificate
        else []
    )
    (folder / "dovecot.conf").write_text(
        CONFIG.format(
            folder=folder,
            port=port,
            password=PASSWORD,
            uid=MAIL_UID,
            separator=separator,
            prefix=prefix,
            ssl="yes" if certificate else "no",
            certificate="\n".join(lines),
        ),
        encoding="utf-8",
    )
    server = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        _wait_for(port, server, log=folder / "dovecot.log")
        yield Box(port=port)
    finally:
        server.terminate()
        server.wait(timeout=READY_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int, server: "subprocess.Popen[bytes]", *, log: Path) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.02)
    said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    raise AssertionError(f"Dovecot did not start:\n{said}")
