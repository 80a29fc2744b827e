"""What a real mailbox server makes of us: taking, filing and waiting, over the wire."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from connectors.email.channel import REGISTRATION
from connectors.email.imap import connect
from connectors.email.settings import imap_of, login_of
from connectors.errors import AuthExpired, NotFound, Rejected, Retryable
from connectors.handed import Filed, HandedPage
from connectors.protocol import Channel, Connection, HandsOverMessages
from tests.factories import NOW
from tests.imap_server import PASSWORD, Box, running


@pytest.fixture(scope="module")
def server() -> Iterator[Box]:
    with running() as box:
        yield box


@pytest.fixture
def box(server: Box) -> Box:
    return Box(port=server.port)


def a_mail(number: int, *, text: str = "SOAP-1 x 12", named: bool = True) -> bytes:
    name = f"Message-ID: <po-{number}@sol.example>\r\n" if named else ""
    return f"From: ana@sol.example\r\n{name}Subject: PO {number}\r\n\r\n{text}\r\n".encode()


def connection(box: Box, *, password: str = PASSWORD, **settings: str) -> Connection:
    typed = {
        "address": box.user,
        "imap_host": "127.0.0.1",
        "imap_port": str(box.port),
        "imap_security": "none",
    }
    return Connection(
        settings=typed | settings,
        credentials={"username": box.user, "password": password},
        allow_loopback=True,
    )


def opened(told: Connection) -> HandsOverMessages:
    made: Channel = REGISTRATION.connect(told)
    assert isinstance(made, HandsOverMessages)
    return made


def take(channel: HandsOverMessages, cursor: str = "", *, limit: int = 50) -> HandedPage:
    return channel.messages(cursor=cursor, now=NOW, limit=limit)


def numbers(page: HandedPage) -> list[int]:
    return [each.number for each in page.messages]


def test_mail_is_taken_whole_in_order_and_left_as_it_lies(box: Box) -> None:
    mails = [a_mail(1), a_mail(2, text="línea ñ"), a_mail(3)]
    box.deliver(*mails)

    page = take(opened(connection(box)))

    assert [each.body for each in page.messages] == mails
    assert [each.message_id for each in page.messages] == [
        "po-1@sol.example", "po-2@sol.example", "po-3@sol.example",
    ]  # fmt: skip
    assert all(each.is_whole and each.size == len(each.body) for each in page.messages)
    assert all(each.received_at is not None for each in page.messages)
    assert not page.more
    assert box.mails("INBOX") == mails
    assert all(b"\\Seen" not in flags for flags in box.flags())


def test_pages_follow_each_other_and_end(box: Box) -> None:
    box.deliver(*(a_mail(number) for number in range(1, 6)))
    channel = opened(connection(box))

    first = take(channel, limit=2)
    second = take(channel, first.cursor, limit=2)
    third = take(channel, second.cursor, limit=2)

    assert [numbers(each) for each in (first, second, third)] == [[1, 2], [3, 4], [5]]
    assert [each.more for each in (first, second, third)] == [True, True, False]


def test_nothing_new_is_nothing_though_the_server_names_the_last_mail_again(
    box: Box,
) -> None:
    box.deliver(a_mail(1))
    channel = opened(connection(box))
    first = take(channel)

    again = take(channel, first.cursor)

    assert again == HandedPage(messages=(), cursor=first.cursor, more=False)


def test_an_empty_box_has_a_place_to_go_on_from(box: Box) -> None:
    channel = opened(connection(box))
    empty = take(channel)
    box.deliver(a_mail(1))

    assert empty.messages == ()
    assert numbers(take(channel, empty.cursor)) == [1]


def test_what_a_person_read_or_flagged_is_taken_all_the_same(box: Box) -> None:
    box.deliver(a_mail(1))
    with box.opened() as person:
        person.select_folder("INBOX")
        person.add_flags([1], [b"\\Seen", b"\\Deleted"])

    assert numbers(take(opened(connection(box)))) == [1]


def test_a_box_made_anew_is_read_from_its_beginning(box: Box) -> None:
    with box.opened() as person:
        person.create_folder("Orders")
        person.append("Orders", a_mail(1))
        person.append("Orders", a_mail(2))
    told = connection(box, folder="Orders")
    before = take(opened(told))
    with box.opened() as person:
        person.delete_folder("Orders")
        person.create_folder("Orders")
        person.append("Orders", a_mail(3))

    after = take(opened(told), before.cursor)

    assert [each.message_id for each in after.messages] == ["po-3@sol.example"]
    assert after.messages[0].validity != before.messages[0].validity


def test_of_a_mail_too_large_only_the_head_is_taken(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.email.client.LARGEST", 2_000)
    box.deliver(a_mail(1, text="x" * 5_000), a_mail(2))

    [large, small] = take(opened(connection(box))).messages

    assert not large.is_whole
    assert large.size > 5_000
    assert large.body == a_mail(1).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert large.message_id == "po-1@sol.example"
    assert small.is_whole


def test_a_page_holds_so_many_bytes_and_at_least_one_mail(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.email.client.LARGEST_PAGE", 2_500)
    box.deliver(*(a_mail(number, text="x" * 1_000) for number in (1, 2, 3)))
    channel = opened(connection(box))

    first = take(channel)

    assert (numbers(first), first.more) == ([1, 2], True)
    assert numbers(take(channel, first.cursor)) == [3]


# Filing -----------------------------------------------------------------------------------------


def file_first(channel: HandsOverMessages, *, into: str = "Processed") -> Filed | None:
    [mail] = take(channel).messages
    return channel.file(
        folder=mail.folder,
        validity=mail.validity,
        number=mail.number,
        into=into,
        message_id=mail.message_id,
    )


def test_a_mail_is_moved_to_a_folder_that_is_made_and_shown(box: Box) -> None:
    box.deliver(a_mail(1))

    place = file_first(opened(connection(box)))

    assert place is not None
    assert (place.folder, place.number) == ("Processed", 1)
    assert place.validity is not None
    assert box.mails("INBOX") == []
    assert box.mails("Processed") == [a_mail(1)]
    with box.opened() as person:
        assert "Processed" in [name for *_, name in person.list_sub_folders()]


def test_what_was_moved_and_forgotten_is_found_where_it_went(box: Box) -> None:
    box.deliver(a_mail(1))
    [mail] = take(opened(connection(box))).messages

    both = [
        opened(connection(box)).file(
            folder="INBOX", validity=mail.validity, number=mail.number, into="Review",
            message_id=mail.message_id,
        )
        for _ in range(2)
    ]  # fmt: skip

    assert both[0] == both[1]
    assert box.mails("Review") == [a_mail(1)]


def test_a_mail_that_is_nowhere_is_nowhere(box: Box) -> None:
    box.deliver(a_mail(1))
    [mail] = take(opened(connection(box))).messages
    with box.opened() as person:
        person.select_folder("INBOX")
        person.create_folder("Mine")
        person.move([1], "Mine")

    gone = opened(connection(box)).file(
        folder="INBOX", validity=mail.validity, number=mail.number, into="Review",
        message_id=mail.message_id,
    )  # fmt: skip

    assert gone is None
    assert box.mails("Mine") == [a_mail(1)]


def test_a_number_of_another_life_of_the_box_moves_nothing(box: Box) -> None:
    box.deliver(a_mail(1))

    moved = opened(connection(box)).file(
        folder="INBOX", validity=7, number=1, into="Failed", message_id="po-9@sol.example"
    )

    assert moved is None
    assert box.mails("INBOX") == [a_mail(1)]


def test_a_mail_is_filed_again_from_where_it_was_filed(box: Box) -> None:
    box.deliver(a_mail(1))
    channel = opened(connection(box, filed_under="Hornada/Mail"))
    [mail] = take(channel).messages
    first = channel.file(
        folder="INBOX", validity=mail.validity, number=mail.number, into="Review",
        message_id=mail.message_id,
    )  # fmt: skip
    assert first is not None
    assert first.validity is not None
    assert first.number is not None

    second = channel.file(
        folder=first.folder, validity=first.validity, number=first.number,
        into="Processed", message_id=mail.message_id,
    )  # fmt: skip

    assert second is not None
    assert second.folder == "Hornada/Mail/Processed"
    assert box.mails("Hornada/Mail/Review") == []
    assert box.mails("Hornada/Mail/Processed") == [a_mail(1)]


@pytest.mark.parametrize("known", [{"MOVE"}, {"MOVE", "UIDPLUS"}])
def test_without_a_way_to_move_it_is_copied_once_and_no_other_mail_is_touched(
    box: Box, monkeypatch: pytest.MonkeyPatch, known: set[str]
) -> None:
    box.deliver(a_mail(1), a_mail(2))
    with box.opened() as person:
        person.select_folder("INBOX")
        person.add_flags([2], [b"\\Deleted"])
    monkeypatch.setattr(
        "connectors.email.imap._Client.has_capability",
        lambda _self, name: name not in known,
    )
    channel = opened(connection(box))
    mail = take(channel).messages[0]

    for _ in range(2):
        channel.file(
            folder="INBOX", validity=mail.validity, number=mail.number, into="Ignored",
            message_id=mail.message_id,
        )  # fmt: skip

    assert box.mails("Ignored") == [a_mail(1)]
    assert a_mail(2) in box.mails("INBOX")


def test_without_a_way_to_move_another_mail_of_the_same_name_is_kept(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.deliver(a_mail(1), a_mail(1, text="SOAP-1 x 12, and greetings"))
    monkeypatch.setattr(
        "connectors.email.imap._Client.has_capability", lambda _self, name: name != "MOVE"
    )
    channel = opened(connection(box))

    for mail in take(channel).messages:
        channel.file(
            folder="INBOX", validity=mail.validity, number=mail.number, into="Ignored",
            message_id=mail.message_id,
        )  # fmt: skip

    assert len(box.mails("Ignored")) == 2
    assert box.mails("INBOX") == []


def test_folders_are_named_as_the_server_wants_them() -> None:
    with running(separator=".", prefix="INBOX.") as box:
        box.deliver(a_mail(1))

        file_first(opened(connection(box, filed_under="Hornada")))

        assert box.mails("INBOX.Hornada.Processed") == [a_mail(1)]


# Waiting ----------------------------------------------------------------------------------------


def test_a_mail_that_arrives_ends_the_wait(box: Box) -> None:
    channel = opened(connection(box))
    assert not channel.wait(seconds=0.05)
    later = threading.Timer(0.2, box.deliver, [a_mail(1)])
    later.start()

    heard = channel.wait(seconds=10)

    later.join()
    assert heard


def test_a_mail_that_came_between_two_waits_is_heard_of(box: Box) -> None:
    channel = opened(connection(box))
    channel.wait(seconds=0.05)
    box.deliver(a_mail(1))

    assert channel.wait(seconds=5)


# What goes wrong --------------------------------------------------------------------------------


def test_a_wrong_password_needs_its_owner(box: Box) -> None:
    with pytest.raises(AuthExpired):
        take(opened(connection(box, password="another")))


def test_a_folder_that_is_not_there_is_not_found(box: Box) -> None:
    with pytest.raises(NotFound):
        take(opened(connection(box, folder="Nowhere")))


def test_a_server_that_is_not_there_may_be_there_later(box: Box) -> None:
    with pytest.raises(Retryable):
        take(opened(connection(box, imap_port="1")))


def test_a_server_without_starttls_is_never_told_a_password(box: Box) -> None:
    with pytest.raises(Rejected):
        take(opened(connection(box, imap_security="starttls")))


def test_a_server_without_tls_is_never_told_a_password(box: Box) -> None:
    with pytest.raises(Retryable):
        take(opened(connection(box, imap_security="tls")))


def test_after_a_failure_the_next_call_connects_anew(box: Box) -> None:
    box.deliver(a_mail(1))
    channel = opened(connection(box, folder="Later"))
    with pytest.raises(NotFound):
        take(channel)
    with box.opened() as person:
        person.create_folder("Later")
        person.append("Later", a_mail(2))

    assert [each.message_id for each in take(channel).messages] == ["po-2@sol.example"]


# TLS --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that nobody vouches for, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made, key_file = folder / "cert.pem", folder / "key.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    made.write_bytes(signed.public_bytes(Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return made, key_file


def test_starttls_is_spoken_to_a_server_that_proves_itself_and_to_no_other(
    certificate: tuple[Path, Path],
) -> None:
    with running(certificate=certificate) as box:
        told = connection(box, imap_host="localhost", imap_security="starttls")
        server, login = imap_of(told), login_of(told)
        assert server is not None

        trusted = ssl.create_default_context(cafile=str(certificate[0]))
        connect(server, login, context=trusted).logout()
        with pytest.raises(Rejected):
            take(opened(told))
        named_otherwise = connection(box, imap_security="starttls")
        other = imap_of(named_otherwise)
        assert other is not None
        with pytest.raises(Rejected):
            connect(other, login, context=trusted)
