"""A box of messages is read in order and without a trace; what is filed is filed once."""

from connectors.handed import HandedPage
from connectors.readings import LetterSeen
from connectors.spec import Capability
from tests.contract.asking import box, keeps, needs, wire
from tests.contract.harness import Harness


def page(h: Harness, cursor: str = "", *, limit: int = 50) -> HandedPage:
    return box(h.channel()).messages(cursor=cursor, now=wire(h).now, limit=limit)


def test_every_message_is_handed_over_once_and_in_order(h: Harness) -> None:
    needs(h, Capability.MAILBOX)
    bodies = [h.message(h.place()).body for _ in range(3)]

    first = page(h, limit=2)
    second = page(h, first.cursor, limit=2)
    third = page(h, second.cursor, limit=2)

    handed = [one.body for each in (first, second, third) for one in each.messages]
    assert handed == bodies
    assert [each.more for each in (first, second, third)] == [True, False, False]


def test_the_same_place_gives_the_same_and_reading_leaves_no_trace(h: Harness) -> None:
    needs(h, Capability.MAILBOX)
    h.place()
    writes = wire(h).writes()

    assert page(h) == page(h)
    assert wire(h).writes() == writes


def test_a_box_made_anew_is_read_from_its_beginning(h: Harness) -> None:
    needs(h, Capability.MAILBOX)
    h.place()
    h.place()
    before = page(h)

    keeps(h).make_anew()

    after = page(h, before.cursor)
    assert [one.message_id for one in after.messages] == [
        one.message_id for one in before.messages
    ]


def test_filing_twice_files_once_and_says_where(h: Harness) -> None:
    needs(h, Capability.MAILBOX)
    body = h.message(h.place()).body
    [mail] = page(h).messages

    places = [
        box(h.channel()).file(
            folder=mail.folder,
            validity=mail.validity,
            number=mail.number,
            into="Processed",
            message_id=mail.message_id,
        )
        for _ in range(2)
    ]

    assert places[0] is not None
    assert places[0] == places[1]
    assert keeps(h).lying_in("Processed") == [body]
    assert keeps(h).lying_in(mail.folder) == []


def test_what_is_handed_over_reads_as_a_letter_of_that_name(h: Harness) -> None:
    needs(h, Capability.MAILBOX)
    h.place()
    [mail] = page(h).messages

    reading = h.channel().read(h.message(mail.message_id))

    assert isinstance(reading, LetterSeen)
    assert reading.letter.message_id == mail.message_id
