"""Customers who keep writing: mostly orders, now and then something else, and not for ever."""

import time

import pytest

from connectors.sandbox.mail.letter import Letter
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.mail.people import STRANGER
from connectors.sandbox.mail.writing import Writing, keep_writing
from tests.connectors.sandbox.mail.counter import GOODS, MARTA, Counter


def day(seed: int, *, mails: int = 42, first: int = 1) -> tuple[list[Letter], list[bytes]]:
    """Let so many mails be written."""
    counter = Counter()
    writing = Writing(counter.office, every_seconds=1, seed=seed, first=first)
    letters = [writing.once() for _ in range(mails)]
    return letters, [message.body for message in counter.post()]


def test_the_same_seed_is_the_same_day() -> None:
    one = day(4, mails=24)

    assert one == day(4, mails=24) != day(5, mails=24)


def test_a_day_shows_every_kind_of_mail() -> None:
    letters, raws = day(1)

    assert any(letter.table for letter in letters)
    assert any(letter.sheet for letter in letters)
    assert any("cajas de" in letter.text or "cases of" in letter.text for letter in letters)
    assert any("-XL" in f"{letter.text}{letter.table}" for letter in letters)
    assert any(letter.automatic for letter in letters)
    assert STRANGER.sender in {letter.sender for letter in letters}
    assert len(raws) == len(letters) + sum(raws.count(raw) - 1 for raw in set(raws))
    assert len(raws) > len(letters), "something came twice"


def test_a_change_answers_an_earlier_mail_of_the_same_person() -> None:
    letters, _ = day(1, mails=60)

    changes = [letter for letter in letters if letter.answers]
    for change in changes:
        [about] = [each for each in letters if each.message_id == change.answers]
        assert change.sender == about.sender
        assert change.subject == f"Re: {about.subject}"
    assert changes


def test_no_two_orders_bear_one_number_and_the_next_day_goes_on_behind() -> None:
    letters, _ = day(1)
    later, _ = day(1, first=43)

    names = [letter.message_id for letter in letters + later]
    orders = [each.subject for each in letters + later if each.subject[:1] == "P"]
    assert len(set(names)) == len(names)
    assert len(set(orders)) == len(orders)


def test_they_write_until_they_are_tired() -> None:
    counter = Counter()

    writing = keep_writing(counter.office, every_seconds=0, seed=1, most=5)
    while len(writing.written) < 5:
        time.sleep(0.01)
    time.sleep(0.05)

    assert len(writing.written) == 5
    writing.stop()


def test_they_write_until_the_office_closes() -> None:
    counter = Counter()

    writing = keep_writing(counter.office, every_seconds=60, seed=1)
    counter.office.close()

    assert writing.written == []


def test_nobody_writes_where_nobody_is_known() -> None:
    with pytest.raises(ValueError, match="nobody"):
        keep_writing(PostOffice(goods=GOODS, background=False))
    with pytest.raises(ValueError, match="nothing"):
        keep_writing(PostOffice(people=[MARTA], background=False))
