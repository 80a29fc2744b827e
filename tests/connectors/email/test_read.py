"""A letter says what a mail says, and the same of the same mail however it travelled."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from connectors.email.extract.extract import extract
from connectors.email.extract.extracted import Extracted
from connectors.email.parts import Kind, Part
from connectors.email.read import read
from connectors.readings import LetterSeen, Message
from mapping.letter import Draft, DraftLine, Intent, Letter, Place, Source, Trouble
from tests.connectors.email.mails import OURS, SETTINGS, letter_of, mail, multipart, texts


class Looking:
    """Keeps the parts it is given, and finds what it is told to."""

    def __init__(self, *drafts: Draft, troubles: dict[str, str] | None = None) -> None:
        self.parts: Sequence[Part] = ()
        self._found = Extracted(drafts=drafts, troubles=troubles or {})

    def __call__(self, parts: Sequence[Part]) -> Extracted:
        self.parts = tuple(parts)
        return self._found


def draft(source: Source, text: str = "A-1 x 1") -> Draft:
    line = DraftLine(text=text, place=Place(part="1"), sku="A-1", quantity="1")
    return Draft(source=source, part="1", lines=(line,))


def test_the_head_is_told_as_it_is() -> None:
    raw = mail(
        "Hola\n", "Message-ID: <1@shop.example>", "Date: Mon, 23 Nov 2026 09:12:00 +0100",
        "In-Reply-To: <0@workshop.example>", "References: <a@w.example> <0@workshop.example>",
    )  # fmt: skip

    letter = letter_of(raw)

    assert letter.message_id == "1@shop.example"
    assert letter.in_reply_to == "0@workshop.example"
    assert letter.references == ("a@w.example", "0@workshop.example")
    assert (letter.to, letter.subject, letter.size) == ((OURS,), "Order", len(raw))
    assert letter.sent_at is not None
    assert letter.sent_at.isoformat() == "2026-11-23T08:12:00+00:00"
    assert letter.intent is Intent.ORDER


# Parts --------------------------------------------------------------------------------------


def test_who_extracts_is_given_every_part_that_may_be_read() -> None:
    looking = Looking()
    raw = multipart(
        "Content-Type: text/plain\n\nSee below",
        "Content-Type: text/html\n\n<p>And here</p>",
        'Content-Type: text/csv; name="a.csv"\n\nRef;Uds\nA-1;2',
        'Content-Type: application/xml; name="a.xml"\n\n<Order/>',
        'Content-Type: application/pdf; name="a.pdf"\n\n%PDF-1.4',
        'Content-Type: text/plain; name="a.txt"\n\n2 x A-1',
        'Content-Type: application/zip; name="a.zip"\n\nPK',
        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR",
    )

    letter_of(raw, extract=looking)

    assert [(part.id, part.kind, part.is_body) for part in looking.parts] == [
        ("1", Kind.TEXT, True), ("2", Kind.HTML, True), ("3", Kind.CSV, False),
        ("4", Kind.XML, False), ("5", Kind.PDF, False), ("6", Kind.TEXT, False),
    ]  # fmt: skip
    assert looking.parts[2].data == b"Ref;Uds\r\nA-1;2"
    assert looking.parts[5].text == "2 x A-1"


def test_drafts_come_in_the_order_of_trust() -> None:
    looking = Looking(draft(Source.TEXT), draft(Source.UBL), draft(Source.HTML))

    letter = letter_of(mail(), extract=looking)

    assert [each.source for each in letter.drafts] == [Source.UBL, Source.HTML, Source.TEXT]


def test_what_an_extractor_cannot_read_is_told_of_the_file_or_the_text() -> None:
    raw = multipart(
        "Content-Type: text/plain\n\nx", 'Content-Type: text/csv; name="a.csv"\n\nA;1'
    )

    letter = letter_of(raw, extract=Looking(troubles={"1": "odd", "2": "odder"}))

    assert [(file.part, file.trouble, file.why) for file in letter.attached] == [
        ("2", Trouble.UNREADABLE, "odder"), ("1", Trouble.UNREADABLE, "odd"),
    ]  # fmt: skip


def test_what_machines_write_is_never_looked_through_for_orders() -> None:
    looking = Looking(draft(Source.TEXT))

    letter = letter_of(mail("x", "Auto-Submitted: auto-replied"), extract=looking)

    assert looking.parts == ()
    assert letter.drafts == ()


# The same mail ------------------------------------------------------------------------------

WORDS = "LAV-100ML x 12\njabón x 3\n"


def test_the_same_words_and_files_are_the_same_however_they_travelled() -> None:
    plain = mail(
        WORDS, "Content-Type: text/plain; charset=utf-8", "Message-ID: <1@a.example>"
    )
    travelled = mail(
        "TEFWLTEwME1MIHggMTIKamFiw7NuIHggMwo=\n",
        "Received: from a by b; Mon, 23 Nov 2026 09:12:00 +0100",
        "X-Spam-Score: 1", "Message-ID: <2@relay.example>",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
    )  # fmt: skip

    assert letter_of(plain).content_hash == letter_of(travelled).content_hash


def test_the_same_words_to_two_mails_are_two_letters() -> None:
    answers = [mail("Please cancel it", f"In-Reply-To: <{n}@a.example>") for n in (1, 2)]

    hashes = [letter_of(raw).content_hash for raw in answers]

    assert len(set(hashes)) == 2


def test_other_words_files_subjects_or_senders_are_not_the_same() -> None:
    file = 'Content-Type: text/csv; name="a.csv"\n\n'
    mails = [
        mail(WORDS),
        mail(WORDS.replace("12", "13")),
        mail(WORDS, "Subject: Another"),
        mail(WORDS, sender="bo@shop.example"),
        multipart("Content-Type: text/plain\n\nSee", file + "A;1"),
        multipart("Content-Type: text/plain\n\nSee", file + "A;2"),
    ]

    hashes = [letter_of(raw).content_hash for raw in mails]

    assert len(set(hashes)) == len(mails)


# Never an exception -------------------------------------------------------------------------


def test_an_extractor_that_breaks_leaves_a_letter_nobody_takes_for_whole() -> None:
    def breaks(_: Sequence[Part]) -> Extracted:
        raise KeyError("ours")

    letter = letter_of(mail("12 x A-1\n"), extract=breaks)

    assert letter.is_cut
    assert letter.texts[0].text == "12 x A-1"


def test_a_mistake_of_ours_leaves_a_letter_that_waits_for_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("connectors.email.read.sender_of", breaks)

    letter = letter_of(mail("12 x A-1\n", "Message-ID: <1@a.example>"))

    assert letter.message_id == "1@a.example"
    assert letter.is_cut
    assert letter.attached[0].why == "a mistake in Hornada (ZeroDivisionError)"


def test_no_memory_is_not_hidden_so_that_the_process_can_end() -> None:
    def eats(_: Sequence[Part]) -> Extracted:
        raise MemoryError

    with pytest.raises(MemoryError):
        letter_of(mail(), extract=eats)


def test_of_a_mail_that_killed_its_reader_only_the_head_is_read() -> None:
    message = Message(
        topic="mail", body=mail("12 x A-1\n"), headers={"unopened": "it took too long"}
    )

    letter = read(message, settings=SETTINGS, extract=Looking(draft(Source.TEXT))).letter

    assert (letter.subject, letter.texts, letter.drafts) == ("Order", (), ())
    assert letter.is_cut
    assert [(file.trouble, file.why) for file in letter.attached] == [
        (Trouble.UNREADABLE, "it took too long")
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\x00", b"x", b":", b"\r\n\r\n\r\n", b"From:"]
)
def test_nothing_at_all_is_a_letter_from_nobody(raw: bytes) -> None:
    letter = letter_of(raw, extract=extract)

    assert letter.sender.address == ""
    assert letter.drafts == ()


def test_what_extractors_read_is_fit_to_be_kept() -> None:
    letter = letter_of(mail(), extract=Looking(draft(Source.SHEET, "A\x00B\ud800")))

    assert letter.drafts[0].lines[0].text == "A\ufffdB\ufffd"


def test_a_letter_is_the_same_on_the_other_side_of_a_pipe() -> None:
    raw = multipart(
        "Content-Type: text/plain\n\nPedido 77\n12 x LAV-100ML",
        'Content-Type: text/csv; name="a.csv"\n\nReferencia;Cantidad\nLAV-100ML;12',
    )
    seen = LetterSeen(letter=letter_of(raw, extract=extract))
    both_sides = TypeAdapter(LetterSeen)

    assert both_sides.validate_json(both_sides.dump_json(seen)) == seen
    assert seen.letter.drafts


# Other people's mail ------------------------------------------------------------------------


def _lines(letter: Letter) -> int:
    drafts = letter.drafts if letter.intent is Intent.ORDER else ()
    return sum(len(each.lines) for each in drafts)


def test_public_mails_that_are_no_orders_are_read_without_a_mistake(vendor: Path) -> None:
    found = [
        path for path in sorted((vendor / "email").glob("*")) if path.suffix != ".conf"
    ]

    letters = {path.name: letter_of(path.read_bytes(), extract=extract) for path in found}

    mistakes = [
        name for name, letter in letters.items() for file in letter.attached
        if "mistake" in file.why
    ]  # fmt: skip
    assert len(letters) >= 36
    assert mistakes == []


def test_the_example_of_the_signature_standard_is_what_it_is(vendor: Path) -> None:
    raw = (vendor / "email" / "rfc6376.signed.msg").read_bytes()

    assert letter_of(raw).sender.address
    assert texts(letter_of(raw))


def test_parts_have_ids_of_their_own() -> None:
    mark = "---------- Forwarded message ---------"
    passed = f"{mark}\nFrom: a@b.example\nSubject: x\nTo: y\n\n1 x A-1"
    looking = Looking()
    raw = multipart(
        f"Content-Type: text/plain\n\nHi\n{passed}",
        f"Content-Type: text/html\n\n<pre>Hi\n{passed} more</pre>",
        kind="alternative",
    )

    letter = letter_of(raw, extract=looking)

    ids = [part.id for part in looking.parts]
    assert len(set(ids)) == len(ids)
    shown = [text.part for text in letter.texts]
    assert len(set(shown)) == len(shown)
    assert all(a != b for a, b in itertools.pairwise(sorted(ids)))
