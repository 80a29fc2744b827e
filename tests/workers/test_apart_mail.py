"""Mails are read by the child that workers begin."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.readings import LetterSeen, Message
from mapping.letter import Trouble
from workers.apart import Apart, Task


@pytest.fixture(scope="module")
def real() -> Iterator[Apart]:
    """The child as workers begin it."""
    made = Apart()
    yield made
    made.close()


def told(raw: bytes, **headers: str) -> Task:
    return Task(
        channel="email",
        settings={"address": "orders@workshop.example"},
        message=Message(topic="mail", body=raw, headers=headers),
    )


def test_the_real_child_reads_a_real_mail(real: Apart) -> None:
    raw = (
        b"From: Ana <ana@shop.example>\r\nSubject: Pedido\r\nMessage-ID: <1@shop.example>\r\n"
        b"Date: Mon, 23 Nov 2026 09:12:00 +0100\r\n\r\nLAV-100ML x 12\r\n"
    )

    reading = real.read(told(raw))

    assert isinstance(reading, LetterSeen)
    letter = reading.letter
    assert (letter.message_id, letter.sender.address) == (
        "1@shop.example",
        "ana@shop.example",
    )
    assert letter.texts[0].text == "LAV-100ML x 12"
    assert letter.sent_at == datetime(2026, 11, 23, 8, 12, tzinfo=UTC)


def test_the_head_of_a_mail_that_broke_its_reader_is_a_letter_for_a_person(
    real: Apart,
) -> None:
    raw = b"From: ana@shop.example\r\nSubject: Pedido\r\n\r\nLAV-100ML x 12\r\n"

    reading = real.read(told(raw, unopened="it took too long"))

    assert isinstance(reading, LetterSeen)
    assert reading.letter.is_cut
    assert reading.letter.attached[0].trouble is Trouble.UNREADABLE
    assert reading.letter.attached[0].why == "it took too long"
